"""Ctrl-C, and what is half done by then."""

import os
import signal
import subprocess
import sys
import time

import pytest

from riskcalc.presets.files import replacing


def test_ctrl_c_ends_a_command_with_one_line(run, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("riskcalc.presets.plan_preset", interrupted)
    assert run("plan") == (130, "", "riskcalc: interrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
@pytest.mark.slow
@pytest.mark.alone
def test_ctrl_c_at_any_moment_ends_a_running_scan(tmp_path):
    for wait in (0.3, 1.0, 1.8):
        command = [sys.executable, "-m", "riskcalc", "scan", "--sample", "--kind", "all", "--csv", "rows.csv"]
        scan = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        time.sleep(wait)
        scan.send_signal(signal.SIGINT)
        _, text = scan.communicate(timeout=30)
        assert scan.returncode in {0, 130, -signal.SIGINT}, text
        if scan.returncode == 130:
            assert text == "riskcalc: interrupted\n"
        assert list(tmp_path.iterdir()) in ([], [tmp_path / "rows.csv"])


def test_a_table_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert [file.name for file in tmp_path.iterdir()] == ["rows.csv"]
    assert path.read_text() == "before"
    with replacing(path) as part:
        part.write_text("after")
    assert [file.name for file in tmp_path.iterdir()] == ["rows.csv"]
    assert path.read_text() == "after"


def _interrupted(path):
    with replacing(path) as part:
        part.write_text("half")
        raise KeyboardInterrupt


def test_a_command_with_a_slip_suggests_the_one_that_is_meant(run):
    code, out, text = run("plann")
    assert (code, out) == (2, "")
    assert text == "riskcalc: No such command 'plann'. Did you mean 'plan'?\n"

"""The page "Before I trade" runs on a made-up day, command after command, and prints what it shows."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from riskcalc.cli import main
from riskcalc.signals.rules import load_rules
from tests.signals.made_up_day import TODAY, write_day

PAGE = (Path(__file__).parents[1] / "docs" / "signals.md").read_text(encoding="utf-8")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def day(tmp_path, monkeypatch):
    write_day(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RISKCALC_TODAY", str(TODAY))
    for name in ("RISKCALC_PRESETS", "RISKCALC_SCENARIOS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.usefixtures("day")
def test_the_six_commands_print_what_is_shown(capsys):
    shown = blocks("console")
    assert len(shown) == 6
    for block in shown:
        command, _, output = block.removeprefix("$ ").partition("\n")
        with pytest.raises(SystemExit) as stopped:
            main(shlex.split(command)[1:])
        printed = capsys.readouterr()
        assert (stopped.value.code, printed.err) == (0, ""), command
        assert doctest.OutputChecker().check_output(output, printed.out, FLAGS), printed.out


def test_the_rules_shown_are_rules(day):
    (day / "home").mkdir()
    rules = {}
    for text in blocks("toml"):
        (day / "home" / "signals.toml").write_text(text)
        rules |= {rule.name: rule for rule in load_rules()}
    assert rules["vix"].level == 25
    assert rules["dip"].members == ("iwm_fall", "iwm_over_sma200")
    assert rules["crowded"].level == 6

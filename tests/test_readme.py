"""Everything the README shows runs, and prints what it shows."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from riskcalc.cli import main
from tests.outside import reference_file

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def commands() -> list[tuple[str, str]]:
    """Each shown command with the output shown below it."""
    shown = "".join(text for kind, text in BLOCKS if kind == "console")
    parts = re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]
    return [
        (command.split("  #")[0].strip(), output) for command, _, output in (p.partition("\n") for p in parts)
    ]


RISKCALC = [(command, output) for command, output in commands() if command.startswith("riskcalc ")]
OTHERS = [command for command, _ in commands() if not command.startswith("riskcalc ")]


def test_the_first_screen_holds_the_two_commands():
    assert OTHERS[1:3] == ["make run", "make test"]
    assert README.index("$ make test") < 1000


@pytest.mark.parametrize("command", [command for command in OTHERS if command.startswith("make")])
def test_shown_make_targets_exist(command):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = command.split()[1]
    assert re.search(rf"^{target}:.*##", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("real_quotes", [False, True])
def test_shown_commands_run_and_print_what_is_shown(real_quotes, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "presets"))
    if real_quotes:
        quotes = reference_file("06_option_chains/IWM_2026-07-20_yfinance_layout.csv")
        (tmp_path / "quotes.csv").symlink_to(quotes)
    for command, shown in RISKCALC:
        if ("quotes.csv" in command) != real_quotes:
            continue
        with pytest.raises(SystemExit) as stopped:
            main(shlex.split(command)[1:])
        printed = capsys.readouterr()
        assert (stopped.value.code, printed.err) == (0, ""), command
        if shown.strip():
            assert doctest.OutputChecker().check_output(shown, printed.out, FLAGS), printed.out


def test_shown_python_runs_and_prints_what_is_shown():
    session = "\n".join(text for kind, text in BLOCKS if kind == "python")
    test = doctest.DocTestParser().get_doctest(session, {}, "README.md", "README.md", 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert test.examples
    assert not report, "".join(report)


def test_every_shipped_preset_is_named():
    for path in (ROOT / "presets").glob("*.toml"):
        assert f"`{path.stem}`" in README

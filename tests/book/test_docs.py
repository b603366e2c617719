"""The page of the book runs, and prints what it shows."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from riskcalc.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "book.md").read_text(encoding="utf-8")


def test_the_commands_print_what_is_shown(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-21")
    shown = "".join(re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL))
    parts = [part.partition("\n") for part in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]]
    assert len(parts) >= 10
    for command, _, output in parts:
        with pytest.raises(SystemExit):
            main(shlex.split(command)[1:])
        printed = capsys.readouterr()
        shown = ".*".join(re.escape(part.strip("\n")) for part in f"\n{output}".split("\n..."))
        assert re.fullmatch(shown, (printed.out + printed.err).strip("\n"), flags=re.DOTALL), command


def test_the_python_runs():
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    result = doctest.DocTestParser().get_doctest(PAGE, {}, "docs/book.md", "docs/book.md", 0)
    assert doctest.DocTestRunner(optionflags=flags).run(result).failed == 0

"""Everything the README and the pages of docs/ show runs, and prints what it shows."""

from __future__ import annotations

import doctest
import os
import re
import shlex
from pathlib import Path

import pytest

from riskcalc.cli import main
from riskcalc.tui.keys import KEYS, shown
from tests.outside import reference_file

ROOT = Path(__file__).parents[1]
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        "docs/market.md",
        "docs/planning.md",
        "docs/scanning.md",
        "docs/history.md",
        "docs/vehicles.md",
        "docs/chains.md",
        "docs/reports.md",
        "docs/reference/index.md",
        *(f"docs/reference/{name}.md" for name in ("trades", "planning", "chains", "scanning", "history")),
    )
}
"""Pages whose blocks run; those of docs/presets.md do in tests/presets."""
DAYS = {"docs/market.md": "2026-11-30"}
"""Day of a page, where it is not that of the shipped samples."""
LARGEST_PICTURE = 300_000
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
REAL_QUOTES = "quotes.csv"
"""A file that the README's reader has and the repository may not hold."""
EXPIRY = "2026-09-18"
OF_FILES = {REAL_QUOTES, "my", "save", "quote", "account"}
"""Words of commands that read or write a file of the user."""
PRINTED = {}
"""What the other commands print: several pages show the same."""


def blocks(page: str, kind: str) -> str:
    """Return all blocks of one kind, joined."""
    return "\n".join(re.findall(rf"```{kind}\n(.*?)```", PAGES[page], flags=re.DOTALL))


def commands(page: str) -> list[tuple[str, str]]:
    """Each shown command with the output shown below it."""
    parts = re.split(r"^\$ ", blocks(page, "console"), flags=re.MULTILINE)[1:]
    split = (part.partition("\n") for part in parts)
    return [(command.split("  #")[0].strip(), output) for command, _, output in split]


def ours(page: str, *, real_quotes: bool) -> list[tuple[str, str]]:
    """The commands of a page that are riskcalc's, on real quotes or without."""
    return [
        pair
        for pair in commands(page)
        if pair[0].startswith("riskcalc") and (REAL_QUOTES in pair[0]) == real_quotes
    ]


README_COMMANDS = [command for command, _ in commands("README.md")]
WITH_COMMANDS = [page for page in PAGES if ours(page, real_quotes=False)]
ON_REAL_QUOTES = [page for page in PAGES if ours(page, real_quotes=True)]
WITH_PYTHON = [page for page in PAGES if blocks(page, "python")]


def test_every_page_shows_something_that_runs():
    assert "README.md" in WITH_COMMANDS
    assert "README.md" in WITH_PYTHON
    assert set(WITH_COMMANDS) | set(WITH_PYTHON) | set(ON_REAL_QUOTES) == set(PAGES)


def test_the_first_screen_holds_the_two_commands():
    assert README_COMMANDS[1:3] == ["make run", "make test"]
    assert PAGES["README.md"].index("$ make test") < 1000


def test_a_picture_of_the_screen_stands_before_the_first_command():
    page = PAGES["README.md"]
    (place,) = re.findall(r"!\[.+\]\((.+)\)", page[: page.index("$ make run")])
    picture = (ROOT / place).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < LARGEST_PICTURE


def test_the_keys_of_the_tour_are_those_of_the_screen():
    tour = PAGES["README.md"].partition("## The screen")[2].partition("\n## ")[0]
    named = re.findall(r"`([^\s`▸])`", tour)
    known = {shown(name) for key in KEYS for name in key.keys}
    assert len(named) > 30
    assert set(named) <= known


@pytest.mark.parametrize("command", [one for one in README_COMMANDS if one.startswith("make")])
def test_shown_make_targets_exist(command):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = command.split()[1]
    assert re.search(rf"^{target}:.*##", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_shown_commands_run_and_print_what_is_shown(page, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RISKCALC_TODAY", DAYS.get(page, "2026-07-20"))
    run_all(ours(page, real_quotes=False), tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("page", ON_REAL_QUOTES)
def test_shown_commands_run_on_real_quotes(page, tmp_path, monkeypatch, capsys):
    header, *rows = (
        reference_file("06_option_chains/IWM_2026-07-20_yfinance_layout.csv").read_text().splitlines()
    )
    shown = ours(page, real_quotes=True)
    if not any(output.strip() for _, output in shown):  # whatever they print: one expiry is enough
        rows = [row for row in rows if EXPIRY in row]
    (tmp_path / REAL_QUOTES).write_text("\n".join([header, *rows]))
    run_all(shown, tmp_path, monkeypatch, capsys)


def run_all(shown, folder, monkeypatch, capsys):
    assert shown
    monkeypatch.chdir(folder)
    monkeypatch.setattr("riskcalc.parallel._cores", lambda: 1)  # what it prints is the same
    monkeypatch.setenv("RISKCALC_HOME", str(folder / "home"))
    monkeypatch.delenv("RISKCALC_PRESETS")
    monkeypatch.delenv("RISKCALC_SCENARIOS", raising=False)
    for command, output in shown:
        key = (command, os.environ["RISKCALC_TODAY"])
        printed = PRINTED.get(key) or printed_by(command, capsys)
        if not OF_FILES & set(re.split(r"[ -]", command)):
            PRINTED[key] = printed
        if output.strip():
            assert doctest.OutputChecker().check_output(output, printed, FLAGS), printed


def printed_by(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(shlex.split(command)[1:])
    printed = capsys.readouterr()
    assert (stopped.value.code, printed.err) == (0, ""), command
    return printed.out


@pytest.mark.parametrize("page", WITH_PYTHON)
def test_shown_python_runs_and_prints_what_is_shown(page):
    test = doctest.DocTestParser().get_doctest(blocks(page, "python"), {}, page, page, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert test.examples
    assert not report, "".join(report)


def test_the_ratios_are_those_of_the_benchmarks():
    table = PAGES["README.md"].partition("| task | compared with |")[2].partition("\n\n")[0]
    text = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    benchmarks = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    assert len(text) == 5
    for task, peer, ratio in text:
        (row,) = re.findall(
            rf"^\| {re.escape(task)} \| {re.escape(peer)} \|.*$", benchmarks, flags=re.MULTILINE
        )
        assert row.split(" | ")[3] == ratio, task

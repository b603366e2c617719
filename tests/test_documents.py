"""Counts and lists in the documents are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskcalc.cli import COMMANDS
from riskcalc.presets import VEHICLES, shipped_scenarios
from riskcalc.presets.scenarios import read_scenarios
from riskcalc.presets.store import shipped_folder

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
)
SHIPPED = sorted(path.stem for path in shipped_folder().glob("*.toml"))
COUNTS = {
    "presets": len(SHIPPED),
    "commands": len(COMMANDS),
    "scenarios": len(read_scenarios(shipped_scenarios())),
    "vehicles": len(VEHICLES),
}
"""What the documents may count, and how many of them there are."""

NUMBER = rf"\b(\d+|{'|'.join(WORDS)})"
COUNTED = re.compile(
    rf"{NUMBER} (?:(?:shipped|named|ready|planned) )?({'|'.join(COUNTS)})\b", flags=re.IGNORECASE
)
COME_WITH = re.compile(rf"{NUMBER} (?:\w+ )?(?:come|comes|ship|ships) with riskcalc", flags=re.IGNORECASE)


def number(word):
    return int(word) if word.isdigit() else WORDS.index(word.lower())


def wrong_counts(page):
    """Counts of a page that are not those of the code."""
    text = re.sub(r"\s+", " ", page)
    counts = {name.lower(): count for name, count in COUNTS.items()}
    result = [(message, counts[message[1].lower()]) for message in COUNTED.findall(text)]
    result += [((word, "presets"), COUNTS["presets"]) for word in COME_WITH.findall(text)]
    return [f"{word} {noun}, not {count}" for (word, noun), count in result if number(word) != count]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_counted_is_as_many(name):
    assert wrong_counts(PAGES[name]) == []


def test_a_wrong_count_is_found():
    assert wrong_counts("hold. Four come\nwith riskcalc; yours") == ["Four presets, not 5"]
    assert wrong_counts("Seven commands; the 3 vehicles; two shipped presets") == [
        f"Seven commands, not {COUNTS['commands']}",
        "two presets, not 5",
    ]


def test_the_shipped_presets_are_listed():
    table = PAGES["docs/presets.md"].partition("| preset | the trade | exits |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", table, flags=re.MULTILINE)) == sorted(SHIPPED)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_shown(command):
    assert any(re.search(rf"riskcalc {command}\b", page) for page in PAGES.values())

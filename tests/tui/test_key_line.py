"""The key line: what it names in a width, and under other texts."""

from riskcalc.tui.dialogs.help_screen import KEYS_WIDTH, help_text
from riskcalc.tui.keys import KEYS, key_line, page_table, with_briefs
from riskcalc.tui.pages.book_page import BookPage
from riskcalc.tui.pages.journal_page import JournalPage
from riskcalc.tui.pages.scan_view import IN_SCAN, WITHOUT_QUOTES


def test_the_palette_has_room_before_what_the_palette_names():
    lines = {width: key_line(width) for width in (78, 118, 198)}
    assert ": cmd" in lines[118]
    assert "f file" not in lines[118]
    assert all(entry in lines[198] for entry in (": cmd", "f file", "R report", "A to book"))
    assert all(len(line) <= width for width, line in lines.items())


def test_a_page_names_other_keys_as_it_stands():
    chain = page_table("chain", {})
    scan = key_line(118, with_briefs(chain, IN_SCAN))
    assert "s strikes" in scan
    assert "c pin as A" in scan
    assert "n leg" not in scan
    empty = key_line(78, with_briefs(chain, WITHOUT_QUOTES))
    assert "f file" in empty
    assert "s scan" not in empty


def test_the_texts_of_the_key_line_are_of_commands():
    names = {page: {key.name for key in page_table(page, {})} for page in ("chain", "book", "journal")}
    assert {*IN_SCAN, *WITHOUT_QUOTES} <= names["chain"]
    for page in (BookPage, JournalPage):
        assert {*page.VIEW_KEYS, *page.ROW_KEYS} <= names[page.NAME]


def test_the_help_wraps_in_its_column():
    lines = help_text(KEYS, width=66).plain.splitlines()
    assert max(map(len, lines)) <= 66
    at = next(place for place, line in enumerate(lines) if line.startswith("Backspace"))
    assert lines[at + 1].startswith(" " * (KEYS_WIDTH + 1))

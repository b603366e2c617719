"""Book and journal against stored dumps of their text and styles; RISKCALC_REGENERATE=1 writes them anew."""

from __future__ import annotations

import os

import pytest

from tests.tui.driving import drive, settle, start
from tests.tui.pages.book_files import make_book, on_page
from tests.tui.test_looks import FOLDER, dump

SIZES = ((80, 24), (120, 40), (200, 60))


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("book_day")]


def dumps(key, *, looks):
    """A page at every size, in one running screen; a dump by size and look."""

    async def script(pilot):
        result = {}
        for look in looks:
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await settle(pilot)
                result[f"{look}-{size[0]}x{size[1]}"] = dump(pilot.app)
            await pilot.press("t")
            await settle(pilot)
        return result

    return on_page(key, script, run=start if looks == ("none",) else drive)


@pytest.mark.parametrize("looks", [("dark", "light"), ("none",)], ids="-".join)
@pytest.mark.parametrize(("name", "key"), [("book", "B"), ("journal", "W")])
def test_the_page_looks_as_stored(name, key, looks, home, monkeypatch):
    make_book(home / "book.sqlite", closed=7)
    if looks == ("none",):
        monkeypatch.setenv("NO_COLOR", "1")
    for look, result in dumps(key, looks=looks).items():
        path = FOLDER / f"{name}-{look}.txt"
        if os.environ.get("RISKCALC_REGENERATE"):
            path.write_text(result, encoding="utf-8")
        assert result == path.read_text(encoding="utf-8"), look

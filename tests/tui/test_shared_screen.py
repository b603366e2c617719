"""A screen that was used before looks and answers as one that has just been started."""

from __future__ import annotations

import pytest

from riskcalc.tui.app import LaunchOptions
from tests.tui.driving import drive, settle, start
from tests.tui.quote_files import write_quotes
from tests.tui.test_looks import dump

MESSES = {
    "views": [*"mzge", "up", "v", "left_square_bracket", "c", "up", "plus", "right_square_bracket"],
    "form": [*"jjjtbta", "pagedown", "K", "x", "c", "end", "9", "9"],
    "pages": ["f1", "down", "f3", "f4", "j", "v", "f5", "v", "question_mark"],
    "dialogs": ["up", "o", "down", "tab"],
}
OPENINGS = {
    "plain": LaunchOptions(),
    "preset": LaunchOptions(preset="tna-momentum", settings={"account.equity": 50_000}),
}


async def looks(pilot):
    """What is seen at first, in each view, on each page, and after some keys."""
    result = {"first": dump(pilot.app)}
    for key in ("m", "up", "f4", "f2"):
        await pilot.press(key)
        await settle(pilot)
        result[key] = dump(pilot.app)
    return result


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "opening", "messes"),
    [((120, 40), "plain", ["all"]), ((80, 24), "preset", MESSES), ((200, 60), "plain", MESSES)],
    ids=str,
)
def test_a_screen_used_before_is_as_a_new_one(size, opening, messes, tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    new = start(looks, size=size, opening=OPENINGS[opening])
    (tmp_path / "session.json").unlink()
    quotes = LaunchOptions(chain=write_quotes(tmp_path / "quotes.csv"))
    for name in messes:
        keys = MESSES.get(name) or [key for some in MESSES.values() for key in some]

        async def mess(pilot, keys=keys):
            await pilot.press(*keys)
            pilot.app.theme = "nord"
            await pilot.hover(offset=(60, 8))
            await settle(pilot)

        drive(mess, size=(150, 50), opening=None if name == "form" else quotes)
        again = drive(looks, size=size, opening=OPENINGS[opening])
        for look, wanted in new.items():
            assert again[look].splitlines() == wanted.splitlines(), (name, look)

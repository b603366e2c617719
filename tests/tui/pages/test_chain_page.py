"""The page Chain under the keyboard and the mouse."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from riskcalc.domain import OptionType
from riskcalc.editor import open_draft
from riskcalc.presets import load_preset
from riskcalc.tui.app import LaunchOptions
from riskcalc.tui.dialogs.quotes_screen import QuotesScreen
from tests.tui.driving import drive, settle, strips, text
from tests.tui.pages.chains import FAR, NEAR, made_chain, write_chain

FOLDER = Path(__file__).parents[1] / "snapshots"


def under_cursor(page):
    return page.strikes.rows.option(page.strikes.cursor)


def legs(page):
    return [(leg.signed_contracts, leg.option_type, leg.strike) for leg in page.editor.state.draft.trade.legs]


@pytest.fixture(scope="module")
def bad():
    return made_chain(bad=True)


def test_the_page_opens_on_the_expiry_and_strike_of_the_leg(on_page):
    async def script(pilot, page):
        return str(page.expiry), under_cursor(page), text(pilot.app)

    expiry, option, shown = on_page(script)
    assert (expiry, option) == (NEAR, (295.0, OptionType.CALL))
    assert "[M Sep 18" in shown
    assert "Enter: leg 1 of 2, +1 call 295 Sep 18" in shown
    assert "spot 295.39" in shown


def test_enter_puts_strike_and_price_on_the_leg_trade_shows_it_and_undo_takes_it_back(on_page):
    async def script(pilot, page):
        before = legs(page)
        await pilot.press("n", "down", "down", "enter")
        await settle(pilot)
        put, message = legs(page), text(pilot.app)
        await pilot.press("f2")
        await settle(pilot)
        focus, on_trade = pilot.app.main_screen.form.row.key, text(pilot.app)
        await pilot.press("f3", "u")
        await settle(pilot)
        return before, put, message, focus, on_trade, legs(page), text(pilot.app)

    before, put, message, focus, on_trade, after, undone = on_page(script)
    assert before == after == [(1, OptionType.CALL, 295.0), (-1, OptionType.CALL, 325.0)]
    assert put == [(1, OptionType.CALL, 295.0), (-1, OptionType.CALL, 305.0)]
    quote = made_chain().quote(expiry=made_chain().expiries()[0], strike=305, option_type=OptionType.CALL)
    assert f"leg 2: -1 call 305 Sep 18 at {quote.mid:.2f}" in message
    assert focus == "legs.1.strike"
    assert "IWM 295/305 call spread" in on_trade
    assert "-1 call 325" in undone


def test_the_leg_focused_on_trade_takes_the_strike(on_page):
    async def script(pilot, page):
        await pilot.press("f2")
        await settle(pilot)
        while pilot.app.main_screen.form.row.key != "legs.1.strike":
            await pilot.press("j")
        await pilot.press("f3")
        await settle(pilot)
        return page.leg, text(pilot.app)

    leg, shown = on_page(script)
    assert leg == 1
    assert "leg 2 of 2, -1 call 325" in shown


ALONG = (
    ("l", FAR), ("h", NEAR), ("right_square_bracket", FAR), ("right_square_bracket", FAR),
    ("left_square_bracket", NEAR), ("right", FAR), ("left", NEAR), ("left", NEAR),
)  # fmt: skip
"""Keys one after another, and where they lead."""


def test_keys_move_along_the_expiries_and_stop_at_the_ends(on_page):
    async def script(pilot, page):
        result = []
        for key, _ in ALONG:
            await pilot.press(key)
            await settle(pilot)
            result.append((str(page.expiry), str(page.strikes.rows.table.expiry), page.state.get("expiry")))
        return result

    assert on_page(script, size=(80, 24)) == [(expiry,) * 3 for _, expiry in ALONG]


def test_moving_goes_over_the_spot_and_stops_at_the_ends(on_page):
    async def script(pilot, page):
        result = []
        for key in ("down", "up", "end", "down", "home", "k", "pagedown", "a"):
            await pilot.press(key)
            result.append(under_cursor(page)[0])
        return result

    assert on_page(script) == [300, 295, 330, 330, 260, 260, 305, 300]


def test_calls_and_puts_change_by_key_and_are_both_shown_where_there_is_room(on_page):
    async def script(pilot, page):
        narrow = text(pilot.app)
        await pilot.press("p")
        await settle(pilot)
        puts = text(pilot.app)
        side = under_cursor(page)[1]
        await pilot.resize_terminal(120, 24)
        await settle(pilot)
        wide = text(pilot.app)
        await pilot.press("p")
        await settle(pilot)
        return narrow, puts, side, wide, text(pilot.app)

    narrow, puts, side, wide, back = on_page(script, size=(80, 24))
    assert ("p calls" in wide, "p puts" in back) == (True, True)
    assert "calls" in narrow
    assert "puts " not in narrow.splitlines()[5]
    assert "calls" not in puts.splitlines()[5]
    assert side is OptionType.PUT
    assert {"calls", "puts"} <= set(wide.splitlines()[5].split())


def test_enter_on_a_quote_that_cannot_be_traded_says_why_and_changes_nothing(on_page, bad):
    async def script(pilot, page):
        before = page.editor.state.draft
        await pilot.press("down", "enter")
        await settle(pilot)
        return (
            page.editor.state.draft is before,
            page.message.kind,
            page.message.text,
            page.editor.state.problem,
        )

    same, kind, message, problem = on_page(script, chain=bad)
    assert same
    assert (kind, problem) == ("problem", "")
    assert message.startswith("IWM call 300 2026-09-18: no bid (bid 0")


def test_enter_where_nothing_is_listed_says_so(on_page, bad):
    async def script(pilot, page):
        await pilot.press("p", "down", "down", "enter")
        await settle(pilot)
        return page.message.text

    assert on_page(script, chain=bad).startswith("no put is listed here")


def test_a_filter_is_typed_shown_kept_and_dropped(on_page):
    async def script(pilot, page):
        await pilot.press("slash", *"calls", "space", *"290-310", "enter")
        await settle(pilot)
        filtered, kept, focus = text(pilot.app), page.state["filter"], pilot.app.focused
        strikes = {page.strikes.rows.strike(line) for line in range(len(page.strikes.rows))} - {None}
        await pilot.press("escape")
        await settle(pilot)
        return filtered, kept, focus, strikes, page.state["filter"], len(page.strikes.rows)

    filtered, kept, focus, strikes, dropped, count = on_page(script)
    assert "filter: calls 290-310 (5 strikes)" in filtered
    assert (kept, focus, dropped) == ("calls 290-310", None, "")
    assert strikes == {290, 295, 300, 305, 310}
    assert count == 16


def test_a_wrong_filter_says_what_is_wrong_and_leaves_the_rows(on_page):
    async def script(pilot, page):
        await pilot.press("slash", *"dleta", "space", "3", "enter")
        await settle(pilot)
        message, kind, still = page.message.text, page.message.kind, page.filter_input.has_focus
        await pilot.press("escape")
        return message, kind, still, len(page.strikes.rows), page.state.get("filter", "")

    message, kind, still, count, kept = on_page(script)
    assert kind == "problem"
    assert message.startswith("filter: 'dleta' is not known, did you mean delta?")
    assert still
    assert (count, kept) == (16, "")


def test_letters_of_a_filter_are_no_commands(on_page):
    async def script(pilot, page):
        await pilot.press("slash", *"puts", "space", *"oi", "backspace", "backspace")
        await settle(pilot)
        return page.filter_input.value, page.side, pilot.app.is_running

    assert on_page(script) == ("puts ", OptionType.CALL, True)


def test_what_was_chosen_is_kept_in_the_session(on_page):
    async def script(pilot, page):
        await pilot.press("l", "p", "slash", *"300-320", "enter")
        await settle(pilot)
        await pilot.press("f2", "f3")
        await settle(pilot)
        return dict(page.state), str(page.expiry), page.side

    state, expiry, side = on_page(script)
    assert state == {"expiry": FAR, "side": "put", "filter": "300-320"}
    assert (expiry, side) == (FAR, OptionType.PUT)


def test_without_quotes_the_page_says_how_to_load_them_and_loads_them(tmp_path):
    path = write_chain(tmp_path / "quotes.csv", made_chain())

    async def script(pilot):
        await pilot.press("f3")
        await settle(pilot)
        empty = text(pilot.app)
        # No key of the empty page fails.
        await pilot.press("down", "l", "p", "n", "enter", "a", "slash", "home", "end", "escape", "f")
        await settle(pilot)
        assert isinstance(pilot.app.screen, QuotesScreen)
        pilot.app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        for _ in range(400):
            if not isinstance(pilot.app.screen, QuotesScreen):
                break
            await pilot.pause(0.02)
        await settle(pilot)
        return empty, text(pilot.app)

    empty, loaded = drive(script)
    assert "planned without quotes of IWM options" in empty
    assert "f loads a file of quotes" in empty
    assert "on the quotes of quotes.csv" in loaded
    assert "[M Sep 18" in loaded


@pytest.mark.slow
def test_a_file_without_a_spot_is_refused_in_the_dialog(tmp_path):
    path = tmp_path / "quotes.csv"
    made_chain().to_frame().drop(columns="spot").to_csv(path, index=False)

    async def script(pilot):
        await pilot.press("f3", "f")
        await settle(pilot)
        pilot.app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await settle(pilot)
        return text(pilot.app)

    assert "spot" in drive(script)


def test_a_chain_of_one_expiry_without_open_interest(on_page):
    async def script(pilot, page):
        await pilot.press("l", "h", "enter")
        await settle(pilot)
        return text(pilot.app), str(page.expiry)

    shown, expiry = on_page(script, chain=made_chain(expiries=(NEAR,), oi=False), size=(80, 24))
    assert expiry == NEAR
    assert "gamma" not in shown.splitlines()[5]
    assert "the leg is on this option already" in shown


def test_a_chain_of_tna(on_page):
    settings = {
        "trade.symbol": "TNA",
        "market.quotes": {"TNA": {"spot": 295.39, "vol": 0.6}, "IWM": {"spot": 295.39, "vol": 0.2}},
    }
    opened = open_draft(load_preset("iwm-call-spread", settings), chain=made_chain(symbol="TNA"))

    async def script(pilot, page):
        page.editor.go_on_with(opened)
        page.refresh_page()
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        return text(pilot.app)

    shown = on_page(script)
    assert "TNA 295.39" in shown
    assert "leg 1: +1 call 300 Sep 18 at" in shown


def test_a_trade_in_shares_has_no_leg_to_take_a_strike(on_page):
    opened = open_draft(load_preset("iwm-shares"), chain=made_chain())

    async def script(pilot, page):
        page.editor.go_on_with(opened)
        page.refresh_page()
        await settle(pilot)
        shown = text(pilot.app)
        await pilot.press("n", "enter")
        await settle(pilot)
        return shown, page.message.text

    shown, message = on_page(script)
    assert "the trade has no option leg" in shown
    assert message == "leg 1 is no option of this trade"


def test_expiries_and_rows_are_chosen_by_mouse(on_page):
    async def script(pilot, page):
        await pilot.click("#expiries", offset=(25, 1))
        await settle(pilot)
        expiry = str(page.expiry)
        await pilot.click("#strikes", offset=(30, 2))
        await settle(pilot)
        picked = under_cursor(page)[0]
        await pilot.click("#strikes", offset=(30, 2), times=2)
        await settle(pilot)
        return expiry, picked, legs(page)[0]

    expiry, picked, leg = on_page(script)
    assert expiry == FAR
    assert leg == (1, OptionType.CALL, picked)


def test_a_key_redraws_two_rows_and_lays_nothing_out(on_page):
    async def script(pilot, page):
        counts = []
        refresh = page.strikes.refresh
        page.strikes.refresh = lambda *regions, **named: (
            counts.append(len(regions)),
            refresh(*regions, **named),
        )[1]
        layouts = []
        lay_out = page._refresh_layout
        page._refresh_layout = lambda *a, **k: (layouts.append(1), lay_out(*a, **k))[1]
        await pilot.press("up", "up", "up")
        await pilot.pause()
        return counts, layouts

    assert on_page(script) == ([2, 2, 2], [])


LOOKS = [("dark", (120, 40)), ("none", (80, 24))]
SLOW_LOOKS = [("light", (80, 24)), ("dark", (200, 60)), ("light", (200, 60)), ("dark", (80, 24))]


@pytest.mark.parametrize(
    ("look", "size"), [*LOOKS, *(pytest.param(*look, marks=pytest.mark.slow) for look in SLOW_LOOKS)], ids=str
)
def test_the_page_looks_as_stored(looks, look, size, bad):
    result = looks(look, size, chain=bad)
    path = FOLDER / f"chain-{look}-{size[0]}x{size[1]}.txt"
    if os.environ.get("RISKCALC_REGENERATE"):
        path.write_text(result, encoding="utf-8")
    assert result == path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_launch_options_with_a_chain_open_the_page_on_it(tmp_path):
    path = write_chain(tmp_path / "quotes.csv", made_chain())

    async def script(pilot):
        await pilot.press("f3")
        await settle(pilot)
        return strips(pilot.app)[1].text

    assert "Oct 16" in drive(script, opening=LaunchOptions(chain=path))

"""Which rows of a form are collapsed away, and what the keys do with them."""

import pytest

from riskcalc.tui.app import LaunchOptions
from riskcalc.tui.form import FieldRow, collapsed
from tests.tui.driving import drive, text

ROWS = tuple(
    FieldRow(section=section, label=label, text="", unit="", main=label.isupper())
    for section, labels in (("ONE", "AbcDef"), ("TWO", "GhI"))
    for label in labels
)
"""A with b and c, D with e and f, G with h, and I: 8 minor and main rows, 2 headings, 1 slider."""


@pytest.mark.parametrize(
    ("current", "height", "hidden"),
    [
        (0, 12, ""),
        (0, 11, "h"),
        (0, 10, "ef"),
        (0, 9, "efh"),
        (0, 1, "efh"),
        (3, 9, "bch"),
        (5, 1, "bch"),
        (7, 12, ""),
        (7, 11, "ef"),
        (7, 10, "ef"),
        (8, 1, "bcefh"),
    ],
)
def test_minor_rows_are_folded_away_but_those_of_the_focused_one(current, height, hidden):
    result = collapsed(ROWS, current=current, height=height)
    assert "".join(ROWS[index].label for index in sorted(result)) == hidden


def test_every_field_is_reached_and_seen_on_a_small_screen():
    async def script(pilot):
        form = pilot.app.main_screen.form
        seen = []
        for row in form.rows:
            await pilot.pause()
            assert f">{row.label}" in text(pilot.app)
            seen.append(form.row.key)
            await pilot.press("j")
        return seen, [row.key for row in form.rows]

    seen, keys = drive(script, size=(80, 24))
    assert seen == keys


def test_the_main_fields_have_keys_that_leave_out_the_others():
    async def script(pilot):
        form = pilot.app.main_screen.form
        seen = []
        for _ in range(sum(row.main for row in form.rows)):
            seen.append(form.row)
            await pilot.press("n")
        back = form.current
        await pilot.press("N")
        return seen, back, form.row

    seen, back, last = drive(script, size=(80, 24))
    assert all(row.main for row in seen)
    assert len({row.key for row in seen}) == len(seen)
    assert back == 0
    assert last == seen[-1]


def test_a_target_is_added_and_deleted_where_an_exit_is_focused():
    async def script(pilot):
        main_screen = pilot.app.main_screen
        main_screen.form.focus_key("exits.stop", main_screen.form.rows)
        await pilot.press("a")
        added = main_screen.form.row.key, len(main_screen.editor.state.draft.exits.targets)
        await pilot.press("d")
        return (
            added,
            len(main_screen.editor.state.draft.exits.targets),
            len(main_screen.editor.state.draft.trade.legs),
        )

    added, targets, legs = drive(script)
    assert added == ("exits.targets.2.move", 3)
    assert (targets, legs) == (2, 2)


def test_a_drift_may_be_typed_with_its_sign_and_left_to_the_market_again():
    async def script(pilot):
        main_screen = pilot.app.main_screen
        main_screen.form.focus_key("view.drift", main_screen.form.rows)
        await pilot.press("minus", "5", "enter")
        typed = main_screen.form.row.text
        await pilot.press("backspace", "enter")
        return typed, main_screen.form.row.text, main_screen.editor.state.problem

    assert drive(script) == ("-5.0", "neutral", "")


def test_what_is_set_at_opening_counts_as_a_change():
    async def script(pilot):
        state = pilot.app.main_screen.editor.state
        return state.dirty, state.title

    changed = LaunchOptions(preset="iwm-call-spread", settings={"account.equity": 250_000})
    assert drive(script, opening=changed) == (True, "iwm-call-spread*")
    assert drive(script, opening=LaunchOptions(preset="iwm-call-spread")) == (False, "iwm-call-spread")

"""The time of day on the screen: there when an expiry is near, by half hours, typed, kept."""

import dataclasses
import datetime as dt

import pytest

from riskcalc.editor import fields
from riskcalc.editor.command_line import overrides
from riskcalc.editor.draft import open_draft
from riskcalc.errors import InvalidInputError
from riskcalc.presets.data import preset_data
from tests.editor.drafts import draft, shipped

EXPIRY = dt.date(2026, 9, 18)


def on_expiry(time=None, date=EXPIRY):
    start = draft().with_exits(close_dte=None)
    return start.with_market(date=date, time=time)


def time_field(found):
    return next((field for field in fields(found) if field.key == "market.time"), None)


@pytest.mark.parametrize(
    ("date", "time", "there"),
    [
        (dt.date(2026, 7, 20), None, False),
        (dt.date(2026, 7, 20), dt.time(10, 30), True),
        (dt.date(2026, 9, 11), None, True),
        (dt.date(2026, 9, 10), None, False),
    ],
)
def test_it_is_there_where_it_counts(date, time, there):
    assert (time_field(on_expiry(time, date)) is not None) == there


def test_it_steps_by_half_hours_from_the_open_to_the_close():
    result, seen = on_expiry(), []
    for _ in range(15):
        result = time_field(result).step(result, -1)
        seen.append(time_field(result).text(result))
    assert seen[:2] == ["15:30", "15:00"]
    assert seen[12:] == ["09:30"] * 3
    back = time_field(result).step(result, 99)
    assert back.market.time is None
    assert time_field(back).text(back) == "close"


def test_a_half_day_closes_at_one():
    result = on_expiry(dt.time(12, 45), dt.date(2026, 11, 27))
    assert time_field(result).step(result, 1).market.time is None
    assert time_field(result).position(result) == pytest.approx(195 / 210)


@pytest.mark.parametrize(
    ("typed", "time"),
    [("10:30", dt.time(10, 30)), ("9:45", dt.time(9, 45)), ("2:15pm", dt.time(14, 15)), ("close", None)],
)
def test_it_can_be_typed(typed, time):
    result = on_expiry(dt.time(11))
    assert time_field(result).enter(result, typed).market.time == time


@pytest.mark.parametrize("typed", ["24:00", "noon", "10", "13:30 pm", "10:61"])
def test_what_is_no_time_is_refused_with_the_range(typed):
    result = on_expiry(dt.time(11))
    with pytest.raises(InvalidInputError, match="Time must be a time of day in New York from 00:00 to 23:59"):
        time_field(result).enter(result, typed)


def test_what_may_yet_become_a_time_is_no_error():
    field = time_field(on_expiry(dt.time(11)))
    assert all(field.incomplete(text) for text in ("", "1", "10:", "clo"))
    assert not any(field.incomplete(text) for text in ("10:30", "close", "x"))


def test_the_slider_spans_the_session():
    result = on_expiry(dt.time(11))
    field = time_field(result)
    assert field.at(result, 0.0).market.time == dt.time(9, 30)
    assert field.at(result, 1.0).market.time is None
    assert 0 < field.position(result) < 1


def test_the_trade_lives_on_the_day_of_its_expiry():
    alive, settled = on_expiry(dt.time(10, 30)).plan(), on_expiry().plan()
    assert alive.report.greeks.theta_per_day != 0
    assert settled.report.greeks.theta_per_day == 0
    assert not settled.ok


def test_it_is_kept_in_the_preset_and_said_on_the_command_line():
    tuned = open_draft(shipped()).with_market(time=dt.time(10, 30))
    assert preset_data(tuned.to_preset())["market"]["time"] == "10:30"
    assert overrides(tuned) == {"market.time": "10:30"}
    other = dataclasses.replace(tuned, market=dataclasses.replace(tuned.market, time=None))
    assert time_field(tuned).copied(other, tuned).market.time == dt.time(10, 30)

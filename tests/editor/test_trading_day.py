"""The editor holds every plan against its day: edits, pins, previews and undo."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from riskcalc.domain.events import MarketEvent
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole
from riskcalc.domain.trading_day import TradingDay
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.figures import heatmap_figure
from riskcalc.presets import load_preset

DAY = TradingDay(
    board=SignalBoard(
        day=dt.date(2026, 7, 20),
        signals=(
            Signal(
                name="spread", role=SignalRole.STOP, rule="above +100 bp", fired=True, value=120.0, unit="bp"
            ),
            Signal(
                name="sp500_move", role=SignalRole.HEDGE, rule="below -3%", fired=True, value=-4.0, unit="%"
            ),
        ),
    ),
    events=(MarketEvent(date=dt.date(2026, 9, 16), what="FOMC decision", source="x"),),
)


@pytest.fixture
def editor():
    return TradeEditor(open_draft(load_preset("iwm-call-spread")))


def names(plan):
    return {check.name: check.status.value for check in plan.checks}


def test_a_day_fails_the_plan_and_its_edits(editor):
    assert editor.state.badge.text.startswith("OK")
    editor.hold_against(DAY)
    assert editor.state.badge.text.strip() == "NO: a stop signal has fired"
    editor.step("market.spot", 1)
    assert names(editor.state.plan)["stop signals"] == "fail"
    assert [event.what for event in editor.state.plan.events] == ["FOMC decision"]


def test_pins_and_previews_are_held_against_it_too(editor):
    editor.pin()
    editor.hold_against(DAY)
    assert names(editor.state.pinned)["stop signals"] == "fail"
    assert names(editor.preview("iwm-shares"))["stop signals"] == "fail"


def test_triggers_read_the_board(editor):
    editor.hold_against(DAY)
    editor.open("tza-hedge")
    assert names(editor.state.plan)["trigger"] == "ok"


def test_the_heatmap_counts_the_events_of_each_column(editor):
    more = (
        MarketEvent(date=dt.date(2026, 7, 21), what="CPI", source="x"),
        MarketEvent(date=dt.date(2026, 9, 18), what="quadruple witching", source="x", is_expiration=True),
    )
    editor.hold_against(dataclasses.replace(DAY, events=(*more, *DAY.events)))
    columns = {
        column.label: column.events for column in heatmap_figure(editor.state.plan, low=250, high=350).columns
    }
    assert columns == {"today": 0, "+13d": 1, "+26d": 0, "time stop": 0, "expiry": 1}


@pytest.mark.parametrize(
    ("settings", "rise", "badge"),
    [
        ({}, 5, "NO: no trigger is met"),
        ({"entry.combine": "all"}, 28, "NO: triggers not all met"),
        ({"entry.triggers.0.role": "stop", "entry.triggers.0.below": "9%"}, 28, "NO: a stop trigger is met"),
    ],
)
def test_the_badge_says_which_triggers_fail(settings, rise, badge):
    seen = {"market.signals.sp500_move": -1, "market.signals.ten_year_change_bp": rise}
    editor = TradeEditor(open_draft(load_preset("tza-hedge", seen | settings)))
    assert editor.state.badge.text.strip() == badge

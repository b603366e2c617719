"""Plans held against signals, events and open interest: which fail, warn and pass, and in which words."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from riskcalc import plan_preset
from riskcalc.domain import CheckStatus
from riskcalc.domain.events import MarketEvent
from riskcalc.domain.gamma import GammaProfile, PutCallRatios, StrikeGamma
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole
from riskcalc.domain.trading_day import TradingDay
from riskcalc.presets import compare_presets

DAY = dt.date(2026, 7, 20)
STOP = Signal(
    name="high_yield_widening", role=SignalRole.STOP, rule="above +100 bp", fired=False, value=8.0, unit="bp",
    signed=True, as_of=DAY, age_sessions=0, max_age=2,
)  # fmt: skip
TREND = Signal(
    name="uptrend",
    role=SignalRole.ENTRY,
    rule="all of ema, sma",
    fired=True,
    age_sessions=0,
    symbols=("IWM",),
)
HEDGE = dataclasses.replace(STOP, name="ten_year_change_bp", role=SignalRole.HEDGE, rule="above +25 bp")
LONGS = ("iwm-call-spread", "iwm-shares", "tna-momentum", "iwm-spy-pair")


def checks(preset, *signals, **day):
    board = SignalBoard(day=DAY, signals=signals)
    result = plan_preset(preset, day=TradingDay(board=board, **day))
    return {check.name: (check.status, check.message) for check in result.checks}


def changed(signal, **changes):
    return dataclasses.replace(signal, **changes)


@pytest.mark.parametrize("preset", LONGS)
def test_a_fired_stop_signal_fails_every_long(preset):
    status, text = checks(preset, changed(STOP, fired=True, value=112.0))["stop signals"]
    assert status is CheckStatus.FAIL
    assert text == "no new longs: high_yield_widening +112 bp, rule above +100 bp"


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({}, CheckStatus.OK, "none has fired: high_yield_widening +8 bp, rule above +100 bp"),
        ({"age_sessions": 2}, CheckStatus.OK, "none has fired"),
        (
            {"age_sessions": 3},
            CheckStatus.WARN,
            "high_yield_widening is 3 sessions old (2026-07-20), limit 2",
        ),
        (
            {"fired": None, "value": None, "age_sessions": None, "problem": "no X filed"},
            CheckStatus.WARN,
            "no X",
        ),
        ({"problem": "X begins 2026-07-17"}, CheckStatus.WARN, "X begins 2026-07-17"),
        ({"fired": True, "age_sessions": 9}, CheckStatus.FAIL, "9 sessions old"),
    ],
)
def test_stop_signals_and_their_age(changes, status, text):
    result = checks("iwm-shares", changed(STOP, **changes))["stop signals"]
    assert result[0] is status
    assert text in result[1]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, CheckStatus.OK),
        ({"fired": False}, CheckStatus.FAIL),
        ({"fired": None}, CheckStatus.WARN),
        ({"age_sessions": 2}, CheckStatus.WARN),
    ],
)
def test_entry_rules(changes, status):
    assert checks("tna-momentum", changed(TREND, **changes))["entry signals"][0] is status


def test_rules_of_another_benchmark_and_members_decide_nothing():
    other = changed(TREND, symbols=("SPY",), fired=False)
    assert "entry signals" not in checks("iwm-shares", other)
    assert "stop signals" not in checks("iwm-shares", changed(STOP, counts=False, fired=True))


def test_a_trade_that_gains_as_the_market_falls_asks_for_a_reason():
    result = checks("tza-hedge", changed(STOP, fired=True), changed(TREND, fired=False), HEDGE)
    assert "stop signals" not in result
    assert "entry signals" not in result
    assert result["hedge signals"][0] is CheckStatus.WARN
    fired = checks("tza-hedge", changed(HEDGE, fired=True, value=28.0))["hedge signals"]
    assert fired == (CheckStatus.OK, "fired: ten_year_change_bp +28 bp, rule above +25 bp")
    assert checks("iwm-shares", changed(HEDGE, fired=True))["hedge signals"][0] is CheckStatus.WARN


@pytest.mark.parametrize(("value", "status"), [(28.0, CheckStatus.OK), (5.0, CheckStatus.FAIL)])
def test_triggers_of_a_preset_read_the_board(value, status):
    move = changed(HEDGE, name="sp500_move", unit="%", value=-1.0, fired=False)
    result = checks("tza-hedge", changed(HEDGE, value=value), move)["trigger"]
    assert result[0] is status
    assert ("-1%" in result[1]) is (status is CheckStatus.FAIL)


def test_a_value_of_the_preset_stays_and_another_unit_is_left_alone():
    board = SignalBoard(day=DAY, signals=(changed(HEDGE, unit="%", value=28.0),))
    settings = {"market.signals.ten_year_change_bp": 30}
    (check,) = (
        check
        for check in plan_preset("tza-hedge", settings, day=TradingDay(board=board)).checks
        if check.name == "trigger"
    )
    assert "30" in check.message
    (check,) = (
        check
        for check in plan_preset("tza-hedge", day=TradingDay(board=board)).checks
        if check.name == "trigger"
    )
    assert check.status is CheckStatus.WARN


def event(day, what="CPI", **changes):
    return MarketEvent(date=dt.date.fromisoformat(day), what=what, source="x", **changes)


@pytest.mark.parametrize(
    ("day", "status", "text"),
    [
        ("2026-09-15", CheckStatus.OK, "before"),
        ("2026-09-16", CheckStatus.WARN, "expiry 2026-09-18 is 2 sessions after CPI on 2026-09-16"),
        ("2026-09-17", CheckStatus.WARN, "1 session after"),
        ("2026-09-18", CheckStatus.WARN, "on the day of"),
        ("2026-09-19", CheckStatus.OK, "none known before"),
        ("2026-07-19", CheckStatus.OK, "none known before"),
    ],
)
def test_an_expiry_just_after_an_event_warns(day, status, text):
    result = checks("iwm-call-spread", events=(event(day),))["events"]
    assert result[0] is status
    assert text in result[1]


def test_other_expirations_are_no_events_to_an_expiry_but_listed():
    listed = (event("2026-09-18", "quadruple witching", is_expiration=True), event("2026-09-21"))
    result = plan_preset("iwm-call-spread", day=TradingDay(events=listed))
    assert result.events == listed[:1]
    assert result.to_dict()["events"][0]["what"] == "quadruple witching"
    assert next(check for check in result.checks if check.name == "events").status is CheckStatus.OK


def test_shares_are_held_against_their_time_stop():
    result = checks("iwm-shares", events=(event("2026-08-12"), event("2027-01-01")))["events"]
    assert "2026-08-12 CPI" in result[1]


def test_an_unknown_day_adds_nothing():
    plain, held = plan_preset("iwm-call-spread"), plan_preset("iwm-call-spread", day=TradingDay())
    assert plain == held
    assert not {"stop signals", "events"} & {check.name for check in plain.checks}


def test_clusters_lie_between_the_exits():
    rows = tuple(
        StrikeGamma(strike=strike, gross=gross, net=0.0, open_interest=1.0)
        for strike, gross in (
            (270.0, 9e9),
            (280.0, 1e6),
            (300.0, 3e6),
            (310.0, 2e6),
            (320.0, 4e6),
            (345.0, 9e9),
        )
    )
    profile = GammaProfile(
        symbol="IWM", date=DAY, spot=295.39, gamma=rows, flip=None, max_pain=None,
        put_call=PutCallRatios(volume=None, open_interest=None),
    )  # fmt: skip
    result = plan_preset("iwm-call-spread", day=TradingDay(gamma=profile))
    assert [row.strike for row in result.clusters] == [300.0, 310.0, 320.0]
    other = plan_preset("tna-momentum", day=TradingDay(gamma=profile))
    assert other.clusters == ()


def test_a_comparison_holds_every_vehicle_against_the_day():
    board = SignalBoard(day=DAY, signals=(changed(STOP, fired=True),))
    result = compare_presets(["iwm-shares", "tna-momentum"], day=TradingDay(board=board))
    for vehicle in result.to_dict()["vehicles"]:
        assert {"stop signals": "fail"}.items() <= {
            check["name"]: check["status"] for check in vehicle["checks"]
        }.items()

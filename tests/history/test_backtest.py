"""A backtest beside a plain loop, days by hand, and options beside plans of the same day."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.domain.price_history import PriceBasis
from riskcalc.errors import InvalidInputError
from riskcalc.history import Bars, backtest, read_prices, sample_prices, sample_vols
from tests.history.made_up import bars_of, random_bars
from tests.history.plain_backtest import plain_backtest
from tests.outside import reference_file
from tests.rows import sample

FILE = "05_leveraged_etf_prices/{}_daily_raw_alphavantage.csv"
SHARES = {"account.equity": 100_000, "account.risk": "1%"}


def iwm(bars, **changes):
    return dataclasses.replace(bars, symbol="IWM", **changes)


def shares(**settings):
    return rc.load_preset(
        "iwm-shares", SHARES | {key.replace("__", "."): setting for key, setting in settings.items()}
    )


def random_iwm(seed):
    """Bars with gaps, dividends and a split that the prices no longer show."""
    bars = random_bars(seed, vol=0.04)
    random = np.random.default_rng(seed + 100)
    paid = np.where(random.random(len(bars)) < 0.05, 0.5, 0.0)
    scale = np.where(np.arange(len(bars)) < 150, 2.0, 1.0)
    return iwm(bars, dividends=paid, split_factor=scale)


LOOPS = [(seed, side, breakeven) for seed in range(5) for side in ("long", "short") for breakeven in (0, 1)]


@pytest.mark.parametrize(
    ("seed", "side", "breakeven"),
    sample(LOOPS, 0, 7, 15),
)
def test_a_plain_loop_trades_the_same(seed, side, breakeven):
    bars = random_iwm(seed)
    moves, parts = (0.04, 0.06, 0.09), (0.3, 0.3, 0.2)
    preset = shares(
        trade__legs=[{"kind": "shares", "side": side, "shares": 1}],
        exits__stop="-3%",
        exits__targets=[
            {"move": f"+{100 * move:g}%", "fraction": f"{100 * part:g}%"}
            for move, part in zip(moves, parts, strict=True)
        ],
        exits__stop_to_breakeven=bool(breakeven),
        exits__holding_days=5 + 4 * seed,
        account__costs={"slippage_per_share": 0.02, "commission_per_trade": 1.0},
    )
    result = backtest(preset, bars)
    expected = plain_backtest(
        bars,
        side=1 if side == "long" else -1,
        stop=0.03,
        targets=moves,
        fractions=parts,
        breakeven=breakeven,
        days=5 + 4 * seed,
        equity=100_000,
        risk=0.01,
        costs=0.02,
        fixed=1.0,
    )
    days = bars.dates.tolist()
    ours = [
        (days.index(trade.entry_date), trade.units, days.index(trade.exit_date), trade.reason.value)
        for trade in (*result.trades, *result.open_trades)
    ]
    assert ours == [trade[:4] for trade in expected]
    results = [(trade.pnl, trade.r) for trade in (*result.trades, *result.open_trades)]
    np.testing.assert_allclose(results, [trade[4:] for trade in expected], rtol=1e-9, atol=1e-9)
    assert result.end_equity == pytest.approx(100_000 + sum(trade[4] for trade in expected))
    assert len(ours) > 15


FLAT = (100, 100, 100, 100)
EXITS = {
    "exits__stop": "-5%",
    "exits__targets": [{"move": "+10%", "fraction": "50%"}, {"move": "+20%", "fraction": "50%"}],
    "exits__holding_days": 11,
}


def first_trade(*days, start="2026-01-05", **exits):
    bars = iwm(
        bars_of(
            *zip(FLAT, *days, FLAT, FLAT, FLAT, FLAT, FLAT, FLAT, FLAT, FLAT, FLAT, strict=True), start=start
        )
    )
    result = backtest(shares(**EXITS | exits), bars)
    return (*result.trades, *result.open_trades)[0]


@pytest.mark.parametrize(
    ("days", "exits", "expected"),
    [
        pytest.param([(93, 94, 92, 93)], {}, ("stop", -7 / 5, True, False), id="gap over the stop"),
        pytest.param([(95, 96, 95, 96)], {}, ("stop", -1.0, False, False), id="opens at the stop"),
        pytest.param([(100, 111, 94, 100)], {}, ("stop", -1.0, False, True), id="both in one day"),
        pytest.param(
            [(111, 112, 94, 95)], {}, ("stop", (11 - 5) / 10, False, False), id="gap over target, then stop"
        ),
        pytest.param(
            [(121, 122, 120, 121)], {}, ("target", 21 / 5, False, False), id="gap over both targets"
        ),
        pytest.param([(100, 125, 99, 101)], {}, ("target", 15 / 5, False, False), id="both targets in a day"),
        pytest.param(
            [(100, 110, 100.5, 109), (108, 108, 99, 99)],
            {"exits__stop_to_breakeven": True},
            ("breakeven stop", 1.0, False, False),
            id="partial target, then stop at breakeven",
        ),
        pytest.param(
            [(100, 110, 100.5, 109), (98, 108, 98, 99)],
            {"exits__stop_to_breakeven": True},
            ("breakeven stop", (10 - 2) / 10, True, False),
            id="gap over the breakeven stop",
        ),
        pytest.param(
            [(100, 110, 98, 99)],
            {"exits__stop_to_breakeven": True},
            ("breakeven stop", 1.0, False, False),
            id="close below the entry on the day of the target",
        ),
        pytest.param(
            [(99, 110, 99, 108), (108, 120, 107, 119)],
            {"exits__stop_to_breakeven": True},
            ("target", 3.0, False, True),
            id="a low at the entry that may come before the target",
        ),
    ],
)  # fmt: skip
def test_one_trade_by_hand(days, exits, expected):
    result = first_trade(*days, **exits)
    assert (result.reason.value, result.r, result.gapped, result.ambiguous) == (
        expected[0], pytest.approx(expected[1]), *expected[2:]
    )  # fmt: skip


def test_a_time_stop_on_a_holiday_is_the_session_before():
    # 2026-05-14 + 11 days is Memorial Day, Monday 2026-05-25.
    days = [day for day in np.arange("2026-05-14", "2026-06-06", dtype="datetime64[D]") if np.is_busday(day)]
    days = [day for day in days if str(day) != "2026-05-25"]
    flat = np.full(len(days), 100.0)
    bars = Bars(symbol="IWM", dates=np.array(days), open=flat, high=flat, low=flat, close=flat)
    first = backtest(shares(**EXITS), bars).trades[0]
    assert (first.exit_date, first.reason.value, first.sessions) == (dt.date(2026, 5, 22), "time stop", 6)


def test_a_time_stop_without_a_bar_is_the_bar_before():
    bars = iwm(bars_of(*[[100.0] * 12] * 4))
    keep = np.array([place not in {6, 7} for place in range(12)])
    holey = Bars(
        symbol="IWM",
        dates=bars.dates[keep],
        **{name: getattr(bars, name)[keep] for name in ("open", "high", "low", "close")},
    )
    first = backtest(shares(**EXITS | {"exits__holding_days": 8}), holey).trades[0]
    assert (first.entry_date, first.exit_date) == (dt.date(2026, 1, 5), dt.date(2026, 1, 12))


def test_the_last_bar_leaves_an_open_trade_that_is_said():
    close = [100.0, 101.0, 102.0]
    result = backtest(shares(**EXITS), iwm(bars_of(close, close, close, close)))
    (left,) = result.open_trades
    assert (result.statistics.n, left.exit_date, left.r) == (0, result.last, pytest.approx(0.4))
    assert result.end_equity == pytest.approx(100_000 + left.pnl)
    each = backtest(shares(**EXITS), iwm(bars_of(close, close, close, close)), entries="each")
    assert each.uncounted == {"the prices end before the time stop": 2}


def test_holders_receive_dividends_and_sellers_owe_them():
    flat = [100.0] * 12
    paid = np.where(np.arange(12) == 3, 0.8, 0.0)
    bars = iwm(bars_of(flat, flat, flat, flat), dividends=paid)
    bought = backtest(shares(**EXITS | {"exits__holding_days": 8}), bars).trades[0]
    assert (bought.dividends, bought.r) == (pytest.approx(0.8 * bought.units), pytest.approx(0.16))
    sold = backtest(
        shares(**EXITS | {"exits__holding_days": 8, "trade__legs": [{"kind": "shares", "side": "short"}]}),
        bars,
    ).trades[0]
    assert sold.r == pytest.approx(-0.16)
    entered_on_the_ex_date = backtest(
        shares(**EXITS | {"exits__holding_days": 8}), bars, since=bars.day(3)
    ).trades[0]
    assert entered_on_the_ex_date.dividends == 0
    adjusted = dataclasses.replace(bars, basis=PriceBasis.ADJUSTED)
    result = backtest(shares(**EXITS | {"exits__holding_days": 8}), adjusted)
    assert result.trades[0].dividends == 0
    assert "stops act on raw ones" in result.warnings[0]


def test_a_fund_after_reverse_splits_is_sized_in_the_shares_of_its_day():
    bars = read_prices(reference_file(FILE.format("TZA")))
    first = backtest(rc.load_preset("tza-hedge", SHARES), bars).trades[0]
    assert (first.entry_date, first.entry_spot) == (dt.date(2008, 11, 19), pytest.approx(117.11))
    assert first.units == int(1000 // (0.12 * 117.11))


def test_each_session_is_an_entry_and_the_account_takes_what_its_heat_allows():
    result = backtest(shares(), sample_prices(), entries="each")
    assert (
        result.statistics.n
        == len(sample_prices()) - 1 - result.uncounted["the prices end before the time stop"]
    )
    assert 0 < result.taken < result.statistics.n
    taken = [trade for trade in result.trades if trade.taken]
    heat = [
        sum(other.risk for other in taken if other.entry_date <= one.entry_date < other.exit_date)
        for one in taken
    ]
    most = max(point.equity for point in result.equity)
    assert 0.05 * result.start_equity < max(heat) <= 0.06 * 1.05 * most
    assert result.statistics.error > backtest(shares(), sample_prices()).statistics.error / 3


def test_what_overlapping_trades_bring_is_what_outcomes_counts():
    bars = iwm(random_bars(3, vol=0.04))
    days = {"exits__stop": "-3%", "exits__targets": ["+8%"], "exits__holding_days": 14}
    result = backtest(shares(**days), bars, entries="each")
    assert result.exits["stop"] == sum(trade.reason.value == "stop" for trade in result.trades)
    assert result.gapped_stops > 0
    assert all(trade.r < -1 for trade in result.trades if trade.gapped)


def test_no_price_of_a_later_day_is_looked_at():
    bars = sample_prices()
    shorter = Bars(
        symbol="IWM",
        dates=bars.dates[:800],
        **{name: getattr(bars, name)[:800] for name in ("open", "high", "low", "close")},
    )
    preset = rc.load_preset("iwm-call-spread")
    whole, part = backtest(preset, bars).trades, backtest(preset, shorter).trades
    assert part == whole[: len(part)]


def test_equity_is_marked_every_day_and_ends_where_the_trades_do():
    result = backtest(rc.load_preset("iwm-call-spread"), sample_prices(), vols=sample_vols())
    total = sum(trade.pnl for trade in (*result.trades, *result.open_trades))
    assert result.end_equity == pytest.approx(result.start_equity + total)
    assert result.years[-1].equity == result.end_equity == result.equity[-1].equity
    growth = np.prod([1 + year.change for year in result.years])
    assert result.start_equity * growth == pytest.approx(result.end_equity)
    closed = np.cumsum([0.0, *(trade.pnl for trade in result.trades)]) + result.start_equity
    of_closed = float((1 - closed / np.maximum.accumulate(closed)).max())
    assert of_closed <= result.max_drawdown < 1


def test_years_regimes_and_bins_share_the_trades_out():
    result = backtest(shares(), sample_prices(), entries="each")
    assert (
        sum(year.trades.n for year in result.years)
        == sum(bin_.n for bin_ in result.histogram)
        == result.statistics.n
    )
    assert sum(regime.trades.n for regime in result.regimes) == result.statistics.n - 21
    wins = [trade.r for trade in result.trades if trade.r > 0]
    losses = [trade.r for trade in result.trades if trade.r <= 0]
    assert result.statistics.win_rate == pytest.approx(len(wins) / result.statistics.n)
    assert result.statistics.profit_factor == pytest.approx(sum(wins) / -sum(losses))
    assert result.statistics.mean_r == pytest.approx(np.mean([*wins, *losses]))


def test_too_small_an_account_is_said():
    result = backtest(rc.load_preset("iwm-call-spread", {"account.equity": 5_000}), sample_prices(), vols=0.2)
    assert result.statistics.n == 0
    assert result.uncounted == {"one unit is more than the risk budget": len(sample_prices()) - 1}
    assert (result.statistics.mean_r, result.max_drawdown, result.end_equity) == (None, 0.0, 5_000)


def test_triggers_and_wide_stops_are_warned_of():
    bars = dataclasses.replace(sample_prices(), symbol="TZA")
    result = backtest(rc.load_preset("tza-hedge", {"exits.stop": "-13%"}), bars)
    assert result.warnings == (
        "entry triggers are not in prices and are ignored: sp500_move, ten_year_change_bp",
        "the stop of 13% is wider than the entry rule's 12%",
    )


def test_the_record_is_plain_data():
    data = backtest(shares(), sample_prices()).to_dict()
    assert (data["entries"], data["side"], "trades" in data) == ("flat", "long", False)
    assert data["exits"].keys() == {"stop", "breakeven stop", "target", "time stop"}


CLOSES = Bars(
    symbol="IWM", has_ranges=False, dates=sample_prices().dates,
    **dict.fromkeys(("open", "high", "low", "close"), sample_prices().close),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "settings", "change", "says"),
    [
        ("iwm-spy-pair", {}, {}, "preset must trade one symbol, got the ratio IWM/SPY"),
        ("tna-momentum", {}, {}, "bars must be those of TNA for tna-momentum, got IWM"),
        ("iwm-shares", {}, {"bars": CLOSES}, "bars have closes only"),
        ("iwm-shares", {"exits.stop": "$280"}, {}, "exits must be moves for a backtest"),
        ("iwm-call-spread", {"trade.legs.0.strike": 295}, {}, "legs.0.strike is one contract: .* got 295"),
        ("iwm-call-spread", {"trade.legs.1.expiry": dt.date(2026, 9, 18)}, {}, "legs.1.expiry is one"),
        ("iwm-call-spread", {"trade.legs.0.premium": 12.0}, {}, "trade.legs.0.premium is of one day"),
        ("iwm-shares", {"trade.legs.0.entry_price": 295.0}, {}, "trade.legs.0.entry_price is of one day"),
        ("iwm-call-spread", {"trade.legs.1.days": 80}, {}, "must have one expiry, got 60 and 80 days"),
        ("iwm-shares", {}, {"since": dt.date(2026, 7, 17)}, "since must leave a session to enter on"),
        ("iwm-shares", {}, {"entries": "daily"}, "entries must be one of flat, each, got 'daily'"),
        ("iwm-shares", {}, {"vols": -0.1}, "vols must be"),
        ("iwm-shares", {}, {"vols": float("nan")}, "vols must be"),
    ],
)  # fmt: skip
def test_bad_input_is_named(name, settings, change, says):
    given = {"preset": rc.load_preset(name, settings), "bars": sample_prices()} | change
    with pytest.raises(InvalidInputError, match=says):
        backtest(**given)

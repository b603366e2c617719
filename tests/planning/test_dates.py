"""Plans on the day of the expiry and on days without trading, against formulas of their own."""

import dataclasses
import datetime as dt
import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis import payoff, solve_vol
from riskcalc.domain import (
    Account,
    CashDividend,
    CheckStatus,
    ExitPlan,
    Market,
    OptionType,
    Quote,
    Settlement,
    Target,
    call_spread,
    instrument,
    long_option,
    shares,
)
from riskcalc.formatting import plan_tables, plan_title
from riskcalc.planning import compare, evaluate, plan
from riskcalc.pricing import VolStatus

EXPIRY = dt.date(2026, 9, 18)
ACCOUNT = Account(equity=100_000)
EXITS = ExitPlan(stop=0.01, targets=(Target(move=0.01),))
N = NormalDist().cdf


def market_at(time, *, date=EXPIRY, spot=295.0, symbol="IWM", vol=0.2):
    return Market(date=date, time=time, rate=0.04, quotes={symbol: Quote(spot=spot, vol=vol)})


def spread(symbol="IWM", expiry=EXPIRY, *, low=295, high=300):
    return call_spread(symbol, long_strike=low, short_strike=high, expiry=expiry, long_vol=0.2, short_vol=0.2)


def black_scholes_call(spot, strike, years, *, vol=0.2, rate=0.04):
    """The textbook's formula, on its own."""
    total = vol * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + vol**2 / 2) * years) / total
    return spot * N(d1) - strike * math.exp(-rate * years) * N(d1 - total)


def check(found, name):
    return next((check for check in found.checks if check.name == name), None)


class TestOnTheDayOfTheExpiry:
    @pytest.mark.parametrize(("hour", "minute"), [(9, 30), (12, 0), (15, 30), (15, 59)])
    def test_the_option_lives_until_four(self, hour, minute):
        hours = 16 - hour - minute / 60
        report = evaluate(spread(), market_at(dt.time(hour, minute)))
        years = hours / 24 / 365
        expected = black_scholes_call(295, 295, years) - black_scholes_call(295, 300, years)
        assert report.value / 100 == pytest.approx(expected, abs=1e-9)
        assert report.expected_move == pytest.approx(295 * 0.2 * math.sqrt(years), rel=1e-12)
        (level,) = report.breakevens
        total = 0.2 * math.sqrt(years)
        chance = N((math.log(295 / level) + (0.04 - 0.02) * years) / total)
        assert report.prob_profit == pytest.approx(chance, abs=1e-9)
        assert report.greeks.theta_per_day < -1

    def test_theta_is_what_the_next_minute_costs(self):
        now, next_minute = (evaluate(spread(), market_at(dt.time(12, m))).value for m in (0, 1))
        theta = evaluate(spread(), market_at(dt.time(12))).greeks.theta_per_day
        assert (next_minute - now) * 24 * 60 == pytest.approx(theta, rel=2e-3)

    def test_a_plan_is_sized_managed_and_laid_out(self):
        result = plan(spread(), market_at(dt.time(10, 30)), ACCOUNT, EXITS)
        assert result.time_stop == EXPIRY
        assert check(result, "expiry").status is CheckStatus.OK
        assert "in 5.5 hours, at 16:00 New York" in check(result, "expiry").message
        assert [row.when for row in result.ladder[:2]] == ["today", "expiry"]
        today, expiry = ([row for row in result.ladder if row.when == when] for when in ("today", "expiry"))
        assert all(
            row.pnl
            == pytest.approx(float(payoff.pnl_at_expiry(result.report.trade, spot=row.spot)), abs=1e-9)
            for row in expiry
        )
        assert max(abs(one.pnl - other.pnl) for one, other in zip(today, expiry, strict=True)) > 20
        assert 0 < result.managed.expected_days < 5.5 / 24
        assert result.theta.to_time_stop < 0
        assert result.managed.expected_pnl == pytest.approx(0, abs=0.05)
        assert result.odds.stop_first + result.odds.target_first + result.odds.neither == pytest.approx(1)

    @pytest.mark.parametrize("time", [None, dt.time(16), dt.time(17, 30)])
    def test_at_the_close_it_is_settled_and_the_plan_says_no(self, time):
        result = plan(spread(low=290), market_at(time), ACCOUNT, EXITS)
        assert not result.ok
        assert check(result, "expiry").status is CheckStatus.FAIL
        assert "settled" in check(result, "expiry").message
        assert ("market.time" in check(result, "expiry").message) or time
        assert result.report.value == pytest.approx(500)
        assert plan_title(result).startswith("NO")
        assert "2026-09-18 at the close" in plan_title(result)

    def test_an_index_option_is_settled_at_the_open(self):
        rut = spread("RUT", low=2950, high=3000)
        before = market_at(dt.time(9), spot=2950.0, symbol="RUT")
        after = market_at(dt.time(9, 45), spot=2950.0, symbol="RUT")
        years = 0.5 / 24 / 365
        expected = black_scholes_call(2950, 2950, years) - black_scholes_call(2950, 3000, years)
        assert evaluate(rut, before).value / 100 == pytest.approx(expected, abs=1e-9)
        result = plan(rut, after, ACCOUNT, EXITS)
        assert check(result, "expiry").status is CheckStatus.FAIL
        assert "they last traded on 2026-09-17" in check(result, "expiry").message
        weekly = dataclasses.replace(instrument("RUT"), monthly_settlement=Settlement.PM)
        alive = plan(dataclasses.replace(rut, instrument=weekly), after, ACCOUNT, EXITS)
        assert check(alive, "expiry").status is CheckStatus.OK

    def test_to_hold_into_a_settlement_at_the_open_is_warned_of(self):
        market = market_at(None, date=dt.date(2026, 9, 14), spot=2950.0, symbol="RUT")
        result = plan(spread("RUT", low=2950, high=3000), market, ACCOUNT, EXITS)
        assert "last trade on 2026-09-17" in check(result, "settlement").message

    def test_a_vol_is_solved_with_an_hour_left(self):
        market = market_at(dt.time(15))
        (leg,) = long_option("IWM", option_type=OptionType.CALL, strike=296, expiry=EXPIRY).option_legs
        premium = black_scholes_call(295, 296, 1 / 24 / 365, vol=0.31)
        vol, status = solve_vol(leg, premium=premium, instrument=instrument("IWM"), market=market)
        assert status is VolStatus.OK
        assert vol == pytest.approx(0.31, abs=1e-7)

    @given(minutes=st.integers(1, 389), spot=st.floats(285, 305))
    def test_a_fair_trade_expects_nothing_however_little_time_is_left(self, minutes, spot):
        close = dt.datetime(2026, 9, 18, 16)  # noqa: DTZ001 - New York
        time = (close - dt.timedelta(minutes=minutes)).time()
        result = plan(spread(), market_at(time, spot=spot), ACCOUNT, EXITS)
        # Held to the kink of an expiry the quadrature is exact to some cents of these 500 dollars.
        assert result.managed.expected_pnl == pytest.approx(0, abs=0.5)
        assert 0 <= result.report.prob_profit <= 1
        assert math.isfinite(result.report.greeks.theta_per_day)


class TestAtABreakeven:
    """A spread that ends right at its breakeven earns nothing: payoff, chance and JSON agree."""

    def test_at_the_money_with_no_time_left_there_is_no_profit(self):
        result = evaluate(spread(), market_at(None))
        assert result.net_debit == 0
        assert result.prob_profit == 0
        assert result.to_dict()["probability"]["profit"] == 0

    @pytest.mark.parametrize("debit", [0.1, 0.3, 1.17, 2.35])
    def test_a_spread_settled_at_its_breakeven_gains_nothing(self, debit):
        trade = call_spread(
            "IWM", long_strike=295, short_strike=300, expiry=EXPIRY, long_premium=debit, short_premium=0.0,
            long_vol=0.2, short_vol=0.2,
        )  # fmt: skip
        for spot, chance in ((295 + debit, 0.0), (295.01 + debit, 1.0), (294.99 + debit, 0.0)):
            result = evaluate(trade, market_at(None, spot=spot))
            assert result.prob_profit == chance
            assert result.prob_profit == float(payoff.is_profitable_at(result.trade, spot=spot))


class TestClosedDays:
    def test_an_expiry_on_juneteenth_is_warned_of_with_the_session_before(self):
        expiry = dt.date(2026, 6, 19)
        result = plan(spread(expiry=expiry), market_at(None, date=dt.date(2026, 6, 1)), ACCOUNT, EXITS)
        assert check(result, "closed days").status is CheckStatus.WARN
        assert "2026-06-18" in check(result, "closed days").message

    @pytest.mark.parametrize(
        ("date", "meant"),
        [("2026-07-03", "2026-07-02"), ("2026-07-18", "2026-07-17"), ("2026-12-25", "2026-12-24")],
    )
    def test_a_market_date_without_trading_is_warned_of(self, date, meant):
        day = dt.date.fromisoformat(date)
        held = ExitPlan(stop=0.06, holding_days=30)
        result = plan(shares("IWM"), market_at(None, date=day), ACCOUNT, held)
        assert f"prices are as of {meant}" in check(result, "closed days").message

    def test_an_ex_date_without_trading_is_warned_of(self):
        quote = Quote(spot=295, vol=0.2, dividends=(CashDividend(ex_date=dt.date(2026, 4, 3), amount=0.8),))
        market = Market(date=dt.date(2026, 3, 30), rate=0.04, quotes={"IWM": quote})
        result = plan(shares("IWM"), market, ACCOUNT, ExitPlan(stop=0.06, holding_days=30))
        message = check(result, "closed days").message
        assert "ex-date 2026-04-03 (Good Friday)" in message
        assert "2026-04-06" in message

    def test_years_beyond_the_calendar_are_said_to_be(self):
        market = market_at(None, date=dt.date(2101, 3, 1))
        result = plan(shares("IWM"), market, ACCOUNT, ExitPlan(stop=0.06, holding_days=30))
        assert "holidays after 2100 are not known" in check(result, "closed days").message

    def test_usual_days_have_nothing_to_say(self):
        result = plan(spread(), market_at(None, date=dt.date(2026, 7, 20)), ACCOUNT, EXITS)
        assert {"expiry", "closed days", "settlement"}.isdisjoint(check.name for check in result.checks)


class TestDividendsThatTheFiguresCountWith:
    QUOTE = Quote(
        spot=295.39,
        vol=0.2,
        dividends=tuple(CashDividend(ex_date=dt.date(2026, m, d), amount=0.8) for m, d in ((3, 17), (6, 16))),
    )
    MARKET = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": QUOTE})

    @pytest.mark.parametrize(
        ("trade", "exits"),
        [
            (shares("IWM"), ExitPlan(stop=0.06, holding_days=60)),
            (shares("IWM"), ExitPlan(stop=0.06)),
            (spread(), ExitPlan(stop=0.06, close_dte=21)),
        ],
    )
    def test_every_plan_states_them(self, trade, exits):
        result = plan(trade, self.MARKET, ACCOUNT, exits)
        stated = result.to_dict()["dividends"]
        assert stated[0] == {"ex_date": "2026-09-15", "amount": 0.8, "forecast": True, "special": False}
        last = max([result.managed.last_day, *trade.expiries])
        assert all(one["ex_date"] <= last.isoformat() for one in stated)
        (section,) = [one for one in plan_tables(result) if one.title.startswith("Cash Dividends")]
        assert ("2026-09-15", "$0.80", "forecast") in section.rows

    def test_without_them_the_odds_are_others(self):
        """What is stated is what moves the numbers."""
        exits = ExitPlan(stop=0.06, holding_days=60)
        result = plan(shares("IWM"), self.MARKET, ACCOUNT, exits)
        none = plan(shares("IWM"), self.MARKET.with_quote("IWM", dividends=()), ACCOUNT, exits)
        assert none.dividends == ()
        assert none.odds != result.odds
        short = ExitPlan(stop=0.06, holding_days=30)
        before = plan(shares("IWM"), self.MARKET, ACCOUNT, short)
        assert before.dividends == ()
        assert (
            before.odds
            == plan(shares("IWM"), self.MARKET.with_quote("IWM", dividends=()), ACCOUNT, short).odds
        )

    def test_a_comparison_states_them_too(self):
        result = compare([plan(shares("IWM"), self.MARKET, ACCOUNT, ExitPlan(stop=0.06, holding_days=60))])
        assert result.to_dict()["vehicles"][0]["dividends"][0]["ex_date"] == "2026-09-15"


def test_the_json_says_of_which_moment_it_is():
    text = plan(spread(), market_at(dt.time(10, 30)), ACCOUNT, EXITS).to_dict()["market"]
    assert (text["time"], text["as_of"]) == ("10:30", "2026-09-18 10:30 New York")
    close = evaluate(spread(), market_at(None)).to_dict()["market"]
    assert (close["time"], close["as_of"]) == (None, "2026-09-18 at the close")

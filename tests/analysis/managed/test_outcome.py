from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis import enter_at_model, first_passage, managed_outcome
from riskcalc.domain import (
    CashDividend,
    ExitPlan,
    Market,
    OptionType,
    Quote,
    Side,
    Target,
    View,
    call_spread,
    iron_condor,
    long_option,
    put_spread,
    shares,
)
from riskcalc.errors import InvalidInputError
from tests.analysis.simulated import simulate
from tests.examples import examples
from tests.rows import sample, slow

TODAY, EXPIRY = dt.date(2026, 7, 20), dt.date(2026, 9, 18)
HALVES = (Target(move=0.10, fraction=0.5), Target(move=0.15, fraction=0.5))
EXITS = ExitPlan(stop=0.06, targets=HALVES, holding_days=60)
EARLY = ExitPlan(stop=0.06, targets=HALVES, close_dte=21)
FUND_EXITS = ExitPlan(
    stop=0.12, targets=(Target(move=0.2, fraction=0.5), Target(move=0.4, fraction=0.5)), holding_days=28
)
DIVIDEND = (CashDividend(ex_date=dt.date(2026, 8, 14), amount=2.5),)
SMALL = (dataclasses.replace(DIVIDEND[0], amount=0.8),)


def market(symbol="IWM", *, rate=0.04, **quote):
    return Market(date=TODAY, rate=rate, quotes={symbol: Quote(**{"spot": 295.0, "vol": 0.2} | quote)})


RUT = market("RUT", spot=2950.0, dividend_yield=0.011)
TNA = market("TNA", spot=60.0, vol=0.6, dividend_yield=0.008)
IWM_SPREAD = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY)
RUT_SPREAD = call_spread("RUT", long_strike=2950, short_strike=3250, expiry=EXPIRY)


def managed(trade, market, exits, **options):
    return managed_outcome(enter_at_model(trade, market), market, exits, **options)


def ways(outcome):
    return outcome.prob_stop + outcome.prob_all_targets + outcome.prob_time_stop


BREAKEVEN = dataclasses.replace(EXITS, stop_to_breakeven=True)
SIMULATIONS = {
    "shares": (shares("IWM"), market(dividend_yield=0.011), EXITS, View.neutral(), 1),
    "shares, a view": (shares("IWM"), market(), EXITS, View(drift=0.25, vol=0.25), 1),
    "shares, stop to break-even": (shares("IWM"), market(), BREAKEVEN, View(drift=0.3), 1),
    "shares, a dividend": (shares("IWM"), market(dividends=DIVIDEND), EXITS, View.neutral(), 1),
    "short shares": (shares("IWM", side=Side.SHORT), market(), EXITS, View.neutral(), -1),
    "TNA": (shares("TNA"), TNA, FUND_EXITS, View.neutral(), 1),
    "spread": (IWM_SPREAD, market(), EARLY, View(drift=0.12), 1),
    "spread, shifted vol": (RUT_SPREAD, RUT, dataclasses.replace(EARLY, vol_shift=0.03), View.neutral(), 1),
    "spread to expiry": (RUT_SPREAD, RUT, ExitPlan(stop=0.06, targets=HALVES[:1]), View(vol=0.25), 1),
}


@pytest.mark.parametrize("case", sample(SIMULATIONS, 1, 4, 8))
def test_agrees_with_a_simulation_of_the_same_rules(case):
    trade, quoted, exits, view, side = SIMULATIONS[case]
    trade = enter_at_model(trade, quoted)
    quote = quoted.quote(trade.symbol)
    drift = quoted.rate - quote.dividend_yield if view.drift is None else view.drift
    vol = quote.vol if view.vol is None else view.vol
    paths = 8_000
    drawn = simulate(
        trade, quoted, exits, drift=drift, vol=vol, side=side, paths=paths, seed=4, per_day=3, cost=1.5
    )
    result = managed_outcome(trade, quoted, exits, view=view, cost_per_unit=1.5)

    def agree(value, sample):
        assert value == pytest.approx(sample.mean(), abs=3 * sample.std() / math.sqrt(paths) + 1e-9)

    agree(result.expected_pnl, drawn.pnl)
    agree(result.std**2 + result.expected_pnl**2, drawn.pnl**2)
    agree(result.prob_stop, drawn.stopped)
    for number, chance in enumerate(result.prob_targets):
        agree(chance, drawn.taken > number)
    agree(result.expected_days, drawn.days)
    for quantile in result.quantiles:
        below = [
            (drawn.pnl < quantile.pnl + slack).mean() for slack in (-0.005 * result.std, 0.005 * result.std)
        ]
        assert below[0] - 0.01 <= quantile.probability <= below[1] + 0.01
    for quantile in result.histogram[1:-1]:
        inside = ((drawn.pnl >= quantile.low) & (drawn.pnl < quantile.high)).mean()
        assert quantile.probability == pytest.approx(inside, abs=0.02)


moves = st.floats(0.01, 0.3)


@st.composite
def exit_plans(draw):
    """Any exits that no market move of their own makes unfair."""
    far = sorted(draw(st.lists(moves, unique=True, max_size=3)))
    breakeven = bool(far) and far[0] > 0.12 and draw(st.booleans())
    weights = [draw(st.floats(0.1, 1)) for _ in far]
    total = sum(weights) * draw(st.sampled_from([1.0, 1.25])) if far else 1.0
    return ExitPlan(
        stop=draw(st.floats(0.01, 0.4)),
        targets=tuple(
            Target(move=move, fraction=weight / total) for move, weight in zip(far, weights, strict=True)
        ),
        holding_days=draw(st.integers(2, 120)),
        stop_to_breakeven=breakeven,
        side=draw(st.sampled_from(Side)),
    )


share_markets = st.builds(
    market, vol=st.floats(0.08, 0.9), rate=st.floats(-0.02, 0.08), dividend_yield=st.floats(0, 0.05),
    dividends=st.sampled_from([(), SMALL, DIVIDEND]),
)  # fmt: skip


@examples(60)
@given(exits=exit_plans(), side=st.sampled_from(Side), cost=st.floats(0, 2), quoted=share_markets)
def test_fair_shares_expect_minus_their_costs_whatever_the_exits(exits, side, cost, quoted):
    result = managed(shares("IWM", side=side), quoted, exits, cost_per_unit=cost)
    assert result.expected_pnl == pytest.approx(-cost, abs=2e-5 * 295)
    assert ways(result) == pytest.approx(1, abs=1e-10)
    assert math.fsum(bin_.probability for bin_ in result.histogram) == pytest.approx(1, abs=1e-10)


FAIR = (
    RUT_SPREAD,
    put_spread("RUT", long_strike=2950, short_strike=2700, expiry=EXPIRY),
    long_option("RUT", option_type=OptionType.CALL, strike=3000, expiry=EXPIRY),
    iron_condor(
        "RUT", put_long_strike=2600, put_short_strike=2700, call_short_strike=3200, call_long_strike=3300,
        expiry=EXPIRY,
    ),
)  # fmt: skip


@examples(40)
@given(
    exits=exit_plans(), trade=st.sampled_from(FAIR), vol=st.floats(0.1, 0.6), rate=st.floats(0, 0.08),
    cost=st.floats(0, 50),
)  # fmt: skip
def test_fair_options_expect_minus_their_costs_whatever_the_exits(exits, trade, vol, rate, cost):
    quoted = market("RUT", spot=2950.0, vol=vol, rate=rate, dividend_yield=0.011)
    result = managed(trade, quoted, exits, cost_per_unit=cost)
    assert result.expected_pnl == pytest.approx(-cost, abs=2e-5 * 2950 * 100)
    assert ways(result) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("exits", [EARLY, EXITS, dataclasses.replace(EARLY, stop_to_breakeven=True)])
@pytest.mark.parametrize("dividends", [(), SMALL])
def test_a_fair_call_spread_on_a_fund_expects_nothing(exits, dividends):
    """The long call is not worth exercising for so small a dividend, but deep in the money."""
    result = managed(IWM_SPREAD, market(dividends=dividends), exits)
    to_expiry = exits.close_dte is None
    # A target next to the sold strike: on the last day its value turns within an hour.
    assert result.expected_pnl == pytest.approx(0, abs=0.1 if to_expiry else 1e-3)


@pytest.mark.parametrize("targets", [((0.02, 0.5),), ((0.02, 0.5), (0.025, 0.5))])
def test_a_drop_past_a_target_pays_the_dividend_once(targets):
    exits = ExitPlan(stop=0.3, targets=tuple(Target(move=m, fraction=f) for m, f in targets), holding_days=40)
    large = (dataclasses.replace(DIVIDEND[0], amount=9.0),)
    result = managed(shares("IWM", side=Side.SHORT), market(dividends=large), exits)
    assert result.expected_pnl == pytest.approx(0.0, abs=5e-3)


def test_a_call_that_is_held_where_exercise_pays_loses_what_exercise_would_bring():
    result = managed(IWM_SPREAD, market(dividends=DIVIDEND), EARLY)
    assert -5 < result.expected_pnl < -1


def test_one_stage_is_the_closed_form():
    exits = ExitPlan(stop=0.06, targets=(Target(move=0.12),), holding_days=60)
    result = managed(shares("IWM"), market(), exits)
    odds = first_passage(spot=295, lower=0.94 * 295, upper=1.12 * 295, vol=0.2, drift=0.04, horizon=60 / 365)
    assert (result.prob_stop, result.prob_all_targets, result.prob_time_stop) == pytest.approx(
        odds, abs=1e-11
    )


def test_the_final_target_is_reached_as_the_closed_form_says():
    result = managed(shares("IWM"), market(), EXITS)
    at = {"spot": 295, "lower": 0.94 * 295, "vol": 0.2, "drift": 0.04, "horizon": 60 / 365}
    near, far = (float(first_passage(upper=295 * up, **at).upper_first) for up in (1.10, 1.15))
    assert result.prob_targets == pytest.approx((near, far), abs=1e-11)


@given(stop=st.floats(0.02, 0.3), wider=st.floats(1.01, 1.5), vol=st.floats(0.1, 0.6))
@examples(20)
def test_chances_are_monotone_in_each_level(stop, wider, vol):
    def chances(stop, target):
        exits = ExitPlan(stop=stop, targets=(Target(move=target),), holding_days=40)
        return managed(shares("IWM"), market(vol=vol), exits)

    base, low, high = chances(stop, 0.1), chances(stop * wider, 0.1), chances(stop, 0.1 * wider)
    assert low.prob_stop <= base.prob_stop + 1e-12
    assert low.prob_all_targets >= base.prob_all_targets - 1e-12
    assert high.prob_all_targets <= base.prob_all_targets + 1e-12
    assert high.prob_stop >= base.prob_stop - 1e-12


class TestGaps:
    exits = dataclasses.replace(EXITS, gap_share=0.2, gap_shocks=(0.05, 0.10))
    plain, gapped = (managed(shares("IWM"), market(), one) for one in (EXITS, exits))

    def test_jumped_stops_are_filled_at_the_first_shock_beyond(self):
        """Four points of the spot on a fifth of the stops, discounted."""
        most = 0.2 * self.plain.prob_stop * 0.04 * 295
        assert 0.99 * most < self.gapped.expected_gap_loss < most

    def test_they_are_what_the_expectation_loses(self):
        lost = self.plain.expected_pnl - self.gapped.expected_pnl
        assert lost == pytest.approx(self.gapped.expected_gap_loss, abs=1e-9)
        assert ways(self.gapped) == pytest.approx(1, abs=1e-10)

    def test_a_drift_is_needed_to_make_up_for_them(self):
        assert self.gapped.break_even_drift > 0.05

    def test_a_share_of_gaps_needs_a_shock_beyond_the_stop(self):
        with pytest.raises(InvalidInputError, match=r"beyond the stop of 0.06, got 0.05"):
            managed(shares("IWM"), market(), dataclasses.replace(EXITS, gap_share=0.2, gap_shocks=(0.05,)))


@pytest.mark.parametrize(
    ("trade", "quoted", "exits"),
    [(shares("IWM"), market(), EXITS), (IWM_SPREAD, market(), EARLY), (shares("TNA"), TNA, FUND_EXITS)],
)
@pytest.mark.parametrize("drift", [-0.2, 0.3])
def test_at_the_break_even_drift_nothing_is_expected(trade, quoted, exits, drift):
    stated = managed(trade, quoted, exits, view=View(drift=drift), cost_per_unit=2.0)
    again = managed(trade, quoted, exits, view=View(drift=stated.break_even_drift), cost_per_unit=2.0)
    assert again.expected_pnl == pytest.approx(0, abs=2e-4 * stated.std)


class TestLimits:
    @pytest.mark.parametrize("side", Side)
    def test_a_stop_at_the_spot_stops_at_once(self, side):
        exits = dataclasses.replace(EXITS, stop=1e-9)
        result = managed(shares("IWM", side=side), market(), exits, cost_per_unit=0.5)
        assert result.prob_stop == pytest.approx(1, abs=1e-6)
        assert result.expected_pnl == pytest.approx(-0.5, abs=1e-6)

    def test_a_target_at_the_spot_is_taken_at_once(self):
        result = managed(shares("IWM"), market(), ExitPlan(stop=0.06, targets=(Target(move=1e-9),)))
        assert result.prob_all_targets == pytest.approx(1, abs=1e-6)
        assert result.expected_days == pytest.approx(0, abs=1e-3)

    def test_a_stop_the_spot_is_past_fills_at_the_spot(self):
        result = managed(shares("IWM", entry_price=320.0), market(), EXITS)
        assert (result.prob_stop, result.expected_pnl, result.std) == (1.0, -25.0, 0.0)
        assert result.break_even_drift is None

    def test_a_target_the_spot_is_past_is_taken_at_the_spot(self):
        result = managed(shares("IWM", entry_price=265.0), market(), EXITS)
        assert result.prob_targets[0] == 1.0
        assert 0 < result.prob_targets[1] < 1
        assert result.expected_pnl == pytest.approx(30.0, abs=1e-6)

    def test_on_the_last_day_it_closes_at_the_spot(self):
        option = long_option("RUT", option_type=OptionType.CALL, strike=2900, expiry=TODAY, premium=70.0)
        trade = dataclasses.replace(option, legs=(dataclasses.replace(option.legs[0], vol=0.2),))
        result = managed_outcome(trade, RUT, ExitPlan(stop=0.06, targets=HALVES))
        assert (result.prob_time_stop, result.expected_pnl) == (1.0, pytest.approx(-2000.0))

    def test_without_vol_the_path_is_known(self):
        result = managed(shares("IWM"), market(vol=0.0), EXITS)
        assert (result.prob_time_stop, result.expected_pnl) == pytest.approx((1, 0), abs=1e-9)

    def test_without_vol_a_drift_takes_the_targets_on_their_days(self):
        result = managed(shares("IWM"), market(vol=0.0, rate=0.0), EXITS, view=View(drift=1.0))
        assert result.prob_targets == pytest.approx((1, 1), abs=1e-9)
        assert result.expected_pnl == pytest.approx(0.125 * 295, abs=1e-6)
        assert result.expected_days == pytest.approx(365 * math.log(1.15), abs=0.5)

    @pytest.mark.parametrize(("drift", "ending"), [(60.0, "prob_all_targets"), (-60.0, "prob_stop")])
    def test_an_extreme_drift_decides(self, drift, ending):
        result = managed(shares("IWM"), market(), EXITS, view=View(drift=drift))
        assert getattr(result, ending) == pytest.approx(1, abs=1e-9)
        assert math.isfinite(result.expected_pnl)

    def test_a_short_target_below_zero_is_never_reached(self):
        exits = ExitPlan(stop=0.06, targets=(Target(move=1.2),), holding_days=60)
        result = managed(shares("IWM", side=Side.SHORT), market(), exits)
        assert result.prob_targets == (0.0,)
        assert result.expected_pnl == pytest.approx(0, abs=1e-5)

    def test_shares_without_a_time_stop_are_closed_after_a_year(self):
        result = managed(shares("IWM"), market(), ExitPlan(stop=0.06))
        assert result.last_day == TODAY + dt.timedelta(days=365)


def test_what_fractions_leave_is_held():
    half = ExitPlan(stop=0.06, targets=HALVES[:1], holding_days=60)
    result = managed(shares("IWM"), market(), half)
    assert result.prob_all_targets == 0
    assert result.prob_targets[0] == pytest.approx(managed(shares("IWM"), market(), EXITS).prob_targets[0])


def test_whole_units_replace_the_fractions():
    """A single unit leaves at the first target; the second has nothing to close."""
    result = managed(shares("IWM"), market(), EXITS, fractions=(1.0, 0.0))
    alone = ExitPlan(stop=0.06, targets=(Target(move=0.10),), holding_days=60)
    expected = managed(shares("IWM"), market(), alone)
    assert result.prob_targets == (pytest.approx(expected.prob_all_targets), 0.0)
    assert result.std == pytest.approx(expected.std)


@pytest.mark.parametrize("fractions", [(1.0,), (0.7, 0.5), (-0.5, 1.0)])
def test_fractions_must_fit_the_targets(fractions):
    with pytest.raises(InvalidInputError, match="fraction"):
        managed(shares("IWM"), market(), EXITS, fractions=fractions)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("vol", [0.08, 0.2])
def test_a_neutral_break_even_drift_is_the_neutral_drift(side, vol):
    """Found where the expectation is rounding alone, on either side of zero."""
    result = managed(shares("IWM", side=side), market(vol=vol, dividend_yield=0.01), EXITS)
    assert result.break_even_drift == pytest.approx(0.03, abs=1e-6)


def test_results_are_the_same_each_time_and_plain():
    first, second = (managed(IWM_SPREAD, market(), EARLY) for _ in range(2))
    assert first == second
    assert np.isfinite([quantile.pnl for quantile in first.quantiles]).all()


EXTREMES = {
    "certain path": {"vol": 0.0, "view": View(drift=-0.5)},
    "strong drift": {"vol": 1e-4, "view": View(drift=5.0)},
    "narrow stop": {"vol": 0.05, "stop": 1e-6, "view": View(vol=1e-4), "rate": 1.0},
    "ten years": {"vol": 0.6, "stop": 0.9999, "targets": (0.15, 9.0), "days": 3650, "paid": 0.01},
    "ten years to break even": {"vol": 0.6, "stop": 1e-4, "days": 3650, "paid": 0.003},
    "great dividend": {"vol": 5e-2, "stop": 0.5, "targets": (1.0,), "days": 3650, "paid": 0.3},
    "usual": {"vol": 0.2, "stop": 0.06, "targets": (0.1,), "days": 60, "paid": 0.003},
}


def extreme(name):
    """Shares held with a stop that the first target moves to the entry, under unusual figures."""
    case, spot = EXTREMES[name], 100.0
    paid = (CashDividend(ex_date=dt.date(2026, 6, 16), amount=spot * case.get("paid", 0.0)),)
    quote = Quote(spot=spot, vol=case["vol"], dividends=paid if "paid" in case else ())
    market = Market(date=dt.date(2026, 7, 20), rate=case.get("rate", 0.04), quotes={"IWM": quote})
    targets = case.get("targets", ())
    exits = ExitPlan(
        stop=case.get("stop", 0.99),
        targets=tuple(Target(move=move, fraction=1 / len(targets)) for move in targets),
        holding_days=case.get("days", 365),
        stop_to_breakeven=True,
    )
    return managed_outcome(
        enter_at_model(shares("IWM"), market), market, exits, view=case.get("view", View())
    )


REFUSED = ("strong drift", "narrow stop")


SLOWEST = ("ten years", "ten years to break even")
ENDING = sorted(EXTREMES.keys() - {*REFUSED, *SLOWEST})


@pytest.mark.parametrize("name", [*ENDING, *map(slow, SLOWEST)])
def test_every_path_ends_somewhere(name):
    result = extreme(name)
    chances = (result.prob_stop, result.prob_all_targets, result.prob_time_stop)
    assert sum(chances) == pytest.approx(1.0, abs=1e-12)
    assert sum(bin_.probability for bin_ in result.histogram) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("name", REFUSED)
def test_where_paths_are_lost_the_outcome_is_refused(name):
    """A part of the paths is never passed off as all of them."""
    with pytest.raises(InvalidInputError, match=r"a vol of 0.0001 and a drift of \d over 365 days: the exit"):
        extreme(name)

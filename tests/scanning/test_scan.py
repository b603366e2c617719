import dataclasses
import itertools

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.chains import fit_chain
from riskcalc.domain import FillPrice, Market, Quote, RiskBasis, RiskLimits, Side, View, instrument
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.planning import enter
from riskcalc.pricing import black_scholes
from riskcalc.scanning import ScanRules, SpreadKind, Valuation, row_plan, row_trade, scan
from tests.real_chains import real_chain
from tests.rows import sample
from tests.scanning.smiling import ACCOUNT, EXITS, MARKET, smiling_chain, vol_of

TERMS = {"market": MARKET, "account": ACCOUNT, "exits": EXITS}
ALL_KINDS = ScanRules(kinds=tuple(SpreadKind))
BULLISH = View(drift=0.15, vol=0.22)


@pytest.fixture(scope="module")
def fitted():
    return fit_chain(smiling_chain(), MARKET)


@pytest.fixture(scope="module")
def table(fitted):
    return scan(fitted, rules=ALL_KINDS, view=BULLISH, **TERMS)


def plan_of(row, fitted, rules, view, **changes):
    return row_plan(row, fitted, rules=rules, view=view, **{"account": ACCOUNT, "exits": EXITS} | changes)


def assert_same_as_plan(row, plan):
    report, size = plan.report, plan.size
    time_stop = {line.label.split()[0]: line for line in plan.ladder if line.date == plan.time_stop}
    expected = {
        "debit": report.net_debit,
        "max_loss": report.max_loss,
        "max_profit": report.max_profit,
        "reward_to_risk": report.reward_to_risk,
        "breakeven": report.breakevens[0],
        "prob_profit": report.prob_profit,
        "value": report.value,
        "delta": report.greeks.delta,
        "gamma": report.greeks.gamma,
        "theta_per_day": report.greeks.theta_per_day,
        "vega_per_point": report.greeks.vega_per_point,
        "cost": plan.cost_per_unit,
        "risk": size.loss_per_unit,
        "units": size.units,
        "prob_stop_first": plan.odds.stop_first,
    }
    for name, value in expected.items():
        assert row[name] == pytest.approx(value, abs=1e-4), name
    # Early-exercise boundaries are shared between the moments of one call, which the two cut differently.
    assert row["value_at_stop"] == pytest.approx(time_stop["stop"].value, abs=2e-3)
    assert row["expected_pnl"] == pytest.approx(plan.managed.expected_pnl, abs=2e-3)


@pytest.mark.parametrize("kind", SpreadKind)
@pytest.mark.parametrize("place", sample((0, 0.3, 0.6, 0.99), 0, 2))
def test_a_row_has_the_numbers_of_its_plan(table, fitted, kind, place):
    rows = table[table["kind"] == kind]
    row = rows.iloc[int(place * (len(rows) - 1))]
    assert_same_as_plan(row, plan_of(row, fitted, ALL_KINDS, BULLISH))


@pytest.mark.parametrize("kind", sample(SpreadKind, 0, 3))
def test_buying_power_is_that_of_the_plan_at_every_width(fitted, kind):
    bold = RiskLimits(risk_fraction=1, max_heat_fraction=1)
    account = dataclasses.replace(ACCOUNT, buying_power=20_000, limits=bold)
    rules = ScanRules(kinds=(kind,), max_debit=1e9)
    rows = scan(fitted, market=MARKET, account=account, exits=EXITS, rules=rules).sort_values("max_loss")
    bound = set()
    for place in np.linspace(0, len(rows) - 1, 3).astype(int):
        row = rows.iloc[place]
        plan = plan_of(row, fitted, rules, View(), account=account)
        assert row["units"] == plan.size.units
        bound.add(plan.size.binding_limit)
    assert "buying power" in bound


@pytest.mark.parametrize("at", FillPrice)
def test_fills_are_those_of_an_entered_trade(fitted, at):
    rules = ScanRules(at=at)
    row = scan(fitted, rules=rules, **TERMS).iloc[7]
    assert_same_as_plan(row, plan_of(row, fitted, rules, View()))
    trade, market = row_trade(row, fitted, rules)
    entered = enter(trade, fitted.chain, market, at=at)
    for ours, theirs in zip(trade.legs, entered.legs, strict=True):
        assert (ours.premium, ours.spread_cost) == pytest.approx((theirs.premium, theirs.spread_cost))
        assert ours.vol == pytest.approx(theirs.vol, abs=2e-3)


@pytest.mark.parametrize(
    "changes",
    [
        {"close_dte": None},
        {"close_dte": None, "holding_days": 58},
        {"stop_to_breakeven": True},
        {"gap_share": 0.25, "gap_shocks": (0.09,)},
        {"targets": ()},
    ],
)
def test_other_exits_agree_too(fitted, changes):
    exits = dataclasses.replace(EXITS, **changes)
    table = scan(fitted, view=BULLISH, **TERMS | {"exits": exits})
    for place in (3, 150):
        row = table.iloc[place]
        plan = plan_of(row, fitted, ScanRules(), BULLISH, exits=exits)
        assert row["expected_pnl"] == pytest.approx(plan.managed.expected_pnl, abs=1e-3)


def test_every_pair_of_strikes_is_there_once(table):
    calls = table[table["kind"] == SpreadKind.CALL_DEBIT]
    strikes = range(240, 365, 5)
    for expiry in calls["expiry"].unique():
        rows = calls[calls["expiry"] == expiry]
        result = {
            (long, short) for long, short in zip(rows["long_strike"], rows["short_strike"], strict=True)
        }
        assert len(result) == len(rows)
        assert result <= set(itertools.combinations(strikes, 2))
        # All but those whose quotes, cents wide, cost more than the strikes are apart.
        assert len(result) > 0.9 * len(strikes) * (len(strikes) - 1) / 2


def test_only_expiries_within_the_days_are_scanned(table):
    assert sorted(table["dte"].unique()) == [60, 74]


def test_rules_filter_rows(fitted):
    rules = ScanRules(
        min_width=10,
        max_width=30,
        min_delta=0.3,
        max_delta=0.6,
        min_open_interest=290,
        max_debit=900,
        fitting_only=True,
    )
    result = scan(fitted, rules=rules, **TERMS)
    everything = scan(fitted, **TERMS)
    width = (everything["short_strike"] - everything["long_strike"]).abs()
    wanted = (
        width.between(10, 30)
        & (everything["debit"] <= 900)
        & (everything["open_interest"] >= 290)
        & (everything["units"] > 0)
    )
    assert 0 < len(result) < wanted.sum()
    assert (result["long_strike"] >= 290).all()
    assert (result["units"] >= 1).all()
    keys = ["expiry", "long_strike", "short_strike"]
    assert len(result.merge(everything[wanted], on=keys)) == len(result)


def test_quoted_width_drops_wide_options(fitted):
    with pytest.raises(
        ChainError, match=r"no spread passes the rules with 45 to 90 days to expiry, of 50 usable calls"
    ):
        scan(fitted, rules=ScanRules(max_quoted_width=0.05), **TERMS)


def test_what_days_are_listed_is_said_of_the_whole_chain():
    with pytest.raises(
        ChainError, match=r"90 to 95 days to expiry, of 0 usable calls; listed days: 32, 60, 74$"
    ):
        scan(smiling_chain(), rules=ScanRules(min_days=90, max_days=95), **TERMS)
    exits = dataclasses.replace(EXITS, close_dte=80)
    text = r"81 to 90 days to expiry \(the time stop closes it 80 days before\), of 0 usable calls; listed"
    with pytest.raises(ChainError, match=text):
        scan(smiling_chain(), **TERMS | {"exits": exits})


def test_too_few_quotes_for_a_smile_are_said_so():
    few = smiling_chain(days=(60,), strikes=(295, 300, 305))
    with pytest.raises(ChainError, match="of 3 usable calls, too few for a smile; listed days: 60"):
        scan(few, **TERMS)


def test_a_stale_quote_is_in_no_spread():
    chain = smiling_chain(days=(60,))
    deep = (chain.option_type < 0) & (chain.strike == 345)
    # As on a day when the fund stood 20 dollars lower: far too dear a put to sell.
    raised = {
        name: np.where(deep, getattr(chain, name) + 20.0, getattr(chain, name)) for name in ("bid", "ask")
    }
    stale = dataclasses.replace(chain, **raised)
    rules = ScanRules(kinds=(SpreadKind.PUT_CREDIT,))
    table = scan(stale, rules=rules, **TERMS)
    whole = scan(chain, rules=rules, **TERMS)
    assert (table.attrs["far_off"], whole.attrs["far_off"]) == (1, 0)
    assert 345 not in {*table["long_strike"], *table["short_strike"]}
    assert 345 in {*whole["short_strike"]}
    assert len(table) > 200
    assert table["edge"].max() < 5.0


@pytest.mark.slow
def test_a_real_chain_with_stale_quotes_offers_nothing_for_free():
    chain = real_chain("SPY_2026-07-10_optionsdesk.json")
    preset = rc.load_preset("iwm-call-spread")
    terms = {"market": preset.market, "account": preset.account, "exits": preset.exits}
    table = scan(chain, rules=ScanRules(kinds=(SpreadKind.CALL_DEBIT, SpreadKind.PUT_CREDIT)), **terms)
    assert table.attrs["far_off"] == 11
    assert (table["edge"] > 0).mean() < 0.01
    assert table["view_r"].max() < 0.1


def test_a_neutral_view_ranks_by_the_edge_over_the_smile(fitted):
    table = scan(fitted, **TERMS)
    edge = table["value"] - table["debit"] - table["cost"]
    assert table["view_pnl"].to_numpy() == pytest.approx(edge.to_numpy())
    assert table["view_r"].is_monotonic_decreasing
    # The quotes are the model's: nothing but rounding of the fit is given away, so costs are lost.
    liquid = table[(table["long_strike"] >= 280) & (table["short_strike"] <= 330)]
    assert (liquid["edge"] + liquid["cost"]).abs().max() < 4.0
    assert (table["view_pnl"] < 0).mean() > 0.99


def test_a_view_adds_what_it_changes(fitted, table):
    calls = table[table["kind"] == SpreadKind.CALL_DEBIT]
    row = calls.iloc[40]
    neutral, stated = (
        plan_of(row, fitted, ALL_KINDS, view).managed.expected_pnl for view in (View(), BULLISH)
    )
    assert row["view_pnl"] - row["edge"] == pytest.approx(stated - neutral, abs=1e-3)
    assert stated > neutral


@pytest.mark.parametrize(
    "kind", sample((SpreadKind.CALL_DEBIT, SpreadKind.PUT_CREDIT, SpreadKind.CALL_CREDIT), 2)
)
def test_rank_by_the_drift_that_breaks_even(fitted, kind):
    rules = ScanRules(kinds=(kind,), min_width=10, min_delta=0.15)
    table = scan(fitted, rules=rules, rank="break_even_drift", **TERMS)
    drifts = table["break_even_drift"].dropna()
    assert (kind.side * drifts).is_monotonic_increasing
    assert table["break_even_drift"].iloc[: len(drifts)].notna().all()
    for place in (0, len(drifts) // 3, len(drifts) // 2):
        row = table.iloc[place]
        plan = plan_of(row, fitted, rules, View())
        assert row["break_even_drift"] == pytest.approx(plan.managed.break_even_drift, abs=2e-3)


def test_rank_by_any_column(fitted):
    by_reward = scan(fitted, rank="reward_to_risk", **TERMS)
    assert by_reward["reward_to_risk"].is_monotonic_decreasing
    assert scan(fitted, rank="debit", **TERMS)["debit"].is_monotonic_increasing
    text = r"rank must be one of expiry, dte, .*, break_even_drift, got 'luck'"
    with pytest.raises(InvalidInputError, match=text):
        scan(fitted, rank="luck", **TERMS)


def test_sticky_moneyness_moves_the_vol_with_the_spot(fitted):
    strike, ratio = (
        scan(fitted, rules=ScanRules(sticky=sticky), **TERMS).set_index(
            ["expiry", "long_strike", "short_strike"]
        )
        for sticky in ("strike", "moneyness")
    )
    key = (np.datetime64("2026-09-18"), 300.0, 330.0)
    assert strike.loc[key, "value"] == ratio.loc[key, "value"]
    # Out of the money after the stop: with the smile moved down, the vol of a strike is lower.
    assert ratio.loc[key, "value_at_stop"] != pytest.approx(strike.loc[key, "value_at_stop"], rel=1e-3)


@pytest.mark.parametrize("kind", sample(SpreadKind, 0, 3))
def test_rows_and_plans_move_the_smile_by_one_rule(fitted, kind):
    rules = ScanRules(kinds=(kind,), sticky="moneyness", min_delta=0.2, max_days=60)
    row = scan(fitted, rules=rules, view=BULLISH, **TERMS).iloc[11]
    plan = plan_of(row, fitted, rules, BULLISH)
    assert_same_as_plan(row, plan)
    selected = plan_of(row, fitted, ScanRules(kinds=(kind,)), BULLISH)
    assert abs(plan.managed.expected_pnl - selected.managed.expected_pnl) > 0.5


def test_european_valuation_is_near_the_american(fitted):
    rules = ScanRules(valuation=Valuation.EUROPEAN)
    keys = ["expiry", "long_strike", "short_strike"]
    quick = scan(smiling_chain(), rules=rules, **TERMS).set_index(keys)
    slow = scan(fitted, **TERMS).set_index(keys)
    both = slow.join(quick.add_suffix("_quick"), how="inner")
    near = both[both["delta"] > 5]
    assert len(near) > 100
    assert (near["value_quick"] / near["value"] - 1).abs().max() < 0.08


def test_european_options_are_priced_as_such_and_planned_so():
    strikes = tuple(range(270, 335, 5))
    american = smiling_chain(days=(60,), strikes=strikes)
    years = (60 - 6.5 / 24) / 365  # a third Friday: settled at the open
    value = black_scholes(
        sign=american.option_type,
        spot=300.0,
        strike=american.strike,
        time_to_expiry=years,
        vol=vol_of(american.strike, np.full(len(american), years)),
        rate=0.04,
        dividend_yield=0.012,
    ).value
    quotes = {"bid": value - 0.03, "ask": value + 0.03}
    chain = dataclasses.replace(american, symbol="RUT", instrument=instrument("RUT"), **quotes)
    market = Market(date=MARKET.date, rate=0.04, quotes={"RUT": Quote(spot=300.0, vol=0.2)})
    fitted = fit_chain(chain, market)
    (forward,) = fitted.forwards.values()
    assert forward.dividend_yield == pytest.approx(0.012, abs=1e-5)
    table = scan(fitted, **TERMS | {"market": market})
    assert table.attrs["valuation"] == "european (as listed), sticky strike"
    row = table.iloc[len(table) // 2]
    assert_same_as_plan(row, plan_of(row, fitted, ScanRules(), View()))


def test_progress_is_told_by_expiry(fitted):
    heard = []
    scan(fitted, progress=lambda done, total: heard.append((done, total)), **TERMS)
    assert heard == [(0, 2), (1, 2), (2, 2)]


def test_what_is_no_chain_is_refused():
    with pytest.raises(InvalidInputError, match=r"chain must be a Chain or a FittedChain, got 'quotes\.csv'"):
        rc.scan("quotes.csv", **TERMS)


def test_what_it_says_of_itself(table):
    assert table.attrs["view"] == BULLISH.name
    assert table.attrs["rank"] == "view_r"
    assert table.attrs["exits"] == (
        "stop at 6% against the spread, targets at 10% and 15% in its favor, closed at 21 DTE"
    )
    assert table.attrs["smile_inside"] == 1.0


def test_the_public_name_takes_a_chain():
    table = rc.scan(smiling_chain(days=(60,), strikes=tuple(range(270, 335, 5))), **TERMS)
    assert list(table.columns[:6]) == ["kind", "expiry", "dte", "long_strike", "short_strike", "debit"]


def test_a_size_by_the_stop_is_refused(fitted):
    account = dataclasses.replace(ACCOUNT, limits=RiskLimits(risk_basis=RiskBasis.STOP))
    with pytest.raises(InvalidInputError, match=r"risk_basis must be max_loss for a scan, .*got stop"):
        scan(fitted, **TERMS | {"account": account})


def test_european_rows_have_no_plan(fitted):
    with pytest.raises(InvalidInputError, match="scan with valuation american"):
        row_trade({"kind": "call debit"}, fitted, ScanRules(valuation=Valuation.EUROPEAN))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"kinds": ()}, "kinds must name at least one"),
        ({"kinds": ("call",)}, "kinds must be one of call debit, .*got 'call'"),
        ({"valuation": "exact"}, "valuation must be one of american, european, got 'exact'"),
        ({"at": "best"}, "at must be one of mid, natural, worst, got 'best'"),
        ({"sticky": "delta"}, "sticky must be one of strike, moneyness, got 'delta'"),
        ({"min_days": 91}, "min_days must not be above max_days, got 91 and 90"),
        ({"min_delta": 0.6, "max_delta": 0.4}, "min_delta must not be above max_delta"),
        ({"max_delta": 1.5}, r"max_delta must be in \[0, 1\], got 1.5"),
        ({"max_debit": 0.0}, "max_debit must be a number > 0, got 0"),
        ({"min_days": 0}, "min_days must be a whole number >= 1"),
        ({"max_width": float("nan")}, "max_width must be a number > 0, got nan"),
    ],
)
def test_bad_rules_are_refused(changes, text):
    with pytest.raises(InvalidInputError, match=text):
        ScanRules(**changes)


def test_kinds_lean_to_a_side():
    assert [kind.side for kind in SpreadKind] == [Side.LONG, Side.SHORT, Side.SHORT, Side.LONG]


@pytest.mark.slow
def test_a_real_chain_agrees_with_its_plans():
    chain = real_chain("IWM_2026-07-20_yfinance_layout.csv")
    preset = rc.load_preset("iwm-call-spread")
    fitted = fit_chain(chain, preset.market, min_days=45, max_days=90)
    table = scan(fitted, market=preset.market, account=preset.account, exits=preset.exits)
    assert len(table) > 5_000
    for place in np.linspace(0, len(table) - 1, 6).astype(int):
        row = table.iloc[place]
        plan = row_plan(
            row, fitted, rules=ScanRules(), account=preset.account, exits=preset.exits, view=View()
        )
        assert_same_as_plan(row, plan)

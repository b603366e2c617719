"""Real chains of other underlyings than IWM are read, scanned and planned as their rows say."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.chains import fit_chain, read_chain
from riskcalc.domain import Account, ExerciseStyle, ExitPlan, Market, Settlement, Target, View
from riskcalc.scanning import ScanRules, row_plan, scan
from tests.outside import reference_file
from tests.rows import slow

JULY = dt.date(2026, 7, 10)
MARKET = Market(date=JULY, rate=0.037, quotes={})
ACCOUNT = Account(equity=1_000_000)
RULES = ScanRules(min_days=30, max_days=110, max_debit=2_000, fitting_only=False)


def chain_of(name, **given):
    return read_chain(reference_file(f"06_option_chains/{name}"), **given)


@pytest.mark.parametrize(
    ("name", "leverage", "index"),
    [
        ("UWM_2026-07-10_normalised.csv", 2, "IWM"),
        slow(("SPXL_2026-07-10_normalised.csv", 3, "SPY")),
        slow(("SPY_2026-07-10_normalised.csv", 1, "")),
    ],
)
def test_a_row_of_a_scan_is_planned_with_the_instruments_leverage(name, leverage, index):
    chain = chain_of(name, date=JULY)
    assert (chain.instrument.leverage, chain.instrument.benchmark) == (leverage, index)
    assert not any("instruments.toml" in warning for warning in chain.warnings)
    exits = ExitPlan(stop=0.04 * leverage, targets=(Target(move=0.05 * leverage),), close_dte=21)
    fitted = fit_chain(chain, MARKET, min_days=30, max_days=110)
    result = scan(fitted, market=MARKET, account=ACCOUNT, exits=exits, rules=RULES)
    row = result.iloc[0].to_dict()
    answer = row_plan(row, fitted, rules=RULES, account=ACCOUNT, exits=exits, view=View.neutral())
    assert answer.report.net_debit == pytest.approx(row["debit"])
    assert answer.managed.expected_pnl == pytest.approx(row["expected_pnl"], abs=2e-3)
    assert (answer.fund is None) == (leverage == 1)
    if answer.fund:
        first = answer.fund.exits[0]
        assert (answer.fund.benchmark, first.sessions) == (index, 1)
        assert first.benchmark_move == pytest.approx(first.fund_move / leverage)


def test_a_symbol_without_a_row_is_read_scanned_and_planned():
    chain = chain_of("schwab_chain_LUNR_2025-04-10.json")
    assert chain.instrument.assumed
    assert "LUNR is not in instruments.toml: taken as shares with American options, multiplier 100" in (
        chain.warnings
    )
    exits = ExitPlan(stop=0.15, targets=(Target(move=0.2),), close_dte=1)
    rules = ScanRules(min_days=5, max_days=20, fitting_only=False)
    fitted = fit_chain(chain, MARKET)
    row = scan(fitted, market=MARKET, account=ACCOUNT, exits=exits, rules=rules).iloc[0].to_dict()
    answer = row_plan(row, fitted, rules=rules, account=ACCOUNT, exits=exits, view=View.neutral())
    assert [check.message for check in answer.checks if check.name == "instrument"] == [
        chain.instrument.assumption
    ]


@pytest.mark.parametrize(("symbol", "monthly"), [("SPX", Settlement.AM), ("SPXW", Settlement.PM)])
def test_index_options_are_european_and_end_by_their_root(symbol, monthly):
    chain = chain_of("cboe_quotedata_SPX_2023-09-14.csv", symbol=symbol)
    assert chain.exercise is ExerciseStyle.EUROPEAN
    assert chain.instrument.cash_settled
    third_friday, next_friday = dt.date(2023, 10, 20), dt.date(2023, 10, 27)
    assert chain.instrument.settlement(third_friday) is monthly
    assert chain.instrument.settlement(next_friday) is Settlement.PM
    hours = 24 * 365 * (chain.years_to_expiry(third_friday) - chain.years_to_expiry(dt.date(2023, 10, 19)))
    assert hours == pytest.approx(17.5 if monthly is Settlement.AM else 24)


def test_instruments_that_are_handed_down_take_the_place_of_the_shipped_ones():
    chain = chain_of("UWM_2026-07-10_normalised.csv", date=JULY, instruments={})
    assert chain.instrument.assumed
    assert chain.instrument.assumption in chain.warnings

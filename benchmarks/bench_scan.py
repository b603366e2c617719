"""A scan of every call vertical beside the obvious loops: rows of a table, and a plan for each spread."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from benchmarks.measure import OURS, measure, note_error
from riskcalc.chains import Chain, fit_chain
from riskcalc.domain import Account, Costs, ExitPlan, Market, Quote, Target, View
from riskcalc.pricing import black_scholes
from riskcalc.scanning import ScanRules, Valuation, row_plan, scan

TODAY, SPOT, RATE = dt.date(2026, 7, 20), 300.0, 0.04
DAYS = (46, 50, 53, 57, 60, 64, 67, 74, 81, 88)
STRIKES = np.linspace(200.0, 399.0, 200)
ACCOUNT = Account(equity=100_000, costs=Costs(commission_per_contract=0.65))
EXITS = ExitPlan(
    stop=0.06, targets=(Target(move=0.10, fraction=0.5), Target(move=0.15, fraction=0.5)), close_dte=21
)
TERMS = {
    "market": Market(date=TODAY, rate=RATE, quotes={"IWM": Quote(spot=SPOT, vol=0.2)}),
    "account": ACCOUNT,
    "exits": EXITS,
}
EUROPEAN = ScanRules(valuation=Valuation.EUROPEAN)
AMERICAN = ScanRules(valuation=Valuation.AMERICAN)
LOOPED = 2_000
"""Spreads that the loops take; their time is per spread."""
PLANNED = 10


@cache
def chain():
    strike, sign, days = (part.ravel() for part in np.meshgrid(STRIKES, [1, -1], DAYS, indexing="ij"))
    vol = 0.2 - 0.15 * np.log(strike / SPOT)
    value = black_scholes(
        sign=sign,
        spot=SPOT,
        strike=strike,
        time_to_expiry=days / 365,
        vol=vol,
        rate=RATE,
        dividend_yield=0.011,
    ).value
    bid = np.maximum(np.round(value - 0.03, 2), 0.01)
    return Chain(
        symbol="IWM",
        date=TODAY,
        spot=SPOT,
        expiry=np.datetime64(TODAY) + days.astype("timedelta64[D]"),
        strike=strike,
        option_type=sign,
        bid=bid,
        ask=np.maximum(np.round(value + 0.03, 2), bid + 0.01),
    )


@cache
def fitted(rules):
    return fit_chain(chain(), TERMS["market"], with_dividends=rules.valuation is Valuation.AMERICAN)


@cache
def scanned(rules):
    return scan(fitted(rules), rules=rules, **TERMS)


def ours(rules):
    return lambda: scan(fitted(rules), rules=rules, **TERMS)


def pandas_loop(rules):
    """Row by row over the pairs of calls: debit, loss, breakeven and theta; then P(profit)."""
    expiry = scanned(rules)["expiry"].iloc[0].date()
    market = fitted(rules).market_of(expiry)
    quote, years = market.quote("IWM"), market.years_to(expiry)
    curve = fitted(rules).smile.curves[expiry]
    frame = fitted(rules).chain.to_frame()
    frame = frame[(frame["option_type"] == "call") & (frame["expiry"] == str(expiry))]
    frame["vol"] = fitted(rules).smile.vol(frame["strike"].to_numpy(), expiry=expiry)
    frame["theta"] = [
        float(
            black_scholes(
                sign=1, spot=SPOT, strike=row.strike, time_to_expiry=years, vol=row.vol, rate=market.rate,
                dividend_yield=quote.dividend_yield,
            ).theta
        )
        for row in frame.itertuples()
    ]  # fmt: skip

    def loop():
        rows = []
        pairs = itertools.combinations(frame.to_dict("records"), 2)
        for long, short in itertools.islice(pairs, LOOPED):
            debit = (long["bid"] + long["ask"] - short["bid"] - short["ask"]) / 2
            rows.append(
                {
                    "long_strike": long["strike"],
                    "short_strike": short["strike"],
                    "max_loss": 100 * debit,
                    "max_profit": 100 * (short["strike"] - long["strike"] - debit),
                    "breakeven": long["strike"] + debit,
                    "theta_per_day": 100 * (long["theta"] - short["theta"]) / 365,
                }
            )
        return pd.DataFrame(rows).assign(prob_profit=lambda table: above(table["breakeven"].to_numpy()))

    def above(level):
        """The smile's probability to end above levels: Gatheral's total variance and its slope."""
        k = np.log(level / curve.forward)
        variance, slope, _ = curve.variance_terms(k)
        lower = -(k + variance / 2) / np.sqrt(variance)
        return norm.cdf(lower) - norm.pdf(lower) * slope / (2 * np.sqrt(variance))

    return loop


def plan_loop(rules):
    """A full plan for each spread."""
    rows = scanned(rules).iloc[:: len(scanned(rules)) // PLANNED].head(PLANNED)
    records = rows.to_dict("records")

    def loop():
        plans = (
            row_plan(row, fitted(rules), rules=rules, account=ACCOUNT, exits=EXITS, view=View())
            for row in records
        )
        return rows.assign(planned=[plan.managed.expected_pnl for plan in plans])

    return loop


TASKS = {
    "scan of call spreads, European": (
        EUROPEAN,
        {OURS: ours, f"pandas loop, {LOOPED:,} spreads": pandas_loop},
    ),
    "scan of call spreads, American, managed": (
        AMERICAN,
        {OURS: ours, f"plan() of {PLANNED} spreads": plan_loop},
    ),
}
CASES = [(task, name) for task, (_, implementations) in TASKS.items() for name in implementations]


@pytest.mark.parametrize(("task", "implementation"), CASES)
def bench_scan(benchmark, task, implementation):
    """Time per spread, everything of its row counted; smile and vols are fitted before."""
    rules, implementations = TASKS[task]
    run = implementations[implementation](rules)
    count = len(run())
    rounds = 5 if implementation == OURS else 2
    table = measure(benchmark, run, task=task, implementation=implementation, options=count, rounds=rounds)
    if "planned" in table:
        note_error(benchmark, (table["planned"] - table["expected_pnl"]).abs().max(), remark="dollars")
    elif implementation != OURS:
        keys = ["long_strike", "short_strike"]
        first = scanned(rules)[scanned(rules)["expiry"] == scanned(rules)["expiry"].iloc[0]]
        both = table.merge(first, on=keys, suffixes=("", "_ours"))
        note_error(
            benchmark, (both["prob_profit"] - both["prob_profit_ours"]).abs().max(), remark="of P(profit)"
        )

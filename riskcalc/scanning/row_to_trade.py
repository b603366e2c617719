"""Trade and market of a row of a scan."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from riskcalc.chains import FittedChain
from riskcalc.domain import (
    Account,
    EntryRules,
    ExerciseStyle,
    ExitPlan,
    Market,
    PlanSources,
    Side,
    Trade,
    TradePlan,
    View,
)
from riskcalc.domain.legs import OptionLeg
from riskcalc.errors import InvalidInputError
from riskcalc.planning import plan
from riskcalc.scanning.expiry_exits import ExpiryModel
from riskcalc.scanning.rules import ScanRules, SpreadKind, Valuation
from riskcalc.scanning.series import option_series

NO_RULES = EntryRules()
NO_SOURCES = PlanSources()


def row_trade(row: Mapping[str, Any], fitted: FittedChain, rules: ScanRules) -> tuple[Trade, Market]:
    """Return the spread of a row with premiums and vols, and the market of its expiry.

    Parameters
    ----------
    row : mapping
        A row of `scan`: kind, expiry and strikes are looked at.
    fitted : FittedChain
        The chain that was scanned.
    rules : ScanRules
        The rules of that scan.

    Raises
    ------
    InvalidInputError
        The scan valued American options as European.
    """
    underlying = fitted.chain.instrument
    if rules.valuation is Valuation.EUROPEAN and underlying.exercise is ExerciseStyle.AMERICAN:
        raise InvalidInputError("a plan values options as American: scan with valuation american")
    kind, expiry = SpreadKind(row["kind"]), _day(row["expiry"])
    market = fitted.market_of(expiry)
    model = ExpiryModel(instrument=underlying, expiry=expiry, market=market, smile=fitted.smile, rules=rules)
    series = option_series(fitted.chain, model, kind.option_type)
    bought, sold, spread_cost = series.fills(rules.at)
    legs = []
    for side, strike, premiums in (
        (Side.LONG, row["long_strike"], bought),
        (Side.SHORT, row["short_strike"], sold),
    ):
        index = int(abs(series.strike - strike).argmin())
        legs.append(
            OptionLeg(
                side=side,
                option_type=kind.option_type,
                strike=float(strike),
                expiry=expiry,
                premium=float(premiums[index]),
                vol=float(series.vol[index]),
                spread_cost=float(spread_cost[index]),
            )
        )
    smile = fitted.smile.moving(rules.sticky)
    return Trade(instrument=underlying, legs=tuple(legs)), market.with_quote(fitted.chain.symbol, smile=smile)


def row_plan(
    row: Mapping[str, Any],
    fitted: FittedChain,
    *,
    rules: ScanRules,
    account: Account,
    exits: ExitPlan,
    view: View,
    entry: EntryRules = NO_RULES,
    sources: PlanSources = NO_SOURCES,
) -> TradePlan:
    """Plan the spread of a row under the terms of its scan.

    Parameters
    ----------
    row : mapping
        Of the table of the scan.
    fitted : FittedChain
        The chain that was scanned.
    rules : ScanRules
        Of the scan: fill and smile.
    account, exits, view, entry, sources
        As for `riskcalc.plan`; the side of the exits is that of the spread.
    """
    trade, market = row_trade(row, fitted, rules)
    sided = dataclasses.replace(exits, side=SpreadKind(row["kind"]).side)
    return plan(trade, market, account, sided, view=view, entry=entry, sources=sources)


def _day(expiry: Any) -> dt.date:  # noqa: ANN401 - a date, a numpy or a pandas one
    return dt.date.fromisoformat(str(expiry)[:10])

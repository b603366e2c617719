"""The page Chain: a scan of all verticals under the terms of the trade, and a row of it as the trade."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from riskcalc.chains import Chain, FittedChain
from riskcalc.domain import Check, OptionLeg, Trade
from riskcalc.domain.trading_day import TradingDay
from riskcalc.editor.draft import Draft
from riskcalc.parallel import Progress
from riskcalc.planning import quoted_market
from riskcalc.pricing.arrays import AnyArray
from riskcalc.records import dataclass
from riskcalc.scanning.day_checks import scan_day_checks
from riskcalc.scanning.history import ScanTerms
from riskcalc.scanning.row_to_trade import row_trade
from riskcalc.scanning.rules import ScanRules, SpreadKind
from riskcalc.scanning.scan import ensure_fitted, scan

CHECKED = 20
"""Best rows whose expiries are held against the events of the day, as the command line shows so many."""

Row = dict[str, Any]
"""A row by column, as `riskcalc.scan` names them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """A scan of the chain that a trade is planned on, best row first."""

    source: Chain
    """The chain that was scanned, with all its expiries."""
    fitted: FittedChain
    """Those that the scan's days allow."""
    terms: ScanTerms
    columns: Mapping[str, AnyArray]
    """Columns of `riskcalc.scan` of shape (n,); the kind as text."""
    checks: tuple[Check, ...]
    """What signals and events of the day hold against the spreads."""
    far_off: int
    """Options left out since their quotes are far from the fitted smile: stale ones."""

    def __len__(self) -> int:
        """Spreads."""
        return len(self.columns["kind"])

    @cached_property
    def days(self) -> list[dt.date]:
        """Expiry of each row."""
        expiries: list[dt.date] = self.columns["expiry"].astype("datetime64[D]").tolist()
        return expiries

    @cached_property
    def numbers(self) -> Mapping[str, AnyArray]:
        """What rows are sorted and filtered by, shape (n,); strikes of a spread together, shape (2, n)."""
        columns = self.columns
        strikes = np.stack([columns["long_strike"], columns["short_strike"]])
        kinds = [str(kind) for kind in SpreadKind]
        return {
            **{name: column for name, column in columns.items() if column.dtype.kind in "fi"},
            "place": np.arange(len(self)),
            "kind": np.array([kinds.index(str(kind)) for kind in columns["kind"].tolist()]),
            "expiry": columns["expiry"].astype("datetime64[D]").astype(np.int64),
            "pnl_at_stop": columns["value_at_stop"] - columns["debit"] - columns["cost"],
            "strike": strikes,
            "width": np.abs(strikes[0] - strikes[1]),
        }

    @cached_property
    def texts(self) -> Mapping[str, list[str]]:
        """What words of a filter say of each row."""
        kinds = [SpreadKind(str(kind)) for kind in self.columns["kind"].tolist()]
        return {
            "type": [kind.option_type.name.lower() for kind in kinds],
            "way": ["credit" if kind.is_credit else "debit" for kind in kinds],
            "side": ["bull" if kind.side > 0 else "bear" for kind in kinds],
            "expiry": [str(day) for day in self.days],
        }

    def row(self, index: int) -> Row:
        """Return one row."""
        return {name: column[index] for name, column in self.columns.items()} | {"expiry": self.days[index]}

    @property
    def targets(self) -> int:
        """Targets of the exits."""
        return sum(name.startswith("r_at_target_") for name in self.columns)


def scan_terms(draft: Draft, chain: Chain) -> ScanTerms:
    """Return what a scan of the trade's chain is run under.

    Parameters
    ----------
    draft : Draft
        Its account (the book's heat and buying power included), exits, view, costs, rate, dividends, fill and
        stickiness, and the days to expiry that its entry rules allow; 45 to 90 where they say none.
    chain : Chain
        The quotes.

    Returns
    -------
    ScanTerms
        Of all four kinds of verticals, ranked as `riskcalc scan` ranks; spreads too large for the account are
        left out. Equal terms scan to the same table.
    """
    usual, entry = ScanRules(), draft.preset.entry
    rules = ScanRules(
        kinds=tuple(SpreadKind),
        min_days=entry.min_days or usual.min_days,
        max_days=entry.max_days or usual.max_days,
        at=draft.fill,
        sticky=draft.sticky,
        fitting_only=True,
    )
    # Spot, day and vols are the chain's: what was tuned of them is no term of a scan.
    market = quoted_market(draft.market, chain).with_quote(chain.symbol, vol=0.0)
    return ScanTerms(
        market=market,
        account=draft.account,
        exits=draft.exits,
        view=draft.view,
        rules=rules,
        calibration=draft.preset.calibration,
        instruments=dict.fromkeys((chain.symbol, chain.instrument.symbol), chain.instrument),
    )


def run_scan(
    chain: Chain, terms: ScanTerms, day: TradingDay, *, before: Scan | None = None, progress: Progress
) -> Scan:
    """Scan a chain; slow enough for a thread.

    Parameters
    ----------
    chain : Chain
        The quotes.
    terms : ScanTerms
        Of `scan_terms`.
    day : TradingDay
        What the spreads are held against.
    before : Scan, optional
        An earlier scan, whose fitted smiles are used again where they are the same.
    progress : callable
        Called with the expiries done and all; what it raises ends the scan.

    Raises
    ------
    ChainError
        No expiry lies in the range of days, or none of them has a smile.
    InvalidInputError
        The account sizes by the stop.
    """
    same = before is not None and before.source is chain and _fitted_by(before.terms) == _fitted_by(terms)
    fitted = before.fitted if before and same else ensure_fitted(chain, terms.market, terms.rules)
    frame = scan(
        fitted,
        market=terms.market,
        account=terms.account,
        exits=terms.exits,
        view=terms.view,
        rules=terms.rules,
        rank=terms.rank,
        calibration=terms.calibration,
        progress=progress,
    )
    columns = {str(name): np.asarray(frame[name]) for name in frame.columns}
    return Scan(
        source=chain,
        fitted=fitted,
        terms=terms,
        columns=columns,
        checks=scan_day_checks(frame, terms, day, top=CHECKED),
        far_off=int(frame.attrs["far_off"]),
    )


def _fitted_by(terms: ScanTerms) -> tuple[object, ...]:
    """What the fitted smiles depend on."""
    return terms.market, terms.rules.min_days, terms.rules.max_days, terms.rules.valuation


def row_draft(draft: Draft, scanned: Scan, index: int) -> Draft:
    """Return a draft with the spread of a row as its trade, at the chain's own spot, day and quotes.

    The legs follow the quotes, as those of a preset that is opened on the chain, so that strikes can be
    stepped on from there.

    Raises
    ------
    RiskcalcError
        The quotes do not say what the spread's expiry needs.
    """
    row = scanned.row(index)
    trade, _ = row_trade(row, scanned.fitted, scanned.terms.rules)
    chain = draft.chain if draft.chain is not None else scanned.fitted.chain
    exits = draft.exits
    if exits.side is not None:
        exits = dataclasses.replace(exits, side=SpreadKind(row["kind"]).side)
    return dataclasses.replace(
        draft,
        trade=_following(trade),
        market=quoted_market(draft.market, chain, expiry=scanned.days[index]),
        exits=exits,
        vol_shift=0.0,
    )


def _following(trade: Trade) -> Trade:
    """A trade whose options have no prices of their own, so that they follow the quotes."""
    legs = [
        dataclasses.replace(leg, premium=None, vol=None, spread_cost=0.0)
        for leg in trade.legs
        if isinstance(leg, OptionLeg)
    ]
    return dataclasses.replace(trade, legs=tuple(legs))

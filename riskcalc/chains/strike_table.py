"""Options of a chain by expiry and strike: quotes, vols, Greeks and the gamma of their open interest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from riskcalc.chains.chain import SAME_STRIKE, Chain
from riskcalc.chains.forward import ImpliedForward
from riskcalc.chains.gamma import open_interest_gamma
from riskcalc.chains.quote_rows import QuoteStatus
from riskcalc.chains.vols import ChainVols, chain_vols
from riskcalc.domain import ExerciseStyle, OptionType
from riskcalc.domain.validation import finite, record
from riskcalc.pricing import OptionGreeks, american, black_scholes
from riskcalc.pricing.arrays import Codes, Flags, Floats
from riskcalc.records import dataclass

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionColumns:
    """Options of one type by strike; arrays have shape (n,), NaN is not known or not listed."""

    listed: Flags
    status: Codes
    """A `QuoteStatus` per option; MISSING where none is listed."""
    bid: Floats
    """[dollars per share]"""
    ask: Floats
    """[dollars per share]"""
    vol: Floats
    """Implied by the mid, per sqrt(year)."""
    delta: Floats
    """At `vol`, per share, -1 to 1."""
    theta_per_day: Floats
    """[dollars per share and calendar day]"""
    vega_per_point: Floats
    """[dollars per share and 0.01 of vol]"""
    open_interest: Floats
    """Contracts."""
    volume: Floats
    """Contracts traded that day."""

    @property
    def mid(self) -> Floats:
        """Between bid and ask [dollars per share]."""
        middle: Floats = (self.bid + self.ask) / 2
        return middle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrikeTable:
    """Options of one expiry, lowest strike first."""

    expiry: dt.date
    strike: Floats
    """Shape (n,) [dollars]."""
    sides: Mapping[OptionType, OptionColumns]
    """Calls and puts, each with a row per strike."""
    gamma: Floats
    """Gross, of the open interest of call and put, shape (n,) [dollars of delta per 1% move], >= 0."""


def strike_tables(chain: Chain, *, rate: float, vols: ChainVols | None = None) -> tuple[StrikeTable, ...]:
    """Return the options of every expiry of a chain, nearest first.

    Parameters
    ----------
    chain : Chain
        Quotes; options on an index are European.
    rate : float
        Interest rate, continuous, per year.
    vols : ChainVols, optional
        Result of `chain_vols` for the mids, with the same rate and without dividends, if available.

    Returns
    -------
    tuple of StrikeTable
        Vols are those of the mids at the implied forward of the expiry, Greeks those of the option at its
        vol; both are NaN where the quote implies none, and `OptionColumns.status` says why.

    Examples
    --------
    >>> chain = Chain(
    ...     symbol="IWM", date=dt.date(2026, 7, 20), spot=100.0, expiry=["2026-09-18"] * 3,
    ...     strike=[100, 100, 110], option_type=[1, -1, 1], bid=[3.50, 3.00, 0.0], ask=[3.60, 3.10, 0.1],
    ... )
    >>> (table,) = strike_tables(chain, rate=0.04)
    >>> calls = table.sides[OptionType.CALL]
    >>> table.strike, calls.delta.round(2), table.sides[OptionType.PUT].listed
    (array([100., 110.]), array([0.54,  nan]), array([ True, False]))
    """
    record("chain", Chain, chain)
    finite("rate", rate)
    if vols is None:
        vols = chain_vols(chain, rate=rate, exercise=chain.exercise, prices=("mid",))
    greeks = _greeks(chain, vols)
    gamma = open_interest_gamma(chain, rate=rate)
    return tuple(_table(chain, vols, greeks, gamma, expiry) for expiry in chain.expiries())


def _greeks(chain: Chain, vols: ChainVols) -> OptionGreeks:
    """Greeks of every quote at the vol of its mid, each expiry at its implied carry; shape (n,)."""
    greeks = OptionGreeks(*np.full((len(OptionGreeks._fields), len(chain)), np.nan))
    for forward in vols.forwards:
        rows = np.flatnonzero((chain.expiry == np.datetime64(forward.expiry)) & np.isfinite(vols.mid))
        if rows.size:
            for column, values in zip(greeks, _option_greeks(chain, vols, forward, rows), strict=True):
                column[rows] = values
    return greeks


def _option_greeks(chain: Chain, vols: ChainVols, forward: ImpliedForward, rows: Indices) -> OptionGreeks:
    model = black_scholes if chain.exercise is ExerciseStyle.EUROPEAN else american
    return model(
        sign=chain.option_type[rows],
        spot=chain.spot,
        strike=chain.strike[rows],
        time_to_expiry=forward.years,
        vol=vols.mid[rows],
        rate=forward.rate,
        dividend_yield=forward.dividend_yield,
    )


def _table(
    chain: Chain, vols: ChainVols, greeks: OptionGreeks, gamma: Floats, expiry: dt.date
) -> StrikeTable:
    on_expiry = np.flatnonzero(chain.expiry == np.datetime64(expiry))
    # Sorted by strike, so that strikes apart by rounding alone stand side by side.
    strike_index = np.cumsum(np.diff(chain.strike[on_expiry], prepend=-np.inf) >= SAME_STRIKE) - 1
    strike = np.full(int(strike_index[-1]) + 1, np.nan)
    strike[strike_index] = chain.strike[on_expiry]
    columns = {
        "bid": chain.bid,
        "ask": chain.ask,
        "vol": vols.mid,
        "delta": greeks.delta,
        "theta_per_day": greeks.theta / 365,
        "vega_per_point": greeks.vega / 100,
        "open_interest": chain.open_interest,
        "volume": chain.volume,
    }
    sides = {}
    for option_type in OptionType:
        of_type = chain.option_type[on_expiry] == int(option_type)
        sides[option_type] = _side_columns(
            chain, columns, on_expiry[of_type], strike_index[of_type], len(strike)
        )
    summed: Floats = np.bincount(strike_index, weights=gamma[on_expiry], minlength=len(strike)).astype(
        np.float64
    )
    return StrikeTable(expiry=expiry, strike=strike, sides=sides, gamma=summed)


def _side_columns(
    chain: Chain, columns: dict[str, Floats], rows: Indices, strike_index: Indices, count: int
) -> OptionColumns:
    """Rows of the chain as columns with one entry per strike; `strike_index` is that of each row."""
    status = np.full(count, int(QuoteStatus.MISSING), dtype=np.int8)
    status[strike_index] = chain.status[rows]
    listed = np.zeros(count, dtype=bool)
    listed[strike_index] = True
    placed = {name: np.full(count, np.nan) for name in columns}
    for name, column in columns.items():
        placed[name][strike_index] = column[rows]
    return OptionColumns(listed=listed, status=status, **placed)

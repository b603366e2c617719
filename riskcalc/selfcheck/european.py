"""European values, Greeks and implied vols beside vollib's, the field's reference library."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from vollib.black_scholes_merton import black_scholes_merton
from vollib.black_scholes_merton.greeks import analytical
from vollib.black_scholes_merton.implied_volatility import implied_volatility

from riskcalc.pricing import black_scholes, implied_vol
from riskcalc.selfcheck.american import Agreement, agreement

SPOT = 295.0
"""Spot of every case [dollars]."""

ALLOWED = 1e-12 * SPOT
"""Largest difference that rounding explains, for a value [dollars] or a Greek."""

ALLOWED_VOL = 1e-9
"""The same for an implied vol solved from a price that still carries it."""


class Case(NamedTuple):
    """One option of the grid."""

    sign: float
    strike: float
    time_to_expiry: float
    vol: float
    rate: float
    dividend_yield: float

    @property
    def positional(self) -> tuple[str, float, float, float, float, float, float]:
        """The reference library's argument order: flag, S, K, t, r, sigma, q."""
        flag = "c" if self.sign > 0 else "p"
        return (flag, SPOT, self.strike, self.time_to_expiry, self.rate, self.vol, self.dividend_yield)

    @property
    def label(self) -> str:
        """The option in words."""
        kind = "call" if self.sign > 0 else "put"
        days = round(365 * self.time_to_expiry)
        return (
            f"{kind} {self.strike:g}, {days} d, vol {self.vol:.0%}, "
            f"rate {self.rate:.1%}, yield {self.dividend_yield:.1%}"
        )


def compare_with_vollib() -> tuple[Agreement, ...]:
    """Price a grid of calls and puts with both libraries.

    Returns
    -------
    tuple of Agreement
        For the value, each Greek (in the reference's units: theta per day, vega and rho per point) and the
        implied vol of every price that still carries one.
    """
    cases = tuple(_grid())
    labels = [case.label for case in cases]
    theirs = [_reference(case) for case in cases]
    columns = dict(zip(Case._fields, np.array(cases).T, strict=True))
    mine = black_scholes(spot=SPOT, **columns)
    ours = (mine.value, mine.delta, mine.gamma, mine.theta / 365, mine.vega / 100, mine.rho / 100)
    names = ("value", "delta", "gamma", "theta per day", "vega per point", "rho per point")
    found = (
        agreement(name, our - np.array(their), labels, peer="vollib", allowed=ALLOWED)
        for name, our, their in zip(names, ours, zip(*theirs, strict=True), strict=True)
    )
    return (*found, _vol_agreement(cases))


def _grid() -> Iterator[Case]:
    axes = (
        (1.0, -1.0),
        (0.5 * SPOT, 0.9 * SPOT, SPOT, 1.1 * SPOT, 2.0 * SPOT),
        (1 / 365, 45 / 365, 90 / 365, 2.0),
        (0.05, 0.2, 0.6, 1.5),
        (0.0, 0.045),
        (0.0, 0.012),
    )
    return (Case(*values) for values in itertools.product(*axes))


def _reference(case: Case) -> tuple[float, ...]:
    greeks = (analytical.delta, analytical.gamma, analytical.theta, analytical.vega, analytical.rho)
    return tuple(float(found(*case.positional)) for found in (black_scholes_merton, *greeks))


def _vol_agreement(cases: tuple[Case, ...]) -> Agreement:
    """Both solvers on the reference's own prices, where a vol moves the price enough to be found again."""
    solvable = tuple(
        case
        for case in cases
        if case.vol * analytical.vega(*case.positional) > 1e-4  # dollars per vol point
    )
    differences = np.array([_vol_difference(case) for case in solvable])
    labels = [case.label for case in solvable]
    return agreement("implied vol", differences, labels, peer="vollib", allowed=ALLOWED_VOL)


def _vol_difference(case: Case) -> float:
    premium = float(black_scholes_merton(*case.positional))
    ours = implied_vol(
        premium=premium,
        sign=case.sign,
        spot=SPOT,
        strike=case.strike,
        time_to_expiry=case.time_to_expiry,
        rate=case.rate,
        dividend_yield=case.dividend_yield,
    )
    flag, spot, strike, time, rate, _, dividend_yield = case.positional
    theirs = implied_volatility(premium, spot, strike, time, rate, dividend_yield, flag)
    return float(ours.vol) - float(theirs)

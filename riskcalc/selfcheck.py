"""Comparison of riskcalc's prices with other libraries, and of its two cores, on this machine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from vollib.black_scholes_merton import black_scholes_merton
from vollib.black_scholes_merton.greeks import analytical
from vollib.black_scholes_merton.implied_volatility import implied_volatility

from riskcalc.analysis.first_passage import first_passage
from riskcalc.pricing import american, black_scholes, implied_vol
from riskcalc.pricing.compiled.loader import choice, using
from riskcalc.records import dataclass

STOP, TARGET = 0.06, 0.10
"""Moves from the spot whose odds are compared."""

__all__ = ["Agreement", "compare_cores", "compare_with_quantlib", "compare_with_vollib", "core_in_use"]

SPOT = 295.0
"""Spot of every case [dollars]."""

ALLOWED = 1e-12 * SPOT
"""Maximum difference due to rounding, for a value [dollars] or a Greek."""

ALLOWED_VOL = 1e-9
"""The same for an implied vol solved from a price that still carries it."""


YIELD, CASH = {"dividend_yield": 0.012, "cash": 0.0}, {"dividend_yield": 0.0, "cash": 0.8}
"""Dividends of the two grids of American options: a continuous yield, and dollars after half the days."""

MIN_VEGA = 1e-2
"""Least change of a price with the log of its vol [dollars] that still carries the vol."""

RATE = 0.045
"""Spot of every case [dollars] and its rate."""

ALLOWED_WITHOUT_CASH = 5e-4
"""Tolerance of American values if QuantLib has converged [dollars]."""

ALLOWED_WITH_CASH = 1e-2
"""The same with cash dividends: QuantLib's finite differences on 400 x 400 are up to 5e-3 off themselves."""

GRID = 400
"""Time steps and spot points of QuantLib's finite differences."""


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
        """Description of the option."""
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
    reference = [_reference(case) for case in cases]
    columns = dict(zip(Case._fields, np.array(cases).T, strict=True))
    greeks = black_scholes(spot=SPOT, **columns)
    calculated = (
        greeks.value,
        greeks.delta,
        greeks.gamma,
        greeks.theta / 365,
        greeks.vega / 100,
        greeks.rho / 100,
    )
    names = ("value", "delta", "gamma", "theta per day", "vega per point", "rho per point")
    agreements = (
        agreement(name, our - np.array(their), labels, peer="vollib", allowed=ALLOWED)
        for name, our, their in zip(names, calculated, zip(*reference, strict=True), strict=True)
    )
    return (*agreements, _vol_agreement(cases))


def core_in_use() -> str:
    """Return the core that computes, ``C`` or ``numpy``, and why."""
    chosen = choice()
    return f"{'C' if chosen.core else 'numpy'} ({chosen.why})"


def compare_cores() -> tuple[Agreement, ...]:
    """Price the grid with the compiled core and with numpy; nothing where numpy computes.

    Returns
    -------
    tuple of Agreement
        For the European value and each Greek, in raw units, the implied vol of every price that still carries
        one, the probability that a stop is hit before a target, and American values with a yield and with
        cash dividends.
    """
    if choice().core is None:
        return ()
    cases = tuple(_grid())
    columns = dict(zip(Case._fields, np.array(cases).T, strict=True))
    labels = [case.label for case in cases]
    options = [*_american_grid(**YIELD), *_american_grid(**CASH)]
    compiled, compiled_american = (
        _values_and_vols(columns),
        np.array([_american_value(case) for case in options]),
    )
    with using("numpy"):
        defined, defined_american = (
            _values_and_vols(columns),
            np.array([_american_value(case) for case in options]),
        )
    american_labels = [case.label for case in options]
    differences = compiled_american - defined_american
    american_row = agreement(
        "American value, C core", differences, american_labels, peer="numpy", allowed=ALLOWED
    )
    european_rows = (
        agreement(
            f"{name}, C core",
            values - defined[name],
            labels,
            peer="numpy",
            allowed=ALLOWED_VOL if name == "implied vol" else ALLOWED,
        )
        for name, values in compiled.items()
    )
    return (*european_rows, american_row)


def _values_and_vols(columns: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return values, Greeks, vols solved from the values, 0 where vega is too small, and P(stop first)."""
    greeks = black_scholes(spot=SPOT, **columns)
    terms = {name: column for name, column in columns.items() if name != "vol"}
    vol = implied_vol(premium=greeks.value, spot=SPOT, **terms).vol
    carried = columns["vol"] * greeks.vega > MIN_VEGA
    first = first_passage(
        spot=SPOT,
        lower=(1 - STOP) * SPOT,
        upper=(1 + TARGET) * SPOT,
        vol=columns["vol"],
        drift=columns["rate"],
        horizon=columns["time_to_expiry"],
    )
    named = {"implied vol": np.where(carried, vol, 0.0), "stop hit first": first.lower_first}
    return {**greeks._asdict(), **named}


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
    return tuple(float(value(*case.positional)) for value in (black_scholes_merton, *greeks))


def _vol_agreement(cases: tuple[Case, ...]) -> Agreement:
    """Compare implied vols solved from the reference's prices, where vega is large enough."""
    solvable = tuple(
        case
        for case in cases
        if case.vol * analytical.vega(*case.positional) > MIN_VEGA / 100  # dollars per vol point
    )
    differences = np.array([_vol_difference(case) for case in solvable])
    labels = [case.label for case in solvable]
    return agreement("implied vol", differences, labels, peer="vollib", allowed=ALLOWED_VOL)


def _vol_difference(case: Case) -> float:
    premium = float(black_scholes_merton(*case.positional))
    calculated = implied_vol(
        premium=premium,
        sign=case.sign,
        spot=SPOT,
        strike=case.strike,
        time_to_expiry=case.time_to_expiry,
        rate=case.rate,
        dividend_yield=case.dividend_yield,
    )
    flag, spot, strike, time, rate, _, dividend_yield = case.positional
    reference = implied_volatility(premium, spot, strike, time, rate, dividend_yield, flag)
    return float(calculated.vol) - float(reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The largest difference in one quantity over a grid."""

    quantity: str
    peer: str
    """The library compared with."""
    largest: float
    allowed: float
    cases: int
    where: str
    """The case with the largest difference."""

    @property
    def ok(self) -> bool:
        """Whether the largest difference is allowed; false for NaN."""
        return self.largest <= self.allowed


class AmericanCase(NamedTuple):
    """One American option of the grid."""

    sign: int
    strike: float
    days: int
    vol: float
    dividend_yield: float
    cash: float
    """Cash dividend after half the days [dollars]; 0 for none."""

    @property
    def label(self) -> str:
        """Description of the option."""
        kind = "call" if self.sign > 0 else "put"
        pays = f"dividend {self.cash:g}" if self.cash else f"yield {self.dividend_yield:.1%}"
        return f"{kind} {self.strike:g}, {self.days} d, vol {self.vol:.0%}, rate {RATE:.1%}, {pays}"


def compare_with_quantlib() -> tuple[Agreement, ...]:
    """Price a grid of American options with both libraries; nothing when QuantLib is not installed.

    Returns
    -------
    tuple of Agreement
        Without cash dividends beside its high-precision QD+ engine, with one beside its finite differences.
    """
    if find_spec("QuantLib") is None:
        return ()
    return (
        _compared("American value, yield", _american_grid(**YIELD), allowed=ALLOWED_WITHOUT_CASH),
        _compared("American value, cash", _american_grid(**CASH), allowed=ALLOWED_WITH_CASH),
    )


def _american_grid(*, dividend_yield: float, cash: float) -> list[AmericanCase]:
    axes = ((1, -1), (0.8 * SPOT, SPOT, 1.2 * SPOT), (46, 90, 364), (0.15, 0.5))
    return [AmericanCase(*values, dividend_yield, cash) for values in itertools.product(*axes)]


def _compared(quantity: str, cases: list[AmericanCase], *, allowed: float) -> Agreement:
    differences = np.array([_american_value(case) - _quantlib_value(case) for case in cases])
    labels = [case.label for case in cases]
    return agreement(quantity, differences, labels, peer="QuantLib", allowed=allowed)


def agreement(
    quantity: str,
    differences: NDArray[np.float64],
    labels: Sequence[str],
    *,
    peer: str,
    allowed: float,
) -> Agreement:
    """Summarize the differences of a grid, with the case of the largest."""
    worst = int(np.argmax(np.abs(differences)))
    return Agreement(
        quantity=quantity,
        peer=peer,
        largest=float(abs(differences[worst])),
        allowed=allowed,
        cases=len(labels),
        where=labels[worst],
    )


def _american_value(case: AmericanCase) -> float:
    greeks = american(
        sign=case.sign,
        spot=SPOT,
        strike=case.strike,
        time_to_expiry=case.days / 365,
        vol=case.vol,
        rate=RATE,
        dividend_yield=case.dividend_yield,
        dividend_times=[case.days / 2 / 365],
        dividend_amounts=[case.cash],
    )
    return float(greeks.value)


def _quantlib_value(case: AmericanCase) -> float:
    import QuantLib as ql  # noqa: PLC0415, N813 - optional, and named as everybody names it

    today = ql.Date(2, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()

    def flat(rate: float) -> Any:  # noqa: ANN401 - a QuantLib handle
        return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count))

    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(SPOT)),
        flat(case.dividend_yield),
        flat(RATE),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), case.vol, count)),
    )
    payoff = ql.PlainVanillaPayoff(ql.Option.Call if case.sign > 0 else ql.Option.Put, case.strike)
    option = ql.VanillaOption(payoff, ql.AmericanExercise(today, today + case.days))
    option.setPricingEngine(_engine(ql, process, today, case))
    return float(option.NPV())


def _engine(ql: Any, process: Any, today: Any, case: AmericanCase) -> Any:  # noqa: ANN401 - QuantLib's own types
    if case.cash:
        dividends = ql.DividendVector([today + case.days // 2], [case.cash])
        return ql.FdBlackScholesVanillaEngine(process, dividends, GRID, GRID, 2)
    return ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme())

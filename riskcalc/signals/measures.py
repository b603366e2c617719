"""Measures of rules: a level, a change, a distance to an average, a z-score or a fund's flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from riskcalc.history.measures import exponential_average
from riskcalc.records import dataclass
from riskcalc.signals.series import Series, sessions_before


class Measure(StrEnum):
    """How a value is read off a series; the words of ``signals.toml``."""

    LEVEL = "level"
    CHANGE = "change"
    """Change from the value a number of sessions before."""
    FROM_LOW = "from_low"
    """Rise from the lowest value of a number of sessions, including the last."""
    FROM_HIGH = "from_high"
    """Fall, <= 0, from the highest value of a number of sessions."""
    OVER_EMA = "over_ema"
    """Distance to the exponential moving average; negative below it."""
    OVER_SMA = "over_sma"
    """Distance to the mean of the last values."""
    ZSCORE = "zscore"
    """Standard deviations from the mean of the last values, the newest with them."""
    FLOW = "flow"
    """Change of a fund's shares outstanding between its last two files, at the newer net asset value."""


MOVES = ("%", "bp", "points")
UNITS_OF = {
    Measure.LEVEL: ("%", "bp", "points", "$M", "sd", "ratio", "positions"),
    Measure.CHANGE: MOVES,
    Measure.FROM_LOW: MOVES,
    Measure.FROM_HIGH: MOVES,
    Measure.OVER_EMA: ("%",),
    Measure.OVER_SMA: ("%",),
    Measure.ZSCORE: ("sd",),
    Measure.FLOW: ("$M",),
}
"""Units that each measure can be in; the unit of the rule's level chooses."""

WITHOUT_SESSIONS = (Measure.LEVEL, Measure.FLOW)
"""Measures that need no number of sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value, or the reason it is missing."""

    value: float | None = None
    problem: str = ""
    """Why the value is missing or doubtful."""


def read_measure(measure: Measure, series: Series, *, sessions: int, unit: str) -> Reading:
    """Return the value of a measure at the end of a series.

    Parameters
    ----------
    measure : Measure
        Any but FLOW.
    series : Series
        Up to the day of the board.
    sessions : int
        NYSE sessions of a change, a low or a high; values of an average or a z-score; >= 1.
    unit : str
        Of the answer: ``bp`` are hundredths of a series in percent.

    Returns
    -------
    Reading
        Without a value where the series does not reach back far enough.
    """
    if unit == "bp" and series.unit not in ("%", ""):
        return Reading(problem=f"{series.name} is not in percent: basis points say nothing of it")
    return _MEASURES[measure](series, sessions, unit)


def fund_flow(shares: Series, nav: Series) -> Reading:
    """Return the money that came into a fund between its last two files [millions of dollars].

    Examples
    --------
    >>> days = ["2026-10-02", "2026-10-05"]
    >>> shares = Series(name="IWM.shares", unit="", days=days, values=[250e6, 252.9e6], source="")
    >>> nav = Series(name="IWM.nav", unit="points", days=days, values=[240.0, 241.0], source="")
    >>> round(fund_flow(shares, nav).value, 1)
    698.9
    """
    price = nav.on(shares.last_day)
    if len(shares) < 2 or price is None:
        return Reading(problem=f"{shares.name}: a flow needs two holdings files of different days")
    return Reading(value=float(shares.values[-1] - shares.values[-2]) * price / 1e6)


def _level(series: Series, sessions: int, unit: str) -> Reading:  # noqa: ARG001 - one shape for all
    value = float(series.values[-1])
    if unit == "bp" and series.unit == "%":
        return Reading(value=100 * value)
    if series.unit not in ("", unit):
        return Reading(problem=f"{series.name} is in {series.unit}: its level cannot be in {unit}")
    return Reading(value=value)


def _change(series: Series, sessions: int, unit: str) -> Reading:
    day = sessions_before(series.last_day, sessions)
    before = series.on(day)
    if before is None:
        return Reading(problem=f"{series.name} has no value near {day}, {sessions} sessions before its last")
    return _move_from(series, before, unit)


def _from_extreme(series: Series, sessions: int, unit: str, extreme: Callable[..., float]) -> Reading:
    start = sessions_before(series.last_day, sessions)
    moved = _move_from(series, float(extreme(series.since(start))), unit)
    if series.first_day <= start or moved.value is None:
        return moved
    return Reading(value=moved.value, problem=f"{series.name} begins {series.first_day}, after {start}")


def _from_low(series: Series, sessions: int, unit: str) -> Reading:
    return _from_extreme(series, sessions, unit, np.min)


def _from_high(series: Series, sessions: int, unit: str) -> Reading:
    return _from_extreme(series, sessions, unit, np.max)


def _move_from(series: Series, before: float, unit: str) -> Reading:
    """Move from a value to the last one, in a unit."""
    last = float(series.values[-1])
    if unit == "%":
        if not before > 0:
            return Reading(problem=f"{series.name} was {before:g}: no percentage of it")
        return Reading(value=100 * (last / before - 1))
    return Reading(value=(last - before) * (100 if unit == "bp" else 1))


def _over_ema(series: Series, sessions: int, unit: str) -> Reading:  # noqa: ARG001 - as above
    if len(series) < sessions:
        return _too_short(series, sessions)
    return _distance(series, float(exponential_average(series.values, span=sessions)[-1]))


def _over_sma(series: Series, sessions: int, unit: str) -> Reading:  # noqa: ARG001 - as above
    if len(series) < sessions:
        return _too_short(series, sessions)
    return _distance(series, float(series.values[-sessions:].mean()))


def _distance(series: Series, average: float) -> Reading:
    if not average > 0:
        return Reading(problem=f"the average of {series.name} is {average:g}: no percentage of it")
    return Reading(value=100 * (float(series.values[-1]) / average - 1))


def _zscore(series: Series, sessions: int, unit: str) -> Reading:  # noqa: ARG001 - as above
    if len(series) < sessions or sessions < 2:
        return _too_short(series, max(sessions, 2))
    window = series.values[-sessions:]
    spread = float(window.std(ddof=1))
    if not spread > 0:
        return Reading(problem=f"{series.name} has not moved in {sessions} values: no z-score")
    return Reading(value=float(window[-1] - window.mean()) / spread)


def _too_short(series: Series, needed: int) -> Reading:
    return Reading(problem=f"{series.name} has {len(series)} of the {needed} values needed")


_MEASURES: Mapping[Measure, Callable[[Series, int, str], Reading]] = {
    Measure.LEVEL: _level,
    Measure.CHANGE: _change,
    Measure.FROM_LOW: _from_low,
    Measure.FROM_HIGH: _from_high,
    Measure.OVER_EMA: _over_ema,
    Measure.OVER_SMA: _over_sma,
    Measure.ZSCORE: _zscore,
}

"""Public functions under random numbers from every end: nothing warns, and answers keep their bounds."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import riskcalc as rc
from tests.entry_points import Array, EntryPoint, Infinite, Maybe, entry_points

ENDS = (
    0.0,
    5e-324,
    1e-310,
    1e-300,
    1e-100,
    1e-16,
    1e-9,
    1e-4,
    0.01,
    0.5,
    1.0,
    1.5,
    3.0,
    20.0,
    100.0,
    1e4,
    1e9,
    1e16,
)
NUMBERS = (
    *ENDS,
    1e100,
    1e300,
    1e308,
    *(-one for one in (*ENDS, 1e100, 1e308)),
    math.nan,
    math.inf,
    -math.inf,
)
USUAL = {
    "sign": (1, -1),
    "spot": (100.0, 295.4, 1.0),
    "strike": (100.0, 110.0, 95.0, 300.0),
    "time_to_expiry": (0.25, 1 / 365, 2.0),
    "vol": (0.2, 0.05, 1.2),
    "rate": (0.04, 0.0, -0.01),
    "dividend_yield": (0.0, 0.02),
    "premium": (3.0, 12.0),
    "side": (rc.Side.LONG, rc.Side.SHORT),
}
ODD = 0.35
"""Chance that an argument is no usual one."""


def make(chance: random.Random) -> bytes:
    """A call as text: the function's name and the seed of its arguments."""
    return json.dumps([chance.choice(sorted(_called())), chance.randrange(10**9)]).encode()


def call(content: bytes, folder: Path) -> object:  # noqa: ARG001 - as readers are called
    """Make the call, and hold its answer to the function's bounds."""
    name, seed = json.loads(content)
    entry, chance = _called()[name], random.Random(seed)  # noqa: S311 - not for secrets
    arguments = {key: _value(key, given, chance) for key, given in entry.arguments.items()}
    answer = entry.call(**arguments)
    problem = _problem(name, arguments, answer)
    if problem:
        raise AssertionError(
            f"{name}({', '.join(f'{key}={one!r}' for key, one in arguments.items())}): {problem}"
        )
    return answer


@cache
def _called() -> dict[str, EntryPoint]:
    """Functions of numbers."""
    numbers = (bool, int, float, Array, Infinite)
    return {
        entry.name: entry
        for entry in entry_points()
        if entry.name not in SLOW
        and any(isinstance(_bare(given), numbers) for given in entry.arguments.values())
    }


SLOW = {"scan", "read_chain", "chain_summary", "ScanRules", "Instrument", "Chain", "compare"}
"""What takes long, or numbers among much else."""


def _bare(given: object) -> object:
    return given.value if isinstance(given, Maybe) else given


def _value(name: str, given: object, chance: random.Random) -> Any:
    if isinstance(given, Maybe) and chance.random() < 0.2:
        return None
    given = _bare(given)
    if isinstance(given, Array):
        return _numbers(name, given, chance)
    if isinstance(given, Infinite):
        return _number(name, chance)
    if isinstance(given, (bool, rc.Side, rc.OptionType)) or not isinstance(given, (int, float)):
        return given
    whole = (given, 1, 2, 7, 30, 1000, 0, -1, 10**6, 10**9, 10**12)
    return chance.choice(whole if isinstance(given, int) else (given, _number(name, chance)))


def _numbers(name: str, given: Array, chance: random.Random) -> Any:
    if isinstance(given.value, list):
        return [_number(name, chance) for _ in given.value]
    if chance.random() < 0.7:
        return _number(name, chance)
    return np.array([_number(name, chance) for _ in range(3)])


def _number(name: str, chance: random.Random) -> float:
    if chance.random() > ODD:
        usual = USUAL.get(name)
        return chance.choice(usual) if usual else chance.choice((0.01, 0.1, 0.5, 1.0, 5.0))
    return chance.choice(NUMBERS)


def _problem(name: str, arguments: dict[str, Any], answer: Any) -> str:
    check = BOUNDS.get(name)
    return check(arguments, answer) if check else ""


def _option_in_bounds(arguments: dict[str, Any], answer: Any) -> str:
    """An option is worth at least what exercise pays, if it may be exercised; at most share or strike."""
    given = {key: np.asarray(one, dtype=float) for key, one in arguments.items() if key in USUAL}
    value = np.asarray(answer.value)
    with np.errstate(all="ignore"):
        call, time = given["sign"] > 0, given["time_to_expiry"]
        yields, rates = -given["dividend_yield"] * time, -given["rate"] * time
        early = "dividend_times" in arguments
        share = given["spot"] * np.exp(np.maximum(yields, 0.0) if early else yields)
        strike = given["strike"] * np.exp(np.maximum(rates, 0.0) if early else rates)
        most = np.where(call, share, strike)
        least = np.maximum(given["sign"] * (given["spot"] - given["strike"]), 0.0) if early else 0.0
        room = 1e-9 * (1 + np.abs(most) + np.abs(given["spot"]) + np.abs(given["strike"]))
        bad = ~np.isnan(value) & ~((value >= least - room) & (value <= most + room))
    return f"value {value} outside [{least}, {most}]" if bad.any() else ""


def _vol_in_bounds(arguments: dict[str, Any], answer: Any) -> str:  # noqa: ARG001 - as above
    vol, status = np.asarray(answer.vol), np.asarray(answer.status)
    return f"vol {vol} with status {status}" if ((status == 0) != (vol >= 0)).any() else ""


def _chances_in_bounds(arguments: dict[str, Any], answer: Any) -> str:  # noqa: ARG001 - as above
    chances = np.array(answer, dtype=float)
    known = chances[:, ~np.isnan(chances).any(axis=0)] if chances.ndim > 1 else chances[~np.isnan(chances)]
    good = ((known >= -1e-12) & (known <= 1 + 1e-12)).all() and (
        not known.size or np.abs(known.sum(axis=0) - 1).max() < 1e-6
    )
    return "" if good else f"chances {chances}"


def _chance_in_bounds(arguments: dict[str, Any], answer: Any) -> str:  # noqa: ARG001 - as above
    result = np.asarray(answer, dtype=float)
    return f"chance {result}" if (~np.isnan(result) & ~((result >= 0) & (result <= 1 + 1e-12))).any() else ""


def _size_in_bounds(arguments: dict[str, Any], answer: Any) -> str:
    within = answer.units >= 0 and answer.risk <= answer.risk_budget * (1 + 1e-9)
    return "" if within else f"{answer.units} units risk {answer.risk} of {answer.risk_budget} ({arguments})"


def _finite_record(arguments: dict[str, Any], answer: Any) -> str:  # noqa: ARG001 - as above
    return "" if answer is None or math.isfinite(float(answer)) else f"answers {answer}"


def _grown(arguments: dict[str, Any], answer: Any) -> str:  # noqa: ARG001 - as above
    result = np.asarray(answer, dtype=float)
    return f"return {result}" if (result < -1).any() else ""


BOUNDS: dict[str, Callable[[dict[str, Any], Any], str]] = {
    "black_scholes": _option_in_bounds,
    "american": _option_in_bounds,
    "implied_vol": _vol_in_bounds,
    "american_implied_vol": _vol_in_bounds,
    "first_passage": _chances_in_bounds,
    "stop_race": _chances_in_bounds,
    "touch_probability": _chance_in_bounds,
    "prob_below": _chance_in_bounds,
    "prob_drawdown": _chance_in_bounds,
    "risk_of_ruin": _chance_in_bounds,
    "break_even_win_rate": _chance_in_bounds,
    "fund_return": _grown,
    "benchmark_return": _grown,
    "translate_to_fund": _grown,
    "size_by_stop": _size_in_bounds,
    "size_by_max_loss": _size_in_bounds,
    "size_within_limits": _size_in_bounds,
    "kelly_fraction": _finite_record,
    "expected_move": _finite_record,
    "expectancy": _finite_record,
}

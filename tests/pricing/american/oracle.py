"""American values by plain finite differences on an even log grid: a slow second implementation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.linalg import solve_banded

WIDTH = 6.0  # standard deviations on each side
POLICIES = 100


def oracle(*, nodes=600, steps=300, **contract):
    """Return the value extrapolated from two grids, and how much the extrapolation changed it."""
    coarse, fine = (_solve(nodes=nodes * k, steps=steps * k, **contract) for k in (1, 2))
    return (4 * fine - coarse) / 3, abs(fine - coarse) / 3


def _solve(
    *,
    nodes,
    steps,
    sign,
    spot,
    strike,
    time_to_expiry,
    vol,
    rate=0.0,
    dividend_yield=0.0,
    dividend_times=(),
    dividend_amounts=(),
):
    pairs = sorted(zip(dividend_times, dividend_amounts, strict=True))
    pairs = [(time, amount) for time, amount in pairs if 1e-6 < time <= time_to_expiry]
    drift, drops = rate - dividend_yield - vol**2 / 2, sum(amount for _, amount in pairs)
    reach = WIDTH * vol * np.sqrt(time_to_expiry) + abs(drift) * time_to_expiry + 0.02
    low, high = np.log(min(spot, strike)) - reach, np.log(max(spot, strike) + drops) + reach
    if drops:
        low = min(low, np.log(max(min(spot, strike) * np.exp(-reach) - drops, min(spot, strike) * 1e-3)))
    width = (high - low) / nodes
    logs = np.log(strike) + width * (np.arange(nodes + 1) - round((np.log(strike) - low) / width))
    spots = np.exp(logs)
    contract = _Contract(
        payoff=sign * (spots - strike),
        rate=rate,
        down=vol**2 / (2 * width**2) - drift / (2 * width),
        up=vol**2 / (2 * width**2) + drift / (2 * width),
        steps=steps,
        life=time_to_expiry,
    )
    values, end = np.maximum(contract.payoff, 0.0), time_to_expiry
    for start, amount in [*pairs[::-1], (0.0, 0.0)]:
        values = _until(contract, values, end - start)
        if amount:
            # At a spot of zero a put is exercised at once, or at expiry with a negative rate.
            grown = np.exp(max(-rate, 0.0) * (time_to_expiry - start))
            bottom = strike * grown if sign < 0 else 0.0
            after = PchipInterpolator(np.append(0.0, spots), np.append(bottom, values))
            values = np.maximum(after(np.maximum(spots - amount, 0.0)), contract.payoff)
        end = start
    near = np.searchsorted(spots, spot) + np.arange(-3, 3)
    return float(sum(values[i] * _weight(logs, near, i, np.log(spot)) for i in near))


@dataclass(frozen=True, kw_only=True)
class _Contract:
    payoff: np.ndarray
    rate: float
    down: float
    up: float
    steps: int
    life: float


def _weight(logs, near, i, at):
    others = [j for j in near if j != i]
    return np.prod([(at - logs[j]) / (logs[i] - logs[j]) for j in others])


def _until(contract, values, span):
    if span <= 0:
        return values
    count = max(int(np.ceil(contract.steps * np.sqrt(span / contract.life))), 8)
    ends = span * (np.arange(count + 1) / count) ** 2
    for k, step in enumerate(np.diff(ends)):
        # Four damped quarters of the first two steps, then Crank-Nicolson.
        for _ in range(4 if k < 2 else 1):
            values = _step(contract, values, step / (4 if k < 2 else 1), 1.0 if k < 2 else 0.5)
    return values


def _step(contract, values, step, share):
    payoff, rate, down, up = contract.payoff, contract.rate, contract.down, contract.up
    middle = -(down + up) - rate
    known = values.copy()
    explicit = (1 - share) * step
    known[1:-1] += explicit * (down * values[:-2] + middle * values[1:-1] + up * values[2:])
    # Far out the option is exercised, or worth what it was.
    known[[0, -1]] = np.maximum(values[[0, -1]] * np.exp(-max(rate, 0.0) * step), payoff[[0, -1]])
    implicit = share * step
    exercised = values <= payoff
    exercised[[0, -1]] = False
    for _ in range(POLICIES):
        hold = ~exercised
        hold[[0, -1]] = False
        bands = np.zeros((3, len(values)))
        bands[0, 2:] = np.where(hold[1:-1], -implicit * up, 0.0)
        bands[1] = np.where(hold, 1 - implicit * middle, 1.0)
        bands[2, :-2] = np.where(hold[1:-1], -implicit * down, 0.0)
        result = solve_banded((1, 1), bands, np.where(exercised, payoff, known))
        demanded = np.full(len(values), np.inf)
        demanded[1:-1] = (1 - implicit * middle) * result[1:-1] - implicit * (
            down * result[:-2] + up * result[2:]
        )
        chosen = np.where(exercised, demanded >= known - 1e-11, result < payoff - 1e-11)
        chosen[[0, -1]] = False
        if (chosen == exercised).all():
            return result
        exercised = chosen
    raise ArithmeticError("the policy iteration does not converge")

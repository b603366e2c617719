"""Random American contracts against properties of every price: finding a fault needs no reference value.

    python -m tests.pricing.american.property_scan --contracts 100000 --seed 1 --as-tested

prices that many contracts, a hundred on each random schedule of dividends, and prints every fault and the
counts. The default test run does the same for two thousand, of which a fifteenth has any rate, yield and
life; without `--as-tested` all of them do, which takes many times as long.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from dataclasses import dataclass, replace

import numpy as np

from riskcalc.pricing.american import american

STRIKES = np.array([0.8, 0.94, 1.0, 1.06, 1.25])
VOLS = np.linspace(0.0, 1.0, 10)
EACH = STRIKES.size * VOLS.size * 2
KINDS = {
    "quarterly": 0.25,
    "special": 0.25,
    "monthly": 1 / 12,
    "weekly": 1 / 52,
    "yearly": 1.0,
    "close": 0.25,
}
DAY = 1 / 365


@dataclass(frozen=True, kw_only=True)
class Market:
    """A share with its dividends, and options of all strikes, vols and sides of one expiry."""

    kind: str
    spot: float
    time_to_expiry: float
    strikes: np.ndarray
    vols: np.ndarray
    rate: float
    dividend_yield: float
    dividend_times: list[float]
    dividend_amounts: list[float]

    def terms(self):
        return {
            "time_to_expiry": self.time_to_expiry,
            "rate": self.rate,
            "dividend_yield": self.dividend_yield,
            "dividend_times": self.dividend_times,
            "dividend_amounts": self.dividend_amounts,
        }


def market(seed, number, *, quick=False):
    """Draw a market: every kind of schedule, unsorted; rates of either sign, a day to three years.

    Quick ones live a year at most, with rates >= 0 and no yield beside the dividends.
    """
    rng = np.random.default_rng([seed, number])
    kind = rng.choice(list(KINDS))
    life = float(rng.choice([rng.uniform(DAY, 0.1), rng.uniform(0.05, 1.0), rng.uniform(0.5, 3.0)]))
    life = min(life, 1.0) if quick or kind == "weekly" else life
    if quick and kind in {"monthly", "weekly"}:
        life = min(life, 3.0 * KINDS[kind])
    times, amounts = _schedule(rng, kind, life)
    order = rng.permutation(len(times))
    return Market(
        kind=kind,
        spot=100.0 * float(np.exp(rng.normal(0.0, 0.1))),
        strikes=100.0 * STRIKES,
        time_to_expiry=life,
        vols=np.exp(rng.uniform(np.log(0.05), np.log(0.9))) * (1 + 0.6 * VOLS),
        rate=float(rng.uniform(0.0 if quick else -0.02, 0.08)),
        dividend_yield=0.0 if quick or rng.random() < 0.8 else float(rng.uniform(-0.05, 0.08)),
        dividend_times=[times[i] for i in order],
        dividend_amounts=[amounts[i] for i in order],
    )


def few_of(chosen):
    """Eighteen of a market's hundred contracts: neighbors in strike and vol."""
    return replace(chosen, strikes=chosen.strikes[1:4], vols=chosen.vols[2:5])


def _schedule(rng, kind, life):
    step = KINDS[kind]
    first = DAY if rng.random() < 0.15 else float(rng.uniform(0.0, step))
    times = np.arange(first, life + 0.1, step).tolist()
    base = float(np.exp(rng.uniform(np.log(0.1), np.log(2.0)))) * min(4 * step, 1.0) ** 0.7
    amounts = (base * rng.uniform(0.8, 1.2, len(times))).tolist()
    if kind == "special" and times:
        times.append(float(rng.choice(times)) + rng.integers(1, 21) * DAY)
        amounts.append(float(np.exp(rng.uniform(np.log(0.05), np.log(4.0)))))
    if kind == "close":
        times += [time + rng.integers(1, 8) * DAY for time in times]
        amounts += [amount * float(rng.uniform(0.2, 2.0)) for amount in amounts]
    if rng.random() < 0.2:
        times.append(life)
        amounts.append(base)
    return times, amounts


def faults(chosen):
    """Return the names of the properties that the prices of a market violate."""
    spot, strikes = chosen.spot, chosen.strikes
    greeks = american(
        sign=np.array([1.0, -1.0])[:, None, None],
        spot=spot,
        strike=strikes[:, None],
        vol=chosen.vols,
        **chosen.terms(),
    )
    value, vega = greeks.value, greeks.vega
    slack = 3e-4
    steps = np.diff(chosen.vols)
    rises = np.diff(value, axis=2)
    expected = (vega[..., 1:] + vega[..., :-1]) / 2 * steps
    bent = np.abs(np.diff(vega, axis=2)) * steps
    gaps = np.diff(strikes)[:, None]
    slopes = np.diff(value, axis=1) / gaps
    lost = _paid(chosen)
    call, put = value
    discounted = np.minimum(strikes * np.exp(-chosen.rate * chosen.time_to_expiry), strikes)[:, None]
    highest = np.maximum(strikes * np.exp(-chosen.rate * chosen.time_to_expiry), strikes)[:, None]
    carried = np.exp(-chosen.dividend_yield * chosen.time_to_expiry)
    # A vega that rises or falls throughout a step leaves the trapezoid by half its change at most.
    checks = {
        "not a number": ~np.isfinite(np.stack(greeks)).all(axis=0),
        "falls as the vol rises": rises < -slack,
        "jumps as the vol rises": np.abs(rises - expected) > slack + 0.5 * bent + 0.05 * np.abs(expected),
        "not convex in the strike": np.diff(slopes, axis=1) < -2 * slack / gaps.min(),
        "slope in the strike": np.abs(slopes) > highest[0, 0] / strikes[0] + slack,
        "below exercise": value < np.maximum([[[1.0]], [[-1.0]]] * (spot - strikes[:, None]), 0.0) - slack,
        "parity": (call - put > max(spot, spot * carried) - discounted + slack)
        | (call - put < min(spot, spot * carried) - lost - highest - slack),
        "delta": np.abs(greeks.delta) > max(1.0, carried) + 1e-3,
    }
    return [name for name, broken in checks.items() if broken.any()]


def _paid(chosen):
    """Return the largest present value of the dividends before the expiry."""
    pairs = zip(chosen.dividend_times, chosen.dividend_amounts, strict=True)
    low = min(chosen.rate, 0.0)
    return sum(
        amount * np.exp(-low * time) for time, amount in pairs if 1e-6 < time <= chosen.time_to_expiry + 1e-9
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first market, to go on with a scan"
    )
    parser.add_argument(
        "--as-tested",
        action="store_true",
        help="the mix of the default test run: a fifteenth of any rate and yield",
    )
    options = parser.parse_args()
    count, result, start = 0, 0, time.process_time()
    for number, chosen in enumerate(_markets(options), start=options.first):
        for fault in faults(chosen):
            result += 1
            sys.stdout.write(f"{number} {fault}: {chosen}\n")
        count += chosen.strikes.size * chosen.vols.size * 2
        if number % 50 == 49:
            sys.stdout.write(f"{count} contracts, {result} faults\n")
            sys.stdout.flush()
    sys.stdout.write(
        f"{count} contracts, {result} faults, {time.process_time() - start:.0f} s of processor time\n"
    )


def _markets(options):
    """Draw markets until they hold as many contracts as asked for."""
    left = options.contracts
    for number in itertools.count(options.first):
        if options.as_tested:
            # Eighteen quick markets to seven parts of others, as the test takes them.
            quick = number % 25 < 18
            drawn = market(options.seed, number, quick=quick)
            drawn = drawn if quick else few_of(drawn)
        else:
            drawn = market(options.seed, number)
        yield drawn
        left -= drawn.strikes.size * drawn.vols.size * 2
        if left <= 0:
            return


if __name__ == "__main__":
    main()

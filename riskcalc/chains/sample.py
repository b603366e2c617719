"""A chain that ships with riskcalc: made with its own model, to try everything without a market.

`sample_text` made the shipped file; its market is that of the shipped presets.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from riskcalc.chains.chain import Chain
from riskcalc.chains.readers import read_chain
from riskcalc.pricing import american
from riskcalc.pricing.arrays import Floats

SAMPLE_FILE = Path(__file__).parent / "sample_data" / "IWM_2026-07-20_made_up.csv"
SAMPLE_NOTE = "sample: made with riskcalc's own model, no market quoted it"

SYMBOL, SPOT, RATE = "IWM", 295.39, 0.04
DATE = dt.date(2026, 7, 20)
CLOSE = "16:00:00"
EXPIRIES = ("2026-08-14", "2026-08-21", "2026-09-04", "2026-09-18", "2026-10-16", "2026-10-30")
DIVIDEND_DATE, DIVIDEND = dt.date(2026, 9, 15), 0.80
STRIKES = tuple(sorted({*range(210, 365, 5), *range(266, 326)}))
HEADER = "source,symbol,quote_time,spot,expiry,strike,type,bid,ask,iv"

LEVEL, SLOPE, TILT, BEND = 0.018, 0.11, -0.6, 0.2
"""Variance over log-moneyness per sqrt(time): a hyperbola (Gatheral's raw SVI), 20 % at the money."""
LEAST_WIDTH, RELATIVE_WIDTH = 0.02, 0.006
"""Of bid to ask [dollars; of the price]."""


def sample_chain() -> Chain:
    """The shipped chain of IWM on 2026-07-20: made up, with skewed vols and the usual widths.

    Examples
    --------
    >>> chain = sample_chain()
    >>> chain.symbol, chain.spot, len(chain.expiries())
    ('IWM', 295.39, 6)
    """
    return read_chain(SAMPLE_FILE)


def sample_vol(*, strike: Floats, forward: Floats, years: float) -> Floats:
    """Volatility that the sample is priced with, per sqrt(year)."""
    place = np.log(strike / forward) / np.sqrt(years)
    variance: Floats = LEVEL + SLOPE * (TILT * place + np.hypot(place, BEND))
    return np.sqrt(variance)


def sample_text() -> str:
    """The shipped file's text, made anew."""
    return (
        "\n".join([HEADER, *(line for expiry in EXPIRIES for line in _lines(dt.date.fromisoformat(expiry)))])
        + "\n"
    )


def _lines(expiry: dt.date) -> list[str]:
    """Lines of one expiry, by strike, calls before puts."""
    years = (expiry - DATE).days / 365
    ex_time = (DIVIDEND_DATE - DATE).days / 365
    paid = DIVIDEND * np.exp(-RATE * ex_time) if ex_time <= years else 0.0
    strike, sign = (grid.ravel() for grid in np.meshgrid(np.array(STRIKES, float), [1, -1], indexing="ij"))
    vol = sample_vol(strike=strike, forward=(SPOT - paid) * np.exp(RATE * years), years=years).round(4)
    value = american(
        sign=sign,
        spot=SPOT,
        strike=strike,
        time_to_expiry=years,
        vol=vol,
        rate=RATE,
        dividend_times=(ex_time,),
        dividend_amounts=(DIVIDEND,),
    ).value
    half = (LEAST_WIDTH + RELATIVE_WIDTH * value) / 2
    bid = np.maximum(np.floor(100 * (value - half)) / 100, 0.0)
    ask = np.ceil(100 * (value + half)) / 100
    start = f"made-up,{SYMBOL},{DATE} {CLOSE},{SPOT},{expiry}"
    kinds = np.where(sign > 0, "call", "put")
    rows = zip(strike, kinds, bid, ask, vol, strict=True)
    return [f"{start},{k:g},{kind},{b:.2f},{a:.2f},{v:.4f}" for k, kind, b, a, v in rows]

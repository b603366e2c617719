"""A file of invented quotes around model values, for the screen to open."""

from __future__ import annotations

import itertools
from functools import cache

from tests.chains.samples import quote_row, yfinance_csv
from tests.editor.drafts import SkewedChain

CHAIN = SkewedChain()
WORTHLESS = 340
"""A strike that nobody bids for."""


def write_quotes(path):
    """September's options, strikes 5 apart up to 350; the one at `WORTHLESS` has no bid."""
    path.write_text(_text(), encoding="utf-8")
    return path


@cache
def _text():
    return yfinance_csv(_row(strike, kind) for strike, kind in itertools.product(CHAIN.listed, (1, -1)))


def _row(strike, kind):
    expiry = CHAIN.days[1]
    quote = CHAIN.quote(expiry=expiry, strike=strike, option_type=kind)
    return quote_row(
        expiry=str(expiry),
        strike=float(strike),
        kind="call" if kind == 1 else "put",
        bid=0 if strike == WORTHLESS else round(quote.bid, 2),
        ask=round(quote.ask, 2),
        underlyingPrice=CHAIN.spot,
    )

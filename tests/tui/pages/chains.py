"""Small chains for the page Chain: cut from the shipped sample, with made-up open interest."""

import dataclasses
from functools import cache

import numpy as np

from riskcalc.chains import sample_chain
from riskcalc.chains.chain import COLUMNS, Chain
from riskcalc.domain import instrument

NEAR, FAR = "2026-09-18", "2026-10-16"
"""Expiries of the whole chain; the first is the trade's."""


@cache
def made_chain(*, expiries=(NEAR, FAR), symbol="IWM", step=5, oi=True, bad=False):
    """Strikes 260 to 330 apart by a step; bad: at 300 a call without bid, a crossed put and no put at 305."""
    whole = sample_chain()
    wanted = np.isin(whole.expiry, np.array(expiries, dtype="datetime64[D]"))
    wanted &= (whole.strike >= 260) & (whole.strike <= 330) & (whole.strike % step == 0)
    columns = {name: getattr(whole, name)[wanted].copy() for name in COLUMNS}
    if oi:
        columns["open_interest"] = np.where(columns["strike"] % 10 == 0, 12_000.0, 700.0)
        columns["volume"] = columns["strike"] - 250
    if bad:
        call, put = ((columns["strike"] == 300) & (columns["option_type"] == sign) for sign in (1, -1))
        columns["bid"][call] = 0.0
        columns["bid"][put] = columns["ask"][put] + 1
        kept = (columns["strike"] != 305) | (columns["option_type"] == 1)
        columns = {name: column[kept] for name, column in columns.items()}
    return dataclasses.replace(
        Chain(symbol=symbol, date=whole.date, spot=whole.spot, instrument=instrument(symbol), **columns),
        quote_time=whole.quote_time,
    )


def write_chain(path, chain):
    """Write a chain as `riskcalc chain --quotes` does."""
    chain.to_frame().to_csv(path, index=False)
    return path

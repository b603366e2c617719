"""A chain whose quotes are the model's own, so that what is read off it is known."""

import datetime as dt

import numpy as np

from riskcalc.chains import Chain
from riskcalc.pricing import american

DAY = dt.date(2026, 7, 20)


def model_chain(
    *,
    vol=0.2,
    rate=0.04,
    dividend_yield=0.0,
    times=(),
    amounts=(),
    days=(32, 60),
    strikes=tuple(range(80, 121, 2)),
    width=0.02,
    spot=100.0,
):
    """Calls and puts at the American model's prices, with a quoted width; `vol` may be a function."""
    strike, sign, day = (
        part.ravel() for part in np.meshgrid(np.array(strikes, dtype=float), [1, -1], days, indexing="ij")
    )
    years = day / 365
    vols = vol(strike, years) if callable(vol) else vol
    value = american(
        sign=sign,
        spot=spot,
        strike=strike,
        time_to_expiry=years,
        vol=vols,
        rate=rate,
        dividend_yield=dividend_yield,
        dividend_times=times,
        dividend_amounts=amounts,
    ).value
    return Chain(
        symbol="IWM",
        date=DAY,
        spot=spot,
        expiry=np.datetime64(DAY) + day.astype("timedelta64[D]"),
        strike=strike,
        option_type=sign,
        bid=np.maximum(value - width / 2, 0.0),
        ask=value + width / 2,
    )

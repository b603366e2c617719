"""Black-Scholes-Merton at 50 digits: the second implementation that tests and benchmarks measure against."""

from __future__ import annotations

import mpmath as mp

_DIGITS = 50


@mp.workdps(_DIGITS)
def greeks(*, sign, spot, strike, time_to_expiry, vol, rate, dividend_yield):
    """Value, delta, gamma, theta, vega, rho of one option, from the textbook formulas."""
    s, k, t, v, r, q = map(mp.mpf, (spot, strike, time_to_expiry, vol, rate, dividend_yield))
    sign = int(sign)
    share, cash, total = s * mp.exp(-q * t), k * mp.exp(-r * t), v * mp.sqrt(t)
    d1 = mp.log(share / cash) / total + total / 2
    n1, n2, density = mp.ncdf(sign * d1), mp.ncdf(sign * (d1 - total)), mp.npdf(d1)
    return (
        sign * (share * n1 - cash * n2),
        sign * mp.exp(-q * t) * n1,
        mp.exp(-q * t) * density / (s * total),
        sign * (q * share * n1 - r * cash * n2) - share * density * v / (2 * mp.sqrt(t)),
        share * density * mp.sqrt(t),
        sign * t * cash * n2,
    )


@mp.workdps(_DIGITS)
def implied_vol(*, premium, start, **option):
    """Vol of one premium by Newton steps from a start close to it, and its change per ulp of the premium."""
    vol = mp.mpf(float(start))
    for _ in range(6):
        value, _, _, _, vega, _ = greeks(vol=vol, **option)
        vol += (mp.mpf(float(premium)) - value) / vega
    return vol, mp.mpf(float(premium)) * mp.mpf(2) ** -52 / vega

"""A chain with a smile, for scans: known vols, real-looking widths, two expiries in the window."""

import math

import numpy as np

from riskcalc.chains import Chain
from riskcalc.chains.smile_curve import Svi
from riskcalc.domain import Account, CashDividend, ExitPlan, Market, Quote, RiskLimits, Target
from riskcalc.domain.account import Costs
from tests.chains.quoted import DAY, model_chain

ACCOUNT = Account(
    equity=100_000, limits=RiskLimits(risk_fraction=0.01), costs=Costs(commission_per_contract=0.65)
)
EXITS = ExitPlan(
    stop=0.06,
    targets=(Target(move=0.10, fraction=0.5), Target(move=0.15, fraction=0.5)),
    close_dte=21,
    vol_shift=0.03,
)
DIVIDENDS = (CashDividend(ex_date=DAY.replace(month=6, day=16), amount=0.8),)
MARKET = Market(date=DAY, rate=0.04, quotes={"IWM": Quote(spot=300.0, vol=0.2, dividends=DIVIDENDS)})


def vol_of(strike, years):
    level = 0.04 * years
    root = np.sqrt(level)
    k = np.log(strike / 300.0)
    return np.array(
        [
            math.sqrt(float(Svi(a=0.5 * w, b=0.35 * r, rho=-0.45, m=0.01, sigma=r).total_variance(at)) / t)
            for at, w, r, t in zip(k, level, root, years, strict=True)
        ]
    )


def smiling_chain(*, days=(32, 60, 74), strikes=tuple(range(240, 365, 5)), width=0.06):
    """The quotes, with the dividend of mid-September and an open interest that grows with the strike."""
    plain = model_chain(
        vol=vol_of,
        spot=300.0,
        days=days,
        strikes=strikes,
        width=width,
        times=[57 / 365],
        amounts=[0.8],
    )
    names = ("expiry", "strike", "option_type", "bid", "ask")
    return Chain(
        symbol="IWM",
        date=DAY,
        spot=300.0,
        **{name: getattr(plain, name) for name in names},
        open_interest=plain.strike,
    )

"""Reports and plans as pandas DataFrames; pandas is imported on use."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from riskcalc.domain import RiskReport, TradePlan
from riskcalc.domain.validation import record

if TYPE_CHECKING:
    import pandas as pd


def to_frame(answer: RiskReport | TradePlan) -> pd.DataFrame:
    """Convert a result to a DataFrame.

    Parameters
    ----------
    answer : RiskReport or TradePlan
        From `riskcalc.evaluate` or `riskcalc.plan`.

    Returns
    -------
    pandas.DataFrame
        For a plan, the P&L ladder: one row per level and date with ``label``, ``when``, ``spot``, ``date``
        (datetime64), ``value``, ``pnl`` [dollars per unit] and ``r_multiple``. For a report, one row per leg
        with ``leg``, ``entry_price``, ``price`` [dollars per share], ``vol``, ``value`` [dollars] and the
        position's Greeks in trader units, and a last row ``net``.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import Market, Quote, call_spread
    >>> from riskcalc.planning import evaluate
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=295.4, vol=0.2)})
    >>> trade = call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18))
    >>> to_frame(evaluate(trade, market))[["leg", "delta"]].round(1)
                          leg  delta
    0  +1 call 295 2026-09-18   55.5
    1  -1 call 325 2026-09-18  -14.5
    2                     net   41.0
    """
    record("answer", (RiskReport, TradePlan), answer)
    return _ladder_frame(answer) if isinstance(answer, TradePlan) else _legs_frame(answer)


def _ladder_frame(plan: TradePlan) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - most callers need no table

    frame = pd.DataFrame([dataclasses.asdict(row) for row in plan.ladder])
    frame["date"] = pd.to_datetime(frame["date"])
    return frame


def _legs_frame(report: RiskReport) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    legs = [
        {
            "leg": leg.leg.label,
            "entry_price": leg.entry_price,
            "price": leg.price,
            "vol": leg.vol,
            "value": leg.value,
            **dataclasses.asdict(leg.greeks),
        }
        for leg in report.legs
    ]
    net = {"leg": "net", "value": report.value, **dataclasses.asdict(report.greeks)}
    return pd.DataFrame([*legs, net])

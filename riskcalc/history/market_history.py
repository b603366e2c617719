"""Implied volatility and dividends of a backtest at each bar, with a description of their sources."""

from __future__ import annotations

import datetime as dt

import numpy as np

from riskcalc.domain import Quote
from riskcalc.domain.price_history import Calibration, PriceBasis
from riskcalc.domain.validation import positive, record, volatility
from riskcalc.history.bars import Bars, Floats, ImpliedVols
from riskcalc.history.candidates import MarketHistory
from riskcalc.history.measures import realized_vol
from riskcalc.history.rolling_contracts import days_closed_early
from riskcalc.presets.template import OptionTemplate, Preset

TRAILING_SESSIONS = 63
FRESH_DAYS = 7
"""Calendar days for which an implied vol is used after its own."""

YEAR = np.timedelta64(365, "D")
LEAST_DAYS = 91
"""Of dividends before a yield is made of them."""


def has_options(preset: Preset) -> bool:
    """Whether a preset has an option leg."""
    return any(isinstance(leg, OptionTemplate) for leg in preset.template.legs)


def market_history(
    preset: Preset, bars: Bars, *, vols: ImpliedVols | float | None, calibration: Calibration
) -> tuple[MarketHistory, list[str], list[str]]:
    """Return the market data at each bar, the assumptions behind them, and warnings.

    Parameters
    ----------
    preset : Preset
        Its quote gives the rate, the skew and what the bars lack of dividends.
    bars : Bars
        Daily prices.
    vols : ImpliedVols or float or None
        A history, one number, or trailing realized volatility over `calibration.k`.
    calibration : Calibration
        Realized over implied volatility.
    """
    if vols is not None and not isinstance(vols, ImpliedVols):
        positive("vols", volatility("vols", vols))
    quote = preset.market.quote(preset.template.instrument.symbol)
    paid, dividends_from = _dividends(bars, quote)
    vol, priced, early = np.full(len(bars), np.nan), [], np.zeros(len(bars))
    yields = np.full(len(bars), quote.dividend_yield)
    if has_options(preset):
        vol, vol_from = _implied_vols(bars, vols, calibration)
        early = days_closed_early(bars.dates)
        cash, yield_from = _cash_yield(bars, quote, preset.market.date)
        yields = yields + cash
        priced = [
            f"options at model value; {vol_from}; each leg as many points above or below as in the preset",
            f"rate {100 * preset.market.rate:g}% throughout; {yield_from}",
        ]
    warnings = []
    if bars.basis is PriceBasis.ADJUSTED:
        warnings.append("the prices are adjusted for dividends, and stops act on raw ones")
    history = MarketHistory(
        bars=bars,
        vol=vol,
        dividend_yield=yields,
        dividends=paid,
        scale=np.ones(len(bars)) if bars.split_factor is None else bars.split_factor,
        early=early,
        rate=preset.market.rate,
        borrow_fee=quote.borrow_fee,
    )
    held = [dividends_from] if preset_has_shares(preset) else []
    return history, [*priced, *held], warnings


def preset_has_shares(preset: Preset) -> bool:
    """Whether a preset has a share leg."""
    return any(not isinstance(leg, OptionTemplate) for leg in preset.template.legs)


def _implied_vols(
    bars: Bars, vols: ImpliedVols | float | None, calibration: Calibration
) -> tuple[Floats, str]:
    if isinstance(vols, ImpliedVols):
        index = np.searchsorted(vols.dates, bars.dates, side="right") - 1
        known = np.maximum(index, 0)
        age = (bars.dates - vols.dates[known]).astype(np.int64)
        fresh = (index >= 0) & (age <= FRESH_DAYS)
        return np.where(fresh, vols.vol[known], np.nan), f"implied vol is {vols.name} of the day"
    if vols is not None:
        return np.full(len(bars), float(vols)), f"implied vol is {100 * vols:g}% throughout"
    trailing = (
        realized_vol(bars, window=TRAILING_SESSIONS) / record("calibration", Calibration, calibration).k
    )
    return np.where(trailing > 0, trailing, np.nan), (
        f"implied vol is realized vol of the last {TRAILING_SESSIONS} sessions over k = {calibration.k:.2f} "
        f"({calibration.k_source})"
    )


def _dividends(bars: Bars, quote: Quote) -> tuple[Floats, str]:
    """Cash per share of today at each bar, and where it is from."""
    none = np.zeros(len(bars))
    if bars.basis is PriceBasis.ADJUSTED:
        return none, "dividends are in the adjusted prices"
    if bars.dividends is not None:
        times = int((bars.dividends > 0).sum())
        return bars.dividends, f"holders receive the dividends of the file: {times} ex-dates"
    days = [np.datetime64(dividend.ex_date) for dividend in quote.dividends]
    inside = [
        (dividend, day)
        for dividend, day in zip(quote.dividends, days, strict=True)
        if bars.dates[0] < day <= bars.dates[-1]
    ]
    if not inside:
        return none, "no dividends are paid: neither the prices nor the preset hold any"
    for dividend, day in inside:
        none[int(np.searchsorted(bars.dates, day))] += dividend.amount
    return none, f"holders receive the dividends of the preset: {len(inside)} ex-dates in these prices"


def _cash_yield(bars: Bars, quote: Quote, today: dt.date) -> tuple[Floats, str]:
    """Cash dividends as a yield of options: of the past year at each bar, else the preset's."""
    if bars.dividends is not None and bars.basis is not PriceBasis.ADJUSTED:
        total = np.concatenate([[0.0], np.cumsum(bars.dividends)])
        since = np.searchsorted(bars.dates, bars.dates - YEAR, side="right")
        elapsed = (bars.dates - bars.dates[0]).astype(np.float64)
        years = np.minimum(elapsed / 365, 1.0)
        paid = (total[np.arange(len(bars)) + 1] - total[since]) / np.maximum(years, LEAST_DAYS / 365)
        return paid / bars.close, "dividends as the yield of the past year"
    year = [dividend.amount for dividend in quote.dividends if (today - dividend.ex_date).days < 365]
    if not quote.dividends:
        return np.zeros(len(bars)), "dividends as the preset's yield"
    spacing = _payments_per_year(quote)
    paid_a_year = spacing * sum(year) / max(len(year), 1)
    return np.full(len(bars), paid_a_year / quote.spot), "dividends as the preset's yield"


def _payments_per_year(quote: Quote) -> float:
    """Payments a year, from the days between the last ones; a quarter where one is known."""
    days = [dividend.ex_date.toordinal() for dividend in quote.dividends]
    if len(days) < 2:
        return 4.0
    return 365 / ((days[-1] - days[0]) / (len(days) - 1))

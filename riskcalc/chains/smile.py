"""The smiles of a chain, expiry by expiry: how close to the quotes, and whether free of arbitrage."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from riskcalc.chains.chain import Chain
from riskcalc.chains.forward import ImpliedForward
from riskcalc.chains.smile_curve import SmileCurve
from riskcalc.chains.smile_fit import FEWEST_QUOTES, SmileQuotes, check_points, fit_curve
from riskcalc.chains.vols import ChainVols
from riskcalc.domain import SmileAt, SmileFit, Sticky
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import one_of
from riskcalc.errors import ChainError
from riskcalc.pricing.arrays import Flags, Floats
from riskcalc.records import dataclass

WIDEST_SHARE, WIDEST_DOLLARS = 0.10, 0.05
"""A quote no wider than a tenth of its mid, or five cents, is liquid."""

LEAST_MID = 0.05
"""Mid below which a quote is dominated by the tick [dollars per share]."""

FEWEST_LIQUID = 10
"""Minimum liquid strikes for an expiry to bound its neighbors."""


LEAST_SPOT = 1e-3
"""Fraction of the starting spot below which the smile stops moving."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smile:
    """Implied vol of every expiry at any strike."""

    symbol: str
    spot: float
    """[dollars]"""
    curves: Mapping[dt.date, SmileCurve]
    fits: tuple[SmileFit, ...]
    """Nearest expiry first."""
    skipped: tuple[dt.date, ...] = ()
    """Expiries with too few quotes for a smile."""

    @property
    def inside(self) -> float:
        """Share of all liquid quotes whose bid and ask contain the fit."""
        liquid = np.array([fit.liquid for fit in self.fits], dtype=np.float64)
        inside = np.nan_to_num([fit.inside for fit in self.fits])
        return float(liquid @ inside / liquid.sum()) if liquid.any() else float("nan")

    def vol(
        self,
        strike: ArrayLike,
        *,
        expiry: dt.date,
        spot: ArrayLike | None = None,
        sticky: Sticky | str = Sticky.STRIKE,
    ) -> Floats:
        """Volatility at strikes, also once the spot has moved.

        Parameters
        ----------
        strike : array_like
            [dollars], > 0.
        expiry : date
            An expiry with a curve.
        spot : array_like, optional
            Where the spot has moved to [dollars]; the chain's by default. Broadcasts against the strikes.
        sticky : Sticky or str
            ``strike`` keeps each strike its vol wherever the spot goes; ``moneyness`` moves the smile along
            with the spot.

        Raises
        ------
        ChainError
            The expiry has no smile.
        """
        curve, strikes = self._curve(expiry), np.asarray(strike, dtype=np.float64)
        ratio = self.spot / np.asarray(self.spot if spot is None else spot, dtype=np.float64)
        if one_of("sticky", Sticky, sticky) is Sticky.MONEYNESS:
            return curve.vol(strikes * ratio)
        return np.broadcast_to(curve.vol(strikes), np.broadcast_shapes(strikes.shape, ratio.shape))

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float, sticky: Sticky | str) -> SmileAt:
        """Vol at strikes as `vol` has it, its slope there, and the growth of the forward.

        Raises
        ------
        ChainError
            The expiry has no smile.
        """
        curve, strikes = self._curve(expiry), np.asarray(strike, dtype=np.float64)
        ratio = self.spot / spot if one_of("sticky", Sticky, sticky) is Sticky.MONEYNESS else 1.0
        variance, rise, _ = curve.variance_terms(curve.log_moneyness(strikes * ratio))
        vol = np.sqrt(variance / curve.years)
        growth = float(np.log(curve.forward / self.spot)) / curve.years
        return SmileAt(vol=vol, slope=rise / (2 * vol * curve.years * strikes), growth=growth)

    def _curve(self, expiry: dt.date) -> SmileCurve:
        if expiry not in self.curves:
            expiries = ", ".join(map(str, self.curves)) or "none"
            raise ChainError(f"{self.symbol} {expiry}: no smile for this expiry; fitted: {expiries}")
        return self.curves[expiry]

    def moving(self, sticky: Sticky | str) -> StickySmile:
        """Return the smile under one rule, as a `Quote.smile` that moves the vols of a trade's legs."""
        return StickySmile(smile=self, rule=one_of("sticky", Sticky, sticky))


def fit_smile(chain: Chain, vols: ChainVols) -> Smile:
    """Fit every expiry of a chain.

    Parameters
    ----------
    chain : Chain
        Quotes of American options.
    vols : ChainVols
        Of `chain_vols`.

    Returns
    -------
    Smile
        `fits` says how close the curves come and whether they are free of arbitrage.

    Notes
    -----
    Quotes out of the money are fitted in units of their half-widths. SVI has five parameters an expiry; where
    quotes are cents wide that is not enough, so a cubic spline, 0 outside the quotes, is added.

    A stale quote does not bend the curve: one that its neighbors contradict starts with little weight, and
    each is then weighted by its distance from the fit under Cauchy's law of errors (iteratively reweighted
    least squares).

    Both are fitted under a penalty wherever the density would be negative or total variance would fall with
    time at one ratio of strike to forward: closely over the quotes and the spline, and ever more coarsely to
    12 deviations or strikes of 0.2 and 4.5 times the forward, and far beyond for the slopes of the wings.
    The result is checked on a finer grid of the same reach, fitted again with more slack where it fails,
    and the spline scaled down as far as it takes. What still fails is said in `fits`. Total variance may rise
    from one expiry to the next as much as it likes, so events between them need no tolerance.

    The latest expiry comes first, whose quotes reach furthest; then each is held below the one after it.
    Expiries with few liquid quotes come last, and are held between their neighbors.

    References
    ----------
    J. Gatheral, A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14(1), 2014:
    section 2 for the two conditions. R. Lee, "The moment formula for implied volatility at extreme strikes",
    Mathematical Finance 14(3), 2004: the slope of the wings. P. Holland, R. Welsch, "Robust regression using
    iteratively reweighted least-squares", Communications in Statistics A6(9), 1977: Cauchy's weights.
    """
    quotes = {forward.expiry: _Rows.of(chain, vols, forward) for forward in vols.forwards}
    usable = {expiry: rows for expiry, rows in quotes.items() if rows.count >= FEWEST_QUOTES}
    order = sorted(usable, reverse=True)
    order.sort(key=lambda expiry: usable[expiry].liquid.sum() < FEWEST_LIQUID)
    curves: dict[dt.date, SmileCurve] = {}
    for expiry in order:
        before, after = _neighbors(curves, expiry)
        curves[expiry] = fit_curve(
            usable[expiry].quotes,
            floor=before,
            roof=after,
        )
    return Smile(
        symbol=chain.symbol,
        spot=chain.spot,
        curves=dict(sorted(curves.items())),
        fits=tuple(_smile_quality(usable[expiry], curves, expiry) for expiry in sorted(curves)),
        skipped=tuple(expiry for expiry in quotes if expiry not in usable),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Fitted quotes of one expiry."""

    quotes: SmileQuotes
    bid: Floats
    ask: Floats
    liquid: Flags

    @property
    def count(self) -> int:
        return len(self.bid)

    @classmethod
    def of(cls, chain: Chain, vols: ChainVols, forward: ImpliedForward) -> _Rows:
        """Pick the quotes out of the money."""
        k = np.log(chain.strike / forward.forward)
        solved = np.isfinite(vols.bid) & np.isfinite(vols.mid) & np.isfinite(vols.ask) & (vols.bid > 0)
        on_expiry = chain.expiry == np.datetime64(forward.expiry)
        rows = np.flatnonzero(on_expiry & solved & (chain.option_type * k >= 0))
        mid, width = (chain.bid + chain.ask)[rows] / 2, (chain.ask - chain.bid)[rows]
        narrow = width <= np.maximum(WIDEST_SHARE * mid, WIDEST_DOLLARS)
        half = (vols.ask - vols.bid)[rows] / 2
        return cls(
            quotes=SmileQuotes(forward=forward, k=k[rows], mid=vols.mid[rows], half_width=half),
            bid=vols.bid[rows],
            ask=vols.ask[rows],
            liquid=narrow & (mid >= LEAST_MID),
        )


def _neighbors(
    curves: Mapping[dt.date, SmileCurve], expiry: dt.date
) -> tuple[SmileCurve | None, SmileCurve | None]:
    """The fitted expiries right before and after one."""
    before = max((day for day in curves if day < expiry), default=None)
    after = min((day for day in curves if day > expiry), default=None)
    return (curves[before] if before else None), (curves[after] if after else None)


def _smile_quality(rows: _Rows, curves: Mapping[dt.date, SmileCurve], expiry: dt.date) -> SmileFit:
    curve, quotes = curves[expiry], rows.quotes
    before, _ = _neighbors(curves, expiry)
    grid = check_points(quotes, before)
    variance = curve.variance_terms(grid)[0]
    vol = np.sqrt(curve.variance_terms(quotes.k)[0] / curve.years)
    inside, missed = (vol >= rows.bid) & (vol <= rows.ask), (vol - quotes.mid)[rows.liquid]
    rise = float("nan") if before is None else float((variance / before.variance_terms(grid)[0]).min() - 1)
    some = bool(rows.liquid.any())
    return SmileFit(
        expiry=expiry,
        quotes=rows.count,
        liquid=int(rows.liquid.sum()),
        inside=float(inside[rows.liquid].mean()) if some else float("nan"),
        error=float(np.sqrt(np.mean(missed**2))) if some else float("nan"),
        least_butterfly=float(curve.butterfly(grid).min()),
        least_calendar=rise,
    )


class Vols(Protocol):
    """A smile: see `riskcalc.chains.Smile.vol`."""

    def vol(self, strike: ArrayLike, *, expiry: dt.date, spot: ArrayLike, sticky: Sticky) -> Floats:
        """Volatility at strikes once the spot has moved."""

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float, sticky: Sticky) -> SmileAt:
        """Volatility at strikes, its slope, and the forward's growth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StickySmile:
    """A fitted smile under one rule: a `Quote.smile`, by which plans and stresses reprice.

    A leg keeps the distance of its own vol from the smile, so that at the starting spot it is worth what it
    was entered at.

    References
    ----------
    E. Derman, "Regimes of Volatility", Goldman Sachs Quantitative Strategies Research Notes, April 1999: the
    sticky-strike and sticky-moneyness ("sticky delta") rules.
    """

    smile: Vols
    rule: Sticky
    shift: float = 0.0
    """Added to all vols since the quotes, as by a trader who tunes them: 0.01 is a point."""

    def change(self, strike: ArrayLike, *, expiry: dt.date, start: float, spot: ArrayLike) -> Floats:
        """Change of the vol at strikes when the spot moves.

        Parameters
        ----------
        strike : array_like
            [dollars], > 0.
        expiry : date
            An expiry with a curve.
        start : float
            Spot at which a leg has its own vol [dollars].
        spot : array_like
            Where the spot goes [dollars], >= 0; broadcasts against the strikes.

        Returns
        -------
        ndarray
            Per sqrt(year), of the broadcast shape; 0 under the sticky-strike rule.

        Raises
        ------
        ChainError
            The expiry has no smile.
        """
        moved_spot = np.maximum(np.asarray(spot, dtype=np.float64), LEAST_SPOT * start)
        before, after = (
            self.smile.vol(strike, expiry=expiry, spot=level, sticky=self.rule)
            for level in (start, moved_spot)
        )
        change: Floats = after - before
        return change

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float) -> SmileAt:
        """Vols at strikes with the spot at `spot`, how they slope there, and the forward's growth.

        Raises
        ------
        ChainError
            The expiry has no smile.
        """
        smile_at = self.smile.at(strike, expiry=expiry, spot=spot, sticky=self.rule)
        return smile_at._replace(vol=np.maximum(smile_at.vol + self.shift, 0.0))

    def shifted(self, change: float) -> StickySmile:
        """Return the smile with all vols changed by as much: 0.01 is a point; none falls below 0."""
        return dataclasses.replace(self, shift=self.shift + change)


@to_plain.register
def _(value: StickySmile) -> str:
    return f"sticky {value.rule}"

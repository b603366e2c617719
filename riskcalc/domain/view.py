"""View of the trader: drift and vol behind probabilities and expected P&L, never behind a price."""

from __future__ import annotations

from enum import StrEnum

from riskcalc.domain.validation import drift, multiple, volatility
from riskcalc.records import dataclass


class ProbabilityBasis(StrEnum):
    """Distribution that probabilities at expiry come from."""

    SMILE = "smile"
    """The slope of option prices in the strike, on the smile fitted to the quotes."""
    ONE_VOL = "one vol"
    """A lognormal distribution at one volatility: the quote's, or the view's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Drift and volatility assumed for probabilities.

    Examples
    --------
    >>> View.neutral().name
    'neutral (risk-neutral drift, implied vol)'
    >>> View(drift=0.12).name
    'drift +12.0% per year, implied vol'
    """

    drift: float | None = None
    """Expected growth of the spot, continuous, per year; None is the risk-neutral drift."""
    vol: float | None = None
    """Volatility that will be realized, per sqrt(year), >= 0; None is the quote's implied volatility."""
    k: float | None = None
    """Realized over implied volatility, > 0, for a calibrated view without a `vol`; None is 1."""

    def __post_init__(self) -> None:
        """Check every field."""
        if self.k is not None:
            multiple("view k", self.k)
        if self.drift is not None:
            drift("view drift", self.drift)
        if self.vol is not None:
            volatility("view vol", self.vol)

    @classmethod
    def neutral(cls) -> View:
        """Return the view of the market's own prices."""
        return cls()

    @property
    def name(self) -> str:
        """Description of the view, shown beside every probability."""
        if self == View():
            return "neutral (risk-neutral drift, implied vol)"
        drift = "risk-neutral drift" if self.drift is None else f"drift {self.drift:+.1%} per year"
        return f"{drift}, {self._vol_name}"

    @property
    def _vol_name(self) -> str:
        if self.vol is not None:
            return f"vol {self.vol:.1%}"
        return "implied vol" if self.k is None else f"calibrated vol: {self.k:.2f} x implied"

    @property
    def implied(self) -> bool:
        """Whether the volatility is the market's own, so that the smile holds."""
        return self.vol is None and self.k is None

    def drift_from(self, neutral: float) -> float:
        """Return the drift of the spot [per year, continuous]: the view's, else the risk-neutral one."""
        return neutral if self.drift is None else self.drift

    def vol_from(self, implied: float) -> float:
        """Return the volatility of the spot [per sqrt(year)]: the view's, else from the implied one."""
        if self.vol is not None:
            return self.vol
        return implied if self.k is None else self.k * implied

    def calibrated(self, k: float) -> View:
        """Return the view with k times the implied volatility, > 0, in place of its own."""
        return View(drift=self.drift, k=k)

    def levered(self, times: float, *, rate: float, rate_of_other: float) -> View:
        """Return the same view for another underlying with a multiple of the returns.

        Parameters
        ----------
        times : float
            Its daily return over that of the underlying the view is of.
        rate, rate_of_other : float
            Risk-free rates of both [per year, continuous]: the drift above them is multiplied.
        """
        return View(
            drift=None if self.drift is None else rate_of_other + times * (self.drift - rate),
            vol=None if self.vol is None else abs(times) * self.vol,
            k=self.k,
        )

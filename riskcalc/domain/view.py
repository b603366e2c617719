"""View of the trader: drift and vol behind probabilities and expected P&L, never behind a price."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from riskcalc.domain.validation import drift, volatility


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

    def __post_init__(self) -> None:
        """Check every field."""
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
        """The view in words, to stand beside every probability."""
        if self == View():
            return "neutral (risk-neutral drift, implied vol)"
        drift = "risk-neutral drift" if self.drift is None else f"drift {self.drift:+.1%} per year"
        vol = "implied vol" if self.vol is None else f"vol {self.vol:.1%}"
        return f"{drift}, {vol}"

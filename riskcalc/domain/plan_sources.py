"""Where the figures of a plan come from, and the day the plan is made for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from enum import StrEnum
from typing import Any, Self

from riskcalc.domain.serialization import to_plain
from riskcalc.records import dataclass


class Source(StrEnum):
    """Where a figure comes from."""

    SET = "set"
    """Typed with the plan: ``--set``, or a field of the screen."""
    CHAIN = "chain"
    LIVE = "live"
    MARKET_FILE = "market.toml"
    ACCOUNT_FILE = "account.toml"
    PRESET = "preset"
    SAMPLE = "sample"
    """A shipped preset, or the account of one who has named none: made up to show the arithmetic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSources:
    """Source of the market's and the account's main figures; None where it is not known.

    Examples
    --------
    >>> PlanSources(spot=Source.SET, date=Source.SAMPLE, vol=Source.SAMPLE).is_sample
    True
    """

    spot: Source | None = None
    date: Source | None = None
    vol: Source | None = None
    """Of the underlying's implied volatility."""
    equity: Source | None = None
    vol_date: dt.date | None = None
    """Day of the implied volatility, where that is not the market's."""
    today: dt.date | None = None
    """Day the plan is made for; None makes no check of the market's age."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data without the day of the plan."""
        return {key: value for key, value in to_plain(self).items() if key != "today" and value is not None}

    @property
    def is_sample(self) -> bool:
        """Whether the price, or its day, is a shipped sample's."""
        return Source.SAMPLE in (self.spot, self.date)

    def quoted(self, source: Source, *, spot: bool = True) -> Self:
        """Return the sources of a market whose day and volatility come from quotes, and mostly its spot."""
        return replace(self, date=source, vol=source, vol_date=None, spot=source if spot else self.spot)

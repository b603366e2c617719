"""Rows of a quote file as typed columns, before cleaning."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from riskcalc.chains.array_types import Codes, Days, Flags, Floats, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRows:
    """Rows that a reader finds in a file, one per quote, arrays of shape (n,); NaN, NaT, "" are missing."""

    symbol: Texts
    """Underlying of each row."""
    standard: Flags
    """Whether the contract delivers 100 shares of it."""
    expiry: Days
    """datetime64[D]"""
    strike: Floats
    option_type: Codes
    bid: Floats
    ask: Floats
    last: Floats
    open_interest: Floats
    volume: Floats
    quoted_vol: Floats
    """Per sqrt(year): 0.2 is 20 %."""
    quoted_delta: Floats
    quoted_gamma: Floats
    quoted_theta_per_day: Floats
    quoted_vega_per_point: Floats
    spot: Floats
    """Price of the underlying beside each quote."""
    quote_time: Days
    """Time of each quote in New York, datetime64[s]."""
    trade_time: Days
    """Time of each option's last trade in New York, datetime64[s]; dates the file when no quote time does."""
    place: npt.NDArray[np.int64]
    """Number of each row in the file, for messages."""
    file: npt.NDArray[np.int32]
    """Which of `place_texts` each row is said with."""
    place_texts: tuple[str, ...]
    """How those numbers are said: ``line {}``; one for each table that the rows are from."""
    spot_field: str
    """What the file calls the spot, for messages."""
    time_fields: str
    """What the file calls the two times, for messages."""
    rate: float | None = None
    """Interest rate that the file states, per year."""
    strike_units: tuple[float, ...] = (1.0,)
    """Dollars that a unit of the strikes may be; the prices tell which, the first where they do not."""

    def place_of(self, row: int) -> str:
        """Return where a row stands in its file, in words."""
        text: str = self.place_texts[int(self.file[row])]
        return text.format(self.place[row])


WORDS = {"place_texts", "spot_field", "time_fields", "rate", "strike_units"}
COLUMNS = tuple(f.name for f in dataclasses.fields(QuoteRows) if f.name not in WORDS)


def concatenate_rows(parts: Sequence[QuoteRows]) -> QuoteRows:
    """Return the rows of several tables as one; single values are those of the first."""
    first = parts[0]
    if len(parts) == 1:
        return first
    starts = np.cumsum([0, *(len(part.place_texts) for part in parts[:-1])])
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS
    }
    columns["file"] = np.concatenate([part.file + start for part, start in zip(parts, starts, strict=True)])
    texts = tuple(text for part in parts for text in part.place_texts)
    rates = [part.rate for part in parts if part.rate is not None]
    return dataclasses.replace(first, **columns, place_texts=texts, rate=rates[0] if rates else None)

"""Whether quote files are parts of one chain: of one underlying and day, without an option in common."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from riskcalc.chains.clean import QuoteRows, session_of
from riskcalc.errors import ChainError

Option = tuple[np.datetime64, float, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPart:
    """What a file holds: of which underlying and day, and which options."""

    symbol: str = ""
    """Empty where the file names none."""
    day: dt.date | None = None
    options: frozenset[Option] = frozenset()

    def completes(self, other: ChainPart) -> bool:
        """Whether two are parts of one chain."""
        same = self.symbol == other.symbol and self.day == other.day and bool(self.symbol)
        return same and bool(self.options) and not self.options & other.options

    def joined(self, other: ChainPart) -> ChainPart:
        """Both as one."""
        return ChainPart(symbol=self.symbol, day=self.day, options=self.options | other.options)


def chain_part(rows: QuoteRows) -> ChainPart:
    """What the rows of a file are of; of no symbol where they are of several."""
    symbols = np.unique(rows.symbol[rows.standard])
    try:
        day = session_of(rows)
    except ChainError:
        day = None
    options = zip(rows.expiry.tolist(), rows.strike.tolist(), rows.option_type.tolist(), strict=True)
    symbol = str(symbols[0]) if len(symbols) == 1 else ""
    return ChainPart(symbol=symbol, day=day, options=frozenset(options))

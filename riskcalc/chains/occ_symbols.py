"""OCC option symbols: ``IWM260918C00295000`` is IWM, 2026-09-18, call, 295."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.domain import OptionType
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from riskcalc.pricing.arrays import Codes, Days, Flags, Floats, Texts

HEAD = re.compile(r"(?P<root>[A-Z.^]{1,6}[0-9]?) *(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
"""Pattern of root and expiry."""
TAIL = re.compile(r"(?P<kind>[CP])(?P<strike>[0-9]{8})")
"""Pattern of type and strike."""
TAIL_LENGTH = 9
OTHER_FORMS = re.compile(
    r"(?:O:|OPRA:|\.)?(?P<root>[A-Z.^]{1,6}?[0-9]?)[-_ ]*"
    r"(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<kind>[CP])(?:(?P<mils>[0-9]{8})|(?P<dollars>[0-9]{1,6}(?:\.[0-9]+)?))"
)
"""Polygon's ``O:``, E*TRADE's dashes, dxFeed's ``.IWM260918C270``, OptionMetrics' ``IWM 260918C270000``."""
DOLLAR_MARKS = frozenset("._ ")
"""Characters that mark a symbol with a strike of less than eight digits."""
MONTH_FIRST = re.compile(
    r"(?P<root>[A-Z.^]{1,6}[0-9]?)_(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<year>[0-9]{2})"
    r"(?P<kind>[CP])(?P<dollars>[0-9]{1,6}(?:\.[0-9]+)?)"
)
"""TD Ameritrade's ``IWM_091826C270``."""
FAST = re.compile(r"[A-Z.^]{1,6}[0-9]? *[0-9]{6}[CP][0-9]{8}")
REMEMBERED = 2**15
"""Maximum cached parts: more than a chain has, bounded for columns of other content."""


class OccOption(NamedTuple):
    """The parts of an OCC symbol."""

    root: str
    expiry: dt.date
    option_type: OptionType
    strike: float
    """[dollars]"""

    @property
    def standard(self) -> bool:
        """Whether a contract delivers 100 shares; a digit after the root marks one that does not."""
        return not self.root[-1].isdigit()

    @property
    def symbol(self) -> str:
        """Symbol of the underlying: the root without that digit."""
        return self.root.rstrip("0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class OccColumns:
    """The parts of many OCC symbols, arrays of shape (n,)."""

    symbol: Texts
    standard: Flags
    expiry: Days
    """datetime64[D]; NaT where the symbol is invalid."""
    option_type: Codes
    strike: Floats
    """[dollars]; NaN where the symbol is invalid."""

    @property
    def valid(self) -> Flags:
        """Which are OCC symbols."""
        return ~np.isnan(self.strike)


def parse_occ(symbol: str) -> OccOption:
    """Parse an OCC symbol.

    Parameters
    ----------
    symbol : str
        With or without the blanks that pad the root to six places.

    Raises
    ------
    ValueError
        It is no OCC symbol, or its expiry no date.

    Examples
    --------
    >>> option = parse_occ("IWM   260918C00295000")
    >>> option.root, option.expiry.isoformat(), option.option_type.name, option.strike
    ('IWM', '2026-09-18', 'CALL', 295.0)
    """
    symbol = occ_form(symbol)
    root, expiry = _head(symbol[:-TAIL_LENGTH])
    option_type, strike = _tail(symbol[-TAIL_LENGTH:])
    if root is None or expiry is None or np.isnan(strike):
        raise ValueError(f"{symbol!r} is not an OCC option symbol")
    return OccOption(root=root, expiry=expiry, option_type=option_type, strike=strike)


def parse_occ_columns(symbols: Sequence[str]) -> OccColumns:
    """Parse many OCC symbols; others are marked as not `OccColumns.valid`.

    Roots with expiries, and types with strikes, repeat all over a chain: each is read once.
    """
    symbols = [occ_form(symbol) for symbol in symbols]
    heads = [_head(symbol[:-TAIL_LENGTH]) for symbol in symbols]
    tails = [_tail(symbol[-TAIL_LENGTH:]) for symbol in symbols]
    roots = [root or "" for root, _ in heads]
    expiry = np.array([day for _, day in heads], dtype="datetime64[D]")
    strike = np.array([strike for _, strike in tails], dtype=np.float64)
    standard = {root: not root[-1:].isdigit() for root in set(roots)}
    symbol = {root: root.rstrip("0123456789") for root in set(roots)}
    return OccColumns(
        symbol=np.array([symbol[root] for root in roots], dtype=np.str_),
        standard=np.array([standard[root] for root in roots], dtype=np.bool_),
        expiry=expiry,
        option_type=np.array([kind for kind, _ in tails], dtype=np.int8),
        strike=np.where(np.isnat(expiry), np.nan, strike),
    )


def is_occ(text: str) -> bool:
    """Whether a text is an option's symbol, in any form that is known."""
    text = occ_form(text)
    return _head(text[:-TAIL_LENGTH])[0] is not None and not np.isnan(_tail(text[-TAIL_LENGTH:])[1])


def occ_root(text: str) -> str:
    """Root of an option symbol in any form; empty for other text."""
    return _head(occ_form(text)[:-TAIL_LENGTH])[0] or ""


def occ_form(symbol: str) -> str:
    """Return an option symbol in the OCC's form; other text is returned unchanged.

    Examples
    --------
    >>> [occ_form(one) for one in ("O:IWM260918C00270000", ".IWM260918C270", "COP---220520C00097000")]
    ['IWM260918C00270000', 'IWM260918C00270000', 'COP220520C00097000']
    """
    symbol = symbol.strip()
    if FAST.fullmatch(symbol):
        return symbol
    text = symbol.upper()
    match = OTHER_FORMS.fullmatch(text) or MONTH_FIRST.fullmatch(text)
    if match is None:
        return symbol
    parts = match.groupdict()
    mils = parts.get("mils") or ""
    if not mils and not DOLLAR_MARKS & set(text):
        return symbol
    if not mils:
        # OptionMetrics writes thousandths behind a blank, all others dollars.
        unit = 1 if " " in text and "." not in parts["dollars"] else 1000
        mils = f"{round(float(parts['dollars']) * unit):08d}"
    return f"{parts['root']}{parts['year']}{parts['month']}{parts['day']}{parts['kind']}{mils}"


@lru_cache(maxsize=REMEMBERED)
def _head(text: str) -> tuple[str | None, dt.date | None]:
    parts = HEAD.fullmatch(text)
    if parts is None:
        return None, None
    try:
        return parts["root"], dt.date(2000 + int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except ValueError:
        return None, None


@lru_cache(maxsize=REMEMBERED)
def _tail(text: str) -> tuple[OptionType, float]:
    parts = TAIL.fullmatch(text)
    if parts is None:
        return OptionType.CALL, np.nan
    return OptionType.CALL if parts["kind"] == "C" else OptionType.PUT, int(parts["strike"]) / 1000

"""OCC option symbols: ``IWM260918C00295000`` is IWM, 2026-09-18, call, 295."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from riskcalc.domain import OptionType

PATTERN = re.compile(
    r"(?P<root>[A-Z.^]{1,6}[0-9]?) *"
    r"(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<kind>[CP])(?P<strike>[0-9]{8})"
)


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


def parse_occ(symbol: str) -> OccOption:
    """Take an OCC symbol apart.

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
    parts = PATTERN.fullmatch(symbol.strip())
    if parts is None:
        raise ValueError(f"{symbol!r} is not an OCC option symbol")
    return OccOption(
        root=parts["root"],
        expiry=dt.date(2000 + int(parts["year"]), int(parts["month"]), int(parts["day"])),
        option_type=OptionType.CALL if parts["kind"] == "C" else OptionType.PUT,
        strike=int(parts["strike"]) / 1000,
    )

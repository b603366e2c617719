"""Names of the series that files of signals contain, for rules on series that are not filed yet."""

from __future__ import annotations

from collections.abc import Mapping

from riskcalc.signals.rules import BOOK_UNITS
from riskcalc.signals.series import Series

KNOWN_FRED = frozenset(
    "DGS1MO DGS3MO DGS6MO DGS1 DGS2 DGS3 DGS5 DGS7 DGS10 DGS20 DGS30 T10Y2Y T10Y3M T10YIE DFF SOFR SP500 "  # noqa: SIM905
    "VIXCLS RVXCLS BAMLH0A0HYM2 BAMLC0A0CM BAMLH0A1HYBB BAMLH0A2HYB BAMLH0A3HYC NASDAQCOM DTWEXBGS".split()
)
"""Series that a rule may name before their file is there."""
COLUMNS_OF_SYMBOLS = (
    "close volume put_call_volume put_call_open_interest shares_outstanding nav".split()  # noqa: SIM905
)
SECTOR = "sector "
"""Start of the names of a fund's sector weights, after its symbol and a point."""


def is_known_series(name: str, known: Mapping[str, Series]) -> bool:
    """Whether a rule may name a series: it is stored, or of a kind that files contain."""
    owner, _, column = name.partition(".")
    if name in known or name in KNOWN_FRED or name == "typed" or name in BOOK_UNITS:
        return True
    return bool(owner) and column in COLUMNS_OF_SYMBOLS

"""Known funds, indices and pairs, and their fixed properties."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskcalc.domain.sessions import is_third_friday
from riskcalc.domain.validation import (
    brief_repr,
    finite,
    finite_each,
    flag,
    one_of,
    open_fraction,
    price,
    text,
    whole_count,
    yearly,
)
from riskcalc.errors import InvalidInputError


class ExerciseStyle(StrEnum):
    """When the holder of an option may exercise it."""

    AMERICAN = "american"
    EUROPEAN = "european"


class Settlement(StrEnum):
    """Settlement time of an option on its expiry date."""

    PM = "pm"
    """At the close: 16:00 New York, on half days 13:00."""
    AM = "am"
    """At the open, 9:30 New York; the option last trades on the session before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A fund or index that shares and options are written on, or a pair of funds in equal dollars.

    Examples
    --------
    >>> Instrument(symbol="SPXL", leverage=3, benchmark="SPY").option_multiplier
    100
    """

    symbol: str
    leverage: float = 1.0
    """Daily return as a multiple of the benchmark's: 1, 3 or -3."""
    fee: float = 0.0
    """Expense ratio of a leveraged fund, a fraction a year."""
    benchmark: str = ""
    """Symbol whose daily return is multiplied; empty when it is the instrument's own."""
    exercise: ExerciseStyle = ExerciseStyle.AMERICAN
    option_multiplier: int = 100
    """Shares (or dollars per index point) one option contract stands for."""
    strike_step: float = 1.0
    """Distance of listed strikes near the money [dollars]."""
    broad_based: bool = True
    """Whether it follows a broad index, which lowers the margin of a short option."""
    gap_shocks: tuple[float, ...] = ()
    """Least adverse overnight moves to price beside a size, fractions in (0, 1); see `usual_gap_shocks`."""
    tradable_shares: bool = True
    """False for an index, which has options but no shares."""
    monthly_settlement: Settlement | None = None
    """Of the options of the third Friday; None takes what is usual for the symbol: see `settlement`."""
    against: str = ""
    """Symbol of the fund that is sold in equal dollars when this one is bought; empty for an outright."""

    def __post_init__(self) -> None:
        """Check every field."""
        for name in ("symbol", "benchmark", "against"):
            text(name, getattr(self, name))
        for name in ("broad_based", "tradable_shares"):
            flag(name, getattr(self, name))
        object.__setattr__(self, "exercise", one_of("exercise", ExerciseStyle, self.exercise))
        object.__setattr__(self, "gap_shocks", finite_each("gap_shocks", self.gap_shocks))
        yearly("fee", self.fee)
        if not self.symbol:
            raise InvalidInputError("symbol must not be empty")
        if self.against and not self.symbol.endswith(f"/{self.against}"):
            raise InvalidInputError(f"symbol of a pair must end in /{self.against}, got {self.symbol!r}")
        if finite("leverage", self.leverage) == 0:
            raise InvalidInputError("leverage must not be 0")
        whole_count("option_multiplier", self.option_multiplier)
        price("strike_step", self.strike_step)
        for shock in self.gap_shocks:
            open_fraction("gap_shocks", shock)

    @property
    def held(self) -> str:
        """Symbol of the fund that is bought when this is: its own, or the first of a pair."""
        return self.symbol.removesuffix(f"/{self.against}") if self.against else self.symbol

    @property
    def quoted(self) -> tuple[str, ...]:
        """Symbols whose quotes a trade in it needs: its own, and those of a pair's funds."""
        return (self.symbol, self.held, self.against) if self.against else (self.symbol,)

    def settlement(self, expiry: date) -> Settlement:
        """At what moment the options of an expiry end: see `settlement`.

        Examples
        --------
        >>> rut = INSTRUMENTS["RUT"]
        >>> str(rut.settlement(date(2026, 9, 18))), str(rut.settlement(date(2026, 9, 25)))
        ('am', 'pm')
        """
        if self.monthly_settlement is None:
            return settlement(self.symbol, expiry)
        return self.monthly_settlement if is_third_friday(expiry) else Settlement.PM

    @property
    def leverage_factor(self) -> float:
        """Absolute leverage, which scales margin and gap rules."""
        return abs(self.leverage)


INSTRUMENTS = {
    listed.symbol: listed
    for listed in (
        Instrument(symbol="IWM"),
        Instrument(symbol="TNA", leverage=3, benchmark="IWM", fee=0.0095, gap_shocks=(0.15, 0.25)),
        Instrument(
            symbol="TZA", leverage=-3, benchmark="IWM", fee=0.0095, gap_shocks=(0.15, 0.25), strike_step=0.5
        ),
        Instrument(symbol="SPY"),
        Instrument(symbol="IWM/SPY", against="SPY"),
        Instrument(symbol="RUT", exercise=ExerciseStyle.EUROPEAN, strike_step=5, tradable_shares=False),
    )
}
"""The instruments known by symbol; pass an `Instrument` of your own for any other."""


EUROPEAN_ROOTS = frozenset(
    {"DJX", "MRUT", "NDX", "NDXP", "RUT", "RUTW", "SPX", "SPXW", "VIX", "VIXW", "XEO", "XND", "XSP"}
)
"""Option symbols of indices that are exercised at the expiry only, weekly options included."""


INDEX_MARKS = re.compile(r"(?:I:|[$^._])(?P<marked>[A-Z]{2,5})(?:\.X[A-Z]?)?|(?P<dotted>[A-Z]{2,5})\.X")
"""Marks of an index: ``^RUT``, ``$RUT``, ``$RUT.X``, ``.RUT``, ``_RUT``, ``I:SPX``, ``RUT.X``."""
INDEX_NAMES = {"GSPC": "SPX", "INX": "SPX"}
"""Other names of an index: Yahoo's and Google's of the S&P 500."""


def underlying_symbol(text: str) -> str:
    """Symbol of an underlying in capitals, without the marks that vendors put around that of an index.

    Examples
    --------
    >>> [underlying_symbol(text) for text in ("^RUT", "I:SPX", "rut.x", "^GSPC", "BRK.B")]
    ['RUT', 'SPX', 'RUT', 'SPX', 'BRK.B']
    """
    symbol = text.strip().upper()
    match = INDEX_MARKS.fullmatch(symbol)
    bare = (match["marked"] or match["dotted"]) if match else symbol
    return INDEX_NAMES.get(bare, bare) if match else symbol


AM_SETTLED_MONTHLIES = frozenset({"DJX", "NDX", "RUT", "SPX"})
"""Indices whose standard monthly options are settled at the open; weekly ones, RUTW and SPXW, are not."""


def settlement(symbol: str, expiry: date) -> Settlement:
    """At what moment options of a symbol end: at the close, but for the monthly ones of some indices.

    Examples
    --------
    >>> [str(settlement(symbol, date(2026, 9, 18))) for symbol in ("RUT", "RUTW", "IWM")]
    ['am', 'pm', 'pm']
    """
    monthly = underlying_symbol(symbol) in AM_SETTLED_MONTHLIES and is_third_friday(expiry)
    return Settlement.AM if monthly else Settlement.PM


def exercise_style(symbol: str) -> ExerciseStyle:
    """When options of a symbol may be exercised, whether or not it is an instrument that can be traded here.

    Examples
    --------
    >>> str(exercise_style("SPXW")), str(exercise_style("SPXL")), str(exercise_style("^RUT"))
    ('european', 'american', 'european')
    """
    known = underlying_symbol(text("symbol", symbol)) in EUROPEAN_ROOTS
    return ExerciseStyle.EUROPEAN if known else ExerciseStyle.AMERICAN


def instrument(symbol: str | Instrument) -> Instrument:
    """Look up an instrument by its symbol; an `Instrument` is passed through.

    Raises
    ------
    InvalidInputError
        No instrument of that symbol is known.
    """
    if isinstance(symbol, Instrument):
        return symbol
    if not isinstance(symbol, str):
        raise InvalidInputError(f"symbol must be text or an Instrument, got {brief_repr(symbol)}")
    known = INSTRUMENTS.get(underlying_symbol(symbol))
    if known is None:
        near = difflib.get_close_matches(symbol.upper(), INSTRUMENTS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InvalidInputError(f"symbol must be one of {', '.join(INSTRUMENTS)}, got {symbol!r}{hint}")
    return known

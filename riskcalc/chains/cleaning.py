"""Cleaning of rows into a chain: rows that do not belong are dropped and counted."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from riskcalc.chains.chain import Chain, option_order, same_as_next
from riskcalc.chains.quote_rows import COLUMNS, DropReason, QuoteRows
from riskcalc.chains.sanity import checked_spot, in_dollars
from riskcalc.domain import ExerciseStyle, Instrument, InstrumentTable, OptionType, underlying_symbol
from riskcalc.domain import instrument as instrument_of
from riskcalc.domain.sessions import last_session_on_or_before
from riskcalc.domain.validation import calendar_date, price
from riskcalc.errors import ChainError
from riskcalc.pricing.arrays import AnyArray, Codes, Days, Flags, Floats, Texts

KEPT = 0
"""Beside the codes of `DropReason`."""
SAME_SPOT = 1e-6
"""Relative tolerance of equal spots."""
SHOWN_CLASHES = 5
MANY_DAYS = 4
"""A day with a fourth of the quotes of the fullest is a day of a history, not some stale quotes."""


VALUES = ("bid", "ask", "last", "open_interest", "volume", "quoted_vol", "spot")
"""Columns in which two rows of one option must agree."""


def clean_chain(
    rows: QuoteRows,
    *,
    symbol: str | None = None,
    spot: float | None = None,
    date: dt.date | None = None,
    instruments: InstrumentTable | None = None,
) -> Chain:
    """Make a chain of the rows that belong to one underlying and one day.

    Left out, and counted in `Chain.dropped`: adjusted and mini contracts, other symbols and other days than
    the one asked for (the day of the latest quote when none is), options expired before that day, identical
    rows, and quotes followed by a later one of the same option. An expiry on a day without trading, as
    monthly ones were on Saturdays until 2015, is taken for the session before. A file stamped on a weekend or
    holiday holds the quotes of the session before, and so does one that is said to be of such a day.

    Parameters
    ----------
    rows : QuoteRows
        What a reader found.
    symbol, spot, date : optional
        Underlying, its price [dollars] and the day of the quotes, as in `read_chain`. A spot that varies over
        the file is taken at the latest quote.
    instruments : mapping, optional
        Instruments by symbol, as in `read_chain`.

    Raises
    ------
    ChainError
        The file does not say what is not given, mixes symbols, contradicts itself, or no quote is left.
    """
    rows = dataclasses.replace(rows, expiry=_sessions(rows.expiry))
    dropped = np.zeros(len(rows.strike), dtype=np.int8)
    dropped = _with_reason(dropped, ~rows.standard, DropReason.NONSTANDARD)
    symbol = _symbol(rows.symbol[dropped == KEPT]) if symbol is None else underlying_symbol(symbol)
    dropped = _with_reason(dropped, (rows.symbol != symbol) & (rows.symbol != ""), DropReason.OTHER_SYMBOL)
    _require_some(dropped, lambda: f"of {symbol}; it holds {_list_values(rows.symbol)}")
    quote_day = _sessions(rows.quote_time)
    chosen = date is None
    if date is None:
        date = session_of(_select(rows, dropped == KEPT))
    else:
        date = last_session_on_or_before(calendar_date("date", date))
    day = np.datetime64(date, "D")
    dropped = _with_reason(dropped, ~np.isnat(quote_day) & (quote_day != day), DropReason.OTHER_DAY)
    _require_some(dropped, lambda: f"of {day}; it holds {_list_values(quote_day)}")
    dropped = _with_reason(dropped, rows.expiry < day, DropReason.EXPIRED)
    _require_some(
        dropped, lambda: f"that has not expired by {day}; it holds expiries {_list_values(rows.expiry)}"
    )
    dropped = _drop_repeats(rows, dropped)
    notes = _other_days(quote_day, date) if chosen else ()
    listed = instrument_of(symbol, instruments=instruments)
    if listed.assumption:
        notes = (*notes, listed.assumption)
    return _chain(
        _select(rows, dropped == KEPT),
        symbol=symbol,
        instrument=listed,
        spot=spot,
        date=date,
        dropped=dropped,
        notes=notes,
    )


def _chain(
    rows: QuoteRows,
    *,
    symbol: str,
    instrument: Instrument,
    spot: float | None,
    date: dt.date,
    dropped: Codes,
    notes: tuple[str, ...],
) -> Chain:
    stated = price("spot", _spot(rows) if spot is None else spot)
    rows, pairs, scaled = in_dollars(rows, spot=stated, date=date)
    checked = checked_spot(
        stated,
        is_given=spot is not None,
        pairs=pairs,
        european=instrument.exercise is ExerciseStyle.EUROPEAN,
    )
    return Chain(
        symbol=symbol,
        instrument=instrument,
        date=date,
        spot=checked.spot,
        spot_implied=checked.implied,
        warnings=(*notes, *scaled, *checked.warnings),
        expiry=rows.expiry,
        strike=rows.strike,
        option_type=rows.option_type,
        bid=rows.bid,
        ask=rows.ask,
        last=rows.last,
        open_interest=rows.open_interest,
        volume=rows.volume,
        quoted_vol=rows.quoted_vol,
        quoted_delta=_possible_delta(rows),
        quoted_gamma=rows.quoted_gamma,
        quoted_theta_per_day=rows.quoted_theta_per_day,
        quoted_vega_per_point=rows.quoted_vega_per_point,
        rate=rows.rate,
        quote_time=_time(rows),
        dropped={why: count for why in DropReason if (count := int((dropped == why).sum()))},
    )


def _other_days(days: Days, day: dt.date) -> tuple[str, ...]:
    """Warning for a file that holds several whole days."""
    distinct, counts = np.unique(days[~np.isnat(days)], return_counts=True)
    if len(distinct) < 2 or np.median(counts) < counts.max() / MANY_DAYS:
        return ()
    warning = (
        f"holds {len(distinct)} days, {distinct[0]} to {distinct[-1]}: using the last, {day}; "
        "--date selects another"
    )
    return (warning,)


def _with_reason(dropped: Codes, rows: Flags, why: DropReason) -> Codes:
    return np.where((dropped == KEPT) & rows, np.int8(why), dropped)


def _select(rows: QuoteRows, selected: Flags | npt.NDArray[np.intp]) -> QuoteRows:
    if selected.dtype == np.bool_ and selected.all():
        return rows  # a copy of a million rows would double the memory
    columns = {name: getattr(rows, name)[selected] for name in COLUMNS}
    return dataclasses.replace(rows, **columns)


def _require_some(dropped: Codes, wanted: Callable[[], str]) -> None:
    if not (dropped == KEPT).any():
        raise ChainError(f"holds no quote {wanted()}")


def _list_values(values: AnyArray) -> str:
    """The first few distinct values, as text."""
    texts = [str(value) for value in np.unique(values) if str(value) not in {"", "NaT"}]
    return ", ".join(texts[:5]) + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")


def _symbol(symbols: Texts) -> str:
    distinct = np.unique(symbols)
    if not distinct.size:
        raise ChainError("holds only adjusted or mini contracts")
    if len(distinct) > 1:
        raise ChainError(f"mixes the symbols {_list_values(distinct)}; choose one")
    if not distinct[0]:
        raise ChainError("does not state its symbol; give the symbol")
    return str(distinct[0])


def session_of(rows: QuoteRows) -> dt.date:
    """Day of the latest quote, or else of the latest trade.

    Raises
    ------
    ChainError
        There is neither.
    """
    latest = _latest(rows.quote_time) or _latest(rows.trade_time)
    if latest is None:
        raise ChainError(f"does not state the date of its quotes ({rows.time_fields}); give the date")
    return last_session_on_or_before(latest.date())


def _sessions(times: Days) -> Days:
    """Session of each day: for one on a weekend or holiday, as downloads are stamped, the session before."""
    days, rows = np.unique(times.astype("datetime64[D]"), return_inverse=True)
    session_days = [day.item() for day in days]
    last = [last_session_on_or_before(day) if isinstance(day, dt.date) else None for day in session_days]
    sessions: Days = np.array(last, dtype="datetime64[D]")[rows]
    return sessions


def _possible_delta(rows: QuoteRows) -> Floats:
    """Quoted deltas without those that contradict the type: a call's is in [0, 1], a put's in [-1, 0]."""
    of_call = rows.option_type * rows.quoted_delta
    return np.where((of_call >= 0) & (of_call <= 1), rows.quoted_delta, np.nan)


def _time(rows: QuoteRows) -> dt.datetime | None:
    """Time of the latest quote; a stamp of midnight is a date without a time."""
    latest = _latest(rows.quote_time)
    return None if latest is None or latest.time() == dt.time.min else latest


def _latest(times: Days) -> dt.datetime | None:
    valid = times[~np.isnat(times)]
    return valid.max().item() if valid.size else None


def _spot(rows: QuoteRows) -> float:
    """The one spot of the rows, or that of the latest quotes when it moved while they were taken."""
    has_spot = rows.spot > 0
    if not has_spot.any():
        raise ChainError(f"does not state the price of the underlying ({rows.spot_field}); give the spot")
    if _are_one_spot(rows.spot[has_spot]):
        return _middle_spot(rows.spot[has_spot])
    latest_time = np.datetime64(_latest(rows.quote_time[has_spot]), "s")
    latest = rows.spot[has_spot & (rows.quote_time == latest_time)]
    if not (latest.size and _are_one_spot(latest)):
        low, high = rows.spot[has_spot].min(), rows.spot[has_spot].max()
        raise ChainError(
            f"has prices of the underlying from {low:g} to {high:g} ({rows.spot_field}) "
            "and no quote time to tell the latest; give the spot"
        )
    return _middle_spot(latest)


def _are_one_spot(spots: Floats) -> bool:
    return bool(spots.max() / (1 + SAME_SPOT) <= spots.min())


def _middle_spot(spots: Floats) -> float:
    """The middle one of nearly equal spots; unlike a mean, it cannot overflow."""
    return float(np.sort(spots)[spots.size // 2])


def _drop_repeats(rows: QuoteRows, dropped: Codes) -> Codes:
    """Keep the last quote of each option; two that differ at one time contradict each other."""
    selected = np.flatnonzero(dropped == KEPT)
    selected = selected[np.argsort(rows.quote_time[selected], kind="stable")]
    selected = selected[option_order(**_options(rows, selected))]
    again = same_as_next(**_options(rows, selected))
    if not again.any():
        return dropped
    ordered = _select(rows, selected)
    superseded = again & (ordered.quote_time[:-1] < ordered.quote_time[1:])
    identical = np.all([_repeats_next(getattr(ordered, name)) for name in VALUES], axis=0)
    clashing = np.flatnonzero(again & ~superseded & ~identical)
    if clashing.size:
        raise ChainError("\n".join(_clash_message(ordered, row) for row in clashing[:SHOWN_CLASHES].tolist()))
    result = dropped.copy()
    result[selected[:-1][superseded]] = DropReason.SUPERSEDED
    result[selected[:-1][again & ~superseded]] = DropReason.DUPLICATE
    return result


class OptionColumns(TypedDict):
    """What tells one option from another."""

    expiry: Days
    strike: Floats
    option_type: Codes


def _options(rows: QuoteRows, selected: npt.NDArray[np.intp]) -> OptionColumns:
    return {
        "expiry": rows.expiry[selected],
        "strike": rows.strike[selected],
        "option_type": rows.option_type[selected],
    }


def _repeats_next(column: Floats) -> Flags:
    """Whether each value is the next one again; missing equals missing."""
    same: Flags = (column[:-1] == column[1:]) | (np.isnan(column[:-1]) & np.isnan(column[1:]))
    return same


def _clash_message(rows: QuoteRows, row: int) -> str:
    kind = OptionType(int(rows.option_type[row])).name.lower()
    option = f"{kind} {rows.strike[row]:g} {rows.expiry[row]}"
    quotes = " and ".join(f"{rows.bid[i]:g}/{rows.ask[i]:g}" for i in (row, row + 1))
    both = " and ".join(rows.label_of(i) for i in (row, row + 1))
    return f"{both} disagree about {option} (bid/ask {quotes})"

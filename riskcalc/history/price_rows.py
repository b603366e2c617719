"""Rows of a price file to bars: sorted, one per session, with splits undone, and notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain.price_history import PriceBasis
from riskcalc.domain.sessions import is_session, why_closed
from riskcalc.errors import PriceFileError
from riskcalc.history.bars import PRICES, Bars, Days, Floats, ImpliedVols
from riskcalc.records import dataclass

SAME_PRICE = 1e-9
"""Relative difference below which two rows of one day are one."""

LEAST_COVERED = 0.8
"""Share of the sessions that daily bars must hold; weekly ones hold a fifth."""

SHOWN_DAYS = 3

PERCENT_VOL = 3.0
"""Median above which volatilities are in percent."""

TICKS = (0.0025, 1 / 64)
"""Raw prices lie on cents, those before a split on quarters of one, those before 2001 on 64ths."""

RATIOS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)
"""New shares for one old, or the reverse, of splits that a file may leave unsaid."""

LEAST_DIVIDEND = 5e-4
"""Share of the price that a dividend takes at least; an adjusted close in cents errs by less."""

DAY = np.timedelta64(1, "D")

LEAST_SPLIT = np.log(1.3)
OPEN_NEAR, CLOSE_NEAR = 0.07, 0.2
"""Distance in logs from a ratio within which an overnight move, and a day's, is that split."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceRows:
    """Rows as files have them; every array has shape (n,)."""

    symbol: str
    days: Days
    row_numbers: NDArray[np.int64]
    prices: Mapping[str, Floats]
    """``close`` alone, or with ``open``, ``high`` and ``low``; NaN where a row has none."""
    adjusted: Floats | None = None
    """Close with dividends and splits taken out."""
    dividend: Floats | None = None
    """Cash per share by ex-date, 0 on other days."""
    split: Floats | None = None
    """New shares for one old on that morning, 1 on others."""
    notes: list[str] = field(default_factory=list)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> PriceRows:
        """Select rows in the given order, with the same notes."""
        return dataclasses.replace(
            self,
            days=self.days[rows],
            row_numbers=self.row_numbers[rows],
            prices={name: values[rows] for name, values in self.prices.items()},
            adjusted=None if self.adjusted is None else self.adjusted[rows],
            dividend=None if self.dividend is None else self.dividend[rows],
            split=None if self.split is None else self.split[rows],
        )


def joined_rows(parts: Sequence[PriceRows]) -> PriceRows:
    """Rows of several files, one for each year say, as those of one.

    Raises
    ------
    PriceFileError
        The files name different symbols.
    """
    if len(parts) == 1:
        return parts[0]
    symbols = list(dict.fromkeys(part.symbol for part in parts if part.symbol))
    if len(symbols) > 1:
        raise PriceFileError(f"hold prices of different symbols: {', '.join(symbols)}")
    names = [name for name in PRICES if all(name in part.prices for part in parts)]
    return PriceRows(
        symbol=symbols[0] if symbols else "",
        days=np.concatenate([part.days for part in parts]),
        row_numbers=np.concatenate([part.row_numbers for part in parts]),
        prices={name: np.concatenate([part.prices[name] for part in parts]) for name in names},
        adjusted=_concatenated([part.adjusted for part in parts]),
        dividend=_concatenated([part.dividend for part in parts]),
        split=_concatenated([part.split for part in parts]),
        notes=[f"{len(parts)} files read as one history"],
    )


def clean_rows(rows: PriceRows) -> Bars:
    """Bars of the rows.

    Raises
    ------
    PriceFileError
        No row has a price, one day has two, or most sessions are missing.
    """
    rows = _on_sessions(_without_duplicates(_sorted(_priced(rows))))
    _note_missing(rows)
    basis, reason = _basis(rows)
    rows, factor = _without_splits(rows)
    close = rows.prices["close"]
    return Bars(
        symbol=rows.symbol,
        dates=rows.days,
        open=rows.prices.get("open", close),
        high=_widen_to_close(rows, "high", np.maximum),
        low=_widen_to_close(rows, "low", np.minimum),
        close=close,
        has_ranges="low" in rows.prices,
        dividends=_dividends(rows, basis),
        split_factor=factor,
        basis=basis,
        basis_reason=reason,
        notes=tuple(rows.notes),
    )


def clean_vols(rows: PriceRows, *, name: str) -> ImpliedVols:
    """Volatilities of the rows, as fractions: numbers whose median is above 3 are percent.

    Raises
    ------
    PriceFileError
        As `clean_rows` does.
    """
    rows = _without_duplicates(_sorted(_priced(rows)))
    values = rows.prices["close"]
    percent = bool(np.median(values) > PERCENT_VOL)
    return ImpliedVols(name=name, dates=rows.days, vol=values / 100 if percent else values)


def _concatenated(values: Sequence[Floats | None]) -> Floats | None:
    present = [value for value in values if value is not None]
    return np.concatenate(present) if len(present) == len(values) else None


def _priced(rows: PriceRows) -> PriceRows:
    """Without the rows that have no price."""
    finite = np.isfinite(rows.prices["close"])
    if not finite.any():
        raise PriceFileError("holds no price")
    if not finite.all():
        rows.notes.append(_count_note(int((~finite).sum()), "row", "without a price excluded"))
    return rows.take(finite)


def _sorted(rows: PriceRows) -> PriceRows:
    steps = np.diff(rows.days.astype(np.int64))
    if (steps >= 0).all():
        return rows
    newest_first = bool((steps <= 0).all())
    rows.notes.append("rows sorted: the file has the newest first" if newest_first else "rows sorted by date")
    # Reversed first, so that the sort leaves equal days in the order of a file that is oldest first.
    rows = rows.take(np.arange(len(rows.days))[::-1]) if newest_first else rows
    return rows.take(np.argsort(rows.days, kind="stable"))


def _without_duplicates(rows: PriceRows) -> PriceRows:
    """One row a day; two that differ are refused, since either could be right."""
    again, lines = np.flatnonzero(np.diff(rows.days.astype(np.int64)) == 0) + 1, rows.row_numbers
    for row in again.tolist():
        for name, values in rows.prices.items():
            earlier, other = values[row - 1], values[row]
            if abs(earlier - other) > SAME_PRICE * abs(earlier):
                raise PriceFileError(
                    f"has two prices for {rows.days[row]}: {name} {earlier:g} (line {lines[row - 1]}) "
                    f"and {other:g} (line {lines[row]}); one bar per day is needed"
                )
    if len(again):
        rows.notes.append(_count_note(len(again), "duplicate row", "left out"))
    return rows.take(np.delete(np.arange(len(rows.days)), again))


def _on_sessions(rows: PriceRows) -> PriceRows:
    """Without rows on weekends; holidays are looked for where a row repeats the one before."""
    weekend = ~np.is_busday(rows.days)
    close = rows.prices["close"]
    unchanged = np.concatenate([[False], np.diff(close) == 0]) & ~weekend
    for row in np.flatnonzero(unchanged).tolist():
        weekend[row] = not is_session(rows.days[row].item())
    if weekend.all():
        raise PriceFileError("holds no session of the New York Stock Exchange")
    if weekend.any():
        closed = [day.item() for day in rows.days[weekend]]
        shown = ", ".join(f"{day} ({why_closed(day)})" for day in closed[:SHOWN_DAYS])
        more = ", ..." if len(closed) > SHOWN_DAYS else ""
        rows.notes.append(
            _count_note(len(closed), "row", f"on days without a session excluded: {shown}{more}")
        )
    return rows.take(~weekend)


def _note_missing(rows: PriceRows) -> None:
    """Note the sessions without a row between the first and the last, and refuse bars that are not daily."""
    days = rows.days
    weekdays = int(np.busday_count(days[0], days[-1] + DAY))
    missing = _missing(days) if weekdays < 2 * len(days) else range(weekdays - len(days))
    share = len(days) / (len(days) + len(missing))
    if share < LEAST_COVERED:
        raise PriceFileError(
            f"holds {share:.0%} of the sessions from {days[0]} to {days[-1]}; daily bars are needed"
        )
    if len(missing):
        shown = ", ".join(map(str, missing[:SHOWN_DAYS])) + (", ..." if len(missing) > SHOWN_DAYS else "")
        rows.notes.append(_count_note(len(missing), "session", f"missing: {shown}"))


def _missing(days: Days) -> list[object]:
    """Sessions without a row; only absent weekdays are looked up."""
    every = np.arange(days[0], days[-1] + DAY, dtype="datetime64[D]")
    absent = np.setdiff1d(every[np.is_busday(every)], days)
    return [day for day in absent.tolist() if is_session(day)]


def _without_splits(rows: PriceRows) -> tuple[PriceRows, Floats]:
    """Prices in today's shares, and how many of them one share of each day has become.

    Splits that a file states are undone where its prices still show them.
    """
    ratios = np.ones(len(rows.days))
    has_splits = rows.split is not None and bool((rows.split != 1).any())
    if rows.split is not None:
        ratios = _shown_splits(rows.prices["close"], rows.split)
    if not has_splits:
        ratios = _unreported_splits(rows)
    for row in np.flatnonzero(ratios != 1).tolist():
        how = "" if has_splits else "; not in a column, but in the overnight change of the price"
        rows.notes.append(f"split {_ratio_text(float(ratios[row]))} of {rows.days[row]} undone{how}")
    factor = np.append(np.cumprod(ratios[::-1])[::-1][1:], 1.0)
    unsplit = dataclasses.replace(
        rows,
        prices={name: values / factor for name, values in rows.prices.items()},
        dividend=None if rows.dividend is None else rows.dividend / factor,
    )
    return unsplit, factor


def _dividends(rows: PriceRows, basis: PriceBasis) -> Floats | None:
    """Cash by ex-date in today's shares: from a column, else from the adjusted close."""
    if basis is PriceBasis.ADJUSTED:
        return None
    if rows.dividend is not None:
        return rows.dividend
    if rows.adjusted is None or not (rows.adjusted > 0).all():
        return None
    close = rows.prices["close"]
    ratio = rows.adjusted / close
    with np.errstate(over="ignore", divide="ignore"):  # of damaged files
        drops = np.concatenate([[0.0], 1 - ratio[:-1] / ratio[1:]])
    shares = np.where(drops > LEAST_DIVIDEND, drops, 0.0)
    paid: Floats = shares * np.concatenate([close[:1], close[:-1]])
    return paid


def _shown_splits(close: Floats, split: Floats) -> Floats:
    """The stated ratios, 1 where the close does not fall by them: such prices have them undone already."""
    moves = np.concatenate([[0.0], np.diff(np.log(close))])
    exact = np.where(split < 1, 1 / np.round(1 / split, 4), split)  # a third is written 0.333333
    return np.where(np.abs(moves + np.log(split)) < np.abs(moves), exact, 1.0)


def _unreported_splits(rows: PriceRows) -> Floats:
    """Ratios of overnight falls that only a split explains, judged by the adjusted close if there is one."""
    close = np.log(rows.prices["close"])
    ratios = np.ones(len(close))
    night = np.log(rows.prices.get("open", rows.prices["close"]))[1:] - close[:-1]
    day = np.diff(close)
    if rows.adjusted is not None and (rows.adjusted > 0).all():
        explained = np.diff(np.log(rows.adjusted))
        night, day = day - explained, day - explained
    for k in np.flatnonzero(np.abs(day) > LEAST_SPLIT).tolist():
        ratio = _nearest_ratio(float(night[k]))
        if max(abs(night[k] + np.log(ratio)) / OPEN_NEAR, abs(day[k] + np.log(ratio)) / CLOSE_NEAR) < 1:
            ratios[k + 1] = ratio
    return ratios


def _nearest_ratio(move: float) -> float:
    ratios = [*RATIOS, *(1 / ratio for ratio in RATIOS)]
    return min(ratios, key=lambda ratio: abs(move + float(np.log(ratio))))


def _ratio_text(ratio: float) -> str:
    """Text of a split: 2-for-1, or 1-for-5."""
    return f"{ratio:g}-for-1" if ratio >= 1 else f"1-for-{1 / ratio:.4g}"


def _widen_to_close(rows: PriceRows, name: str, bound: np.ufunc) -> Floats:
    """High or low with open and close inside, as a price between them was traded."""
    close = rows.prices["close"]
    if name not in rows.prices:
        return close
    values = rows.prices[name]
    wide: Floats = bound(values, bound(rows.prices["open"], close))
    off = int((np.abs(wide / values - 1) > SAME_PRICE).sum())
    if off:
        rows.notes.append(_count_note(off, "bar", f"with open or close beyond the {name}: widened"))
    return wide


def _basis(rows: PriceRows) -> tuple[PriceBasis, str]:
    """Whether dividends are taken out of the prices, and the evidence for it."""
    close = rows.prices["close"]
    if rows.adjusted is not None and (np.abs(rows.adjusted / close - 1) > 1e-6).any():
        return PriceBasis.RAW, "an adjusted close is in the file"
    share = _share_on_ticks(close[: max(len(close) // 2, 1)])
    if np.isnan(share):
        return PriceBasis.UNKNOWN, "prices too large to tell by their digits"
    if share > 0.8:
        return PriceBasis.RAW, "prices are whole cents"
    if share < 0.5:
        return PriceBasis.ADJUSTED, "prices are not whole cents: adjusted for dividends"
    return PriceBasis.UNKNOWN, f"only {share:.0%} of the older prices are whole cents"


def _share_on_ticks(close: Floats) -> float:
    """Share of the prices that lie on a tick, among those precise enough to tell; NaN if none is."""
    slack = 2e-7 * close + 2e-6  # vendors keep seven digits
    closes = close[slack < min(TICKS) / 10]
    if not len(closes):
        return float("nan")
    slack = 2e-7 * closes + 2e-6
    off = np.min([np.abs(closes / tick - np.round(closes / tick)) * tick for tick in TICKS], axis=0)
    return float((off < slack).mean())


def _count_note(number: int, noun: str, problem: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'} {problem}"

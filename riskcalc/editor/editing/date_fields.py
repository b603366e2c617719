"""Fields of dates and of the time of day."""

from __future__ import annotations

import datetime as dt
import reprlib
from collections.abc import Callable

from riskcalc.domain.sessions import OPEN, closing_time, is_session
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import NOT_KNOWN, Field
from riskcalc.errors import InvalidInputError
from riskcalc.presets.units_parsing import parse_time
from riskcalc.records import dataclass

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2200, 12, 31)
"""Range of dates in a preset file."""

SLIDER_DAYS = 45
"""Days on either side of the opening date that a slider spans."""

ONE_DAY = dt.timedelta(days=1)


AT_CLOSE = "close"
"""Text of the field without a time."""

STEP = 30
"""Step [minutes]."""

NEAR_DAYS = 7
"""Maximum DTE at which the time of day has a field."""


def _no_day(draft: Draft) -> dt.date | None:  # noqa: ARG001 - a bound that does not bind
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayField(Field):
    """Field of a date, which steps by trading days."""

    read: Callable[[Draft], dt.date | None]
    write: Callable[[Draft, dt.date], Draft]
    opened: Callable[[Draft], dt.date | None]
    """Middle of the slider."""
    after: Callable[[Draft], dt.date | None] = _no_day
    """Date before the first allowed one."""
    until: Callable[[Draft], dt.date | None] = _no_day
    """Last allowed date."""

    def text(self, draft: Draft) -> str:
        """Return the day as it stands in a file."""
        day = self.read(draft)
        return day.isoformat() if day else NOT_KNOWN

    def step(self, draft: Draft, count: int) -> Draft:
        """Step by trading days within the range and the limits of other fields."""
        day, stepped = self.read(draft), draft
        if day is None:
            return draft
        for _ in range(abs(count)):
            day = _session_beside(day, ONE_DAY if count > 0 else -ONE_DAY)
            if not self._allows(draft, day):
                break
            try:
                stepped = self.write(draft, day)
            except InvalidInputError:
                break
        return stepped

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed day, like 2026-09-18."""
        day = read_day(text)
        if day is None or not self._allows(draft, day):
            shown = reprlib.repr(text.strip())
            raise InvalidInputError(f"{self.title} must be a date {self._range(draft)}, got {shown}")
        return draft if day == self.read(draft) else self.write(draft, day)

    def incomplete(self, text: str) -> bool:
        """Whether the text may yet become a day."""
        return len(text.strip()) < len("2026-09-18") and not text.strip("0123456789- ")

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the day that another draft has."""
        day = self.read(source)
        return draft if day is None or day == self.read(draft) else self.write(draft, day)

    def position(self, draft: Draft) -> float:
        """Position of the date on the slider, from 0 to 1."""
        day, middle = self.read(draft), self.opened(draft)
        if day is None or middle is None:
            return 0.0
        return min(max(0.5 + (day - middle).days / (2 * SLIDER_DAYS), 0.0), 1.0)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the trading day nearest to a place on the slider; unchanged where it is not allowed."""
        middle = self.opened(draft)
        if middle is None:
            return draft
        days = round((min(max(position, 0.0), 1.0) - 0.5) * 2 * SLIDER_DAYS)
        day = middle + dt.timedelta(days=days)
        day = day if is_session(day) else _session_beside(day, ONE_DAY)
        if day == self.read(draft) or not self._allows(draft, day):
            return draft
        try:
            return self.write(draft, day)
        except InvalidInputError:
            return draft

    def _allows(self, draft: Draft, day: dt.date) -> bool:
        after, until = self.after(draft), self.until(draft)
        inside = FIRST_DAY <= day <= LAST_DAY
        return inside and (after is None or after < day) and (until is None or day <= until)

    def _range(self, draft: Draft) -> str:
        after, until = self.after(draft), self.until(draft)
        bounds = [f"after {after}"] if after else []
        bounds += [f"up to {until}"] if until else []
        return " and ".join(bounds) or f"from {FIRST_DAY.year} to {LAST_DAY.year}, like 2026-09-18"


def read_day(text: str) -> dt.date | None:
    """Read a typed day; None when it is none."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _session_beside(day: dt.date, step: dt.timedelta) -> dt.date:
    """The next trading day in a direction."""
    day += step
    while not is_session(day):
        day += step
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeField(Field):
    """Time of day in New York; it steps by half hours through the session, the last of them its close."""

    def text(self, draft: Draft) -> str:
        """Return hours and minutes, or that it is the close."""
        time = draft.market.time
        return AT_CLOSE if time is None else f"{time:%H:%M}"

    def step(self, draft: Draft, count: int) -> Draft:
        """Step by half hours between open and close."""
        times = _times(draft)
        now = draft.market.moment.time()
        if count > 0:
            ahead = [index for index, time in enumerate(times) if time > now]
            index = min(ahead[0] + count - 1, len(times) - 1) if ahead else len(times) - 1
        else:
            behind = [index for index, time in enumerate(times) if time < now]
            index = max(behind[-1] + count + 1, 0) if behind else 0
        return self._set(draft, times[index])

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed time like 10:30, or the close."""
        typed = text.strip().lower()
        if typed in ("", AT_CLOSE):
            return draft.with_market(time=None)
        return draft.with_market(time=parse_time(typed, field=self.title))

    def incomplete(self, text: str) -> bool:
        """Whether the text may yet become a time."""
        typed = text.strip().lower()
        number = len(typed) < len("10:30") and not typed.strip("0123456789:")
        return number or (typed != AT_CLOSE and AT_CLOSE.startswith(typed))

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the time that another draft has."""
        return draft.with_market(time=source.market.time)

    def position(self, draft: Draft) -> float:
        """Position of the time between open and close, from 0 to 1."""
        first, last = _minutes(OPEN), _minutes(closing_time(draft.market.date))
        return min(max((_minutes(draft.market.moment.time()) - first) / (last - first), 0.0), 1.0)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the half hour nearest to a place on the slider."""
        times = _times(draft)
        index = round(min(max(position, 0.0), 1.0) * (len(times) - 1))
        return self._set(draft, times[index])

    def _set(self, draft: Draft, time: dt.time) -> Draft:
        """Set a time; that of the close is none."""
        stated = None if time == closing_time(draft.market.date) else time
        return draft if stated == draft.market.time else draft.with_market(time=stated)


def counts(draft: Draft) -> bool:
    """Whether the time of day is worth a field: one is given, or an expiry is near."""
    expiry, market = draft.trade.expiry, draft.market
    return market.time is not None or (expiry is not None and (expiry - market.date).days <= NEAR_DAYS)


def _times(draft: Draft) -> list[dt.time]:
    """Half hours from the open to the close."""
    first, last = _minutes(OPEN), _minutes(closing_time(draft.market.date))
    return [dt.time(minute // 60, minute % 60) for minute in range(first, last + 1, STEP)]


def _minutes(time: dt.time) -> int:
    return 60 * time.hour + time.minute


TIME = TimeField(
    key="market.time",
    label="Time",
    help="Time of day in New York, like 10:30, or close; steps by half an hour",
    main=False,
)

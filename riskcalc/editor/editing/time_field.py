"""The field of the time of day, which counts once an expiry is near."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from riskcalc.domain.sessions import OPEN, closing_time
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import Field
from riskcalc.presets.units_parsing import parse_time

AT_CLOSE = "close"
"""What the field says where no time is given."""

STEP = 30
"""Minutes of a step."""

NEAR_DAYS = 7
"""Calendar days to the nearest expiry up to which the time of day is worth a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeField(Field):
    """Time of day in New York; it steps by half hours through the session, the last of them its close."""

    def text(self, draft: Draft) -> str:
        """Return hours and minutes, or that it is the close."""
        time = draft.market.time
        return AT_CLOSE if time is None else f"{time:%H:%M}"

    def step(self, draft: Draft, count: int) -> Draft:
        """Go some half hours on or back, from the open to the close."""
        times = _times(draft)
        now = draft.market.moment.time()
        if count > 0:
            ahead = [place for place, time in enumerate(times) if time > now]
            place = min(ahead[0] + count - 1, len(times) - 1) if ahead else len(times) - 1
        else:
            behind = [place for place, time in enumerate(times) if time < now]
            place = max(behind[-1] + count + 1, 0) if behind else 0
        return self._set(draft, times[place])

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed time like 10:30, or the close."""
        written = text.strip().lower()
        if written in ("", AT_CLOSE):
            return draft.with_market(time=None)
        return draft.with_market(time=parse_time(written, field=self.title))

    def incomplete(self, text: str) -> bool:
        """Whether the text may yet become a time."""
        written = text.strip().lower()
        number = len(written) < len("10:30") and not written.strip("0123456789:")
        return number or (written != AT_CLOSE and AT_CLOSE.startswith(written))

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the time that another draft has."""
        return draft.with_market(time=source.market.time)

    def position(self, draft: Draft) -> float:
        """Where the time stands between the open and the close."""
        first, last = _minutes(OPEN), _minutes(closing_time(draft.market.date))
        return min(max((_minutes(draft.market.moment.time()) - first) / (last - first), 0.0), 1.0)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the half hour nearest to a place on the slider."""
        times = _times(draft)
        place = round(min(max(position, 0.0), 1.0) * (len(times) - 1))
        return self._set(draft, times[place])

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
    section="MARKET",
    label="Time",
    help="Time of day in New York, like 10:30, or close; steps by half an hour",
    main=False,
)

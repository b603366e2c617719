"""Editable fields: a number or a choice, with its unit, steps and range."""

from __future__ import annotations

import contextlib
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.number_entry import DIGITS, Bounds, Grid, incomplete, path, read_number, refused
from riskcalc.errors import InvalidInputError, RiskcalcError

Section = Literal["MARKET", "LEGS", "EXITS", "VIEW", "ACCOUNT"]
Unit = Literal["$", "%", "pt", "d", ""]

NOT_KNOWN = "-"


PER_ONE = {"%": 100.0, "pt": 100.0}
"""Units per 1; dollars, days and counts are not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(ABC):
    """One editable value of a draft; the value is in the draft."""

    key: str
    """Stable name: ``market.spot``, ``legs.0.strike``."""
    section: Section
    label: str
    """At most 12 characters."""
    help: str
    """Meaning and range in one line."""
    unit: Unit = ""
    name: str = ""
    """Name in errors; the label if empty."""
    main: bool = True
    """Whether a form always shows it; one with little room shows the others where they are edited."""
    signed: bool = False
    """Whether its numbers carry a plus or minus."""

    @property
    def title(self) -> str:
        """Name of the field in errors."""
        return self.name or self.label

    @abstractmethod
    def text(self, draft: Draft) -> str:
        """Return the value as it is shown, without its unit."""

    @abstractmethod
    def step(self, draft: Draft, count: int) -> Draft:
        """Step on the tick grid, within the range; a value off the grid moves to the next on it."""

    @abstractmethod
    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed value; raises InvalidInputError naming field, range and value."""

    @abstractmethod
    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the value that another draft has."""

    @abstractmethod
    def position(self, draft: Draft) -> float:
        """Position of the value on a slider, from 0 to 1."""

    @abstractmethod
    def at(self, draft: Draft, position: float) -> Draft:
        """Set the value of the grid nearest to a place on the slider."""

    def incomplete(self, text: str) -> bool:
        """Whether a text may yet become a value, which is no error until the field is left."""
        return incomplete(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(Field):
    """Field of a number; `read` and `write` use the unit of the domain records."""

    read: Callable[[Draft], float | None]
    write: Callable[[Draft, float], Draft]
    grid: Callable[[Draft], Grid]
    bounds: Bounds
    """In the unit shown."""
    span: Callable[[Draft], tuple[float, float]]
    """Ends of the slider, in the unit shown; around the value the draft was opened with."""
    digits: int = 2
    """Decimals shown when the value has no more."""
    whole: bool = False
    """Whether only whole numbers are taken."""
    carry: Callable[[Draft, Draft], Draft] | None = None
    """Copies related values from a second draft together with the number; None copies the number only."""
    unsigned: bool = False
    """Whether a typed sign is dropped, as for a stop."""

    def text(self, draft: Draft) -> str:
        """Return the value with its usual decimals, two of them where it has more."""
        shown = self._shown(draft)
        if shown is None:
            return NOT_KNOWN
        usual = abs(shown - round(shown, self.digits)) < 1e-6
        digits = self.digits if usual else max(self.digits, 2)
        return f"{shown + 0.0:{'+' if self.signed else ''},.{digits}f}"

    def step(self, draft: Draft, count: int) -> Draft:
        """Step on the grid within the range and the limits of other fields."""
        shown = self._shown(draft)
        if shown is None:
            return draft
        passed = list(path(shown, count, grid=self.grid(draft), bounds=self.bounds))
        for value in reversed(passed):
            with contextlib.suppress(InvalidInputError):
                return self.write(draft, self._inside(value))
        return draft

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed number; the text that is shown leaves the value with all its decimals."""
        shown = self.text(draft)
        if text.strip() in (shown, shown.replace(",", "")):
            return draft
        found = read_number(text, unit=self.unit, name=self.title, bounds=self.bounds, unsigned=self.unsigned)
        if self.whole and found != int(found):
            raise refused(text, unit=self.unit, name=self.title, bounds=self.bounds, kind="whole number")
        return self.write(draft, self._inside(found))

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with what another draft has here."""
        if self.carry is not None:
            return self.carry(draft, source)
        value = self.read(source)
        return draft if value is None or value == self.read(draft) else self.write(draft, value)

    def position(self, draft: Draft) -> float:
        """Position of the number on the slider, from 0 to 1."""
        low, high = self.span(draft)
        shown = self._shown(draft)
        return 0.0 if shown is None else min(max((shown - low) / (high - low), 0.0), 1.0)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the number of the grid nearest to a place between the ends; unchanged where none is allowed."""
        low, high = self.span(draft)
        wanted = low + min(max(position, 0.0), 1.0) * (high - low)
        found = self.grid(draft).nearest(wanted)
        if found == self._shown(draft) or not self.bounds.allow(found):
            return draft
        try:
            return self.write(draft, self._inside(found))
        except InvalidInputError:
            return draft

    def _shown(self, draft: Draft) -> float | None:
        try:
            value = self.read(draft)
        except RiskcalcError:
            return None
        return None if value is None else round(value * PER_ONE.get(self.unit, 1.0), DIGITS)

    def _inside(self, shown: float) -> float:
        if self.whole:
            return int(shown)
        # Rounded, so that 22.7% is the very float that a file's "22.7%" is read as.
        return round(shown / PER_ONE[self.unit], DIGITS + 2) if self.unit in PER_ONE else shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(Field):
    """Field of a choice among a few words; a step up selects the next."""

    words: tuple[str, ...]
    read: Callable[[Draft], str]
    write: Callable[[Draft, str], Draft]

    def text(self, draft: Draft) -> str:
        """Return the word."""
        return self.read(draft)

    def step(self, draft: Draft, count: int) -> Draft:
        """Step through the words."""
        place = self.words.index(self.read(draft))
        return self._put(draft, min(max(place + count, 0), len(self.words) - 1))

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a word by its beginning."""
        found = [word for word in self.words if text.strip() and word.startswith(text.strip().lower())]
        if len(found) != 1:
            words = " or ".join(self.words)
            raise InvalidInputError(f"{self.title} must be {words}, got {reprlib.repr(text.strip())}")
        return self._put(draft, self.words.index(found[0]))

    def incomplete(self, text: str) -> bool:
        """Whether nothing is typed yet."""
        return not text.strip()

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the word that another draft has."""
        return self._put(draft, self.words.index(self.read(source)))

    def position(self, draft: Draft) -> float:
        """Position of the word among all, from 0 to 1."""
        return self.words.index(self.read(draft)) / (len(self.words) - 1)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the word nearest to a place on the slider."""
        return self._put(draft, round(min(max(position, 0.0), 1.0) * (len(self.words) - 1)))

    def _put(self, draft: Draft, place: int) -> Draft:
        word = self.words[place]
        return draft if word == self.read(draft) else self.write(draft, word)

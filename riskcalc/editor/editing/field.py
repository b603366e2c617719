"""Editable fields: a number or a choice, with its unit, steps and range."""

from __future__ import annotations

import contextlib
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.number_entry import Scale, Unit, incomplete, steps_from
from riskcalc.editor.record_path import get_value, set_value
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.records import dataclass

Section = Literal["MARKET", "LEGS", "EXITS", "VIEW", "ACCOUNT"]

SECTIONS: Mapping[str, Section] = {
    "market": "MARKET",
    "trade": "MARKET",
    "legs": "LEGS",
    "exits": "EXITS",
    "view": "VIEW",
    "account": "ACCOUNT",
}
"""Section of the form by the first word of a field's key."""

NOT_KNOWN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(ABC):
    """One editable value of a draft; the value is in the draft."""

    key: str
    """Stable name: ``market.spot``, ``legs.0.strike``."""
    label: str
    """At most 12 characters."""
    help: str
    """Meaning and range in one line."""
    name: str = ""
    """Name in errors; the label if empty."""
    main: bool = True
    """Whether a form always shows it; one with little room shows the others where they are edited."""
    beside: Section | None = None
    """Section that shows it, where that is not the section of its key."""

    @property
    def title(self) -> str:
        """Name of the field in errors."""
        return self.name or self.label

    @property
    def section(self) -> Section:
        """Section of the form that shows the field."""
        return self.beside or SECTIONS[self.key.partition(".")[0]]

    @property
    def unit(self) -> Unit:
        """Unit of the text; empty for a date or a word."""
        return ""

    @property
    def signed(self) -> bool:
        """Whether its numbers carry a plus or minus."""
        return False

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
class RecordField(Field):
    """Field whose value is at one path of the draft's records."""

    path: str = ""
    """Path of the value in a draft, like ``account.limits.max_heat_fraction``; the key if empty."""

    def get(self, draft: Draft) -> object:
        """Return what the draft holds."""
        return get_value(draft, self.path or self.key)

    def put(self, draft: Draft, value: object) -> Draft:
        """Return the draft with another value."""
        return set_value(draft, self.path or self.key, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(RecordField):
    """Field of a number; records hold a fraction where the form shows percent."""

    scale: Scale
    read: Callable[[Draft], float | None] | None = None
    """Reads the number; None reads it at the path."""
    write: Callable[[Draft, float], Draft] | None = None
    """Writes the value; None writes it at the path."""
    copies: tuple[str, ...] = ()
    """Paths that are copied from another draft instead of the number, None included."""

    @property
    def unit(self) -> Unit:
        """Unit that the text is in."""
        return self.scale.unit

    @property
    def signed(self) -> bool:
        """Whether its numbers carry a plus or minus."""
        return self.scale.signed

    def value(self, draft: Draft) -> float | None:
        """Return the number as the records hold it; None where there is none."""
        return self.read(draft) if self.read else cast("float | None", self.get(draft))

    def with_value(self, draft: Draft, value: float) -> Draft:
        """Return the draft with another number, as the records hold it."""
        return self.write(draft, value) if self.write else self.put(draft, value)

    def text(self, draft: Draft) -> str:
        """Return the value with its usual decimals, two of them where it has more."""
        shown = self._shown(draft)
        return NOT_KNOWN if shown is None else self.scale.text(shown)

    def step(self, draft: Draft, count: int) -> Draft:
        """Step on the grid within the range and the limits of other fields."""
        shown = self._shown(draft)
        if shown is None:
            return draft
        passed = list(steps_from(shown, count, grid=self.scale.grid(draft), bounds=self.scale))
        for value in reversed(passed):
            with contextlib.suppress(InvalidInputError):
                return self.with_value(draft, self.scale.inside(value))
        return draft

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed number; the text that is shown leaves the value with all its decimals."""
        shown = self.text(draft)
        if text.strip() in (shown, shown.replace(",", "")):
            return draft
        number = self.scale.read(text, name=self.title)
        return self.with_value(draft, self.scale.inside(number))

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with what another draft has here."""
        if self.copies:
            return _copied(draft, source, self.copies)
        value = self.value(source)
        return draft if value is None or value == self.value(draft) else self.with_value(draft, value)

    def position(self, draft: Draft) -> float:
        """Position of the number on the slider, from 0 to 1."""
        low, high = self.scale.ends(draft)
        shown = self._shown(draft)
        return 0.0 if shown is None else min(max((shown - low) / (high - low), 0.0), 1.0)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the number of the grid nearest to a place between the ends; unchanged where none is allowed."""
        low, high = self.scale.ends(draft)
        target = low + min(max(position, 0.0), 1.0) * (high - low)
        nearest = self.scale.grid(draft).nearest(target)
        if nearest == self._shown(draft) or not self.scale.allow(nearest):
            return draft
        try:
            return self.with_value(draft, self.scale.inside(nearest))
        except InvalidInputError:
            return draft

    def _shown(self, draft: Draft) -> float | None:
        try:
            value = self.value(draft)
        except RiskcalcError:
            return None
        return None if value is None else self.scale.shown(value)


def _copied(draft: Draft, source: Draft, paths: tuple[str, ...]) -> Draft:
    for path in paths:
        value = get_value(source, path)
        draft = draft if value == get_value(draft, path) else set_value(draft, path, value)
    return draft


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(RecordField):
    """Field of a choice among a few words; a step up selects the next."""

    choices: Mapping[str, object]
    """Value in the records for each word."""
    write: Callable[[Draft, Any], Draft] | None = None
    """Writes the value; None writes it at the path."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words, in order."""
        return tuple(self.choices)

    def text(self, draft: Draft) -> str:
        """Return the word."""
        value = self.get(draft)
        return next(word for word, choice in self.choices.items() if choice == value)

    def step(self, draft: Draft, count: int) -> Draft:
        """Step through the words."""
        return self._to(draft, min(max(self._place(draft) + count, 0), len(self.choices) - 1))

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a word by its beginning."""
        matches = [word for word in self.words if text.strip() and word.startswith(text.strip().lower())]
        if len(matches) != 1:
            words = " or ".join(self.words)
            raise InvalidInputError(f"{self.title} must be {words}, got {reprlib.repr(text.strip())}")
        return self._to(draft, self.words.index(matches[0]))

    def incomplete(self, text: str) -> bool:
        """Whether nothing is typed yet."""
        return not text.strip()

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the word that another draft has."""
        return self._to(draft, self._place(source))

    def position(self, draft: Draft) -> float:
        """Position of the word among all, from 0 to 1."""
        return self._place(draft) / (len(self.choices) - 1)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the word nearest to a place on the slider."""
        return self._to(draft, round(min(max(position, 0.0), 1.0) * (len(self.choices) - 1)))

    def _place(self, draft: Draft) -> int:
        return self.words.index(self.text(draft))

    def _to(self, draft: Draft, index: int) -> Draft:
        word = self.words[index]
        if word == self.text(draft):
            return draft
        value = self.choices[word]
        return self.write(draft, value) if self.write else self.put(draft, value)

"""A field that holds one of a few words."""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from dataclasses import dataclass

from riskcalc.errors import InvalidInputError
from riskcalc.workbench.draft import Draft
from riskcalc.workbench.editing.field import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(Field):
    """One of a few words, in order: a step up goes to the next, and stops at the last."""

    words: tuple[str, ...]
    read: Callable[[Draft], str]
    write: Callable[[Draft, str], Draft]

    def text(self, draft: Draft) -> str:
        """Return the word."""
        return self.read(draft)

    def step(self, draft: Draft, count: int) -> Draft:
        """Go to a word further on or back."""
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
        """Where the word stands among all."""
        return self.words.index(self.read(draft)) / (len(self.words) - 1)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the word nearest to a place on the slider."""
        return self._put(draft, round(min(max(position, 0.0), 1.0) * (len(self.words) - 1)))

    def _put(self, draft: Draft, place: int) -> Draft:
        word = self.words[place]
        return draft if word == self.read(draft) else self.write(draft, word)

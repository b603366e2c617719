"""What a person can edit: a value with its unit, its steps and its range."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.parse import incomplete

Section = Literal["MARKET", "LEGS", "EXITS", "VIEW", "ACCOUNT"]
Unit = Literal["$", "%", "pt", "d", ""]

NOT_KNOWN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(ABC):
    """One editable value of a draft; it holds no value itself."""

    key: str
    """Stable name: ``market.spot``, ``legs.0.strike``."""
    section: Section
    label: str
    """At most 12 characters."""
    help: str
    """Meaning and range in one line."""
    unit: Unit = ""
    name: str = ""
    """What an error calls it; the label when empty."""
    main: bool = True
    """Whether a form always shows it; one with little room shows the others where they are edited."""
    signed: bool = False
    """Whether its numbers carry a plus or minus."""

    @property
    def title(self) -> str:
        """What an error calls the field."""
        return self.name or self.label

    @abstractmethod
    def text(self, draft: Draft) -> str:
        """Return the value as it is shown, without its unit."""

    @abstractmethod
    def step(self, draft: Draft, count: int) -> Draft:
        """Take steps on the traded grid, clamped to the range; from off the grid to the next value on it."""

    @abstractmethod
    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed value; raises InvalidInputError naming field, range and value."""

    @abstractmethod
    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the value that another draft has."""

    @abstractmethod
    def position(self, draft: Draft) -> float:
        """Where the value stands on a slider, from 0 to 1."""

    @abstractmethod
    def at(self, draft: Draft, position: float) -> Draft:
        """Set the value of the grid nearest to a place on the slider."""

    def incomplete(self, text: str) -> bool:
        """Whether a text may yet become a value, which is no error until the field is left."""
        return incomplete(text)

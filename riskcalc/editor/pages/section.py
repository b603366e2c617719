"""A section of a page: a table whose rows can be chosen."""

from __future__ import annotations

from riskcalc.formatting.table import Table
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a page knows of a row beside its cells."""

    about: str = ""
    """Said while the row is highlighted."""
    opens: tuple[str, str] = ("", "")
    """What choosing the row opens: a kind, such as ``signal``, and which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled table of a page."""

    name: str
    table: Table
    rows: tuple[Row, ...] = ()
    """One for each row of the table."""
    spare: tuple[str, ...] = ()
    """Headings of the columns that a narrow page leaves out, the first one first."""
    empty: str = ""
    """Said below the title where the table has no rows."""

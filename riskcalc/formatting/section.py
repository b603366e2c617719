"""A titled table of text: what every rendering is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of text; the first column is left-aligned, the others right-aligned unless told otherwise."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()
    left: frozenset[int] = frozenset({0})
    """Columns aligned left."""

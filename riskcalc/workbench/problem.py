"""What is wrong, in the one line that a screen has for it."""

from __future__ import annotations

from riskcalc.errors import RiskcalcError


def one_line(error: RiskcalcError) -> str:
    """The first problem, with how many more there are."""
    first, *more = str(error).splitlines() or [""]
    return f"{first} (and {len(more)} more)" if more else first

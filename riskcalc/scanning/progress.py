"""How far a scan is, told to whoever draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""

Result = TypeVar("Result")


def told(results: Iterable[Result], total: int, progress: Progress | None) -> Iterator[Result]:
    """Pass results on, and tell how many have come."""
    tell = progress or (lambda *_: None)
    tell(0, total)
    for done, result in enumerate(results, start=1):
        tell(done, total)
        yield result

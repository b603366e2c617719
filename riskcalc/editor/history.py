"""Undo and redo: one entry per burst of changes to one field."""

from __future__ import annotations

import dataclasses

from riskcalc.editor.draft import Draft
from riskcalc.presets import Preset

DEEPEST = 200
"""Bursts that can be undone."""


class History:
    """Earlier drafts, and those that were undone."""

    def __init__(self) -> None:
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._burst = ""

    def record(self, before: Draft, *, burst: str = "") -> None:
        """Keep the draft before a change, unless the change continues a burst.

        Parameters
        ----------
        before : Draft
            As it was.
        burst : str
            What is being changed; empty is a burst of its own.
        """
        if not burst or burst != self._burst:
            self._past.append(before)
            del self._past[:-DEEPEST]
        self._burst = burst
        self._future.clear()

    def rest(self) -> None:
        """End the burst, so that the next change is an entry of its own."""
        self._burst = ""

    def undo(self, now: Draft) -> Draft:
        """Return the draft before the last burst; the same one where there is none."""
        return self._moved(now, self._past, self._future)

    def redo(self, now: Draft) -> Draft:
        """Return the draft that was undone last; the same one where there is none."""
        return self._moved(now, self._future, self._past)

    def saved_as(self, old: Preset, new: Preset) -> None:
        """Let earlier drafts of a preset that was saved belong to its new file."""
        for drafts in (self._past, self._future):
            drafts[:] = [dataclasses.replace(one, preset=new) if one.preset is old else one for one in drafts]

    def _moved(self, now: Draft, source: list[Draft], sink: list[Draft]) -> Draft:
        self.rest()
        if not source:
            return now
        sink.append(now)
        return source.pop()

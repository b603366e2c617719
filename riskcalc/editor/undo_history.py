"""Undo and redo of a trade being edited."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from riskcalc.editor.draft import Draft
from riskcalc.presets import Preset

DEEPEST = 200
"""Maximum number of undo steps."""


class History:
    """Undo and redo history of drafts."""

    def __init__(self) -> None:
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._burst = ""

    def record(self, before: Draft, *, burst: str = "") -> None:
        """Record the draft before a change, unless the change continues a group.

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
        """End the group, so that the next change is a separate entry."""
        self._burst = ""

    def undo(self, now: Draft) -> Draft:
        """Return the draft before the last burst; the same one where there is none."""
        return self._moved(now, self._past, self._future)

    def redo(self, now: Draft) -> Draft:
        """Return the draft that was undone last; the same one where there is none."""
        return self._moved(now, self._future, self._past)

    def change(self, changed: Callable[[Draft], Draft]) -> None:
        """Change every draft in the same way."""
        for drafts in (self._past, self._future):
            drafts[:] = [changed(draft) for draft in drafts]

    def saved_as(self, old: Preset, new: Preset) -> None:
        """Assign earlier drafts to the file that the preset was saved in."""
        for drafts in (self._past, self._future):
            drafts[:] = [
                dataclasses.replace(draft, preset=new) if draft.preset is old else draft for draft in drafts
            ]

    def _moved(self, now: Draft, source: list[Draft], sink: list[Draft]) -> Draft:
        self.rest()
        if not source:
            return now
        sink.append(now)
        return source.pop()

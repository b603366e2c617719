"""What the screen shows: a frozen picture of the editor."""

from __future__ import annotations

from dataclasses import dataclass

from riskcalc.domain import TradePlan
from riskcalc.editor.badge import Badge, badge
from riskcalc.editor.draft import Draft
from riskcalc.errors import RiskcalcError


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A picture of the editor, replaced on each change."""

    draft: Draft
    plan: TradePlan | None
    """Of the last draft that could be planned; None before the first."""
    problem: str = ""
    """Why the draft cannot be planned, or what was refused last; one line."""
    problem_key: str = ""
    """Field that the problem is about; empty when it is about none."""
    stale: bool = False
    """Whether the figures are not those of what the fields say."""
    pinned: TradePlan | None = None
    """Plan A of a comparison."""
    pinned_draft: Draft | None = None
    dirty: bool = False
    """Whether the draft differs from how it was opened or last saved."""

    @property
    def title(self) -> str:
        """Name of the trade, with a star when it is not saved."""
        return f"{self.draft.preset.name}{'*' if self.dirty else ''}"

    @property
    def badge(self) -> Badge:
        """The verdict on the trade."""
        return badge(self.plan, self.draft, stale=self.stale)


def one_line(error: RiskcalcError) -> str:
    """The first problem, with how many more there are."""
    first, *more = str(error).splitlines() or [""]
    return f"{first} (and {len(more)} more)" if more else first

"""The plan in three lines, for a terminal without room for the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.panel import PlanPanel

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line


class Summary(PlanPanel):
    """Price, Greeks, then exits and verdicts; what does not fit is left out from the right."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.summary import summary_lines  # noqa: PLC0415 - the first frame comes before the engine

        return summary_lines(plan, width=width, pinned=pinned, stale=stale)

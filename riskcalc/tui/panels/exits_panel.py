"""What one unit brings where it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.panel import PlanPanel

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line


class ExitsPanel(PlanPanel):
    """P&L at stop, targets and gaps by day, and the odds between them."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.exits import exits_lines  # noqa: PLC0415 - the first frame comes before the engine

        return exits_lines(plan, width=width, pinned=pinned, stale=stale)

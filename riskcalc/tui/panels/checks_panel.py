"""The rules held against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.panel import PlanPanel

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line


class ChecksPanel(PlanPanel):
    """Every rule with its verdict first."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.checks import checks_lines  # noqa: PLC0415 - the first frame comes before the engine

        roomy = self.screen.has_class("-wide") and self.screen.has_class("-high")
        return checks_lines(plan, width=width, pinned=pinned, stale=stale, whole=roomy)

"""How many units the account carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.panel import PlanPanel

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line


class SizePanel(PlanPanel):
    """Units, the limit that binds in words, and what they risk."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import size_lines  # noqa: PLC0415 - the first frame comes before the engine

        return size_lines(plan, width=width, pinned=pinned, stale=stale)

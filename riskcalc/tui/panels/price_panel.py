"""What one unit costs, may lose and may gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.panel import PlanPanel

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line


class PricePanel(PlanPanel):
    """Debit, largest loss and gain, breakeven, chance of profit."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import price_lines  # noqa: PLC0415 - the first frame comes before the engine

        return price_lines(plan, width=width, pinned=pinned, stale=stale)

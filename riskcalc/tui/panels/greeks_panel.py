"""How one unit moves with the market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.panel import PlanPanel

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line


class GreeksPanel(PlanPanel):
    """The Greeks of one unit in the units traders read."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import greeks_lines  # noqa: PLC0415 - the first frame comes before the engine

        return greeks_lines(plan, width=width, pinned=pinned, stale=stale)

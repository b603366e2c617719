"""The trade taken through named days and months of the market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.computed_view import ComputedView

if TYPE_CHECKING:
    from riskcalc.formatting.fact import Line
    from riskcalc.workbench import Bench


class ScenariosView(ComputedView):
    """Scenarios with what they do to all units, and whether the risk budget holds."""

    def lines(self, bench: Bench, *, width: int) -> list[Line] | str:
        """The verdict in a sentence, then every scenario."""
        from riskcalc.formatting.stress import scenario_lines  # noqa: PLC0415 - after the first frame

        plan, rows = bench.state.plan, bench.stress()
        if isinstance(rows, str) or plan is None:
            return str(rows)
        return scenario_lines(plan, rows, width=width)

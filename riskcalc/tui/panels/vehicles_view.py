"""The same view taken with shares, a leveraged fund and the trade, at one risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.panels.computed_view import ComputedView

if TYPE_CHECKING:
    from riskcalc.formatting.fact import Line
    from riskcalc.workbench import Bench


class VehiclesView(ComputedView):
    """Vehicles side by side: sizes and costs, then the P&L of all units on one path of the benchmark."""

    def lines(self, bench: Bench, *, width: int) -> list[Line] | str:
        """What separates them, then the tables."""
        from riskcalc.formatting import comparison_sections  # noqa: PLC0415 - after the first frame
        from riskcalc.formatting.section import document_lines  # noqa: PLC0415 - as above

        found = bench.vehicles()
        if isinstance(found, str):
            return found
        return document_lines(comparison_sections(found), summary=found.summary, width=width)

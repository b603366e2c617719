"""Whatever keys made of a trade, its figures and panels can be drawn, beside what was pinned and without."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from riskcalc.editor.figures import axis_range, draw_figures
from riskcalc.formatting.panel import panel_lines
from riskcalc.tui.figures.figure_widget import RenderStyle
from riskcalc.tui.figures.greeks_strip import draw_greeks
from riskcalc.tui.figures.heatmap_drawing import draw_heatmap
from riskcalc.tui.figures.palette import Palette
from riskcalc.tui.figures.payoff_drawing import draw_payoff
from riskcalc.tui.panels import NARROWEST, PlanPanel
from tests.editor.test_random import AnyKeys
from tests.examples import examples

PANELS = tuple(panel.PANEL for panel in PlanPanel.__subclasses__())


class AnyDrawing(AnyKeys):
    """An editor under random keys whose trade is drawn now and then."""

    @rule(width=st.integers(1, 220), height=st.integers(1, 60), rows=st.integers(1, 30), past=st.booleans())
    def draw(self, width, height, rows, past):
        state = self.editor.state
        low, high = axis_range(state.plan)
        figures = draw_figures(state.plan, low=low, high=high, rows=rows)
        pinned = None
        if state.pinned is not None:
            pinned = draw_figures(state.pinned, low=low, high=high, rows=rows).payoff
        style = RenderStyle(
            width=width,
            height=height,
            palette=Palette(),
            crosshair=high * 1.1 if past else (low + high) / 2,
            stale=state.stale,
        )
        for strips in (
            draw_payoff(figures.payoff, pinned, style),
            draw_payoff(figures.payoff, None, style),
            draw_heatmap(figures.heatmap, style),
            draw_greeks(figures.greeks, style),
        ):
            assert {strip.cell_length for strip in strips} == {width}

    @rule(width=st.integers(NARROWEST, 220), roomy=st.booleans())
    def set_panels(self, width, roomy):
        state = self.editor.state
        pinned = None if state.pinned is None else state.pinned
        for panel in PANELS:
            assert panel_lines(panel, state.plan, width=width, pinned=pinned, stale=state.stale, roomy=roomy)

    def teardown(self):
        """Nothing: that what was made can be undone, kept and repeated is shown elsewhere."""


AnyDrawing.TestCase.settings = settings(examples(100), stateful_step_count=50)
test_any_drawing = pytest.mark.slow(AnyDrawing.TestCase)

"""The matplotlib figures have the values of the screen's."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import riskcalc
from riskcalc.editor.figures import axis_range, draw_figures
from riskcalc.errors import InvalidInputError
from riskcalc.reports import libraries
from riskcalc.reports.picture import POINTS, ROWS
from tests.reports.conftest import SHIPPED, planned


def figures(name):
    low, high = axis_range(planned(name))
    return draw_figures(planned(name), low=low, high=high, points=POINTS, rows=ROWS)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_payoff_has_the_curves_and_levels(name):
    pytest.importorskip("matplotlib")
    result = riskcalc.plot_payoff(planned(name))
    (axes,) = result.axes
    expected = figures(name).payoff
    lines = {line.get_label(): line for line in axes.get_lines()}
    for curve in expected.curves:
        (line,) = (lines[label] for label in lines if label.startswith(f"{curve.name} "))
        assert np.array_equal(line.get_xdata(), expected.spots)
        assert np.array_equal(line.get_ydata(), curve.pnl)
    assert lines[f"stop {planned(name).stop.spot:.2f}"].get_xdata()[0] == planned(name).stop.spot
    assert axes.get_xlim() == (expected.low, expected.high)
    if name == SHIPPED[0]:
        assert result._repr_png_().startswith(b"\x89PNG")


def test_the_heatmap_has_the_cells():
    pytest.importorskip("matplotlib")
    (axes,) = riskcalc.plot_heatmap(planned()).axes
    expected = figures("iwm-call-spread").heatmap
    assert np.array_equal(axes.get_images()[0].get_array(), expected.pnl)
    assert len(axes.texts) == expected.pnl.size
    assert axes.texts[0].get_text() == f"{expected.pnl[0, 0]:+,.0f}"
    assert axes.get_yticklabels()[0].get_text().endswith(f"{expected.rows[0].spot:.2f}")


def test_both_fit_on_axes_of_ones_own():
    figure = pytest.importorskip("matplotlib.figure").Figure()
    left, right = figure.subplots(1, 2)
    assert riskcalc.plot_payoff(planned(), axes=left) is figure
    assert riskcalc.plot_heatmap(planned(), axes=right) is figure
    assert left.get_lines()
    assert right.get_images()


@pytest.mark.parametrize("plot", [riskcalc.plot_payoff, riskcalc.plot_heatmap])
def test_without_matplotlib_a_line_says_what_is_missing(plot, monkeypatch):
    def missing(name, *_):
        if name == "matplotlib":
            raise ImportError
        return importlib.import_module(name)

    monkeypatch.setattr(libraries, "import_module", missing)
    with pytest.raises(InvalidInputError, match=r'needs matplotlib: pip install "riskcalc\[plot\]"'):
        plot(planned())


def test_only_a_plan_is_plotted():
    with pytest.raises(InvalidInputError, match="plan"):
        riskcalc.plot_payoff("iwm-call-spread")

"""Payoff and heatmap of a plan as matplotlib figures, from the figures that the screen draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.domain import TradePlan
from riskcalc.domain.validation import record
from riskcalc.editor.figure_data import HeatmapFigure, PayoffFigure
from riskcalc.editor.figures import axis_range, heatmap_figure, payoff_figure
from riskcalc.formatting.numbers import price, whole_money
from riskcalc.reports.libraries import library
from riskcalc.reports.payoff_picture import curve_days
from riskcalc.reports.picture import POINTS, ROWS
from riskcalc.reports.picture_style import CURVES, GAIN, INK, LOSS, MARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = 255


def plot_payoff(plan: TradePlan, *, axes: Axes | None = None) -> Figure:
    """Plot the P&L of a plan by spot, at the payoff date, at the time stop and today.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan` or `riskcalc.plan_preset`.
    axes : matplotlib Axes, optional
        Where to draw; without them a new figure.

    Returns
    -------
    matplotlib Figure
        P&L per unit before costs [dollars], with the levels of the plan.

    Raises
    ------
    InvalidInputError
        matplotlib is not installed: it comes with ``riskcalc[plot]``.
    """
    record("plan", TradePlan, plan)
    axes = _axes(axes, "plot_payoff", height=4.5)
    low, high = axis_range(plan)
    _draw_payoff(axes, plan, payoff_figure(plan, low=low, high=high, points=POINTS))
    return _labeled(axes, plan)


def plot_heatmap(plan: TradePlan, *, axes: Axes | None = None) -> Figure:
    """Plot the P&L of a plan by spot and date as a heatmap.

    Parameters
    ----------
    plan : TradePlan
        As for `plot_payoff`.
    axes : matplotlib Axes, optional
        As for `plot_payoff`.

    Returns
    -------
    matplotlib Figure
        P&L per unit before costs [dollars] at the levels of the plan and round prices between, on the days of
        its ladder.

    Raises
    ------
    InvalidInputError
        As in `plot_payoff`.
    """
    record("plan", TradePlan, plan)
    axes = _axes(axes, "plot_heatmap", height=5.5)
    low, high = axis_range(plan)
    _draw_heatmap(axes, plan, heatmap_figure(plan, low=low, high=high, rows=ROWS))
    return _labeled(axes, plan)


def _axes(axes: Axes | None, what: str, *, height: float) -> Axes:
    library("matplotlib", what=what, extra="plot")
    if axes is not None:
        return axes
    from riskcalc.reports.notebook_figure import NotebookFigure  # noqa: PLC0415 - needs matplotlib

    return NotebookFigure(figsize=(8.0, height), layout="constrained").add_subplot()


def _labeled(axes: Axes, plan: TradePlan) -> Figure:
    name = plan.report.trade.name
    axes.set_title(f"{name}: {plan.report.trade.description}" if name else plan.report.trade.description)
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("axes must belong to a figure")
    return figure


def _draw_payoff(axes: Axes, plan: TradePlan, figure: PayoffFigure) -> None:
    payoff = figure.curves[0].pnl
    for color, part in ((GAIN, np.maximum(payoff, 0.0)), (LOSS, np.minimum(payoff, 0.0))):
        axes.fill_between(figure.spots, part, color=color, alpha=0.12, linewidth=0)
    days = curve_days(plan)
    for curve in figure.curves:
        width, dashes = CURVES[curve.name]
        style = (0, tuple(map(float, dashes.split()))) if dashes else "-"
        label = f"{curve.name} {days[curve.name]}"
        axes.plot(figure.spots, curve.pnl, color=INK, linewidth=width * 0.7, linestyle=style, label=label)
    axes.axhline(0.0, color=INK, linewidth=0.8)
    for mark in figure.marks:
        if figure.low <= mark.spot <= figure.high:
            color, dashes = MARKS[mark.kind]
            style = (0, tuple(map(float, dashes.split()))) if dashes else "-"
            label = f"{mark.label} {price(mark.spot)}"
            axes.axvline(mark.spot, color=color, linewidth=1, linestyle=style, label=label)
    axes.set_xlim(figure.low, figure.high)
    axes.set_xlabel("spot [$]")
    axes.set_ylabel(f"P&L per {plan.report.trade.unit_noun}, before costs [$]")
    axes.legend(fontsize="small")


def _draw_heatmap(axes: Axes, plan: TradePlan, figure: HeatmapFigure) -> None:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - checked in `_axes`

    colors = LinearSegmentedColormap.from_list("loss to gain", [LOSS, "#ffffff", GAIN], N=COLORS)
    largest = float(np.abs(figure.pnl).max()) or 1.0
    # Half as far again: the strongest cells stay light enough to read a number on.
    axes.imshow(figure.pnl, aspect="auto", cmap=colors, vmin=-1.6 * largest, vmax=1.6 * largest)
    one_r = plan.size.loss_per_unit
    for (row, column), pnl in np.ndenumerate(figure.pnl):
        axes.text(
            column, row, whole_money(float(pnl), one_r=one_r), ha="center", va="center", fontsize="small"
        )
    axes.set_xticks(
        range(len(figure.columns)), [f"{column.label}\n{column.date}" for column in figure.columns]
    )
    axes.set_yticks(range(len(figure.rows)), [f"{row.label}  {price(row.spot)}" for row in figure.rows])
    axes.set_xlabel(f"P&L per {plan.report.trade.unit_noun}, before costs [$]")

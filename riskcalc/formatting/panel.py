"""A plan in the narrow panels beside the form, and the summary in their place on a small screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from riskcalc.domain import RiskReport, TradePlan
from riskcalc.formatting.checks import checks_lines
from riskcalc.formatting.events_panel import events_lines
from riskcalc.formatting.exits import exits_lines
from riskcalc.formatting.metric import (
    Line,
    Metric,
    PanelLayout,
    Style,
    compared_lines,
    metric_line,
    title_line,
    wrapped,
)
from riskcalc.formatting.numbers import plural
from riskcalc.formatting.plan_metrics import greeks_metrics, price_metrics, size_metrics
from riskcalc.formatting.summary import summary_lines


def panel_lines(
    name: str,
    plan: TradePlan,
    *,
    width: int,
    pinned: TradePlan | None = None,
    stale: bool = False,
    roomy: bool = False,
) -> list[Line]:
    """Return the lines of one panel.

    Parameters
    ----------
    name : {"price", "greeks", "size", "exits", "checks", "events", "events-beside", "summary"}
        Which panel.
    plan : TradePlan
        The trade being edited.
    width : int
        No line is wider [cells], >= 38.
    pinned : TradePlan or None
        The trade it is held against; gives the columns A, B and their difference. The three lines of the
        summary have no room for it.
    stale : bool
        Whether the plan is older than the inputs.
    roomy : bool
        Whether checks that hold are shown with every word.

    Returns
    -------
    list of Line
    """
    layout = PanelLayout(width=width, pinned=pinned, stale=stale, roomy=roomy)
    return PANELS[name](plan, layout)


def _report_lines(
    title: str, metrics: Callable[[RiskReport], tuple[Metric, ...]], plan: TradePlan, layout: PanelLayout
) -> list[Line]:
    """Return metrics of one unit."""
    now = metrics(plan.report)
    if layout.pinned is not None:
        return compared_lines(title, now, pinned=metrics(layout.pinned.report), layout=layout)
    head = title_line(title, layout, note=f"$ per {plan.report.trade.unit_noun}")
    return [head, *(metric_line(metric, width=layout.width) for metric in now)]


def _size_lines(plan: TradePlan, layout: PanelLayout) -> list[Line]:
    """Return the size, the name of the binding limit, and the risk of the position.

    The loss at a gap is left to the exits, per unit, and to its check.
    """
    metrics, width = size_metrics(plan), layout.width
    if layout.pinned is not None:
        return compared_lines("SIZE", metrics, pinned=size_metrics(layout.pinned), layout=layout)
    units, *others = metrics
    return [
        title_line("SIZE", layout, note="$, whole position"),
        metric_line(replace(units, notes=(_holding(plan),)), width=width),
        *wrapped(units.notes[0], width=width, rows=2),
        *(metric_line(metric, width=width) for metric in others if metric.key != "size.loss_at_gap"),
    ]


def _holding(plan: TradePlan) -> str:
    """Describe the position; for a pair, the whole shares of both funds."""
    if pair := plan.pair:
        return f"+{pair.bought_shares:,} {pair.bought} -{pair.sold_shares:,} {pair.sold}"
    return plural(plan.size.units, plan.report.trade.unit_noun)


BADGE_STYLES = {"OK": Style.GOOD, "SAMPLE": Style.WARN}
"""Color of a verdict by its first word; any other is bad."""


def preview_lines(
    name: str, *, description: str, plan: TradePlan | str, badge: str, width: int
) -> list[Line]:
    """Return a preset in short.

    Parameters
    ----------
    name : str
        Its name or path.
    description : str
        Its own words; may be empty.
    plan : TradePlan or str
        Its plan, or the problem that keeps it from being planned.
    badge : str
        The verdict on the plan in words.
    width : int
        No line is wider [cells], >= 38.

    Returns
    -------
    list of Line
    """
    head = [
        *wrapped(name, width=width, indent=0, style=Style.TITLE),
        *wrapped(description, width=width, indent=0),
        (),
    ]
    if isinstance(plan, str):
        problems = [line for text in plan.splitlines() for line in wrapped(text, width=width, indent=0)]
        return [*head, (("cannot be opened", Style.BAD),), *problems]
    style = next((style for word, style in BADGE_STYLES.items() if badge.startswith(word)), Style.BAD)
    trade = wrapped(plan.report.trade.description, width=width, indent=0)
    return [*head, *trade, ((badge.strip(), style),), (), *panel_lines("price", plan, width=width)]


PANELS: dict[str, Callable[[TradePlan, PanelLayout], list[Line]]] = {
    "price": partial(_report_lines, "PRICE", price_metrics),
    "greeks": partial(_report_lines, "GREEKS", greeks_metrics),
    "size": _size_lines,
    "exits": exits_lines,
    "checks": checks_lines,
    "events": events_lines,
    "events-beside": partial(events_lines, always=False),
    "summary": summary_lines,
}

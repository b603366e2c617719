"""Payoff and heatmap of a plan in one self-contained picture."""

from __future__ import annotations

import textwrap

from riskcalc.domain import TradePlan
from riskcalc.editor.figures import axis_range, draw_figures
from riskcalc.formatting.plan import at_the_stop, plan_title
from riskcalc.records import dataclass
from riskcalc.reports.heatmap_picture import heatmap_height, heatmap_picture
from riskcalc.reports.markup import element, lines, words
from riskcalc.reports.payoff_picture import WIDTH, payoff_height, payoff_picture
from riskcalc.reports.picture_style import DARK_PICTURE, FONT, INK, QUIET

BORDER, TITLE, LINE, BETWEEN, NOTE = 20.0, 30.0, 18.0, 24.0, 24.0
"""Border, title of one line, each line more, space between the pictures, and note below [pixels]."""

POINTS, ROWS = 240, 15
"""Spots of a curve, finer than a pixel's step can show; rows of a heatmap."""

LONGEST = 96
"""Characters of a line of the title that fit the width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Payoff and heatmap of a plan as SVG elements, with their heights [pixels]."""

    payoff: str
    payoff_height: float
    heatmap: str
    heatmap_height: float


def pictures(plan: TradePlan) -> Pictures:
    """Return payoff and heatmap of a plan, drawn from the figures that the screen draws."""
    low, high = axis_range(plan)
    drawn = draw_figures(plan, low=low, high=high, points=POINTS, rows=ROWS)
    return Pictures(
        payoff=payoff_picture(plan, drawn.payoff),
        payoff_height=payoff_height(drawn.payoff),
        heatmap=heatmap_picture(plan, drawn.heatmap),
        heatmap_height=heatmap_height(drawn.heatmap),
    )


def plan_svg(plan: TradePlan, *, paper: bool = False) -> str:
    """Return payoff and heatmap of a plan as an SVG document.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan` or `riskcalc.plan_preset`.
    paper : bool
        Whether it is always light; otherwise it is dark where the reader's screen is.

    Returns
    -------
    str
        Nothing in it is loaded from elsewhere.

    Examples
    --------
    >>> import riskcalc
    >>> plan_svg(riskcalc.plan_preset("iwm-call-spread")).startswith("<svg")
    True
    """
    drawn = pictures(plan)
    titles = textwrap.wrap(plan_title(plan), LONGEST)
    first = BORDER + TITLE + LINE * (len(titles) - 1)
    second = first + drawn.payoff_height + BETWEEN
    note = second + drawn.heatmap_height + NOTE
    height = note + BORDER / 2
    width = WIDTH + 2 * BORDER
    return element(
        "svg",
        lines(
            (
                element("title", words(plan_title(plan))),
                "" if paper else element("style", DARK_PICTURE),
                element("rect", width=width, height=height, fill="#ffffff", class_="paper"),
                *(
                    _line(text, y=BORDER + 14 + LINE * index, size=13, weight="600", tone="ink")
                    for index, text in enumerate(titles)
                ),
                _placed(drawn.payoff, y=first),
                _placed(drawn.heatmap, y=second),
                _line(_note(plan), y=note, size=11, weight=None, tone="quiet"),
            )
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
        font_size=12,
    )


def _note(plan: TradePlan) -> str:
    return (
        f"P&L in dollars and R per {plan.report.trade.unit_noun}, before costs{at_the_stop(plan)}. riskcalc"
    )


def _line(text: str, *, y: float, size: float, weight: str | None, tone: str) -> str:
    return element(
        "text", words(text), x=BORDER, y=y, font_size=size, font_weight=weight, font_family=FONT,
        fill=INK if tone == "ink" else QUIET, class_=tone,
    )  # fmt: skip


def _placed(svg: str, *, y: float) -> str:
    """Move an inner SVG element, which keeps its own coordinates."""
    return svg.replace("<svg ", f'<svg x="{BORDER:g}" y="{y:g}" ', 1)

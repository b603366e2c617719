"""A plan in three lines, for a screen that has no room for panels."""

from __future__ import annotations

from collections.abc import Iterable

from riskcalc.domain import TradePlan
from riskcalc.formatting.checks import STATUS_STYLES, failing_checks
from riskcalc.formatting.exits import first_hit, worst_pnl
from riskcalc.formatting.metric import Line, Metric, PanelLayout, Style
from riskcalc.formatting.numbers import fit, price
from riskcalc.formatting.plan_metrics import expected_pnl, greeks_metrics, price_metrics, theta_share

NUMBER = 10
"""Widest number of a line."""

Piece = tuple[str, str, Style]
"""A name, its number, and the number's color."""


def summary_lines(plan: TradePlan, layout: PanelLayout) -> list[Line]:
    """Return three lines of a plan; what does not fit is left out from the right."""
    stale = [("", "stale", Style.WARN)] if layout.stale else []
    rows = ([*stale, *_price(plan)], _greeks(plan), _exits(plan))
    return [_line(row, width=layout.width) for row in rows]


def _line(pieces: Iterable[Piece], *, width: int) -> Line:
    parts: list[tuple[str, Style]] = []
    left = width
    for name, number, style in pieces:
        lead = f"{'  ' if parts else ''}{name}{' ' if name else ''}"
        left -= len(lead) + len(number)
        if left < 0:
            break
        parts += [(lead, Style.QUIET), (number, style)]
    return tuple(parts)


def _piece(metric: Metric) -> Piece:
    return metric.labels[-1], fit(metric.format.variants(metric.value), NUMBER), metric.style


def _price(plan: TradePlan) -> list[Piece]:
    *first, chance = map(_piece, price_metrics(plan.report))
    second = [("BE", price(level), Style.PLAIN) for level in plan.report.breakevens[1:2]]
    return [*first, *second, chance]


def _greeks(plan: TradePlan) -> list[Piece]:
    share = theta_share(plan.report)
    delta, gamma, theta, *others = map(_piece, greeks_metrics(plan.report))
    return [delta, gamma, theta, *([("", f"({share})", Style.PLAIN)] if share else []), *others]


def _exits(plan: TradePlan) -> list[Piece]:
    """Return exits and checks, problems first, since the right end may be cut off."""
    failing = [
        (check.status.upper(), check.name, STATUS_STYLES[check.status]) for check in failing_checks(plan)
    ]
    metrics = (*reversed(worst_pnl(plan)), first_hit(plan), expected_pnl(plan))
    return [*(failing or [("checks", "OK", Style.GOOD)]), *map(_piece, metrics)]

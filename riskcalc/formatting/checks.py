"""Checks of a plan as the lines of a panel, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.domain import Check, CheckStatus, TradePlan
from riskcalc.formatting.metric import (
    Better,
    Line,
    Metric,
    PanelLayout,
    Style,
    compared_lines,
    cut,
    title_line,
    wrapped,
)
from riskcalc.formatting.numbers import NumberFormat
from riskcalc.formatting.table import Table

STATUS_STYLES = {CheckStatus.FAIL: Style.BAD, CheckStatus.WARN: Style.WARN, CheckStatus.OK: Style.GOOD}
"""Color of each verdict, the worst first."""

WORST_FIRST = tuple(STATUS_STYLES)
VERDICT = NumberFormat(words=tuple(status.upper() for status in WORST_FIRST))
"""A verdict by its place in that order."""

NAME = 12
"""Maximum width of a check's name on its own line."""


def checks_lines(plan: TradePlan, layout: PanelLayout) -> list[Line]:
    """Return every check with its verdict.

    What does not hold is there with every word, and leaves the others their names; beside a pinned trade only
    what differs or does not hold is shown.
    """
    holding = [check for check in plan.checks if check.status is CheckStatus.OK]
    failing = [line for check in failing_checks(plan) for line in _whole_check(check, layout.width)]
    if layout.pinned is not None:
        return _compare_checks(plan, layout.pinned, layout) + failing
    head = title_line("CHECKS", layout, note=_count_statuses(plan))
    if layout.roomy:
        return [head, *failing, *(line for check in holding for line in _whole_check(check, layout.width))]
    if failing:
        return [head, *failing, *_names(holding, layout.width)]
    return [head, *(_brief_check(check, layout.width) for check in holding)]


def day_tables(checks: Sequence[Check]) -> tuple[Table, ...]:
    """Return the checks of a day as a table; none without checks."""
    rows = tuple((check.status.upper(), check.name, check.message) for check in checks)
    return (Table(title="Signals and Events", rows=rows, left=frozenset({0, 1, 2})),) if rows else ()


def failing_checks(plan: TradePlan) -> list[Check]:
    """Return the checks that do not hold, the worst first."""
    failing = [check for check in plan.checks if check.status is not CheckStatus.OK]
    return sorted(failing, key=lambda check: WORST_FIRST.index(check.status))


def _count_statuses(plan: TradePlan) -> str:
    """Return how many checks fail, warn and hold."""
    statuses = [check.status for check in plan.checks]
    counts = ((statuses.count(status), status.upper()) for status in WORST_FIRST)
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def _verdict(status: CheckStatus) -> tuple[str, Style]:
    return (f"{status.upper():5}", STATUS_STYLES[status])


def _brief_check(check: Check, width: int) -> Line:
    words = cut(check.brief or check.message, width - NAME - 6)
    return (_verdict(check.status), (f"{check.name:{NAME}} ", Style.PLAIN), (words, Style.QUIET))


def _whole_check(check: Check, width: int) -> list[Line]:
    style = Style.QUIET if check.status is CheckStatus.OK else Style.PLAIN
    return _after_verdict(check.status, f"{check.name}: {check.message}", width=width, style=style)


def _names(checks: Sequence[Check], width: int) -> list[Line]:
    names = ", ".join(check.name for check in checks)
    return _after_verdict(CheckStatus.OK, names, width=width, style=Style.PLAIN) if names else []


def _after_verdict(status: CheckStatus, text: str, *, width: int, style: Style) -> list[Line]:
    """Return a verdict, and words beside it over as many lines as they take."""
    verdict = _verdict(status)
    indent = len(verdict[0])
    first, *rest = wrapped(text, width=width, indent=indent)
    return [(verdict, (first[0][0][indent:], style)), *rest]


def _compare_checks(plan: TradePlan, pinned: TradePlan, layout: PanelLayout) -> list[Line]:
    """Return verdicts of two trades that differ or fail, else only the counts."""
    before = _metrics(pinned)
    values = {metric.key: metric.value for metric in before}
    good = WORST_FIRST.index(CheckStatus.OK)
    visible = [
        metric for metric in _metrics(plan) if (metric.value, values.get(metric.key, good)) != (good, good)
    ]
    if not visible:
        return [title_line("CHECKS", layout, note=_count_statuses(plan))]
    return compared_lines("CHECKS", visible, pinned=before, layout=layout)


def _metrics(plan: TradePlan) -> tuple[Metric, ...]:
    return tuple(
        Metric(
            key=check.name,
            labels=(check.name.removeprefix("risk "),),
            value=WORST_FIRST.index(check.status),
            format=VERDICT,
            better=Better.MORE,
        )
        for check in plan.checks
    )

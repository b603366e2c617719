"""Events before the end of a plan, and clusters of open interest between its exits, as lines of a panel."""

from __future__ import annotations

from collections.abc import Iterator

from riskcalc.domain import TradePlan
from riskcalc.domain.events import MarketEvent
from riskcalc.domain.gamma import StrikeGamma
from riskcalc.formatting.events import before_words, move_words
from riskcalc.formatting.metric import Line, PanelLayout, Style, cut, title_line, wrapped
from riskcalc.formatting.numbers import Variants, number, price

EVENT = "◆"
"""Mark of an event that is more than an expiration, as in the heatmap's head."""

WIDE = 76
"""Cells from which an event has one line with its source."""
WHAT, END = 26, 6
"""Cells of name and end of a line."""
SHORT = {"time stop": "t-stop", "expiry": "expiry", "": ""}
"""The ends of a plan."""
SHORT_SOURCES = {
    "Federal Reserve press release of ": "Fed release ",
    "three weeks after the decision of ": "3 weeks after ",
}
"""How the sources of shipped events begin, in full and in short."""
SHORT_NAMES = {"monthly options expiration": "monthly expiration"}
MILLION = 1e6


def events_lines(plan: TradePlan, layout: PanelLayout, *, always: bool = True) -> list[Line]:
    """Return the lines of a plan's events and clusters.

    Parameters
    ----------
    plan : TradePlan
        Held against its day.
    layout : PanelLayout
        Below 76 cells the source is on a line of its own, where there is room.
    always : bool
        Whether a plan without events and clusters says so; else it has an empty line, which keeps its place.
    """
    if not plan.events and not plan.clusters and not always:
        return [()]
    lines = [title_line("EVENTS", layout, note=_count_words(plan))]
    for event in plan.events:
        lines += _event_lines(plan, event, layout)
    for words in _moves(plan):
        lines += wrapped(words, width=layout.width, indent=2)
    return [*lines, *_cluster_lines(plan, layout)]


def _count_words(plan: TradePlan) -> Variants:
    """How many events there are before the last day, and before the time stop."""
    end, known = plan.time_stop, len(plan.events)
    if not known:
        return ("none known",)
    if end is None:
        return (f"{known} before expiry",)
    held = sum(event.date <= end for event in plan.events)
    long = f"{held} before the time stop, {known} in all"
    return (long, f"{held} of {known} before the time stop", f"{held} of {known} by time stop")


def _event_lines(plan: TradePlan, event: MarketEvent, layout: PanelLayout) -> Iterator[Line]:
    mark, end = " " if event.is_expiration else EVENT, before_words(plan, event)
    style = Style.QUIET if event.is_expiration else Style.PLAIN
    time = "" if event.time is None else f"{event.time:%H:%M}"
    if layout.width >= WIDE:
        head = f"{mark} {event.date} {time:5} {_name(event, WHAT):{WHAT}} {SHORT[end]:{END}} "
        yield ((head, style), (_source(event, layout.width - len(head)), Style.QUIET))
        return
    room = layout.width - 15
    yield ((f"{mark} {event.date:%m-%d} {_name(event, room):{room}} {SHORT[end]:>{END}}", style),)
    if layout.roomy:
        yield ((f"  {f'{time} ' if time else ''}{_source(event, layout.width - 8)}", Style.QUIET),)


def _source(event: MarketEvent, room: int) -> str:
    """Where an event's date is from, in short where that is what fits."""
    source = event.source
    for full, short in SHORT_SOURCES.items():
        if len(source) > room:
            source = source.replace(full, short, 1)
    return cut(source, room)


def _name(event: MarketEvent, room: int) -> str:
    """The event without its time, with a doubt of its date."""
    name = event.label.replace(f" {event.time:%H:%M}", "", 1) if event.time else event.label
    return cut(name if len(name) <= room else SHORT_NAMES.get(name, name), room)


def _moves(plan: TradePlan) -> Iterator[str]:
    """How far the fund moves on such days, once for each kind of event."""
    for kind in dict.fromkeys(event.kind for event in plan.events):
        words = move_words(next((move for move in plan.moves if move.kind == kind), None))
        if words:
            yield f"{kind} days: mean move {words}"


def _cluster_lines(plan: TradePlan, layout: PanelLayout) -> list[Line]:
    if not plan.clusters:
        return []
    spot = plan.report.market.quote(plan.report.trade.symbol).spot
    return [
        title_line("GAMMA CLUSTERS", layout, note="$M per 1% move"),
        (("  strike  from spot   gross  naive net", Style.QUIET),),
        *(_cluster_line(row, spot) for row in plan.clusters),
        *wrapped(f"between {_span(plan)}; naive: dealers long calls, short puts", width=layout.width),
    ]


def _cluster_line(row: StrikeGamma, spot: float) -> Line:
    away = f"{100 * (row.strike / spot - 1):+.1f}%"
    gross, net = number(row.gross / MILLION, digits=1), number(row.net / MILLION, digits=1, signed=True)
    return ((f"  {row.strike:6g} {away:>10} {gross:>7} {net:>10}", Style.PLAIN),)


def _span(plan: TradePlan) -> str:
    """The stop and the last target, between which clusters are looked for."""
    targets = [outcome.level.spot for outcome in plan.targets.outcomes]
    ends = f"stop {price(plan.stop.spot)}"
    return f"{ends} and target {price(targets[-1])}" if targets else f"{ends} and spot"

"""``riskcalc events``: dated events ahead, imported calendars and own rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.options import DAY, as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.environment import today
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.domain.events import EventMove, MarketEvent

EXAMPLES = """\b
Examples:
  riskcalc events
  riskcalc events --until 2027-06-30
  riskcalc events add "2026-12-10 08:30 CPI"
  riskcalc events add bls.ics
  riskcalc events --prices IWM.csv
  riskcalc events --json

Meetings of the FOMC and Russell reconstitutions ship with riskcalc, expirations follow by rule. Releases such
as CPI come from a calendar (ICS) that you save from the publisher's site, earnings from your broker's. Moves
on the days of past ones are those of --prices, else of the closes kept by riskcalc signals --update.
"""
SHOWN_DAYS = 92
YEARS_BACK, YEARS_AHEAD = 1, 3
"""What --json lists without --since and --until."""


@click.command("events", epilog=EXAMPLES)
@click.argument("arguments", metavar="[add FILE.ics|'DATE EVENT']...", nargs=-1)
@click.option("--since", type=DAY, help="First day; default: today, with --json a year back.")
@click.option("--until", type=DAY, help="Last day; default: 92 days ahead, with --json three years.")
@click.option(
    "--prices",
    type=click.Path(path_type=Path),
    help="File of daily prices: how far the fund has moved on the days of past events.",
)
@as_json
def command(
    *,
    arguments: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    prices: Path | None,
    json_wanted: bool,
) -> None:
    """List dated events with their source, or add some.

    `add` copies calendars (ICS) and adds rows of your own to events.toml.
    """
    from riskcalc.events.calendar import events_between  # noqa: PLC0415 - help is quick

    if arguments and arguments[0] != "add":
        raise click.UsageError(f"the one action is add, got {arguments[0]!r}")
    if len(arguments) == 1:
        raise click.UsageError("add needs a FILE.ics or 'DATE EVENT'")
    added = _add(arguments[1:])
    day = today()
    years = dt.timedelta(days=365)
    start = since or (day - YEARS_BACK * years if json_wanted else day)
    end = until or day + (YEARS_AHEAD * years if json_wanted else dt.timedelta(days=SHOWN_DAYS))
    if end < start:
        raise InvalidInputError(f"--until must not be before {start}, got {end}")
    events, moves = events_between(start, end), _moves(prices, day)
    if json_wanted:
        print_json([event.to_dict() | {"moves": _with_moves(event, moves)} for event in events])
        return
    from riskcalc.formatting.events import events_table, moves_table  # noqa: PLC0415 - as above

    tables = [events_table(events, today=day, title=""), *([moves_table(moves)] if moves else [])]
    print_tables(f"Events from {start} to {end}", tables)
    for line in added:
        click.echo(line)


def _moves(prices: Path | None, day: dt.date) -> tuple[EventMove, ...]:
    """Moves on the days of past events, from a file of prices, else from stored closes.

    Raises
    ------
    InvalidInputError
        The file has prices, but none on the day of an event.
    """
    from riskcalc.events.calendar import events_between  # noqa: PLC0415 - as above
    from riskcalc.events.moves import event_moves  # noqa: PLC0415 - as above
    from riskcalc.trading_day import read_trading_day  # noqa: PLC0415 - as above

    if prices is None:
        return read_trading_day(day).moves
    from riskcalc.history import read_prices  # noqa: PLC0415 - as above

    bars = read_prices(prices)
    past = events_between(bars.first_day, min(bars.last_day, day))
    moves = event_moves(bars.symbol or prices.stem, bars.dates, bars.close, past)
    if not moves:
        span = f"{bars.first_day} to {bars.last_day}"
        raise InvalidInputError(
            f"{prices}: no FOMC, CPI or jobs day is known from {span}: add some with riskcalc events add"
        )
    return moves


def _with_moves(event: MarketEvent, moves: tuple[EventMove, ...]) -> list[dict[str, Any]]:
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - as above

    return [to_plain(move) for move in moves if move.kind == event.kind]


def _add(texts: tuple[str, ...]) -> list[str]:
    """Add calendars and rows once all have been read; return the added ones."""
    from riskcalc.events.ics import count_entries  # noqa: PLC0415 - as above
    from riskcalc.events.own import add_calendar, add_event, parse_event  # noqa: PLC0415 - as above

    files = [Path(text) for text in texts if text.lower().endswith((".ics", ".ical"))]
    rows = [parse_event(text) for text in texts if Path(text) not in files]
    for path in files:
        count_entries(path)
    lines = []
    for path in files:
        target, count = add_calendar(path)
        lines.append(f"\n{path.name}: {count} entries, kept in {target}")
    lines += [f"\n{row.date} {row.what}: kept in {add_event(row)}" for row in rows]
    return lines

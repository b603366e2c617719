"""``riskcalc hedge``: so much of a hedge that the book loses no more than a limit."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import click

from riskcalc.cli.book_file import book_option, open_book
from riskcalc.cli.options import DAY, MONEY, Read, as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.environment import today
from riskcalc.presets.units_parsing import parse_fraction

EXAMPLES = """\b
Examples:
  riskcalc hedge --share 50%
  riskcalc hedge --to 1000 --at risk-off-5
  riskcalc hedge --with put --strike 285 --short-strike 265 --expiry 2026-09-18 --to 1000 --at risk-off-5
"""
SHARE = Read("share", partial(parse_fraction, positive=True))
KINDS = ("TZA", "SPY", "put")


@click.command("hedge", epilog=EXAMPLES)
@click.option(
    "--with", "kind", type=click.Choice(KINDS), default="TZA", show_default=True,
    help="Buy TZA, sell SPY, or buy IWM puts.",
)  # fmt: skip
@click.option("--to", type=MONEY, help="Maximum loss of the book in the scenario of --at [dollars].")
@click.option("--at", default="risk-off-5", show_default=True, help="Scenario of --to.")
@click.option("--share", type=SHARE, help="Share of the IWM-equivalent to offset, like 50%, instead of --to.")
@click.option("--strike", type=MONEY, help="Strike of the put; default: 3% below the spot.")
@click.option("--short-strike", type=MONEY, help="Strike of a put sold against it.")
@click.option("--expiry", type=DAY, help="Expiry of the put; default: the third Friday from 45 days on.")
@click.option("--price", type=MONEY, help="Price of TZA or SPY today; default: the market of today.")
@click.option(
    "--scenarios", "scenario_file", type=click.Path(path_type=Path), help="File of additional scenarios."
)
@book_option
@as_json
def command(
    *,
    kind: str,
    to: float | None,
    at: str,
    share: float | None,
    strike: float | None,
    short_strike: float | None,
    expiry: dt.date | None,
    price: float | None,
    scenario_file: Path | None,
    book_path: Path | None,
    json_wanted: bool,
) -> None:
    """Size a hedge of the book, with every scenario before and after it.

    Shows what the hedge costs per week, how much of the book it offsets after 1, 5 and 10 sessions, and
    whether the hedge signals of `riskcalc signals` have fired.
    """
    from riskcalc.book.hedge_request import (  # noqa: PLC0415 - help is quick
        HedgeRequest,
        hedge_book,
        hedge_triggers,
        trigger_note,
    )
    from riskcalc.book.tables import hedge_tables  # noqa: PLC0415 - as above
    from riskcalc.formatting.signals import signals_tables  # noqa: PLC0415 - as above
    from riskcalc.presets import load_scenarios  # noqa: PLC0415 - as above

    if kind != "put" and not (strike is None and short_strike is None and expiry is None):
        raise click.UsageError("--strike, --short-strike and --expiry need --with put")
    request = HedgeRequest(
        kind=kind,
        to=to,
        at=at,
        share=share,
        strike=strike,
        short_strike=short_strike,
        expiry=expiry,
        price=price,
    )
    with open_book(book_path) as book:
        hedge, notes = hedge_book(book, request, load_scenarios(scenario_file))
    board = hedge_triggers(today())
    if json_wanted:
        print_json(
            hedge.to_dict()
            | {"triggers": [signal.to_dict() | {"state": signal.state} for signal in board.signals]}
        )
        return
    print_tables("", [*hedge_tables(hedge), *signals_tables(board)])
    click.echo()
    for line in (trigger_note(board), *notes):
        click.echo(f"note: {line}")

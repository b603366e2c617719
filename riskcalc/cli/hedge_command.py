"""``riskcalc hedge``: so much of a hedge that the book loses no more than a limit."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskcalc.cli.book_file import book_option, open_book
from riskcalc.cli.options import DAY, MONEY, Read, as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.environment import today
from riskcalc.presets.units_parsing import parse_fraction

if TYPE_CHECKING:
    from riskcalc.domain import Market, Trade
    from riskcalc.domain.signals import SignalBoard
    from riskcalc.presets import Preset

EXAMPLES = """\b
Examples:
  riskcalc hedge --share 50%
  riskcalc hedge --to 1000 --at risk-off-5
  riskcalc hedge --with put --strike 285 --short-strike 265 --expiry 2026-09-18 --to 1000 --at risk-off-5
"""
SHARE = Read("share", partial(parse_fraction, positive=True))
HEDGE_PRESETS = {"TZA": "tza-hedge", "SPY": "iwm-spy-pair", "put": "iwm-call-spread"}
"""Presets whose market quotes the hedge where the book does not."""

OUT_OF_THE_MONEY, USUAL_DAYS = 0.97, 45
"""Strike of a put as a share of the spot, and its days, where none are given."""


@click.command("hedge", epilog=EXAMPLES)
@click.option(
    "--with", "kind", type=click.Choice(list(HEDGE_PRESETS)), default="TZA", show_default=True,
    help="Buy TZA, sell SPY, or buy IWM puts.",
)  # fmt: skip
@click.option("--to", type=MONEY, help="Most that the book may lose in the scenario of --at [dollars].")
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

    Says what a week of it costs, how much of the book it offsets after 1, 5 and 10 sessions, and whether the
    hedge signals of `riskcalc signals` have fired.
    """
    from riskcalc.book import size_hedge  # noqa: PLC0415 - help is quick
    from riskcalc.cli.book_tables import hedge_tables  # noqa: PLC0415 - as above
    from riskcalc.formatting.signals import signals_tables  # noqa: PLC0415 - as above
    from riskcalc.presets import load_preset, load_scenarios  # noqa: PLC0415 - as above

    if kind != "put" and not (strike is None and short_strike is None and expiry is None):
        raise click.UsageError("--strike, --short-strike and --expiry need --with put")
    preset = load_preset(HEDGE_PRESETS[kind])
    quotes = preset.market
    if price is not None and kind != "put":
        quotes = quotes.with_quote(kind, spot=price)
    with open_book(book_path) as book:
        trades, marks, risk, known = book.trades(), book.marks(), book.risk(), book.instruments
    spot = next((one.spot for one in risk.positions if one.symbol == "IWM" and one.spot), None)
    unit = _unit(kind, quotes, spot=spot, day=risk.date, strikes=(strike, short_strike), expiry=expiry)
    found = size_hedge(
        trades,
        marks,
        unit=unit,
        quotes=quotes,
        scenarios=load_scenarios(scenario_file),
        at=at,
        to=to,
        share=share,
        instruments=known,
    )
    board = _triggers()
    if json_wanted:
        print_json(
            found.to_dict() | {"triggers": [one.to_dict() | {"state": one.state} for one in board.signals]}
        )
        return
    print_tables("", [*hedge_tables(found), *signals_tables(board)])
    click.echo()
    price_notes = _price_note(kind, quotes, preset, typed=price)
    for line in (_trigger_note(board), *found.notes, *price_notes, *_rules(kind)):
        click.echo(f"note: {line}")


def _unit(
    kind: str,
    quotes: Market,
    *,
    spot: float | None,
    day: dt.date,
    strikes: tuple[float | None, float | None],
    expiry: dt.date | None,
) -> Trade:
    """One unit of the hedge."""
    from riskcalc.domain import OptionType, Side, long_option, put_spread, shares  # noqa: PLC0415 - help is quick
    from riskcalc.domain.sessions import is_third_friday  # noqa: PLC0415 - as above

    if kind != "put":
        return shares(kind, side=Side.SHORT if kind == "SPY" else Side.LONG)
    last = expiry or day + dt.timedelta(days=USUAL_DAYS)
    while expiry is None and not is_third_friday(last):
        last += dt.timedelta(days=1)
    strike, short = strikes
    level = strike or round(OUT_OF_THE_MONEY * (spot or quotes.quote("IWM").spot))
    if short is None:
        return long_option("IWM", option_type=OptionType.PUT, strike=level, expiry=last)
    return put_spread("IWM", long_strike=level, short_strike=short, expiry=last)


def _price_note(kind: str, quotes: Market, preset: Preset, *, typed: float | None) -> list[str]:
    """Where price and IV of a hedge in shares come from."""
    if kind == "put":
        return []
    quote = quotes.quote(kind)
    source = "as typed" if typed is not None else f"of {preset.sources.spot or 'the preset'}, {quotes.date}"
    return [f"{kind} at {quote.spot:.2f} {source} unless the book has its mark, IV {quote.vol:.0%}"]


def _rules(kind: str) -> list[str]:
    """Exits of the preset of the hedge."""
    if kind != "TZA":
        return []
    from riskcalc.presets import load_preset  # noqa: PLC0415 - help is quick

    exits = load_preset("tza-hedge").exits
    targets = ", ".join(f"+{100 * target.move:g}%" for target in exits.targets)
    rule = f"stop {-100 * exits.stop:g}%, targets {targets}, at most {exits.holding_days} days"
    return [f"exits of tza-hedge: {rule}; size it anew each week"]


def _triggers() -> SignalBoard:
    """The signals of today that are a reason to hedge, with the members of their combinations."""
    from riskcalc.cli.plan_request import read_todays_book  # noqa: PLC0415 - help is quick
    from riskcalc.domain.signals import SignalBoard, SignalRole  # noqa: PLC0415 - as above
    from riskcalc.signals.board import signal_board  # noqa: PLC0415 - as above
    from riskcalc.signals.book_values import book_series  # noqa: PLC0415 - as above
    from riskcalc.signals.rules import load_rules  # noqa: PLC0415 - as above
    from riskcalc.signals.store import read_store  # noqa: PLC0415 - as above

    rules = load_rules()
    board = signal_board(rules, {**read_store(), **book_series(rules, read_todays_book)}, day=today())
    return SignalBoard(
        day=board.day, signals=tuple(one for one in board.signals if one.role is SignalRole.HEDGE)
    )


def _trigger_note(board: SignalBoard) -> str:
    """Whether one of the triggers asks for a hedge."""
    known = [one for one in board.signals if one.counts]
    fired = [one.name for one in known if one.fired]
    unknown = [one.name for one in known if one.fired is None]
    old = [one.name for one in known if one.stale]
    quiet = "no hedge trigger is known to have fired" if unknown else "no hedge trigger has fired"
    said = f"fired: {', '.join(fired)}" if fired else quiet
    if unknown:
        said += (
            f"; without data: {', '.join(unknown)} (riskcalc signals --update FILES, or --enter NAME=VALUE)"
        )
    return f"{said}; old data: {', '.join(old)}" if old else said

"""``riskcalc signals``: the board of signals, and the data behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.options import DAY, as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.cli.plan_request import read_todays_book
from riskcalc.environment import today

if TYPE_CHECKING:
    from riskcalc.signals.series import Series

EXAMPLES = """\b
Examples:
  riskcalc signals
  riskcalc signals --update DGS10.csv BAMLH0A0HYM2.csv SPY.csv IWM.csv
  riskcalc signals --update IWM_holdings.csv quotes.csv
  riskcalc signals --enter iwm_flow=-250M
  riskcalc signals --sectors
  riskcalc signals --json

Files are recognized by content and filed with their dates: FRED's CSV, daily prices, iShares holdings, option
quotes. Rules are those that ship with riskcalc, and signals.toml of your own.
"""


@click.command("signals", epilog=EXAMPLES)
@click.argument("files", metavar="[FILE]...", type=click.Path(path_type=Path), nargs=-1)
@click.option("--update", is_flag=True, help="File the data of each FILE first.")
@click.option(
    "--replace", is_flag=True, help="With --update: a FILE's series replace the stored ones entirely."
)
@click.option(
    "--enter",
    "typed",
    metavar="NAME=VALUE",
    multiple=True,
    help="Enter a value yourself, with its unit: -250M.",
)
@click.option("--sectors", is_flag=True, help="Show the sector weights of funds instead of the board.")
@click.option("--date", type=DAY, help="Day of entered values; default: today.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    files: tuple[Path, ...],
    update: bool,
    replace: bool,
    typed: tuple[str, ...],
    date: dt.date | None,
    sectors: bool,
    json_wanted: bool,
) -> None:
    """Show each signal with its value, rule, distance and age, and whether it has fired.

    Exits with 1 if a stop signal has fired. Data after today are ignored; RISKCALC_TODAY names another
    day.
    """
    if bool(files) != update:
        raise click.UsageError("give FILEs together with --update" if files else "--update needs a FILE")
    if replace and not update:
        raise click.UsageError("--replace needs --update")
    if date is not None and not typed:
        raise click.UsageError("--date needs --enter")
    from riskcalc.signals.board import signal_board  # noqa: PLC0415 - help is quick
    from riskcalc.signals.book_values import book_series  # noqa: PLC0415 - as above
    from riskcalc.signals.files import read_files  # noqa: PLC0415 - as above
    from riskcalc.signals.rules import load_rules  # noqa: PLC0415 - as above
    from riskcalc.signals.store import merged, read_store, write_store  # noqa: PLC0415 - as above
    from riskcalc.signals.typed import typed_values  # noqa: PLC0415 - as above

    day, rules, filed = today(), load_rules(), read_store()
    new = [*read_files(files), *typed_values(typed, {rule.name: rule for rule in rules}, date or day)]
    store = merged(filed, new, replace=replace)
    board = signal_board(rules, {**store, **book_series(rules, read_todays_book)}, day=day)
    write_store(store, only=[series.name for series in new])
    if sectors:
        _print_sectors(store, day, json_wanted=json_wanted)
        return
    if json_wanted:
        print_json([signal.to_dict() for signal in board.signals])
    else:
        from riskcalc.formatting.signals import signals_tables, signals_title  # noqa: PLC0415 - as above

        print_tables(signals_title(board), signals_tables(board))
        _print_filed(new, store)
    ctx.exit(EXIT_RISK_SAYS_NO if board.stopped else EXIT_OK)


def _print_sectors(store: Mapping[str, Series], day: dt.date, *, json_wanted: bool) -> None:
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - as above
    from riskcalc.formatting.sectors import weights_table  # noqa: PLC0415 - as above
    from riskcalc.signals.sectors import sector_weights  # noqa: PLC0415 - as above

    weights = sector_weights(store, day=day)
    if json_wanted:
        print_json(to_plain(weights))
    else:
        print_tables("", [weights_table(weights)])


def _print_filed(new: Iterable[Series], store: Mapping[str, Any]) -> None:
    filed = [
        f"{series.name} to {store[series.name].last_day}" for series in new if ".sector " not in series.name
    ]
    if filed:
        click.echo(f"\nfiled: {', '.join(filed)}")

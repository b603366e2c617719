"""``riskcalc journal``: what closed trades earned, and whether their odds were right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from riskcalc.cli.book_file import book_option, open_book
from riskcalc.cli.options import DAY, as_json
from riskcalc.cli.output import print_json, print_tables

EXAMPLES = """\b
Examples:
  riskcalc journal
  riskcalc journal --list
  riskcalc journal --since 2026-01-01 --json
  riskcalc journal --preset iwm-call-spread --tag core
"""


@click.command("journal", epilog=EXAMPLES)
@click.option("--since", type=DAY, help="First day of closing.")
@click.option("--preset", help="Only trades of this preset.")
@click.option("--tag", help="Only trades with this tag.")
@click.option("--list", "listed", is_flag=True, help="List every closed trade, with the sum of R so far.")
@book_option
@as_json
def command(
    *,
    since: dt.date | None,
    preset: str | None,
    tag: str | None,
    listed: bool,
    book_path: Path | None,
    json_wanted: bool,
) -> None:
    """Show closed trades in R with standard errors, and the odds of their plans against outcomes."""
    from riskcalc.book.journal_tables import closed_table, journal_tables  # noqa: PLC0415 - help is quick

    with open_book(book_path) as book:
        report = book.journal(since=since, preset=preset, tag=tag)
    if json_wanted:
        print_json(report.to_dict())
        return
    print_tables("", [*([closed_table(report)] if listed else []), *journal_tables(report)])
    if report.notes or report.exits_unknown:
        click.echo()
    for note in report.notes:
        click.echo(f"note: {note}")
    if report.exits_unknown:
        click.echo(
            f"note: of {report.exits_unknown} trades it is not known what came first: riskcalc book mark "
            "SYMBOL=PRICE --date DAY, with the day each was closed"
        )

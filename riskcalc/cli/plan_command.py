"""``riskcalc plan``: price, size and check a preset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.book_file import book_source, settings_with_book, with_book
from riskcalc.cli.completion import complete_preset
from riskcalc.cli.options import as_json, overrides, quotes_options
from riskcalc.cli.output import print_json, print_tables
from riskcalc.cli.plan_request import planned
from riskcalc.presets import DEFAULT_PRESET

if TYPE_CHECKING:
    from riskcalc.book import BookRisk
    from riskcalc.domain import TradePlan
    from riskcalc.formatting import Table

EXAMPLES = """\b
Examples:
  riskcalc plan
  riskcalc plan tna-momentum --set account.equity=50000
  riskcalc plan iwm-call-spread --chain quotes.csv --at natural --sticky moneyness
"""


@click.command("plan", epilog=EXAMPLES)
@click.argument("preset", default=DEFAULT_PRESET, shell_complete=complete_preset)
@overrides
@quotes_options
@with_book
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    preset: str,
    settings: dict[str, Any],
    book_wanted: bool | None,
    json_wanted: bool,
    **quotes: Any,  # noqa: ANN401 - the options of a file of quotes
) -> None:
    """Price, size and check PRESET: the name of a preset or the path of a preset file.

    Exits with 1 if a check fails. Prices come from --set, else --chain or --live, else `riskcalc quote`, else
    the preset. On the sample prices of a shipped preset the verdict is SAMPLE, never OK.
    """
    from riskcalc.formatting import plan_tables, plan_title  # noqa: PLC0415 - help needs no engine

    settings, risk = settings_with_book(settings, preset, wanted=book_wanted)
    answer = planned(preset, settings, **quotes)
    if json_wanted:
        print_json(answer.to_dict() | _book_answer(answer, risk))
    else:
        print_tables(plan_title(answer), [*plan_tables(answer), *_book_tables(answer, risk)])
    ctx.exit(EXIT_OK if answer.ok else EXIT_RISK_SAYS_NO)


def _book_answer(answer: TradePlan, risk: BookRisk | None) -> dict[str, Any]:
    """What JSON says of the book."""
    if risk is None:
        return {}
    from riskcalc.book.added import added_by  # noqa: PLC0415 - most plans have no book

    rows = {row.name: row.to_dict() for row in added_by(answer, risk)}
    return {"book": {"source": book_source(risk), "marked": risk.date.isoformat(), "totals": rows}}


def _book_tables(answer: TradePlan, risk: BookRisk | None) -> list[Table]:
    """What the trade adds to the book."""
    if risk is None:
        return []
    from riskcalc.book.added import added_by  # noqa: PLC0415 - most plans have no book
    from riskcalc.cli.book_tables import added_table  # noqa: PLC0415 - as above

    return [added_table(added_by(answer, risk), source=book_source(risk))]

"""``riskcalc plan``: price, size and check a preset."""

from __future__ import annotations

from typing import Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.book_file import book_answer, book_beside, book_tables_of, use_of, with_book
from riskcalc.cli.completion import complete_preset
from riskcalc.cli.options import as_json, overrides, quotes_options
from riskcalc.cli.output import print_json, print_tables
from riskcalc.cli.plan_request import planned
from riskcalc.presets import DEFAULT_PRESET

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

    risk = book_beside(wanted=book_wanted)
    answer = planned(preset, settings, book=use_of(risk), **quotes)
    if json_wanted:
        print_json(answer.to_dict() | book_answer(answer, risk))
    else:
        print_tables(plan_title(answer), [*plan_tables(answer), *book_tables_of(answer, risk)])
    ctx.exit(EXIT_OK if answer.ok else EXIT_RISK_SAYS_NO)

"""``riskcalc report``: a plan as a file to read, print or send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.book_file import book_beside, use_of, with_book
from riskcalc.cli.options import overrides, quotes_options
from riskcalc.cli.output import say_warnings
from riskcalc.cli.plan_request import planned
from riskcalc.presets import DEFAULT_PRESET

if TYPE_CHECKING:
    from riskcalc.domain import BookUse
    from riskcalc.reports.files import PlanReport

EXAMPLES = """\b
Examples:
  riskcalc report -o plan.html
  riskcalc report tna-momentum --set account.equity=50000 -o tna.html -o tna.md
  riskcalc report iwm-call-spread --chain quotes.csv -o plan.svg
  riskcalc plan plan.html                the plan of a report again
"""

WITHOUT_SMILE = (
    "the report keeps the prices of the quotes, not their smile: opened again, P(profit) is at a single vol, "
    "and strikes are sticky"
)


@click.command("report", epilog=EXAMPLES)
@click.argument("preset", default=DEFAULT_PRESET)
@overrides
@quotes_options
@with_book
@click.option(
    "-o",
    "--output",
    "outputs",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="File to write: .html, .md, .svg, .png or .pdf; may be repeated. PNG and PDF need riskcalc[report].",
)
def command(
    *,
    preset: str,
    settings: dict[str, Any],
    outputs: tuple[Path, ...],
    book_wanted: bool | None,
    **quotes: Any,  # noqa: ANN401 - the options of a file of quotes
) -> None:
    """Write the plan of PRESET as a report: numbers, payoff, heatmap and tables.

    HTML is one file that needs no other, prints on two pages, and holds the preset: `riskcalc plan` and
    `riskcalc screen` open it again. Exits with 0 even if a check fails; `riskcalc plan` gives the verdict.
    """
    from riskcalc.reports.files import require_format, write_reports  # noqa: PLC0415 - help is quick

    for path in outputs:
        require_format(path)
    use = use_of(book_beside(wanted=book_wanted))
    for path in write_reports(_report(preset, settings, outputs, book=use, **quotes), outputs):
        click.echo(f"wrote {path}")


def _report(
    preset: str,
    settings: dict[str, Any],
    outputs: tuple[Path, ...],
    *,
    book: BookUse | None,
    **quotes: Any,  # noqa: ANN401 - as above
) -> PlanReport:
    from riskcalc.editor.command_line import command_line  # noqa: PLC0415 - help is quick
    from riskcalc.editor.template_from_trade import preset_of_plan  # noqa: PLC0415 - as above
    from riskcalc.presets import load_preset, self_contained  # noqa: PLC0415 - as above
    from riskcalc.reports.files import PlanReport  # noqa: PLC0415 - as above

    plan = planned(preset, settings, book=book, **quotes)
    loaded = load_preset(preset, settings, book=book)
    if quotes["chain_file"] or quotes["live"]:
        loaded = preset_of_plan(loaded, plan)
        say_warnings([WITHOUT_SMILE])
    words = (*_quote_options(**quotes), *(word for path in outputs for word in ("-o", str(path))))
    command = command_line("report", preset, settings, *words)
    return PlanReport(plan=plan, preset=self_contained(loaded, plan.sources), command=command)


def _quote_options(*, chain_file: tuple[Path, ...], live: bool, **options: object) -> tuple[str, ...]:
    """Return the quote options as command-line text."""
    fetched = ("--live",) if live else ()
    given = {name.replace("_", "-"): value for name, value in options.items() if value is not None}
    chains = (word for path in chain_file for word in ("--chain", str(path)))
    return (*chains, *fetched, *(word for name, value in given.items() for word in (f"--{name}", str(value))))

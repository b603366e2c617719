"""``riskcalc stress``: a planned preset under named scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.book_file import (
    book_answer,
    book_beside,
    book_tables_of,
    open_book,
    use_of,
    with_book,
)
from riskcalc.cli.completion import complete_preset
from riskcalc.cli.options import as_json, overrides, quotes_options
from riskcalc.cli.output import print_json, print_tables
from riskcalc.cli.plan_request import planned
from riskcalc.presets import DEFAULT_PRESET

if TYPE_CHECKING:
    from riskcalc.book import BookRisk
    from riskcalc.book.stress import BookStress
    from riskcalc.domain import Scenario, StressRow, TradePlan
    from riskcalc.formatting import Table

EPILOG = """\b
Examples:
  riskcalc stress
  riskcalc stress tna-momentum --set account.equity=50000
  riskcalc stress iwm-shares --scenarios my-scenarios.toml --json
  riskcalc stress iwm-call-spread --chain quotes.csv --sticky moneyness

Your own scenarios go into scenarios.toml beside account.toml (riskcalc account path), or into the file that
RISKCALC_SCENARIOS names; they add to the shipped ones and replace those of the same name.
"""


@click.command("stress", epilog=EPILOG)
@click.argument("preset", default=DEFAULT_PRESET, shell_complete=complete_preset)
@overrides
@click.option(
    "--scenarios",
    "scenario_file",
    type=click.Path(path_type=Path),
    help="File of additional scenarios; one with a known name replaces it.",
)
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
    scenario_file: Path | None,
    book_wanted: bool | None,
    json_wanted: bool,
    **quotes: Any,  # noqa: ANN401 - the options of a file of quotes
) -> None:
    """Show the P&L and R of PRESET, at its position size, in every scenario.

    No stop is applied. Signals that fail or warn and the events ahead are listed below. Exits with 0 even if
    a scenario exceeds the risk budget; `riskcalc plan` gives the verdict. Exits with 1 if the expiry or the
    time stop has passed, since the prices are then old.
    """
    from riskcalc.domain import Verdict  # noqa: PLC0415 - help is quick
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - help is quick
    from riskcalc.domain.trading_day import DAY_CHECKS  # noqa: PLC0415 - as above
    from riskcalc.formatting import stress_tables, stress_title  # noqa: PLC0415 - as above
    from riskcalc.formatting.stress import how_repriced  # noqa: PLC0415 - as above
    from riskcalc.planning import stress  # noqa: PLC0415 - as above
    from riskcalc.presets import load_instruments, load_preset, load_scenarios  # noqa: PLC0415 - as above

    scenarios = load_scenarios(scenario_file)
    risk = book_beside(wanted=book_wanted)
    use = use_of(risk)
    account = load_preset(preset, settings, book=use).account
    plan = planned(preset, settings, book=use, **quotes)
    rows = stress(plan, scenarios, account=account, instruments=load_instruments())
    code = EXIT_RISK_SAYS_NO if plan.verdict is Verdict.OLD else EXIT_OK
    if not json_wanted:
        book_tables = [*_book_tables(rows, scenarios, risk), *book_tables_of(plan, risk)]
        print_tables(stress_title(plan), [*stress_tables(plan, rows), *book_tables])
        ctx.exit(code)
    trade = plan.report.trade
    print_json(
        {
            "verdict": str(plan.verdict),
            "trade": {"name": trade.name, "description": trade.description},
            "market_date": to_plain(plan.report.market.date),
            "market_source": to_plain(plan.sources.spot),
            "market_age_sessions": plan.market_age_sessions,
            "units": plan.size.units,
            "risk_budget": to_plain(account.risk_budget),
            "how": how_repriced(plan),
            "checks": [to_plain(check) for check in plan.checks if check.name in DAY_CHECKS],
            "events": plan.to_dict()["events"],
            "stress": to_plain(rows),
        }
        | _book_answer(plan, rows, scenarios, risk)
    )
    ctx.exit(code)


def _book_answer(
    plan: TradePlan, rows: Sequence[StressRow], scenarios: Sequence[Scenario], risk: BookRisk | None
) -> dict[str, Any]:
    """The book for JSON: what the trade adds, and both in every scenario."""
    if risk is None:
        return {}
    book_rows = [
        {
            "scenario": stressed.scenario,
            "before": stressed.pnl,
            "added": row.pnl_all_units,
            "after": stressed.pnl + row.pnl_all_units,
        }
        for stressed, row in zip(_stress_todays_book(scenarios).rows, rows, strict=True)
    ]
    answer = book_answer(plan, risk)["book"]
    return {"book": {**answer, "stress": book_rows}}


def _book_tables(
    rows: Sequence[StressRow], scenarios: Sequence[Scenario], risk: BookRisk | None
) -> list[Table]:
    """The book in the same scenarios, with the trade and without."""
    if risk is None or not risk.positions:
        return []
    from riskcalc.book.tables import stress_beside_table  # noqa: PLC0415 - most have no book
    from riskcalc.book.use import book_words  # noqa: PLC0415 - as above

    pnls = [row.pnl_all_units for row in rows]
    return [stress_beside_table(_stress_todays_book(scenarios), pnls, book=book_words(risk))]


def _stress_todays_book(scenarios: Sequence[Scenario]) -> BookStress:
    from riskcalc.book.stress import stress_book  # noqa: PLC0415 - as above

    with open_book(None) as book:
        return stress_book(book.trades(status="open"), book.marks(), scenarios, instruments=book.instruments)

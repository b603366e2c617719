"""``riskcalc stress``: a planned preset under named scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riskcalc.cli.options import as_json, overrides, quotes_options
from riskcalc.cli.output import print_json, print_tables
from riskcalc.cli.plan_request import planned
from riskcalc.presets import DEFAULT_PRESET

EPILOG = """\b
Examples:
  riskcalc stress
  riskcalc stress tna-momentum --set account.equity=50000
  riskcalc stress iwm-shares --scenarios my-scenarios.toml --json
  riskcalc stress iwm-call-spread --chain quotes.csv --sticky moneyness

Your own scenarios go into scenarios.toml in the folder above that of your presets (riskcalc presets
path), or in the file that RISKCALC_SCENARIOS names; they add to the shipped ones and replace those of
the same name.
"""


@click.command("stress", epilog=EPILOG)
@click.argument("preset", default=DEFAULT_PRESET)
@overrides
@click.option(
    "--scenarios",
    "scenario_file",
    type=click.Path(path_type=Path),
    help="File of additional scenarios; one with a known name replaces it.",
)
@quotes_options
@as_json
def command(
    *,
    preset: str,
    settings: dict[str, Any],
    scenario_file: Path | None,
    json_wanted: bool,
    **quotes: Any,  # noqa: ANN401 - the options of a file of quotes
) -> None:
    """Show the P&L and R of PRESET, at its position size, in every scenario.

    No stop is applied. Exits with 0 even if a scenario exceeds the risk budget; `riskcalc plan` gives the
    verdict.
    """
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - help is quick
    from riskcalc.formatting import stress_tables, stress_title  # noqa: PLC0415 - as above
    from riskcalc.formatting.stress import how_repriced  # noqa: PLC0415 - as above
    from riskcalc.planning import stress  # noqa: PLC0415 - as above
    from riskcalc.presets import load_instruments, load_preset, load_scenarios  # noqa: PLC0415 - as above

    scenarios = load_scenarios(scenario_file)
    account = load_preset(preset, settings).account
    plan = planned(preset, settings, **quotes)
    rows = stress(plan, scenarios, account=account, instruments=load_instruments())
    if not json_wanted:
        print_tables(stress_title(plan), stress_tables(plan, rows))
        return
    trade = plan.report.trade
    print_json(
        {
            "trade": {"name": trade.name, "description": trade.description},
            "market_date": to_plain(plan.report.market.date),
            "units": plan.size.units,
            "risk_budget": to_plain(account.risk_budget),
            "how": how_repriced(plan),
            "stress": to_plain(rows),
        }
    )

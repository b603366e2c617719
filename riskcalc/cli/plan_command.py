"""``riskcalc plan``: a preset priced, taken through its exits, sized and checked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.options import as_json, overrides, quotes_options, require_chain_for
from riskcalc.cli.output import print_json, print_sections
from riskcalc.presets.shipped_names import DEFAULT_PRESET

EXAMPLES = """\b
Examples:
  riskcalc plan
  riskcalc plan tna-momentum --set account.equity=50000
  riskcalc plan iwm-call-spread --chain quotes.csv --at natural
"""


@click.command("plan", epilog=EXAMPLES)
@click.argument("preset", default=DEFAULT_PRESET)
@overrides
@quotes_options
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    preset: str,
    settings: dict[str, Any],
    chain_file: Path | None,
    at: str | None,
    chain_spot: float | None,
    chain_date: dt.date | None,
    json_wanted: bool,
) -> None:
    """Price, size and check PRESET: the name of a preset or the path of a preset file.

    Exits 1 when a check fails.
    """
    from riskcalc.formatting import plan_sections, plan_title  # noqa: PLC0415 - help needs no engine
    from riskcalc.presets import load_preset, plan_preset  # noqa: PLC0415 - as above

    if chain_file is None:
        require_chain_for(at=at, chain_spot=chain_spot, chain_date=chain_date)
        answer = plan_preset(preset, settings)
    else:
        from riskcalc.chains import read_chain  # noqa: PLC0415 - most plans read no chain

        symbol = load_preset(preset, settings).template.instrument.symbol
        quotes = read_chain(chain_file, symbol=symbol, spot=chain_spot, date=chain_date)
        answer = plan_preset(preset, settings, chain=quotes, at=at or "mid")
    if json_wanted:
        print_json(answer.to_dict())
    else:
        print_sections(plan_title(answer), plan_sections(answer))
    ctx.exit(EXIT_OK if answer.ok else EXIT_RISK_SAYS_NO)

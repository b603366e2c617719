"""``riskcalc size``: shares from entry, stop, equity and risk, by the percent-risk rule."""

from __future__ import annotations

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.options import FRACTION, as_json
from riskcalc.cli.output import print_json, print_sections
from riskcalc.domain import Side
from riskcalc.domain.plain_data import plain
from riskcalc.formatting.size import size_section
from riskcalc.presets.stop_price import parse_stop_price
from riskcalc.sizing import size_by_stop

EXAMPLES = """\b
Examples:
  riskcalc size --equity 100000 --risk 1% --entry 295.40 --stop 6%
  riskcalc size --equity 50000 --risk 2 --entry 60 --stop 54
"""


@click.command("size", epilog=EXAMPLES)
@click.option("--equity", type=float, required=True, help="Account value [dollars].")
@click.option("--risk", type=FRACTION, default="1%", show_default=True, help="Share of equity to risk.")
@click.option("--entry", type=float, required=True, help="Entry price [dollars].")
@click.option("--stop", required=True, help="Stop: a price (54 or $54) or a move from the entry (6%).")
@click.option("--side", type=click.Choice(["long", "short"]), default="long", show_default=True)
@click.option("--multiplier", type=int, default=1, show_default=True, help="Shares per unit.")
@click.option("--cost-per-unit", type=float, default=0.0, show_default=True, help="Round trip [dollars].")
@click.option("--cost-per-trade", type=float, default=0.0, show_default=True, help="Round trip [dollars].")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    equity: float,
    risk: float,
    entry: float,
    stop: str,
    side: str,
    multiplier: int,
    cost_per_unit: float,
    cost_per_trade: float,
    json_wanted: bool,
) -> None:
    """Size a position so that its stop costs at most a fixed share of equity.

    Exits 1 when not even one unit fits.
    """
    position = Side[side.upper()]
    stop_price = parse_stop_price(stop, entry=entry, side=position)
    size = size_by_stop(
        equity=equity,
        risk_fraction=risk,
        entry=entry,
        stop=stop_price,
        side=position,
        multiplier=multiplier,
        cost_per_unit=cost_per_unit,
        cost_per_trade=cost_per_trade,
    )
    if json_wanted:
        print_json({"entry": entry, "stop": stop_price, "size": plain(size)})
    else:
        section = size_section(size, entry=entry, stop=stop_price, multiplier=multiplier)
        print_sections("", [section])
    ctx.exit(EXIT_OK if size.units else EXIT_RISK_SAYS_NO)

"""``riskcalc size``: shares from entry, stop and account, by the percent-risk rule within its limits."""

from __future__ import annotations

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.options import LIMIT, MONEY, POSITION_LIMIT, RISK, as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.domain import Account, Costs, RiskLimits, Side, instrument
from riskcalc.domain.serialization import to_plain
from riskcalc.formatting.report import size_table
from riskcalc.presets.amounts import Risk, parse_stop_price, require_within
from riskcalc.sizing import StopSize, share_margin, size_by_stop_within_limits

EXAMPLES = """\b
Examples:
  riskcalc size --equity 100000 --risk 1% --entry 295.40 --stop 6%
  riskcalc size --equity '$50,000' --risk '$500' --entry 60 --stop 54 --max-position 25%
  riskcalc size --equity 5000 --risk 2 --entry 295.40 --stop 6% --fractional
"""

ANY_SHARE = instrument("IWM")
"""Margin of a share without leverage."""
NO_HEAT = 1.0
"""Heat limit without --open-risk: all equity."""
HEAT = "portfolio heat"


@click.command("size", epilog=EXAMPLES)
@click.option("--equity", type=MONEY, required=True, help="Account value [dollars].")
@click.option(
    "--risk",
    type=RISK,
    default="1%",
    show_default=True,
    help="Maximum loss at the stop: 1% of equity, or $500.",
)
@click.option("--entry", type=MONEY, required=True, help="Entry price [dollars].")
@click.option("--stop", required=True, help="Stop: a price (54 or $54) or a move from the entry (6%).")
@click.option("--side", type=click.Choice(["long", "short"]), default="long", show_default=True)
@click.option("--multiplier", type=int, default=1, show_default=True, help="Shares per unit.")
@click.option("--cost-per-unit", type=MONEY, default=0.0, show_default=True, help="Round trip [dollars].")
@click.option("--cost-per-trade", type=MONEY, default=0.0, show_default=True, help="Round trip [dollars].")
@click.option("--buying-power", type=MONEY, help="Buying power available [dollars]; default: all equity.")
@click.option(
    "--max-position",
    type=POSITION_LIMIT,
    default="100%",
    show_default=True,
    help="Maximum position, as a share of equity.",
)
@click.option(
    "--margin",
    type=LIMIT,
    help="Buying power used, of position value. By default 50% for shares, as in Reg T (usually 75% "
    "for a 3x fund), and 100% for units of several shares, such as option contracts.",
)
@click.option("--open-risk", type=MONEY, help="Risk of the open trades [dollars].")
@click.option(
    "--max-heat",
    type=LIMIT,
    help="Maximum combined risk of all open trades, as a share of equity; default 6% with --open-risk.",
)
@click.option("--fractional", is_flag=True, help="The broker allows fractional shares, in thousandths.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    equity: float,
    risk: Risk,
    entry: float,
    stop: str,
    side: str,
    multiplier: int,
    cost_per_unit: float,
    cost_per_trade: float,
    buying_power: float | None,
    max_position: float,
    margin: float | None,
    open_risk: float | None,
    max_heat: float | None,
    fractional: bool,
    json_wanted: bool,
) -> None:
    """Size a position by its stop, within the account's limits.

    The loss at the stop stays within the risk budget, the position within buying power and its maximum share
    of equity, as in a plan. Names the binding limit. Exits with 1 if not even one unit fits.
    """
    position = Side[side.upper()]
    require_within(equity, risk, field="--risk")
    if open_risk is not None and max_heat is None:
        max_heat = RiskLimits().max_heat_fraction
    stop_price = parse_stop_price(stop, entry=entry, side=position)
    size = size_by_stop_within_limits(
        account=Account(
            equity=equity,
            buying_power=buying_power,
            open_risk=open_risk or 0.0,
            limits=_limits(risk, max_position, NO_HEAT if max_heat is None else max_heat),
            costs=Costs(commission_per_trade=cost_per_trade / 2),
        ),
        entry=entry,
        stop=stop_price,
        margin=_margin(entry, position, multiplier) if margin is None else margin * entry,
        side=position,
        multiplier=multiplier,
        cost_per_unit=cost_per_unit,
        fractional=fractional,
    )
    if max_heat is None:
        size.limits.pop(HEAT)
    _print(size, entry=entry, stop=stop_price, multiplier=multiplier, json_wanted=json_wanted)
    ctx.exit(EXIT_OK if size.units else EXIT_RISK_SAYS_NO)


def _limits(risk: Risk, max_position: float, max_heat: float) -> RiskLimits:
    usual = RiskLimits().risk_fraction if risk.fraction is None else risk.fraction
    return RiskLimits(
        risk_fraction=usual,
        risk_dollars=risk.dollars,
        max_heat_fraction=max_heat,
        max_position_fraction=max_position,
    )


def _margin(entry: float, side: Side, multiplier: int) -> float:
    return entry if multiplier > 1 else share_margin(ANY_SHARE, side=side, spot=entry)


def _print(size: StopSize, *, entry: float, stop: float, multiplier: int, json_wanted: bool) -> None:
    if json_wanted:
        print_json({"entry": entry, "stop": stop, "size": to_plain(size)})
    else:
        print_tables("", [size_table(size, entry=entry, stop=stop, multiplier=multiplier)])

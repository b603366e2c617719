"""``riskcalc price``: one option, its value and Greeks, or the vol that its premium implies."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from riskcalc.cli.options import DAY, MONEY, RATE, TIME, VOL, as_json
from riskcalc.cli.output import print_json, print_tables, say_warnings

if TYPE_CHECKING:
    from riskcalc.domain import Market, RiskReport, Trade

EXAMPLES = """\b
Examples:
  riskcalc price call --spot 295 --strike 300 --days 60 --vol 20%
  riskcalc price put --spot 295 --strike 290 --expiry 2026-09-18 --date 2026-07-20 --premium 7.85
"""


@click.command("price", epilog=EXAMPLES)
@click.argument("kind", metavar="call|put", type=click.Choice(["call", "put"]))
@click.option("--spot", type=MONEY, required=True, help="Price of the underlying [dollars].")
@click.option("--strike", type=MONEY, required=True, help="Strike [dollars].")
@click.option("--days", type=int, help="Calendar days to expiry (DTE).")
@click.option("--expiry", type=DAY, help="Expiry date, instead of --days.")
@click.option("--date", "today", type=DAY, help="Date of the quotes; default: today.")
@click.option("--time", type=TIME, help="Time of day in New York, like 10:30; default: the close.")
@click.option("--vol", type=VOL, help="Volatility per year: 20% or 0.20.")
@click.option("--premium", type=MONEY, help="Premium [dollars per share]; solves for IV without --vol.")
@click.option("--rate", type=RATE, default="4%", show_default=True, help="Continuous rate per year.")
@click.option(
    "--dividend-yield", type=RATE, default="0%", show_default=True, help="Continuous yield per year."
)
@click.option("--symbol", default="IWM", show_default=True, help="Underlying; sets the multiplier.")
@as_json
def command(
    *,
    kind: str,
    spot: float,
    strike: float,
    days: int | None,
    expiry: dt.date | None,
    today: dt.date | None,
    time: dt.time | None,
    vol: float | None,
    premium: float | None,
    rate: float,
    dividend_yield: float,
    symbol: str,
    json_wanted: bool,
) -> None:
    """Value one option and its Greeks, for one contract.

    Give --vol for a value, --premium for its IV, or both to enter at the premium and value at the vol.
    """
    from riskcalc.domain import Market, OptionType, Quote, instrument, long_option  # noqa: PLC0415 - help is quick
    from riskcalc.planning import evaluate  # noqa: PLC0415 - as above
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    if (days is None) == (expiry is None):
        raise click.UsageError("give exactly one of --days and --expiry")
    if vol is None and premium is None:
        raise click.UsageError("give --vol for a value, or --premium for its IV")
    # The user interface is the one place that may ask the clock.
    date = today or dt.date.today()  # noqa: DTZ011 - the trader's own calendar day
    if expiry is None:
        expiry = date + dt.timedelta(days=days or 0)
    else:
        from riskcalc.presets.listed_contracts import require_session  # noqa: PLC0415 - as above

        require_session("expiry", expiry)
    underlying = instrument(symbol, instruments=load_instruments())
    say_warnings(filter(None, [underlying.assumption]))
    option = long_option(
        underlying,
        option_type=OptionType[kind.upper()],
        strike=strike,
        expiry=expiry,
        premium=premium,
        vol=vol,
    )
    quote = Quote(spot=spot, vol=vol or 0.0, dividend_yield=dividend_yield)
    market = Market(date=date, time=time, rate=rate, quotes={underlying.symbol: quote})
    report = evaluate(option, market if vol is not None else _at_implied_vol(option, market))
    if json_wanted:
        print_json(report.to_dict())
    else:
        _print(report)


def _at_implied_vol(option: Trade, market: Market) -> Market:
    """Return the market with the vol that the premium implies: probabilities are stated at it, too."""
    from riskcalc.analysis import enter_at_model  # noqa: PLC0415 - help is quick

    (leg,) = enter_at_model(option, market).option_legs
    return market.with_quote(option.symbol, vol=leg.vol)


def _print(report: RiskReport) -> None:
    from riskcalc.formatting import option_tables  # noqa: PLC0415 - JSON needs no tables

    print_tables(f"{report.trade.description}, on {report.market.as_of}", option_tables(report))

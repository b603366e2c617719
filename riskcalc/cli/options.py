"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_RISK_SAYS_NO
from riskcalc.environment import TODAY, today
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.chains import Chain

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON instead of tables.")
STATUS_WORDS = {
    "MISSING": "no bid or no ask",
    "NO_ASK": "an ask of 0",
    "NO_BID": "a bid of 0",
    "CROSSED": "a bid above the ask",
}


DATE_KEYS = ("date", "expiry")
"""Ends of the keys of a preset that hold a day."""


def _settings(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:  # noqa: ARG001 - click's signature
    if not values:
        return {}
    from riskcalc.presets import parse_assignments  # noqa: PLC0415 - help is quick

    assignments = parse_assignments(values)
    dated = {key for key, value in assignments.items() if value == TODAY and key.endswith(DATE_KEYS)}
    return {key: today() if key in dated else value for key, value in assignments.items()}


overrides = click.option(
    "--set",
    "settings",
    multiple=True,
    callback=_settings,
    metavar="KEY=VALUE",
    help="Change a value of the preset; may be repeated: --set market.quotes.IWM.spot=300.",
)


class Read(click.ParamType[Any]):
    """Text read by one of the preset files' own parsers, so that both user interfaces agree.

    Parameters
    ----------
    name : str
        What the help page calls it.
    parser : str or callable
        Function, or its place ``module:function``: imported when there is a text to read.
    """

    def __init__(self, name: str, parser: str | Callable[..., Any]) -> None:
        self.name = name
        self._parser = parser

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401, ARG002
        """Parse the text, or raise an error with the expected form."""
        parser = self._parser
        if isinstance(parser, str):
            module, _, function = parser.partition(":")
            parser = getattr(import_module(module), function)
        return parser(value, field=f"--{param.name.replace('_', '-')}" if param and param.name else "value")


def _day(text: str, *, field: str) -> dt.date:
    if text.strip().lower() == TODAY:
        return today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"{field} must be a date like 2026-09-18, or today, got {text!r}") from None


RISK = Read("risk", "riskcalc.presets.amounts:parse_risk")
LIMIT = Read("percent", "riskcalc.presets.amounts:parse_limit")
POSITION_LIMIT = Read("percent", "riskcalc.presets.amounts:parse_position_limit")
MONEY = Read("dollars", "riskcalc.presets.amounts:parse_money")
RATE = Read("rate", "riskcalc.presets.units_parsing:parse_rate")
VOL = Read("vol", "riskcalc.presets.units_parsing:parse_vol")
DAY = Read("date", _day)
TIME = Read("time", "riskcalc.presets.units_parsing:parse_time")

live_option = click.option(
    "--live", is_flag=True, help="Fetch delayed quotes; needs a network and riskcalc[live]."
)

_QUOTES = (
    click.option(
        "--chain",
        "chain_file",
        type=click.Path(path_type=Path),
        multiple=True,
        help="File of real quotes, the source of spot, date, strikes, premiums and IVs. May be repeated: "
        "several files are read as one chain.",
    ),
    click.option(
        "--live",
        is_flag=True,
        help="In place of --chain: fetch delayed quotes; needs a network and riskcalc[live].",
    ),
    click.option(
        "--at",
        type=click.Choice(["mid", "natural", "worst"]),
        help="Fill price from the chain: mid (the default), natural (buy the ask, sell the bid), or worst, "
        "half a bid-ask width beyond natural.",
    ),
    click.option("--chain-spot", type=MONEY, help="Price of the underlying, if the file does not give it."),
    click.option("--chain-date", type=DAY, help="Date of the quotes, if the file does not give it."),
    click.option(
        "--sticky",
        type=click.Choice(["strike", "moneyness"]),
        help="As the spot moves: sticky strike, each strike keeps its IV (the default), or sticky moneyness, "
        "the fitted smile moves with the spot.",
    ),
)


def quotes_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a file of quotes; `riskcalc.cli.plan_request` explains them."""
    for option in reversed(_QUOTES):
        command = option(command)
    return command


def require_chain_for(**options: object) -> None:
    """Refuse options that need --chain."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    if given:
        raise click.UsageError(f"{given[0]} needs --chain or --live")


def require_usable(chain: Chain) -> None:
    """Exit with 1 and the reason if no quote of a chain is usable."""
    if not chain.usable.any():
        click.echo(f"riskcalc: {unusable(chain)}", err=True)
        click.get_current_context().exit(EXIT_RISK_SAYS_NO)


def unusable(chain: Chain) -> str:
    """Return why no quote of a chain is usable."""
    from riskcalc.chains import QuoteStatus  # noqa: PLC0415 - help is quick

    counts = chain.quality_counts()
    status = max(counts, key=counts.__getitem__)
    text = f"no usable quote: {counts[status]:,} of {len(chain):,} have {STATUS_WORDS[status.name]}"
    if status is QuoteStatus.NO_ASK and (chain.bid[chain.ask == 0] == 0).all():
        text += "; vendors show 0 outside trading hours, and a last price is not a quote"
    return text

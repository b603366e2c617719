"""Options of a scan: which quotes are read, and which spreads of theirs are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskcalc.cli.options import DAY, MONEY

KINDS = ("call debit", "call credit", "put debit", "put credit")
READ_OPTIONS = (
    click.option("--symbol", help="Underlying to keep, where a file holds several or names none."),
    click.option("--spot", type=MONEY, help="Price of the underlying, where the one FILE does not say it."),
    click.option("--date", type=DAY, help="Day of the quotes, where the one FILE does not say it."),
)
RULE_OPTIONS = (
    click.option(
        "--kind", "kinds", type=click.Choice([*KINDS, "all"]), multiple=True, default=("call debit",),
        show_default=True, help="Kind of spread, as often as needed.",
    ),
    click.option("--min-days", type=int, default=45, show_default=True, help="Days to the expiry, at least."),
    click.option("--max-days", type=int, default=90, show_default=True, help="Days to the expiry, at most."),
    click.option("--min-width", type=MONEY, default=0.0, help="Distance of the strikes, at least [dollars]."),
    click.option("--max-width", type=MONEY, help="Distance of the strikes, at most [dollars]."),
    click.option("--min-delta", type=float, default=0.0, help="Of the bought option, without sign."),
    click.option("--max-delta", type=float, default=1.0, help="The same, at most."),
    click.option("--min-open-interest", type=float, default=0.0, help="Of either leg [contracts]."),
    click.option("--max-quoted-width", type=MONEY, help="Ask less bid of either leg [dollars per share]."),
    click.option("--max-debit", type=MONEY, help="Of one spread [dollars]."),
    click.option("--all-sizes", is_flag=True, help="Also what is too large for the account."),
    click.option(
        "--at", type=click.Choice(["mid", "natural", "worst"]), default="mid", show_default=True,
        help="Where quotes are filled.",
    ),
    click.option(
        "--sticky", type=click.Choice(["strike", "moneyness"]), default="strike", show_default=True,
        help="What the smile keeps as the spot moves.",
    ),
    click.option("--european", is_flag=True, help="Value options in closed form on an implied yield."),
)  # fmt: skip


def read_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how files are read."""
    return _with(READ_OPTIONS, command)


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which spreads are listed."""
    return _with(RULE_OPTIONS, command)


def _with(options: tuple[Callable[..., Any], ...], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command

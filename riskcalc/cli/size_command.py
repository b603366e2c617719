"""``riskcalc size``: shares from entry, stop and account, by the percent-risk rule within its limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.book_file import book_beside, book_source, use_of, with_book
from riskcalc.cli.options import LIMIT, MONEY, POSITION_LIMIT, RISK, as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.domain import Account, Costs, Instrument, Side, Source
from riskcalc.domain.serialization import to_plain
from riskcalc.environment import SET_ACCOUNT_LINE, account_path
from riskcalc.formatting.report import size_table
from riskcalc.presets.amounts import Risk, parse_stop_price, require_within
from riskcalc.sizing import StopSize, share_margin, size_by_stop_within_limits

if TYPE_CHECKING:
    from riskcalc.book import BookRisk

EXAMPLES = """\b
Examples:
  riskcalc size --equity 100000 --risk 1% --entry 295.40 --stop 6%
  riskcalc size --entry 295.40 --stop 6%        with your own account
  riskcalc size --equity '$50,000' --risk '$500' --entry 60 --stop 54 --max-position 25%
  riskcalc size --equity 5000 --risk 2 --entry 295.40 --stop 6% --fractional
"""

ANY_SHARE = Instrument(symbol="SHARES")
"""Margin of a share without leverage."""
NO_HEAT = 1.0
"""Heat limit without --open-risk: all equity."""
HEAT = "portfolio heat"
SAMPLE_EQUITY = 100_000.0
"""Placeholder where no account is set [dollars]: --equity is required then."""


@click.command("size", epilog=EXAMPLES)
@click.option("--equity", type=MONEY, help="Account value [dollars]; default: that of your account.")
@click.option("--risk", type=RISK, help="Maximum loss at the stop: 1% of equity (the default), or $500.")
@click.option("--entry", type=MONEY, required=True, help="Entry price [dollars].")
@click.option("--stop", required=True, help="Stop: a price (54 or $54) or a move from the entry (6%).")
@click.option("--side", type=click.Choice(["long", "short"]), default="long", show_default=True)
@click.option("--multiplier", type=int, default=1, show_default=True, help="Shares per unit.")
@click.option("--cost-per-unit", type=MONEY, help="Round trip [dollars]; default: your account's, else 0.")
@click.option("--cost-per-trade", type=MONEY, help="Round trip [dollars]; default: your account's, else 0.")
@click.option(
    "--buying-power", type=MONEY, help="Equity available for this trade [dollars]; default: all of it."
)
@click.option(
    "--max-position", type=POSITION_LIMIT, help="Maximum position, as a share of equity: 100% by default."
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
@with_book
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    equity: float | None,
    risk: Risk | None,
    entry: float,
    stop: str,
    side: str,
    multiplier: int,
    cost_per_unit: float | None,
    cost_per_trade: float | None,
    buying_power: float | None,
    max_position: float | None,
    margin: float | None,
    open_risk: float | None,
    max_heat: float | None,
    fractional: bool,
    book_wanted: bool | None,
    json_wanted: bool,
) -> None:
    """Size a position by its stop, within the account's limits.

    The loss at the stop stays within the risk budget, the position within buying power and its maximum share
    of equity, as in a plan. Options left out come from account.toml where it has them; open risk and
    buying power used come from your book. Names the binding limit.
    Exits with 1 if not even one unit fits.
    """
    position = Side[side.upper()]
    account_data, account = _user_account(book_beside(wanted=book_wanted))
    if equity is None and "equity" not in account_data:
        raise click.UsageError(f"give --equity, or once for all: {SET_ACCOUNT_LINE}")
    if {"open_risk", "max_heat"} & account_data.keys() or open_risk is not None:
        max_heat = account.limits.max_heat_fraction if max_heat is None else max_heat
    stop_price = parse_stop_price(stop, entry=entry, side=position)
    size = size_by_stop_within_limits(
        account=_account(
            account,
            equity=account.equity if equity is None else equity,
            risk=risk,
            buying_power=buying_power,
            open_risk=open_risk,
            max_position=max_position,
            max_heat=NO_HEAT if max_heat is None else max_heat,
            cost_per_trade=cost_per_trade,
        ),
        entry=entry,
        stop=stop_price,
        margin=_margin(entry, position, multiplier) if margin is None else margin * entry,
        side=position,
        multiplier=multiplier,
        cost_per_unit=_usual_cost(account.costs, multiplier) if cost_per_unit is None else cost_per_unit,
        fractional=fractional,
    )
    if max_heat is None:
        size.limits.pop(HEAT)
    _print(
        size,
        entry=entry,
        stop=stop_price,
        multiplier=multiplier,
        equity_of=Source.SET if equity is not None else Source.ACCOUNT_FILE,
        json_wanted=json_wanted,
    )
    ctx.exit(EXIT_OK if size.units else EXIT_RISK_SAYS_NO)


def _user_account(book: BookRisk | None) -> tuple[dict[str, Any], Account]:
    """Values of the user's account and book, and the account with defaults for missing values."""
    if book is not None:
        click.echo(f"riskcalc: heat and buying power {book_source(book)}", err=True)
    elif not account_path().exists():
        return {}, Account(equity=SAMPLE_EQUITY)
    from riskcalc.presets import account_file  # noqa: PLC0415 - slow to import

    account_data = account_file.with_book(account_file.read_account(), use_of(book))
    return account_data, account_file.inherited_accounts(account_data).beside


def _account(
    account: Account,
    *,
    equity: float,
    risk: Risk | None,
    buying_power: float | None,
    open_risk: float | None,
    max_position: float | None,
    max_heat: float,
    cost_per_trade: float | None,
) -> Account:
    """The user's account, overridden by the options given."""
    limits = replace(account.limits, max_heat_fraction=max_heat)
    if max_position is not None:
        limits = replace(limits, max_position_fraction=max_position)
    if risk is not None:
        require_within(equity, risk, field="--risk")
        usual = limits.risk_fraction if risk.fraction is None else risk.fraction
        limits = replace(limits, risk_fraction=usual, risk_dollars=risk.dollars)
    once = account.costs.commission_per_trade if cost_per_trade is None else cost_per_trade / 2
    return Account(
        equity=equity,
        buying_power=account.buying_power if buying_power is None else buying_power,
        buying_power_used=account.buying_power_used if buying_power is None else 0.0,
        open_risk=account.open_risk if open_risk is None else open_risk,
        limits=limits,
        costs=Costs(commission_per_trade=once),
    )


def _usual_cost(costs: Costs, multiplier: int) -> float:
    """Round-trip costs of a unit at the account's commissions: of shares, or of an option contract."""
    if multiplier > 1:
        return 2 * costs.commission_per_contract
    return 2 * (costs.commission_per_share + costs.slippage_per_share)


def _margin(entry: float, side: Side, multiplier: int) -> float:
    return entry if multiplier > 1 else share_margin(ANY_SHARE, side=side, spot=entry)


def _print(
    size: StopSize, *, entry: float, stop: float, multiplier: int, equity_of: Source, json_wanted: bool
) -> None:
    if json_wanted:
        account = {"source": to_plain(equity_of)}
        print_json({"entry": entry, "stop": stop, "account": account, "size": to_plain(size)})
    else:
        print_tables("", [size_table(size, entry=entry, stop=stop, multiplier=multiplier)])

"""``riskcalc account``: equity, risk, limits and costs, set once for all presets."""

from __future__ import annotations

import click

from riskcalc.cli.completion import complete_account
from riskcalc.cli.options import as_json
from riskcalc.cli.output import print_json, print_tables
from riskcalc.environment import SET_ACCOUNT_LINE, account_path

EXAMPLES = """\b
Examples:
  riskcalc account
  riskcalc account set equity=50000 risk=1%
  riskcalc account set buying_power=32000 max_position=50% commission_per_contract=0.65
  riskcalc account set buying_power=          forget a value

A preset's own [account], and --set account.risk=2%, go over these values key by key.
"""


@click.group("account", invoke_without_command=True, epilog=EXAMPLES)
@as_json
@click.pass_context
def command(ctx: click.Context, *, json_wanted: bool) -> None:
    """Show the account that every preset uses, and where each value comes from."""
    if ctx.invoked_subcommand is None:
        _show(json_wanted=json_wanted)


@command.command("set")
@click.argument(
    "assignments", metavar="KEY=VALUE...", nargs=-1, required=True, shell_complete=complete_account
)
@as_json
def set_values(*, assignments: tuple[str, ...], json_wanted: bool) -> None:
    """Write values to account.toml; its comments and other keys are kept."""
    from riskcalc.presets.account_file import set_account  # noqa: PLC0415 - help is quick

    set_account(assignments)
    _show(json_wanted=json_wanted)


@command.command("path")
def path() -> None:
    """Print the file of the account."""
    click.echo(account_path())


def _show(*, json_wanted: bool) -> None:
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - help is quick
    from riskcalc.formatting.account import account_table  # noqa: PLC0415 - as above
    from riskcalc.presets import account_file  # noqa: PLC0415 - as above

    own = account_file.read_account()
    account, sources = account_file.inherited_accounts(own).whole, account_file.value_sources(own)
    if not json_wanted:
        print_tables("", [account_table(account, sources)])
        if "equity" not in own:
            click.echo(f"\nThe equity is a sample. Give yours: {SET_ACCOUNT_LINE}")
        return
    derived = {"risk_budget": account.risk_budget, "free_buying_power": account.free_buying_power}
    where = {"path": str(account_path()), "source": sources["equity"], "sources": sources}
    print_json(to_plain(account) | derived | where)

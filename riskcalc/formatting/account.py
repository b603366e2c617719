"""The account of all presets as a table."""

from __future__ import annotations

from collections.abc import Mapping

from riskcalc.domain import Account
from riskcalc.formatting.numbers import money, percent
from riskcalc.formatting.table import Table

AUTOMATIC = "max loss, or the stop where that has no limit"
"""What sizes a trade where no basis is named."""


def account_table(account: Account, sources: Mapping[str, str]) -> Table:
    """Return the values of an account, each with where it comes from.

    Parameters
    ----------
    account : Account
        That of a preset which says nothing of its own.
    sources : mapping
        Where each key comes from: ``account.toml``, ``sample`` or ``default``.
    """
    limits, costs = account.limits, account.costs
    risk = f"{percent(account.risk_allowed)} of equity"
    values = {
        "equity": money(account.equity),
        "risk": f"{money(account.risk_budget)}, {risk}",
        "buying_power": money(account.equity if account.buying_power is None else account.buying_power),
        "buying_power_used": money(account.buying_power_used),
        "open_risk": money(account.open_risk),
        "max_heat": percent(limits.max_heat_fraction),
        "max_position": percent(limits.max_position_fraction),
        "risk_basis": AUTOMATIC if limits.risk_basis is None else limits.risk_basis.replace("_", " "),
        "commission_per_contract": money(costs.commission_per_contract),
        "commission_per_share": money(costs.commission_per_share),
        "commission_per_trade": money(costs.commission_per_trade),
        "slippage_per_share": money(costs.slippage_per_share),
    }
    rows = tuple((key, value, sources[key]) for key, value in values.items())
    return Table(title="Account", header=("key", "value", "from"), rows=rows, left=frozenset({0, 1, 2}))

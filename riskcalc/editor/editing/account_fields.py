"""Fields of the account: equity, risk, buying power and costs."""

from __future__ import annotations

import dataclasses
from typing import Any

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import Field, NumberField
from riskcalc.editor.editing.number_entry import Bounds, EvenGrid, ShareGrid, around_equity, read_number

DOLLARS = Bounds(low=0, high=1e12)
COST = Bounds(low=0, high=1_000)
SHARE = Bounds(low=0, high=100, above=True)
EQUITY_GRID = ShareGrid(share=0.02, smallest=50.0)


def account_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of the account that apply to a draft."""
    costs = ((PER_CONTRACT,) if draft.trade.option_legs else ()) + (
        (PER_SHARE, SLIPPAGE) if draft.trade.share_legs else ()
    )
    return (EQUITY, RISK, BUYING_POWER, OPEN_RISK, MAX_HEAT, *costs)


def _with_limits(draft: Draft, **changes: Any) -> Draft:  # noqa: ANN401 - the fields of RiskLimits
    return draft.with_account(limits=dataclasses.replace(draft.account.limits, **changes))


def _with_costs(draft: Draft, **changes: float) -> Draft:
    return draft.with_account(costs=dataclasses.replace(draft.account.costs, **changes))


class RiskField(NumberField):
    """Risk as a share of equity, or in dollars, which do not change with equity."""

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set typed percent, or dollars behind their sign."""
        if "$" not in text:
            return super().enter(draft, text)
        equity = Bounds(low=0, high=draft.account.equity, above=True)
        dollars = read_number(text, unit="$", name=self.title, bounds=equity)
        return _with_limits(draft, risk_dollars=dollars)


EQUITY = NumberField(
    key="account.equity",
    section="ACCOUNT",
    label="Equity",
    unit="$",
    help="Account equity, above 0; the risk budget is a share of it",
    read=lambda draft: draft.account.equity,
    write=lambda draft, value: draft.with_account(equity=value),
    grid=lambda _: ShareGrid(share=0.02),
    bounds=dataclasses.replace(DOLLARS, above=True),
    span=around_equity,
    digits=0,
)
RISK = RiskField(
    key="account.risk",
    section="ACCOUNT",
    label="Risk",
    unit="%",
    help="Maximum loss of the trade: a share of equity, above 0 up to 100%, or dollars: $500",
    read=lambda draft: draft.account.risk_allowed,
    write=lambda draft, value: _with_limits(draft, risk_fraction=value, risk_dollars=None),
    grid=lambda _: EvenGrid(step=0.25),
    bounds=SHARE,
    span=lambda _: (0.25, 5.0),
    carry=lambda draft, source: _with_limits(
        draft,
        risk_fraction=source.account.limits.risk_fraction,
        risk_dollars=source.account.limits.risk_dollars,
    ),
)
BUYING_POWER = NumberField(
    key="account.buying_power",
    section="ACCOUNT",
    label="Buying power",
    unit="$",
    help="Buying power available for debit or margin, from 0; default: all equity",
    main=False,
    read=lambda draft: draft.account.free_buying_power,
    write=lambda draft, value: draft.with_account(buying_power=value),
    grid=lambda _: EQUITY_GRID,
    bounds=DOLLARS,
    span=around_equity,
    digits=0,
    carry=lambda draft, source: draft.with_account(buying_power=source.account.buying_power),
)
OPEN_RISK = RiskField(
    key="account.open_risk",
    section="ACCOUNT",
    label="Open risk",
    unit="$",
    help="Combined loss of the open trades in a common shock, from 0",
    main=False,
    read=lambda draft: draft.account.open_risk,
    write=lambda draft, value: draft.with_account(open_risk=value),
    grid=lambda _: EQUITY_GRID,
    bounds=DOLLARS,
    span=lambda draft: (0.0, 0.2 * draft.preset.account.equity),
    digits=0,
)
MAX_HEAT = NumberField(
    key="account.max_heat",
    section="ACCOUNT",
    label="Max heat",
    unit="%",
    help="Maximum combined risk of all open trades: a share of equity, above 0 up to 100%",
    main=False,
    read=lambda draft: draft.account.limits.max_heat_fraction,
    write=lambda draft, value: _with_limits(draft, max_heat_fraction=value),
    grid=lambda _: EvenGrid(step=0.5),
    bounds=SHARE,
    span=lambda _: (0.5, 20.0),
    digits=1,
)
PER_CONTRACT = NumberField(
    key="account.costs.commission",
    section="ACCOUNT",
    label="Commission",
    unit="$",
    help="Per contract and side, 0 to 1,000",
    main=False,
    read=lambda draft: draft.account.costs.commission_per_contract,
    write=lambda draft, value: _with_costs(draft, commission_per_contract=value),
    grid=lambda _: EvenGrid(step=0.05),
    bounds=COST,
    span=lambda _: (0.0, 2.0),
)
PER_SHARE = NumberField(
    key="account.costs.commission_per_share",
    section="ACCOUNT",
    label="Comm./share",
    name="Commission per share",
    unit="$",
    help="Commission per share and side, 0 to 1,000",
    main=False,
    read=lambda draft: draft.account.costs.commission_per_share,
    write=lambda draft, value: _with_costs(draft, commission_per_share=value),
    grid=lambda _: EvenGrid(step=0.001),
    bounds=COST,
    span=lambda _: (0.0, 0.05),
    digits=3,
)
SLIPPAGE = NumberField(
    key="account.costs.slippage",
    section="ACCOUNT",
    label="Slippage",
    unit="$",
    help="Slippage per share and side, 0 to 1,000",
    main=False,
    read=lambda draft: draft.account.costs.slippage_per_share,
    write=lambda draft, value: _with_costs(draft, slippage_per_share=value),
    grid=lambda _: EvenGrid(step=0.01),
    bounds=COST,
    span=lambda _: (0.0, 0.5),
)

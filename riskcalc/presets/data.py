"""A preset as plain data for TOML; defaults are omitted."""

from __future__ import annotations

from functools import partial
from typing import Any

from riskcalc.domain import (
    Account,
    CashDividend,
    EntryRules,
    ExitPlan,
    Instrument,
    Market,
    RiskLimits,
    Target,
    Trigger,
    View,
    find_instrument,
)
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.signals import SignalRole
from riskcalc.presets.account_file import inherited_accounts
from riskcalc.presets.amounts import money_text, price_text
from riskcalc.presets.legs import leg_data
from riskcalc.presets.levels import level_text
from riskcalc.presets.schema import SCHEMA_VERSION
from riskcalc.presets.template import Preset
from riskcalc.presets.units_parsing import move_text, percent_text, points_text
from riskcalc.presets.written import CALIBRATED, Data, enum_name, stated, written_number


def preset_data(preset: Preset) -> Data:
    """Return a preset as data that read back to an equal one; its name is the file's affair."""
    tables = {
        "market": _market(preset.market, preset.entry, pinned=preset.pinned),
        "trade": {
            "symbol": preset.template.instrument.symbol,
            **_settlement(preset.template.instrument),
            "legs": [leg_data(leg) for leg in preset.template.legs],
        },
        "exits": _exits(preset.exits),
        "entry": _entry(preset.entry),
        "account": _account_table(preset),
        "view": _view(preset.view),
    }
    about = {"description": preset.description} if preset.description else {}
    return {"schema": SCHEMA_VERSION} | about | {key: table for key, table in tables.items() if table}


def _view(view: View) -> Data:
    calibrated = {"vol": CALIBRATED} if view.k is not None and view.vol is None else {}
    return stated(view, drift=percent_text, vol=percent_text) | calibrated


def _market(market: Market, entry: EntryRules, *, pinned: bool) -> Data:
    quotes = {symbol: _quote(symbol, market) for symbol in market.quotes}
    units = {trigger.signal: trigger.unit for trigger in entry.triggers if trigger.unit}
    signals = {name: level_text(value, units.get(name, "")) for name, value in market.signals.items()}
    timed = {} if market.time is None else {"time": to_plain(market.time)}
    pinned_key = {"pinned": True} if pinned else {}
    dated = {"date": market.date, **timed, **pinned_key, "rate": percent_text(market.rate), "quotes": quotes}
    return dated | ({"signals": signals} if signals else {})


def _settlement(underlying: Instrument) -> Data:
    """Settlement of third-Friday options; empty for the symbol's default."""
    settlement = underlying.monthly_settlement
    return {} if settlement is None else {"settlement": settlement.value}


def _quote(symbol: str, market: Market) -> Data:
    quote, pair = market.quotes[symbol], find_instrument(symbol)
    data = stated(
        quote,
        spot=written_number,
        vol=percent_text,
        dividend_yield=percent_text,
        borrow_fee=percent_text,
        dividends=_payments,
    )
    if pair and pair.against and pair.held in market.quotes and quote.spot == market.quote(pair.held).spot:
        del data["spot"]  # so that it follows the fund's when the file is edited
    return data


def _payments(dividends: tuple[CashDividend, ...]) -> list[Data]:
    return [
        {"ex_date": dividend.ex_date, "amount": written_number(dividend.amount)}
        | ({"special": True} if dividend.special else {})
        for dividend in dividends
    ]


def _exits(exits: ExitPlan) -> Data:
    return (
        {"stop": _adverse(exits.stop) if exits.stop_price is None else price_text(exits.stop_price)}
        | ({"targets": _targets(exits.targets)} if exits.targets else {})
        | stated(
            exits,
            holding_days=int,
            close_dte=int,
            vol_shift=points_text,
            gap_shocks=lambda shocks: [percent_text(shock) for shock in shocks],
            stop_to_breakeven=bool,
            gap_share=percent_text,
            side=enum_name,
        )
    )


def _adverse(move: float) -> str:
    return f"-{percent_text(move)}"


def _targets(targets: tuple[Target, ...]) -> list[Any]:
    """Targets as moves if their shares are equal, else as tables."""
    if all(target.fraction == 1 / len(targets) for target in targets):
        return [_favorable(target) for target in targets]
    return [{"move": _favorable(target), "fraction": percent_text(target.fraction)} for target in targets]


def _favorable(target: Target) -> str | float:
    return move_text(target.move) if target.price is None else price_text(target.price)


def _entry(entry: EntryRules) -> Data:
    triggers = [_trigger(trigger) for trigger in entry.triggers]
    data = stated(entry, min_days=int, max_days=int, max_stop=percent_text, needs_all=_combination)
    data = {{"needs_all": "combine"}.get(key, key): value for key, value in data.items()}
    return data | ({"triggers": triggers} if triggers else {})


def _combination(needs_all: frozenset[SignalRole]) -> str | Data:
    """Roles that need all of their triggers: a word where it is each of them."""
    if needs_all == frozenset(SignalRole):
        return "all"
    return {role.value: "all" for role in SignalRole if role in needs_all}


def _trigger(trigger: Trigger) -> Data:
    level = partial(level_text, unit=trigger.unit)
    return stated(trigger, signal=str, role=enum_name, below=level, above=level, meaning=str)


def _risk(limits: RiskLimits) -> str:
    return (
        percent_text(limits.risk_fraction) if limits.risk_dollars is None else money_text(limits.risk_dollars)
    )


def _account_table(preset: Preset) -> Data:
    """The account without the values that the user's account sets for all presets."""
    if preset.inherited is None:
        return _account(preset.account)
    whole, beside = inherited_accounts(preset.inherited)
    if preset.account == whole:
        return {}
    # Set on a file that says nothing of the account, a key goes over the whole; in a file that does, beside.
    over, own_account = _account(preset.account, whole), _account(preset.account, beside)
    costs = own_account.get("costs", {}) | over.get("costs", {})
    return own_account | over | ({"costs": costs} if costs else {})


def _used_amounts(account: Account, base: Account | None) -> Data:
    """Used buying power and open risk; a stated buying power is already net of them."""
    numbers = dict.fromkeys(("buying_power", "buying_power_used", "open_risk"), written_number)
    used = stated(account, base, **numbers)
    if "buying_power" in used and not account.buying_power_used:
        used.pop("buying_power_used", None)
    return used


def _account(account: Account, base: Account | None = None) -> Data:
    """The account where it differs from another; from the defaults of the keys where there is none."""
    limits, costs = account.limits, account.costs
    limited = stated(
        limits,
        None if base is None else base.limits,
        max_heat_fraction=percent_text,
        max_position_fraction=percent_text,
        risk_basis=enum_name,
    )
    charged = stated(
        costs,
        None if base is None else base.costs,
        commission_per_contract=written_number,
        commission_per_share=written_number,
        commission_per_trade=written_number,
        slippage_per_share=written_number,
    )
    return (
        stated(account, base, equity=written_number)
        | ({} if base is not None and _risk(base.limits) == _risk(limits) else {"risk": _risk(limits)})
        | _used_amounts(account, base)
        | {key.removesuffix("_fraction"): value for key, value in limited.items()}
        | ({"costs": charged} if charged else {})
    )

"""A preset as plain data for TOML; defaults are omitted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from typing import Any

from riskcalc.domain import (
    Account,
    CashDividend,
    EntryRules,
    ExitPlan,
    Instrument,
    Market,
    RiskLimits,
    ShareLeg,
    Target,
    Trigger,
    find_instrument,
)
from riskcalc.domain.serialization import to_plain
from riskcalc.presets.amounts import money_text, price_text
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, StrikeRule
from riskcalc.presets.schema import SCHEMA_VERSION
from riskcalc.presets.template import LegTemplate, OptionTemplate, Preset
from riskcalc.presets.units_parsing import move_text, percent_text, points_text

Data = dict[str, Any]


def preset_data(preset: Preset) -> Data:
    """Return a preset as data that read back to an equal one; its name is the file's affair."""
    tables = {
        "market": _market(preset.market, preset.entry),
        "trade": {
            "symbol": preset.template.instrument.symbol,
            **_settlement(preset.template.instrument),
            "legs": [_leg(leg) for leg in preset.template.legs],
        },
        "exits": _exits(preset.exits),
        "entry": _entry(preset.entry),
        "account": _account(preset.account),
        "view": _stated(preset.view, drift=percent_text, vol=percent_text),
    }
    about = {"description": preset.description} if preset.description else {}
    return {"schema": SCHEMA_VERSION} | about | {key: table for key, table in tables.items() if table}


def _stated(record: Any, **writers: Callable[[Any], Any]) -> Data:  # noqa: ANN401 - any record of the domain
    """The fields of a record that differ from their defaults, each as it is written."""
    defaults = {field.name: field.default for field in dataclasses.fields(record)}
    values = {key: getattr(record, key) for key in writers}
    return {key: writers[key](value) for key, value in values.items() if value != defaults[key]}


def _number(value: float) -> float:
    """A number without a needless ``.0``."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _name(value: Enum) -> str:
    return value.name.lower()


def _market(market: Market, entry: EntryRules) -> Data:
    quotes = {symbol: _quote(symbol, market) for symbol in market.quotes}
    percent = {trigger.signal for trigger in entry.triggers if trigger.percent}
    signals = {
        name: percent_text(value) if name in percent else _number(value)
        for name, value in market.signals.items()
    }
    timed = {} if market.time is None else {"time": to_plain(market.time)}
    dated = {"date": market.date, **timed, "rate": percent_text(market.rate), "quotes": quotes}
    return dated | ({"signals": signals} if signals else {})


def _settlement(underlying: Instrument) -> Data:
    """Settlement of third-Friday options; empty for the symbol's default."""
    said = underlying.monthly_settlement
    return {} if said is None else {"settlement": said.value}


def _quote(symbol: str, market: Market) -> Data:
    quote, pair = market.quotes[symbol], find_instrument(symbol)
    stated = _stated(
        quote,
        spot=_number,
        vol=percent_text,
        dividend_yield=percent_text,
        borrow_fee=percent_text,
        dividends=_payments,
    )
    if pair and pair.against and pair.held in market.quotes and quote.spot == market.quote(pair.held).spot:
        del stated["spot"]  # so that it follows the fund's when the file is edited
    return stated


def _payments(dividends: tuple[CashDividend, ...]) -> list[Data]:
    return [
        {"ex_date": dividend.ex_date, "amount": _number(dividend.amount)}
        | ({"special": True} if dividend.special else {})
        for dividend in dividends
    ]


def _leg(leg: LegTemplate) -> Data:
    if isinstance(leg, ShareLeg):
        stated = _stated(leg, side=_name, shares=int, entry_price=_number, spread_cost=_number)
        return {"kind": "shares"} | stated
    return (
        {"kind": _name(leg.option_type), "side": _name(leg.side)}
        | _stated(leg, contracts=int)
        | _strike(leg.strike)
        | _expiry(leg)
        | _stated(leg, premium=_number, vol=percent_text, spread_cost=_number)
    )


def _strike(rule: StrikeRule) -> Data:
    if isinstance(rule, ExactStrike):
        return {"strike": _number(rule.strike)}
    if isinstance(rule, DeltaStrike):
        return {"delta": rule.delta}
    return {"moneyness": move_text(rule.move)}


def _expiry(leg: OptionTemplate) -> Data:
    return {"days" if isinstance(leg.expiry, int) else "expiry": leg.expiry}


def _exits(exits: ExitPlan) -> Data:
    return (
        {"stop": _adverse(exits.stop) if exits.stop_price is None else price_text(exits.stop_price)}
        | ({"targets": _targets(exits.targets)} if exits.targets else {})
        | _stated(
            exits,
            holding_days=int,
            close_dte=int,
            vol_shift=points_text,
            gap_shocks=lambda shocks: [percent_text(shock) for shock in shocks],
            stop_to_breakeven=bool,
            gap_share=percent_text,
            side=_name,
        )
    )


def _adverse(move: float) -> str:
    return f"-{percent_text(move)}"


def _targets(targets: tuple[Target, ...]) -> list[Any]:
    """Targets as moves if their shares are equal, else as tables."""
    if all(target.fraction == 1 / len(targets) for target in targets):
        return [_favourable(target) for target in targets]
    return [{"move": _favourable(target), "fraction": percent_text(target.fraction)} for target in targets]


def _favourable(target: Target) -> str | float:
    return move_text(target.move) if target.price is None else price_text(target.price)


def _entry(entry: EntryRules) -> Data:
    triggers = [_trigger(trigger) for trigger in entry.triggers]
    stated = _stated(entry, min_days=int, max_days=int, max_stop=percent_text)
    return stated | ({"triggers": triggers} if triggers else {})


def _trigger(trigger: Trigger) -> Data:
    level = percent_text if trigger.percent else _number
    return _stated(trigger, signal=str, below=level, above=level, meaning=str)


def _risk(limits: RiskLimits) -> str:
    return (
        percent_text(limits.risk_fraction) if limits.risk_dollars is None else money_text(limits.risk_dollars)
    )


def _account(account: Account) -> Data:
    limits, costs = account.limits, account.costs
    limited = _stated(
        limits, max_heat_fraction=percent_text, max_position_fraction=percent_text, risk_basis=_name
    )
    charged = _stated(
        costs,
        commission_per_contract=_number,
        commission_per_share=_number,
        commission_per_trade=_number,
        slippage_per_share=_number,
    )
    return (
        _stated(account, equity=_number)
        | {"risk": _risk(limits)}
        | _stated(account, buying_power=_number, open_risk=_number)
        | {key.removesuffix("_fraction"): value for key, value in limited.items()}
        | ({"costs": charged} if charged else {})
    )

"""Converts an edited trade back to rules; legs that no rule leads to become exact."""

from __future__ import annotations

import dataclasses

from riskcalc.domain import Leg, Market, OptionLeg, Trade, TradePlan
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.presets import OptionTemplate, Preset, TradeTemplate
from riskcalc.presets.listed_contracts import ExactStrike
from riskcalc.presets.template import LegTemplate


def rules_that_hold(template: TradeTemplate, trade: Trade, market: Market) -> TradeTemplate:
    """Return rules that resolve to a trade.

    Parameters
    ----------
    template : TradeTemplate
        The rules that the trade was opened with.
    trade : Trade
        As it was edited.
    market : Market
        As it will be saved: a rule that leads elsewhere in it gives way to the exact strike or expiry.

    Returns
    -------
    TradeTemplate
        It resolves to the trade in that market.
    """
    exact = exact_rules(template, trade)
    legs = tuple(
        _rule_that_holds(template, index, leg, exact_leg, market)
        for index, (leg, exact_leg) in enumerate(zip(trade.legs, exact.legs, strict=True))
    )
    with_rules = dataclasses.replace(template, legs=legs)
    return with_rules if _resolved(with_rules, market) == trade.legs else exact


def preset_of_plan(preset: Preset, plan: TradePlan) -> Preset:
    """Return a preset of the trade and market of a plan as they stand, without rules and without a smile.

    Parameters
    ----------
    preset : Preset
        What the plan was made from; its account, exits and view are kept.
    plan : TradePlan
        Its legs have every strike, expiry, premium and vol filled in.
    """
    trade, market = plan.report.trade, plan.report.market
    template = exact_rules(preset.template, trade)
    return dataclasses.replace(
        preset, template=template, market=market.with_quote(trade.symbol, smile=None), path=None
    )


def exact_rules(template: TradeTemplate, trade: Trade) -> TradeTemplate:
    """Return a trade as a template that leaves nothing to resolve."""
    legs = tuple(_exact(leg) if isinstance(leg, OptionLeg) else leg for leg in trade.legs)
    return dataclasses.replace(template, legs=legs)


def trade_of(template: TradeTemplate) -> Trade:
    """Return the trade of exact rules as it stands, even one whose expiry has passed."""
    legs = tuple(_plain(leg) if isinstance(leg, OptionTemplate) else leg for leg in template.legs)
    return Trade(instrument=template.instrument, legs=legs, name=template.name)


def _plain(leg: OptionTemplate) -> OptionLeg:
    if not isinstance(leg.strike, ExactStrike) or isinstance(leg.expiry, int):
        raise InvalidInputError("strike and expiry must be exact in a session")
    return OptionLeg(
        side=leg.side,
        option_type=leg.option_type,
        strike=leg.strike.strike,
        expiry=leg.expiry,
        contracts=leg.contracts,
        premium=leg.premium,
        vol=leg.vol,
        spread_cost=leg.spread_cost,
    )


def _exact(leg: OptionLeg) -> OptionTemplate:
    return OptionTemplate(
        side=leg.side,
        option_type=leg.option_type,
        strike=ExactStrike(strike=leg.strike),
        expiry=leg.expiry,
        contracts=leg.contracts,
        premium=leg.premium,
        vol=leg.vol,
        spread_cost=leg.spread_cost,
    )


def _rule_that_holds(
    template: TradeTemplate, index: int, leg: Leg, exact: LegTemplate, market: Market
) -> LegTemplate:
    """Return the leg with as many of its rules as still lead to it."""
    old = template.legs[index] if index < len(template.legs) else None
    if not isinstance(old, OptionTemplate) or not isinstance(exact, OptionTemplate):
        return exact
    choices = (
        dataclasses.replace(exact, strike=old.strike, expiry=old.expiry),
        dataclasses.replace(exact, strike=old.strike),
        dataclasses.replace(exact, expiry=old.expiry),
    )
    alone = (dataclasses.replace(template, legs=(choice,)) for choice in choices)
    matching = (
        choice
        for choice, template in zip(choices, alone, strict=True)
        if _resolved(template, market) == (leg,)
    )
    return next(matching, exact)


def _resolved(template: TradeTemplate, market: Market) -> tuple[Leg, ...] | None:
    try:
        return template.resolve(market).legs
    except RiskcalcError:
        return None

"""Vehicles at equal risk: shares, the leveraged fund, and an option trade."""

from __future__ import annotations

import dataclasses

from riskcalc.domain import Comparison, Market, Quote, View
from riskcalc.editor.draft import Draft, open_draft
from riskcalc.errors import InvalidInputError
from riskcalc.planning import compare
from riskcalc.presets import VEHICLES, load_preset
from riskcalc.presets.template import with_vols_moved


def vehicles(draft: Draft) -> Comparison:
    """Compare a draft with the other vehicles of its benchmark.

    Parameters
    ----------
    draft : Draft
        On IWM or a fund of it. Date, rate, account and view are taken from it, and what it says of its
        underlying is said of the others: the vol of a fund is leverage times that of the benchmark.

    Returns
    -------
    Comparison
        Shares, fund and option trade; the draft in the place of its kind.

    Raises
    ------
    InvalidInputError
        The draft is on another benchmark, or cannot be planned.
    """
    presets = [load_preset(name) for name in VEHICLES]
    benchmark = presets[0].template.instrument.symbol
    if benchmark not in (draft.trade.symbol, draft.trade.instrument.benchmark):
        raise InvalidInputError(
            f"vehicles are compared on {benchmark} and its funds; {draft.trade.symbol} is not one of them"
        )
    others = [_in_the_market_of(draft, open_draft(preset, today=draft.today)) for preset in presets]
    others[_place(draft)] = draft
    return compare([other.plan() for other in others])


def _place(draft: Draft) -> int:
    """Which vehicle a draft is: shares, fund or option trade."""
    if draft.trade.option_legs:
        return 2
    return 1 if draft.trade.instrument.benchmark else 0


def _in_the_market_of(draft: Draft, other: Draft) -> Draft:
    """Another trade on the draft's date, at its vol and for its account."""
    market = draft.market
    quote = _quote(draft, other)
    quotes = {other.trade.symbol: quote}
    moved = Market(date=market.date, time=market.time, rate=market.rate, quotes=quotes)
    account = dataclasses.replace(draft.account, costs=other.account.costs)
    template = other.preset.template
    legs = with_vols_moved(template.legs, quote.vol - other.quote.vol)
    preset = dataclasses.replace(
        other.preset,
        template=dataclasses.replace(template, legs=legs),
        market=moved,
        account=account,
        view=_view(draft, other),
        sources=dataclasses.replace(draft.sources, equity=draft.preset.sources.equity),
    )
    return open_draft(preset, today=draft.today)


def _quote(draft: Draft, other: Draft) -> Quote:
    if other.trade.symbol in draft.market.quotes:
        return draft.market.quote(other.trade.symbol)
    return dataclasses.replace(other.quote, vol=abs(_times(draft, other)) * draft.quote.vol)


def _view(draft: Draft, other: Draft) -> View:
    """The draft's view said of another underlying: drift over the rate, and vol, times leverage."""
    rate = draft.market.rate
    return draft.view.levered(_times(draft, other), rate=rate, rate_of_other=rate)


def _times(draft: Draft, other: Draft) -> float:
    return other.trade.instrument.leverage / draft.trade.instrument.leverage

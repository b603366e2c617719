"""A trade being edited, with exact values, and its plan."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, Self

from riskcalc.analysis import enter_at_model
from riskcalc.analysis.managed.levels import entry_spot, trade_side
from riskcalc.domain import (
    Account,
    ExitPlan,
    FillPrice,
    Leg,
    Market,
    MovingSmile,
    OptionLeg,
    PlanSources,
    Quote,
    QuotedListing,
    Source,
    Sticky,
    Trade,
    TradePlan,
    View,
)
from riskcalc.domain.trading_day import ANY_DAY, TradingDay
from riskcalc.editor.chain_pricing import filled_from, gamma_of, smile_of
from riskcalc.editor.template_from_trade import exact_rules, rules_that_hold
from riskcalc.planning import plan, quoted_market
from riskcalc.planning.day_checks import hold_against
from riskcalc.presets import Preset
from riskcalc.presets.fund_on_benchmark import market_of_fund, of_benchmark
from riskcalc.records import dataclass, replace

SAME_VOL = 1e-9
"""Difference of two volatilities that were not tuned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A trade being edited; every edit returns a new draft.

    Strikes and expiries are exact: opening resolves the preset's rules once, so that they do not move when
    the spot is edited.
    """

    preset: Preset
    """The preset as opened: name, file, rules and description."""
    trade: Trade
    """The trade; a leg without premium and vol is priced from the chain, or at the market's vol."""
    market: Market
    account: Account
    exits: ExitPlan
    view: View
    chain: QuotedListing | None = None
    fill: FillPrice = FillPrice.MID
    """Fill price on the chain's quotes."""
    vol_shift: float = 0.0
    """Shift of all vols from those of the chain's quotes: 0.01 is one point."""
    sticky: Sticky = Sticky.STRIKE
    """What the smile fitted to the chain keeps as the spot moves."""
    today: dt.date | None = None
    """Day the trade is planned for; None makes no check of the market's age."""
    quotes_from: Source = Source.CHAIN
    """Whether the chain is of a file or was fetched."""

    @property
    def sources(self) -> PlanSources:
        """Where the figures come from: what was tuned counts as set."""
        merged, opened, symbol = self.preset.sources, self.preset.market, self.trade.symbol
        date, spot, vol = opened.date, opened.quote(symbol).spot, opened.quote(symbol).vol
        if self.chain is not None:
            merged = merged.quoted(self.quotes_from)
            date, spot, vol = self.chain.date, self.chain.spot, self.quote.vol - self.vol_shift
        changed = {
            "date": self.market.date != date,
            "spot": self.quote.spot != spot,
            "vol": abs(self.quote.vol - vol) > SAME_VOL,
            "equity": self.account.equity != self.preset.account.equity,
        }
        tuned = {name: Source.SET for name, moved in changed.items() if moved}
        vol_date = None if "vol" in tuned else merged.vol_date
        return replace(merged, **tuned, vol_date=vol_date, today=self.today)

    @property
    def quote(self) -> Quote:
        """Quote of the underlying."""
        return self.market.quote(self.trade.symbol)

    def plan(self, day: TradingDay = ANY_DAY) -> TradePlan:
        """Plan the trade, and hold it against a day.

        Raises
        ------
        InvalidInputError
            The exits do not fit the trade, an expiry has passed, or no vol reproduces a premium.
        ChainError
            The chain has no usable quote for a leg.
        """
        market = self.market.with_quote(self.trade.symbol, smile=self.smile)
        planned = plan(
            self.entered(),
            market,
            self.account,
            self.exits,
            view=self.view,
            entry=self.preset.entry,
            calibration=self.preset.calibration,
            sources=self.sources,
        )
        if day is ANY_DAY:
            return planned
        if self.chain is not None:
            day = replace(day, gamma=gamma_of(self.chain, self.preset.market.rate))
        return hold_against(planned, day)

    @property
    def smile(self) -> MovingSmile | None:
        """The smile of the chain with the vol shift; None without a smile."""
        if self.chain is None:
            return None
        fitted = smile_of(self.chain, self.preset.market, sticky=self.sticky)
        return fitted.shifted(self.vol_shift) if fitted and self.vol_shift else fitted

    def entered(self) -> Trade:
        """Return the trade with every entry price and vol filled in.

        A leg without a premium enters at the model value at the edited spot, so that its P&L there is 0.
        """
        quotes = tuple((symbol, self.market.quote(symbol)) for symbol in self.trade.instrument.quoted)
        return _entered(self.stated(), quotes, self.market.moment, self.market.rate)

    def stated(self) -> Trade:
        """Return the trade with what the chain's quotes say of its legs, and the rest left open."""
        if self.chain is None:
            return self.trade
        market = self.market.with_quote(self.trade.symbol, smile=self.smile)
        return filled_from(self.trade, self.chain, market, fill=self.fill, vol_shift=self.vol_shift)

    def to_preset(self) -> Preset:
        """Return the draft as a preset that opens as it.

        A leg keeps a rule (at the money, 60 days) as long as the rule leads to it in the edited market; the
        rest is exact, and all of it where the prices are those of a chain.
        """
        trade, template = self.trade, self.preset.template
        if self.chain is None:
            template = rules_that_hold(template, trade, self.market)
        else:
            template = exact_rules(template, self.stated())
        return replace(
            self.preset,
            template=template,
            market=self.market,
            account=self.account,
            exits=self.exits,
            view=self.view,
        )

    def with_quote(self, **changes: Any) -> Self:  # noqa: ANN401 - the fields of a Quote
        """Return the draft with another quote of its underlying."""
        return replace(self, market=self.market.with_quote(self.trade.symbol, **changes))

    def with_market(self, **changes: Any) -> Self:  # noqa: ANN401 - the fields of a Market
        """Return the draft in another market."""
        return replace(self, market=replace(self.market, **changes))

    def with_exits(self, **changes: Any) -> Self:  # noqa: ANN401 - the fields of an ExitPlan
        """Return the draft with other exits."""
        return replace(self, exits=replace(self.exits, **changes))

    def with_view(self, **changes: Any) -> Self:  # noqa: ANN401 - the fields of a View
        """Return a draft with another view."""
        return replace(self, view=replace(self.view, **changes))

    def with_legs(self, *legs: Leg) -> Self:
        """Return the draft with other legs."""
        return replace(self, trade=replace(self.trade, legs=legs))

    def with_leg(self, index: int, **changes: Any) -> Self:  # noqa: ANN401 - the fields of a leg
        """Return the draft with one leg changed."""
        legs = list(self.trade.legs)
        legs[index] = legs[index].replace(**changes)
        return self.with_legs(*legs)

    def with_account(self, **changes: Any) -> Self:  # noqa: ANN401 - the fields of an Account
        """Return the draft with another account."""
        return replace(self, account=replace(self.account, **changes))


def open_draft(
    preset: Preset,
    *,
    chain: QuotedListing | None = None,
    at: FillPrice | str = FillPrice.MID,
    sticky: Sticky | str = Sticky.STRIKE,
    today: dt.date | None = None,
    quotes_from: Source = Source.CHAIN,
) -> Draft:
    """Open a preset for editing.

    Parameters
    ----------
    preset : Preset
        Its rules of strikes and expiries are resolved here, once.
    chain : QuotedListing, optional
        Real quotes: date, spot, strikes, premiums and vols come from it.
    at : FillPrice or str
        Where the chain's quotes are filled.
    sticky : Sticky or str
        What the smile fitted to the chain keeps as the spot moves.
    today : date, optional
        Day the trade is planned for; see `riskcalc.plan_preset`.
    quotes_from : Source
        ``chain`` for a file of quotes, ``live`` for fetched ones.

    Raises
    ------
    InvalidInputError
        The preset's trade cannot be resolved, or the chain is of another underlying.
    ChainError
        The chain does not list what the preset asks for.
    """
    if chain is not None and of_benchmark(preset, chain):
        sources = preset.sources.quoted(quotes_from, spot=False)
        preset = replace(preset, market=market_of_fund(preset, chain), sources=sources)
        chain = None
    market = preset.market
    if chain is not None:
        market = quoted_market(market, chain)
    trade = preset.template.resolve(market, chain)
    if chain is not None:
        market = quoted_market(market, chain, expiry=trade.expiry)
        trade = _following(trade)
    return Draft(
        preset=preset,
        trade=trade,
        market=market,
        account=preset.account,
        exits=_as_moves(preset.exits, trade, market),
        view=preset.view,
        chain=chain,
        fill=FillPrice(at),
        sticky=Sticky(sticky),
        today=today,
        quotes_from=quotes_from,
    )


def on_quotes(draft: Draft, chain: QuotedListing) -> Draft:
    """Return a draft's preset as it opens on real quotes, with the account, exits and view as edited.

    Raises
    ------
    RiskcalcError
        The chain does not list what the preset asks for.
    """
    reopened = open_draft(draft.preset, chain=chain, at=draft.fill, sticky=draft.sticky, today=draft.today)
    return replace(reopened, account=draft.account, exits=draft.exits, view=draft.view)


def _as_moves(exits: ExitPlan, trade: Trade, market: Market) -> ExitPlan:
    """Convert stop and targets from prices to moves from the entry, which then move with the spot."""
    if not exits.priced:
        return exits
    entered = enter_at_model(trade, market)
    side = trade_side(entered, market, exits)
    return exits.at(entry=entry_spot(entered, market), side=side)


def _following(trade: Trade) -> Trade:
    """The trade with its prices cleared, to be filled from a chain."""
    legs = tuple(
        replace(leg, premium=None, vol=None, spread_cost=0.0) if isinstance(leg, OptionLeg) else leg
        for leg in trade.legs
    )
    return replace(trade, legs=legs)


@lru_cache(maxsize=16)
def _entered(trade: Trade, quotes: tuple[tuple[str, Quote], ...], moment: dt.datetime, rate: float) -> Trade:
    """Enter a trade at model prices, cached for the fields and the plan of one draft."""
    market = Market(date=moment.date(), time=moment.time(), rate=rate, quotes=dict(quotes))
    return enter_at_model(trade, market)

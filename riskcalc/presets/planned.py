"""Plans of presets, with or without real quotes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from riskcalc.domain import (
    Account,
    BookUse,
    Comparison,
    FillPrice,
    Market,
    MovingSmile,
    QuotedListing,
    Source,
    Sticky,
    Trade,
    TradePlan,
    View,
    moving_smile,
)
from riskcalc.domain.trading_day import ANY_DAY, TradingDay
from riskcalc.domain.validation import brief_repr, one_of, record, records
from riskcalc.errors import InvalidInputError
from riskcalc.planning import compare, enter, plan, quoted_market
from riskcalc.planning.day_checks import hold_against
from riskcalc.presets.fund_on_benchmark import market_of_fund, of_benchmark
from riskcalc.presets.market_file import KnownMarket, needed_symbols
from riskcalc.presets.overrides import require_not_of_chain
from riskcalc.presets.store import load_preset
from riskcalc.presets.template import Preset


def plan_preset(
    name_or_path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    chain: QuotedListing | None = None,
    at: FillPrice | str = FillPrice.MID,
    smile: MovingSmile | None = None,
    today: dt.date | None = None,
    live: bool = False,
    market: KnownMarket | None = None,
    book: BookUse | None = None,
    day: TradingDay = ANY_DAY,
) -> TradePlan:
    """Load a preset, resolve its trade and plan it.

    Parameters
    ----------
    name_or_path : str or Path
        The name of a preset, or the path of a preset file.
    overrides : mapping, optional
        Values by dotted key, which override those of the file: ``{"market.quotes.IWM.spot": 295.4}``. The vol
        of the underlying's quote shifts the vols stated in the legs by the same points.
    chain : QuotedListing, optional
        Real quotes, from `riskcalc.read_chain`: date, spot, strikes, premiums and vols come from it.
    at : FillPrice or str
        Fill price on the chain's quotes: ``mid``, ``natural`` or ``worst``.
    smile : MovingSmile, optional
        Moves the vols of the legs along with the spot, from `riskcalc.sticky_smile`; without one each leg
        keeps its own, and the smile of the chain gives the probability of a profit alone.
    today : date, optional
        Day the plan is made for: its check "market age" warns of prices more than a session old and of those
        of a shipped sample, and fails once the expiry or the time stop has passed. None makes no such check.
    live : bool
        Whether the chain was fetched just now.
    market : KnownMarket, optional
        Fetched prices, over those of ``market.toml``.
    book : BookUse, optional
        What the open trades of a book use of the account; see `riskcalc.book.use.book_use`.
    day : TradingDay, optional
        Signals, events and open interest that the plan is held against; none by default.

    Returns
    -------
    TradePlan

    Raises
    ------
    PresetError
        The preset cannot be found or read; the text has one line for each problem.
    ChainError
        The chain has no usable quote for a leg, or too few for a smile.
    InvalidInputError
        The trade cannot be priced, an override sets what the chain says, or a fund that is planned on the
        chain of its benchmark has no price of its own.

    Notes
    -----
    Date, spot and volatility come from the first of: the overrides, the chain, ``market.toml``, the preset.
    A trade in shares of a leveraged fund takes a chain of its benchmark too: its volatility is that of the
    chain times the leverage, and its spot is that of the overrides or of ``market.toml``.

    Examples
    --------
    >>> plan_preset("iwm-call-spread", {"account.equity": 250_000}).size.units
    2
    """
    record("day", TradingDay, day)
    preset = load_preset(name_or_path, overrides, market=market, book=book)
    at = one_of("at", FillPrice, at)
    sources = dataclasses.replace(preset.sources, today=today)
    if chain is not None and not hasattr(chain, "quote"):
        raise InvalidInputError(f"chain must be one of riskcalc.read_chain, got {brief_repr(chain)}")
    if chain is None:
        trade, current = preset.template.resolve(preset.market), preset.market
    else:
        require_not_of_chain(overrides or {}, symbol=chain.symbol)
        trade, current = _on_chain(preset, chain, at)
        quoted = trade.symbol == chain.symbol
        sources = sources.quoted(Source.LIVE if live else Source.CHAIN, spot=quoted)
        smile = smile or (moving_smile(chain, preset.market, Sticky.STRIKE) if quoted else None)
    current = current.with_quote(trade.symbol, smile=smile)
    result = plan(
        trade,
        current,
        preset.account,
        preset.exits,
        view=preset.view,
        entry=preset.entry,
        calibration=preset.calibration,
        sources=sources,
    )
    return hold_against(result, day)


def compare_presets(
    names_or_paths: Sequence[str | Path],
    overrides: Mapping[str, Any] | None = None,
    *,
    today: dt.date | None = None,
    market: KnownMarket | None = None,
    book: BookUse | None = None,
    day: TradingDay = ANY_DAY,
) -> Comparison:
    """Plan several presets at equal risk and put them side by side.

    Parameters
    ----------
    names_or_paths : sequence of str or Path
        Presets on one benchmark. Equity, limits and heat of the first apply to all, each keeps its own costs.
        The view of the first applies to all, scaled by leverage.
    overrides : mapping, optional
        Values by dotted key, set over every preset's own.
    today : date, optional
        Day the plans are made for; see `plan_preset`.
    market : KnownMarket, optional
        Fetched prices, over those of ``market.toml``.
    book : BookUse, optional
        What the open trades of a book use of the account; none by default.
    day : TradingDay, optional
        Signals and events that every plan is held against; none by default.

    Returns
    -------
    Comparison
        See `riskcalc.planning.compare`.

    Raises
    ------
    PresetError
        A preset cannot be found or read.
    InvalidInputError
        A trade cannot be priced, or the presets have no benchmark or date in common.

    Examples
    --------
    >>> comparison = compare_presets(["iwm-shares", "tna-momentum"])
    >>> [vehicle.plan.size.units for vehicle in comparison.vehicles]
    [56, 138]
    """
    record("day", TradingDay, day)
    names: tuple[str | Path, ...] = records("names_or_paths", (str, Path), names_or_paths)
    if not names:
        raise InvalidInputError("names_or_paths must name at least one preset, got none")
    presets = [load_preset(name, overrides, market=market, book=book) for name in names]
    _require_one_market(presets)
    views = [_same_view(presets[0], preset) for preset in presets]
    return compare(
        [
            _plan_vehicle(preset, presets[0].account, view, today=today, day=day)
            for preset, view in zip(presets, views, strict=True)
        ]
    )


def _same_view(first: Preset, other: Preset) -> View:
    """The first preset's view for another underlying: excess drift and vol times leverage."""
    times = other.template.instrument.leverage / first.template.instrument.leverage
    return first.view.levered(times, rate=first.market.rate, rate_of_other=other.market.rate)


def _require_one_market(presets: Sequence[Preset]) -> None:
    """Refuse presets of which the market of today knows some: their prices would be of two days.

    Raises
    ------
    InvalidInputError
        The text names the prices that are missing.
    """
    days = {preset.market.date for preset in presets}
    unknown = [
        preset
        for preset in presets
        if preset.sources.date not in (Source.MARKET_FILE, Source.LIVE, Source.SET)
    ]
    if len(days) == 1 or not 0 < len(unknown) < len(presets):
        return
    symbols = dict.fromkeys(
        symbol for preset in unknown for symbol in needed_symbols(preset.template.instrument)
    )
    known = next(preset for preset in presets if preset not in unknown)
    raise InvalidInputError(
        f"{unknown[0].name} has prices of {unknown[0].market.date}, {known.name} of {known.market.date}: "
        f"give today's with riskcalc quote {' '.join(f'{symbol}=PRICE' for symbol in symbols)}"
    )


def _plan_vehicle(
    preset: Preset, account: Account, view: View, *, today: dt.date | None, day: TradingDay
) -> TradePlan:
    result = plan(
        preset.template.resolve(preset.market),
        preset.market,
        dataclasses.replace(account, costs=preset.account.costs),
        preset.exits,
        view=view,
        entry=preset.entry,
        calibration=preset.calibration,
        sources=dataclasses.replace(preset.sources, today=today),
    )
    return hold_against(result, day)


def _on_chain(preset: Preset, chain: QuotedListing, at: FillPrice | str) -> tuple[Trade, Market]:
    """The trade and its market on a chain of its underlying, or of the benchmark of its fund."""
    if not of_benchmark(preset, chain):
        return _enter_on_chain(preset, chain, at)
    market = market_of_fund(preset, chain)
    return preset.template.resolve(market), market


def _enter_on_chain(preset: Preset, chain: QuotedListing, at: FillPrice | str) -> tuple[Trade, Market]:
    """The trade on the chain's strikes at its quotes, and the market at the moment of the chain."""
    market = quoted_market(preset.market, chain)
    trade = preset.template.resolve(market, chain)
    return enter(trade, chain, market, at=at), quoted_market(market, chain, expiry=trade.expiry)

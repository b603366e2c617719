"""Plans of presets, with or without real quotes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from riskcalc.domain import (
    Account,
    Comparison,
    FillPrice,
    Market,
    MovingSmile,
    QuotedListing,
    Sticky,
    Trade,
    TradePlan,
    View,
    moving_smile,
)
from riskcalc.domain.validation import brief_repr, one_of, records
from riskcalc.errors import InvalidInputError
from riskcalc.planning import compare, enter, plan, quoted_market
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
        Smile from `riskcalc.sticky_smile` that changes the legs' vols as the spot moves; without it each leg
        keeps its vol, and the smile of the chain is used only for the probability of profit.

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
        The trade cannot be priced, or an override conflicts with the chain.

    Examples
    --------
    >>> plan_preset("iwm-call-spread", {"account.equity": 250_000}).size.units
    2
    """
    preset = load_preset(name_or_path, overrides)
    at = one_of("at", FillPrice, at)
    if chain is not None and not hasattr(chain, "quote"):
        raise InvalidInputError(f"chain must be one of riskcalc.read_chain, got {brief_repr(chain)}")
    if chain is None:
        trade, market = preset.template.resolve(preset.market), preset.market
    else:
        require_not_of_chain(overrides or {}, symbol=chain.symbol)
        trade, market = _entered(preset, chain, at)
        smile = smile or moving_smile(chain, preset.market, Sticky.STRIKE)
    market = market.with_quote(trade.symbol, smile=smile)
    return plan(
        trade,
        market,
        preset.account,
        preset.exits,
        view=preset.view,
        entry=preset.entry,
        calibration=preset.calibration,
    )


def compare_presets(
    names_or_paths: Sequence[str | Path], overrides: Mapping[str, Any] | None = None
) -> Comparison:
    """Plan several presets at equal risk and put them side by side.

    Parameters
    ----------
    names_or_paths : sequence of str or Path
        Presets on one benchmark. Equity, limits and heat of the first apply to all, each keeps its own costs.
        The view of the first applies to all, scaled by leverage.
    overrides : mapping, optional
        Values by dotted key, which override those of every preset.

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
    >>> found = compare_presets(["iwm-shares", "tna-momentum"])
    >>> [vehicle.plan.size.units for vehicle in found.vehicles]
    [56, 138]
    """
    names: tuple[str | Path, ...] = records("names_or_paths", (str, Path), names_or_paths)
    if not names:
        raise InvalidInputError("names_or_paths must name at least one preset, got none")
    presets = [load_preset(name, overrides) for name in names]
    views = [_same_view(presets[0], preset) for preset in presets]
    return compare(
        [_planned(preset, presets[0].account, view) for preset, view in zip(presets, views, strict=True)]
    )


def _same_view(first: Preset, other: Preset) -> View:
    """The first preset's view said of another's underlying: drift over the rate, and vol, times leverage."""
    times = other.template.instrument.leverage / first.template.instrument.leverage
    return first.view.levered(times, rate=first.market.rate, rate_of_other=other.market.rate)


def _planned(preset: Preset, account: Account, view: View) -> TradePlan:
    return plan(
        preset.template.resolve(preset.market),
        preset.market,
        dataclasses.replace(account, costs=preset.account.costs),
        preset.exits,
        view=view,
        entry=preset.entry,
        calibration=preset.calibration,
    )


def _entered(preset: Preset, chain: QuotedListing, at: FillPrice | str) -> tuple[Trade, Market]:
    """The trade on the chain's strikes at its quotes, and the market at the moment of the chain."""
    market = quoted_market(preset.market, chain)
    trade = preset.template.resolve(market, chain)
    return enter(trade, chain, market, at=at), quoted_market(market, chain, expiry=trade.expiry)

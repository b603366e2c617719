"""How far sliders reach: around what the draft was opened with, so that they stand still."""

from __future__ import annotations

from riskcalc.workbench.draft import Draft

FURTHEST_SPOT = 0.25
"""Ends of the sliders of prices, as a share of the spot at opening."""


def around_spot(draft: Draft) -> tuple[float, float]:
    """Ends of a slider of prices [dollars]."""
    spot = draft.preset.market.quote(draft.trade.symbol).spot if draft.chain is None else draft.chain.spot
    return (1 - FURTHEST_SPOT) * spot, (1 + FURTHEST_SPOT) * spot


def up_to_vol(draft: Draft) -> tuple[float, float]:
    """Ends of a slider of vols [per cent]."""
    return 0.0, max(60.0, 250 * draft.preset.market.quote(draft.trade.symbol).vol)


def around_equity(draft: Draft) -> tuple[float, float]:
    """Ends of a slider of account values [dollars]."""
    return 0.0, 3 * draft.preset.account.equity

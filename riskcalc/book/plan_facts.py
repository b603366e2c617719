"""Parts of a trade's plan at entry that the book uses: exits, odds, costs, and its market."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Any

from riskcalc.book.fills import Contract
from riskcalc.domain import CashDividend, OptionType, Quote, Side
from riskcalc.errors import BookError, RiskcalcError
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """Exits, odds and market of a plan."""

    date: dt.date
    """Of its market."""
    side: Side
    """LONG when the trade gains as the underlying rises."""
    stops: tuple[float, ...]
    """The stop, and second stops [dollars]."""
    vol_shift: float
    """Change of every vol at the stop."""
    targets: tuple[float, ...]
    """Nearest first [dollars]."""
    target_shares: tuple[float, ...]
    """Share of the position that is closed up to each target, it included, rising to at most 1."""
    time_stop: dt.date | None
    cost_per_unit: float
    """Round trip [dollars]."""
    cost_per_trade: float
    """Round trip, once [dollars]."""
    rate: float
    quotes: Mapping[str, Quote]
    vols: Mapping[Contract, float]
    """Vol of each option, by the contract of its mark."""
    odds: Mapping[str, float | None]
    """Of ``profit`` of the managed trade, costs included, ``stop first`` and ``target first`` at implied
    volatility, and of the last two at calibrated volatility, ``..., calibrated``; None where not stated."""


@lru_cache(maxsize=1024)
def plan_facts(text: str) -> PlanFacts:
    """Read the plan that a trade keeps.

    Parameters
    ----------
    text : str
        JSON of `TradePlan.to_dict`.

    Raises
    ------
    BookError
        It is no plan.
    """
    try:
        return _facts(json.loads(text))
    except (KeyError, TypeError, ValueError, RiskcalcError) as error:
        raise BookError(f"the plan kept with a trade cannot be read: {error!r}") from None


def _facts(plan: dict[str, Any]) -> PlanFacts:
    exits, size, market, odds = (plan[name] for name in ("exits", "size", "market", "probability"))
    outcomes, calibrated = exits["targets"]["outcomes"], odds.get("calibrated") or {}
    spots = {
        wrong: [outcome["level"]["spot"] for outcome in outcomes if outcome["second_stop"] is wrong]
        for wrong in (True, False)
    }
    return PlanFacts(
        date=dt.date.fromisoformat(market["date"]),
        side=Side[exits["side"].upper()],
        stops=(exits["stop"]["spot"], *spots[True]),
        vol_shift=exits["stop"]["vol_shift"],
        targets=tuple(spots[False]),
        target_shares=_shares(
            [outcome["units"] for outcome in outcomes if not outcome["second_stop"]], size["units"]
        ),
        time_stop=_day(exits["time_stop"]),
        cost_per_unit=size["cost_per_unit"],
        cost_per_trade=size["cost_per_trade"],
        rate=market["rate"],
        quotes={symbol: _quote(quote) for symbol, quote in market["quotes"].items()},
        vols=dict(_vols(plan["trade"])),
        odds={
            "profit": _prob_profit(plan["managed"]["histogram"]),
            "stop first": odds["stop_first"],
            "target first": odds["target_first"],
            "stop first, calibrated": calibrated.get("stop_first"),
            "target first, calibrated": calibrated.get("target_first"),
        },
    )


def _shares(units: list[int], whole: int) -> tuple[float, ...]:
    """Shares closed so far; equal ones where the plan's size was nothing."""
    parts = [closed_units / whole for closed_units in units] if whole else [1 / len(units)] * len(units)
    return tuple(accumulate(parts))


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _quote(quote: Mapping[str, Any]) -> Quote:
    return Quote(
        spot=quote["spot"],
        vol=quote["vol"],
        dividend_yield=quote["dividend_yield"],
        borrow_fee=quote["borrow_fee"],
        dividends=tuple(
            CashDividend(**{**dividend, "ex_date": dt.date.fromisoformat(dividend["ex_date"])})
            for dividend in quote["dividends"]
        ),
    )


def _vols(trade: Mapping[str, Any]) -> list[tuple[Contract, float]]:
    return [
        (
            Contract(
                symbol=trade["symbol"],
                expiry=dt.date.fromisoformat(leg["expiry"]),
                strike=leg["strike"],
                option_type=OptionType[leg["option_type"].upper()],
            ),
            leg["vol"],
        )
        for leg in trade["legs"]
        if "strike" in leg
    ]


def _prob_profit(bins: list[dict[str, float]]) -> float:
    """Probability of a gain; the bin around 0 counts in proportion."""
    chance = 0.0
    for pnl_bin in bins:
        above = min(
            max((pnl_bin["high"] - max(pnl_bin["low"], 0.0)) / (pnl_bin["high"] - pnl_bin["low"]), 0.0), 1.0
        )
        chance += pnl_bin["probability"] * above
    return chance

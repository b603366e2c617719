"""Plan of a preset for the command line, with settings, with or without real quotes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskcalc.cli.options import require_chain_for, require_usable
from riskcalc.cli.output import say_warnings

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan


def planned(
    preset: str,
    settings: dict[str, Any],
    *,
    chain_file: tuple[Path, ...],
    at: str | None,
    chain_spot: float | None,
    chain_date: dt.date | None,
    sticky: str | None,
) -> TradePlan:
    """Plan a preset; the keywords are those of `quotes_options`."""
    from riskcalc.presets import load_instruments, load_preset, plan_preset  # noqa: PLC0415 - help needs no engine

    if not chain_file:
        require_chain_for(at=at, chain_spot=chain_spot, chain_date=chain_date, sticky=sticky)
        return plan_preset(preset, settings)
    from riskcalc.chains import read_chain, sticky_smile  # noqa: PLC0415 - most plans read no chain

    loaded = load_preset(preset, settings)
    symbol = loaded.template.instrument.symbol
    known = load_instruments()
    quotes = read_chain(chain_file, symbol=symbol, spot=chain_spot, date=chain_date, instruments=known)
    say_warnings(quotes.warnings)
    require_usable(quotes)
    # Where each strike keeps its vol, the plan takes the probability of a profit alone from the smile.
    smile = sticky_smile(quotes, loaded.market, sticky) if sticky == "moneyness" else None
    return plan_preset(preset, settings, chain=quotes, at=at or "mid", smile=smile)

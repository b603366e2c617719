"""Plan of a preset for the command line, with settings, with or without real quotes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.options import require_chain_for, require_usable
from riskcalc.cli.output import say_warnings
from riskcalc.environment import today

if TYPE_CHECKING:
    from riskcalc.chains import Chain
    from riskcalc.domain import BookUse, TradePlan
    from riskcalc.domain.trading_day import TradingDay
    from riskcalc.presets import Preset
    from riskcalc.signals.book_values import BookValues


def planned(
    preset: str,
    settings: dict[str, Any],
    *,
    chain_file: tuple[Path, ...],
    live: bool,
    at: str | None,
    chain_spot: float | None,
    chain_date: dt.date | None,
    sticky: str | None,
    book: BookUse | None = None,
) -> TradePlan:
    """Plan a preset, beside the open trades of a book; the other keywords are those of `quotes_options`."""
    from riskcalc.presets import load_preset, plan_preset  # noqa: PLC0415 - help needs no engine

    if live and (chain_file or chain_spot is not None or chain_date is not None):
        raise click.UsageError("--live takes the place of --chain, --chain-spot and --chain-date")
    if not chain_file and not live:
        require_chain_for(at=at, chain_spot=chain_spot, chain_date=chain_date, sticky=sticky)
        return plan_preset(preset, settings, today=today(), book=book, day=todays_trading_day())
    from riskcalc.chains import sticky_smile  # noqa: PLC0415 - most plans read no chain
    from riskcalc.cli.live import fetched_chain, fetched_market  # noqa: PLC0415 - as above

    loaded = load_preset(preset, settings)
    underlying = loaded.template.instrument
    if live and underlying.against:
        require_chain_for(at=at, sticky=sticky)
        market = fetched_market((underlying.held, underlying.against))
        return plan_preset(
            preset, settings, today=today(), market=market, book=book, day=todays_trading_day()
        )
    if live:
        quotes = fetched_chain(underlying.symbol).chain
    else:
        quotes = read_fund_chain(chain_file, loaded, spot=chain_spot, date=chain_date)
    say_warnings(quotes.warnings)
    require_usable(quotes)
    # Where each strike keeps its vol, the plan takes the probability of a profit alone from the smile.
    on_fund = quotes.symbol != underlying.symbol
    smile = sticky_smile(quotes, loaded.market, sticky) if sticky == "moneyness" and not on_fund else None
    return plan_preset(
        preset,
        settings,
        chain=quotes,
        at=at or "mid",
        smile=smile,
        today=today(),
        live=live,
        book=book,
        day=todays_trading_day(quotes, rate=loaded.market.rate),
    )


def todays_trading_day(chain: Chain | None = None, *, rate: float = 0.0) -> TradingDay:
    """Return the board and the events of today, and the open interest of a chain that has any."""
    from riskcalc.trading_day import read_trading_day  # noqa: PLC0415 - help is quick

    day = read_trading_day(today(), book=read_todays_book)
    if chain is None or not (chain.open_interest > 0).any():
        return day
    from riskcalc.chains.gamma import gamma_profile  # noqa: PLC0415 - most plans read no chain

    return dataclasses.replace(day, gamma=gamma_profile(chain, rate=rate))


def read_todays_book() -> BookValues | None:
    """Return the values of the user's book for rules of the board; None where there is no book."""
    from riskcalc.book import read_book_values  # noqa: PLC0415 - few rules are on the book

    return read_book_values(today())


def read_fund_chain(
    files: tuple[Path, ...], preset: Preset, *, spot: float | None, date: dt.date | None
) -> Chain:
    """Read the quotes of a preset's underlying, or those of the benchmark of a leveraged fund's shares."""
    from riskcalc.chains import read_chain  # noqa: PLC0415 - most plans read no chain
    from riskcalc.errors import ChainError  # noqa: PLC0415 - as above
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    fund, instruments = preset.template.instrument, load_instruments()
    try:
        return read_chain(files, symbol=fund.symbol, spot=spot, date=date, instruments=instruments)
    except ChainError:
        if not fund.benchmark or not preset.template.only_shares:
            raise
        try:
            return read_chain(files, symbol=fund.benchmark, spot=spot, date=date, instruments=instruments)
        except ChainError:
            pass
        raise

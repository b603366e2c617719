"""``riskcalc history``: realized volatility and historical outcomes of exits from daily prices."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.options import DAY, Read, as_json
from riskcalc.cli.output import print_json, print_tables, say_warnings
from riskcalc.cli.price_inputs import files_and_preset, traded_prices
from riskcalc.presets.units_parsing import parse_fraction

if TYPE_CHECKING:
    from riskcalc.domain.price_history import Calibration, PriceHistory
    from riskcalc.history import Bars, ExitMoves, ImpliedVols
    from riskcalc.presets import Preset

EXAMPLES = """\b
Examples:
  riskcalc history --sample --stop 6% --target 10%
  riskcalc history IWM.csv
  riskcalc history IWM.csv --stop 6% --target 10% --sessions 42 --since 2010-01-04
  riskcalc history IWM.csv iwm-call-spread --iv RVX_History.csv
  riskcalc history IWM_2024.csv IWM_2025.csv SPY.csv --json

Layouts are recognized by content: those of yfinance, Stooq, Alpha Vantage, Cboe, FRED and others, plain CSV
with a column of dates and one of closes, or a column of closes for each symbol. Files of one symbol are read
as one history; the first symbol is measured, and the others are compared with it.
"""
USUAL_SESSIONS = 42
STALE_DAYS = 7
"""Maximum age of an implied vol relative to the last price [days]."""

STOP = Read("move", partial(parse_fraction, positive=True, below=1))
TARGET = Read("move", partial(parse_fraction, positive=True))


@click.command("history", epilog=EXAMPLES)
@click.argument("arguments", metavar="PRICES.csv... [PRESET]", nargs=-1)
@click.option("--sample", is_flag=True, help="Use the made-up prices that ship with riskcalc.")
@click.option(
    "--iv", "iv_file", type=click.Path(path_type=Path), help="File of implied vols: measures and saves k."
)
@click.option("--stop", type=STOP, help="Adverse move from entry, like 6%; default: PRESET's.")
@click.option(
    "--target",
    "targets",
    type=TARGET,
    multiple=True,
    help="Favorable move from entry, like 10%; may be repeated.",
)
@click.option(
    "--sessions", type=click.IntRange(min=1), help="Holding period in sessions; default: PRESET's, else 42."
)
@click.option("--since", type=DAY, help="First date of entries and of implied vols.")
@click.option("--symbol", help="Symbol to read, if a file has several or names none.")
@as_json
def command(
    *,
    arguments: tuple[str, ...],
    sample: bool,
    iv_file: Path | None,
    stop: float | None,
    targets: tuple[float, ...],
    sessions: int | None,
    since: dt.date | None,
    symbol: str | None,
    json_wanted: bool,
) -> None:
    """Measure daily prices, and count how often a stop, a target or neither was hit first.

    Every close is an entry. A level is touched by a low or high, an open beyond it fills at the open, and a
    day that touches both counts as stop. With --iv, k (realized over implied volatility) is measured and
    saved for plans.
    """
    from riskcalc.history import (  # noqa: PLC0415 - help is quick
        price_history,
        read_histories,
        read_vols,
        sample_prices,
        sample_vols,
    )

    files, name = files_and_preset(arguments, sample=sample)
    preset = _named_preset(name)
    histories, vols = (
        ([sample_prices()], sample_vols()) if sample else (read_histories(files, symbol=symbol), None)
    )
    bars = histories[0] if preset is None else traded_prices(histories, preset)
    vols = vols if iv_file is None else read_vols(iv_file)
    calibration, warnings, filed = _calibration(bars, vols, since, keep=not sample)
    exits = _exits(preset, stop=stop, targets=targets, sessions=sessions)
    history = price_history(
        bars,
        calibration=calibration,
        benchmarks=[other for other in histories if other is not bars],
        exits=exits,
        since=since,
        **_implied_vol(bars, vols, preset),
    )
    ranges = None if sample else _store_range(history)
    saved = {"k": filed, "ATR14": ranges}
    _print(history, warnings=[*warnings, *_doubts(bars, exits)], filed=saved, json_wanted=json_wanted)


def _named_preset(name: str | None) -> Preset | None:
    if name is None:
        return None
    from riskcalc.presets import load_preset  # noqa: PLC0415 - most calls name none

    return load_preset(name)


def _exits(
    preset: Preset | None, *, stop: float | None, targets: tuple[float, ...], sessions: int | None
) -> ExitMoves | None:
    """Exits of the preset, as changed by the options; None if neither has a stop."""
    from riskcalc.history import ExitMoves  # noqa: PLC0415 - help is quick

    if preset is None:
        if stop is None:
            if targets or sessions is not None:
                raise click.UsageError("--target and --sessions need a --stop or a PRESET")
            return None
        return ExitMoves(stop=stop, targets=tuple(sorted(targets)), sessions=sessions or USUAL_SESSIONS)
    from riskcalc.analysis.managed.levels import entry_spot, trade_side  # noqa: PLC0415 - as above
    from riskcalc.domain.sessions import sessions_between  # noqa: PLC0415 - as above

    trade, market = preset.template.resolve(preset.market), preset.market
    side = trade_side(trade, market, preset.exits)
    exits = preset.exits.at(entry=entry_spot(trade, market), side=side)
    last = exits.time_stop(entry=market.date, expiry=trade.expiry)
    planned = USUAL_SESSIONS if last is None else sessions_between(market.date, last)
    return ExitMoves(
        stop=exits.stop if stop is None else stop,
        targets=tuple(sorted(targets)) or tuple(target.move for target in exits.targets),
        sessions=sessions or planned,
        side=side,
    )


def _calibration(
    bars: Bars, vols: ImpliedVols | None, since: dt.date | None, *, keep: bool
) -> tuple[Calibration, list[str], Path | None]:
    """The k just measured and stored, else the stored one; warnings about it; and its file."""
    from riskcalc.history import measured_k  # noqa: PLC0415 - as above
    from riskcalc.presets import read_calibration, write_calibration  # noqa: PLC0415 - as above

    if vols is None:
        return read_calibration(bars.symbol or "IWM"), [], None
    measured = measured_k(bars, vols, since=since)
    if not keep:
        return measured, [], None
    if not bars.symbol:
        return measured, ["k is not saved: the prices name no symbol; give --symbol"], None
    return measured, [], write_calibration(measured, symbol=bars.symbol)


def _store_range(history: PriceHistory) -> Path | None:
    """Store the average true range for the book and return the file; None if there is none."""
    from riskcalc.domain.price_history import AverageRange  # noqa: PLC0415 - help is quick
    from riskcalc.presets.price_ranges import write_range  # noqa: PLC0415 - as above

    if not history.symbol or not history.atr14:
        return None
    measured = AverageRange(atr14=history.atr14, close=history.close, date=history.last)
    return write_range(measured, symbol=history.symbol)


def _implied_vol(bars: Bars, vols: ImpliedVols | None, preset: Preset | None) -> dict[str, Any]:
    """Implied vol on the last day and its source: the file, else the preset's market."""
    if vols is not None:
        implied = vols.on(bars.last_day, within_days=STALE_DAYS)
        return {"implied_vol": implied, "implied_vol_source": "" if implied is None else vols.name}
    if preset is None:
        return {}
    vol = preset.market.quote(preset.template.instrument.symbol).vol
    return {"implied_vol": vol, "implied_vol_source": f"{preset.name}, {preset.market.date}"}


def _doubts(bars: Bars, exits: ExitMoves | None) -> list[str]:
    """Warnings about outcomes."""
    from riskcalc.domain.price_history import PriceBasis  # noqa: PLC0415 - as above

    if exits is None:
        return []
    if not bars.has_ranges:
        return ["closes only: touches of a stop or target need highs and lows"]
    if bars.basis is PriceBasis.ADJUSTED:
        return ["the prices are adjusted for dividends, but stops act on raw prices; moves include dividends"]
    return []


def _print(
    history: PriceHistory, *, warnings: list[str], filed: dict[str, Path | None], json_wanted: bool
) -> None:
    from riskcalc.formatting.history import history_tables, history_title  # noqa: PLC0415 - as above

    if json_wanted:
        answer: dict[str, Any] = history.to_dict()
        files = {"k_file": filed["k"], "atr_file": filed["ATR14"]}
        paths = {name: None if path is None else str(path) for name, path in files.items()}
        print_json(answer | paths | {"warnings": warnings})
    else:
        print_tables(history_title(history), history_tables(history))
        for name, users in (("ATR14", "the book"), ("k", "plans")):
            if filed[name] is not None:
                click.echo(f"\n{name} is saved in {filed[name]}, for {users}")
    say_warnings(warnings)

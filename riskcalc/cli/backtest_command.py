"""``riskcalc backtest``: a preset's rules on files of daily prices, once or for many settings."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.options import DAY, VOL, as_json, overrides
from riskcalc.cli.output import print_json, print_tables, progress_bar, say_warnings
from riskcalc.cli.price_inputs import files_and_preset, traded_prices
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.domain.backtest import Backtest, BacktestGrid
    from riskcalc.history import Bars, ImpliedVols

EXAMPLES = """\b
Examples:
  riskcalc backtest iwm-shares --sample
  riskcalc backtest iwm-call-spread IWM.csv --iv RVX_History.csv --csv trades.csv
  riskcalc backtest tna-momentum TNA.csv --entries each --since 2010-01-04
  riskcalc backtest iwm-shares IWM.csv --grid exits.stop=4%,6%,8% --grid exits.holding_days=30,60
"""

OPENERS, CLOSERS, QUOTES = "[{(", "]})", "\"'"


@click.command("backtest", epilog=EXAMPLES)
@click.argument("arguments", metavar="PRESET PRICES.csv...", nargs=-1)
@click.option("--sample", is_flag=True, help="Test on the made-up prices that ship with riskcalc.")
@overrides
@click.option("--iv", "iv_file", type=click.Path(path_type=Path), help="File of implied vols, for options.")
@click.option(
    "--vol", type=VOL, help="One implied vol throughout, for options. Default: realized vol over k."
)
@click.option(
    "--entries",
    type=click.Choice(["flat", "each"]),
    default="flat",
    show_default=True,
    help="At each close without an open trade, or at every close.",
)
@click.option("--since", type=DAY, help="First day of entry.")
@click.option("--symbol", help="Symbol to keep, if a file has several, or its name, if it says none.")
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write the trades to a CSV file.")
@click.option(
    "--grid",
    "grid",
    multiple=True,
    metavar="KEY=V1,V2,...",
    help="Try several values of a key of the preset; repeated, every combination.",
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Settings to show.")
@click.option("--scheduler", metavar="ADDRESS", help="Run a --grid on a Dask cluster: tcp://host:8786.")
@as_json
def command(
    *,
    arguments: tuple[str, ...],
    sample: bool,
    settings: dict[str, Any],
    iv_file: Path | None,
    vol: float | None,
    symbol: str | None,
    csv_path: Path | None,
    grid: tuple[str, ...],
    top: int,
    scheduler: str | None,
    json_wanted: bool,
    **terms: Any,  # noqa: ANN401 - entries and since
) -> None:
    """Run a preset's rules on daily PRICES: results in R with standard errors, and by year and volatility.

    A trade enters at a close, sized by the preset's account, and exits at its stop, targets or time stop. An
    open beyond a level fills at the open; a day that touches a stop and a target counts as stop.
    """
    files, name = files_and_preset(arguments, sample=sample)
    if name is None:
        raise click.UsageError("give a PRESET")
    _require_fitting(iv_file=iv_file, vol=vol, csv_path=csv_path, grid=grid, scheduler=scheduler)
    bars, terms["vols"] = _inputs(
        files, name, settings, symbol=symbol, iv_file=iv_file, vol=vol, sample=sample
    )
    terms["calibration"] = _calibration(bars)
    if grid:
        _print_grid(
            _run_grid(name, settings, bars, grid=grid, scheduler=scheduler, **terms),
            top=top,
            json_wanted=json_wanted,
        )
        return
    from riskcalc.history import backtest  # noqa: PLC0415 - help is quick
    from riskcalc.presets import load_preset  # noqa: PLC0415 - as above

    result = backtest(load_preset(name, settings), bars, **terms)
    if csv_path is not None:
        _write(result, csv_path)
    _print(result, json_wanted=json_wanted)


def _require_fitting(
    *,
    iv_file: Path | None,
    vol: float | None,
    csv_path: Path | None,
    grid: tuple[str, ...],
    scheduler: str | None,
) -> None:
    """Refuse options that exclude each other."""
    if iv_file is not None and vol is not None:
        raise click.UsageError("give either --iv or --vol")
    if scheduler is not None and not grid:
        raise click.UsageError("--scheduler needs a --grid")
    if csv_path is not None and grid:
        raise click.UsageError("--csv writes the trades of one setting: leave out --grid")


def _inputs(
    files: list[Path],
    name: str,
    settings: dict[str, Any],
    *,
    symbol: str | None,
    iv_file: Path | None,
    vol: float | None,
    sample: bool,
) -> tuple[Bars, ImpliedVols | float | None]:
    """The prices that the preset trades, and implied vols if some are given."""
    from riskcalc.history import read_histories, read_vols, sample_prices, sample_vols  # noqa: PLC0415 - as above
    from riskcalc.presets import load_preset  # noqa: PLC0415 - as above

    preset = load_preset(name, settings)
    histories = [sample_prices()] if sample else read_histories(files, symbol=symbol)
    bars = traded_prices(histories, preset)
    if iv_file is not None:
        return bars, read_vols(iv_file)
    return bars, sample_vols() if sample and vol is None else vol


def _calibration(bars: Bars) -> Any:  # noqa: ANN401 - its class is loaded late
    from riskcalc.presets import read_calibration  # noqa: PLC0415 - as above

    return read_calibration(bars.symbol or "IWM")


def _run_grid(
    name: str,
    settings: dict[str, Any],
    bars: Bars,
    *,
    grid: tuple[str, ...],
    scheduler: str | None,
    **terms: Any,  # noqa: ANN401 - arguments of `backtest`
) -> BacktestGrid:
    from riskcalc.history import backtest_grid  # noqa: PLC0415 - as above

    varied = dict(itertools.chain.from_iterable(read_grid(setting).items() for setting in grid))
    with progress_bar("settings") as report_progress:
        return backtest_grid(
            name,
            bars,
            grid=varied,
            overrides=settings,
            scheduler=scheduler,
            progress=report_progress,
            **terms,
        )


def read_grid(assignment: str) -> dict[str, list[Any]]:
    """Read the values of a key: those of ``exits.stop=4%,6%`` are ``4%`` and ``6%``.

    Commas within brackets and quotes belong to a value.
    """
    from riskcalc.presets import parse_assignments  # noqa: PLC0415 - as above

    key, equals, values = assignment.partition("=")
    texts = [text.strip() for text in _split(values)]
    if not equals or not key.strip() or not all(texts):
        raise InvalidInputError(f"--grid must be like exits.stop=4%,6%,8%, got {assignment!r}")
    return {key.strip(): [parse_assignments([f"{key}={text}"])[key.strip()] for text in texts]}


def _split(values: str) -> list[str]:
    """Parts between the commas outside brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in values:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in QUOTES:
            quote = letter
        depth += 0 if quote else (letter in OPENERS) - (letter in CLOSERS)
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _write(result: Backtest, path: Path) -> None:
    from riskcalc.formatting.backtest import trade_table  # noqa: PLC0415 - as above
    from riskcalc.presets.files import replacing  # noqa: PLC0415 - as above

    try:
        with replacing(path) as part, Path(part).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(trade_table(result.trades))
    except OSError as error:
        raise InvalidInputError(f"the trades cannot be written: {error}") from error


def _print(result: Backtest, *, json_wanted: bool) -> None:
    from riskcalc.formatting.backtest import backtest_tables, backtest_title  # noqa: PLC0415 - as above

    if json_wanted:
        print_json(result.to_dict())
    else:
        print_tables(backtest_title(result), backtest_tables(result))
    say_warnings(result.warnings)


def _print_grid(result: BacktestGrid, *, top: int, json_wanted: bool) -> None:
    from riskcalc.formatting.backtest import grid_tables, grid_title  # noqa: PLC0415 - as above

    if json_wanted:
        print_json(result.to_dict())
    else:
        print_tables(grid_title(result), grid_tables(result, top=top))

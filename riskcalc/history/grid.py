"""Backtests of many settings of a preset, and how good the best of them had to be by chance alone."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

from riskcalc.domain.backtest import Backtest, BacktestGrid, EntryMode, GridRow
from riskcalc.domain.price_history import Calibration
from riskcalc.domain.validation import brief_repr, listed, mapping, one_of, record, text
from riskcalc.errors import InvalidInputError
from riskcalc.history.backtest import DEFAULT_CALIBRATION, backtest
from riskcalc.history.bars import Bars, ImpliedVols
from riskcalc.parallel import Progress, distribute
from riskcalc.presets.store import load_preset
from riskcalc.presets.template import Preset

MOST_SETTINGS = 10_000
EULER = 0.5772156649015329

Job = tuple[dict[str, str], Preset]


def backtest_grid(
    preset: str | Path,
    bars: Bars,
    *,
    grid: Mapping[str, Sequence[Any]],
    overrides: Mapping[str, Any] | None = None,
    vols: ImpliedVols | float | None = None,
    entries: EntryMode | str = EntryMode.FLAT,
    since: dt.date | None = None,
    calibration: Calibration = DEFAULT_CALIBRATION,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> BacktestGrid:
    """Run a preset's rules on daily bars for every combination of some settings, on all cores.

    Parameters
    ----------
    preset : str or Path
        The name of a preset, or the path of a preset file.
    bars : Bars
        From `read_prices`.
    grid : mapping
        Values by dotted key, as `overrides` takes them: ``{"exits.stop": ["4%", "6%"]}``; at most 10,000
        combinations.
    overrides : mapping, optional
        Values set over the preset's own in all of them.
    vols, entries, since, calibration : optional
        As `backtest` takes them.
    scheduler : str, optional
        Address of a Dask scheduler, ``tcp://host:8786``, whose workers run them instead.
    progress : callable, optional
        Called with the settings done and the total.

    Returns
    -------
    BacktestGrid
        Best expectancy first; settings without an answer last, with the reason.

    Raises
    ------
    InvalidInputError
        There is nothing to vary or too much, or an argument is outside its range.
    PresetError
        A setting is none that the preset can have.

    References
    ----------
    Bailey and López de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014), 94-107,
    for the largest of some independent estimates.
    """
    record("preset", (str, Path), preset)
    record("bars", Bars, bars)
    mode = one_of("entries", EntryMode, entries)
    if scheduler is not None:
        text("scheduler", scheduler)
    jobs = _jobs(preset, grid, overrides)
    shared: dict[str, Any] = {
        "bars": bars,
        "vols": vols,
        "entries": mode,
        "since": since,
        "calibration": calibration,
    }
    first = backtest(jobs[0][1], **shared)  # what is wrong with the other arguments is said once
    rows = distribute(
        run_setting,
        jobs,
        scheduler=scheduler,
        what="setting",
        error=InvalidInputError,
        progress=progress,
        **shared,
    )
    return _ranked(first, rows)


def run_setting(job: Job, **shared: Any) -> GridRow:  # noqa: ANN401 - arguments of `backtest`
    """Run one setting, in this process or on a worker."""
    settings, preset = job
    try:
        result = backtest(preset, **shared)
    except InvalidInputError as error:
        return GridRow(settings=settings, n=0, **dict.fromkeys(_ANSWERS), problem=str(error))
    statistics = result.statistics
    return GridRow(
        settings=settings,
        n=statistics.n,
        mean_r=statistics.mean_r,
        error=statistics.error,
        win_rate=statistics.win_rate,
        profit_factor=statistics.profit_factor,
        max_drawdown=result.max_drawdown,
        end_equity=result.end_equity,
        problem="" if statistics.n else "no trade",
    )


_ANSWERS = ("mean_r", "error", "win_rate", "profit_factor", "max_drawdown", "end_equity")


def _jobs(preset: str | Path, grid: object, overrides: Mapping[str, Any] | None) -> list[Job]:
    """Every combination with its preset; a setting that cannot be is refused before anything runs."""
    varied = {key: listed(f"grid[{key!r}]", values) for key, values in mapping("grid", grid).items()}
    count = math.prod(len(values) for values in varied.values())
    if not varied or not 1 <= count <= MOST_SETTINGS:
        raise InvalidInputError(
            f"grid must have 1 to {MOST_SETTINGS:,} combinations, got {count if varied else 0:,}"
        )
    fixed = dict(overrides or {})
    jobs = []
    for values in itertools.product(*varied.values()):
        setting = dict(zip(varied, values, strict=True))
        words = {
            key: value if isinstance(value, str) else brief_repr(value) for key, value in setting.items()
        }
        jobs.append((words, load_preset(preset, fixed | setting)))
    return jobs


def _ranked(first: Backtest, rows: Sequence[GridRow]) -> BacktestGrid:
    order = sorted(rows, key=lambda row: -math.inf if row.mean_r is None else row.mean_r, reverse=True)
    tried = sum(row.mean_r is not None for row in rows)
    best = order[0].errors_from_zero
    return BacktestGrid(
        preset=first.preset,
        symbol=first.symbol,
        first=first.first,
        last=first.last,
        entries=first.entries,
        rows=tuple(order),
        tried=tried,
        chance_best=expected_largest(tried) if tried else None,
        p_value=None if best is None else -math.expm1(tried * math.log(max(NormalDist().cdf(best), 1e-300))),
        assumptions=first.assumptions,
    )


def expected_largest(count: int) -> float:
    """Return the mean of the largest of some independent standard normal numbers; 0 of one."""
    if count < 2:
        return 0.0
    normal = NormalDist()
    near, far = normal.inv_cdf(1 - 1 / count), normal.inv_cdf(1 - 1 / (count * math.e))
    return (1 - EULER) * near + EULER * far

"""A backtest as tables of text: results in R, the account by year, and the settings of a grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from riskcalc.domain.backtest import (
    Backtest,
    BacktestGrid,
    BacktestTrade,
    GridRow,
    RBin,
    TradeStatistics,
)
from riskcalc.formatting.numbers import MISSING, count, money, number, percent, r_multiple
from riskcalc.formatting.table import Table

BAR_WIDTH = 40
BLOCKS = " ▁▂▃▄▅▆▇█"
SPARK_WIDTH = 60
FULL = "█"
CROWDED = 0.05
"""p-value above which the best of many settings may be due to chance."""

RESULT_HEADER = ("trades", "win rate", "mean R", "±", "profit factor", "worst", "best")


def backtest_title(backtest: Backtest) -> str:
    """Return the preset, symbol and dates of a backtest."""
    return f"{backtest.preset}, {backtest.symbol} {backtest.first} to {backtest.last}"


def backtest_tables(backtest: Backtest) -> tuple[Table, ...]:
    """Tables of a backtest.

    Parameters
    ----------
    backtest : Backtest
        From `riskcalc.history.backtest`.

    Returns
    -------
    tuple of Table
        Rules and assumptions; results in R and their distribution; the account, by year; regimes.
    """
    return (
        Table(title="Rules", rows=tuple(_rule_rows(backtest)), left=frozenset({0, 1})),
        Table(title="Results per Trade", rows=tuple(_result_rows(backtest)), left=frozenset({0, 2})),
        *_distribution(backtest),
        Table(title="Account", rows=tuple(_account_rows(backtest)), left=frozenset({0, 1})),
        _years(backtest),
        *_regimes(backtest),
    )


def grid_title(grid: BacktestGrid) -> str:
    """Return the preset, symbol, dates and number of settings of a grid."""
    return f"{grid.preset}, {grid.symbol} {grid.first} to {grid.last}: {count(len(grid.rows), 'setting')}"


def grid_tables(grid: BacktestGrid, *, top: int) -> tuple[Table, ...]:
    """Return tables of a grid: its best settings, and what chance alone would give.

    Parameters
    ----------
    grid : BacktestGrid
        From `riskcalc.history.backtest_grid`.
    top : int
        Settings to show.
    """
    keys = tuple(grid.rows[0].settings)
    shown = grid.rows[:top]
    header = (*keys, "trades", "mean R", "±", "win rate", "profit factor", "max drawdown", "end equity")
    rows = tuple((*(row.settings[key] for key in keys), *_grid_cells(row)) for row in shown)
    left = frozenset(range(len(keys)))
    rules = [("entries", _entry_words(grid.entries)), *(("assumed", text) for text in grid.assumptions)]
    return (
        Table(title="Rules", rows=tuple(rules), left=frozenset({0, 1})),
        Table(title="Settings, Best Expectancy First", header=header, rows=rows, left=left),
        Table(title="Multiple Testing", rows=tuple(_chance_rows(grid)), left=frozenset({0, 1})),
        *_problem_tables(grid),
    )


def trade_table(trades: Sequence[BacktestTrade]) -> Iterator[list[str]]:
    """Rows of a CSV of trades, the names of the columns first."""
    names = list(BacktestTrade.__dataclass_fields__)
    yield names
    for trade in trades:
        yield [str(getattr(trade, name)) for name in names]


def sparkline(values: Sequence[float], *, width: int = SPARK_WIDTH) -> str:
    """Values as a line of blocks from the least to the most.

    Examples
    --------
    >>> sparkline([1, 2, 3, 2, 5])
    '▁▃▅▃█'
    """
    step = max(len(values) / width, 1.0)
    sampled = [
        values[min(round((index + 1) * step) - 1, len(values) - 1)]
        for index in range(min(len(values), width))
    ]
    low, high = min(sampled), max(sampled)
    spread = (high - low) or 1.0
    last = len(BLOCKS) - 2
    return "".join(BLOCKS[1 + round((value - low) / spread * last)] for value in sampled)


def _rule_rows(backtest: Backtest) -> Iterator[tuple[str, str]]:
    yield "exits", backtest.description
    yield "entries", _entry_words(backtest.entries)
    for text in backtest.assumptions:
        yield "assumed", text


def _entry_words(mode: str) -> str:
    if mode == "flat":
        return "flat: at each close without an open trade"
    return "each: at every close; the account takes what its limits allow"


def _result_rows(backtest: Backtest) -> Iterator[tuple[str, str, str]]:
    statistics = backtest.statistics
    yield "trades", f"{statistics.n:,}", _held(backtest)
    yield "expectancy", _with_error(statistics), "mean R after costs, ± one standard error"
    yield "median R", r_multiple(statistics.median_r), ""
    yield "win rate", percent(statistics.win_rate, digits=1), _sizes(statistics)
    yield "profit factor", number(statistics.profit_factor), "gains over losses"
    for reason, times in backtest.exits.items():
        if times:
            yield f"closed by {reason}", f"{times:,}", percent(times / statistics.n, digits=1)
    stops = backtest.exits["stop"] + backtest.exits["breakeven stop"]
    yield "opened beyond the stop", f"{backtest.gapped_stops:,}", f"of {count(stops, 'stop')}"
    yield "stop and target on one day", f"{backtest.ambiguous:,}", "counted as stop first"
    for reason, times in backtest.uncounted.items():
        yield "no trade", f"{times:,}", f"{reason}"
    for trade in backtest.open_trades:
        yield "open at the end", r_multiple(trade.r), f"entered {trade.entry_date}; not counted above"


def _held(backtest: Backtest) -> str:
    return "" if backtest.mean_sessions is None else f"held {backtest.mean_sessions:.1f} sessions on average"


def _with_error(statistics: TradeStatistics) -> str:
    return r_multiple(statistics.mean_r) + ("" if statistics.error is None else f" ± {statistics.error:.2f}")


def _sizes(statistics: TradeStatistics) -> str:
    win, loss = r_multiple(statistics.average_win), r_multiple(statistics.average_loss)
    return f"average win {win}, average loss {loss}"


def _distribution(backtest: Backtest) -> tuple[Table, ...]:
    if not backtest.statistics.n:
        return ()
    most = max(r_bin.n for r_bin in backtest.histogram)
    rows = tuple(
        (_range(r_bin), f"{r_bin.n:,}", FULL * round(BAR_WIDTH * r_bin.n / most))
        for r_bin in backtest.histogram
    )
    quantiles = ", ".join(f"{name}%: {r_multiple(value)}" for name, value in backtest.quantiles.items())
    return (
        Table(
            title=f"Distribution of R ({quantiles})",
            header=("R", "trades", ""),
            rows=rows,
            left=frozenset({0, 2}),
        ),
    )


def _range(r_bin: RBin) -> str:
    if math.isinf(r_bin.low):
        return f"below {_bound(r_bin.high)}"
    return (
        f"{_bound(r_bin.low)} and more"
        if math.isinf(r_bin.high)
        else f"{_bound(r_bin.low)} to {_bound(r_bin.high)}"
    )


def _bound(r: float) -> str:
    return f"{r:+g}" if r else "0"


def _account_rows(backtest: Backtest) -> Iterator[tuple[str, str]]:
    yield "equity", f"{money(backtest.start_equity)} to {money(backtest.end_equity)}"
    yield "growth per year", percent(backtest.annual_return, digits=1)
    period = "" if backtest.drawdown_from is None else f", {backtest.drawdown_from} to {backtest.drawdown_to}"
    yield "max drawdown", f"{percent(backtest.max_drawdown, digits=1)}{period}"
    if backtest.taken < backtest.statistics.n:
        yield (
            "trades taken",
            f"{backtest.taken:,} of {backtest.statistics.n:,}; for the others there was no room",
        )
    yield "month ends", sparkline([point.equity for point in backtest.equity])


def _years(backtest: Backtest) -> Table:
    rows = tuple(
        (
            str(year.year),
            f"{year.equity:,.0f}",
            percent(year.change, digits=1, signed=True),
            percent(year.max_drawdown, digits=1),
            *_cells(year.trades),
        )
        for year in backtest.years
    )
    header = ("year", "equity", "change", "drawdown", *RESULT_HEADER)
    return Table(title="By Year of Entry", header=header, rows=rows)


def _regimes(backtest: Backtest) -> tuple[Table, ...]:
    rows = tuple(
        (
            regime.trades.name,
            f"{percent(regime.vol_from, digits=1)} to {percent(regime.vol_to, digits=1)}",
            *_cells(regime.trades),
        )
        for regime in backtest.regimes
    )
    header = ("regime", "21-session vol", *RESULT_HEADER)
    return (Table(title="By Realized Volatility at Entry", header=header, rows=rows),) if rows else ()


def _cells(statistics: TradeStatistics) -> tuple[str, ...]:
    return (
        f"{statistics.n:,}",
        percent(statistics.win_rate, digits=0),
        r_multiple(statistics.mean_r),
        MISSING if statistics.error is None else f"{statistics.error:.2f}",
        number(statistics.profit_factor),
        r_multiple(statistics.worst),
        r_multiple(statistics.best),
    )


def _grid_cells(row: GridRow) -> tuple[str, ...]:
    return (
        f"{row.n:,}",
        r_multiple(row.mean_r),
        MISSING if row.error is None else f"{row.error:.2f}",
        percent(row.win_rate, digits=1),
        number(row.profit_factor),
        percent(row.max_drawdown, digits=1),
        MISSING if row.end_equity is None else f"{row.end_equity:,.0f}",
    )


def _chance_rows(grid: BacktestGrid) -> Iterator[tuple[str, str]]:
    best = grid.rows[0]
    yield "settings tried", f"{grid.tried:,}"
    if best.errors_from_zero is None or grid.p_value is None or grid.chance_best is None:
        return
    yield (
        "best expectancy",
        f"{r_multiple(best.mean_r)} ± {best.error:.2f}: {best.errors_from_zero:+.1f} errors",
    )
    yield (
        "best by chance",
        f"{grid.chance_best:+.1f} errors: the mean of the best of as many without an edge",
    )
    verdict = "chance may be all there is" if grid.p_value > CROWDED else "more than chance usually brings"
    yield (
        "P(as good by chance)",
        f"{percent(grid.p_value, digits=1)}, if the settings were independent: {verdict}",
    )


def _problem_tables(grid: BacktestGrid) -> tuple[Table, ...]:
    rows = tuple(
        (", ".join(f"{key}={value}" for key, value in row.settings.items()), row.problem)
        for row in grid.rows
        if row.problem
    )
    return (Table(title="Settings without an Answer", rows=rows, left=frozenset({0, 1})),) if rows else ()

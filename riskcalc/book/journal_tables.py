"""Tables of a journal: statistics with errors, groups, and odds against outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import MISSING, money, number, percent, r_multiple
from riskcalc.formatting.table import Table

if TYPE_CHECKING:
    from riskcalc.book import Journal


def closed_table(journal: Journal) -> Table:
    """Every closed trade, oldest first."""
    rows = tuple(
        (
            str(result.id),
            result.description,
            str(result.closed),
            str(result.days),
            money(result.pnl, signed=True),
            r_multiple(result.r),
            r_multiple(result.total_r),
            result.outcome or "not known",
        )
        for result in journal.results
    )
    header = ("id", "trade", "closed", "days", "P&L", "R", "sum of R", "came first")
    return Table(title="Closed Trades", rows=rows, header=header, left=frozenset({1, 2, 7}))


def journal_tables(journal: Journal) -> list[Table]:
    """Statistics, quantiles of R, groups, and odds against outcomes."""
    return [
        statistics_table(journal),
        *quantiles_tables(journal),
        *groups_tables(journal),
        *calibration_tables(journal),
    ]


def statistics_table(journal: Journal) -> Table:
    """Figures of the closed trades with their errors."""
    figures = (
        ("closed trades", f"{journal.n:,}", f"{journal.n_planned:,} with a plan"),
        ("total P&L", money(journal.total_pnl, signed=True), ""),
        ("win rate", percent(journal.win_rate, digits=1), _error_text(journal.win_rate_error, _tenths)),
        ("mean R", r_multiple(journal.mean_r), _error_text(journal.mean_r_error, number)),
        ("mean win", r_multiple(journal.mean_win_r), ""),
        ("mean loss", r_multiple(journal.mean_loss_r), ""),
        ("profit factor", number(journal.profit_factor), ""),
        ("SQN", number(journal.sqn), ""),
        ("largest drawdown", _drawdown(journal), _range_text(journal.drawdown_band, number)),
        ("longest losing streak", str(journal.longest_losing_streak), ""),
        ("mean days held", number(journal.mean_days, digits=1), ""),
        ("Kelly, 1R of equity", percent(journal.kelly), _range_text(journal.kelly_band, percent)),
    )
    return Table(title="Journal", rows=figures, header=("", "", "± or 90% range"))


def quantiles_tables(journal: Journal) -> list[Table]:
    """Quantiles of R; nothing where no trade has a plan."""
    quantiles = journal.quantiles
    rows = (tuple(map(r_multiple, quantiles.values())),) if quantiles else ()
    return _table_if_rows("Quantiles of R", tuple(quantiles), rows, left=())


def groups_tables(journal: Journal) -> list[Table]:
    """Closed trades by preset and tag; nothing without any."""
    groups = tuple(
        (
            group.name,
            str(group.n),
            percent(group.win_rate, digits=0),
            f"{r_multiple(group.mean_r)} {_error_text(group.mean_r_error, number)}".rstrip(),
            money(group.total_pnl),
        )
        for group in (*journal.by_preset, *journal.by_tag)
    )
    return _table_if_rows(
        "By Preset and Tag", ("preset or tag", "n", "win rate", "mean R", "P&L"), groups, left=(0,)
    )


def calibration_tables(journal: Journal) -> list[Table]:
    """Odds of the plans against outcomes, and reliability by range of stated odds."""
    odds = tuple(
        (
            forecast.event,
            str(forecast.n),
            f"{number(forecast.brier, digits=3)} {_error_text(forecast.brier_error, _thousandths)}",
            number(forecast.brier_of_rate, digits=3),
        )
        for forecast in journal.calibration
    )
    bins = tuple(
        (
            forecast.event,
            f"{part.low:.0%} to {part.high:.0%}",
            str(part.n),
            percent(part.stated, digits=0),
            percent(part.happened, digits=0),
        )
        for forecast in journal.calibration
        for part in forecast.bins
    )
    return [
        *_table_if_rows(
            "Odds of the Plans against Outcomes",
            ("event", "n", "Brier", "base-rate Brier"),
            odds,
            left=(0,),
        ),
        *_table_if_rows(
            "Reliability", ("event", "stated range", "n", "stated", "happened"), bins, left=(0, 1)
        ),
    ]


def _drawdown(journal: Journal) -> str:
    """Return the largest drawdown in R; nothing where no trade has a plan."""
    return MISSING if journal.drawdown_r is None else f"{number(journal.drawdown_r)}R"


def _table_if_rows(
    title: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, left: tuple[int, ...]
) -> list[Table]:
    """A table, or none without rows."""
    return [Table(title=title, rows=rows, header=header, left=frozenset(left))] if rows else []


def _error_text(error: float | None, text: object) -> str:
    return "" if error is None or not callable(text) else f"± {text(error)}"


def _range_text(band: tuple[float, float] | None, text: object) -> str:
    if band is None or not callable(text):
        return ""
    return f"{text(band[0])} to {text(band[1])}"


def _thousandths(value: float) -> str:
    return number(value, digits=3)


def _tenths(value: float) -> str:
    return percent(value, digits=1)

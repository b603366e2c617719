"""Tables of a journal: statistics with errors, groups, and odds against outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import MISSING, money, number, percent, r_multiple
from riskcalc.formatting.table import Table

if TYPE_CHECKING:
    from riskcalc.book import Journal


def closed_table(found: Journal) -> Table:
    """Every closed trade, oldest first."""
    rows = tuple(
        (
            str(one.id),
            one.description,
            str(one.closed),
            str(one.days),
            money(one.pnl, signed=True),
            r_multiple(one.r),
            r_multiple(one.total_r),
            one.outcome or "not known",
        )
        for one in found.results
    )
    header = ("id", "trade", "closed", "days", "P&L", "R", "sum of R", "came first")
    return Table(title="Closed Trades", rows=rows, header=header, left=frozenset({1, 2, 7}))


def journal_tables(found: Journal) -> list[Table]:
    """Statistics, groups, and odds against outcomes."""
    return [statistics_table(found), *groups_tables(found), *calibration_tables(found)]


def statistics_table(found: Journal) -> Table:
    """Figures of the closed trades with their errors."""
    figures = (
        ("closed trades", f"{found.n:,} ({found.n_planned:,} with a plan)"),
        ("total P&L", money(found.total_pnl, signed=True)),
        ("win rate", f"{percent(found.win_rate, digits=1)} {_error(found.win_rate_error, _tenths)}"),
        ("mean R", f"{r_multiple(found.mean_r)} {_error(found.mean_r_error, number)}"),
        ("mean win, mean loss", f"{r_multiple(found.mean_win_r)}, {r_multiple(found.mean_loss_r)}"),
        ("profit factor", number(found.profit_factor)),
        ("SQN", number(found.sqn)),
        ("R quantiles", ", ".join(f"{name} {r_multiple(r)}" for name, r in found.quantiles.items()) or "-"),
        ("largest drawdown", _drawdown(found)),
        ("longest losing streak", str(found.longest_losing_streak)),
        ("mean days held", number(found.mean_days, digits=1)),
        ("Kelly, share of equity as 1R", f"{percent(found.kelly)}{_range(found.kelly_band, percent)}"),
    )
    return Table(title="Journal", rows=tuple((name, text.rstrip()) for name, text in figures))


def groups_tables(found: Journal) -> list[Table]:
    """Closed trades by preset and tag; nothing without any."""
    groups = tuple(
        (
            one.name,
            str(one.n),
            percent(one.win_rate, digits=0),
            f"{r_multiple(one.mean_r)} {_error(one.mean_r_error, number)}".rstrip(),
            money(one.total_pnl),
        )
        for one in (*found.by_preset, *found.by_tag)
    )
    return _named("By Preset and Tag", ("preset or tag", "n", "win rate", "mean R", "P&L"), groups, left=(0,))


def calibration_tables(found: Journal) -> list[Table]:
    """Odds of the plans against outcomes, and reliability by range of stated odds."""
    odds = tuple(
        (one.event, str(one.n), f"{number(one.brier, digits=3)} {_error(one.brier_error, _thousandths)}",
         number(one.brier_of_rate, digits=3))
        for one in found.calibration
    )  # fmt: skip
    bins = tuple(
        (one.event, f"{bin_.low:.0%} to {bin_.high:.0%}", str(bin_.n), percent(bin_.stated, digits=0),
         percent(bin_.happened, digits=0))
        for one in found.calibration
        for bin_ in one.bins
    )  # fmt: skip
    return [
        *_named(
            "Odds of the Plans against Outcomes",
            ("event", "n", "Brier", "Brier of the average rate"),
            odds,
            left=(0,),
        ),
        *_named("Reliability", ("event", "stated range", "n", "stated", "happened"), bins, left=(0, 1)),
    ]


def _drawdown(found: Journal) -> str:
    """Return the largest drawdown in R with its band; nothing where no trade has a plan."""
    if found.drawdown_r is None:
        return MISSING
    return f"{number(found.drawdown_r)}R{_range(found.drawdown_band, number)}"


def _named(
    title: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, left: tuple[int, ...]
) -> list[Table]:
    """A table, or none without rows."""
    return [Table(title=title, rows=rows, header=header, left=frozenset(left))] if rows else []


def _error(error: float | None, text: object) -> str:
    return "" if error is None or not callable(text) else f"± {text(error)}"


def _range(band: tuple[float, float] | None, text: object) -> str:
    if band is None or not callable(text):
        return ""
    return f" (90% range {text(band[0])} to {text(band[1])})"


def _thousandths(value: float) -> str:
    return number(value, digits=3)


def _tenths(value: float) -> str:
    return percent(value, digits=1)

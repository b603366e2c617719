"""Tables of a book, a hedge and a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import MISSING, count, money, number, percent, r_multiple, whole_money
from riskcalc.formatting.table import Table

if TYPE_CHECKING:
    from riskcalc.book import Hedge, Journal
    from riskcalc.book.added import AddedRow
    from riskcalc.book.risk_records import BookRisk, BookTotals
    from riskcalc.book.stress import BookStress


def book_tables(risk: BookRisk) -> list[Table]:
    """Open trades, what is due, totals and the shock ladder."""
    return [_positions(risk), *_due(risk), _totals(risk.totals), _ladder(risk)]


def _positions(risk: BookRisk) -> Table:
    header = (
        "id",
        "trade",
        "days",
        "spot",
        "P&L",
        "R",
        "to stop",
        "in ATR",
        "in daily SD",
        "risk",
        "IWM-equivalent",
        "due",
    )
    rows = tuple(
        (
            str(one.id),
            one.description,
            str(one.days),
            number(one.spot),
            whole_money(one.pnl),
            r_multiple(one.r_multiple),
            percent(one.stop_distance, digits=1, signed=True),
            number(one.stop_atr, digits=1),
            number(one.stop_deviations, digits=1),
            money(one.risk) if one.risk_basis == "to the stop" else f"{money(one.risk)} ({one.risk_basis})",
            whole_money(one.iwm_equivalent),
            ", ".join(due.what + ("" if due.now else " soon") for due in one.due),
        )
        for one in risk.positions
    )
    return Table(title=f"Open Trades, marked {risk.date}", rows=rows, header=header, left=frozenset({1, 11}))


def _due(risk: BookRisk) -> list[Table]:
    rows = tuple((str(one.id), one.description, due.text) for one, due in risk.due)
    header = ("id", "trade", "due")
    return [Table(title="Due Today", rows=rows, header=header, left=frozenset({1, 2}))] if rows else []


def _totals(totals: BookTotals) -> Table:
    shock = percent(totals.shock, digits=0)
    rows = (
        ("risk now, sum", money(totals.heat.sum)),
        ("risk now, correlated", money(totals.heat.correlated)),
        (f"loss at a {shock} IWM shock, no stop", money(totals.heat.shock)),
        ("risk now, in R", r_multiple(totals.risk_in_r)),
        ("P&L", money(totals.pnl, signed=True)),
        ("IWM-equivalent", money(totals.iwm_equivalent)),
        ("SPY beta-weighted delta", money(totals.spy_equivalent)),
        ("theta per day", money(totals.greeks.theta_per_day)),
        ("vega per point", money(totals.greeks.vega_per_point)),
        ("gamma per 1%", money(totals.greeks.gamma_per_percent)),
        ("buying power used", money(totals.buying_power)),
    )
    return Table(title="Totals", rows=rows)


def _ladder(risk: BookRisk) -> Table:
    rows = tuple(
        (percent(row.move, digits=0, signed=True), money(row.pnl, signed=True), money(row.iwm_equivalent))
        for row in risk.ladder
        if round(100 * row.move) % 2 == 0
    )
    header = ("IWM", "P&L", "IWM-equivalent then")
    return Table(title="Shock Ladder: in one session, IV unchanged, no stop", rows=rows, header=header)


def stress_tables(found: BookStress) -> list[Table]:
    """P&L of the book in each scenario."""
    rows = tuple((one.scenario, money(one.pnl, signed=True), one.meaning) for one in found.rows)
    header = ("scenario", "P&L of the book", "what happens")
    title = "Stress Test: no stop, from the marks on"
    return [Table(title=title, rows=rows, header=header, left=frozenset({0, 2}))]


def stress_beside_table(found: BookStress, pnls: Sequence[float], *, book: str) -> Table:
    """P&L of the book, of a planned trade [dollars, by scenario], and of both."""
    rows = tuple(
        (one.scenario, *(money(part, signed=True) for part in (one.pnl, pnl, one.pnl + pnl)))
        for one, pnl in zip(found.rows, pnls, strict=True)
    )
    header = ("scenario", "P&L of the book", "this trade", "together")
    return Table(title=f"Stress Test of {book}", rows=rows, header=header)


NAMES = {
    "risk": "risk now, sum",
    "loss_at_shock": "loss at the common IWM shock",
    "iwm_equivalent": "IWM-equivalent",
    "spy_equivalent": "SPY beta-weighted delta",
    "theta_per_day": "theta per day",
    "vega_per_point": "vega per point",
    "gamma_per_percent": "gamma per 1%",
    "buying_power": "buying power used",
}
"""Totals of a book by the names of `AddedRow`."""


def added_table(rows: Sequence[AddedRow], *, source: str) -> Table:
    """What a planned trade adds to the book."""
    found = tuple(
        (NAMES[row.name], *(money(one) for one in (row.before, row.added, row.after))) for row in rows
    )
    header = ("of the book", "before", "this trade", "after")
    return Table(title=f"Heat and Buying Power {source}", rows=found, header=header)


def book_after_table(added: Mapping[str, Sequence[AddedRow]], *, source: str) -> Table:
    """Totals of the book, and what each of several trades alone would make of them."""
    rows = tuple(
        (NAMES[first.name], money(first.before), *(money(one.after) for one in others))
        for first, others in ((row[0], row) for row in zip(*added.values(), strict=True))
    )
    header = ("of the book", "now", *(f"with {name}" for name in added))
    return Table(title=f"Heat and Buying Power {source}", rows=rows, header=header)


def hedge_tables(hedge: Hedge) -> list[Table]:
    """Size, scenarios before and after, and the drift of the ratio."""
    size = (
        ("goal", hedge.goal),
        ("hedge", f"{hedge.action} {count(hedge.units, hedge.unit_noun)}: {hedge.description}"),
        ("paid", money(hedge.cost)),
        ("buying power used", money(hedge.buying_power)),
        ("cost per week, IWM unchanged", money(hedge.cost_per_week)),
        ("IWM-equivalent before", money(hedge.exposure_before)),
        ("IWM-equivalent after", money(hedge.exposure_after)),
    )
    scenarios = tuple(
        (row.scenario, money(row.before, signed=True), money(row.after, signed=True)) for row in hedge.rows
    )
    drift = tuple(
        (str(row.sessions), percent(row.move, digits=1, signed=True), percent(row.ratio, digits=1))
        for row in hedge.drift
    )
    return [
        Table(title="Hedge", rows=size),
        Table(title="Before and After", rows=scenarios, header=("scenario", "P&L before", "P&L after")),
        Table(
            title="Share of the Book Offset, nothing traded",
            rows=drift,
            header=("sessions", "IWM", "offset"),
            left=frozenset(),
        ),
    ]


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
        Table(title="Journal", rows=tuple((name, text.rstrip()) for name, text in figures)),
        *_named("By Preset and Tag", ("preset or tag", "n", "win rate", "mean R", "P&L"), groups, left=(0,)),
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

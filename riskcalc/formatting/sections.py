"""A plan or report as titled tables of text: the one rendering that every front door shows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from riskcalc.domain import LadderRow, PositionSize, RiskReport, TradePlan
from riskcalc.formatting.numbers import MISSING, count, money, number, percent, price, r_multiple, whole_money


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of text; the first column is left-aligned, the others right-aligned unless told otherwise."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()
    left: frozenset[int] = frozenset({0})
    """Columns aligned left."""


def plan_sections(plan: TradePlan) -> tuple[Section, ...]:
    """Everything a plan says, the answer first.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.

    Returns
    -------
    tuple of Section
        Size, checks, price, Greeks, ladder, time, gaps, targets, odds and the managed outcome.
    """
    return (
        _size(plan),
        _checks(plan),
        _price(plan.report),
        _legs(plan.report),
        _greeks(plan.report),
        _ladder(plan),
        *_decay(plan),
        _gaps(plan),
        *_targets(plan),
        _odds(plan),
        _managed(plan),
        *_early_exercise(plan.report),
        *_fund(plan),
    )


def plan_title(plan: TradePlan) -> str:
    """The trade, its market and its verdict in one line."""
    return f"{'OK' if plan.ok else 'NO'}  {trade_line(plan)}"


def trade_line(plan: TradePlan) -> str:
    """The trade, its market and its size in one line."""
    report = plan.report
    quote = report.market.quote(report.trade.symbol)
    name = f"{report.trade.name}: " if report.trade.name else ""
    return (
        f"{name}{report.trade.description}, spot {price(quote.spot)} on {report.market.date}"
        f", {count(plan.size.units, report.trade.unit_noun)}"
    )


def option_sections(report: RiskReport) -> tuple[Section, ...]:
    """One priced trade without account or exits: its price, legs and Greeks."""
    return (_price(report), _legs(report), _greeks(report))


def size_section(size: PositionSize, *, entry: float, stop: float, multiplier: int) -> Section:
    """A size from entry and stop alone."""
    rows = (
        ("hold", count(size.units, "share" if multiplier == 1 else "unit"), _why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, budget {money(size.risk_budget)}",
        ),
        ("stop", money(stop), f"{percent(stop / entry - 1, signed=True)} from {money(entry)}"),
        ("loss of a unit", money(size.loss_per_unit), "1R, costs in"),
        ("position value", money(size.units * multiplier * entry), ""),
    )
    return Section(title="Size by the percent-risk rule", rows=rows, left=frozenset({0, 2}))


def _size(plan: TradePlan) -> Section:
    size = plan.size
    rows = [
        ("hold", count(size.units, plan.report.trade.unit_noun), _why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, budget {money(size.risk_budget)}",
        ),
        (
            "loss of a unit",
            money(size.loss_per_unit),
            f"1R: planned, by {size.basis.replace('_', ' ')}, costs in",
        ),
        ("buying power", money(size.capital), "tied up by all units"),
        ("loss at the stop", money(size.loss_at_stop), "worst day up to the time stop, costs in"),
        ("loss at the gap", money(size.loss_at_gap), "worst of the gap lines, costs in"),
    ]
    allowed = (f"{name} {'any' if units is None else f'{units:,}'}" for name, units in size.limits)
    rows.append(("units by limit", "", ", ".join(allowed)))
    return Section(title="Size", rows=tuple(rows), left=frozenset({0, 2}))


def _why(size: PositionSize) -> str:
    """The reason without the count that stands beside it."""
    return size.reason.partition(": ")[2]


def _checks(plan: TradePlan) -> Section:
    rows = tuple((check.status.value.upper(), check.name, check.message) for check in plan.checks)
    return Section(title="Checks", rows=rows, left=frozenset({0, 1, 2}))


def _price(report: RiskReport) -> Section:
    facts = [
        ("debit" if report.net_debit >= 0 else "credit", money(abs(report.net_debit)), ""),
        ("max loss", money(report.max_loss), report.payoff_note),
        ("max profit", money(report.max_profit), ""),
        ("breakeven", ", ".join(price(level) for level in report.breakevens) or MISSING, ""),
        ("reward to risk", number(report.reward_to_risk), ""),
    ]
    if report.prob_profit is not None:
        facts.append(("P(profit)", percent(report.prob_profit, digits=1), f"view: {report.view.name}"))
    return Section(title="Price of one unit", rows=tuple(facts), left=frozenset({0, 2}))


def _legs(report: RiskReport) -> Section:
    rows = tuple(
        (
            found.leg.label,
            price(found.entry_price),
            percent(found.vol, digits=1),
            number(found.greeks.delta),
            number(found.greeks.gamma, digits=3),
            money(found.greeks.theta_per_day),
            money(found.greeks.vega_per_point),
        )
        for found in report.legs
    )
    header = ("leg", "entry", "vol", "delta", "gamma", "theta/day", "vega/pt")
    return Section(title="Legs", rows=rows, header=header)


def _greeks(report: RiskReport) -> Section:
    greeks, debit = report.greeks, report.net_debit
    share = f"{percent(greeks.theta_per_day / debit)} of the debit" if debit > 0 else ""
    rows = (
        ("delta", number(greeks.delta), f"moves like {number(greeks.delta, digits=1)} shares"),
        ("gamma", number(greeks.gamma, digits=3), "delta per dollar of spot"),
        ("theta per day", money(greeks.theta_per_day), share),
        ("vega per point", money(greeks.vega_per_point), ""),
        ("rho per point", money(greeks.rho_per_point), ""),
        ("dollar delta", money(greeks.dollar_delta), ""),
    )
    return Section(title="Greeks of one unit", rows=rows, left=frozenset({0, 2}))


def _ladder(plan: TradePlan) -> Section:
    levels = [tuple(rows) for _, rows in groupby(plan.ladder, key=lambda row: (row.label, row.spot))]
    dates = tuple(f"{row.when}\n{row.date:%m-%d}" for row in levels[0])
    rows = tuple((found[0].label, price(found[0].spot), *map(_ladder_cell, found)) for found in levels)
    shift = f", vols {plan.exits.vol_shift * 100:+.4g} points at the stop" if plan.exits.vol_shift else ""
    title = f"P&L of one unit, dollars and R, before costs{shift}"
    return Section(title=title, rows=rows, header=("level", "spot", *dates))


def _ladder_cell(row: LadderRow) -> str:
    r = MISSING if row.r_multiple is None else f"{round(row.r_multiple, 1) + 0.0:+.1f}"
    return f"{whole_money(row.pnl)} {r:>4}"


def _decay(plan: TradePlan) -> tuple[Section, ...]:
    theta = plan.theta
    if not plan.report.trade.option_legs:
        return ()
    until = f"to {plan.time_stop}" if plan.time_stop else ""
    rows = [("this trade", money(theta.per_day), money(theta.to_time_stop))]
    if theta.long_legs_per_day is not None:
        rows += [
            ("bought legs alone", money(theta.long_legs_per_day), money(theta.long_legs_to_time_stop)),
            (
                "saved by the sold legs",
                money(theta.saved_per_day, signed=True),
                money(theta.saved_to_time_stop, signed=True),
            ),
        ]
    header = ("what time costs one unit, spot unchanged", "per day", until)
    return (Section(title="Theta", rows=tuple(rows), header=header),)


def _targets(plan: TradePlan) -> tuple[Section, ...]:
    found = plan.targets
    if not found.outcomes:
        return ()
    rows = tuple(
        (
            one.level.label,
            price(one.level.spot),
            f"{one.units:,}",
            money(one.pnl_per_unit, signed=True),
            r_multiple(one.r_multiple),
        )
        for one in found.outcomes
    )
    blended = ("all units", "", f"{plan.size.units:,}", "", r_multiple(found.blended_r))
    need = f"; wins needed to break even: {percent(found.break_even_win_rate, digits=0)}"
    title = "Targets, worst day up to the time stop, costs in"
    return (
        Section(
            title=title + (need if found.break_even_win_rate is not None else ""),
            rows=(*rows, blended),
            header=("target", "spot", "units closed", "P&L of a unit", "R"),
        ),
    )


def _odds(plan: TradePlan) -> Section:
    odds, targets = plan.odds, plan.targets.outcomes
    rows = [("touches the stop", percent(odds.touch_stop, digits=1), plan.stop.label)]
    if targets:
        nearest = targets[0].level.label
        rows += [
            ("touches the target", percent(odds.touch_target, digits=1), nearest),
            ("stop first", percent(odds.stop_first, digits=1), ""),
            ("target first", percent(odds.target_first, digits=1), ""),
            ("neither", percent(odds.neither, digits=1), f"by {plan.managed.last_day}"),
        ]
    title = f"Odds, view: {plan.managed.view.name}"
    return Section(title=title, rows=tuple(rows), left=frozenset({0, 2}))


def _managed(plan: TradePlan) -> Section:
    found = plan.managed
    rows = [
        ("expected P&L", money(found.expected_pnl, signed=True), r_multiple(plan.in_r(found.expected_pnl))),
        ("standard deviation", money(found.std), ""),
        ("leaves at the stop", percent(found.prob_stop, digits=1), _breakeven_note(plan)),
        ("leaves at a target", percent(found.prob_all_targets, digits=1), _target_chances(plan)),
        ("leaves at the time stop", percent(found.prob_time_stop, digits=1), f"{found.last_day}"),
        ("expected days", number(found.expected_days, digits=1), "until the last part has left"),
        ("breaks even at a drift of", percent(found.break_even_drift, digits=1, signed=True), "a year"),
    ]
    if plan.exits.gap_share:
        share = f"in it: {percent(plan.exits.gap_share, digits=0)} of the stops"
        rows.insert(1, ("lost to gaps", money(found.expected_gap_loss), share))
    rows += [
        (
            f"{percent(one.probability, digits=0)} quantile",
            money(one.pnl, signed=True),
            r_multiple(plan.in_r(one.pnl)),
        )
        for one in found.quantiles
    ]
    title = "Managed to its exits: one unit, costs in, present value"
    return Section(title=title, rows=tuple(rows), left=frozenset({0, 2}))


def _breakeven_note(plan: TradePlan) -> str:
    return "moved to the entry by the first target" if plan.exits.stop_to_breakeven else ""


def _target_chances(plan: TradePlan) -> str:
    """How likely each target is to close something."""
    pairs = zip(plan.targets.outcomes, plan.managed.prob_targets, strict=True)
    return ", ".join(f"{one.level.label}: {percent(chance, digits=1)}" for one, chance in pairs)


def _early_exercise(report: RiskReport) -> tuple[Section, ...]:
    if not report.early_exercise:
        return ()
    rows = tuple(
        (
            line.leg.label,
            f"{line.dividend.ex_date}{' forecast' if line.dividend.forecast else ''}",
            money(line.dividend.amount),
            f"{line.eve}",
            price(line.boundary) if line.boundary < float("inf") else "never",
            percent(line.chance, digits=1),
            money(line.dividend_dollars),
        )
        for line in report.early_exercise
    )
    header = ("leg", "ex-date", "dividend", "exercised on", "if above", "chance", "on all shares")
    return (Section(title="Early exercise for a dividend", rows=rows, header=header, left=frozenset({0, 1})),)


def _fund(plan: TradePlan) -> tuple[Section, ...]:
    fund = plan.fund
    if fund is None:
        return ()
    rows = tuple(
        (
            label,
            *(
                f"{percent(move.benchmark_move, signed=True)} in {count(move.sessions, 'session')}"
                for move in moves
            ),
        )
        for label, moves in ((key, list(group)) for key, group in groupby(fund.exits, key=lambda m: m.label))
    )
    widest = max(map(len, rows))
    decay = percent(fund.decay_per_week)
    title = (
        f"Exits as moves of {fund.benchmark}, at {percent(fund.benchmark_vol, digits=0)} vol; "
        f"resetting costs {decay} a week"
    )
    padded = tuple((*row, *[""] * (widest - len(row))) for row in rows)
    return (Section(title=title, rows=padded),)


def _gaps(plan: TradePlan) -> Section:
    rows = tuple(
        (
            f"opens {percent(gap.move, digits=0, signed=True)}",
            price(gap.spot),
            money(gap.loss_per_unit),
            money(gap.loss_per_unit * plan.size.units),
        )
        for gap in plan.gaps
    )
    return Section(
        title="Gaps over the stop", rows=rows, header=("shock", "spot", "loss of a unit", "all units")
    )

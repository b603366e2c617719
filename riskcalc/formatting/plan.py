"""A plan as text tables, the size first."""

from __future__ import annotations

from itertools import groupby

from riskcalc.domain import LadderRow, TradePlan
from riskcalc.formatting.numbers import MISSING, count, money, number, percent, price, r_multiple, whole_money
from riskcalc.formatting.report import (
    early_exercise_sections,
    greeks_section,
    legs_section,
    price_section,
    smile_words,
    why,
)
from riskcalc.formatting.table import Section

BASIS_WORDS = {"max_loss": "max loss", "stop": "loss at stop"}
"""Words for the risk of one unit, by basis."""


def plan_sections(plan: TradePlan) -> tuple[Section, ...]:
    """Return all tables of a plan, the size first.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.

    Returns
    -------
    tuple of Section
        Size, checks, price, Greeks, ladder, time, gaps, targets, odds and the managed outcome; for a pair
        both its sides.
    """
    return (
        _size(plan),
        *_pair(plan),
        _checks(plan),
        price_section(plan.report),
        legs_section(plan.report),
        greeks_section(plan.report),
        _ladder(plan),
        *_decay(plan),
        _gaps(plan),
        *_targets(plan),
        _odds(plan),
        _managed(plan),
        *_dividends(plan),
        *early_exercise_sections(plan.report, units=plan.size.units),
        *_fund(plan),
    )


def _unit(plan: TradePlan) -> str:
    """Unit noun in a heading."""
    return plan.report.trade.unit_noun.capitalize()


def plan_title(plan: TradePlan) -> str:
    """The trade, its market and its verdict in one line."""
    return f"{'OK' if plan.ok else 'NO'}  {trade_line(plan)}"


def trade_line(plan: TradePlan) -> str:
    """The trade, its market and its size in one line."""
    report = plan.report
    quote = report.market.quote(report.trade.symbol)
    name = f"{report.trade.name}: " if report.trade.name else ""
    return (
        f"{name}{report.trade.description}, spot {price(quote.spot)} on {report.market.as_of}"
        f", {count(plan.size.units, report.trade.unit_noun)}"
    )


def _size(plan: TradePlan) -> Section:
    size = plan.size
    rows = [
        ("position size", count(size.units, plan.report.trade.unit_noun), why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, risk budget {money(size.risk_budget)}",
        ),
        (
            f"risk per {plan.report.trade.unit_noun} (1R)",
            money(size.loss_per_unit),
            f"{BASIS_WORDS[size.basis]}, {unit_costs_words(plan)}",
        ),
        ("buying power used", money(size.capital), ""),
        ("loss at stop", money(size.loss_at_stop), _worst_exit(plan)),
        ("loss at gap", *_gap_loss(size.loss_at_gap)),
    ]
    allowed = (f"{name} {'any' if units is None else f'{units:,}'}" for name, units in size.limits)
    rows.append(("size allowed by each limit", "", ", ".join(allowed)))
    return Section(title="Size", rows=tuple(rows), left=frozenset({0, 2}))


def unit_costs_words(plan: TradePlan) -> str:
    """Words for the costs included per unit; costs per trade are not."""
    once = plan.cost_per_trade
    return f"with costs except {money(once)} per trade" if once else "with costs"


def _gap_loss(loss: float | None) -> tuple[str, str]:
    """Worst loss over the gaps, or a note that all gain."""
    if loss is not None and round(loss, 2) < 0:
        return money(0.0), f"no loss: the worst gap gains {money(-loss)}, with costs"
    return money(loss), "worst gap, with costs"


def _pair(plan: TradePlan) -> tuple[Section, ...]:
    pair = plan.pair
    if pair is None:
        return ()
    rows = [
        ("long", f"{pair.bought_shares:,} {pair.bought}", money(pair.bought_dollars)),
        ("short", f"{pair.sold_shares:,} {pair.sold}", money(pair.sold_dollars)),
        ("net", "", money(pair.net_dollars, signed=True)),
    ]
    if pair.beta is not None:
        market = plan.report.trade.instrument.against
        said = f"beta {pair.beta:.2f}, correlation {percent(pair.correlation, digits=0)}"
        rows.append((f"{market}-equivalent exposure", said, money(pair.beta_dollars, signed=True)))
    return (Section(title="Pair, Whole Position", rows=tuple(rows), left=frozenset({0, 1})),)


def _checks(plan: TradePlan) -> Section:
    rows = tuple((check.status.value.upper(), check.name, check.message) for check in plan.checks)
    return Section(title="Checks", rows=rows, left=frozenset({0, 1, 2}))


def _ladder(plan: TradePlan) -> Section:
    levels = [tuple(rows) for _, rows in groupby(plan.ladder, key=lambda row: (row.label, row.spot))]
    dates = tuple(f"{row.when}\n{row.date:%m-%d}" for row in levels[0])
    one_r = plan.size.loss_per_unit
    rows = tuple(
        (found[0].label, price(found[0].spot), *(_ladder_cell(row, one_r) for row in found))
        for found in levels
    )
    shift = f", {stop_vol_words(plan)} at the stop" if plan.exits.vol_shift else ""
    title = f"P&L per {_unit(plan)}: dollars and R, before costs{shift}{smile_words(plan.report)}"
    return Section(title=title, rows=rows, header=("level", "spot", *dates))


def stop_vol_words(plan: TradePlan) -> str:
    """How IV moves at the stop, and at every gap beyond it."""
    shift = plan.exits.vol_shift
    return f"IV {shift * 100:+.4g} points" if shift else "IV unchanged"


def _ladder_cell(row: LadderRow, one_r: float) -> str:
    r = MISSING if row.r_multiple is None else f"{round(row.r_multiple, 1) + 0.0:+.1f}"
    return f"{whole_money(row.pnl, one_r=one_r)} {r:>4}"


def _decay(plan: TradePlan) -> tuple[Section, ...]:
    theta = plan.theta
    if not plan.report.trade.option_legs:
        return ()
    until = f"through {plan.time_stop}" if plan.time_stop else ""
    rows = [(plan.report.trade.unit_noun, money(theta.per_day), money(theta.to_time_stop))]
    if theta.long_legs_per_day is not None:
        rows += [
            ("long legs alone", money(theta.long_legs_per_day), money(theta.long_legs_to_time_stop)),
            (
                "offset by short legs",
                money(theta.offset_per_day, signed=True),
                money(theta.offset_to_time_stop, signed=True),
            ),
        ]
    header = ("", "theta per day", until)
    title = f"Time Decay per {_unit(plan)}: spot and IV unchanged"
    return (Section(title=title, rows=tuple(rows), header=header),)


def _worst_exit(plan: TradePlan) -> str:
    both = any(one.second_stop for one in plan.targets.outcomes)
    return f"worst case{' of both stops' if both else ''} through the time stop, with costs"


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
    blended = ("whole position", "", f"{plan.size.units:,}", "", r_multiple(found.blended_r))
    need = f"; breakeven win rate {percent(found.break_even_win_rate, digits=0)}"
    title = f"Targets: worst case through the time stop, {unit_costs_words(plan)}"
    return (
        Section(
            title=title + (need if found.break_even_win_rate is not None else ""),
            rows=(*rows, blended),
            header=("target", "spot", "closed", f"P&L per {plan.report.trade.unit_noun}", "R"),
        ),
    )


def _odds(plan: TradePlan) -> Section:
    odds, targets = plan.odds, plan.targets.outcomes
    rows = [("P(touch stop)", percent(odds.touch_stop, digits=1), plan.stop.label)]
    if targets and targets[0].second_stop:
        second = targets[0].level.label
        rows = [
            ("P(touch either stop)", percent(odds.touch_stop, digits=1), f"{plan.stop.label} or {second}"),
            ("P(second stop hit first)", percent(odds.second_stop_first, digits=1), second),
            ("P(neither hit)", percent(odds.neither, digits=1), f"by {plan.managed.last_day}"),
        ]
    elif targets:
        nearest = targets[0].level.label
        rows += [
            ("P(touch target)", percent(odds.touch_target, digits=1), nearest),
            ("P(stop hit first)", percent(odds.stop_first, digits=1), ""),
            ("P(target hit first)", percent(odds.target_first, digits=1), ""),
            ("P(neither hit)", percent(odds.neither, digits=1), f"by {plan.managed.last_day}"),
        ]
    title = f"Stop and Target Odds: view {plan.managed.view.name}"
    return Section(title=title, rows=tuple(rows), left=frozenset({0, 2}))


def _managed(plan: TradePlan) -> Section:
    found = plan.managed
    rows = [
        (
            "expected P&L",
            money(found.expected_pnl, signed=True),
            r_multiple(plan.to_r_multiple(found.expected_pnl)),
        ),
        ("standard deviation", money(found.std), ""),
        *_left_at_exits(plan),
        ("P(exit at time stop)", percent(found.prob_time_stop, digits=1), f"{found.last_day}"),
        ("average holding period", number(found.expected_days, digits=1), "days, until the last exit"),
        ("breakeven drift", percent(found.break_even_drift, digits=1, signed=True), "per year"),
    ]
    if plan.exits.gap_share:
        share = f"included; {percent(plan.exits.gap_share, digits=0)} of stops are gapped over"
        rows.insert(1, ("expected gap loss", money(found.expected_gap_loss), share))
    rows += [
        (
            f"{100 * one.probability:.0f}th percentile",
            money(one.pnl, signed=True),
            r_multiple(plan.to_r_multiple(one.pnl)),
        )
        for one in found.quantiles
    ]
    title = f"Managed Outcome per {_unit(plan)}: {unit_costs_words(plan)}, present value"
    return Section(title=title, rows=tuple(rows), left=frozenset({0, 2}))


def _left_at_exits(plan: TradePlan) -> list[tuple[str, str, str]]:
    """Exit probabilities at stops and targets."""
    found, outcomes = plan.managed, plan.targets.outcomes
    stopped, taken = percent(found.prob_stop, digits=1), percent(found.prob_all_targets, digits=1)
    if outcomes and all(one.second_stop for one in outcomes):
        return [("P(exit at either stop)", stopped, _target_chances(plan))]
    return [
        ("P(exit at stop)", stopped, _breakeven_note(plan)),
        ("P(all targets hit)", taken, _target_chances(plan)),
    ]


def _breakeven_note(plan: TradePlan) -> str:
    return "moved to breakeven at the first target" if plan.exits.stop_to_breakeven else ""


def _target_chances(plan: TradePlan) -> str:
    """Probability of a fill at each target or second stop."""
    pairs = zip(plan.targets.outcomes, plan.managed.prob_targets, strict=True)
    return ", ".join(f"{one.level.label}: {percent(chance, digits=1)}" for one, chance in pairs)


def _dividends(plan: TradePlan) -> tuple[Section, ...]:
    """Table of included dividends; empty without any."""
    rows = tuple(
        (
            f"{one.ex_date}",
            money(one.amount),
            "forecast" if one.forecast else "special" if one.special else "",
        )
        for one in plan.dividends
    )
    header = ("ex-date", "per share", "")
    return (Section(title="Cash Dividends Included", rows=rows, header=header),) if rows else ()


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
    week = f"{'loses' if fund.decay_per_week >= 0 else 'earns'} {percent(abs(fund.decay_per_week))} per week"
    title = (
        f"Exits as {fund.benchmark} Moves: at {percent(fund.benchmark_vol, digits=0)} IV; if "
        f"{fund.benchmark} is flat the fund {week} (daily reset, {fund.charges})"
    )
    padded = tuple((*row, *[""] * (widest - len(row))) for row in rows)
    return (Section(title=title, rows=padded),)


def _gaps(plan: TradePlan) -> Section:
    paid_once = plan.cost_per_trade if plan.size.units else 0.0
    rows = tuple(
        (
            f"opens at {100 * gap.move:+.4g}%",
            price(gap.spot),
            money(-gap.loss_per_unit, signed=True),
            money(-gap.loss_per_unit * plan.size.units - paid_once, signed=True),
        )
        for gap in plan.gaps
    )
    both = any(plan.side * gap.move > 0 for gap in plan.gaps)
    other = ", unchanged on the other side" if both and plan.exits.vol_shift else ""
    title = f"Gap Risk: next open, {stop_vol_words(plan)}, as at the stop{other}, with costs"
    return Section(
        title=title,
        rows=rows,
        header=("gap", "spot", f"P&L per {plan.report.trade.unit_noun}", "P&L of the position"),
    )

"""The metrics of a plan, each declared once: price, Greeks, size, odds and managed outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from riskcalc.domain import ProbabilityBasis, Source
from riskcalc.formatting.metric import Better, Metric, Style, gain_style
from riskcalc.formatting.numbers import (
    DOLLARS,
    PERCENT,
    PLAIN,
    PNL,
    NumberFormat,
    Variants,
    money,
    number,
    percent,
    plural,
    price,
    r_multiple,
)
from riskcalc.records import replace

if TYPE_CHECKING:
    from riskcalc.domain import PositionSize, RiskReport, TradePlan
    from riskcalc.sizing import StopSize

BASIS_WORDS = {
    "max_loss": ("max loss", "max loss"),
    "stop": ("loss at stop", "at stop"),
    "gap": ("worst gap", "worst gap"),
}
"""Risk of one unit by the basis of the size, in full and in short."""

SAME_CENT, SAME_MOVE = 0.005, 0.0005

DEBIT = NumberFormat(currency="$", negative_suffix=" cr")
"""A debit; beside one, a credit says so."""
WHOLE_DOLLARS = NumberFormat(currency="$", digits=0)
GAMMA, DAYS = NumberFormat(digits=3), NumberFormat(digits=1)
DRIFT = replace(PERCENT, signed=True)

METRICS = {
    key: Metric(key=key, labels=labels, format=kind, better=better)
    for key, labels, kind, better in (
        ("price.net_debit", ("debit",), DEBIT, Better.NEITHER),
        ("price.max_loss", ("max loss",), DOLLARS, Better.LESS),
        ("price.max_profit", ("max profit",), DOLLARS, Better.MORE),
        ("price.breakevens.0", ("breakeven", "BE"), PLAIN, Better.NEITHER),
        ("price.borrow_fee_per_day", ("borrow fee",), DOLLARS, Better.LESS),
        ("probability.profit", ("P(profit)",), PERCENT, Better.MORE),
        ("probability.expected_move", ("expected move",), DOLLARS, Better.NEITHER),
        ("greeks.delta", ("delta",), PLAIN, Better.NEITHER),
        ("greeks.gamma", ("gamma",), GAMMA, Better.NEITHER),
        ("greeks.theta_per_day", ("theta per day", "theta/day"), DOLLARS, Better.MORE),
        ("greeks.vega_per_point", ("vega per point", "vega/pt", "vega"), DOLLARS, Better.NEITHER),
        ("greeks.rho_per_point", ("rho per point", "rho/pt", "rho"), DOLLARS, Better.NEITHER),
        ("size.units", ("position size", "position"), PLAIN, Better.NEITHER),
        ("size.risk", ("risk",), DOLLARS, Better.NEITHER),
        ("size.loss_per_unit", ("risk per unit (1R)", "1R"), DOLLARS, Better.NEITHER),
        ("size.capital", ("buying power used", "BP used"), DOLLARS, Better.LESS),
        ("size.loss_at_stop", ("loss at stop", "at stop"), DOLLARS, Better.LESS),
        ("size.loss_at_gap", ("loss at gap", "at gap"), DOLLARS, Better.LESS),
        ("probability.touch_stop", ("P(touch stop)",), PERCENT, Better.LESS),
        ("probability.touch_target", ("P(touch target)",), PERCENT, Better.MORE),
        ("probability.stop_first", ("P(stop hit first)", "stop first"), PERCENT, Better.LESS),
        ("probability.second_stop_first", ("P(second stop hit first)",), PERCENT, Better.LESS),
        ("probability.target_first", ("P(target hit first)", "target 1st"), PERCENT, Better.MORE),
        ("probability.neither", ("P(neither hit)",), PERCENT, Better.NEITHER),
        (
            "probability.calibrated.stop_first",
            ("P(stop hit first), calibrated", "calibrated"),
            PERCENT,
            Better.LESS,
        ),
        ("probability.calibrated.target_first", ("P(target hit first), calibrated",), PERCENT, Better.MORE),
        ("probability.calibrated.neither", ("P(neither hit), calibrated",), PERCENT, Better.NEITHER),
        ("probability.calibrated.profit", ("P(profit), calibrated",), PERCENT, Better.MORE),
        ("managed.expected_pnl", ("expected P&L", "expected"), PNL, Better.MORE),
        ("managed.expected_gap_loss", ("expected gap loss",), DOLLARS, Better.LESS),
        ("managed.std", ("standard deviation",), DOLLARS, Better.NEITHER),
        ("managed.probabilities.stop", ("P(exit at stop)",), PERCENT, Better.LESS),
        ("managed.probabilities.all_targets", ("P(all targets hit)",), PERCENT, Better.MORE),
        ("managed.probabilities.time_stop", ("P(exit at time stop)",), PERCENT, Better.NEITHER),
        ("managed.expected_days", ("average holding period",), DAYS, Better.NEITHER),
        ("managed.break_even_drift", ("breakeven drift",), DRIFT, Better.LESS),
    )
}
"""Every metric without its value, by its place in the JSON of a plan."""


def metric(key: str, value: float | None, *notes: str, style: Style = Style.PLAIN) -> Metric:
    """Return a metric with its value, and notes of which the longest is first."""
    return replace(METRICS[key], value=value, notes=notes, style=style)


def labeled(unlabeled: Metric, *labels: str) -> Metric:
    """Return a metric under other labels, the longest first."""
    return replace(unlabeled, labels=labels)


def select(metrics: Iterable[Metric], *keys: str) -> tuple[Metric, ...]:
    """Return the metrics with these keys, in this order; keys that a trade does not have are left out."""
    by_key = {metric.key: metric for metric in metrics}
    return tuple(by_key[key] for key in keys if key in by_key)


def price_metrics(report: RiskReport) -> tuple[Metric, ...]:
    """Return what one unit costs, may lose and may gain."""
    ends = f"at {report.payoff_date}" if report.payoff_date else ""
    reward = number(report.reward_to_risk)
    rewards = () if report.reward_to_risk is None else (f"reward to risk {reward}", f"{reward} x max loss")
    return (
        _entry(report),
        metric("price.max_loss", report.max_loss, report.payoff_note, ends, style=Style.BAD),
        metric("price.max_profit", report.max_profit, *rewards, style=Style.GOOD),
        _breakeven(report),
        metric("probability.profit", report.prob_profit, *_profit_notes(report)),
    )


def more_price_metrics(report: RiskReport) -> tuple[Metric, ...]:
    """Return what only a table has room for: the expected move, and the fee on shares sold short."""
    by, fee = f" by {report.payoff_date}" if report.payoff_date else "", report.borrow_fee_per_day
    move = metric("probability.expected_move", report.expected_move, f"1 standard deviation{by}")
    borrow = metric("price.borrow_fee_per_day", fee, "per day, on the shares sold short")
    return (*((move,) if report.expected_move is not None else ()), *((borrow,) if fee else ()))


def entry_word(report: RiskReport) -> str:
    """Return the label of the entry price: debit, credit, or the net of a pair."""
    if report.trade.instrument.against:
        return "each side"
    return "debit" if report.net_debit >= 0 else "credit"


def _entry(report: RiskReport) -> Metric:
    # Each side of a pair is paid in full, whichever is dearer.
    paid = abs(report.net_debit) if report.trade.instrument.against else report.net_debit
    differs = abs(report.value - report.net_debit) >= SAME_CENT
    model = (f"model {price(abs(report.value))}",) if differs else ()
    return labeled(metric("price.net_debit", paid, *model), entry_word(report))


def _breakeven(report: RiskReport) -> Metric:
    first, *others = report.breakevens or (None,)
    note = f"and {', '.join(map(price, others))}" if others else ""
    if first is not None and not others:
        move = first / report.market.quote(report.trade.symbol).spot - 1
        note = f"{percent(move, digits=1, signed=True)} from spot" if abs(move) >= SAME_MOVE else ""
    return metric("price.breakevens.0", first, note)


def _profit_notes(report: RiskReport) -> Variants:
    """Return the conditions of P(profit); in short the expected move, and whether the smile was used."""
    if report.expected_move is None:
        return ()
    from_smile = report.prob_basis is ProbabilityBasis.SMILE
    move = f"1 SD ±{price(report.expected_move)}"
    short = (f"smile; {move}", move) if from_smile else (move,)
    view = f"view: {report.view.name}"
    if report.market.quote(report.trade.symbol).smile is None:
        return (view, *short)
    return (
        f"{view}; {'from the fitted smile' if from_smile else 'at a single vol, not from the smile'}",
        *short,
    )


def greeks_metrics(report: RiskReport) -> tuple[Metric, ...]:
    """Return the Greeks of one unit in trader units."""
    greeks, share = report.greeks, theta_share(report)
    dollar_delta = f"{WHOLE_DOLLARS.text(greeks.dollar_delta)} of {report.trade.symbol}"
    shares = f"equivalent to {number(greeks.delta, digits=1)} shares, {dollar_delta}"
    shares_of_debit = (f"{share} of the debit", f"{share} of debit") if share else ()
    return (
        metric("greeks.delta", greeks.delta, shares, dollar_delta),
        metric("greeks.gamma", greeks.gamma, "delta per $1 of spot", "per $1 of spot"),
        metric("greeks.theta_per_day", greeks.theta_per_day, *shares_of_debit),
        metric("greeks.vega_per_point", greeks.vega_per_point, "per vol point"),
        metric("greeks.rho_per_point", greeks.rho_per_point, "per rate point"),
    )


def theta_share(report: RiskReport) -> str:
    """Return theta per day as a share of the debit; nothing where none is paid, as for a credit or a pair."""
    if report.net_debit <= 0 or report.trade.instrument.against:
        return ""
    return percent(report.greeks.theta_per_day / report.net_debit)


def size_metrics(plan: TradePlan) -> tuple[Metric, ...]:
    """Return how many units the account carries, why no more, and their risk."""
    size, noun = plan.size, plan.report.trade.unit_noun
    both = " of both stops" if any(outcome.second_stop for outcome in plan.targets.outcomes) else ""
    by = f"loss by {plan.time_stop:%m-%d}" if plan.time_stop else "loss, worst case"
    worst = f"worst case{both} through the time stop, with costs"
    return (
        _units(size, noun),
        risk(size, sample_account=plan.sources.equity is Source.SAMPLE),
        risk_per_unit(size, noun, basis=size.basis, paid_once=plan.cost_per_trade),
        metric("size.capital", size.capital),
        _loss("size.loss_at_stop", size.loss_at_stop, worst, by, case="worst case"),
        _loss(
            "size.loss_at_gap", size.loss_at_gap, "worst gap, with costs", "loss, worst gap", case="worst gap"
        ),
    )


def _units(size: PositionSize, noun: str) -> Metric:
    """Return the size, and the limit that stops the next unit."""
    units = metric("size.units", size.units, f"{size.binding_limit}: {why(size)}")
    counted = NumberFormat(digits=0, noun=f" {plural(size.units, noun)}")
    return replace(units, format=counted, style=Style.TITLE if size.units else Style.BAD)


def why(size: PositionSize | StopSize) -> str:
    """Return the reason without the count shown beside it."""
    return size.reason.partition(": ")[2]


def risk(size: PositionSize | StopSize, *, sample_account: bool = False) -> Metric:
    """Return the planned loss of the position and the risk budget; a sample account is marked as such."""
    share = f"{percent(size.risk_fraction)} of equity"
    budget_text = f"{share}, risk budget {money(size.risk_budget)}"
    hint = (
        (f"{budget_text} (sample account; yours: riskcalc account set equity=50000)",)
        if sample_account
        else ()
    )
    return metric("size.risk", size.risk, *hint, budget_text, share)


def risk_per_unit(size: PositionSize | StopSize, noun: str, *, basis: str, paid_once: float) -> Metric:
    """Return 1R by the basis of the size: max loss of a unit, or its loss at the stop or the worst gap."""
    words, short = BASIS_WORDS[basis]
    notes = (f"{words}, {costs_words(paid_once)}", f"{short} + costs")
    return labeled(metric("size.loss_per_unit", size.loss_per_unit, *notes), f"risk per {noun} (1R)", "1R")


def _loss(key: str, loss: float | None, *notes: str, case: str) -> Metric:
    """Return the worst loss of all units at an exit; where even the worst case gains, none."""
    if loss is None or round(loss, 2) >= 0:
        return metric(key, loss, *notes, style=gain_style(-(loss or 0.0)))
    gains = f"no loss: the {case} gains {money(-loss)}, with costs"
    return metric(key, 0.0, gains, f"gains {price(-loss)}", "no loss", style=Style.GOOD)


def limits_words(limits: Iterable[tuple[str, float | None]]) -> str:
    """Return the size that each limit allows."""
    return ", ".join(f"{name} {'any' if units is None else f'{units:,}'}" for name, units in limits)


def costs_words(once: float) -> str:
    """Return which costs a figure of one unit includes: those paid once per trade [dollars] are in none."""
    return f"with costs except {money(once)} per trade" if once >= SAME_CENT else "with costs"


def odds_metrics(plan: TradePlan) -> tuple[Metric, ...]:
    """Return how likely the stop and the nearest target are touched, and which of them first."""
    odds, targets, stop = plan.odds, plan.targets.outcomes, plan.stop.label
    nearest = targets[0].level.label if targets else ""
    neither = metric("probability.neither", odds.neither, f"by {plan.managed.last_day}")
    stop_first = metric("probability.stop_first", odds.stop_first)
    if not targets:
        return (labeled(replace(stop_first, notes=(stop,)), "P(touch stop)", "touch stop"),)
    if targets[0].second_stop:
        either = replace(stop_first, notes=(f"{stop} or {nearest}",))
        return (
            labeled(either, "P(touch either stop)", "touch stop"),
            metric("probability.second_stop_first", odds.second_stop_first, nearest),
            neither,
        )
    return (
        metric("probability.touch_stop", odds.touch_stop, stop),
        metric("probability.touch_target", odds.touch_target, nearest),
        stop_first,
        metric("probability.target_first", odds.target_first),
        neither,
    )


def calibrated_metrics(plan: TradePlan) -> tuple[Metric, ...]:
    """Return the odds at k times the implied volatility."""
    calibrated = plan.calibrated
    stop = metric(
        "probability.calibrated.stop_first",
        calibrated.stop_first,
        f"at {calibrated.k:.2f} x IV: {calibrated.k_source}",
        f"target 1st {percent(calibrated.target_first, digits=1)}",
    )
    target = metric("probability.calibrated.target_first", calibrated.target_first)
    neither = metric("probability.calibrated.neither", calibrated.neither)
    profit = metric("probability.calibrated.profit", calibrated.profit)
    ends = () if calibrated.profit is None else (profit,)
    if not plan.targets.outcomes:
        return (labeled(stop, "P(touch stop), calibrated", "calibrated"), *ends)
    return (stop, target, neither, *ends)


def managed_metrics(plan: TradePlan) -> tuple[Metric, ...]:
    """Return the P&L of one unit managed to its exits: after costs, present value."""
    managed, gap_share = plan.managed, plan.exits.gap_share
    gapped = f"included; {percent(gap_share, digits=0)} of stops are gapped over"
    gaps = metric("managed.expected_gap_loss", managed.expected_gap_loss, gapped)
    return (
        expected_pnl(plan),
        *((gaps,) if gap_share else ()),
        metric("managed.std", managed.std),
        *_exit_chances(plan),
        metric("managed.probabilities.time_stop", managed.prob_time_stop, f"{managed.last_day}"),
        metric("managed.expected_days", managed.expected_days, "days, until the last exit"),
        metric("managed.break_even_drift", managed.break_even_drift, "per year"),
        *(_quantile(plan, index) for index in range(len(managed.quantiles))),
    )


def expected_pnl(plan: TradePlan) -> Metric:
    """Return the expected P&L of one unit, and the same in R."""
    expected = plan.managed.expected_pnl
    r = r_multiple(plan.to_r_multiple(expected))
    return metric("managed.expected_pnl", expected, r, style=gain_style(expected))


def _exit_chances(plan: TradePlan) -> tuple[Metric, ...]:
    """Return how likely the trade exits at its stops and targets."""
    managed, outcomes = plan.managed, plan.targets.outcomes
    chances = zip(outcomes, managed.prob_targets, strict=True)
    by_target = ", ".join(
        f"{outcome.level.label}: {percent(chance, digits=1)}" for outcome, chance in chances
    )
    stop = metric("managed.probabilities.stop", managed.prob_stop)
    if outcomes and all(outcome.second_stop for outcome in outcomes):
        return (labeled(replace(stop, notes=(by_target,)), "P(exit at either stop)"),)
    stop_note = "moved to breakeven at the first target" if plan.exits.stop_to_breakeven else ""
    all_targets = metric("managed.probabilities.all_targets", managed.prob_all_targets, by_target)
    return (replace(stop, notes=(stop_note,)), all_targets)


def _quantile(plan: TradePlan, index: int) -> Metric:
    quantile = plan.managed.quantiles[index]
    return Metric(
        key=f"managed.quantiles.{index}.pnl",
        labels=(f"{100 * quantile.probability:.0f}th percentile",),
        value=quantile.pnl,
        format=PNL,
        notes=(r_multiple(plan.to_r_multiple(quantile.pnl)),),
    )

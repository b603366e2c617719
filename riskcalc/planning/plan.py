"""Plan of a trade: exits, ladder, theta, gaps, size and checks in one frozen record."""

from __future__ import annotations

import datetime as dt

from riskcalc.analysis import (
    FirstExit,
    PreparedExits,
    ValuedExits,
    exit_odds_and_first,
    ladder,
    managed_outcome,
    prepare_exits,
    theta_report,
)
from riskcalc.analysis.lognormal import prob_profit
from riskcalc.analysis.managed.levels import entry_spot, side_by_delta
from riskcalc.analysis.strike_adjustment import adjusted_trade_at_expiry
from riskcalc.domain import (
    Account,
    CalibratedOdds,
    Calibration,
    EntryRules,
    ExitPlan,
    GapLine,
    LadderRow,
    ManagedOutcome,
    Market,
    Odds,
    PlanSources,
    PositionSize,
    RiskReport,
    Side,
    TargetOutcome,
    TargetReport,
    Trade,
    TradePlan,
    View,
)
from riskcalc.domain.validation import record
from riskcalc.planning.checks import CheckInputs, run_checks
from riskcalc.planning.evaluate import NEUTRAL, evaluate
from riskcalc.planning.exit_pnl import build_target_report, gap_losses, size_plan
from riskcalc.planning.fund import fund_report
from riskcalc.planning.levels import (
    LevelValues,
    PlanLevels,
    has_second_stop_first,
    label_second_stops,
    level_values,
    odds_with_second_stop,
    outcome_with_second_stop,
    plan_levels,
    second_stops,
    with_second_stop,
)
from riskcalc.planning.pair import pair_report
from riskcalc.planning.triggers import trigger_signals
from riskcalc.records import dataclass, replace
from riskcalc.sizing import cost_per_trade, cost_per_unit
from riskcalc.sizing.partial_exits import closed_fractions

NO_RULES = EntryRules()
DEFAULT_CALIBRATION = Calibration()
NO_SOURCES = PlanSources()


def plan(
    trade: Trade,
    market: Market,
    account: Account,
    exits: ExitPlan,
    *,
    view: View = NEUTRAL,
    entry: EntryRules = NO_RULES,
    calibration: Calibration = DEFAULT_CALIBRATION,
    sources: PlanSources = NO_SOURCES,
) -> TradePlan:
    """Return the plan of a trade: priced, valued at its exits, sized for an account, and checked.

    Parameters
    ----------
    trade : Trade
        One unit of the trade; sizing determines the number of units.
    market : Market
        Date, rate and a quote for the underlying.
    account : Account
        Equity, free buying power, open heat, limits and costs.
    exits : ExitPlan
        Stop, targets, time stop and the vol shift at the stop.
    view : View, optional
        View behind the probabilities; neutral by default.
    entry : EntryRules, optional
        Entry rules for the checks; none by default.
    calibration : Calibration, optional
        Realized over implied volatility, for the calibrated odds; see `riskcalc.read_calibration`.
    sources : PlanSources, optional
        Where the figures come from, and the day the plan is made for: without one the age of the market is
        not checked.

    Returns
    -------
    TradePlan
        `size.units` is 0 if not even one unit fits, with the binding limit; `checks` tells what fails.

    Raises
    ------
    InvalidInputError
        The underlying has no quote, a leg has expired, no vol reproduces a premium, or the exits do not fit
        the trade.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import Quote, Target, shares
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=295.4, vol=0.2)})
    >>> exits = ExitPlan(stop=0.06, targets=(Target(move=0.10),), holding_days=60)
    >>> answer = plan(shares("IWM"), market, Account(equity=100_000), exits)
    >>> answer.size.units, round(answer.size.risk, 2)
    (56, 992.54)
    """
    record("trade", Trade, trade)
    record("market", Market, market)
    record("account", Account, account)
    record("exits", ExitPlan, exits)
    _require_settings(entry, calibration, sources)
    time_stop = exits.time_stop(entry=market.date, expiry=trade.expiry)
    report = with_borrow_fee_until(evaluate(trade, market, view=view), time_stop)
    side = exits.side or side_by_delta(report.greeks.delta)
    levels = exits.at(entry=entry_spot(report.trade, report.market), side=side)
    exits = with_second_stop(report, levels, side)
    # With an explicit side, the exits need no delta from the model.
    sided = replace(exits, side=side)
    prepared = prepare_exits(report.trade, report.market, sided, view=view)
    sized = _size_at_exits(report, account, exits, side=side, time_stop=time_stop, managed=prepared)
    odds, first, managed = _managed(report, sided, sized=sized, prepared=prepared, calibration=calibration)
    planned = TradePlan(
        report=report,
        exits=exits,
        side=side,
        stop=sized.levels.stop,
        targets=sized.targets,
        time_stop=time_stop,
        ladder=_ladder_rows(report, sized),
        theta=theta_report(report.trade, sized.values.at_unchanged_spot),
        odds=odds,
        calibrated=_calibrated_odds(report, first, sized.targets.outcomes, calibration=calibration),
        managed=managed,
        gaps=sized.gaps,
        pair=pair_report(report, units=sized.size.units),
        fund=fund_report(report, (sized.levels.stop, *sized.levels.targets), sized.gaps, time_stop=time_stop),
        cost_per_unit=sized.cost_per_unit,
        cost_per_trade=cost_per_trade(account.costs),
        size=sized.size,
        checks=(),
        sources=sources,
        entry=entry,
        triggers=trigger_signals(entry, market, None),
    )
    checks = run_checks(CheckInputs(plan=planned, account=account, exits=levels, entry=entry))
    return replace(planned, checks=checks)


def _require_settings(entry: EntryRules, calibration: Calibration, sources: PlanSources) -> None:
    """Refuse arguments of the wrong type."""
    record("entry", EntryRules, entry)
    record("calibration", Calibration, calibration)
    record("sources", PlanSources, sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sized:
    """A trade valued at its exits, and the units that fit."""

    levels: PlanLevels
    values: LevelValues
    gaps: tuple[GapLine, ...]
    size: PositionSize
    targets: TargetReport
    cost_per_unit: float
    """Round-trip costs [dollars]."""


def _size_at_exits(
    report: RiskReport,
    account: Account,
    exits: ExitPlan,
    *,
    side: Side,
    time_stop: dt.date | None,
    managed: PreparedExits | None,
) -> _Sized:
    costs = cost_per_unit(report.trade, account.costs)
    levels = plan_levels(report, exits, side, time_stop)
    values = level_values(report, levels, managed=managed)
    gaps = gap_losses(report, side, levels.gaps, values.at_gaps, cost_per_unit=costs)
    at_stop, *at_targets = (value - report.net_debit for value in values.worst_at_exits())
    worst = max(-min(at_stop, *at_targets, 0.0), 0.0)
    size = size_plan(report, account, at_stop=worst, gaps=gaps, cost_per_unit=costs)
    seconds = second_stops(report, values.first_day_at_targets(), tuple(at_targets), cost_per_unit=costs)
    levels = label_second_stops(levels, seconds)
    targets = build_target_report(
        exits, levels.targets, tuple(at_targets), seconds=seconds, size=size, cost_per_unit=costs
    )
    return _Sized(levels=levels, values=values, gaps=gaps, size=size, targets=targets, cost_per_unit=costs)


def _managed(
    report: RiskReport,
    exits: ExitPlan,
    *,
    sized: _Sized,
    prepared: PreparedExits | None,
    calibration: Calibration,
) -> tuple[Odds, FirstExit, ManagedOutcome]:
    """Probabilities of the exits, calibrated ones too, and the outcome of the trade managed to them."""
    trade, market, view, outcomes = report.trade, report.market, report.view, sized.targets.outcomes
    odds, first = exit_odds_and_first(trade, market, exits, view=view, other=view.calibrated(calibration.k))
    values = sized.values.managed
    managed = managed_outcome(
        trade,
        market,
        exits,
        view=view,
        cost_per_unit=sized.cost_per_unit,
        fractions=closed_fractions(exits, units=sized.size.units),
        valued=ValuedExits(prepared, values) if prepared and values is not None else None,
    )
    return odds_with_second_stop(odds, outcomes), first, outcome_with_second_stop(managed, outcomes)


def _calibrated_odds(
    report: RiskReport, first: FirstExit, outcomes: tuple[TargetOutcome, ...], *, calibration: Calibration
) -> CalibratedOdds:
    """Return the odds of a plan at k times the implied volatility, with the drift of its view.

    Parameters
    ----------
    report : RiskReport
        Of the trade at its entry.
    first : FirstExit
        Which exit comes first at k times the implied volatility, from `exit_odds_and_first`.
    outcomes : tuple of TargetOutcome
        Of the plan's targets: a target may be a second stop.
    calibration : Calibration
        Realized over implied volatility, and where it is from.

    Notes
    -----
    Implied volatility overstates what comes. Odds at k times implied beat those at implied volatility out of
    sample in five of five settings on IWM, 2010 to 2026 (Brier score .585 against .622 at 42 sessions).
    """
    trade, market = report.trade, report.market
    view = report.view.calibrated(calibration.k)
    second = has_second_stop_first(outcomes)
    ending = adjusted_trade_at_expiry(trade, market)
    profit, _ = prob_profit(ending, market, breakevens=report.breakevens, view=view)
    return CalibratedOdds(
        k=calibration.k,
        k_source=calibration.k_source,
        stop_first=min(first.stop + first.target, 1.0) if second else first.stop,
        target_first=0.0 if second else first.target,
        neither=first.neither,
        profit=profit,
    )


def with_borrow_fee_until(report: RiskReport, time_stop: dt.date | None) -> RiskReport:
    """Return a report whose breakevens and profit of shares alone count the borrow fee up to the time stop.

    Parameters
    ----------
    report : RiskReport
        Of any trade; options give the payoff a date of its own, and theirs counts the fee already.
    time_stop : date or None
        Day the trade is closed at the latest.
    """
    shares = sum(leg.signed_shares for leg in report.trade.share_legs)
    if not report.borrow_fee_per_day or report.trade.expiry or time_stop is None or not shares:
        return report
    fee = report.borrow_fee_per_day * max(report.market.days_to(time_stop), 0.0)
    return replace(
        report,
        breakevens=tuple(level + fee / shares for level in report.breakevens),
        max_profit=report.max_profit - fee,
        max_loss=report.max_loss + fee,
        payoff_note=f"{report.payoff_note}; borrow fee included through {time_stop}",
    )


def _ladder_rows(report: RiskReport, sized: _Sized) -> tuple[LadderRow, ...]:
    return ladder(
        sized.values.ladder,
        levels=sized.levels.ladder,
        dates=sized.levels.dates,
        entry=report.net_debit,
        planned_loss=sized.size.loss_per_unit,
    )

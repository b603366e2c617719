"""Plan of a trade: exits, ladder, theta, gaps, size and checks in one frozen record."""

from __future__ import annotations

import dataclasses
import datetime as dt

from riskcalc.analysis import exit_odds, ladder, managed_outcome, theta_report
from riskcalc.analysis.managed.levels import entry_spot, side_by_delta
from riskcalc.domain import (
    Account,
    EntryRules,
    ExitPlan,
    LadderRow,
    Market,
    PositionSize,
    RiskReport,
    Trade,
    TradePlan,
    View,
)
from riskcalc.domain.validation import record
from riskcalc.planning import exit_pnl
from riskcalc.planning.checks import CheckInputs, run_checks
from riskcalc.planning.evaluate import NEUTRAL, evaluate
from riskcalc.planning.exit_pnl import size_plan
from riskcalc.planning.fund import fund_report
from riskcalc.planning.levels import (
    LevelValues,
    PlanLevels,
    label_second_stops,
    level_values,
    odds_with_second_stop,
    outcome_with_second_stop,
    plan_levels,
    second_stops,
    with_second_stop,
)
from riskcalc.planning.pair import pair_report
from riskcalc.sizing import cost_per_trade, cost_per_unit
from riskcalc.sizing.partial_exits import closed_fractions

NO_RULES = EntryRules()


def plan(
    trade: Trade,
    market: Market,
    account: Account,
    exits: ExitPlan,
    *,
    view: View = NEUTRAL,
    entry: EntryRules = NO_RULES,
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
    record("entry", EntryRules, entry)
    time_stop = exits.time_stop(entry=market.date, expiry=trade.expiry)
    report = with_borrow_fee_until(evaluate(trade, market, view=view), time_stop)
    market = report.market
    side = exits.side or side_by_delta(report.greeks.delta)
    asked = exits.at(entry=entry_spot(report.trade, market), side=side)
    exits = with_second_stop(report, asked, side)
    # With an explicit side, the exit plan needs no delta from the model.
    sided = dataclasses.replace(exits, side=side)
    costs = cost_per_unit(report.trade, account.costs)
    levels = plan_levels(report, exits, side, time_stop)
    values = level_values(report, levels)
    gaps = exit_pnl.gap_losses(report, side, levels.gaps, values.at_gaps, cost_per_unit=costs)
    at_stop, *at_targets = (value - report.net_debit for value in values.worst_at_exits())
    at_exits = max(-min(at_stop, *at_targets, 0.0), 0.0)
    size = size_plan(report, account, at_stop=at_exits, gaps=gaps, cost_per_unit=costs)
    seconds = second_stops(report, values.first_day_at_targets(), tuple(at_targets), cost_per_unit=costs)
    levels = label_second_stops(levels, seconds)
    targets = exit_pnl.build_target_report(
        exits, levels.targets, tuple(at_targets), seconds=seconds, size=size, cost_per_unit=costs
    )
    fractions = closed_fractions(exits, units=size.units)
    rungs = _ladder_rows(report, levels, values, size)
    return TradePlan(
        report=report,
        exits=exits,
        side=side,
        stop=levels.stop,
        targets=targets,
        time_stop=time_stop,
        ladder=rungs,
        theta=theta_report(report.trade, values.at_unchanged_spot),
        odds=odds_with_second_stop(exit_odds(report.trade, market, sided, view=view), targets.outcomes),
        managed=outcome_with_second_stop(
            managed_outcome(report.trade, market, sided, view=view, cost_per_unit=costs, fractions=fractions),
            targets.outcomes,
        ),
        gaps=gaps,
        pair=pair_report(report, units=size.units),
        fund=fund_report(report, (levels.stop, *levels.targets), gaps, time_stop=time_stop),
        cost_per_unit=costs,
        cost_per_trade=cost_per_trade(account.costs),
        size=size,
        checks=run_checks(
            CheckInputs(
                report=report,
                account=account,
                exits=asked,
                entry=entry,
                size=size,
                time_stop=time_stop,
                targets=targets,
                ladder=rungs,
                cost_per_unit=costs,
            )
        ),
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
    return dataclasses.replace(
        report,
        breakevens=tuple(level + fee / shares for level in report.breakevens),
        max_profit=report.max_profit - fee,
        max_loss=report.max_loss + fee,
        payoff_note=f"{report.payoff_note}; borrow fee included through {time_stop}",
    )


def _ladder_rows(
    report: RiskReport, levels: PlanLevels, values: LevelValues, size: PositionSize
) -> tuple[LadderRow, ...]:
    return ladder(
        values.ladder,
        levels=levels.ladder,
        dates=levels.dates,
        entry=report.net_debit,
        planned_loss=size.loss_per_unit,
    )

"""Odds of a plan at the volatility that history says follows such an implied one."""

from __future__ import annotations

import dataclasses

from riskcalc.analysis import exit_odds
from riskcalc.analysis.lognormal import prob_profit
from riskcalc.analysis.strike_adjustment import adjusted_trade_at_expiry
from riskcalc.domain import CalibratedOdds, Calibration, ExitPlan, RiskReport, Side, TargetOutcome
from riskcalc.planning.levels import odds_with_second_stop


def calibrated_odds(
    report: RiskReport,
    exits: ExitPlan,
    outcomes: tuple[TargetOutcome, ...],
    *,
    side: Side,
    calibration: Calibration,
) -> CalibratedOdds:
    """Return the odds of a plan at k times the implied volatility, with the drift of its view.

    Parameters
    ----------
    report : RiskReport
        Of the trade at its entry.
    exits : ExitPlan
        With the second stop where the trade needs one.
    outcomes : tuple of TargetOutcome
        Of the plan's targets: a target may be a second stop.
    side : Side
        Of the trade's stop.
    calibration : Calibration
        Realized over implied volatility, and where it is from.

    Notes
    -----
    Implied volatility overstates what comes. Odds at k times implied beat those at implied volatility out of
    sample in five of five settings on IWM, 2010 to 2026 (Brier score .585 against .622 at 42 sessions).
    """
    trade, market = report.trade, report.market
    view = report.view.calibrated(calibration.k)
    sided = dataclasses.replace(exits, side=side)
    odds = odds_with_second_stop(exit_odds(trade, market, sided, view=view), outcomes)
    ending = adjusted_trade_at_expiry(trade, market)
    profit, _ = prob_profit(ending, market, breakevens=report.breakevens, view=view)
    return CalibratedOdds(
        k=calibration.k,
        k_source=calibration.k_source,
        stop_first=odds.stop_first,
        target_first=odds.target_first,
        neither=odds.neither,
        profit=profit,
    )

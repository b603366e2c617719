"""Odds of a plan at the volatility that history says follows such an implied one."""

from __future__ import annotations

from riskcalc.analysis import FirstExit
from riskcalc.analysis.lognormal import prob_profit
from riskcalc.analysis.strike_adjustment import adjusted_trade_at_expiry
from riskcalc.domain import CalibratedOdds, Calibration, RiskReport, TargetOutcome
from riskcalc.planning.levels import has_second_stop_first


def calibrated_odds(
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

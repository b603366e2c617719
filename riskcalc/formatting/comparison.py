"""A comparison as text tables: vehicles in columns, common states in rows."""

from __future__ import annotations

from functools import partial

from riskcalc.domain import CommonState, Comparison, StateValue, Vehicle
from riskcalc.domain.trading_day import DAY_CHECKS
from riskcalc.formatting.checks import failing_checks
from riskcalc.formatting.numbers import MISSING, money, percent, r_multiple, whole_money
from riskcalc.formatting.plan import source_words
from riskcalc.formatting.plan_metrics import (
    METRICS,
    calibrated_metrics,
    managed_metrics,
    odds_metrics,
    select,
    size_metrics,
)
from riskcalc.formatting.table import Columns, Table


def comparison_tables(comparison: Comparison) -> tuple[Table, ...]:
    """Return tables of the vehicles at equal risk and of their P&L in common scenarios.

    Parameters
    ----------
    comparison : Comparison
        From `riskcalc.compare`.

    Returns
    -------
    tuple of Table
        Sizes and costs, then the P&L of the position state by state, then what the day holds against each.
    """
    return (_vehicles(comparison), _states(comparison), *_day(comparison))


def _day(comparison: Comparison) -> tuple[Table, ...]:
    """Return the signals and events that fail or warn, by vehicle; empty without any."""
    rows = tuple(
        (vehicle.name, check.status.upper(), check.name, check.message)
        for vehicle in comparison.vehicles
        for check in failing_checks(vehicle.plan)
        if check.name in DAY_CHECKS
    )
    return (Table(title="Signals and Events", rows=rows, left=frozenset(range(4))),) if rows else ()


def comparison_title(comparison: Comparison) -> str:
    """Title of a comparison."""
    names = ", ".join(vehicle.name for vehicle in comparison.vehicles)
    title = f"{names} at equal risk of {money(comparison.risk_budget)}, benchmark {comparison.benchmark}"
    verdict, plan = comparison.market_verdict, comparison.vehicles[0].plan
    word = "" if verdict is None else f"{verdict}  "
    return f"{word}{title}, prices of {plan.report.market.date}{source_words(plan)}"


def _vehicles(comparison: Comparison) -> Table:
    benchmark = comparison.benchmark
    rows: Columns[Vehicle] = {
        **_plan_rows("size.units", "size.risk", "size.capital"),
        f"{benchmark}-equivalent exposure": lambda vehicle: money(vehicle.exposure),
        "time decay per day": lambda vehicle: money(vehicle.carry_per_day, signed=True),
        "theta offset by short legs": _theta_offset,
        **_plan_rows("size.loss_at_stop"),
        f"P&L if {benchmark} gaps {100 * comparison.gap:.4g}%": lambda vehicle: money(
            -vehicle.loss_at_gap, signed=True
        ),
        "R at targets": lambda vehicle: r_multiple(vehicle.plan.targets.blended_r),
        **_plan_rows("probability.stop_first", "probability.target_first"),
        **_plan_rows("probability.calibrated.stop_first", "probability.calibrated.target_first"),
        "expected P&L per $ of risk": _expected_per_dollar,
        **_plan_rows("managed.break_even_drift"),
        "cash dividends": _dividends,
        "time stop": lambda vehicle: str(vehicle.plan.time_stop or MISSING),
    }
    texts = tuple((label, *map(text, comparison.vehicles)) for label, text in rows.items())
    return Table(title="Vehicles at Equal Risk", rows=texts, header=("", *_names(comparison)))


def _plan_rows(*keys: str) -> Columns[Vehicle]:
    """Return metrics of a vehicle's plan under their labels."""
    return {METRICS[key].labels[0]: partial(_plan_text, key) for key in keys}


def _plan_text(key: str, vehicle: Vehicle) -> str:
    plan = vehicle.plan
    odds = (*odds_metrics(plan), *calibrated_metrics(plan))
    metrics = select((*size_metrics(plan), *odds, *managed_metrics(plan)), key)
    return metrics[0].row[1] if metrics else MISSING


def _expected_per_dollar(vehicle: Vehicle) -> str:
    return money(vehicle.plan.managed.expected_pnl / vehicle.plan.size.loss_per_unit, signed=True)


def _theta_offset(vehicle: Vehicle) -> str:
    offset = vehicle.plan.theta.offset_per_day
    return money(None if offset is None else offset * vehicle.plan.size.units, signed=True)


def _dividends(vehicle: Vehicle) -> str:
    """Return the dividends per share until the end of the trade, with their date or number."""
    paid = vehicle.plan.dividends
    if len(paid) == 1:
        return f"{paid[0].amount:.2f} {paid[0].ex_date:%m-%d}"
    return f"{sum(dividend.amount for dividend in paid):.2f} in {len(paid)}" if paid else "none"


def _states(comparison: Comparison) -> Table:
    rows = tuple(
        (
            _state(state, comparison.benchmark),
            *(_value(vehicle.states[k], comparison.risk_budget) for vehicle in comparison.vehicles),
        )
        for k, state in enumerate(comparison.states)
    )
    title = "P&L of the Position: IV unchanged, before costs; * beyond its stop; ± 90% range"
    return Table(title=title, rows=rows, header=("", *_names(comparison)))


def _state(state: CommonState, benchmark: str) -> str:
    day_text = "today" if state.days == 0 else f"+{state.days}d"
    return f"{benchmark} {percent(state.move, digits=0, signed=state.move != 0)} {day_text}"


def _value(value: StateValue, one_r: float) -> str:
    band = whole_money(value.band, one_r=one_r)
    wide = f" ±{band[1:]}" if band.startswith("+") else ""
    return f"{'*' if value.past_stop else ''}{whole_money(value.pnl, one_r=one_r)}{wide}"


def _names(comparison: Comparison) -> tuple[str, ...]:
    return tuple(vehicle.name for vehicle in comparison.vehicles)

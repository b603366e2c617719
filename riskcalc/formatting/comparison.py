"""A comparison as text tables: vehicles in columns, common states in rows."""

from __future__ import annotations

from riskcalc.domain import CommonState, Comparison, StateValue, Vehicle
from riskcalc.formatting.numbers import MISSING, count, money, percent, r_multiple, whole_money
from riskcalc.formatting.table import Section


def comparison_sections(comparison: Comparison) -> tuple[Section, ...]:
    """Return tables of the vehicles at equal risk and of their P&L in common scenarios.

    Parameters
    ----------
    comparison : Comparison
        From `riskcalc.compare`.

    Returns
    -------
    tuple of Section
        Sizes and costs, then the P&L of the position state by state.
    """
    return (_vehicles(comparison), _states(comparison))


def comparison_title(comparison: Comparison) -> str:
    """Title of a comparison."""
    names = ", ".join(vehicle.name for vehicle in comparison.vehicles)
    return f"{names} at equal risk of {money(comparison.risk_budget)}, benchmark {comparison.benchmark}"


def _vehicles(comparison: Comparison) -> Section:
    benchmark = comparison.benchmark
    facts = {
        "position size": _holding,
        "risk": lambda vehicle: money(vehicle.plan.size.risk),
        "buying power used": lambda vehicle: money(vehicle.capital),
        f"{benchmark}-equivalent exposure": lambda vehicle: money(vehicle.exposure),
        "time decay per day": lambda vehicle: money(vehicle.carry_per_day, signed=True),
        "theta offset by short legs": _theta_saved,
        "loss at stop": lambda vehicle: money(vehicle.plan.size.loss_at_stop),
        f"P&L if {benchmark} gaps {100 * comparison.gap:.4g}%": lambda vehicle: money(
            -vehicle.loss_at_gap, signed=True
        ),
        "R at targets": lambda vehicle: r_multiple(vehicle.plan.targets.blended_r),
        "P(stop hit first)": lambda vehicle: percent(vehicle.plan.odds.stop_first, digits=1),
        "P(target hit first)": lambda vehicle: percent(vehicle.plan.odds.target_first, digits=1),
        "expected P&L per $ of risk": lambda vehicle: money(_per_dollar_risked(vehicle), signed=True),
        "breakeven drift": lambda vehicle: percent(
            vehicle.plan.managed.break_even_drift, digits=1, signed=True
        ),
        "cash dividends": _dividends,
        "time stop": lambda vehicle: str(vehicle.plan.time_stop or MISSING),
    }
    rows = tuple((label, *map(fact, comparison.vehicles)) for label, fact in facts.items())
    return Section(title="Vehicles at Equal Risk", rows=rows, header=("", *_names(comparison)))


def _per_dollar_risked(vehicle: Vehicle) -> float:
    return vehicle.plan.managed.expected_pnl / vehicle.plan.size.loss_per_unit


def _holding(vehicle: Vehicle) -> str:
    return count(vehicle.plan.size.units, vehicle.plan.report.trade.unit_noun)


def _dividends(vehicle: Vehicle) -> str:
    """Dividends of a share by the end of the trade."""
    paid = vehicle.plan.dividends
    if len(paid) == 1:
        return f"{paid[0].amount:.2f} {paid[0].ex_date:%m-%d}"
    return f"{sum(one.amount for one in paid):.2f} in {len(paid)}" if paid else "none"


def _theta_saved(vehicle: Vehicle) -> str:
    saved = vehicle.plan.theta.offset_per_day
    return MISSING if saved is None else money(saved * vehicle.plan.size.units, signed=True)


def _states(comparison: Comparison) -> Section:
    rows = tuple(
        (
            _state(state, comparison.benchmark),
            *(_value(vehicle.states[k], comparison.risk_budget) for vehicle in comparison.vehicles),
        )
        for k, state in enumerate(comparison.states)
    )
    title = "P&L of the Position: IV unchanged, before costs; * beyond its stop; ± 90% range"
    return Section(title=title, rows=rows, header=("", *_names(comparison)))


def _state(state: CommonState, benchmark: str) -> str:
    when = "today" if state.days == 0 else f"+{state.days}d"
    return f"{benchmark} {percent(state.move, digits=0, signed=state.move != 0)} {when}"


def _value(value: StateValue, one_r: float) -> str:
    band = whole_money(value.band, one_r=one_r).lstrip("+")
    said = f" ±{band}" if band != "0" else ""
    return f"{'*' if value.past_stop else ''}{whole_money(value.pnl, one_r=one_r)}{said}"


def _names(comparison: Comparison) -> tuple[str, ...]:
    return tuple(vehicle.name for vehicle in comparison.vehicles)

"""Summary of a comparison of vehicles, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from riskcalc.domain import StopOrder, Vehicle


def summary(vehicles: Sequence[Vehicle], orders: Sequence[StopOrder], *, benchmark: str, gap: float) -> str:
    """Return sentences on each vehicle at equal risk, and on the largest gain and loss."""
    held = [vehicle for vehicle in vehicles if vehicle.plan.size.units]
    if not held:
        return "No vehicle fits the risk budget."
    clauses = "; ".join(_clause(vehicle, benchmark) for vehicle in held)
    charged = "".join(f" {_charges(vehicle)}." for vehicle in held if vehicle.plan.fund)
    if len(held) == 1:
        return f"{clauses}.{charged}"
    most = _name(held, lambda vehicle: abs(vehicle.exposure))
    worst = max(held, key=lambda vehicle: vehicle.loss_at_gap)
    least = _name(held, lambda vehicle: -vehicle.capital)
    hurt = (
        f"costs {worst.name} the most: ${worst.loss_at_gap:,.0f}" if worst.loss_at_gap > 0 else "costs none"
    )
    return (
        f"{clauses}. {most} has the most {benchmark}-equivalent exposure, "
        f"{least} uses the least buying power, and a {100 * gap:.4g}% gap in {benchmark} {hurt}.{charged}"
        + "".join(f" {_order(order)}." for order in orders)
    )


def _clause(vehicle: Vehicle, benchmark: str) -> str:
    carry = vehicle.carry_per_day
    day = f"loses ${-carry:,.2f} per day to time decay" if carry < -0.005 else "has no time decay"
    if carry > 0.005:
        day = f"earns ${carry:,.2f} per day"
    sign = "-" if vehicle.exposure < 0 else ""
    return (
        f"{vehicle.name} has {sign}${abs(vehicle.exposure):,.0f} of {benchmark}-equivalent exposure, "
        f"uses ${vehicle.capital:,.0f} of buying power and {day}"
    )


def _charges(vehicle: Vehicle) -> str:
    """Fee and financing of a leveraged fund, in words."""
    fund = vehicle.plan.fund
    return f"Held beyond one session, {vehicle.name} also pays {fund.charges}" if fund else ""


def _order(order: StopOrder) -> str:
    return (
        f"Within {order.sessions} sessions, the {order.fund} stop is hit before the {order.other} stop "
        f"with probability {order.fund_first:.0%}, after it with {order.other_first:.0%}"
    )


def _name(vehicles: Sequence[Vehicle], key: Callable[[Vehicle], float]) -> str:
    return max(vehicles, key=key).name

"""Comparison of several plans at equal risk, in common scenarios of their benchmark."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from itertools import product

from riskcalc.analysis import stop_race, value_position
from riskcalc.domain import (
    CommonState,
    Comparison,
    Instrument,
    RiskReport,
    StateValue,
    StopOrder,
    TradePlan,
    Vehicle,
)
from riskcalc.domain.exits import GAPS_BEYOND_STOP, LONGEST_DAYS
from riskcalc.domain.sessions import sessions_between
from riskcalc.domain.validation import finite_each, records
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import SESSIONS_PER_YEAR, fund_return

USUAL_MOVES = (-0.06, 0.0, 0.10, 0.15)
"""Moves of the benchmark that are compared: the stop, no move, and the targets of the unleveraged trade."""

LEAST_GAP = 0.05
"""Opening of the benchmark against a trade that every vehicle is held to, at least."""

NINE_IN_TEN = 1.645
"""Standard deviations on either side of a 90% range."""


LONGEST = 63
"""Sessions if neither trade has a time stop: a quarter."""


def compare(
    plans: Sequence[TradePlan],
    *,
    moves: Sequence[float] = USUAL_MOVES,
    days: Sequence[int] | None = None,
) -> Comparison:
    """Compare plans sized to the same risk, in common scenarios of their benchmark.

    Parameters
    ----------
    plans : sequence of TradePlan
        At least one plan; all with the same date, risk budget and benchmark: the benchmark itself, its
        daily-reset funds, and options on any of them.
    moves : sequence of float
        Moves of the benchmark, as fractions > -1.
    days : sequence of int, optional
        Calendar days, >= 0; default: today, half of the shortest time stop, and the shortest time stop.

    Returns
    -------
    Comparison
        A fund's value in a state is that of a path with its implied volatility, less fee and financing at the
        market's rate (`fund_return`); the band around it reflects the deviation of realized variance over the
        sessions. IV is unchanged, except at the common gap, where it changes as at the trade's stop.

    Raises
    ------
    InvalidInputError
        There is no plan, or the plans differ in benchmark, date or risk budget.

    References
    ----------
    Avellaneda and Zhang, "Path-Dependence of Leveraged ETF Returns", SIAM Journal on Financial Mathematics 1
    (2010).
    """
    plans = records("plans", TradePlan, plans)
    moves = finite_each("moves", moves)
    if not all(move > -1 for move in moves):
        raise InvalidInputError(f"moves must be numbers > -1, got {min(moves):g}")
    for day in () if days is None else finite_each("days", days):
        if not 0 <= day <= LONGEST_DAYS or day != int(day):
            raise InvalidInputError(f"days must be whole numbers from 0 to {LONGEST_DAYS:,}, got {day:g}")
    benchmark, today = _common_ground(plans)
    states = [_state(move, day, today) for day, move in product(_days(plans, days), moves)]
    gap = _common_gap(plans)
    vehicles = tuple(_vehicle(plan, states, gap=gap) for plan in plans)
    orders = stop_orders(vehicles)
    return Comparison(
        benchmark=benchmark,
        risk_budget=plans[0].size.risk_budget,
        gap=gap,
        states=tuple(states),
        vehicles=vehicles,
        stop_orders=orders,
        summary=summary(vehicles, orders, benchmark=benchmark, gap=gap),
    )


def _common_ground(plans: Sequence[TradePlan]) -> tuple[str, dt.date]:
    """Benchmark and date that all plans share."""
    shared: dict[str, set[object]] = {
        "a plan": {"" for _ in plans},
        "one benchmark": {_benchmark(plan.report.trade.instrument) for plan in plans},
        "one date": {plan.report.market.as_of for plan in plans},
        "one risk budget": {plan.size.risk_budget for plan in plans},
    }
    for field, values in shared.items():
        if len(values) != 1:
            raise InvalidInputError(f"a comparison needs {field}, got {sorted(map(str, values)) or 'none'}")
    return _benchmark(plans[0].report.trade.instrument), plans[0].report.market.date


def _common_gap(plans: Sequence[TradePlan]) -> float:
    """Gap of the benchmark that opens one point beyond every stop, as a move of the benchmark."""
    widest = max(plan.exits.stop / plan.report.trade.instrument.leverage_factor for plan in plans)
    return min(max(LEAST_GAP, round(widest + GAPS_BEYOND_STOP[0], 12)), (1 + widest) / 2)


def _benchmark(instrument: Instrument) -> str:
    return instrument.benchmark or instrument.symbol


def _days(plans: Sequence[TradePlan], days: Sequence[int] | None) -> Sequence[int]:
    if days is not None:
        return days
    holding_days = [(plan.time_stop - plan.report.market.date).days for plan in plans if plan.time_stop]
    shortest = min(holding_days, default=0)
    return sorted({0, shortest // 2, shortest})


def _state(move: float, days: int, today: dt.date) -> CommonState:
    day = today + dt.timedelta(days=days)
    return CommonState(move=move, days=days, date=day, sessions=max(sessions_between(today, day), 1))


def _vehicle(plan: TradePlan, states: Sequence[CommonState], *, gap: float) -> Vehicle:
    units, report = plan.size.units, plan.report
    exposure = units * report.greeks.dollar_delta * report.trade.instrument.leverage
    worst = min(_gap_pnl(plan, sign * gap) for sign in (-1, 1))
    return Vehicle(
        plan=plan,
        capital=plan.size.capital or 0.0,
        exposure=exposure,
        carry_per_day=units * (report.greeks.theta_per_day - _decay_per_day(report)),
        loss_at_gap=units * plan.cost_per_unit + (plan.cost_per_trade if units else 0.0) - worst,
        states=tuple(_state_value(plan, state) for state in states),
    )


def _state_value(plan: TradePlan, state: CommonState, *, vol_shift: float = 0.0) -> StateValue:
    """P&L of the position in a common state, with the 90% band for leveraged funds."""
    report, units = plan.report, plan.size.units
    instrument, quote = report.trade.instrument, report.market.quote(report.trade.symbol)
    growth = 1 + _benchmark_to_own_move(report, state)
    stray = NINE_IN_TEN * _drag_deviation(instrument, state, vol=quote.vol)
    spots = [quote.spot * growth * math.exp(sign * stray) for sign in (-1, 0, 1)]
    low, middle, high = value_position(
        report.trade, report.market, spot=spots, days=_days_to(plan, state), vol_shift=vol_shift
    ).value
    return StateValue(
        pnl=units * (float(middle) - report.net_debit),
        band=units * abs(float(high - low)) / 2,
        past_stop=_past_stop(plan, growth - 1),
    )


def _past_stop(plan: TradePlan, move: float) -> bool:
    """Whether a move of the own underlying lies past the stop, or past a second one on the other side."""
    seconds = (outcome.level.move for outcome in plan.targets.outcomes if outcome.second_stop)
    beyond = [plan.side * (plan.stop.move - move), *(plan.side * (move - second) for second in seconds)]
    return max(beyond) > 1e-9  # rounding


def _days_to(plan: TradePlan, state: CommonState) -> float:
    """Calendar days to a state: none to that of today, else to the close of its date."""
    return plan.report.market.days_to(state.date) if state.days else 0.0


def _gap_pnl(plan: TradePlan, move: float) -> float:
    """P&L of the position at a gap of the benchmark, before costs; at the IV of the stop on its side."""
    against = plan.side * move * plan.report.trade.instrument.leverage < 0
    opening = _state(move, 0, plan.report.market.date)
    return _state_value(plan, opening, vol_shift=plan.exits.vol_shift if against else 0.0).pnl


def _benchmark_to_own_move(report: RiskReport, state: CommonState) -> float:
    """Move of an instrument when its benchmark moves: exact in one session, else of the usual path."""
    instrument, market = report.trade.instrument, report.market
    leverage = instrument.leverage
    if leverage == 1:
        return state.move
    if state.sessions == 1:
        return max(leverage * state.move, -1.0)
    return float(
        fund_return(
            leverage=leverage,
            index_return=state.move,
            vol=market.quote(instrument.symbol).vol / instrument.leverage_factor,
            time=state.sessions / SESSIONS_PER_YEAR,
            fee=instrument.fee,
            financing=market.rate,
        )
    )


def _drag_deviation(instrument: Instrument, state: CommonState, *, vol: float) -> float:
    """Standard deviation of a fund's log value in a state, from realized variance."""
    if state.sessions == 1:
        return 0.0
    variance = (vol / instrument.leverage_factor) ** 2 * state.sessions / SESSIONS_PER_YEAR
    return _convexity(instrument) * variance * math.sqrt(2 / state.sessions)


def _decay_per_day(report: RiskReport) -> float:
    """Daily cost of reset, fee and financing at an unchanged benchmark [dollars per unit]."""
    instrument, market = report.trade.instrument, report.market
    vol = market.quote(instrument.symbol).vol / instrument.leverage_factor
    charge = instrument.fee + (instrument.leverage - 1) * market.rate
    return report.greeks.dollar_delta * (_convexity(instrument) * vol**2 + charge) / 365


def _convexity(instrument: Instrument) -> float:
    """Cost of the daily reset per variance of the benchmark: (L^2 - L) / 2."""
    return (instrument.leverage**2 - instrument.leverage) / 2


def summary(vehicles: Sequence[Vehicle], orders: Sequence[StopOrder], *, benchmark: str, gap: float) -> str:
    """Return sentences on each vehicle at equal risk, and on the largest gain and loss."""
    sized = [vehicle for vehicle in vehicles if vehicle.plan.size.units]
    if not sized:
        return "No vehicle fits the risk budget."
    clauses = "; ".join(_describe_vehicle(vehicle, benchmark) for vehicle in sized)
    charged = "".join(f" {_charges(vehicle)}." for vehicle in sized if vehicle.plan.fund)
    if len(sized) == 1:
        return f"{clauses}.{charged}"
    most = _name(sized, lambda vehicle: abs(vehicle.exposure))
    worst = max(sized, key=lambda vehicle: vehicle.loss_at_gap)
    least = _name(sized, lambda vehicle: -vehicle.capital)
    hurt = (
        f"costs {worst.name} the most: ${worst.loss_at_gap:,.0f}" if worst.loss_at_gap > 0 else "costs none"
    )
    return (
        f"{clauses}. {most} has the most {benchmark}-equivalent exposure, "
        f"{least} uses the least buying power, and a {100 * gap:.4g}% gap in {benchmark} {hurt}.{charged}"
        + "".join(f" {_order_sentence(order)}." for order in orders)
    )


def _describe_vehicle(vehicle: Vehicle, benchmark: str) -> str:
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
    """Describe fee and financing of a leveraged fund."""
    fund = vehicle.plan.fund
    return f"Held beyond one session, {vehicle.name} also pays {fund.charges}" if fund else ""


def _order_sentence(order: StopOrder) -> str:
    return (
        f"Within {order.sessions} sessions, the {order.fund} stop is hit before the {order.other} stop "
        f"with probability {order.fund_first:.0%}, after it with {order.other_first:.0%}"
    )


def _name(vehicles: Sequence[Vehicle], key: Callable[[Vehicle], float]) -> str:
    return max(vehicles, key=key).name


def stop_orders(vehicles: Sequence[Vehicle]) -> tuple[StopOrder, ...]:
    """Return, for each fund, whether its stop or that of a same-side benchmark trade fires first.

    Parameters
    ----------
    vehicles : sequence of Vehicle
        Of one comparison.

    Returns
    -------
    tuple of StopOrder
        Under the neutral view; the benchmark's volatility is the fund's over its leverage.
    """
    unleveraged = [vehicle for vehicle in vehicles if vehicle.plan.report.trade.instrument.leverage == 1]
    funds = [vehicle for vehicle in vehicles if vehicle.plan.report.trade.instrument.leverage != 1]
    return tuple(
        _order(fund, other)
        for fund in funds
        for other in unleveraged[:1]
        if fund.exposure * other.exposure > 0 and _vol(fund) > 0
    )


def _vol(fund: Vehicle) -> float:
    """Volatility of the benchmark that the fund's own implies, per sqrt(year)."""
    report = fund.plan.report
    return report.market.quote(report.trade.symbol).vol / report.trade.instrument.leverage_factor


def _order(fund: Vehicle, other: Vehicle) -> StopOrder:
    report = fund.plan.report
    sessions = min(_sessions(fund.plan), _sessions(other.plan))
    race = stop_race(
        fund_stop=fund.plan.stop.move,
        benchmark_stop=other.plan.stop.move,
        leverage=report.trade.instrument.leverage,
        vol=_vol(fund),
        drift=report.market.rate,
        sessions=sessions,
        fee=report.trade.instrument.fee,
        financing=report.market.rate,
    )
    return StopOrder(
        fund=fund.name,
        other=other.name,
        sessions=sessions,
        fund_first=race.fund_first,
        other_first=race.benchmark_first,
    )


def _sessions(plan: TradePlan) -> int:
    if plan.time_stop is None:
        return LONGEST
    return max(sessions_between(plan.report.market.date, plan.time_stop), 1)

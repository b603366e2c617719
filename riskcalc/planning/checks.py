"""Checks of a plan against its rules, each with a verdict and a message."""

from __future__ import annotations

from riskcalc.domain import (
    Account,
    Check,
    CheckStatus,
    EntryRules,
    ExitPlan,
    PayoutSchedule,
    RiskBasis,
    Side,
    TradePlan,
)
from riskcalc.domain.account import UNLIMITED_RISK
from riskcalc.planning.date_checks import date_checks, pin_risk
from riskcalc.planning.market_age import market_age
from riskcalc.planning.triggers import trigger_checks
from riskcalc.records import dataclass

WIDE_QUOTE = 0.10
"""Maximum cost of the bid-ask widths, as a share of entry value, without a warning."""

MOST_NET_DOLLARS = 0.05
"""Maximum unhedged share of a pair's side without a warning."""

MARKET_SHOCK = -0.05
"""Move of a pair's second fund that the plan prices, as in a risk-off shock."""

FEW_DOLLARS = 100.0
"""Amount below which cents are shown [dollars]."""

LIKELY_ASSIGNMENT = 0.10
"""Probability of an early assignment above which the plan warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInputs:
    """A plan without its checks, and the rules to check it against."""

    plan: TradePlan
    account: Account
    exits: ExitPlan
    """Exits as requested; those of the plan have a second stop if the trade needs one."""
    entry: EntryRules


def run_checks(inputs: CheckInputs) -> tuple[Check, ...]:
    """Return the checks that apply to a plan, those that can fail first."""
    checks = (
        market_age(inputs.plan.report, inputs.plan.sources, time_stop=inputs.plan.time_stop),
        _risk_budget(inputs),
        _instrument(inputs),
        _dividends(inputs),
        _unlimited_loss(inputs),
        _second_stop(inputs),
        _time_stop(inputs),
        _stop_width(inputs),
        *date_checks(inputs.plan.report, time_stop=inputs.plan.time_stop),
        _days(inputs),
        *trigger_checks(inputs.plan.triggers, inputs.entry, rising=inputs.plan.rising),
        _heat(inputs),
        _gap(inputs),
        _gap_shocks(inputs),
        _equal_dollars(inputs),
        _market_beta(inputs),
        _quoted_width(inputs),
        _targets(inputs),
        _assignment(inputs),
        pin_risk(
            inputs.plan.report, inputs.account, units=inputs.plan.size.units, time_stop=inputs.plan.time_stop
        ),
    )
    return tuple(check for check in checks if check is not None)


def _risk_budget(inputs: CheckInputs) -> Check:
    size = inputs.plan.size
    if size.units == 0:
        return _fail("risk budget", size.reason)
    dollars, allowed = inputs.account.limits.risk_dollars, f"{inputs.account.risk_allowed:.2%}"
    if dollars is not None:
        allowed = f"${dollars:,.2f}"
    return _ok(
        "risk budget",
        f"{size.units:,} x ${size.loss_per_unit:,.2f} = ${size.risk:,.2f}, "
        f"{size.risk_fraction:.2%} of equity, limit {allowed}",
        brief=f"{size.risk_fraction:.2%} of {inputs.account.risk_allowed:.2%}",
    )


def _second_stop(inputs: CheckInputs) -> Check | None:
    """Whether the trade loses at a target."""
    losing = [outcome for outcome in inputs.plan.targets.outcomes if outcome.second_stop]
    if not losing:
        return None
    worst = min(losing, key=lambda outcome: outcome.pnl_per_unit)
    move = f"{100 * worst.level.move:+.4g}%"
    loss = f"${-worst.pnl_per_unit:,.2f} per unit"
    if inputs.exits.targets:
        return _warn("second stop", f"the {move} target loses {loss}: it is a second stop, not a target")
    text = (
        f"the trade loses both ways and has no target, so the stop applies on both sides: {move} loses {loss}"
    )
    return _ok("second stop", text, brief=f"also at {move}")


def _time_stop(inputs: CheckInputs) -> Check | None:
    """Whether a trade that is sized by its stop loses more at its time stop, between its exits."""
    plan, size = inputs.plan, inputs.plan.size
    exits = [row.spot for row in plan.ladder if "stop" in row.label or "target" in row.label]
    between = [row for row in plan.ladder if min(exits) <= row.spot <= max(exits)]
    last = [row for row in between if row.date == plan.time_stop]
    worst = min(last, key=lambda row: row.pnl, default=None)
    if size.basis != RiskBasis.STOP or worst is None:
        return None
    loss = plan.cost_per_unit - worst.pnl
    if loss <= size.loss_per_unit * (1 + 1e-9):
        return None
    text = f"at {worst.spot:,.2f} on {worst.date} it loses ${loss:,.2f} per unit"
    return _warn("time stop", f"{text}, more than the planned ${size.loss_per_unit:,.2f}")


def _stop_width(inputs: CheckInputs) -> Check | None:
    widest = inputs.entry.max_stop
    if widest is None:
        return None
    stop = inputs.exits.stop
    text = f"stop {100 * stop:.4g}% from entry"
    if stop > widest * (1 + 1e-12):
        return _fail("stop width", f"{text}, wider than the limit of {100 * widest:.4g}%")
    return _ok(
        "stop width",
        f"{text}, limit {100 * widest:.4g}%",
        brief=f"{100 * stop:.4g}% of {100 * widest:.4g}%",
    )


def _days(inputs: CheckInputs) -> Check | None:
    low, high = inputs.entry.min_days, inputs.entry.max_days
    expiry = inputs.plan.report.trade.expiry
    last = expiry or inputs.plan.time_stop
    if (low is None and high is None) or last is None:
        return None
    days = (last - inputs.plan.report.market.date).days
    left = f"{days} DTE, expiry {last}" if expiry else f"{days} days to the time stop on {last}"
    text = f"{left}, rule {_window(low, high)}"
    return (
        _ok("days", text, brief=f"{days}, rule {_window(low, high)}")
        if inputs.entry.allows_days(days)
        else _fail("days", text)
    )


def _window(low: int | None, high: int | None) -> str:
    if high is None:
        return f"at least {low}"
    return f"at most {high}" if low is None else f"{low} to {high}"


def _heat(inputs: CheckInputs) -> Check:
    account = inputs.account
    heat = account.open_risk + inputs.plan.size.risk
    allowed = account.equity * account.limits.max_heat_fraction
    if account.open_risk >= UNLIMITED_RISK:
        return _fail("heat", f"the open trades can lose without limit, limit ${allowed:,.2f}")
    text = f"${heat:,.2f} at risk in all open trades, limit ${allowed:,.2f}"
    brief = f"{_short_amount(heat)} of {_short_amount(allowed)}"
    return _ok("heat", text, brief=brief) if heat <= allowed * (1 + 1e-9) else _fail("heat", text)


def _gap(inputs: CheckInputs) -> Check | None:
    size = inputs.plan.size
    if size.loss_at_gap is None or size.units == 0:
        return None
    loss, budget = size.loss_at_gap, size.risk_budget
    text = f"the worst gap {_gain_or_loss_text(-loss)}, risk budget ${budget:,.2f}"
    brief = f"{_short_amount(loss)} of {_short_amount(budget)}" if loss > 0 else "gains"
    return (
        _ok("gap", text, brief=brief)
        if size.loss_at_gap <= size.risk_budget * (1 + 1e-9)
        else _warn("gap", text)
    )


def _gap_shocks(inputs: CheckInputs) -> Check | None:
    """Whether a gap that the exits name lies inside the stop, where it can show no loss beyond the stop's."""
    exits = inputs.exits
    inside = [shock for shock in exits.gap_shocks if shock <= exits.stop * (1 + 1e-12)]
    if not inside:
        return None
    gaps_text = " and ".join(f"{100 * shock:.4g}%" for shock in inside)
    return _warn(
        "gap shocks",
        f"{gaps_text} {'lies' if len(inside) == 1 else 'lie'} inside the stop of {100 * exits.stop:.4g}%: "
        "such a gap can never fail the gap check; set exits.gap_shocks wider than the stop, or omit it for "
        "the defaults",
    )


def _equal_dollars(inputs: CheckInputs) -> Check | None:
    """Whether whole shares of a pair's funds come to the same dollars."""
    pair = inputs.plan.pair
    if pair is None or inputs.plan.size.units == 0:
        return None
    share = abs(pair.net_dollars) / max(pair.bought_dollars, pair.sold_dollars)
    text = (
        f"{pair.bought_shares:,} {pair.bought} for ${pair.bought_dollars:,.2f} against {pair.sold_shares:,} "
        f"{pair.sold} for ${pair.sold_dollars:,.2f}: {share:.1%} of a side is unhedged"
    )
    if share > MOST_NET_DOLLARS:
        return _warn("equal dollars", text)
    return _ok("equal dollars", text, brief=f"{share:.1%} unhedged")


def _market_beta(inputs: CheckInputs) -> Check | None:
    """Check of a pair's P&L in a market shock when its dollars match but its betas do not."""
    pair, report = inputs.plan.pair, inputs.plan.report
    if pair is None or inputs.plan.size.units == 0:
        return None
    first, second = report.trade.instrument.held, report.trade.instrument.against
    if pair.beta is None or pair.beta_dollars is None:
        text = f"the vols of {first}, {second} and {report.trade.symbol} are inconsistent: no beta"
        return _warn("market beta", text)
    pnl, budget = MARKET_SHOCK * pair.beta_dollars, inputs.plan.size.risk_budget
    text = (
        f"{first} moves {pair.beta:.2f} times {second}: {second} {MARKET_SHOCK:+.0%} alone "
        f"{_gain_or_loss_text(pnl)}, risk budget ${budget:,.2f}"
    )
    if -pnl > budget:
        return _warn("market beta", text)
    return _ok("market beta", text, brief=f"beta {pair.beta:.2f}")


def _quoted_width(inputs: CheckInputs) -> Check | None:
    trade = inputs.plan.report.trade
    cost = sum(abs(trade.leg_size(leg)) * leg.spread_cost for leg in trade.legs)
    value = abs(inputs.plan.report.net_debit)
    if not cost or not value:
        return None
    text = f"the bid-ask widths cost ${cost:,.2f} per {trade.unit_noun}, {cost / value:.1%} of its price"
    if cost > WIDE_QUOTE * value:
        return _warn("quoted width", text)
    return _ok("quoted width", text, brief=f"{cost / value:.1%} of the price")


def _targets(inputs: CheckInputs) -> Check | None:
    """Whether a target lies beyond the spot where the trade stops gaining."""
    report = inputs.plan.report
    best = report.max_profit
    calls = [leg.strike for leg in report.trade.option_legs if leg.side is Side.SHORT and leg.option_type > 0]
    if not inputs.exits.targets or not calls or best == float("inf") or report.greeks.delta <= 0:
        return None
    cap, spot = max(calls), report.market.quote(report.trade.symbol).spot
    beyond = [target.move for target in inputs.exits.targets if spot * (1 + target.move) > cap * 1.001]
    if not beyond:
        return _ok("targets", f"all targets are below the short strike {cap:g}", brief=f"below {cap:g}")
    moves = ", ".join(f"+{100 * move:.4g}%" for move in beyond)
    text = f"{moves} is beyond the short strike {cap:g}: only time decay adds profit there"
    return _ok("targets", text, brief=f"{moves} is beyond {cap:g}")


def _assignment(inputs: CheckInputs) -> Check | None:
    """Whether a sold call is likely to be exercised for a dividend."""
    lines = [line for line in inputs.plan.report.early_exercise if line.leg.side is Side.SHORT]
    if not lines:
        return None
    worst = max(lines, key=lambda line: line.chance)
    guess = " (forecast dividend)" if worst.dividend.forecast else ""
    text = (
        f"{worst.leg.label}: assignment likely above {worst.boundary:.2f} on {worst.eve}{guess}, "
        f"probability {worst.chance:.1%}; {_dividend_owed(worst.dividend_dollars, inputs.plan.size.units)}"
    )
    if worst.boundary == float("inf"):
        text = f"{worst.leg.label}: the dividend of {worst.dividend.ex_date} is too small to exercise for"
        return _ok("assignment", text, brief="dividend too small")
    if worst.chance > LIKELY_ASSIGNMENT:
        return _warn("assignment", text)
    return _ok("assignment", text, brief=f"{worst.chance:.1%} on {worst.eve:%m-%d}")


def _dividend_owed(dollars: float, units: int) -> str:
    """Dividend that an assigned seller owes: of the position, and of one unit where there are more."""
    if units < 2:
        return f"the dividend owed is ${dollars:,.2f}{'' if units else ' per unit'}"
    return f"the dividend owed is ${units * dollars:,.2f} on all {units:,} units, ${dollars:,.2f} each"


def _unlimited_loss(inputs: CheckInputs) -> Check | None:
    """Whether sold options have unlimited loss, which a size by the stop ignores."""
    report = inputs.plan.report
    sold = [leg.label for leg in report.trade.option_legs if leg.side is Side.SHORT]
    if not sold or report.max_loss != float("inf"):
        return None
    text = f"{', '.join(sold)} has unlimited loss: the size relies on the stop, and a gap can jump it"
    return _warn("unlimited loss", text)


def _gain_or_loss_text(pnl: float) -> str:
    """Describe a P&L as a gain, a loss or breakeven."""
    return f"{'loses' if round(pnl, 2) < 0 else 'gains'} ${abs(pnl):,.2f}"


def _short_amount(amount: float) -> str:
    """Short dollar amount: whole dollars, or cents if small."""
    return f"${amount:,.0f}" if amount >= FEW_DOLLARS else f"${amount:,.2f}"


def _instrument(inputs: CheckInputs) -> Check | None:
    """Warn of a symbol without a row in ``instruments.toml``."""
    assumption = inputs.plan.report.trade.instrument.assumption
    return Check(name="instrument", status=CheckStatus.WARN, message=assumption) if assumption else None


def _dividends(inputs: CheckInputs) -> Check | None:
    """Warn of options that outlast a dividend and are priced without any."""
    trade, market = inputs.plan.report.trade, inputs.plan.report.market
    quote, payouts = market.quote(trade.symbol), trade.instrument.payouts
    if not trade.expiries or quote.dividends or quote.dividend_yield:
        return None
    last = trade.expiries[-1]
    if payouts is PayoutSchedule.INDEX:
        text = f"{trade.symbol} options are priced without a dividend yield: set dividend_yield in its quote"
    elif payouts.days is not None and (last - market.date).days >= payouts.days:
        text = (
            f"{trade.symbol} pays {payouts.value} dividends and its quote lists none: "
            f"options to {last} are priced without any"
        )
    else:
        return None
    return Check(name="dividends", status=CheckStatus.WARN, message=text)


def _ok(name: str, message: str, *, brief: str) -> Check:
    return Check(name=name, status=CheckStatus.OK, message=message, brief=brief)


def _warn(name: str, message: str) -> Check:
    return Check(name=name, status=CheckStatus.WARN, message=message)


def _fail(name: str, message: str) -> Check:
    return Check(name=name, status=CheckStatus.FAIL, message=message)

"""A plan in the narrow panels beside the form: price, Greeks and size."""

from __future__ import annotations

from functools import partial

from riskcalc.domain import ProbabilityBasis, RiskReport, TradePlan
from riskcalc.formatting.metric import (
    Better,
    Fact,
    Line,
    Spellings,
    Tone,
    cut,
    dollars,
    fact_line,
    panel_lines,
    plain,
    pnl,
    points,
    share,
    title_line,
    wrapped,
)
from riskcalc.formatting.numbers import percent, price
from riskcalc.formatting.report import entry_word, theta_share, why

_SAME_CENT, _SAME_MOVE = 0.005, 0.0005

signed = partial(plain, signed=True)


def gain_tone(amount: float | None) -> Tone:
    """Style of a P&L: gain, loss or zero."""
    if amount is None or abs(amount) < _SAME_CENT:
        return Tone.PLAIN
    return Tone.GOOD if amount > 0 else Tone.BAD


def price_lines(
    plan: TradePlan, *, width: int, pinned: TradePlan | None = None, stale: bool = False
) -> list[Line]:
    """Price panel: cost, max loss and max profit of one unit.

    Parameters
    ----------
    plan : TradePlan
        The trade being edited.
    width : int
        No line is wider [cells], >= 38.
    pinned : TradePlan or None
        The trade it is held against; gives the columns A, B and their difference.
    stale : bool
        Whether the plan is older than the inputs.

    Returns
    -------
    list of Line
    """
    before = None if pinned is None else _price(pinned.report)
    return panel_lines(
        "PRICE",
        _price(plan.report),
        width=width,
        note=f"$ per {plan.report.trade.unit_noun}",
        pinned=before,
        stale=stale,
    )


def greeks_lines(
    plan: TradePlan, *, width: int, pinned: TradePlan | None = None, stale: bool = False
) -> list[Line]:
    """Greeks panel of one unit; parameters as in `price_lines`."""
    before = None if pinned is None else _greeks(pinned.report)
    return panel_lines(
        "GREEKS",
        _greeks(plan.report),
        width=width,
        note=f"per {plan.report.trade.unit_noun}",
        pinned=before,
        stale=stale,
    )


def size_lines(
    plan: TradePlan, *, width: int, pinned: TradePlan | None = None, stale: bool = False
) -> list[Line]:
    """Size panel: position size, binding limit and risk; parameters as in `price_lines`."""
    facts = _size(plan)
    if pinned is not None:
        return panel_lines("SIZE", facts, width=width, pinned=_size(pinned), stale=stale)
    size = plan.size
    hold = (
        (f"{'Position':10}", Tone.PLAIN),
        (f"{size.units:>10,}", Tone.TITLE if size.units else Tone.BAD),
        (cut(f"  {_unit_noun(plan)}", width - 20), Tone.PLAIN),
    )
    reason = wrapped(f"{size.binding_limit}: {why(size)}", width=width, rows=2)
    head = title_line("SIZE", width=width, note="$, whole position", stale=stale)
    return [head, hold, *reason, *(fact_line(fact, width=width) for fact in facts[1:])]


def _price(report: RiskReport) -> tuple[Fact, ...]:
    return (
        _entry(report),
        Fact(
            key="max loss",
            label="Max loss",
            value=-report.max_loss,
            show=pnl,
            change=pnl,
            better=Better.MORE,
            note=f"at {report.payoff_date}" if report.payoff_date else "",
            tone=Tone.BAD,
        ),
        Fact(
            key="max gain",
            label="Max profit",
            value=report.max_profit,
            show=pnl,
            change=pnl,
            better=Better.MORE,
            note="" if report.reward_to_risk is None else f"{report.reward_to_risk:,.2f} x max loss",
            tone=Tone.GOOD,
        ),
        _breakeven(report),
        Fact(
            key="profit",
            label="P(profit)",
            value=report.prob_profit,
            show=share,
            change=points,
            better=Better.MORE,
            note=_profit_note(report),
        ),
    )


def _profit_note(report: RiskReport) -> str:
    """Note with the expected move and the source of the probability."""
    if report.expected_move is None:
        return ""
    smile = "smile; " if report.prob_basis is ProbabilityBasis.SMILE else ""
    return f"{smile}1 SD ±{price(report.expected_move)}"


def _entry(report: RiskReport) -> Fact:
    differs = abs(report.value - report.net_debit) >= _SAME_CENT
    return Fact(
        key="entry",
        label=entry_word(report),
        value=report.net_debit,
        show=_paid,
        change=pnl,
        note=f"model {price(abs(report.value))}" if differs else "",
    )


def _paid(debit: float | None) -> Spellings:
    """Debit, or credit marked as such."""
    found = dollars(None if debit is None else abs(debit))
    return found if debit is None or debit >= 0 else (*(f"{text} cr" for text in found), *found)


def _breakeven(report: RiskReport) -> Fact:
    levels = report.breakevens
    spot = report.market.quote(report.trade.symbol).spot
    if len(levels) > 1:
        note = "and " + ", ".join(price(level) for level in levels[1:])
    else:
        move = levels[0] / spot - 1 if levels else 0.0
        note = f"{percent(move, digits=1, signed=True)} from spot" if abs(move) >= _SAME_MOVE else ""
    first = levels[0] if levels else None
    return Fact(key="breakeven", label="Breakeven", value=first, show=plain, change=signed, note=note)


def _greeks(report: RiskReport) -> tuple[Fact, ...]:
    greeks, part = report.greeks, theta_share(report)
    gamma, gammas = partial(plain, digits=3), partial(signed, digits=3)
    paid = f"{part} of debit" if part else "$ per day"
    return (
        Fact(
            key="delta",
            label="Delta",
            value=greeks.delta,
            show=plain,
            change=signed,
            note=f"{_whole_dollars(greeks.dollar_delta)} of {report.trade.symbol}",
        ),
        Fact(
            key="gamma", label="Gamma", value=greeks.gamma, show=gamma, change=gammas, note="per $1 of spot"
        ),
        Fact(
            key="theta",
            label="Theta/day",
            value=greeks.theta_per_day,
            show=pnl,
            change=pnl,
            better=Better.MORE,
            note=paid,
        ),
        Fact(
            key="vega",
            label="Vega/pt",
            value=greeks.vega_per_point,
            show=pnl,
            change=pnl,
            note="$ per vol point",
        ),
        Fact(
            key="rho",
            label="Rho/pt",
            value=greeks.rho_per_point,
            show=pnl,
            change=pnl,
            note="$ per rate point",
        ),
    )


def _size(plan: TradePlan) -> tuple[Fact, ...]:
    size = plan.size
    by = f" by {plan.time_stop:%m-%d}" if plan.time_stop else " case"
    planned = {"max_loss": "max loss + costs", "stop": "at stop + costs"}[size.basis]
    return (
        Fact(key="hold", label="Position", value=size.units, show=_whole, change=partial(signed, digits=0)),
        Fact(
            key="risk",
            label="Risk",
            value=size.risk,
            show=dollars,
            change=pnl,
            note=f"{percent(size.risk_fraction)} of equity",
        ),
        Fact(key="1r", label="1R", value=size.loss_per_unit, show=dollars, change=pnl, note=planned),
        _all_units("at stop", size.loss_at_stop, note=f"worst{by}"),
        _all_units("at gap", size.loss_at_gap, note="worst gap"),
        Fact(
            key="capital",
            label="BP used",
            value=size.capital,
            show=dollars,
            change=pnl,
            better=Better.LESS,
            note="buying power",
        ),
    )


def _all_units(key: str, loss: float | None, *, note: str) -> Fact:
    amount = None if loss is None else 0.0 - loss
    return Fact(
        key=key,
        label=key.capitalize(),
        value=amount,
        show=pnl,
        change=pnl,
        better=Better.MORE,
        note=note,
        tone=gain_tone(amount),
    )


def _whole(units: float | None) -> Spellings:
    return plain(units, digits=0)


def _whole_dollars(amount: float) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):,.0f}"


def _unit_noun(plan: TradePlan) -> str:
    """Noun of the units; for a pair the whole shares of both funds."""
    if pair := plan.pair:
        return f"+{pair.bought_shares:,} {pair.bought} -{pair.sold_shares:,} {pair.sold}"
    noun = plan.report.trade.unit_noun
    return noun if plan.size.units == 1 else f"{noun}s"

"""One priced trade, and a size by its stop, as tables of text."""

from __future__ import annotations

from riskcalc.domain import PositionSize, ProbabilityBasis, RiskReport
from riskcalc.formatting.numbers import MISSING, count, money, number, percent, price
from riskcalc.formatting.table import Section
from riskcalc.sizing import StopSize

HALF_A_CENT = 0.005


def option_sections(report: RiskReport) -> tuple[Section, ...]:
    """One priced trade without account or exits: its price, legs and Greeks."""
    return (price_section(report), legs_section(report), greeks_section(report))


def price_section(report: RiskReport) -> Section:
    """Debit, payoff facts and the probability of profit."""
    facts = [
        (entry_word(report).lower(), money(abs(report.net_debit)), ""),
        ("max loss", money(report.max_loss), report.payoff_note),
        ("max profit", money(report.max_profit), ""),
        ("breakeven", ", ".join(price(level) for level in report.breakevens) or MISSING, ""),
        ("reward to risk", number(report.reward_to_risk), ""),
    ]
    if report.borrow_fee_per_day:
        facts.append(("borrow fee", money(report.borrow_fee_per_day), "per day, on the shares sold short"))
    if report.prob_profit is not None:
        facts.append(("P(profit)", percent(report.prob_profit, digits=1), probability_words(report)))
        facts.append(
            (
                "expected move",
                money(report.expected_move),
                f"1 standard deviation{f' by {report.payoff_date}' if report.payoff_date else ''}",
            )
        )
    return Section(
        title=f"Price per {report.trade.unit_noun.capitalize()}", rows=tuple(facts), left=frozenset({0, 2})
    )


def probability_words(report: RiskReport) -> str:
    """View and distribution behind P(profit), in words."""
    view = f"view: {report.view.name}"
    if report.market.quote(report.trade.symbol).smile is None:
        return view
    if report.prob_basis is ProbabilityBasis.SMILE:
        return f"{view}; from the fitted smile"
    return f"{view}; at a single vol, not from the smile"


def entry_word(report: RiskReport) -> str:
    """Debit, credit, or the name for a pair."""
    if report.trade.instrument.against:
        return "Each side"
    return "Debit" if report.net_debit >= 0 else "Credit"


def theta_share(report: RiskReport) -> str:
    """Theta per day as a share of the debit; empty for a credit or a pair."""
    if report.net_debit <= 0 or report.trade.instrument.against:
        return ""
    return percent(report.greeks.theta_per_day / report.net_debit)


def legs_section(report: RiskReport) -> Section:
    """Each leg with its entry, vol and Greeks."""
    rows = tuple(
        (
            found.leg.label,
            price(found.entry_price),
            percent(found.vol, digits=1),
            number(found.greeks.delta),
            number(found.greeks.gamma, digits=3),
            money(found.greeks.theta_per_day),
            money(found.greeks.vega_per_point),
        )
        for found in report.legs
    )
    header = ("leg", "entry", "IV", "delta", "gamma", "theta/day", "vega/pt")
    return Section(title="Legs", rows=rows, header=header)


def greeks_section(report: RiskReport) -> Section:
    """Table of the position's Greeks in trading units."""
    greeks, share = report.greeks, theta_share(report)
    rows = (
        ("delta", number(greeks.delta), f"equivalent to {number(greeks.delta, digits=1)} shares"),
        ("gamma", number(greeks.gamma, digits=3), "delta per $1 of spot"),
        ("theta per day", money(greeks.theta_per_day), f"{share} of the debit" if share else ""),
        ("vega per point", money(greeks.vega_per_point), ""),
        ("rho per point", money(greeks.rho_per_point), ""),
        ("dollar delta", money(greeks.dollar_delta), ""),
    )
    return Section(
        title=f"Greeks per {report.trade.unit_noun.capitalize()}", rows=rows, left=frozenset({0, 2})
    )


def early_exercise_sections(report: RiskReport, *, units: int) -> tuple[Section, ...]:
    """Table of early exercise for dividends; empty if there is none."""
    if not report.early_exercise:
        return ()
    rows = tuple(
        (
            line.leg.label,
            f"{line.dividend.ex_date}{' forecast' if line.dividend.forecast else ''}",
            money(line.dividend.amount),
            f"{line.eve}",
            price(line.boundary) if line.boundary < float("inf") else "never",
            percent(line.chance, digits=1),
            money(line.dividend_dollars),
            money(units * line.dividend_dollars),
        )
        for line in report.early_exercise
    )
    header = (
        "leg",
        "ex-date",
        "dividend",
        "exercise date",
        "boundary",
        "P(exercise)",
        f"owed per {report.trade.unit_noun}",
        "owed in total",
    )
    title = "Early Exercise for Dividends: above the boundary; an assigned short call owes the dividend"
    return (Section(title=title, rows=rows, header=header, left=frozenset({0, 1})),)


def smile_words(report: RiskReport) -> str:
    """Stickiness rule as a suffix of a title; empty for sticky strike without a smile."""
    smile = report.market.quote(report.trade.symbol).smile
    return "" if smile is None else f", sticky {smile.rule}"


def size_section(size: StopSize, *, entry: float, stop: float, multiplier: int) -> Section:
    """A size from entry and stop alone."""
    noun = "share" if multiplier == 1 else "unit"
    rows = (
        ("position size", _held(size.units, noun), why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, risk budget {money(size.risk_budget)}",
        ),
        ("stop", money(stop), f"{percent(stop / entry - 1, signed=True)} from {money(entry)}"),
        (f"risk per {noun} (1R)", money(size.loss_per_unit), _one_r(size)),
        ("position value", money(size.position_value), ""),
        ("buying power used", money(size.capital), ""),
        ("binding limit", size.binding_limit, f"size allowed by each limit: {_allowed(size)}"),
    )
    return Section(title="Position Size by Percent Risk", rows=rows, left=frozenset({0, 2}))


def why(size: PositionSize | StopSize) -> str:
    """Reason of the binding limit without the count."""
    return size.reason.partition(": ")[2]


def _one_r(size: StopSize) -> str:
    """Words for 1R: basis and included costs."""
    once = size.risk - size.units * size.loss_per_unit if size.units else 0.0
    return (
        f"loss at stop, with costs except {money(once)} per trade"
        if once > HALF_A_CENT
        else "loss at stop, with costs"
    )


def _held(units: float, noun: str) -> str:
    return count(int(units), noun) if units == int(units) else f"{units:,} {noun}s"


def _allowed(size: StopSize) -> str:
    """Size allowed by each limit; a dash if it does not apply."""
    return ", ".join(
        f"{name} {MISSING if units is None else f'{units:,}'}" for name, units in size.limits.items()
    )

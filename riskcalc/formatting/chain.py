"""A chain of quotes as titled tables of text."""

from __future__ import annotations

from riskcalc.domain import ChainSummary, ExerciseStyle, ExpirySummary
from riskcalc.formatting.numbers import MISSING, money, percent, price
from riskcalc.formatting.section import Section

EXPIRIES_TITLE = (
    "Expiries: forward and yield implied by calls and puts, vol at the forward, skew as the 25-delta call "
    "less put, expected move as one standard deviation of that vol"
)
EXPIRIES_HEADER = (
    "expiry",
    "days",
    "quotes",
    "usable",
    "forward",
    "yield",
    "±",
    "ATM vol",
    "skew, pts",
    "expected move",
    "straddle",
)


def chain_title(summary: ChainSummary) -> str:
    """Underlying, time, spot and rate in one line, and whether the options are European."""
    spot, rate = money(summary.spot), percent(summary.rate)
    style = ", European options" if summary.exercise is ExerciseStyle.EUROPEAN else ""
    return f"{summary.symbol} {summary.date}, {_when(summary)}: spot {spot}, rate {rate}{style}"


def chain_sections(summary: ChainSummary) -> tuple[Section, ...]:
    """Tables of a chain.

    Parameters
    ----------
    summary : ChainSummary
        From `riskcalc.chains.chain_summary`.

    Returns
    -------
    tuple of Section
        The account of its quotes, then a row per expiry.
    """
    rows = tuple(_expiry(row) for row in summary.expiries)
    return (_account(summary), Section(title=EXPIRIES_TITLE, header=EXPIRIES_HEADER, rows=rows))


def _when(summary: ChainSummary) -> str:
    time = summary.quote_time
    if time is None:
        return "no time given"
    # A download on a weekend holds the quotes of the session before.
    day = "" if time.date() == summary.date else f"stamped {time.date()} "
    return f"{day}{time:%H:%M} New York"


def _account(summary: ChainSummary) -> Section:
    account = summary.account
    rows = [("read", f"{account.read:,}", "")]
    rows += [("left out", f"{count:,}", why) for why, count in account.dropped.items()]
    rows += [("doubtful", f"{count:,}", why) for why, count in account.doubtful.items()]
    rows.append(("usable", f"{account.usable:,}", "bid and ask agree with each other and the spot"))
    rows += [
        ("without our vol", f"{count:,}", f"usable, but {why}") for why, count in account.without_vol.items()
    ]
    rows.append(("without its vol", f"{account.without_quoted_vol:,}", "the file has none, or 0"))
    return Section(title="Quotes", rows=tuple(rows), left=frozenset({0, 2}))


def _expiry(row: ExpirySummary) -> tuple[str, ...]:
    return (
        str(row.expiry),
        f"{row.days:,}",
        f"{row.quotes:,}",
        f"{row.usable:,}",
        price(row.forward),
        _signed(row.implied_yield),
        percent(row.implied_yield_error),
        percent(row.atm_vol, digits=1),
        _points(row.risk_reversal),
        money(row.expected_move),
        money(row.straddle),
    )


def _signed(fraction: float | None) -> str:
    """Signed per cent without a negative zero."""
    return percent(None if fraction is None else round(fraction, 4) + 0.0, signed=True)


def _points(vol: float | None) -> str:
    """Difference of two vols in points."""
    return MISSING if vol is None else f"{round(100 * vol, 1) + 0.0:+.1f}"

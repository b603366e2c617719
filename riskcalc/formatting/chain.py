"""A chain of quotes as titled tables of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from riskcalc.domain import ChainSummary, ExerciseStyle, ExpirySummary, SmileFit
from riskcalc.formatting.numbers import MISSING, money, percent, price
from riskcalc.formatting.table import Section

EXPIRIES_TITLE = (
    "Expiries: forward and yield implied by put-call parity, IV at the forward, skew as 25-delta call IV "
    "less put IV, expected move as 1 standard deviation at the ATM IV"
)
EXPIRIES_HEADER = (
    "expiry",
    "DTE",
    "quotes",
    "usable",
    "forward",
    "yield",
    "±",
    "ATM IV",
    "skew, pts",
    "expected move",
    "straddle",
)

SMILE_TITLE = (
    "Fitted Smiles: liquid strikes inside bid and ask, error from their mids in vol points, minimum of "
    "Durrleman's g, and minimum rise in total variance from the expiry before"
)
SMILE_HEADER = ("expiry", "strikes", "liquid", "inside", "error, pts", "min g", "min rise", "arbitrage")


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
        Warnings, if there are any; the account of its quotes; a row per expiry.
    """
    rows = tuple(_expiry(row) for row in summary.expiries)
    expiries = Section(title=EXPIRIES_TITLE, header=EXPIRIES_HEADER, rows=rows)
    return (*_warnings(summary), _account(summary), expiries)


def smile_section(fits: Sequence[SmileFit]) -> Section:
    """How each expiry's smile was fitted, and whether it is free of arbitrage."""
    rows = tuple(
        (
            str(fit.expiry),
            f"{fit.quotes:,}",
            f"{fit.liquid:,}",
            percent(_known(fit.inside), digits=1),
            MISSING if math.isnan(fit.error) else f"{100 * fit.error:.2f}",
            f"{fit.least_butterfly:.3f}",
            percent(_known(fit.least_calendar), digits=1, signed=True),
            "none" if fit.free_of_arbitrage else "yes",
        )
        for fit in fits
    )
    return Section(title=SMILE_TITLE, header=SMILE_HEADER, rows=rows)


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number


def _when(summary: ChainSummary) -> str:
    time = summary.quote_time
    if time is None:
        return "no time given"
    # A download on a weekend holds the quotes of the session before.
    day = "" if time.date() == summary.date else f"stamped {time.date()} "
    return f"{day}{time:%H:%M} New York"


def _warnings(summary: ChainSummary) -> tuple[Section, ...]:
    """What was doubtful about the whole file; nothing where nothing was."""
    if not summary.warnings:
        return ()
    return (Section(title="Warnings", rows=tuple((text,) for text in summary.warnings), left=frozenset({0})),)


def _account(summary: ChainSummary) -> Section:
    account = summary.account
    rows = [("read", f"{account.read:,}", "")]
    rows += [("excluded", f"{count:,}", why) for why, count in account.dropped.items()]
    rows += [("suspect", f"{count:,}", why) for why, count in account.doubtful.items()]
    rows.append(("usable", f"{account.usable:,}", "bid, ask and spot are consistent"))
    rows += [
        ("no model IV", f"{count:,}", f"usable, but {why}") for why, count in account.without_vol.items()
    ]
    rows.append(("no quoted IV", f"{account.without_quoted_vol:,}", "missing or 0 in the file"))
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

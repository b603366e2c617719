"""A plan in a few lines: three for a small screen, and the preview of a preset."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.domain import Check, CheckStatus, TradePlan
from riskcalc.formatting.checks import STATUS_TONES, STATUS_WORDS
from riskcalc.formatting.exits import worst_pnl
from riskcalc.formatting.metric import Line, Spellings, Tone, dollars, fit, plain, pnl, share, wrapped
from riskcalc.formatting.panel import gain_tone, price_lines
from riskcalc.formatting.report import entry_word, theta_share

_NUMBER = 10
"""Widest number of a line."""

Piece = tuple[str, str, Tone]
"""A name, its number, and the number's tone."""


def summary_lines(
    plan: TradePlan, *, width: int, pinned: TradePlan | None = None, stale: bool = False
) -> list[Line]:
    """Three lines of a plan; what does not fit is left out from the right.

    Parameters
    ----------
    plan : TradePlan
        The trade being tuned.
    width : int
        No line is wider [cells].
    pinned : TradePlan or None
        Not shown: three lines have no room for two trades.
    stale : bool
        Whether the plan is older than the inputs; the first line says so.

    Returns
    -------
    list of Line
        Always three.
    """
    del pinned
    first = (("stale", "", Tone.WARN),) if stale else ()
    return [
        _line((*first, *_price(plan)), width=width),
        _line(_greeks(plan), width=width),
        _line(_exits(plan), width=width),
    ]


def preview_lines(
    name: str, *, description: str, found: TradePlan | str, badge: str, width: int
) -> list[Line]:
    """A preset in short.

    Parameters
    ----------
    name : str
        Its name or path.
    description : str
        Its own words; may be empty.
    found : TradePlan or str
        Its plan, or the problem that keeps it from being planned.
    badge : str
        The verdict on the plan in words.
    width : int
        No line is wider [cells], >= 38.

    Returns
    -------
    list of Line
    """
    head = [
        *(((line[0][0], Tone.TITLE),) for line in wrapped(name, width=width, indent=0)),
        *wrapped(description, width=width, indent=0),
        (),
    ]
    if isinstance(found, str):
        problems = [line for text in found.splitlines() for line in wrapped(text, width=width, indent=0)]
        return [*head, (("cannot be opened", Tone.BAD),), *problems]
    tone = Tone.GOOD if badge.startswith("OK") else Tone.BAD
    trade = wrapped(found.report.trade.description, width=width, indent=0)
    return [*head, *trade, ((badge.strip(), tone),), (), *price_lines(found, width=width)]


def _line(pieces: Sequence[Piece], *, width: int) -> Line:
    parts: list[tuple[str, Tone]] = []
    left = width
    for name, number, tone in pieces:
        gap = "  " if parts else ""
        name_text = f"{gap}{name} " if number else gap
        value = number or name
        left -= len(name_text) + len(value)
        if left < 0:
            break
        parts += [(name_text, Tone.QUIET), (value, tone)]
    return tuple(parts)


def _price(plan: TradePlan) -> tuple[Piece, ...]:
    report = plan.report
    return (
        _piece(entry_word(report).lower(), dollars(abs(report.net_debit))),
        _piece("max loss", pnl(-report.max_loss), Tone.BAD),
        _piece("max profit", pnl(report.max_profit), Tone.GOOD),
        *(_piece("BE", plain(level)) for level in report.breakevens[:2]),
        _piece("P(profit)", share(report.prob_profit)),
    )


def _greeks(plan: TradePlan) -> tuple[Piece, ...]:
    greeks, part = plan.report.greeks, theta_share(plan.report)
    paid = ((f"({part})", "", Tone.PLAIN),) if part else ()
    return (
        _piece("delta", plain(greeks.delta)),
        _piece("gamma", plain(greeks.gamma, digits=3)),
        _piece("theta/day", pnl(greeks.theta_per_day)),
        *paid,
        _piece("vega", pnl(greeks.vega_per_point)),
        _piece("rho", pnl(greeks.rho_per_point)),
    )


def _exits(plan: TradePlan) -> tuple[Piece, ...]:
    """What is wrong comes first: it must not fall off the right."""
    bad = [check for check in plan.checks if check.status is not CheckStatus.OK]
    expected = plan.managed.expected_pnl
    levels = (_piece(label, pnl(amount), gain_tone(amount)) for label, amount in reversed(worst_pnl(plan)))
    return (
        *map(_verdict, sorted(bad, key=lambda check: check.status is not CheckStatus.FAIL)),
        *(() if bad else (("checks", "ok", Tone.GOOD),)),
        *levels,
        _piece("stop first", share(plan.odds.stop_first)),
        _piece("expected", pnl(expected), gain_tone(expected)),
    )


def _verdict(check: Check) -> Piece:
    return STATUS_WORDS[check.status], check.name, STATUS_TONES[check.status]


def _piece(name: str, spellings: Spellings, tone: Tone = Tone.PLAIN) -> Piece:
    return name, fit(spellings, _NUMBER), tone

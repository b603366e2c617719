"""Checks of a plan as lines, and a plan in a few lines for a small screen or a preview."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.domain import Check, CheckStatus, TradePlan
from riskcalc.formatting.exits import worst_pnl
from riskcalc.formatting.metric import (
    Better,
    Fact,
    Line,
    Spellings,
    Tone,
    cut,
    dollars,
    fit,
    panel_lines,
    plain,
    pnl,
    share,
    title_line,
    wrapped,
)
from riskcalc.formatting.panel import gain_tone, price_lines
from riskcalc.formatting.report import entry_word, theta_share

STATUS_WORDS = {CheckStatus.OK: "ok", CheckStatus.WARN: "WARN", CheckStatus.FAIL: "FAIL"}
STATUS_TONES = {CheckStatus.OK: Tone.GOOD, CheckStatus.WARN: Tone.WARN, CheckStatus.FAIL: Tone.BAD}

_WORST_FIRST = (CheckStatus.FAIL, CheckStatus.WARN, CheckStatus.OK)


_NUMBER = 10
"""Widest number of a line."""

Piece = tuple[str, str, Tone]
"""A name, its number, and the number's tone."""


def checks_lines(
    plan: TradePlan,
    *,
    width: int,
    pinned: TradePlan | None = None,
    stale: bool = False,
    whole: bool = False,
) -> list[Line]:
    """Every rule with its verdict, the worst first; parameters as in `price_lines`.

    Parameters
    ----------
    whole : bool
        Whether a rule that holds is told in whole, too; what does not hold always is, and leaves the others
        their names. Beside a pinned trade only what differs or does not hold is told.
    """
    bad = [check for check in plan.checks if check.status is not CheckStatus.OK]
    bad.sort(key=lambda check: _WORST_FIRST.index(check.status))
    told = [line for check in bad for line in _whole_check(check, width=width)]
    head = title_line("CHECKS", width=width, note=_tally(plan), stale=stale)
    if pinned is not None:
        return _compared_checks(plan, pinned, head=head, width=width, stale=stale) + told
    good = [check for check in plan.checks if check.status is CheckStatus.OK]
    if whole:
        return [head, *told, *(line for check in good for line in _whole_check(check, width=width))]
    if bad:
        return [head, *told, *_names(good, width=width)]
    return [head, *(_brief_check(check, width=width) for check in good)]


def _brief_check(check: Check, *, width: int) -> Line:
    """One line for a passed check."""
    said = cut(check.brief or check.message, width - 18)
    return (
        (f"{STATUS_WORDS[check.status]:5}", STATUS_TONES[check.status]),
        (f"{check.name:12} ", Tone.PLAIN),
        (said, Tone.QUIET),
    )


def _whole_check(check: Check, *, width: int) -> list[Line]:
    """Full message of a check, wrapped."""
    word, tone = f"{STATUS_WORDS[check.status]:5}", STATUS_TONES[check.status]
    said = Tone.QUIET if check.status is CheckStatus.OK else Tone.PLAIN
    first, *rest = wrapped(f"{check.name}: {check.message}", width=width, indent=5)
    return [((word, tone), (first[0][0][5:], said)), *rest]


def _names(checks: Sequence[Check], *, width: int) -> list[Line]:
    """Names of passed checks."""
    if not checks:
        return []
    first, *rest = wrapped(", ".join(check.name for check in checks), width=width, indent=5)
    word = f"{STATUS_WORDS[CheckStatus.OK]:5}"
    return [((word, Tone.GOOD), (first[0][0][5:], Tone.PLAIN)), *rest]


def _compared_checks(
    plan: TradePlan, pinned: TradePlan, *, head: Line, width: int, stale: bool
) -> list[Line]:
    """Verdicts of two trades where they differ or are not good; the tally alone where there are none."""
    facts, before = _verdicts(plan), _verdicts(pinned)
    values = {fact.key: fact.value for fact in before}
    good = _WORST_FIRST.index(CheckStatus.OK)
    shown = [fact for fact in facts if (fact.value, values.get(fact.key, good)) != (good, good)]
    return panel_lines("CHECKS", shown, width=width, pinned=before, stale=stale) if shown else [head]


def _tally(plan: TradePlan) -> str:
    """Number of checks that fail, warn and pass."""
    statuses = [check.status for check in plan.checks]
    counts = ((statuses.count(status), STATUS_WORDS[status]) for status in _WORST_FIRST)
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def _verdicts(plan: TradePlan) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            key=check.name,
            label=check.name.removeprefix("risk "),
            value=_WORST_FIRST.index(check.status),
            show=_verdict,
            better=Better.MORE,
        )
        for check in plan.checks
    )


def _verdict(rank: float | None) -> Spellings:
    return ("-",) if rank is None else (STATUS_WORDS[_WORST_FIRST[int(rank)]],)


def summary_lines(
    plan: TradePlan, *, width: int, pinned: TradePlan | None = None, stale: bool = False
) -> list[Line]:
    """Three-line summary of a plan, truncated on the right.

    Parameters
    ----------
    plan : TradePlan
        The trade being edited.
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
    """Summary of a preset.

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
    """Exit line; failed checks come first, so that they are not truncated."""
    bad = [check for check in plan.checks if check.status is not CheckStatus.OK]
    expected = plan.managed.expected_pnl
    levels = (_piece(label, pnl(amount), gain_tone(amount)) for label, amount in reversed(worst_pnl(plan)))
    return (
        *map(_check_piece, sorted(bad, key=lambda check: check.status is not CheckStatus.FAIL)),
        *(() if bad else (("checks", "ok", Tone.GOOD),)),
        *levels,
        _piece("stop first", share(plan.odds.stop_first)),
        _piece("expected", pnl(expected), gain_tone(expected)),
    )


def _check_piece(check: Check) -> Piece:
    return STATUS_WORDS[check.status], check.name, STATUS_TONES[check.status]


def _piece(name: str, spellings: Spellings, tone: Tone = Tone.PLAIN) -> Piece:
    return name, fit(spellings, _NUMBER), tone

"""The rules held against a plan as lines: whole where they do not hold, brief where they do."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.domain import Check, CheckStatus, TradePlan
from riskcalc.formatting.metric import (
    Better,
    Fact,
    Line,
    Spellings,
    Tone,
    cut,
    panel_lines,
    title_line,
    wrapped,
)

STATUS_WORDS = {CheckStatus.OK: "ok", CheckStatus.WARN: "WARN", CheckStatus.FAIL: "FAIL"}
STATUS_TONES = {CheckStatus.OK: Tone.GOOD, CheckStatus.WARN: Tone.WARN, CheckStatus.FAIL: Tone.BAD}

_WORST_FIRST = (CheckStatus.FAIL, CheckStatus.WARN, CheckStatus.OK)


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
    """One line for a rule that holds."""
    said = cut(check.brief or check.message, width - 18)
    return (
        (f"{STATUS_WORDS[check.status]:5}", STATUS_TONES[check.status]),
        (f"{check.name:12} ", Tone.PLAIN),
        (said, Tone.QUIET),
    )


def _whole_check(check: Check, *, width: int) -> list[Line]:
    """All words of a rule, over as many lines as they take."""
    word, tone = f"{STATUS_WORDS[check.status]:5}", STATUS_TONES[check.status]
    said = Tone.QUIET if check.status is CheckStatus.OK else Tone.PLAIN
    first, *rest = wrapped(f"{check.name}: {check.message}", width=width, indent=5)
    return [((word, tone), (first[0][0][5:], said)), *rest]


def _names(checks: Sequence[Check], *, width: int) -> list[Line]:
    """The names of rules that hold."""
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
    """How many rules fail, warn and hold."""
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

"""Summary lines of a day: the verdict, the heat of the book, the account."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from riskcalc.domain import Account
from riskcalc.formatting.metric import Line, Style, wrapped
from riskcalc.formatting.numbers import NumberFormat, percent
from riskcalc.formatting.signals import BoardVerdict
from riskcalc.records import dataclass

WHOLE = NumberFormat(currency="$", digits=0)
BAR_WIDTH = 20
"""Cells of the bar of the heat."""
NEARLY = 0.8
"""Share of a limit from which it is marked."""
LABEL = 9
"""Width of the column of labels [cells]."""
MARKET = "Market"
"""Label of the line about prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the day: a label and its text."""

    label: str
    text: str
    style: Style = Style.PLAIN


def day_verdict(board: BoardVerdict, *, heat_left: float, due: int) -> BoardVerdict:
    """Describe whether new trades are allowed, by the board and by the remaining heat.

    Parameters
    ----------
    board : BoardVerdict
        From `riskcalc.formatting.signals.board_verdict`.
    heat_left : float
        Risk that open trades leave within the limit [dollars], >= 0.
    due : int
        Open trades that call for something today.
    """
    first = f"{due} open trade{'' if due == 1 else 's'} due first" if due else ""
    if heat_left <= 0:
        reasons = ("no heat is left", _of_board(board), first)
        return BoardVerdict(words="no new trades", because="; ".join(filter(None, reasons)), style=Style.BAD)
    because = "; ".join(filter(None, (board.because, first)))
    return BoardVerdict(words=board.words, because=because, style=board.style)


def _of_board(board: BoardVerdict) -> str:
    return f"{board.words}: {board.because}" if board.because else board.words


def heat_fact(account: Account, *, open_risk: float, source: str) -> Fact:
    """Return the heat used and left against its limit: a bar with words.

    Parameters
    ----------
    account : Account
        Gives the limit.
    open_risk : float
        Combined loss of the open trades [dollars], >= 0; infinite where one has no limit.
    source : str
        Where the open risk comes from.
    """
    limit = account.equity * account.limits.max_heat_fraction
    share = open_risk / limit
    left = (
        f"{WHOLE.text(limit - open_risk)} left" if share <= 1 else f"OVER by {WHOLE.text(open_risk - limit)}"
    )
    used = f"{percent(share, digits=0)} used" if math.isfinite(share) else "used"
    text = (
        f"{heat_bar(share)} {used}: {WHOLE.text(open_risk)} of {WHOLE.text(limit)} "
        f"({percent(account.limits.max_heat_fraction)} of equity), {left}; {source}"
    )
    return Fact(label="Heat", text=text, style=_limit_style(share))


def heat_bar(share: float) -> str:
    """Return a share of a limit as a bar; one that is passed fills it.

    Examples
    --------
    >>> heat_bar(0.25)
    '█████░░░░░░░░░░░░░░░'
    """
    full = BAR_WIDTH if not math.isfinite(share) else min(round(BAR_WIDTH * share), BAR_WIDTH)
    return "█" * full + "░" * (BAR_WIDTH - full)


def _limit_style(share: float) -> Style:
    return Style.BAD if share >= 1 else Style.WARN if share >= NEARLY else Style.GOOD


def account_fact(account: Account, *, is_sample: bool, remedy: str) -> Fact:
    """Return equity, risk per trade and buying power.

    Parameters
    ----------
    account : Account
        The user's.
    is_sample : bool
        Whether the equity is a sample.
    remedy : str
        Command that says one's own.
    """
    equity = f"equity {WHOLE.text(account.equity)}"
    if is_sample:
        equity += f" is a SAMPLE, give yours: {remedy}"
    risk = f"risk per trade {WHOLE.text(account.risk_budget)} ({percent(account.risk_allowed)})"
    power = f"buying power {WHOLE.text(account.free_buying_power)}"
    text = f"{risk}, {power}, {equity}" if is_sample else f"{equity}, {risk}, {power}"
    return Fact(label="Account", text=text, style=Style.WARN if is_sample else Style.PLAIN)


def with_remedy(facts: Iterable[Fact], remedy: str) -> tuple[Fact, ...]:
    """Return facts, with the keys that update the market appended to the fact of an old one."""
    return tuple(
        replace(fact, text=f"{fact.text}; {remedy}") if fact.label == MARKET and _is_doubtful(fact) else fact
        for fact in facts
    )


def _is_doubtful(fact: Fact) -> bool:
    return fact.style in (Style.WARN, Style.BAD)


def fact_lines(facts: Iterable[Fact], *, width: int) -> list[Line]:
    """Return facts as lines of a width, with labels in a separate column."""
    lines: list[Line] = []
    for fact in facts:
        for row, ((text, style),) in enumerate(
            wrapped(fact.text, width=max(width - LABEL, 1), indent=0, style=fact.style)
        ):
            lines.append(((f"{fact.label if row == 0 else '':{LABEL}}", Style.TITLE), (text, style)))
    return lines

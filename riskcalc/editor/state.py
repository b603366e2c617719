"""State of the editor as shown on the screen."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from riskcalc.domain import Check, CheckStatus, TradePlan, Verdict
from riskcalc.domain.signals import SignalRole
from riskcalc.editor.draft import Draft
from riskcalc.errors import RiskcalcError
from riskcalc.formatting.numbers import count
from riskcalc.records import dataclass
from riskcalc.sizing import cost_per_trade

if TYPE_CHECKING:
    from riskcalc.book.added import AddedRow

BADGE_WIDTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Immutable state of the editor, replaced on each change."""

    draft: Draft
    plan: TradePlan | None
    """Plan of the last valid draft; None before the first."""
    problem: str = ""
    """Why the draft is invalid, or the last refused input; one line."""
    problem_key: str = ""
    """Field of the problem; may be empty."""
    stale: bool = False
    """Whether the figures are not those of what the fields say."""
    pinned: TradePlan | None = None
    """Plan A of a comparison."""
    pinned_draft: Draft | None = None
    added: tuple[AddedRow, ...] = ()
    """What the plan adds to each total of the user's book; nothing without a book."""
    dirty: bool = False
    """Whether the draft differs from how it was opened or last saved."""

    @property
    def title(self) -> str:
        """Name of the trade, with a star when it is not saved."""
        return f"{self.draft.preset.name}{'*' if self.dirty else ''}"

    @property
    def badge(self) -> Badge:
        """The verdict on the trade."""
        return badge(self.plan, self.draft, stale=self.stale)


def one_line(error: RiskcalcError) -> str:
    """Return the first problem and the number of others."""
    first, *more = str(error).splitlines() or [""]
    return f"{first} (and {len(more)} more)" if more else first


class BadgeKind(enum.StrEnum):
    """Verdict on the trade."""

    OK = "OK"
    """Sized within every limit, no check fails."""
    SAMPLE = "SAMPLE"
    """The same on the prices of a shipped sample instead of today's."""
    OLD = "OLD"
    """The expiry or the time stop has passed: the prices are those of an earlier day."""
    OVER = "OVER"
    """One unit exceeds the risk budget, or the loss is unlimited."""
    NO = "NO"
    """Another limit or check fails."""
    INPUT = "INPUT"
    """The input is invalid; the figures are the last valid ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """The verdict in words."""

    kind: BadgeKind
    text: str
    """Always `BADGE_WIDTH` characters."""


def badge(plan: TradePlan | None, draft: Draft, *, stale: bool = False) -> Badge:
    """Return the badge of a plan.

    Parameters
    ----------
    plan : TradePlan or None
        The last valid plan.
    draft : Draft
        What was planned; its account and rules say what is allowed.
    stale : bool
        Whether what is on the screen cannot be planned.

    Returns
    -------
    Badge
        ``OK`` only when there is at least one unit, no check fails and the loss has a limit.
    """
    if stale or plan is None:
        return _badge(BadgeKind.INPUT, "! INPUT")
    if plan.verdict is Verdict.OLD:
        return _badge(BadgeKind.OLD, f"OLD prices of {plan.report.market.date}")
    if plan.size.units == 0:
        return _no_units(plan, draft)
    failed = next((check for check in plan.checks if check.status is CheckStatus.FAIL), None)
    if failed is not None:
        return _badge(BadgeKind.NO, f"NO: {_failed(failed, plan, draft)}")
    share = f"{plan.size.risk_fraction:.2%}"
    if any(check.name == "unlimited loss" for check in plan.checks):
        return _badge(BadgeKind.OVER, f"OVER unlimited loss; stop {share}")
    units = count(plan.size.units, plan.report.trade.unit_noun)
    allowed = f"{share} of {draft.account.risk_allowed:.2%}"
    kind = BadgeKind.SAMPLE if plan.verdict is Verdict.SAMPLE else BadgeKind.OK
    texts = (f"{kind} {units}  {allowed}", f"{kind} {units} {share}", f"{kind} {plan.size.units:.3g} {share}")
    return _badge(kind, next(text for text in texts if len(text) <= BADGE_WIDTH or text is texts[-1]))


def _no_units(plan: TradePlan, draft: Draft) -> Badge:
    size, account, noun = plan.size, draft.account, plan.report.trade.unit_noun
    if size.binding_limit != "risk budget":
        return _badge(BadgeKind.NO, f"NO: {size.binding_limit}, 0 {noun}s")
    share = (size.loss_per_unit + cost_per_trade(account.costs)) / account.equity
    risk, allowed = _share(share), _share(account.risk_allowed)
    brief = f"= {risk} > {allowed}" if risk != allowed else f"just over {allowed}"
    return _badge(BadgeKind.OVER, f"OVER 1 {noun} {brief}")


def _share(fraction: float) -> str:
    """Format a share of equity to fit the badge."""
    if fraction < 0.1:
        return f"{fraction:.2%}"
    if fraction < 1:
        return f"{fraction:.1%}"
    return f"{fraction:.0%}" if fraction < 100 else "all"


def _failed(check: Check, plan: TradePlan, draft: Draft) -> str:
    """Return a failed check in a few words."""
    rules, account = draft.preset.entry, draft.account
    if check.name == "stop width" and rules.max_stop is not None:
        return f"stop {draft.exits.stop:.1%} > {rules.max_stop:.1%}"
    if check.name == "heat":
        heat = (account.open_risk + plan.size.risk) / account.equity
        return f"heat {heat:.1%} > {account.limits.max_heat_fraction:.1%}"
    last = plan.report.trade.expiry or plan.time_stop
    if check.name == "days" and last is not None:
        days = (last - plan.report.market.date).days
        if rules.max_days is not None and days > rules.max_days:
            return f"days {days} > {rules.max_days}"
        return f"days {days} < {rules.min_days}"
    return {
        "expiry": "expired at this time",
        "trigger": "triggers not all met" if SignalRole.ENTRY in rules.needs_all else "no trigger is met",
        "stop trigger": "a stop trigger is met",
        "stop signals": "a stop signal has fired",
        "entry signals": "entry rules not met",
    }.get(check.name, check.name)


def _badge(kind: BadgeKind, text: str) -> Badge:
    return Badge(kind=kind, text=f"{text[:BADGE_WIDTH]:<{BADGE_WIDTH}}")

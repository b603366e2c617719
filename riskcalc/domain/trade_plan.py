"""Trade plan: P&L at the exits, position size and checks, as returned by `plan`.

Everything is for one unit of the trade and signed for the position, unless the name says otherwise.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import field
from enum import StrEnum
from typing import Any

from riskcalc.domain.dividends import CashDividend
from riskcalc.domain.entry_rules import EntryRules
from riskcalc.domain.events import EventMove, MarketEvent
from riskcalc.domain.exits import ExitPlan
from riskcalc.domain.gamma import StrikeGamma
from riskcalc.domain.legs import Side
from riskcalc.domain.notebook import NotebookResult
from riskcalc.domain.pair import PairReport
from riskcalc.domain.plan_sources import PlanSources
from riskcalc.domain.position_size import PositionSize
from riskcalc.domain.risk_report import CalibratedOdds, ManagedOutcome, Odds, RiskReport
from riskcalc.domain.sectors import SectorTilt
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.sessions import age_in_sessions
from riskcalc.domain.signals import Signal
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkMove:
    """A move of the fund, and the move of its benchmark that causes it."""

    label: str
    """Which exit: ``stop -12%``, ``target +20%``, ``gap -15%``."""
    fund_move: float
    """Signed move of the fund from entry, a fraction."""
    sessions: int
    """Sessions that the move takes."""
    benchmark_move: float
    """Signed move of the benchmark, a fraction; exact for one session, else of the usual path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundReport:
    """A trade in a leveraged fund, expressed in its benchmark."""

    benchmark: str
    leverage: float
    benchmark_vol: float
    """Volatility of the benchmark that the fund's own implies, per sqrt(year)."""
    fee: float
    """Expense ratio a year, as a fraction."""
    financing: float
    """Interest a year on the ``leverage - 1`` dollars that a dollar of the fund borrows, as a fraction; an
    inverse fund earns it."""
    decay_per_week: float
    """What five sessions of resetting, fee and financing cost at an unchanged benchmark, as a fraction; below
    0 where the interest that an inverse fund earns is more."""
    exits: tuple[BenchmarkMove, ...]
    """Stop and targets after one session and along the holding time; gaps within one session."""

    @property
    def charges(self) -> str:
        """Description of fee and financing."""
        borrowed = self.leverage - 1
        interest = (
            f"{borrowed:g} x {self.financing:.2%} financing"
            if borrowed > 0
            else f"{-borrowed:g} x {self.financing:.2%} interest earned"
        )
        return f"{self.fee:.2%} fee and {interest} per year"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRow:
    """The position at one spot on one date."""

    label: str
    """Which level: ``stop -6%``, ``spot``, ``target +10%``, ``strike 295``, ``breakeven``."""
    when: str
    """Which date: ``today``, ``time stop``, ``expiry``, or days from entry ``+13d``."""
    spot: float
    """[dollars]"""
    date: dt.date
    value: float
    """[dollars per unit]"""
    pnl: float
    """Value minus entry, before costs [dollars per unit]."""
    r_multiple: float | None
    """P&L over the planned loss of one unit; None when that is unlimited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThetaReport:
    """Theta of one unit at an unchanged spot."""

    per_day: float
    """[dollars per calendar day]"""
    debit_share_per_day: float | None
    """Theta per day over the debit; None for a credit."""
    to_time_stop: float
    """Change of value by the time stop [dollars]."""
    long_legs_per_day: float | None
    """Theta per day of the bought options alone [dollars]; None without a bought and a sold option."""
    long_legs_to_time_stop: float | None
    """Time decay to the time stop that the short legs offset [dollars]."""

    @property
    def offset_per_day(self) -> float | None:
        """Theta per day that the short legs offset [dollars]."""
        return None if self.long_legs_per_day is None else self.per_day - self.long_legs_per_day

    @property
    def offset_to_time_stop(self) -> float | None:
        """Time decay to the time stop that the short legs offset [dollars]."""
        if self.long_legs_to_time_stop is None:
            return None
        return self.to_time_stop - self.long_legs_to_time_stop


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """The loss when the underlying opens past the stop, or as far on the other side where that loses too."""

    move: float
    """Signed move of the underlying, a fraction."""
    spot: float
    """[dollars]"""
    loss_per_unit: float
    """With costs; negative is a gain [dollars]."""


MARKET_AGE = "market age"
"""Name of the check of the day of the prices."""


class CheckStatus(StrEnum):
    """Verdict of a check; the text is clear without color."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Verdict(StrEnum):
    """A plan in a word."""

    OK = "OK"
    """No check fails."""
    NO = "NO"
    SAMPLE = "SAMPLE"
    """No check fails, on the prices of a shipped sample instead of today's."""
    OLD = "OLD"
    """The expiry or the time stop has passed: the prices are those of an earlier day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Result of one rule for a plan."""

    name: str
    status: CheckStatus
    message: str
    brief: str = ""
    """The message in at most 24 characters, for where a line has no room for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A spot that the plan names."""

    label: str
    spot: float
    """[dollars]"""
    move: float
    """Signed move from entry, a fraction."""
    vol_shift: float = 0.0
    """Change of every leg's vol when the spot gets there: 0.03 is three points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOutcome:
    """Units closed at a target, and P&L per unit there on its worst day up to the time stop."""

    level: Level
    units: int
    """Whole units closed there."""
    pnl_per_unit: float
    """With costs [dollars]."""
    r_multiple: float | None
    """The same over the planned loss; None when that is unlimited."""
    second_stop: bool = False
    """Whether the trade loses by the move there, so that the target is a stop on the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReport:
    """Gains of a plan if all targets are reached; units that no target closes exit at the last one."""

    outcomes: tuple[TargetOutcome, ...]
    blended_r: float | None
    """Mean R over all units; None without targets, units or a limited planned loss."""
    break_even_win_rate: float | None
    """Share of trades that must reach the targets, the rest losing 1R, to break even; None as above, and if
    one of them is a second stop."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TradePlan(NotebookResult):
    """A trade priced, taken through its exits, sized and checked."""

    report: RiskReport
    exits: ExitPlan
    side: Side
    """LONG when the trade gains as the underlying rises."""
    stop: Level
    targets: TargetReport
    time_stop: dt.date | None
    ladder: tuple[LadderRow, ...]
    theta: ThetaReport
    odds: Odds
    """Under the report's view, by the time stop."""
    calibrated: CalibratedOdds
    """With the drift of the view, at the volatility that history says follows such an implied one."""
    managed: ManagedOutcome
    """One unit left at its exits, targets in whole units where any fit."""
    gaps: tuple[GapLine, ...]
    pair: PairReport | None
    """Both sides of a pair in whole shares; None for an outright."""
    fund: FundReport | None
    """Exits of a leveraged fund in its benchmark; None without leverage."""
    cost_per_unit: float
    """Round-trip costs of one unit [dollars]."""
    cost_per_trade: float
    """Round-trip costs paid once, however many units; in no figure of one unit [dollars]."""
    size: PositionSize
    checks: tuple[Check, ...]
    sources: PlanSources = field(default_factory=PlanSources)
    """Where the figures come from, and the day the plan is made for."""
    entry: EntryRules = field(default_factory=EntryRules)
    """Rules that the checks apply."""
    triggers: tuple[Signal, ...] = ()
    """The triggers of `entry` as rules of the signal board, with their values."""
    events: tuple[MarketEvent, ...] = ()
    """Known events from the day of the prices to the last expiry or time stop, oldest first."""
    moves: tuple[EventMove, ...] = ()
    """How the underlying, or else its benchmark, has moved on the days of such events."""
    clusters: tuple[StrikeGamma, ...] = ()
    """Strikes with the most open interest in gamma between stop and last target, lowest first."""
    sectors: SectorTilt | None = None
    """Sector bets of a pair; None for an outright, and where the weights of a fund are not known."""

    def __repr__(self) -> str:
        """Trade, size and verdict in a line."""
        trade, units = self.report.trade, self.size.units
        size = f"{units:,} {trade.unit_noun}{'' if units == 1 else 's'}"
        return f"<TradePlan {trade.description}: {size}, {self.verdict}>"

    @property
    def dividends(self) -> tuple[CashDividend, ...]:
        """Cash dividends that the figures count with: to the last expiry or day held, forecasts marked."""
        trade, market = self.report.trade, self.report.market
        return market.dividends_until(trade.symbol, max(*trade.expiries, self.managed.last_day, market.date))

    @property
    def rising(self) -> bool:
        """Whether the trade gains as the market rises: a long position of an inverse fund does not."""
        return self.side * self.report.trade.instrument.leverage > 0

    @property
    def ok(self) -> bool:
        """Whether no check fails."""
        return all(check.status is not CheckStatus.FAIL for check in self.checks)

    @property
    def verdict(self) -> Verdict:
        """The plan in a word; an old market and a sample count as such only with a day the plan is for."""
        failed = {check.name for check in self.checks if check.status is CheckStatus.FAIL}
        if MARKET_AGE in failed:
            return Verdict.OLD
        if failed:
            return Verdict.NO
        return Verdict.SAMPLE if self.sources.today and self.sources.is_sample else Verdict.OK

    @property
    def market_age_sessions(self) -> int | None:
        """NYSE sessions from the day of the prices to that of the plan; None without one."""
        return age_in_sessions(self.report.market.date, self.sources.today)

    def move_on(self, event: MarketEvent) -> EventMove | None:
        """How far the fund has moved on days of an event; None where that is not known."""
        return next((move for move in self.moves if move.kind == event.kind), None)

    def to_r_multiple(self, pnl: float) -> float | None:
        """P&L of one unit over its planned loss; None when that is unlimited or nothing."""
        planned = self.size.loss_per_unit
        return pnl / planned if 0 < planned < math.inf else None

    def _managed_to_dict(self) -> dict[str, Any]:
        managed = self.managed.to_dict()
        for quantile in managed["quantiles"]:
            quantile["r_multiple"] = to_plain(self.to_r_multiple(quantile["pnl"]))
        return managed | {"expected_r": to_plain(self.to_r_multiple(self.managed.expected_pnl))}

    def _day_to_dict(self) -> dict[str, Any]:
        """What the day says of it."""
        return {
            "triggers": [trigger.to_dict() for trigger in self.triggers],
            "events": [event.to_dict() | {"move": to_plain(self.move_on(event))} for event in self.events],
            "gamma_clusters": to_plain(self.clusters),
            "sectors": to_plain(self.sectors),
        }

    def _pair_to_dict(self) -> dict[str, Any] | None:
        return (
            None
            if self.pair is None
            else to_plain(self.pair) | {"net_dollars": to_plain(self.pair.net_dollars)}
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, what ``riskcalc plan NAME --json`` prints; null means not known."""
        report = self.report.to_dict()
        report["probability"] |= to_plain(self.odds) | {
            "expected_pnl": to_plain(self.managed.expected_pnl),
            "calibrated": to_plain(self.calibrated),
        }
        for line in report["early_exercise"]:
            line["dividend_dollars_all_units"] = to_plain(self.size.units * line["dividend_dollars"])
        report["market"] |= {"source": to_plain(self.sources.spot), "age_sessions": self.market_age_sessions}
        return report | {
            "verdict": str(self.verdict),
            "account": {"source": to_plain(self.sources.equity)},
            "dividends": to_plain(self.dividends),
            "theta": to_plain(self.theta)
            | {
                "saved_per_day": to_plain(self.theta.offset_per_day),
                "saved_to_time_stop": to_plain(self.theta.offset_to_time_stop),
            },
            "exits": {
                "side": self.side.name.lower(),
                "stop": to_plain(self.stop),
                "targets": to_plain(self.targets),
                "time_stop": to_plain(self.time_stop),
                "vol_shift": to_plain(self.exits.vol_shift),
            },
            "managed": self._managed_to_dict(),
            "ladder": to_plain(self.ladder),
            "gaps": to_plain(self.gaps),
            "pair": self._pair_to_dict(),
            "fund": to_plain(self.fund),
            "size": to_plain(self.size)
            | {
                "limits": to_plain(dict(self.size.limits)),
                "cost_per_unit": to_plain(self.cost_per_unit),
                "cost_per_trade": to_plain(self.cost_per_trade),
            },
            "checks": to_plain(self.checks),
            **self._day_to_dict(),
        }

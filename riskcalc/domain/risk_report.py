"""Risk report of a trade: value, Greeks, payoff facts, and its outcome as managed by its exit plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from riskcalc.domain.dividends import CashDividend
from riskcalc.domain.legs import Leg, OptionLeg
from riskcalc.domain.market import Market
from riskcalc.domain.notebook import NotebookResult
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.trade import Trade
from riskcalc.domain.view import ProbabilityBasis, View
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """Greeks of a position, in trading units."""

    delta: float
    """Equivalent shares: dollars per dollar of spot."""
    gamma: float
    """Change of delta per dollar of spot."""
    theta_per_day: float
    """Change of value per calendar day, all else equal [dollars]."""
    vega_per_point: float
    """Change of value when every vol rises by 0.01 [dollars]."""
    rho_per_point: float
    """Change of value when the rate rises by 0.01 [dollars]."""
    dollar_delta: float
    """Delta times spot [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReport:
    """One leg, signed for its side."""

    leg: Leg
    entry_price: float
    """[dollars per share]"""
    price: float
    """Model price now [dollars per share]."""
    vol: float | None
    """Volatility the leg is priced with; None for shares."""
    value: float
    """[dollars]"""
    greeks: Greeks


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RiskReport(NotebookResult):
    """Price, Greeks, payoff facts and P(profit) of one unit of a trade."""

    trade: Trade
    """The trade with every entry price and vol filled in."""
    market: Market
    net_debit: float
    """Paid at entry [dollars]; negative when received."""
    value: float
    """Current model value [dollars]."""
    greeks: Greeks
    legs: tuple[LegReport, ...]
    max_loss: float
    """Maximum loss at the payoff date, before costs, >= 0 [dollars]; inf if unlimited."""
    max_profit: float
    """Largest gain at the payoff date [dollars]; inf when unlimited."""
    breakevens: tuple[float, ...]
    """Spots at which the payoff crosses zero, lowest first [dollars]."""
    reward_to_risk: float | None
    """Maximum profit over maximum loss; None when either is unlimited or nothing can be lost."""
    prob_profit: float | None
    """Probability of a gain at the payoff date under the view; None for a trade in shares alone."""
    expected_move: float | None
    """One standard deviation of the spot by the payoff date, at the view's vol [dollars]; None for shares."""
    payoff_date: dt.date | None
    """Day the payoff facts hold for: the nearest expiry; None for shares, whose payoff has no date."""
    payoff_note: str
    """Note on how the payoff facts were determined; may be empty."""
    view: View
    dividends: tuple[CashDividend, ...]
    """Cash dividends until the last expiry, forecasts marked."""
    early_exercise: tuple[EarlyExerciseBoundary, ...]
    """Early exercise boundaries for dividends, by leg."""
    prob_basis: ProbabilityBasis = ProbabilityBasis.ONE_VOL
    """Distribution behind `prob_profit`."""
    borrow_fee_per_day: float = 0.0
    """Borrow fee of short shares per calendar day [dollars]; included in theta, P&L and breakevens."""

    def __repr__(self) -> str:
        """Trade, value and extremes in a line."""
        extremes = f"max loss {self.max_loss:,.2f}, max profit {self.max_profit:,.2f}"
        return f"<RiskReport {self.trade.description}: value {self.value:,.2f}, {extremes}>"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: dollars, fractions, ISO 8601 dates, infinity as ``"unlimited"``."""
        return {
            "trade": trade_to_dict(self),
            "market": to_plain(self.market) | {"as_of": self.market.as_of},
            "price": {
                "net_debit": to_plain(self.net_debit),
                "value": to_plain(self.value),
                "max_loss": to_plain(self.max_loss),
                "max_profit": to_plain(self.max_profit),
                "breakevens": to_plain(self.breakevens),
                "reward_to_risk": to_plain(self.reward_to_risk),
                "payoff_date": to_plain(self.payoff_date),
                "payoff_note": self.payoff_note,
                "borrow_fee_per_day": to_plain(self.borrow_fee_per_day),
            },
            "greeks": to_plain(self.greeks),
            "probability": {
                "view": self.view.name,
                "profit": to_plain(self.prob_profit),
                "profit_from": to_plain(self.prob_basis),
                "expected_move": to_plain(self.expected_move),
            },
            "dividends": to_plain(self.dividends),
            "early_exercise": [_early_exercise_to_dict(line) for line in self.early_exercise],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyExerciseBoundary:
    """Spot above which a call is exercised the day before an ex-date, so that a short call is assigned."""

    leg: OptionLeg
    dividend: CashDividend
    eve: dt.date
    """Last session before the ex-date."""
    boundary: float
    """Spot above which exercise pays on the eve [dollars]."""
    chance: float
    """Risk-neutral probability of exercise then and not before an earlier ex-date."""
    dividend_dollars: float
    """Dividend on the shares of the leg in one unit: what an assigned seller owes [dollars]."""


def _early_exercise_to_dict(line: EarlyExerciseBoundary) -> dict[str, Any]:
    return {**to_plain(line), "leg": line.leg.label, "side": line.leg.side.name.lower()}


def trade_to_dict(report: RiskReport) -> dict[str, Any]:
    """Return the trade of a report as plain data, each leg with its price and vol."""
    trade = report.trade
    return {
        "name": trade.name,
        "description": trade.description,
        "symbol": trade.symbol,
        "multiplier": trade.instrument.option_multiplier,
        "exercise": trade.instrument.exercise.value,
        "assumed": trade.instrument.assumed,
        "legs": [
            to_plain(leg.leg)
            | {"label": leg.leg.label, "price": to_plain(leg.price), "value": to_plain(leg.value)}
            | {"vol": to_plain(leg.vol), "entry_price": to_plain(leg.entry_price)}
            for leg in report.legs
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """Probabilities of touching the stop and the nearest target by the time stop, monitored continuously.

    Where the trade loses at the nearest target, that is a second stop: the stop is then whichever of both.
    """

    touch_stop: float
    """Probability of touching the stop at any time."""
    touch_target: float | None
    """Probability of touching the target at any time; None without a target or if it is a second stop."""
    stop_first: float
    """These three sum to 1."""
    target_first: float
    neither: float
    second_stop_first: float = 0.0
    """The part of `stop_first` on the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedOdds:
    """Odds at the realized volatility that such an implied one was followed by: k times implied.

    As in `Odds`, a target at which the trade loses counts as a stop.
    """

    k: float
    """Realized over implied volatility."""
    k_source: str
    """Prices and sessions that k was measured on, or that it is the default."""
    stop_first: float
    """These three sum to 1."""
    target_first: float
    neither: float
    profit: float | None
    """P(profit) at the nearest expiry; None for shares alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PnlBin:
    """Range of P&L and its probability."""

    low: float
    """[dollars per unit]"""
    high: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PnlQuantile:
    """Quantile of the P&L distribution."""

    probability: float
    pnl: float
    """[dollars per unit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedOutcome:
    """P&L of one unit managed to its exits: after costs, present value at the market's rate [dollars]."""

    view: View
    """View behind every probability here."""
    last_day: dt.date
    """Day of the time stop."""
    expected_pnl: float
    """Expected P&L, with costs and gap losses."""
    std: float
    """Standard deviation of the P&L."""
    prob_stop: float
    """Probability that the last part exits at the stop, including a stop moved to breakeven."""
    prob_all_targets: float
    """Probability that the last part exits at a target."""
    prob_time_stop: float
    """Probability that the last part exits at the time stop; the three sum to 1."""
    prob_targets: tuple[float, ...]
    """Probability that each target closes something, nearest first; 0 where nothing is left to close."""
    expected_days: float
    """Expected calendar days until the last exit."""
    expected_gap_loss: float
    """Expected loss from stops filled at the gap price."""
    break_even_drift: float | None
    """Growth of the spot per year at which the expected P&L is 0, nearest to the view's; None: not found."""
    quantiles: tuple[PnlQuantile, ...]
    histogram: tuple[PnlBin, ...]
    """Adjoining bins of equal width; the outer two hold what lies beyond them too."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        names = ("stop", "all_targets", "time_stop", "targets")
        return {
            "view": self.view.name,
            "last_day": to_plain(self.last_day),
            "expected_pnl": to_plain(self.expected_pnl),
            "std": to_plain(self.std),
            "probabilities": {name: to_plain(getattr(self, f"prob_{name}")) for name in names},
            "expected_days": to_plain(self.expected_days),
            "expected_gap_loss": to_plain(self.expected_gap_loss),
            "break_even_drift": to_plain(self.break_even_drift),
            "quantiles": to_plain(self.quantiles),
            "histogram": to_plain(self.histogram),
        }

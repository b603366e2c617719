"""Account: equity, trading costs and risk limits."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from riskcalc.domain.validation import dollars, fraction, one_of, positive, record
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

UNLIMITED_RISK = 1e12
"""Open risk used for an unlimited loss [dollars]: more than any limit allows."""


class RiskBasis(StrEnum):
    """Loss of one unit that sizing uses."""

    MAX_LOSS = "max_loss"
    STOP = "stop"
    GAP = "gap"
    """The worst gap line: for what opens far beyond its stop, as 3x funds do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Commissions and slippage per side; a round trip pays twice."""

    commission_per_contract: float = 0.0
    """[dollars per contract and side]"""
    commission_per_share: float = 0.0
    """[dollars per share and side]"""
    commission_per_trade: float = 0.0
    """[dollars per side, once, however many units]"""
    slippage_per_share: float = 0.0
    """[dollars per share and side], for share legs; option legs carry their own quoted width."""

    def __post_init__(self) -> None:
        """Check every field."""
        dollars("commission_per_contract", self.commission_per_contract)
        dollars("commission_per_share", self.commission_per_share)
        dollars("commission_per_trade", self.commission_per_trade)
        dollars("slippage_per_share", self.slippage_per_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """Risk limits of an account, as shares of equity."""

    risk_fraction: float = 0.01
    """Maximum loss of one trade, in (0, 1]."""
    risk_dollars: float | None = None
    """The same in dollars, > 0, in place of the fraction."""
    max_heat_fraction: float = 0.06
    """Maximum combined loss of all open trades, in (0, 1]."""
    max_position_fraction: float = 1.0
    """Maximum market value of one position, in (0, 1]."""
    risk_basis: RiskBasis | None = None
    """What sizes the trade; None takes the maximum loss of a defined-risk option trade, else the stop."""

    def __post_init__(self) -> None:
        """Check every field."""
        fraction("risk_fraction", self.risk_fraction)
        if self.risk_dollars is not None:
            positive("risk_dollars", self.risk_dollars)
        fraction("max_heat_fraction", self.max_heat_fraction)
        fraction("max_position_fraction", self.max_position_fraction)
        if self.risk_basis is not None:
            object.__setattr__(self, "risk_basis", one_of("risk_basis", RiskBasis, self.risk_basis))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Equity, buying power and open risk of an account.

    Examples
    --------
    >>> Account(equity=100_000).free_buying_power
    100000.0
    """

    equity: float
    """Account value [dollars], > 0."""
    buying_power: float | None = None
    """Buying power available [dollars], >= 0; None means all equity."""
    open_risk: float = 0.0
    """Combined loss of the open trades, the heat [dollars], >= 0; `UNLIMITED_RISK` where it has no limit."""
    buying_power_used: float = 0.0
    """Buying power that the open trades of a book use [dollars], >= 0; taken off `buying_power`."""
    limits: RiskLimits = field(default_factory=RiskLimits)
    costs: Costs = field(default_factory=Costs)

    def __post_init__(self) -> None:
        """Check every field."""
        dollars("equity", positive("equity", self.equity))
        dollars("open_risk", self.open_risk)
        dollars("buying_power_used", self.buying_power_used)
        if self.buying_power is not None:
            dollars("buying_power", self.buying_power)
        record("limits", RiskLimits, self.limits)
        record("costs", Costs, self.costs)
        if not self.risk_budget <= self.equity:
            equity_text = f"${self.equity:,.2f}"
            raise InvalidInputError(
                f"risk_dollars must be at most the equity of {equity_text}, got ${self.risk_budget:,.2f}"
            )

    @property
    def free_buying_power(self) -> float:
        """Buying power with its default filled in, less what open trades use [dollars]; never below 0."""
        total = self.equity if self.buying_power is None else self.buying_power
        return max(float(total) - self.buying_power_used, 0.0)

    @property
    def risk_budget(self) -> float:
        """Maximum loss of the next trade [dollars]."""
        dollars = self.limits.risk_dollars
        return self.equity * self.limits.risk_fraction if dollars is None else float(dollars)

    @property
    def risk_allowed(self) -> float:
        """Share of equity that the next trade may lose, in (0, 1]."""
        return (
            self.limits.risk_fraction if self.limits.risk_dollars is None else self.risk_budget / self.equity
        )

    @property
    def heat_left(self) -> float:
        """Remaining risk within the heat limit [dollars], never below 0."""
        return max(self.equity * self.limits.max_heat_fraction - self.open_risk, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookUse:
    """Open risk and buying power that the open trades of a book use.

    Examples
    --------
    >>> BookUse(open_risk=3_227.0, buying_power=15_741.0, source="the book").account_keys()
    {'open_risk': 3227.0, 'buying_power_used': 15741.0}
    """

    open_risk: float
    """Combined risk of the open trades, the heat [dollars], >= 0; inf where it has no limit."""
    buying_power: float
    """[dollars], >= 0"""
    source: str
    """Description of the source: which book, on which day, with how many trades."""

    def account_keys(self) -> dict[str, float]:
        """Return the figures by the keys of a preset's ``[account]``."""
        risk = min(self.open_risk, UNLIMITED_RISK)
        return {"open_risk": round(risk, 2), "buying_power_used": round(self.buying_power, 2)}

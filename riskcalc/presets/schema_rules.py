"""Schema of the tables exits, entry, account and view."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from riskcalc.domain import (
    Account,
    Costs,
    EntryRules,
    ExitPlan,
    RiskBasis,
    RiskLimits,
    Side,
    Target,
    Trigger,
    View,
)
from riskcalc.domain.price_history import DEFAULT_K
from riskcalc.domain.signals import SignalRole
from riskcalc.errors import InvalidInputError
from riskcalc.presets.amounts import require_within
from riskcalc.presets.fields import (
    Combination,
    Days,
    Dollars,
    ExitPrice,
    GainOrPrice,
    Limit,
    OneOrMore,
    Part,
    Points,
    PositionLimit,
    Price,
    Rate,
    RiskAmount,
    Section,
    Share,
    Signal,
    Stop,
    StopOrPrice,
    ViewVol,
)

SAMPLE_EQUITY = 100_000.0
"""Equity of one who has named none [dollars]."""


class TargetShape(Section):
    """One of ``exits.targets``: a move, or a table of move and fraction."""

    move: GainOrPrice = Field(
        description="favorable move of the underlying, like +10%, or a price, like $325"
    )
    fraction: Share | None = Field(
        default=None, description="share of the position closed there; default: equal shares"
    )

    @model_validator(mode="before")
    @classmethod
    def _move_alone(cls, value: object) -> object:
        return value if isinstance(value, dict) else {"move": value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Allow a bare move in the JSON schema too."""
        table = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": ["number", "string"], "examples": ["+10%", "$325"]}, table]}

    def record(self) -> Target:
        """Return the target; a single one closes the whole position."""
        return self.target(fraction=1.0 if self.fraction is None else self.fraction)

    def target(self, *, fraction: float, entry: float = 1.0) -> Target:
        """The target at its share; the move of a price is that from an entry [dollars]."""
        if isinstance(self.move, ExitPrice):
            return Target(move=abs(self.move.price / entry - 1), price=self.move.price, fraction=fraction)
        return Target(move=self.move, fraction=fraction)


class ExitsShape(Section):
    """``[exits]``: stop, targets and time stop."""

    stop: StopOrPrice = Field(
        description="adverse move of the underlying that stops the trade out, like -6% or $277.67"
    )
    targets: Annotated[tuple[TargetShape, ...], OneOrMore] = Field(
        default=(), description='favorable moves, like ["+10%", "+15%"], or prices, like ["$325"]'
    )
    holding_days: Days | None = Field(
        default=None, description="calendar days after entry to close at the latest"
    )
    close_dte: Days | None = Field(
        default=None, description="calendar days before the nearest expiry to close"
    )
    vol_shift: Points = Field(default=0.0, description="change of IV at the stop, like +3 points")
    gap_shocks: Annotated[tuple[Stop, ...], OneOrMore] = Field(
        default=(), description='adverse overnight moves, like ["10%", "20%"]'
    )
    stop_to_breakeven: bool = Field(
        default=False, description="move the stop to breakeven at the first target"
    )
    gap_share: Part = Field(
        default=0.0,
        description="share of stops gapped over and filled at the first gap shock beyond, like 10%",
    )
    side: Literal["long", "short"] | None = Field(
        default=None, description="long profits as the underlying rises; default: by delta"
    )

    def record(self, *, entry: float = 1.0) -> ExitPlan:
        """The exits, every target with its share; the moves of prices are those from an entry [dollars]."""
        return ExitPlan(
            stop=abs(self.stop.price / entry - 1) if isinstance(self.stop, ExitPrice) else self.stop,
            stop_price=self.stop.price if isinstance(self.stop, ExitPrice) else None,
            targets=self._targets(entry),
            holding_days=self.holding_days,
            close_dte=self.close_dte,
            vol_shift=self.vol_shift,
            gap_shocks=self.gap_shocks,
            stop_to_breakeven=self.stop_to_breakeven,
            gap_share=self.gap_share,
            side=None if self.side is None else Side[self.side.upper()],
        )

    def _targets(self, entry: float) -> tuple[Target, ...]:
        """Targets without a fraction share equally what the others leave."""
        fractions = [target.fraction for target in self.targets if target.fraction is not None]
        open_count = len(self.targets) - len(fractions)
        share = (1 - sum(fractions)) / open_count if open_count else 0.0
        return tuple(
            target.target(fraction=share if target.fraction is None else target.fraction, entry=entry)
            for target in self.targets
        )


class TriggerShape(Section):
    """``[[entry.triggers]]``: a market signal and its level."""

    signal: str = Field(description="name of the signal in [market.signals]")
    below: Signal | None = Field(default=None, description="met when the signal is below this level")
    above: Signal | None = Field(default=None, description="met when the signal is above this level")
    meaning: str = Field(default="", description="the rule in words")
    role: Literal["entry", "stop", "hedge"] = Field(
        default="entry",
        description="entry: enter only while met; stop: no entry while met; hedge: a reason to hedge",
    )

    def record(self) -> Trigger:
        """The trigger."""
        below, above = (None if level is None else level.amount for level in (self.below, self.above))
        units = {level.unit for level in (self.below, self.above) if level is not None}
        return Trigger(
            signal=self.signal,
            below=below,
            above=above,
            meaning=self.meaning,
            unit=max(units, default=""),
            role=SignalRole(self.role),
        )


class EntryShape(Section):
    """``[entry]``: entry rules."""

    min_days: Days | None = Field(
        default=None, description="minimum days to the nearest expiry or the time stop"
    )
    max_days: Days | None = Field(
        default=None, description="maximum days to the nearest expiry or the time stop"
    )
    max_stop: Stop | None = Field(default=None, description="maximum stop width, like 12%")
    combine: Combination = Field(
        default="any", description='any or all of the triggers of a role, or by role: {stop = "all"}'
    )
    triggers: tuple[TriggerShape, ...] = Field(
        default=(), description="rules on signals; see combine for how many must be met"
    )

    @property
    def units(self) -> dict[str, str]:
        """Unit of each signal whose rules state one; the first one stated."""
        triggers = [trigger.record() for trigger in reversed(self.triggers)]
        return {trigger.signal: trigger.unit for trigger in triggers if trigger.unit}

    @property
    def in_percent(self) -> frozenset[str]:
        """Signals that a rule looks at in percent."""
        return frozenset(name for name, unit in self.units.items() if unit == "%")

    def record(self) -> EntryRules:
        """The rules."""
        triggers = tuple(trigger.record() for trigger in self.triggers)
        by_role = dict.fromkeys(SignalRole, self.combine) if isinstance(self.combine, str) else self.combine
        needs_all = frozenset(SignalRole(role) for role, word in by_role.items() if word == "all")
        stated = self.given("min_days", "max_days", "max_stop")
        return EntryRules(triggers=triggers, needs_all=needs_all, **stated)


class CostsShape(Section):
    """``[account.costs]``: per side, a round trip pays twice."""

    commission_per_contract: Dollars = Field(default=0.0, description="[dollars per contract and side]")
    commission_per_share: Dollars = Field(default=0.0, description="[dollars per share and side]")
    commission_per_trade: Dollars = Field(default=0.0, description="[dollars per side]")
    slippage_per_share: Dollars = Field(default=0.0, description="[dollars per share and side]")

    def record(self) -> Costs:
        """The costs."""
        return Costs(**self.model_dump())


class AccountShape(Section):
    """``[account]``: equity, limits and costs."""

    equity: Price = Field(
        default=SAMPLE_EQUITY,
        description="account value [dollars], > 0; default: account.toml's, else a sample",
    )
    risk: RiskAmount | None = Field(default=None, description="maximum loss of one trade, like 1% or $500")
    risk_fraction: Share | None = Field(default=None, description="the same as a fraction, in (0, 1]")
    risk_dollars: Price | None = Field(default=None, description="the same in dollars, > 0")
    buying_power: Dollars | None = Field(
        default=None, description="buying power available [dollars]; default: all equity"
    )
    buying_power_used: Dollars = Field(
        default=0.0, description="what open trades use of it [dollars]; default: the book's"
    )
    open_risk: Dollars = Field(
        default=0.0, description="combined risk of open trades [dollars]; default: the book's"
    )
    max_heat: Limit | None = Field(
        default=None, description="maximum combined risk of all open trades, like 6%"
    )
    max_position: PositionLimit | None = Field(
        default=None, description="maximum position, as a share of equity, like 100%"
    )
    risk_basis: Literal["max_loss", "stop", "gap"] | None = Field(
        default=None, description="risk of one unit for sizing: max_loss, stop, or gap (the worst gap)"
    )
    costs: CostsShape = Field(default_factory=CostsShape, description="commissions and slippage")

    def record(self) -> Account:
        """The account with its limits and costs."""
        return Account(
            equity=self.equity,
            buying_power=self.buying_power,
            buying_power_used=self.buying_power_used,
            open_risk=self.open_risk,
            limits=self._limits(),
            costs=self.costs.record(),
        )

    def _limits(self) -> RiskLimits:
        names = {"max_heat": "max_heat_fraction", "max_position": "max_position_fraction"}
        stated = {names[key]: value for key, value in self.given(*names).items()} | self._risk()
        basis = None if self.risk_basis is None else RiskBasis(self.risk_basis)
        return RiskLimits(risk_basis=basis, **stated)

    def _risk(self) -> dict[str, float]:
        """What one trade may lose, as the limits call it."""
        risk = self.given("risk", "risk_fraction", "risk_dollars")
        if len(risk) > 1:
            names = " and ".join(risk)
            raise InvalidInputError(
                f"only one of risk, risk_fraction and risk_dollars may be set, got {names}"
            )
        if self.risk is None:
            return risk
        require_within(self.equity, self.risk, field="risk")
        amount = {"risk_fraction": self.risk.fraction, "risk_dollars": self.risk.dollars}
        return {name: value for name, value in amount.items() if value is not None}


class ViewShape(Section):
    """``[view]``: expected drift and volatility; changes probabilities, not prices."""

    drift: Rate | None = Field(default=None, description="expected drift of the spot per year, like +8%")
    vol: ViewVol | None = Field(
        default=None, description='expected realized volatility, like 22%, or "calibrated": k x implied'
    )

    def record(self, *, k: float = DEFAULT_K) -> View:
        """The view, with realized over implied volatility where it is the calibrated one."""
        if isinstance(self.vol, str):
            return View(drift=self.drift, k=k)
        return View(drift=self.drift, vol=self.vol)

"""Fields of the trader's own decisions: exits, view and account."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import ChoiceField, Field, NumberField
from riskcalc.editor.editing.number_entry import (
    VOLATILITY,
    Bounds,
    Scale,
    ShareGrid,
    around_equity,
    read_number,
)
from riskcalc.editor.record_path import set_value
from riskcalc.errors import InvalidInputError
from riskcalc.presets.written import CALIBRATED
from riskcalc.records import dataclass


def exit_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of the exits that apply to a draft."""
    targets = tuple(
        field for index in range(len(draft.exits.targets)) for field in (_move(index), _fraction(index))
    )
    several = (BREAKEVEN,) if draft.exits.targets else ()
    return (STOP, *targets, *_time_stops(draft), *several)


def view_fields() -> tuple[Field, ...]:
    """Return the fields of the view."""
    return (DRIFT, REALIZED_VOL)


def account_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of the account that apply to a draft."""
    option_costs = (PER_CONTRACT,) if draft.trade.option_legs else ()
    share_costs = (PER_SHARE, SLIPPAGE) if draft.trade.share_legs else ()
    return (EQUITY, RISK, BUYING_POWER, OPEN_RISK, MAX_HEAT, *option_costs, *share_costs)


def _time_stops(draft: Draft) -> tuple[Field, ...]:
    """The time-stop rules in use, or the default one."""
    exits, options = draft.exits, bool(draft.trade.option_legs)
    closes = options and (exits.close_dte is not None or exits.holding_days is None)
    holds = exits.holding_days is not None or not options
    return (*((CLOSE_DTE,) if closes else ()), *((HOLDING,) if holds else ()))


def _move(index: int) -> Field:
    return NumberField(
        key=f"exits.targets.{index}.move",
        label=f"Target {index + 1}",
        help="Favorable move of the underlying, above 0; each target beyond the one before",
        scale=TARGET,
        write=lambda draft, move: _with_move(draft, index, move),
    )


def _fraction(index: int) -> Field:
    return NumberField(
        key=f"exits.targets.{index}.fraction",
        label="  close",
        name=f"Close at target {index + 1}",
        help="Share of the position closed there, above 0; at most 100% in total",
        main=False,
        scale=PART,
        write=lambda draft, fraction: _with_fraction(draft, index, fraction),
    )


def _with_move(draft: Draft, index: int, move: float) -> Draft:
    targets = draft.exits.targets
    for other, word in ((index - 1, "above"), (index + 1, "below")):
        if 0 <= other < len(targets) and not (other - index) * (targets[other].move - move) > 0:
            raise InvalidInputError(
                f"Target {index + 1} must be {word} Target {other + 1} "
                f"({100 * targets[other].move:.4g}%), got {100 * move:.4g}%"
            )
    return set_value(draft, f"exits.targets.{index}.move", move)


def _with_fraction(draft: Draft, index: int, fraction: float) -> Draft:
    others = sum(target.fraction for k, target in enumerate(draft.exits.targets) if k != index)
    if others + fraction > 1 + 1e-9:
        raise InvalidInputError(
            f"Close at target {index + 1} must be at most {100 * (1 - others):.4g}%, what the "
            f"other targets leave, got {100 * fraction:.4g}%"
        )
    return set_value(draft, f"exits.targets.{index}.fraction", fraction)


TARGET = Scale(unit="%", step=0.5, low=0, high=1000, above=True, slider=(0.5, 60.0), digits=1, unsigned=True)
PART = Scale(unit="%", step=5.0, low=0, high=100, above=True, slider=(5.0, 100.0), digits=0)
DAYS = Scale(unit="d", step=1.0, low=1, high=3650, slider=(1.0, 60.0), digits=0, whole=True)

STOP = NumberField(
    key="exits.stop",
    label="Stop",
    help="Adverse move of the underlying that stops the trade out, above 0 and below 100%",
    scale=dataclasses.replace(TARGET, high=100, below=True, slider=(0.5, 25.0)),
)
VOL_AT_STOP = NumberField(
    key="exits.vol_shift",
    beside="MARKET",
    label="IV at stop",
    help="Change of every IV at the stop, -100 to 100 points",
    scale=Scale(unit="pt", step=1.0, low=-100, high=100, slider=(-10.0, 20.0), digits=1, signed=True),
)
CLOSE_DTE = NumberField(
    key="exits.close_dte",
    label="Time stop",
    help="Close at this many calendar days before the nearest expiry, 1 to 3650",
    scale=DAYS,
)
HOLDING = NumberField(
    key="exits.holding_days",
    label="Max days",
    help="Close at the latest this many calendar days after entry, 1 to 3650",
    scale=dataclasses.replace(DAYS, slider=(1.0, 120.0)),
)
BREAKEVEN = ChoiceField(
    key="exits.stop_to_breakeven",
    label="Stop to BE",
    help="Move the stop to breakeven at the first target: no or yes",
    main=False,
    choices={"no": False, "yes": True},
)


NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewField(NumberField):
    """Number that defaults to the market's value, shown as ``neutral``; empty text sets it so."""

    market: Callable[[Draft], float]
    """The market's value, from which the first step starts."""

    def text(self, draft: Draft) -> str:
        """Return the number, or that there is none."""
        return NEUTRAL if self.value(draft) is None else NumberField.text(self, draft)

    def step(self, draft: Draft, count: int) -> Draft:
        """Step on the grid, starting from the market's value."""
        start = self._start(draft)
        stepped = NumberField.step(self, start, count)
        return draft if stepped is start else stepped

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed number; nothing, or the word, leaves it to the market."""
        if NEUTRAL.startswith(text.strip().lower()):
            return draft if self.value(draft) is None else self.put(draft, None)
        return NumberField.enter(self, draft, text)

    def position(self, draft: Draft) -> float:
        """Position of the number, or of the market's, on the slider."""
        return NumberField.position(self, self._start(draft))

    def _start(self, draft: Draft) -> Draft:
        return draft if self.value(draft) is not None else self.put(draft, self.market(draft))


class RealizedVolField(ViewField):
    """Realized volatility that may follow the implied one: k times, shown as ``calibrated``."""

    def text(self, draft: Draft) -> str:
        """Return the number, or the word for what it follows."""
        return CALIBRATED if self._calibrated(draft) else ViewField.text(self, draft)

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed number or word."""
        word = text.strip().lower()
        if word and CALIBRATED.startswith(word):
            return draft.with_view(vol=None, k=draft.preset.calibration.k)
        if NEUTRAL.startswith(word) and self._calibrated(draft):
            return draft.with_view(vol=None, k=None)
        return ViewField.enter(self, draft, text)

    def _calibrated(self, draft: Draft) -> bool:
        return draft.view.k is not None and draft.view.vol is None


DRIFT = ViewField(
    key="view.drift",
    label="Drift",
    help="Drift you expect, -100 to 100% per year; affects probabilities only; empty: neutral",
    scale=Scale(unit="%", step=1.0, low=-100, high=100, slider=(-30.0, 30.0), digits=1, signed=True),
    market=lambda draft: round(draft.market.rate, 4),
    copies=("view.drift",),
)
REALIZED_VOL = RealizedVolField(
    key="view.vol",
    label="Realized vol",
    help="Realized vol, 0 to 500%; affects probabilities only; empty: neutral, the IV; c: calibrated",
    main=False,
    scale=VOLATILITY,
    market=lambda draft: draft.view.vol_from(draft.quote.vol),
    copies=("view.vol", "view.k"),
)


RISK_FRACTION, RISK_DOLLARS = "account.limits.risk_fraction", "account.limits.risk_dollars"


class RiskField(NumberField):
    """Risk as a share of equity, or in dollars, which do not change with equity."""

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set typed percent, or dollars behind their sign."""
        if "$" not in text:
            return super().enter(draft, text)
        equity = Bounds(low=0, high=draft.account.equity, above=True)
        dollars = read_number(text, unit="$", name=self.title, bounds=equity)
        return set_value(draft, RISK_DOLLARS, dollars)


def _with_risk(draft: Draft, fraction: float) -> Draft:
    return set_value(set_value(draft, RISK_FRACTION, fraction), RISK_DOLLARS, None)


DOLLARS = Scale(
    unit="$",
    step=ShareGrid(share=0.02, smallest=50.0),
    low=0,
    high=1e12,
    slider=around_equity,
    digits=0,
)
SHARE_OF_EQUITY = Scale(unit="%", step=0.25, low=0, high=100, above=True, slider=(0.25, 5.0))
COST = Scale(unit="$", step=0.05, low=0, high=1_000, slider=(0.0, 2.0))

EQUITY = NumberField(
    key="account.equity",
    label="Equity",
    help="Account equity, above 0; the risk budget is a share of it",
    scale=dataclasses.replace(DOLLARS, step=ShareGrid(share=0.02), above=True),
)
RISK = RiskField(
    key="account.risk",
    label="Risk",
    help="Maximum loss of the trade: a share of equity, above 0 up to 100%, or dollars: $500",
    scale=SHARE_OF_EQUITY,
    read=lambda draft: draft.account.risk_allowed,
    write=_with_risk,
    copies=(RISK_FRACTION, RISK_DOLLARS),
)
BUYING_POWER = NumberField(
    key="account.buying_power",
    label="Buying power",
    help="Buying power free for debit or margin, from 0; default: all equity, less what the book uses",
    main=False,
    scale=DOLLARS,
    read=lambda draft: draft.account.free_buying_power,
    write=lambda draft, free: draft.with_account(buying_power=free, buying_power_used=0.0),
    copies=("account.buying_power", "account.buying_power_used"),
)
OPEN_RISK = NumberField(
    key="account.open_risk",
    label="Open risk",
    help="Combined risk of the open trades, from 0; default: that of the book",
    main=False,
    scale=dataclasses.replace(DOLLARS, slider=lambda draft: (0.0, 0.2 * draft.preset.account.equity)),
)
MAX_HEAT = NumberField(
    key="account.max_heat",
    path="account.limits.max_heat_fraction",
    label="Max heat",
    help="Maximum combined risk of all open trades: a share of equity, above 0 up to 100%",
    main=False,
    scale=dataclasses.replace(SHARE_OF_EQUITY, step=0.5, slider=(0.5, 20.0), digits=1),
)
PER_CONTRACT = NumberField(
    key="account.costs.commission",
    path="account.costs.commission_per_contract",
    label="Commission",
    help="Per contract and side, 0 to 1,000",
    main=False,
    scale=COST,
)
PER_SHARE = NumberField(
    key="account.costs.commission_per_share",
    label="Comm./share",
    name="Commission per share",
    help="Commission per share and side, 0 to 1,000",
    main=False,
    scale=dataclasses.replace(COST, step=0.001, slider=(0.0, 0.05), digits=3),
)
SLIPPAGE = NumberField(
    key="account.costs.slippage",
    path="account.costs.slippage_per_share",
    label="Slippage",
    help="Slippage per share and side, 0 to 1,000",
    main=False,
    scale=dataclasses.replace(COST, step=0.01, slider=(0.0, 0.5)),
)

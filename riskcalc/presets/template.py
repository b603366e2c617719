"""A preset, its trade as rules, and their resolution to listed contracts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import field
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from riskcalc.domain import (
    Account,
    BookUse,
    Calibration,
    EntryRules,
    ExitPlan,
    Instrument,
    Leg,
    LinearLeg,
    Listing,
    Market,
    OptionLeg,
    OptionType,
    PlanSources,
    ShareLeg,
    Side,
    Trade,
    UsualListing,
    View,
)
from riskcalc.domain.validation import calendar_date, whole_count
from riskcalc.errors import InvalidInputError
from riskcalc.presets.listed_contracts import ExactStrike, Listed, StrikeContext, StrikeRule
from riskcalc.records import dataclass

MOST_DAYS = 3650
"""Maximum days to expiry: ten years."""

STRIKE_SLACK = 0.01
"""How far outside the listed strikes a rule may ask, as a share of the spot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """All inputs of a plan, read from one file."""

    name: str
    template: TradeTemplate
    """The trade as rules; `TradeTemplate.resolve` turns them into listed strikes and expiries."""
    market: Market
    account: Account
    exits: ExitPlan
    view: View = field(default_factory=View)
    calibration: Calibration = field(default_factory=Calibration)
    """Realized over implied volatility of its underlying, for the calibrated odds."""
    description: str = ""
    """Purpose of the trade in one line."""
    path: Path | None = None
    """The file it was read from; None for one made in Python."""
    pinned: bool = False
    """Whether it keeps its own market rather than today's."""
    sources: PlanSources = field(default_factory=PlanSources, compare=False)
    """Where its market and account come from."""
    inherited: Mapping[str, Any] | None = field(default=None, compare=False)
    """The user's account by the keys of ``[account]``; None for a file that states all of it."""
    book: BookUse | None = field(default=None, compare=False)
    """Open risk and buying power of the user's book, which `inherited` includes."""

    @property
    def entry(self) -> EntryRules:
        """Entry rules."""
        return self.template.entry


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTemplate:
    """An option leg whose strike and expiry may still be rules."""

    side: Side
    option_type: OptionType
    strike: StrikeRule
    expiry: dt.date | int
    """A listed expiry, or the requested calendar days to one, >= 1."""
    contracts: int = 1
    """Contracts per unit of the trade, >= 1."""
    premium: float | None = None
    """Entry price [dollars per share]; None enters at the model value."""
    vol: float | None = None
    """Volatility that reprices the leg, per sqrt(year); None solves the premium or takes the quote's."""
    spread_cost: float = 0.0
    """Cost of the quoted bid-ask width over entry and exit [dollars per share]."""

    def __post_init__(self) -> None:
        """Check the days; the resolved leg checks the rest."""
        if isinstance(self.expiry, dt.date):
            calendar_date("expiry", self.expiry)
        elif whole_count("days", self.expiry) > MOST_DAYS:
            raise InvalidInputError(f"days must be at most {MOST_DAYS}, got {self.expiry}")

    def days(self, today: dt.date) -> int:
        """Requested calendar days to the expiry."""
        return self.expiry if isinstance(self.expiry, int) else (self.expiry - today).days


LegTemplate = OptionTemplate | LinearLeg
"""Only the strike and expiry of an option are left to resolve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeTemplate:
    """Legs as rules, and the rules of entry that choose among expiries.

    Examples
    --------
    >>> from riskcalc.domain import Quote, instrument
    >>> from riskcalc.presets.listed_contracts import MoneynessStrike
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=295.39, vol=0.2)})
    >>> strike = MoneynessStrike(move=0.1)
    >>> call = OptionTemplate(side=Side.LONG, option_type=OptionType.CALL, strike=strike, expiry=60)
    >>> TradeTemplate(instrument=instrument("IWM"), legs=(call,)).resolve(market).description
    'IWM +1 call 325 2026-09-18'
    """

    instrument: Instrument
    legs: tuple[LegTemplate, ...]
    entry: EntryRules = field(default_factory=EntryRules)
    name: str = ""

    @property
    def only_shares(self) -> bool:
        """Whether no leg is an option."""
        return all(isinstance(leg, ShareLeg) for leg in self.legs)

    def resolve(self, market: Market, listing: Listing | None = None) -> Trade:
        """Return the trade with listed strikes and expiries in place of rules.

        Parameters
        ----------
        market : Market
            Spot, date, rate and vol that the rules refer to.
        listing : Listing or None
            A chain, which must hold every exact strike and expiry. None takes what an exchange usually lists,
            and exact strikes and expiries as they stand.

        Returns
        -------
        Trade
            Premiums and vols as the template gives them. A rule takes the nearest listed strike (of two the
            lower) and the nearest listed expiry (of two the earlier); that of the nearest leg keeps to the
            days of the entry rules when any listed expiry does.

        Raises
        ------
        InvalidInputError
            The market has no quote for the symbol, an expiry has passed, no usual expiry is near the days
            asked, or two legs resolve to the same option and cancel.
        ChainError
            The chain does not list what was asked for; the text names the nearest it has.
        """
        spot = market.quote(self.instrument.symbol).spot
        if listing is None:
            listing = UsualListing(instrument=self.instrument, date=market.date, spot=spot)
        listed = Listed(listing=listing, today=market.date, strike_slack=STRIKE_SLACK * spot)
        legs = tuple(self._resolve_leg(leg, market, listed) for leg in self.legs)
        _require_none_cancel(legs)
        return Trade(instrument=self.instrument, legs=legs, name=self.name)

    def _resolve_leg(self, leg: LegTemplate, market: Market, listed: Listed) -> Leg:
        if not isinstance(leg, OptionTemplate):
            return leg
        expiry = self._expiry(leg, listed)
        return OptionLeg(
            side=leg.side,
            option_type=leg.option_type,
            strike=self._strike(leg, expiry, market, listed),
            expiry=expiry,
            contracts=leg.contracts,
            premium=leg.premium,
            vol=leg.vol,
            spread_cost=leg.spread_cost,
        )

    def _expiry(self, leg: OptionTemplate, listed: Listed) -> dt.date:
        if not isinstance(leg.expiry, int):
            return listed.exact_expiry(leg.expiry)
        options = [other for other in self.legs if isinstance(other, OptionTemplate)]
        # The entry rules look at the trade's nearest expiry, so a calendar's far leg goes its own way.
        is_nearest = leg.expiry == min(other.days(listed.today) for other in options)
        return listed.expiry_near(
            leg.expiry, allows=lambda days: not is_nearest or self.entry.allows_days(days)
        )

    def _strike(self, leg: OptionTemplate, expiry: dt.date, market: Market, listed: Listed) -> float:
        quote = market.quote(self.instrument.symbol)
        context = StrikeContext(
            quote=quote,
            rate=market.rate,
            years=market.years_to_expiry(expiry, self.instrument),
            option_type=leg.option_type,
            vol=quote.vol if leg.vol is None else leg.vol,
            dividends=self._dividend_value(expiry, market),
        )
        choose = listed.exact_strike if isinstance(leg.strike, ExactStrike) else listed.strike_near
        return choose(leg.strike.wanted(context), expiry=expiry, option_type=leg.option_type)

    def _dividend_value(self, expiry: dt.date, market: Market) -> float:
        """Present value of the cash dividends up to an expiry [dollars per share]."""
        due = market.option_dividends_until(self.instrument.symbol, expiry)
        return sum(
            dividend.amount * math.exp(-market.rate * market.years_to(dividend.ex_date)) for dividend in due
        )


def _require_none_cancel(legs: tuple[Leg, ...]) -> None:
    """Check that no option is both bought and sold."""
    options = [leg for leg in legs if isinstance(leg, OptionLeg)]
    for option, other in combinations(options, 2):
        same = (option.option_type, option.strike, option.expiry) == (
            other.option_type,
            other.strike,
            other.expiry,
        )
        if same and option.side != other.side:
            raise InvalidInputError(
                f"two legs resolve to the same option and cancel: {option.label} and {other.label}; "
                "set their strikes or expiries further apart"
            )


AnyLeg = TypeVar("AnyLeg", bound=OptionLeg | OptionTemplate | LinearLeg)


def with_vols_moved(
    legs: Iterable[AnyLeg], shift: float, *, explicit: Container[int] = ()
) -> tuple[AnyLeg, ...]:
    """Return the legs of a trade after all implied vols moved in parallel.

    Parameters
    ----------
    legs : iterable
        Legs of a trade, or of a preset.
    shift : float
        How far the quote's vol moved: 0.10 is ten points.
    explicit : container of int
        Indices of legs whose vol was set at the same time; these keep it.

    Returns
    -------
    tuple
        A leg that states a vol has it moved, never below 0. A premium it states is what was paid and stays; a
        leg without a vol has none to move: it is solved from the premium, else it is the quote's.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import call_spread
    >>> trade = call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18),
    ...                     long_vol=0.20, short_vol=0.17)
    >>> [leg.vol for leg in with_vols_moved(trade.legs, 0.10)]
    [0.3, 0.27]
    """
    return tuple(leg if index in explicit else _moved(leg, shift) for index, leg in enumerate(legs))


def _moved(leg: AnyLeg, shift: float) -> AnyLeg:
    if isinstance(leg, LinearLeg) or leg.vol is None:
        return leg
    return dataclasses.replace(leg, vol=max(round(leg.vol + shift, 12), 0.0))

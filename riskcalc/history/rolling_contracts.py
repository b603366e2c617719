"""A preset's legs on every day of entry: the strikes and expiries that its rules lead to."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain import EntryRules, Instrument, Leg, Market, OptionLeg, Quote, ShareLeg, Trade
from riskcalc.domain.instrument import Settlement
from riskcalc.domain.sessions import CLOSE, closing_time, last_session_on_or_before
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Days, Floats
from riskcalc.presets.listed_contracts import (
    EXPIRY_SLACK_DAYS,
    EXPIRY_SLACK_SHARE,
    ExactStrike,
    MoneynessStrike,
    StrikeContext,
)
from riskcalc.presets.template import LegTemplate, OptionTemplate, TradeTemplate
from riskcalc.records import dataclass

Counts = NDArray[np.int64]

WEEKS = 52
"""Weekly expiries that are listed ahead; see `UsualListing`."""

FURTHEST = 5
"""Strikes are listed from a fifth of the spot to as many times it."""

LEAST_VOL = 0.01
"""Lowest vol of a leg, used where the underlying's vol of the day plus the leg's offset is lower."""

AM_DAYS = 6.5 / 24
"""From the open, at which some index options are settled, to 16:00."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntryMarket:
    """Market data at the close of each day of entry; arrays of shape (n,)."""

    dates: Days
    spot: Floats
    """As traded [dollars]."""
    vol: Floats
    """Implied, per sqrt(year); NaN where none is known."""
    dividend_yield: Floats
    """Per year, cash dividends included."""
    early: Floats
    """Days by which the session closes before 16:00: an eighth on half days."""
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollingLeg:
    """An option leg on each day of entry; arrays of shape (n,)."""

    size: int
    """Share equivalent per unit, signed."""
    sign: int
    """+1 for a call, -1 for a put."""
    strike: Floats
    """As traded on the day of entry [dollars]."""
    vol_offset: float
    """Points above the vol of the quote."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollingTrade:
    """One unit of a preset on each day of entry."""

    template: TradeTemplate
    shares: int
    """Per unit, signed."""
    options: tuple[RollingLeg, ...]
    expiry: Days | None
    """Of all options, shape (n,); None for shares alone."""
    days: Floats | None
    """Calendar days from the close of the entry to the end of the options."""

    def record(self, entry: int, *, premiums: Floats | None = None) -> Trade:
        """Return the trade of one day of entry; premiums by option leg [dollars per share]."""
        legs: list[Leg] = []
        options = 0
        for leg in self.template.legs:
            if not isinstance(leg, OptionTemplate):
                legs.append(leg)
                continue
            premium = None if premiums is None else max(float(premiums[options]), 0.0)
            legs.append(self._option(leg, options, entry, premium))
            options += 1
        return Trade(instrument=self.template.instrument, legs=tuple(legs), name=self.template.name)

    def label(self, entry: int) -> str:
        """Return the legs of one day of entry in a line."""
        if self.expiry is None:
            return " ".join(leg.label for leg in self.template.legs if isinstance(leg, ShareLeg))
        multiplier = self.template.instrument.option_multiplier
        legs = [
            f"{leg.size // multiplier:+d} {'call' if leg.sign > 0 else 'put'} {leg.strike[entry]:g}"
            for leg in self.options
        ]
        share_text = [f"{self.shares:+d} shares"] if self.shares else []
        return " ".join([*share_text, *legs, str(self.expiry[entry])])

    def _option(self, leg: OptionTemplate, option: int, entry: int, premium: float | None) -> OptionLeg:
        if self.expiry is None:
            raise InvalidInputError("expiry must be known for an option")
        return OptionLeg(
            side=leg.side,
            option_type=leg.option_type,
            strike=float(self.options[option].strike[entry]),
            expiry=self.expiry[entry].item(),
            contracts=leg.contracts,
            premium=premium,
            spread_cost=leg.spread_cost,
        )


def rolling_trade(template: TradeTemplate, market: Market, at: EntryMarket) -> RollingTrade:
    """Return a preset's trade on each day of entry.

    Parameters
    ----------
    template : TradeTemplate
        Strikes by moneyness or delta, expiries by days; no entry prices.
    market : Market
        The preset's own: a leg's stated vol is so many points above or below its quote's.
    at : EntryMarket
        Of each day of entry.

    Raises
    ------
    InvalidInputError
        A leg is one contract or price, not a rule; legs end at different times; no expiry is near the days
        asked, or no strike near the one asked.
    """
    for index, leg in enumerate(template.legs):
        _require_rule(leg, index)
    shares = sum(leg.signed_shares for leg in template.legs if isinstance(leg, ShareLeg))
    options = [leg for leg in template.legs if isinstance(leg, OptionTemplate)]
    if not options:
        return RollingTrade(template=template, shares=shares, options=(), expiry=None, days=None)
    requested = {leg.expiry for leg in options if isinstance(leg.expiry, int)}
    if len(requested) > 1:
        days_asked = " and ".join(map(str, sorted(requested)))
        raise InvalidInputError(f"legs of a backtest must have one expiry, got {days_asked} days")
    expiry = _expiries(at.dates, requested.pop(), template.entry)
    days = (expiry - at.dates).astype(np.float64) + at.early - _settled_early(expiry, template.instrument)
    quoted = market.quote(template.instrument.symbol).vol
    legs = tuple(_rolling_leg(leg, template.instrument, at, days=days, quoted=quoted) for leg in options)
    return RollingTrade(template=template, shares=shares, options=legs, expiry=expiry, days=days)


def _require_rule(leg: LegTemplate, index: int) -> None:
    """Refuse a fixed strike, expiry or price, which fits a single day."""
    name = f"trade.legs.{index}"
    if isinstance(leg, ShareLeg):
        if leg.entry_price is not None:
            raise InvalidInputError(f"{name}.entry_price is of one day: leave it out for a backtest")
        return
    if not isinstance(leg, OptionTemplate):
        raise InvalidInputError(f"{name} must be shares or an option for a backtest")
    if leg.premium is not None:
        raise InvalidInputError(f"{name}.premium is of one day: leave it out for a backtest")
    if not isinstance(leg.expiry, int):
        raise InvalidInputError(f"{name}.expiry is one contract: state days for a backtest, got {leg.expiry}")
    if isinstance(leg.strike, ExactStrike):
        raise InvalidInputError(
            f"{name}.strike is one contract: state moneyness or delta for a backtest, "
            f"got {leg.strike.strike:g}"
        )


def _expiries(dates: Days, requested: int, rules: EntryRules) -> Days:
    """The listed expiry nearest to the requested days, the earlier of two; within the rules if any is."""
    first = dates.astype("datetime64[D]").astype(np.int64)
    # 1970-01-01 is a Thursday: Fridays are 1 modulo 7.
    fridays = first + ((1 - first) % 7)
    fridays = np.where(fridays == first, first + 7, fridays)
    listed = fridays[:, np.newaxis] + 7 * np.arange(WEEKS)
    weeks, codes = np.unique(listed, return_inverse=True)
    sessions = np.array([_session(day) for day in weeks.tolist()], dtype=np.int64)
    listed = sessions[codes.reshape(listed.shape)]
    ahead = listed - first[:, np.newaxis]
    off = np.abs(ahead - requested).astype(np.float64)
    allowed = (ahead > 0) & _allowed(ahead, rules)
    allowed = np.where(allowed.any(axis=1)[:, np.newaxis], allowed, ahead > 0)
    nearest = np.where(allowed, off, np.inf).argmin(axis=1)
    rows = np.arange(len(first))
    if (off[rows, nearest] > max(EXPIRY_SLACK_DAYS, EXPIRY_SLACK_SHARE * requested)).any():
        raise InvalidInputError(f"days must have a usual expiry near, got {requested}")
    expiries: Days = listed[rows, nearest].astype("datetime64[D]")
    return expiries


def _allowed(ahead: Counts, rules: EntryRules) -> NDArray[np.bool_]:
    least, most = rules.min_days, rules.max_days
    return (ahead >= (least or 1)) & (ahead <= (ahead.max() if most is None else most))


def _session(day: int) -> int:
    epoch = dt.date(1970, 1, 1)
    return (last_session_on_or_before(epoch + dt.timedelta(days=day)) - epoch).days


def _settled_early(expiry: Days, instrument: Instrument) -> Floats:
    """Days before 16:00 at which options end."""
    days, codes = np.unique(expiry, return_inverse=True)
    at_open = [instrument.settlement(day) is Settlement.AM for day in days.tolist()]
    return np.where(at_open, AM_DAYS, days_closed_early(days))[codes]


def days_closed_early(days: Days) -> Floats:
    """Return by what part of a day each session closes before 16:00."""
    hours = (CLOSE.hour - closing_time(day).hour for day in days.tolist())
    return np.fromiter(hours, dtype=np.float64, count=len(days)) / 24


def _rolling_leg(
    leg: OptionTemplate, instrument: Instrument, at: EntryMarket, *, days: Floats, quoted: float
) -> RollingLeg:
    offset = 0.0 if leg.vol is None else leg.vol - quoted
    target = _target_strikes(leg, at, days=days, vol=leg_vol(at.vol, offset))
    step = _strike_steps(instrument, at.spot)
    # Of two listed strikes as near the lower.
    strike = step * np.maximum(np.ceil(target / step - 0.5), 1.0)
    finite = np.isfinite(target)
    beyond = finite & ((strike < at.spot / FURTHEST - step) | (strike > FURTHEST * at.spot + 2 * step))
    if beyond.any():
        index = int(beyond.argmax())
        raise InvalidInputError(
            f"strike must lie from a fifth of the spot to five times it, got {strike[index]:g} on "
            f"{at.dates[index]} at {at.spot[index]:g}"
        )
    size = int(leg.side) * leg.contracts * instrument.option_multiplier
    return RollingLeg(size=size, sign=int(leg.option_type), strike=strike, vol_offset=offset)


def _strike_steps(instrument: Instrument, spot: Floats) -> Floats:
    """Listed strike interval at each spot [dollars]."""
    return np.array([instrument.strike_step_at(price) for price in spot.tolist()])


def leg_vol(vol: Floats, offset: float) -> Floats:
    """Return the vol of a leg from that of the quote, moved by as many points; at least `LEAST_VOL`."""
    return np.maximum(vol + offset, LEAST_VOL)


def _target_strikes(leg: OptionTemplate, at: EntryMarket, *, days: Floats, vol: Floats) -> Floats:
    """Strikes that the rule asks for; NaN where no vol is known for a delta."""
    if isinstance(leg.strike, MoneynessStrike):
        return at.spot * (1 + leg.strike.move)
    target = np.full(len(at.dates), np.nan)
    base = Quote(spot=1.0, vol=0.0)
    for index in np.flatnonzero(np.isfinite(vol)).tolist():
        quote = dataclasses.replace(
            base, spot=float(at.spot[index]), dividend_yield=float(at.dividend_yield[index])
        )
        context = StrikeContext(
            quote=quote,
            rate=at.rate,
            years=float(days[index]) / 365,
            option_type=leg.option_type,
            vol=float(vol[index]),
        )
        target[index] = leg.strike.wanted(context)
    return target

"""Drafts and editors that the tests of the workbench share."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from riskcalc.analysis import enter_at_model
from riskcalc.domain import OptionLeg, OptionQuote, OptionType, Quote, Side, Trade, instrument
from riskcalc.domain.market import Market
from riskcalc.editor import TradeEditor, fields, open_draft
from riskcalc.errors import ChainError
from riskcalc.presets import load_preset, shipped_folder

DAY = dt.date(2026, 7, 20)
"""Day the shipped samples are of."""

SHIPPED = ("iwm-call-spread", "iwm-shares", "iwm-spy-pair", "tna-momentum", "tza-hedge")


@cache
def shipped(name="iwm-call-spread"):
    """A shipped preset, whatever the user keeps under its name; read once in a process."""
    return load_preset(shipped_folder() / f"{name}.toml")


def draft(name="iwm-call-spread", *, today=None):
    return open_draft(shipped(name), today=today)


def new_keys(name):
    """Keys of the fields of a shipped preset that none before it has: together each field once."""
    before = SHIPPED[: SHIPPED.index(name)]
    known = {field.key for earlier in before for field in fields(draft(earlier))}
    return [field.key for field in fields(draft(name)) if field.key not in known]


def editor(name="iwm-call-spread", *, today=None):
    return TradeEditor(draft(name, today=today))


def text(editor, key):
    return editor.field(key).text(editor.state.draft)


@dataclass(frozen=True, kw_only=True)
class SkewedChain:
    """Quotes around model values on a known skew: what solving them must find again."""

    symbol: str = "IWM"
    date: dt.date = dt.date(2026, 7, 20)
    spot: float = 295.39
    width: float = 0.10
    days: tuple = (dt.date(2026, 8, 21), dt.date(2026, 9, 18), dt.date(2026, 12, 18))
    listed: tuple = tuple(range(250, 351, 5))
    unusable: tuple = ()

    @property
    def instrument(self):
        return instrument(self.symbol)

    def expiries(self):
        return self.days

    def strikes(self, *, expiry, option_type):  # noqa: ARG002 - the same for all
        return tuple(float(strike) for strike in self.listed)

    def vol(self, strike):
        """The skew: a point less for every 10 dollars up."""
        return 0.20 - 0.001 * (strike - self.spot)

    def quote(self, *, expiry, strike, option_type):
        if strike not in self.listed or expiry not in self.days:
            raise ChainError(f"IWM {strike:g} {expiry}: not in the chain")
        if strike in self.unusable:
            raise ChainError(f"IWM {strike:g} {expiry}: no bid")
        mid = self.value(expiry=expiry, strike=strike, option_type=option_type)
        half = min(self.width / 2, mid)
        return OptionQuote(bid=mid - half, ask=mid + half)

    def value(self, *, expiry, strike, option_type):
        leg = OptionLeg(
            side=Side.LONG,
            option_type=OptionType(option_type),
            strike=strike,
            expiry=expiry,
            vol=self.vol(strike),
        )
        known = shipped().market
        quote = Quote(spot=self.spot, vol=0.2, dividends=known.quote("IWM").dividends)
        market = Market(date=self.date, rate=known.rate, quotes={"IWM": quote})
        entered = enter_at_model(Trade(instrument=instrument("IWM"), legs=(leg,)), market)
        return entered.option_legs[0].premium

"""The page Chain: the expiries of the quotes that a trade is planned on, and what each of them says."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np

from riskcalc.chains import Chain, QuoteStatus, chain_summary, chain_vols
from riskcalc.chains.chain import COLUMNS
from riskcalc.chains.strike_table import StrikeTable, strike_tables
from riskcalc.domain import ExpirySummary, OptionLeg, OptionType
from riskcalc.domain.sessions import age_in_sessions, is_third_friday
from riskcalc.editor.draft import Draft
from riskcalc.formatting.numbers import MISSING, money, percent, price
from riskcalc.records import dataclass

OLD_AFTER = 1
"""Sessions after which quotes are said to be old."""

STATUS_WORDS = {
    QuoteStatus.OK: "",
    QuoteStatus.MISSING: "no quote",
    QuoteStatus.NO_ASK: "no ask",
    QuoteStatus.NO_BID: "no bid",
    QuoteStatus.CROSSED: "bid > ask",
    QuoteStatus.BELOW_INTRINSIC: "< intrinsic",
}
"""What is wrong with a quote, in at most 11 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryBoard:
    """What the quotes of one expiry say."""

    summary: ExpirySummary
    table: StrikeTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryCell:
    """An expiry in the strip: three short lines."""

    expiry: dt.date
    lines: tuple[str, str, str]


def chain_of(draft: Draft) -> Chain | None:
    """Return the chain that a trade is planned on; None without one."""
    return draft.chain if isinstance(draft.chain, Chain) and len(draft.chain) else None


def read_expiry(chain: Chain, expiry: dt.date, *, rate: float) -> ExpiryBoard:
    """Return what `riskcalc chain` says of an expiry, and its strikes.

    Parameters
    ----------
    chain : Chain
        Lists the expiry.
    expiry : date
        One of `Chain.expiries`.
    rate : float
        Interest rate, continuous, per year.
    """
    on_expiry = chain.expiry == np.datetime64(expiry)
    one_expiry = dataclasses.replace(chain, **{name: getattr(chain, name)[on_expiry] for name in COLUMNS})
    vols = chain_vols(one_expiry, rate=rate, exercise=one_expiry.exercise, prices=("mid",))
    summary = chain_summary(one_expiry, rate=rate, vols=vols)
    return ExpiryBoard(summary=summary.expiries[0], table=strike_tables(one_expiry, rate=rate, vols=vols)[0])


def expiry_cell(chain: Chain, expiry: dt.date, board: ExpiryBoard | None) -> ExpiryCell:
    """Return the texts of an expiry: date and DTE, ATM IV, expected move in dollars and in percent."""
    days, monthly = (expiry - chain.date).days, is_third_friday(expiry)
    head = f"{'M' if monthly else ' '} {short_date(expiry, chain.date):<9}{days:>4}d"
    if board is None:
        return ExpiryCell(expiry=expiry, lines=(head, "…", ""))
    move = board.summary.expected_move
    share = None if move is None else move / chain.spot
    return ExpiryCell(
        expiry=expiry,
        lines=(
            head,
            f"IV {percent(board.summary.atm_vol, digits=1)}",
            f"±{money(move)} {percent(share, digits=1)}" if move is not None else f"± {MISSING}",
        ),
    )


def short_date(day: dt.date, today: dt.date) -> str:
    """Return a date without its year, unless the year is another one: ``Sep 18``, ``Jan 15'27``."""
    return f"{day:%b %d}" + (f"'{day:%y}" if day.year != today.year else "")


def quotes_text(chain: Chain, draft: Draft) -> str:
    """Return underlying, spot, time of the quotes, their age and the rate, in one line."""
    age = age_in_sessions(chain.date, draft.today)
    time = "" if chain.time is None else f" {chain.time:%H:%M}"
    old = f", {age} sessions old" if age is not None and age > OLD_AFTER else ""
    rate = percent(draft.market.rate)
    return f"{chain.symbol} {price(chain.spot)}  {chain.date}{time}{old}  rate {rate}"


def no_chain_text(draft: Draft, key: str) -> str:
    """Say that a trade is not planned on quotes of options, and how to load some."""
    symbol = draft.trade.symbol
    return (
        f"The trade is planned without quotes of {symbol} options.\n\n"
        "With them this page shows their expiries, strikes, IVs and open interest, and scans all vertical "
        f"spreads.\n\n{key} loads a file of quotes here, as on the page Trade. riskcalc --chain FILE opens "
        "the screen on a file, riskcalc screen --live on delayed quotes."
    )


def option_legs(draft: Draft) -> dict[int, OptionLeg]:
    """Return the option legs of a trade by their index."""
    return {index: leg for index, leg in enumerate(draft.trade.legs) if isinstance(leg, OptionLeg)}


def leg_text(leg: OptionLeg, today: dt.date) -> str:
    """Return a leg in a few words: ``+1 call 295 Sep 18``."""
    kind = leg.option_type.name.lower()
    return f"{leg.signed_contracts:+d} {kind} {leg.strike:g} {short_date(leg.expiry, today)}"


def leg_marks(draft: Draft, expiry: dt.date) -> dict[tuple[float, OptionType], str]:
    """Return the contracts that a trade has of each option of an expiry, signed."""
    held: dict[tuple[float, OptionType], int] = {}
    for leg in option_legs(draft).values():
        if leg.expiry == expiry:
            key = leg.strike, leg.option_type
            held[key] = held.get(key, 0) + leg.signed_contracts
    return {key: f"{contracts:+d}" for key, contracts in held.items() if contracts}


def trade_text(draft: Draft) -> str:
    """Return the option legs of a trade with their prices, and a word where their expiries differ."""
    entered = draft.entered()
    today = draft.market.date
    legs = [
        f"leg {index}: {leg_text(leg, today)}" + ("" if leg.premium is None else f" at {price(leg.premium)}")
        for index, leg in enumerate(entered.legs, start=1)
        if isinstance(leg, OptionLeg)
    ]
    options = [(leg.option_type, leg.strike, leg.expiry) for leg in entered.option_legs]
    same = "; two legs are on the same option" if len(set(options)) < len(options) else ""
    mixed = "; expiries differ" if len(draft.trade.expiries) > 1 else ""
    return f"{', '.join(legs)}{same}{mixed}"

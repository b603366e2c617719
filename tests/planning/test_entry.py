import dataclasses
import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.chains import read_chain, sample_chain
from riskcalc.domain import (
    FillPrice,
    Market,
    OptionLeg,
    OptionQuote,
    OptionType,
    Quote,
    ShareLeg,
    Side,
    Trade,
    call_spread,
    covered_call,
    instrument,
    long_option,
)
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.planning.entry import atm_vol, enter, quoted_market
from riskcalc.pricing import american
from tests.real_chains import real_chain

TODAY, EXPIRY, LATER = dt.date(2026, 7, 20), dt.date(2026, 9, 18), dt.date(2026, 12, 18)
RATE, YIELD, SPOT = 0.04, 0.011, 101.0
CALL, PUT = OptionType.CALL, OptionType.PUT


@dataclass(frozen=True, kw_only=True)
class QuotedModel:
    """A chain whose mids are model values, so that the vols behind them are known."""

    vols: dict
    """Vol by strike."""
    width: float = 0.2
    rate: float = RATE
    unusable: tuple = ()
    symbol: str = "IWM"
    date: dt.date = TODAY
    spot: float = SPOT

    @property
    def instrument(self):
        return instrument(self.symbol)

    def expiries(self):
        return (EXPIRY, LATER)

    def strikes(self, *, expiry, option_type):  # noqa: ARG002 - the same for all
        return tuple(sorted(self.vols))

    def quote(self, *, expiry, strike, option_type):
        if strike in self.unusable:
            raise ChainError(f"{option_type.name.lower()} {strike:g} {expiry}: no bid")
        mid = self.model(expiry=expiry, strike=strike, option_type=option_type)
        return OptionQuote(bid=mid - self.width / 2, ask=mid + self.width / 2)

    def model(self, *, expiry, strike, option_type):
        value = american(
            sign=int(option_type),
            spot=self.spot,
            strike=strike,
            time_to_expiry=(expiry - self.date).days / 365,
            vol=self.vols[strike],
            rate=self.rate,
            dividend_yield=YIELD,
        ).value
        return float(value)


QUOTES = QuotedModel(vols={95: 0.25, 100: 0.22, 102: 0.21, 105: 0.20, 110: 0.19})
SPREAD = call_spread("IWM", long_strike=100, short_strike=110, expiry=EXPIRY)


def market(**changes):
    quote = Quote(spot=SPOT, vol=0.3, dividend_yield=YIELD)
    return Market(**{"date": TODAY, "rate": RATE, "quotes": {"IWM": quote}} | changes)


def mids(trade, quotes=QUOTES):
    return [
        quotes.model(expiry=leg.expiry, strike=leg.strike, option_type=leg.option_type)
        for leg in trade.option_legs
    ]


@pytest.mark.parametrize(
    ("at", "bought_above_mid", "sold_below_mid", "still_to_cross"),
    [("mid", 0.0, 0.0, 0.2), ("natural", 0.1, 0.1, 0.1), ("worst", 0.2, 0.2, 0.1)],
)
def test_where_each_order_is_filled(at, bought_above_mid, sold_below_mid, still_to_cross):
    long, short = enter(SPREAD, QUOTES, market(), at=at).legs
    long_mid, short_mid = mids(SPREAD)
    assert long.premium == pytest.approx(long_mid + bought_above_mid, abs=1e-12)
    assert short.premium == pytest.approx(short_mid - sold_below_mid, abs=1e-12)
    assert [long.spread_cost, short.spread_cost] == pytest.approx([still_to_cross] * 2, abs=1e-12)


@pytest.mark.parametrize("at", list(FillPrice))
def test_the_vol_is_that_of_the_mid_wherever_it_was_filled(at):
    legs = enter(SPREAD, QUOTES, market(), at=at).legs
    assert [leg.vol for leg in legs] == pytest.approx([0.22, 0.19], abs=1e-10)


def test_premiums_and_vols_of_before_are_replaced():
    priced = call_spread(
        "IWM", long_strike=100, short_strike=110, expiry=EXPIRY, long_premium=9, short_premium=1, long_vol=0.5
    )
    assert enter(priced, QUOTES, market()) == enter(SPREAD, QUOTES, market())


def test_mid_is_the_default_and_the_trade_given_is_untouched():
    before = dataclasses.replace(SPREAD)
    assert enter(SPREAD, QUOTES, market()) == enter(SPREAD, QUOTES, market(), at=FillPrice.MID)
    assert before == SPREAD


def test_all_else_about_a_trade_stays():
    trade = dataclasses.replace(covered_call("IWM", strike=105, expiry=EXPIRY, entry_price=99), name="mine")
    entered = enter(trade, QUOTES, market())
    assert entered.name == "mine"
    assert entered.share_legs == trade.share_legs
    assert (entered.option_legs[0].side, entered.option_legs[0].contracts) == (Side.SHORT, 1)


def test_a_trade_in_shares_needs_no_quote():
    trade = Trade(instrument=instrument("IWM"), legs=(ShareLeg(side=Side.LONG),))
    assert enter(trade, QUOTES, market()) == trade


@given(
    strike=st.sampled_from(sorted(QUOTES.vols)),
    kind=st.sampled_from(OptionType),
    side=st.sampled_from(Side),
    width=st.floats(0.0, 0.5),
    rate=st.floats(-0.02, 0.08),
)
def test_entry_and_exit_cost_the_width_once_more_at_worst(strike, kind, side, width, rate):
    quotes = dataclasses.replace(QUOTES, width=width, rate=rate)
    leg = OptionLeg(side=side, option_type=kind, strike=strike, expiry=EXPIRY)
    trade = Trade(instrument=instrument("IWM"), legs=(leg,))
    (mid,) = mids(trade, quotes)
    for at, total in (("mid", width), ("natural", width), ("worst", 1.5 * width)):
        entered = enter(trade, quotes, market(rate=rate), at=at).option_legs[0]
        lost = side * (entered.premium - mid) + entered.spread_cost
        if entered.premium > 0:
            assert lost == pytest.approx(total, abs=1e-12)
        assert entered.vol == pytest.approx(quotes.vols[strike], abs=1e-9)


def test_what_is_sold_never_costs_money():
    cheap = QuotedModel(vols={130: 0.22, 100: 0.22}, width=0.1)
    mid = cheap.model(expiry=LATER, strike=130, option_type=CALL)
    wide = dataclasses.replace(cheap, width=1.5 * mid)
    leg = OptionLeg(side=Side.SHORT, option_type=CALL, strike=130, expiry=LATER)
    trade = Trade(instrument=instrument("IWM"), legs=(leg,))
    assert enter(trade, wide, market(), at="worst").option_legs[0].premium == 0.0


def test_every_leg_without_a_usable_quote_is_named():
    quotes = dataclasses.replace(QUOTES, unusable=(100, 110))
    with pytest.raises(ChainError) as error:
        enter(SPREAD, quotes, market())
    assert str(error.value).splitlines() == ["call 100 2026-09-18: no bid", "call 110 2026-09-18: no bid"]


def test_a_mid_that_no_vol_explains_is_named():
    class BelowIntrinsic(QuotedModel):
        def quote(self, **_):
            return OptionQuote(bid=5.0, ask=5.2)

    trade = long_option("IWM", option_type=CALL, strike=95, expiry=EXPIRY)
    with pytest.raises(ChainError) as error:
        enter(trade, BelowIntrinsic(vols={95: 0.2}), market())
    assert str(error.value) == (
        "IWM call 95 2026-09-18: no vol reproduces the mid 5.1 at spot 101: "
        "premium is below the discounted intrinsic value"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"date": TODAY - dt.timedelta(days=1)}, "market date must be that of the quotes, 2026-07-20, got"),
        (
            {"quotes": {"IWM": Quote(spot=100, vol=0.3)}},
            "IWM spot must be that of the quotes, 101.0, got 100",
        ),
        ({"quotes": {}}, "the market has no quote for IWM"),
    ],
)
def test_a_market_of_another_moment_is_refused(changes, message):
    with pytest.raises(InvalidInputError, match=message):
        enter(SPREAD, QUOTES, market(**changes))
    if "no quote" not in message:
        with pytest.raises(InvalidInputError, match=message):
            atm_vol(QUOTES, market(**changes), expiry=EXPIRY)


def test_a_chain_of_another_underlying_is_refused():
    with pytest.raises(InvalidInputError, match="the chain must quote TNA like the trade, got IWM"):
        enter(call_spread("TNA", long_strike=100, short_strike=110, expiry=EXPIRY), QUOTES, market())


def test_an_unknown_fill_is_refused():
    with pytest.raises(InvalidInputError, match="at must be one of mid, natural, worst, got 'best'"):
        enter(SPREAD, QUOTES, market(), at="best")


def test_the_vol_at_the_money_lies_between_the_strikes_around_the_spot():
    assert atm_vol(QUOTES, market(), expiry=EXPIRY) == pytest.approx((0.22 + 0.21) / 2, abs=1e-10)


@pytest.mark.parametrize(
    ("unusable", "expected"),
    [
        ((100,), 0.25 + (101 - 95) / (102 - 95) * (0.21 - 0.25)),
        ((102,), 0.22 + (101 - 100) / (105 - 100) * (0.20 - 0.22)),
        ((95, 100), 0.21),
    ],
)
def test_strikes_without_a_quote_are_stepped_over(unusable, expected):
    quotes = dataclasses.replace(QUOTES, unusable=unusable)
    assert atm_vol(quotes, market(), expiry=EXPIRY) == pytest.approx(expected, abs=1e-10)


def test_calls_alone_do_not_say_the_vol_at_the_money():
    table = sample_chain().to_frame()
    calls = read_chain(table[table["option_type"] == "call"])
    terms = Market(date=calls.date, rate=RATE, quotes={"IWM": Quote(spot=calls.spot, vol=0.2)})
    with pytest.raises(ChainError, match=r"needs a strike .*; listed are 79 calls and 0 puts"):
        atm_vol(calls, terms, expiry=EXPIRY)
    # A plan needs one all the same: a call spread is priced by its calls.
    whole = atm_vol(sample_chain(), terms, expiry=EXPIRY)
    assert atm_vol(calls, terms, expiry=EXPIRY, one_sided=True) == pytest.approx(whole, abs=0.01)


def test_no_quote_at_the_money_at_all():
    quotes = dataclasses.replace(QUOTES, unusable=tuple(QUOTES.vols))
    with pytest.raises(ChainError, match="the vol at the money needs a strike with a usable call and put"):
        atm_vol(quotes, market(), expiry=EXPIRY)


def test_a_wrong_rate_cancels_at_the_money():
    wrong = atm_vol(QUOTES, market(rate=RATE + 0.01), expiry=EXPIRY)
    assert wrong == pytest.approx(atm_vol(QUOTES, market(), expiry=EXPIRY), abs=1e-3)


def test_a_quoted_market_has_the_day_the_spot_and_the_vol_of_the_chain():
    other = Quote(spot=40, vol=0.6)
    old = market(
        date=dt.date(2026, 7, 1), quotes={"IWM": Quote(spot=90, vol=0.3, dividend_yield=YIELD), "TNA": other}
    )
    result = quoted_market(old, QUOTES, expiry=EXPIRY)
    assert (result.date, result.rate) == (TODAY, RATE)
    assert result.quotes["TNA"] == other
    quote = result.quote("IWM")
    assert (quote.spot, quote.dividend_yield) == (SPOT, YIELD)
    assert quote.vol == pytest.approx(0.215, abs=1e-10)
    assert quoted_market(old, QUOTES).quote("IWM").vol == 0.3
    assert old.quote("IWM").spot == 90


def test_a_quoted_market_needs_the_dividend_yield_of_the_underlying():
    with pytest.raises(InvalidInputError, match="the market has no quote for IWM"):
        quoted_market(market(quotes={}), QUOTES)


@pytest.fixture(scope="module")
def iwm():
    return real_chain("IWM_2026-07-20_yfinance_layout.csv")


def test_the_real_spread_enters_at_its_quotes(iwm):
    trade = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY)
    moved = quoted_market(market(), iwm, expiry=EXPIRY)
    long, short = enter(trade, iwm, moved).legs
    assert 100 * (long.premium - short.premium) == pytest.approx(958.5)
    assert moved.quote("IWM").vol == pytest.approx(long.vol, abs=0.01)
    debits = [sum(leg.side * leg.premium for leg in enter(trade, iwm, moved, at=at).legs) for at in FillPrice]
    assert debits == sorted(debits)

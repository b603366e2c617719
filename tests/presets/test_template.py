"""From "at the money, +10%, 60 days" to listed strikes and expiries."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import (
    CashDividend,
    EntryRules,
    Market,
    OptionType,
    Quote,
    ShareLeg,
    Side,
    UsualListing,
    instrument,
)
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike
from riskcalc.presets.template import OptionTemplate, TradeTemplate

TODAY = dt.date(2026, 7, 20)
CALL, PUT = OptionType.CALL, OptionType.PUT


@dataclass
class Chain:
    """A listing of chosen strikes and expiries."""

    days: tuple = (18, 46, 60, 88, 151)
    calls: tuple = (280.0, 290.0, 295.0, 300.0, 325.0)
    puts: tuple = field(default=(250.0, 270.0))

    def expiries(self):
        return tuple(TODAY + dt.timedelta(days=days) for days in self.days)

    def strikes(self, *, expiry, option_type):
        assert expiry in self.expiries()
        return self.calls if option_type is CALL else self.puts


def market(spot=295.39, symbol="IWM"):
    return Market(date=TODAY, rate=0.04, quotes={symbol: Quote(spot=spot, vol=0.2, dividend_yield=0.011)})


def leg(strike, expiry=60, side=Side.LONG, option_type=CALL, **more):
    rule = strike if not isinstance(strike, float | int) else ExactStrike(strike=strike)
    return OptionTemplate(side=side, option_type=option_type, strike=rule, expiry=expiry, **more)


def trade(*legs, symbol="IWM", **entry):
    return TradeTemplate(instrument=instrument(symbol), legs=legs, entry=EntryRules(**entry), name="a trade")


ATM, UP = MoneynessStrike(move=0.0), MoneynessStrike(move=0.1)


def test_the_missions_spread_without_a_chain():
    template = trade(leg(ATM, vol=0.2), leg(UP, side=Side.SHORT, premium=1.0), min_days=45, max_days=90)
    result = template.resolve(market())
    assert result.description == "IWM 295/325 call spread 2026-09-18"
    assert result.name == "a trade"
    assert [leg.vol for leg in result.legs] == [0.2, None]
    assert [leg.premium for leg in result.legs] == [None, 1.0]


def test_every_field_of_a_leg_arrives():
    asked = leg(300, side=Side.SHORT, option_type=PUT, contracts=3, premium=2.5, vol=0.3, spread_cost=0.04)
    (result,) = trade(asked).resolve(market()).legs
    assert (result.side, result.option_type, result.strike, result.contracts) == (Side.SHORT, PUT, 300, 3)
    assert (result.premium, result.vol, result.spread_cost) == (2.5, 0.3, 0.04)


def test_shares_need_no_listing_and_pass_through():
    shares = ShareLeg(side=Side.LONG, shares=100, entry_price=290.0)
    assert trade(shares).resolve(market(), Chain(days=())).legs == (shares,)


def test_a_delta_strike_takes_the_legs_vol_before_the_quotes():
    quotes, own = (
        trade(leg(DeltaStrike(delta=0.3), vol=vol)).resolve(market()).legs[0].strike for vol in (None, 0.4)
    )
    assert 295 < quotes < own


def test_a_delta_strike_falls_by_the_dividends_forecast_up_to_the_expiry():
    paid = tuple(CashDividend(ex_date=dt.date(2026, month, 16), amount=4.0) for month in (3, 6))
    payer = Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295.39, vol=0.2, dividends=paid)})
    keeper = Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295.39, vol=0.2)})
    half = trade(leg(DeltaStrike(delta=0.5), 60))
    assert [half.resolve(market).legs[0].strike for market in (payer, keeper)] == [294.0, 298.0]
    before = trade(leg(DeltaStrike(delta=0.5), dt.date(2026, 9, 11)))
    assert before.resolve(payer) == before.resolve(keeper)


@pytest.mark.parametrize(("spot", "strike"), [(295.5, 295.0), (295.49, 295.0), (295.51, 296.0)])
def test_of_two_strikes_as_near_the_lower_is_taken(spot, strike):
    assert trade(leg(ATM)).resolve(market(spot)).legs[0].strike == strike


def test_of_two_expiries_as_near_the_earlier_is_taken():
    assert trade(leg(ATM, 53)).resolve(market(), Chain()).expiry == TODAY + dt.timedelta(days=46)


@pytest.mark.parametrize(
    ("asked", "entry", "days"),
    [
        (60, {}, 60),
        (75, {}, 88),
        (75, {"max_days": 80}, 60),
        (50, {"min_days": 50}, 60),
        (92, {"max_days": 90}, 88),
        (60, {"min_days": 70, "max_days": 80}, 60),
    ],
    ids=["exact", "nearest", "not above", "not below", "pulled in", "rules that no expiry meets"],
)
def test_the_entry_rules_choose_among_expiries(asked, entry, days):
    result = trade(leg(ATM, asked), **entry).resolve(market(), Chain())
    assert result.expiry == TODAY + dt.timedelta(days=days)


def test_an_option_that_expires_today_is_no_choice():
    result = trade(leg(ATM, 2)).resolve(market(), Chain(days=(0, 9)))
    assert result.expiry == TODAY + dt.timedelta(days=9)


def test_the_far_leg_of_a_calendar_is_not_pulled_into_the_entry_rules():
    template = trade(leg(ATM, 60, Side.SHORT), leg(ATM, 150), max_days=90)
    assert [(day - TODAY).days for day in template.resolve(market(), Chain()).expiries] == [60, 151]


@pytest.mark.parametrize("spot", [295.39, 60.0, 8.0])
@given(days=st.integers(5, 330), move=st.floats(-0.5, 1.0))
def test_the_usual_listing_is_met_within_half_a_step_and_half_a_week(spot, days, move):
    result = trade(leg(MoneynessStrike(move=move), days)).resolve(market(spot)).legs[0]
    assert abs(result.strike - spot * (1 + move)) <= 0.5 + 1e-9
    assert abs((result.expiry - TODAY).days - days) <= 4


def test_exact_strikes_and_expiries_stand_without_a_chain():
    odd = dt.date(2026, 9, 17)
    for listing in (None, UsualListing(instrument=instrument("IWM"), date=TODAY, spot=295.39)):
        result = trade(leg(301.37, odd)).resolve(market(), listing).legs[0]
        assert (result.strike, result.expiry) == (301.37, odd)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            leg(297, TODAY + dt.timedelta(days=60)),
            "the chain does not list a call of 2026-09-18 with strike 297; nearest: 295 and 300",
        ),
        (leg(400), "the chain does not list a call of 2026-09-18 with strike 400; nearest: 325"),
        (
            leg(ATM, dt.date(2026, 9, 17)),
            "the chain does not list the expiry 2026-09-17; nearest: 2026-09-04 and 2026-09-18",
        ),
        (leg(ATM, 700), "the chain lists no expiry near 700 days (2028-06-19); nearest: 2026-12-18"),
        (
            leg(MoneynessStrike(move=0.3)),
            "the chain does not list a call of 2026-09-18 with strike 384.007; nearest: 325",
        ),
    ],
    ids=["strike", "strike beyond", "expiry", "days", "moneyness beyond"],
)
def test_a_chain_without_what_is_asked_names_its_nearest(asked, text):
    with pytest.raises(ChainError) as refused:
        trade(asked).resolve(market(), Chain())
    assert str(refused.value) == text


def test_a_chain_of_nothing():
    with pytest.raises(ChainError, match=r"near 60 days .*; it lists none"):
        trade(leg(ATM)).resolve(market(), Chain(days=()))
    with pytest.raises(ChainError, match=r"strike 295\.39; it lists none"):
        trade(leg(ATM)).resolve(market(), Chain(calls=()))


def test_calls_and_puts_have_strikes_of_their_own():
    result = trade(leg(MoneynessStrike(move=-0.1), option_type=PUT)).resolve(market(), Chain())
    assert result.legs[0].strike == 270.0


def test_a_chain_holds_an_exact_strike_and_expiry():
    result = trade(leg(300, TODAY + dt.timedelta(days=60))).resolve(market(), Chain())
    assert result.legs[0].strike == 300.0


def test_days_beyond_the_usual_listing_are_refused_rather_than_cut():
    with pytest.raises(InvalidInputError, match=r"no expiry near 700 days .* or state an exact expiry"):
        trade(leg(ATM, 700)).resolve(market())


def test_an_expiry_that_has_passed_names_both_dates():
    with pytest.raises(InvalidInputError, match="expiry 2026-07-17 is before the market's date 2026-07-20"):
        trade(leg(ATM, dt.date(2026, 7, 17))).resolve(market())
    assert trade(leg(ATM, TODAY)).resolve(market()).expiry == TODAY


@pytest.mark.parametrize("days", [0, -3, 3651, 10**12, 1.5, True])
def test_days_are_a_whole_number_of_sense(days):
    with pytest.raises(InvalidInputError, match="days must be"):
        leg(ATM, days)


def test_two_legs_that_end_on_the_same_option_are_refused():
    near = MoneynessStrike(move=0.0003)
    cancelling = r"cancel: \+1 call 295 2026-09-18 and -1 call 295 2026-09-18"
    with pytest.raises(InvalidInputError, match=cancelling):
        trade(leg(ATM), leg(near, side=Side.SHORT)).resolve(market())
    trade(leg(ATM), leg(near)).resolve(market())
    trade(leg(ATM), leg(near, side=Side.SHORT, option_type=PUT)).resolve(market())
    trade(leg(ATM), leg(near, 90, side=Side.SHORT)).resolve(market())


def test_a_market_without_the_underlying():
    with pytest.raises(InvalidInputError, match="no quote for TNA; quoted: IWM"):
        trade(leg(ATM), symbol="TNA").resolve(market())

"""Chains of Schwab (and TD Ameritrade before it) and of Tradier."""

import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import DropReason
from riskcalc.errors import ChainError

AT_CLOSE = 1784577600000  # 2026-07-20 16:00 in New York, in milliseconds
DAY = dt.date(2026, 7, 20)


def contract(kind="CALL", strike=100.0, **values):
    quote = {"putCall": kind, "strikePrice": strike, "bid": 4.0, "ask": 4.2, "last": 4.1, "totalVolume": 3}
    greeks = {"volatility": 21.0, "delta": 0.55 if kind == "CALL" else -0.45, "gamma": 0.02, "theta": -0.04}
    rest = {"openInterest": 7, "quoteTimeInLong": AT_CLOSE, "multiplier": 100.0, "nonStandard": False}
    return quote | greeks | rest | values


def schwab(*contracts, expiry="2026-09-18:60", **values):
    maps = {"CALL": {}, "PUT": {}}
    for one in contracts:
        maps[one["putCall"]].setdefault(expiry, {}).setdefault(str(one["strikePrice"]), []).append(one)
    chain = {"symbol": "IWM", "status": "SUCCESS", "underlyingPrice": 101.05, "interestRate": 4.25}
    return chain | {"callExpDateMap": maps["CALL"], "putExpDateMap": maps["PUT"]} | values


def tradier_option(contract="IWM260918C00100000", **values):
    quote = {"symbol": contract, "bid": 4.0, "ask": 4.2, "last": None, "volume": 0, "open_interest": 7}
    what = {"strike": 100.0, "expiration_date": "2026-09-18", "option_type": "call", "contract_size": 100}
    return quote | what | {"bid_date": AT_CLOSE, "ask_date": AT_CLOSE - 1000, "greeks": None} | values


class TestSchwab:
    def test_both_maps_are_read_and_percent_is_a_fraction(self, read):
        chain = read(schwab(contract(), contract("PUT")))
        assert (chain.symbol, chain.date, chain.spot, chain.rate) == ("IWM", DAY, 101.05, 0.0425)
        assert chain.expiries() == (dt.date(2026, 9, 18),)
        assert chain.option_type.tolist() == [1, -1]
        np.testing.assert_allclose(chain.quoted_vol, [0.21, 0.21])
        assert chain.quoted_delta.tolist() == [0.55, -0.45]

    @pytest.mark.parametrize("unknown", [-999.0, "NaN", "-999.0", None])
    def test_what_the_broker_does_not_know_is_missing(self, read, unknown):
        chain = read(schwab(contract(volatility=unknown, delta=unknown, theta=unknown)))
        assert np.isnan([chain.quoted_vol, chain.quoted_delta, chain.quoted_theta_per_day]).all()

    def test_stale_and_adjusted_contracts_are_counted(self, read):
        stale = contract(strike=105.0, quoteTimeInLong=AT_CLOSE - 3 * 86_400_000)
        odd = [contract(strike=110.0, nonStandard=True), contract(strike=115.0, multiplier=10.0)]
        chain = read(schwab(contract(), stale, *odd, contract(strike=120.0, mini=True)))
        assert len(chain) == 1
        assert chain.dropped == {DropReason.NONSTANDARD: 3, DropReason.OTHER_DAY: 1}

    def test_the_spot_may_stand_with_the_underlying(self, read):
        assert read(schwab(contract(), underlyingPrice=0, underlying={"mark": 99.0})).spot == 99

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            (schwab(contract(), status="FAILED"), "key status says FAILED"),
            (
                schwab(contract(), isChainTruncated=True),
                "key isChainTruncated says that contracts are missing",
            ),
            (schwab(), "holds no contracts in callExpDateMap and putExpDateMap"),
            ({"callExpDateMap": {}}, "key putExpDateMap must hold an object, got nothing"),
            (
                schwab(callExpDateMap={"2026-09-18:60": 5}),
                "key callExpDateMap.2026-09-18:60 must hold an object",
            ),
            (
                schwab(callExpDateMap={"2026-09-18:60": {"100.0": {}}}),
                r"key callExpDateMap.2026-09-18:60.100.0 must hold a list",
            ),
            (schwab(contract(ask="x")), "contract 0, key ask: 'x' is not a number"),
            (schwab(contract(), expiry="soon"), "contract 0, key expiry: 'soon' is not a date"),
        ],
    )
    def test_what_is_wrong_is_named_by_key(self, read, document, message):
        with pytest.raises(ChainError, match=message):
            read(document)


class TestTradier:
    def test_a_list_of_options_and_a_bare_one(self, read):
        one = tradier_option()
        alone = read({"options": {"option": one}}, spot=101)
        listed = read({"options": {"option": [one]}}, spot=101)
        assert (alone.symbol, alone.date, len(alone)) == ("IWM", DAY, 1)
        assert alone.to_frame().equals(listed.to_frame())
        assert np.isnan(alone.quoted_delta).all()

    def test_greeks_stand_in_their_own_object(self, read):
        greeks = {"delta": 0.55, "gamma": 0.02, "theta": -0.04, "vega": 0.12, "mid_iv": 0.21}
        chain = read({"options": {"option": tradier_option(greeks=greeks)}}, spot=101)
        assert (chain.quoted_delta[0], chain.quoted_vol[0]) == (0.55, 0.21)

    @pytest.mark.parametrize(("delta", "selected"), [(1.0, False), (-0.4, True), (-1.2, False), (0.0, True)])
    def test_a_delta_that_contradicts_the_type_is_missing(self, read, delta, selected):
        put = tradier_option("IWM260918P00100000", option_type="put", greeks={"delta": delta})
        assert np.isfinite(read({"options": {"option": put}}, spot=101).quoted_delta[0]) == selected

    def test_no_options_and_no_spot_are_said(self, read):
        with pytest.raises(ChainError, match="key options is null: the broker has no options"):
            read({"options": None})
        with pytest.raises(ChainError, match=r"no key for it.*give the spot"):
            read({"options": {"option": tradier_option()}})

    def test_a_bad_value_is_named(self, read):
        with pytest.raises(ChainError, match=r"options\.option\[0\], key strike: 'x' is not a strike"):
            read({"options": {"option": tradier_option(strike="x")}}, spot=101)

import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import DropReason, QuoteStatus
from riskcalc.domain import OptionType
from riskcalc.errors import ChainError

SEPTEMBER = dt.date(2026, 9, 18)
SIDE = "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest"
HEADER = f"Expiration Date,Calls,{SIDE},Strike,Puts,{SIDE}"
DATE = '"Date: July 20, 2026 at 4:31 PM EDT",Bid: 100.9,Ask: 101.1,Size: 1*1,Volume: 0'
CALL = "4.1,0,4,4.2,10,0.21,0.55,0.02,120"
PUT = "3.1,0,3,3.2,5,0,-0.45,0.02,80"


def row(strike=100, *, call=CALL, put=PUT, root="IWM"):
    code = f"{1000 * strike:08d}"
    return f"Fri Sep 18 2026,{root}260918C{code},{call},{strike}.00,{root}260918P{code},{put}"


def table(*rows, name="iShares Russell 2000 ETF,Last: 101.05,Change:  -0.3", date=DATE, header=HEADER):
    return "\r\n".join(["", name, date, header, *rows]) + "\r\n"


def option(contract="IWM260918C00100000", **values):
    quote = {"option": contract, "bid": 4.0, "ask": 4.2, "iv": 0.21, "delta": 0.55, "gamma": 0.02}
    return quote | {"theta": -0.04, "vega": 0.12, "volume": 3.0, "open_interest": 7.0} | values


def delayed(*options, **data):
    known = {"symbol": "IWM", "current_price": 101.05, "last_trade_time": "2026-07-20T15:59:58"}
    return {"timestamp": "2026-07-20 20:14:02", "symbol": "IWM", "data": known | data | {"options": options}}


class TestTable:
    def test_calls_stand_left_and_puts_right(self, read):
        chain = read(table(row(95), row(100)))
        assert (chain.symbol, chain.date, chain.spot, len(chain)) == ("IWM", dt.date(2026, 7, 20), 101.05, 4)
        assert chain.quote_time == dt.datetime(2026, 7, 20, 16, 31)  # noqa: DTZ001 - New York, unmarked
        assert chain.quote(expiry=SEPTEMBER, strike=95, option_type=OptionType.CALL).bid == 4
        assert chain.quote(expiry=SEPTEMBER, strike=95, option_type=OptionType.PUT).bid == 3
        np.testing.assert_array_equal(chain.quoted_vol, [0.21, np.nan, 0.21, np.nan])
        np.testing.assert_array_equal(chain.quoted_delta, [0.55, -0.45, 0.55, -0.45])
        assert chain.open_interest.tolist() == [120, 80, 120, 80]

    @pytest.mark.parametrize(
        ("stamp", "day"),
        [
            ("July 20, 2026 at 5:28 p.m. EDT", dt.date(2026, 7, 20)),
            ("Jul 20, 2026 at 9:31 AM EST", dt.date(2026, 7, 20)),
            ("July 18, 2026 at 12:05 a.m. EDT", dt.date(2026, 7, 17)),  # a Saturday: Friday's quotes
        ],
    )
    def test_the_date_line_in_its_forms(self, read, stamp, day):
        assert read(table(row(), date=f'"Date: {stamp}",Bid: 1')).date == day

    def test_a_date_line_that_cannot_be_read_asks_for_the_date(self, read):
        text = table(row(), date="Datum: 20. Juli 2026")
        with pytest.raises(
            ChainError, match=r"does not state the date .*Date, above the table.*give the date"
        ):
            read(text)
        assert read(text, date=dt.date(2026, 7, 20)).date == dt.date(2026, 7, 20)

    def test_without_a_last_price_the_spot_is_asked_for(self, read):
        with pytest.raises(ChainError, match=r"Last, above the table.*give the spot"):
            read(table(row(), name="Something,Last: n/a"))
        assert read(table(row(), name='Index,"Last: 4,505.10"')).spot == 4505.1

    def test_an_index_and_its_weeklies_are_two_symbols(self, read):
        text = table(row(root="SPX"), row(root="SPXW"))
        with pytest.raises(ChainError, match="mixes the symbols SPX, SPXW; choose one"):
            read(text)
        chain = read(text, symbol="SPX")
        assert (len(chain), chain.dropped) == (2, {DropReason.OTHER_SYMBOL: 2})

    def test_a_row_cut_off_is_named(self, read):
        with pytest.raises(ChainError, match=r"line 6 has 5 fields .* 22; is the file cut off\?"):
            read(table(row(95), "Fri Sep 18 2026,IWM260918C00100000,4.1,0,4"))

    def test_a_bad_cell_is_named_by_its_side(self, read):
        with pytest.raises(ChainError, match="line 5, column Puts Bid: 'x' is not a number"):
            read(table(row(put=PUT.replace("3,3.2", "x,3.2"))))

    def test_without_the_lines_above_it_is_refused(self, read):
        with pytest.raises(ChainError, match="lacks the two lines with underlying and date"):
            read(f"{HEADER}\n{row()}\n")

    def test_crossed_and_empty_quotes_are_judged(self, read):
        chain = read(table(row(call=CALL.replace("4,4.2", "4.3,4.2"), put=PUT.replace("3,3.2", "0,3.2"))))
        assert chain.status.tolist() == [QuoteStatus.CROSSED, QuoteStatus.NO_BID]


class TestDelayedQuotes:
    def test_all_comes_from_the_contract_symbol_and_the_envelope(self, read):
        chain = read(delayed(option(), option("IWM260918P00100000", delta=-0.45, iv=0.0)))
        assert (chain.symbol, chain.date, chain.spot) == ("IWM", dt.date(2026, 7, 20), 101.05)
        assert chain.strike.tolist() == [100, 100]
        assert chain.option_type.tolist() == [1, -1]
        np.testing.assert_array_equal(chain.quoted_vol, [0.21, np.nan])
        assert chain.quoted_theta_per_day.tolist() == [-0.04, -0.04]
        assert chain.quoted_vega_per_point.tolist() == [0.12, 0.12]

    def test_the_time_of_an_option_that_never_traded_is_missing(self, read):
        assert len(read(delayed(option(last_trade_time=None)))) == 1

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            (delayed(), "key data.options holds no quotes"),
            ({"data": {"options": None}}, "key data.options must hold a list, got nothing"),
            (delayed(option(), "text"), r"data\.options\[1\] is not a record of an option: text"),
            (delayed(option(bid="x")), r"data\.options\[0\], key bid: 'x' is not a number"),
            (delayed(option("IWM")), r"data\.options\[0\], key option: 'IWM' is not an OCC option symbol"),
            (delayed(option(), current_price=None), "key current_price.*give the spot"),
            (delayed({"option": "IWM260918C00100000", "bid": 1}), "looks like a Cboe chain but lacks ask"),
        ],
    )
    def test_what_is_wrong_is_named_by_key(self, read, document, message):
        with pytest.raises(ChainError, match=message):
            read(document)

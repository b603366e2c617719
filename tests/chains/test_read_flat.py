import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskcalc.chains import read_chain, sample_chain
from riskcalc.domain import OptionType
from riskcalc.errors import ChainError
from tests.chains.samples import quote_row

GIVEN = {"symbol": "IWM", "spot": 101.0, "date": dt.date(2026, 7, 20)}


def record(**values):
    return {"expiry": "2026-09-18", "strike": 100, "type": "call", "bid": 4.0, "ask": 4.2} | values


@pytest.mark.parametrize(
    "header",
    [
        "symbol,quote_date,spot,expiry,strike,type,bid,ask,iv,delta",
        "Ticker;Timestamp;Stock Price;Expiration Date;Strike Price;Put/Call;Bid Price;Ask Price;IV;Delta",
        "underlying\tdate\tunderlying_last\texp\tk\tcp\tbest_bid\tbest_offer\timplied_volatility\tDELTA",
    ],
)
def test_the_usual_names_in_the_usual_spellings(read, header):
    delimiter = next(mark for mark in ",;\t" if mark in header)
    row = delimiter.join(["iwm", "2026-07-20", "101", "2026-09-18", "100", "C", "4", "4.2", "0.21", "0.55"])
    chain = read(f"{header}\n{row}\n")
    assert (chain.symbol, chain.date, chain.spot) == ("IWM", dt.date(2026, 7, 20), 101)
    assert chain.quote_time is None  # a date is no time
    assert chain.quote(expiry=dt.date(2026, 9, 18), strike=100, option_type=OptionType.CALL).ask == 4.2
    assert (chain.quoted_vol[0], chain.quoted_delta[0]) == (0.21, 0.55)


@pytest.mark.parametrize("stamp", ["", "2026-07-19 11:00:00"])
@pytest.mark.parametrize("date", [dt.date(2026, 7, 17), dt.date(2026, 7, 19)])
def test_a_file_of_a_sunday_holds_fridays_quotes(read, stamp, date):
    text = f"expiry,strike,type,bid,ask,quote_time\n2026-09-18,100,call,4,4.2,{stamp}\n"
    assert read(text, symbol="IWM", spot=101, date=date).date == dt.date(2026, 7, 17)


def test_a_symbol_may_be_a_contract(read):
    chain = read("symbol,bid,ask\nIWM260918P00100000,4,4.2\n", spot=101, date=GIVEN["date"])
    assert (chain.symbol, chain.strike[0], chain.option_type[0]) == ("IWM", 100, -1)


@pytest.mark.parametrize(("name", "text"), [("iv", "21%"), ("iv_pct", "21"), ("IV %", "21")])
def test_percent_vols_are_read_where_they_say_so(read, name, text):
    chain = read(f"expiry,strike,type,bid,ask,{name}\n2026-09-18,100,call,4,4.2,{text}\n", **GIVEN)
    assert chain.quoted_vol[0] == pytest.approx(0.21)


def test_json_records_are_read_with_what_stands_once(read):
    document = {"ticker": "IWM", "feed_timestamp": "2026-07-20 13:45:12", "spot": 101, "options": [record()]}
    chain = read(document)
    assert (chain.symbol, chain.spot, len(chain)) == ("IWM", 101, 1)
    assert len(read([record(), record(type="put")], **GIVEN)) == 2


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"quotes": [record(bid="4,0")]}, r"quotes\[0\], key bid: '4,0' is not a number .*decimal comma\?"),
        ({"quotes": [record(), 3]}, r"quotes\[1\] is not a record of an option: 3"),
        ({"quotes": []}, "is not a readable quote file: .* its keys: quotes$"),
        ({}, "JSON, but not a chain of Cboe, Schwab or Tradier, or records with .* its keys: none$"),
        ([1, 2], "is not a readable quote file: .* none, it is a list$"),
        ([record(expiry=None)], r"key expiry: '' is not a date"),
    ],
)
def test_json_that_is_wrong(read, document, message):
    with pytest.raises(ChainError, match=message):
        read(document, **GIVEN)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("18.09.2026;100;C;4;4,2", "column expiry: '18.09.2026' is not a date like 2026-09-18"),
        ("2026-09-18;100,5;C;4,05;4,15", r"column strike: '100,5' is not a strike .*; decimal comma\?"),
        ("2026-09-18;100;straddle;4;4.2", "column type: 'straddle' is not call or put"),
        ("2026-09-18;one hundred;C;4;4.2", "column strike: 'one hundred' is not a strike"),
        ("2026-09-18;100;C;4", r"has 4 fields where the header has 5; is the file cut off\?"),
        ("2026-01-16;100;C;4;4.2", "no quote that has not expired by 2026-07-20"),
    ],
)
def test_csv_that_is_wrong(read, rows, message):
    with pytest.raises(ChainError, match=message) as error:
        read(f"expiry;strike;type;bid;ask\n{rows}\n", **GIVEN)
    assert rows.startswith("2026-01-16") or "line 2" in str(error.value)


class TestDataFrame:
    def test_a_chain_survives_its_own_frame(self):
        chain = sample_chain()
        again = read_chain(chain.to_frame())
        assert again.to_frame().equals(chain.to_frame())
        for name in ("symbol", "date", "spot", "quote_time"):
            assert getattr(again, name) == getattr(chain, name)

    def test_what_yfinance_returns_is_read(self):
        rows = [quote_row(strike=95.0), quote_row(strike=100.0, kind="put")]
        added = ("optionType", "expirationDate", "underlyingPrice", "quoteTime")
        frame = pd.DataFrame([{key: value for key, value in row.items() if key not in added} for row in rows])
        frame["lastTradeDate"] = pd.to_datetime(frame["lastTradeDate"])
        frame["volume"] = np.nan
        chain = read_chain(frame, spot=101.0)
        assert (chain.date, len(chain), chain.option_type.tolist()) == (dt.date(2026, 7, 17), 2, [1, -1])

    def test_bad_cells_are_named_by_row(self):
        frame = pd.DataFrame([record(), record(strike="x")])
        with pytest.raises(ChainError, match="DataFrame: row 1, column strike: 'x' is not a strike"):
            read_chain(frame, **GIVEN)
        with pytest.raises(ChainError, match="DataFrame: has no quotes"):
            read_chain(frame[:0])

import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import DropReason, QuoteStatus
from riskcalc.domain import OptionType
from riskcalc.errors import ChainError, InvalidInputError
from tests.chains.samples import quote_row, usual_rows, yfinance_csv

SEPTEMBER = dt.date(2026, 9, 18)


def read_rows(read, *rows, without=(), **options):
    return read(yfinance_csv(rows, without=without), **options)


def test_a_whole_file(read):
    chain = read_rows(read, *usual_rows())
    assert (chain.symbol, chain.date, chain.spot, len(chain)) == ("IWM", dt.date(2026, 7, 20), 101.0, 12)
    assert chain.quote_time == dt.datetime(2026, 7, 20, 13, 45)  # noqa: DTZ001 - New York time, unmarked
    assert chain.dropped == {}
    assert chain.quote(expiry=SEPTEMBER, strike=105, option_type=OptionType.PUT).mid == pytest.approx(4.1)


@pytest.mark.parametrize(
    "without",
    [
        ("optionType",),
        ("expirationDate",),
        ("strike",),
        ("optionType", "expirationDate", "contractSize", "lastPrice", "volume", "openInterest"),
    ],
)
def test_what_the_contract_symbol_says_needs_no_column(read, without):
    whole = read_rows(read, *usual_rows())
    result = read_rows(read, *usual_rows(), without=without)
    assert (result.expiry == whole.expiry).all()
    assert (result.option_type == whole.option_type).all()
    assert (result.strike == whole.strike).all()


def test_without_contract_symbols_the_symbol_is_given(read):
    with pytest.raises(ChainError, match="give the symbol"):
        read_rows(read, quote_row(), without=["contractSymbol"])
    assert read_rows(read, quote_row(), without=["contractSymbol"], symbol="iwm").symbol == "IWM"


def test_missing_numbers_are_nan_and_zero_vol_is_missing(read):
    chain = read_rows(
        read,
        quote_row(strike=95.0, bid="", volume="", impliedVolatility=0.0),
        quote_row(strike=100.0, impliedVolatility=1.0000000000000003e-05),
        quote_row(strike=105.0, impliedVolatility=0.2, lastPrice="nan"),
    )
    assert chain.status.tolist() == [QuoteStatus.MISSING, QuoteStatus.OK, QuoteStatus.OK]
    np.testing.assert_array_equal(chain.quoted_vol, [np.nan, np.nan, 0.2])
    assert np.isnan(chain.volume).all()
    assert np.isnan(chain.last[2])


def test_the_day_is_that_of_the_latest_trade_when_no_quote_has_a_time(read):
    rows = [
        quote_row(strike=95.0, lastTradeDate="2026-07-16 15:00:00+00:00"),
        # Half past one in the morning in London is the evening before in New York.
        quote_row(strike=100.0, lastTradeDate="2026-07-18 01:30:00+00:00"),
        quote_row(strike=105.0, lastTradeDate=""),
    ]
    chain = read_rows(read, *rows, without=["quoteTime"])
    assert (chain.date, chain.quote_time) == (dt.date(2026, 7, 17), None)


def test_a_date_can_be_given_where_there_is_none(read):
    nameless = ["quoteTime", "lastTradeDate"]
    with pytest.raises(ChainError, match=r"columns quoteTime, lastTradeDate.*give the date"):
        read_rows(read, quote_row(), without=nameless)
    chain = read_rows(read, quote_row(), without=nameless, date=dt.date(2026, 7, 1))
    assert chain.date == dt.date(2026, 7, 1)


def test_a_spot_can_be_given_where_there_is_none(read):
    with pytest.raises(ChainError, match=r"column underlyingPrice.*give the spot"):
        read_rows(read, quote_row(), without=["underlyingPrice"])
    with pytest.raises(ChainError, match="give the spot"):
        read_rows(read, quote_row(underlyingPrice=""))
    assert read_rows(read, quote_row(), without=["underlyingPrice"], spot=99.5).spot == 99.5
    assert read_rows(read, quote_row(), spot=99.5).spot == 99.5
    with pytest.raises(InvalidInputError, match="spot must be a number > 0"):
        read_rows(read, quote_row(), spot=0.0)


def test_a_spot_that_moves_is_taken_at_the_latest_quote(read):
    chain = read_rows(
        read,
        quote_row(strike=95.0, underlyingPrice=100.0, quoteTime="2026-07-20 10:00:00"),
        quote_row(strike=100.0, underlyingPrice=101.5, quoteTime="2026-07-20 10:05:00"),
        quote_row(strike=105.0, underlyingPrice="", quoteTime="2026-07-20 10:09:00"),
    )
    assert chain.spot == 101.5


def test_two_spots_at_one_time_are_refused(read):
    rows = [quote_row(strike=95.0), quote_row(strike=100.0, underlyingPrice=102.0)]
    with pytest.raises(ChainError, match=r"from 101 to 102 .*underlyingPrice.*give the spot"):
        read_rows(read, *rows)
    with pytest.raises(ChainError, match="no quote time to tell the latest"):
        read_rows(read, *rows, without=["quoteTime"])
    assert read_rows(read, *rows, spot=101.0).spot == 101.0


def test_rows_that_do_not_belong_are_counted_by_reason(read):
    chain = read_rows(
        read,
        quote_row(strike=100.0),
        quote_row(strike=100.0),
        quote_row(strike=105.0, quoteTime="2026-07-20 09:31:00", bid=3.0),
        quote_row(strike=105.0, bid=4.1),
        quote_row(strike=110.0, expiry="2026-07-17"),
        quote_row(strike=110.0, quoteTime="2026-07-17 15:00:00"),
        quote_row(strike=110.0, root="IWM1"),
        quote_row(strike=115.0, root="IWM7", contractSize="MINI"),
        quote_row(strike=100.0, expiry="2026-07-20"),
    )
    assert chain.dropped == {
        DropReason.NONSTANDARD: 2,
        DropReason.OTHER_DAY: 1,
        DropReason.EXPIRED: 1,
        DropReason.SUPERSEDED: 1,
        DropReason.DUPLICATE: 1,
    }
    assert len(chain) == 3
    assert chain.quote(expiry=SEPTEMBER, strike=105, option_type=OptionType.CALL).bid == 4.1
    assert dt.date(2026, 7, 20) in chain.expiries()


def test_quotes_that_contradict_each_other_are_refused(read):
    rows = [quote_row(strike=95.0), quote_row(strike=100.0), quote_row(strike=100.0, bid=4.1)]
    with pytest.raises(ChainError) as error:
        read_rows(read, *rows)
    assert "line 3 and line 4 disagree about call 100 2026-09-18 (bid/ask 4/4.2 and 4.1/4.2)" in str(
        error.value
    )


def test_mixed_symbols_need_one_to_be_named(read):
    rows = [quote_row(), quote_row(root="TNA"), quote_row(root="TNA", strike=105.0)]
    with pytest.raises(ChainError, match="mixes the symbols IWM, TNA; choose one"):
        read_rows(read, *rows)
    chain = read_rows(read, *rows, symbol="TNA")
    assert (chain.symbol, len(chain), chain.dropped) == ("TNA", 2, {DropReason.OTHER_SYMBOL: 1})
    with pytest.raises(ChainError, match="holds no quote of SPY; it holds IWM, TNA"):
        read_rows(read, *rows, symbol="SPY")


def test_a_day_of_several_can_be_named(read):
    rows = [quote_row(quoteTime=f"2026-07-{day} 15:00:00") for day in (16, 17)]
    assert read_rows(read, *rows).date == dt.date(2026, 7, 17)
    chain = read_rows(read, *rows, date=dt.date(2026, 7, 16))
    assert (chain.date, chain.dropped) == (dt.date(2026, 7, 16), {DropReason.OTHER_DAY: 1})
    with pytest.raises(ChainError, match="no quote of 2026-07-15; it holds 2026-07-16, 2026-07-17"):
        read_rows(read, *rows, date=dt.date(2026, 7, 15))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            quote_row(expiry="2026-07-17"),
            "no quote that has not expired by 2026-07-20; it holds .* 2026-07-17",
        ),
        (quote_row(root="IWM1"), "only adjusted or mini contracts"),
    ],
)
def test_a_file_of_which_nothing_is_left_is_refused(read, row, message):
    with pytest.raises(ChainError, match=message):
        read_rows(read, row)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"strike": "abc"}, "line 3, column strike: 'abc' is not a strike like 295.5"),
        ({"strike": ""}, "line 3, column strike: '' is not a strike like 295.5"),
        ({"strike": "0"}, "line 3, column strike: '0' is not a strike like 295.5"),
        ({"strike": "inf"}, "line 3, column strike: 'inf' is not a strike like 295.5"),
        ({"bid": "4,05"}, "line 3, column bid: '4,05' is not a number like 1234.5"),
        ({"ask": "1_0"}, "line 3, column ask: '1_0' is not a number like 1234.5"),
        ({"optionType": "straddle"}, "line 3, column optionType: 'straddle' is not call or put"),
        ({"expirationDate": "18/09/2026"}, "line 3, column expirationDate: '18/09/2026' is not a date like"),
        ({"quoteTime": "2026-07-20 13:4"}, "line 3, column quoteTime: '2026-07-20 13:4' is not a time like"),
        ({"contractSymbol": "IWM"}, "line 3, column contractSymbol: 'IWM' is not an OCC option symbol"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(read, cells, message):
    with pytest.raises(ChainError) as error:
        read_rows(read, quote_row(strike=95.0), quote_row() | cells)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_all_bad_cells_are_listed_until_there_are_many(read):
    with pytest.raises(ChainError) as error:
        read_rows(read, quote_row() | {"strike": "x", "bid": "y"}, quote_row() | {"ask": "z"})
    assert [line.split(": ", 1)[1] for line in str(error.value).splitlines()] == [
        "line 2, column bid: 'y' is not a number like 1234.5",
        "line 2, column strike: 'x' is not a strike like 295.5",
        "line 3, column ask: 'z' is not a number like 1234.5",
    ]
    with pytest.raises(ChainError, match="and 1,195 more cells like these"):
        read_rows(read, *[quote_row() | {"strike": "x"}] * 1200)


@pytest.mark.parametrize("missing", ["bid", "ask"])
def test_a_needed_column_that_is_missing_is_named(read, missing):
    with pytest.raises(ChainError, match=f"looks like a yfinance chain but lacks {missing}"):
        read_rows(read, quote_row(), without=[missing])


def test_a_column_that_is_there_twice_is_refused(read):
    text = yfinance_csv([quote_row()]).replace("currency", "bid")
    with pytest.raises(ChainError, match="has the column bid twice"):
        read(text)


def test_a_file_cut_off_is_refused_with_its_line(read):
    text = yfinance_csv(usual_rows())
    with pytest.raises(
        ChainError, match=r"line 13 has 7 fields where the header has 15; is the file cut off\?"
    ):
        read(text[: text.rindex(",12,0.21")])


def test_a_quote_mark_that_never_closes_is_refused(read):
    text = yfinance_csv(usual_rows())
    with pytest.raises(ChainError, match="fields where the header has 15"):
        read(text.replace("IWM260821C00100000", '"IWM260821C00100000'))


def test_decimal_commas_are_refused(read):
    row = quote_row() | {"strike": "100,5", "bid": "4,05", "ask": "4,15"}
    with pytest.raises(
        ChainError, match=r"line 2, column strike: '100,5' is not a strike like 295.5; decimal comma\?"
    ):
        read(yfinance_csv([row], delimiter=";"))
    with pytest.raises(ChainError, match=r"line 2 has 18 fields where the header has 15; decimal commas"):
        read(yfinance_csv([row]).replace('"', ""))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_line_ends_are_read(read, delimiter):
    text = "\ufeff\r\n" + yfinance_csv(usual_rows(), delimiter=delimiter).replace("\n", "\r\n") + "\r\n"
    assert len(read(text)) == 12


def test_a_header_alone_is_refused(read):
    with pytest.raises(ChainError, match="has a header but no quotes"):
        read_rows(read)

"""Every layout is read to one answer, whichever way a vendor writes it."""

import datetime as dt
import gzip
import io
import zipfile
from collections import namedtuple

import numpy as np
import pandas as pd
import pytest

from riskcalc.chains import chain_summary, read_chain, sample_chain
from riskcalc.errors import ChainError
from tests.chains.layouts import (
    FRAME,
    GIVEN,
    LAYOUTS,
    SPOT,
    assert_base,
    of_days,
    yfinance_merged,
    yfinance_sides,
)
from tests.outside import reference_file

YAHOO = {"regularMarketPrice": SPOT, "regularMarketTime": 1784577600, "symbol": "IWM"}
Options = namedtuple("Options", "calls puts underlying")  # noqa: PYI024 - as yfinance has it


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_the_same_chain(read, name):
    layout = LAYOUTS[name]
    assert_base(read(layout.write(), **layout.given))


@pytest.mark.parametrize("name", [name for name, layout in LAYOUTS.items() if layout.lacks])
def test_what_a_layout_lacks_is_asked_for(read, name):
    layout = LAYOUTS[name]
    given = dict(layout.given)
    missing, _ = given.popitem()
    with pytest.raises(ChainError, match=f"give the {missing}"):
        read(layout.write(), **given)


def test_the_answer_of_the_base():
    summary = chain_summary(
        read_chain(FRAME.assign(**GIVEN).rename(columns={"date": "quote_date"})), rate=0.04
    )
    result = [(row.forward, row.implied_yield, row.atm_vol, row.straddle) for row in summary.expiries]
    np.testing.assert_allclose(
        result, [(296.89, 0.0093, 0.202, 19.36), (297.41, 0.0118, 0.201, 23.37)], atol=0.006, rtol=0
    )
    assert summary.account.usable == 228


@pytest.mark.parametrize(
    ("file", "given"),
    [
        ("00_base.csv", ""),
        ("01_optionsdx.txt", "symbol"),
        ("02_cboe_datashop_eod.csv", ""),
        ("04_historicaloptiondata.csv", ""),
        ("05_barchart.csv", ""),
        ("06_thinkorswim.csv", ""),
        ("07b_polygon_flat.csv", ""),
        ("15_thetadata.csv", "spot"),
        ("23_excel_dollar.csv", ""),
    ],
)
def test_the_files_of_other_layouts(file, given):
    path = reference_file(f"06_option_chain_layouts/{file}")
    assert_base(read_chain(path, **{name: GIVEN[name] for name in given.split()}))


def test_a_file_for_each_expiry_is_one_chain():
    paths = [
        reference_file(f"06_option_chain_layouts/26_tradier_{expiry}.json")
        for expiry in ("2026-09-18", "2026-10-16")
    ]
    assert_base(read_chain(paths, spot=SPOT))


def test_files_of_two_days_or_symbols_are_no_one_chain(tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    FRAME.assign(symbol="IWM", spot=SPOT, quote_time="2026-07-20").to_csv(one, index=False)
    FRAME.assign(symbol="SPY", spot=SPOT, quote_time="2026-07-20").to_csv(other, index=False)
    with pytest.raises(ChainError, match=r"one\.csv, .*other\.csv: mixes the symbols IWM, SPY"):
        read_chain([one, other])


def test_vendors_units_are_dollars_days_and_points(read):
    for name in ("historicaloptiondata", "optionmetrics"):
        chain = read(LAYOUTS[name].write(), **LAYOUTS[name].given)
        np.testing.assert_allclose(chain.quoted_theta_per_day, -0.1)
    chain = read(LAYOUTS["historicaloptiondata"].write())
    np.testing.assert_allclose(chain.quoted_vega_per_point, 0.4)
    assert read(LAYOUTS["finnhub"].write()).quoted_vol[0] == pytest.approx(0.201)
    assert read(LAYOUTS["barchart"].write()).quoted_vol[0] == pytest.approx(0.2011)


def test_a_stamp_in_another_zone_is_new_yorks(read):
    chain = read(LAYOUTS["barchart"].write())
    assert chain.quote_time == dt.datetime(2026, 7, 20, 16)  # noqa: DTZ001 - New York, unmarked


class TestYfinance:
    def test_the_whole_answer_is_read(self):
        calls, puts = yfinance_sides()
        assert_base(read_chain(Options(calls, puts, YAHOO)))

    def test_a_list_of_answers_is_one_chain(self):
        calls, puts = yfinance_sides()
        answers = [
            Options(calls[calls["day"] == day], puts[puts["day"] == day], YAHOO)
            for day in ("2026-09-18", "2026-10-16")
        ]
        assert_base(read_chain(answers))

    def test_calls_alone_are_read(self):
        calls, _ = yfinance_sides()
        assert len(read_chain(Options(calls, None, YAHOO))) == len(calls) == len(read_chain(calls, spot=SPOT))

    def test_an_outer_merge_has_options_of_one_side(self, read):
        calls, puts = yfinance_sides()
        joined = calls[calls["strike"] != 280].merge(puts, on=["strike", "day"], how="outer")
        chain = read(joined.to_csv(), spot=SPOT)
        assert len(chain) == len(FRAME) - 2

    def test_puts_merged_first_are_puts(self, read):
        calls, puts = yfinance_sides()
        assert_base(read(puts.merge(calls, on=["strike", "day"]).drop(columns="day").to_csv(), spot=SPOT))


class TestPacked:
    def test_a_zip_archive_of_one_file(self, tmp_path):
        path = tmp_path / "quotes.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("iwm.csv", LAYOUTS["barchart"].write())
        assert_base(read_chain(path))

    def test_a_zip_archive_of_two_files_is_refused(self, tmp_path):
        path = tmp_path / "quotes.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", "a")
            archive.writestr("b.csv", "b")
        with pytest.raises(ChainError, match="is a zip archive of 2 files, where one is read; unpack it"):
            read_chain(path)

    def test_gzipped_lines(self, tmp_path):
        path = tmp_path / "quotes.jsonl.gz"
        path.write_bytes(gzip.compress(LAYOUTS["lines"].write().encode()))
        assert_base(read_chain(path))

    def test_a_line_cut_off_is_named(self, read):
        text = LAYOUTS["lines"].write()[:-20]
        with pytest.raises(ChainError, match="is damaged newline-delimited JSON at line 228: "):
            read(text)


class TestDates:
    def test_dates_that_may_be_two_days_are_refused(self, read):
        text = of_days(lambda day: {"2026-09-18": "09/11/2026"}.get(day, "10/09/2026"), "2026-07-20")
        with pytest.raises(
            ChainError, match="'09/11/2026' may be 2026-09-11 or 2026-11-09; write dates like 2026"
        ):
            read(text)

    def test_one_column_tells_how_the_other_is_written(self, read):
        text = of_days(lambda day: f"{day[5:7]}/{day[8:]}/{day[:4]}", "07/08/2026")
        assert read(text).date == dt.date(2026, 7, 8)

    def test_of_many_days_the_last_is_read_and_said(self):
        days = [FRAME.assign(symbol="IWM", spot=SPOT, quote_time=f"2026-07-{day}") for day in (16, 17, 20)]
        chain = read_chain(pd.concat(days))
        assert (chain.date, len(chain)) == (dt.date(2026, 7, 20), 228)
        assert chain.warnings == (
            "holds 3 days, 2026-07-16 to 2026-07-20: using the last, 2026-07-20; --date selects another",
        )
        assert read_chain(pd.concat(days), date=dt.date(2026, 7, 17)).warnings == ()


def test_a_frame_with_named_index_and_text_prices():
    frame = sample_chain().to_frame().set_index("expiry")
    frame["bid"] = frame["bid"].map("${:,.2f}".format)
    assert len(read_chain(frame)) == 948


def test_thousands_are_read_where_commas_set_no_decimals(read):
    row = 'SPX,"7,403.50",2026-07-20,2026-09-18,"7,400",C,"1,004.10","1,006.30"'
    chain = read(f"symbol,spot,date,expiry,strike,type,bid,ask\n{row}\n")
    assert (chain.spot, chain.strike[0], chain.bid[0]) == (7403.5, 7400, 1004.1)


def test_merged_tables_are_read_from_memory():
    assert_base(read_chain(pd.read_csv(io.StringIO(yfinance_merged())), spot=SPOT))


@pytest.mark.parametrize(
    "document",
    [
        {
            "columns": ["strike", "expiry", "type", "bid", "ask"],
            "data": [[270, "2026-09-18", "C", 1, 2], 3.0],
        },
        {
            "rows": [
                {"expirygroup": "October 16, 2026"},
                [1],
                {"expirygroup": "", "c_Bid": 1, "c_Ask": 2, "strike": 3},
            ]
        },
        [
            {"symbol": "IWM260918C00270000", "contract": "x", "bid": 1, "ask": 2},
            {"symbol": "", "bid": 1, "ask": 2},
        ],
    ],
)
def test_damaged_shapes_are_refused_in_words(read, document):
    with pytest.raises(ChainError):
        read(document, **GIVEN)

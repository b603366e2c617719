"""Price files as people have them: every layout gives the same bars, and what was done is said."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from riskcalc.domain.price_history import PriceBasis
from riskcalc.errors import InvalidInputError, PriceFileError
from riskcalc.history import read_histories, read_prices, read_vols
from tests.history.made_up import LAYOUTS, few, raw_with_split, three_lines
from tests.outside import reference_file

PRICES = ("open", "high", "low", "close")


@pytest.fixture
def write(tmp_path):
    def written(text, name="prices.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_bars(write, layout):
    table = few()
    bars = read_prices(write(LAYOUTS[layout](table)))
    assert bars.dates.astype(str).tolist() == table.Date.tolist()
    for name in PRICES:
        np.testing.assert_allclose(getattr(bars, name), table[name.title()], rtol=1e-12)
    assert (bars.has_ranges, bars.basis) == (True, PriceBasis.RAW)


@pytest.mark.parametrize(
    ("name", "bars", "first", "last", "basis"),
    [
        ("cboe_index_history", 3, 15.06, 19.20, "raw"),
        ("site_download_newest_first", 15, 115.66, 119.62, "raw"),
        ("stooq_newest_last", 15, 115.66, 119.62, "raw"),
        ("yfinance_flat", 15, 115.66, 119.62, "raw"),
        ("yfinance_three_line_header", 15, 106.380096221, 110.431197427, "adjusted"),
        ("zoned_dates", 15, 115.66, 119.62, "raw"),
    ],
)
def test_the_layouts_that_people_have(name, bars, first, last, basis):
    result = read_prices(reference_file(f"05_price_layouts/{name}.csv"))
    assert (len(result), result.close[0], result.close[-1], result.basis) == (bars, first, last, basis)
    assert str(result.last_day) == "2014-12-31"


@pytest.mark.parametrize(
    ("symbol", "bars", "splits"),
    [
        ("IWM", 3672, ["2-for-1 of 2005-06-09"]),
        ("SPY", 3816, []),
        ("TNA", 1539, ["2-for-1 of 2013-04-02"]),
        ("TZA", 1539, ["1-for-5 of 2010-07-08", "1-for-3 of 2011-02-24", "1-for-4 of 2013-04-02"]),
    ],
)
def test_real_histories_have_every_session_and_their_splits_undone(symbol, bars, splits):
    result = read_prices(reference_file(f"05_leveraged_etf_prices/{symbol}_daily_raw_alphavantage.csv"))
    assert (result.symbol, len(result), result.basis) == (symbol, bars, PriceBasis.RAW)
    assert result.notes == tuple(f"split {split} undone" for split in splits)
    assert np.abs(np.diff(np.log(result.close))).max() < 0.6


@pytest.mark.parametrize(
    ("symbol", "bars", "basis"),
    [("IWM", 1549, "adjusted"), ("TNA", 1539, "adjusted"), ("RUT_index_close", 1549, "raw")],
)
def test_a_column_of_closes_for_each_symbol(symbol, bars, basis):
    result = read_prices(
        reference_file("05_leveraged_etf_prices/adjusted_close_wide.csv"), symbol=symbol.lower()
    )
    assert (result.symbol, len(result), result.basis) == (symbol, bars, basis)
    assert not result.has_ranges
    assert (result.low == result.close).all()


def changed(change):
    """A file of the made-up bars after a change of its lines; line 1 is the header."""
    lines = few().to_csv(index=False).splitlines()
    return "\n".join(change(lines)) + "\n"


def doubled(lines):
    return [*lines[:5], lines[4], *lines[5:]]


def with_cell(line, column, text):
    def change(lines):
        cells = lines[line - 1].split(",")
        cells[column] = text
        return [*lines[: line - 1], ",".join(cells), *lines[line:]]

    return change


def on_a_holiday(lines):
    place = next(k for k, line in enumerate(lines) if line > "2026-07-03" and line[0] == "2")
    return [*lines[:place], "2026-07-03," + lines[place - 1].partition(",")[2], *lines[place:]]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda lines: [lines[0], *lines[:0:-1]], "rows sorted: the file has the newest first"),
        (lambda lines: [lines[0], lines[3], *lines[1:3], *lines[4:]], "rows sorted by date"),
        (doubled, "1 duplicate row left out"),
        (lambda lines: [*lines[:5], *lines[7:]], "2 sessions missing: 2026-06-10, 2026-06-11"),
        (lambda lines: [*lines, "2026-07-20,,,,"], "1 row without a price excluded"),
        (lambda lines: [*lines, "2026-07-20,nan,nan,nan,nan"], "1 row without a price excluded"),
        (
            lambda lines: [*lines, "2026-07-18," + lines[-1].partition(",")[2]],
            "1 row on days without a session excluded: 2026-07-18 (a Saturday)",
        ),
        (
            on_a_holiday,
            "1 row on days without a session excluded: 2026-07-03 (Independence Day (observed))",
        ),
        (with_cell(3, 2, "1.00"), "1 bar with open or close beyond the high: widened"),
    ],
)
def test_what_was_done_with_the_rows_is_said(write, change, note):
    bars = read_prices(write(changed(change)))
    assert bars.notes == (note,)
    assert (np.diff(bars.dates.astype(int)) > 0).all()
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (with_cell(7, 4, "0"), "line 7, column Close: 0 is not a price > 0"),
        (with_cell(7, 3, "-12.5"), "line 7, column Low: -12.5 is not a price > 0"),
        (with_cell(7, 1, ""), "line 7, has no open"),
        (with_cell(7, 4, "abc"), "line 7, column Close: 'abc' is not a number like 1234.5"),
        (with_cell(7, 0, "31/12/2014"), "line 7, column Date: '31/12/2014' is not a date like 2026-09-18"),
        (with_cell(7, 0, "2026-06-09"), "has two prices for 2026-06-09: open"),
        (
            lambda lines: [*lines[:-1], lines[-1][:20]],
            "line 31 has 3 fields where the header has 5; is the file cut off?",
        ),
        (
            lambda lines: [lines[0], *lines[1::5]],
            "holds 21% of the sessions from 2026-06-04 to 2026-07-13; daily bars are needed",
        ),
        (lambda lines: lines[:1], "has a header but no"),
        (lambda lines: [lines[0], "2026-07-17,,,,"], "holds no price"),
        (
            lambda lines: [lines[0].replace("High", "Top"), *lines[1:]],
            "has open, low, close but no column for high",
        ),
        (lambda lines: lines[1:], "no column gives the date"),
        (
            lambda lines: [line.rpartition(",")[0] for line in lines],
            "holds prices of 3 symbols (Open, High, Low)",
        ),
        (lambda _: ["{}"], "is JSON; prices are read from CSV"),
        (lambda _: ["<html>"], "is a web page"),
    ],
)
def test_what_cannot_be_right_is_refused_in_one_line(write, change, says):
    path = write(changed(change))
    with pytest.raises(PriceFileError) as refused:
        read_prices(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("source", [None, 3, [], ["a.csv", 3]])
def test_a_source_is_a_path_or_several(source):
    with pytest.raises(InvalidInputError, match="source must be a path"):
        read_prices(source)


class TestSymbols:
    def test_several_are_refused_until_one_is_named(self, write):
        path = write(three_lines(few(), ("IWM", "SPY")))
        with pytest.raises(
            PriceFileError, match=r"holds prices of 2 symbols \(IWM, SPY\); choose one: --symbol"
        ):
            read_prices(path)
        assert read_prices(path, symbol="spy").symbol == "SPY"
        with pytest.raises(PriceFileError, match="none is QQQ"):
            read_prices(path, symbol="QQQ")

    def test_a_column_of_symbols_is_one_of_them(self, write):
        table = few()
        twice = [table.assign(Symbol="IWM"), table.assign(Symbol="SPY", Close=table.High)]
        path = write("".join(one.to_csv(index=False, header=not k) for k, one in enumerate(twice)))
        with pytest.raises(PriceFileError, match="holds prices of 2 symbols"):
            read_prices(path)
        assert read_prices(path, symbol="SPY").close[-1] == table.High.iloc[-1]

    @pytest.mark.parametrize(
        ("name", "symbol"),
        [
            ("IWM.csv", "IWM"),
            ("IWM_daily.csv", "IWM"),
            ("iwm_us_d.csv", "IWM"),
            ("prices.csv", ""),
            ("2014.csv", ""),
        ],
    )
    def test_a_file_may_be_called_by_it(self, write, name, symbol):
        assert read_prices(write(changed(list), name)).symbol == symbol

    def test_a_symbol_that_is_given_names_a_file_that_names_none(self, write):
        assert read_prices(write(changed(list)), symbol="RSP").symbol == "RSP"


class TestSplits:
    def test_one_that_the_prices_no_longer_show_is_left_alone(self, write):
        table = raw_with_split(few(), ratio=1.0).assign(
            split_coefficient=np.where(np.arange(30) == 20, 2.0, 0.0)
        )
        bars = read_prices(write(table.to_csv(index=False)))
        assert bars.notes == ()
        assert bars.close[0] == few().Close.iloc[0]

    @pytest.mark.parametrize(("ratio", "words"), [(2.0, "2-for-1"), (0.1, "1-for-10")])
    def test_one_that_no_column_says_is_undone_and_said(self, write, ratio, words):
        table = raw_with_split(few(), ratio=ratio).drop(columns="split_coefficient")
        bars = read_prices(write(table.to_csv(index=False)))
        day = table.Date.iloc[20]
        assert bars.notes == (
            f"split {words} of {day} undone; not in a column, but in the overnight change of the price",
        )
        np.testing.assert_allclose(bars.close, few().Close, rtol=1e-12)

    def test_a_ratio_that_is_none_is_refused(self, write):
        table = few().assign(split_coefficient=[1.0] * 29 + [-2.0])
        with pytest.raises(PriceFileError, match="line 31, column split_coefficient: -2 is not a split"):
            read_prices(write(table.to_csv(index=False)))

    def test_a_fall_within_the_day_is_none(self, write):
        table = few()
        table.loc[20:, ["Low", "Close"]] /= 2
        table.loc[21:, ["Open", "High"]] /= 2
        bars = read_prices(write(table.to_csv(index=False)))
        assert bars.notes == ()

    def test_in_the_second_of_two_years_it_reaches_into_the_first(self, write):
        table = raw_with_split(few())
        paths = [
            write(table[:15].to_csv(index=False), "2025.csv"),
            write(table[15:].to_csv(index=False), "2026.csv"),
        ]
        bars = read_prices(paths)
        assert bars.notes[0] == "2 files read as one history"
        np.testing.assert_allclose(bars.close, few().Close, rtol=1e-12)


def test_adjusted_prices_are_told_by_their_digits(write):
    table = few()
    for name in PRICES:
        table[name.title()] *= 0.9217341
    bars = read_prices(write(table.to_csv(index=False)))
    assert (bars.basis, bars.basis_reason) == (
        PriceBasis.ADJUSTED,
        "prices are not whole cents: adjusted for dividends",
    )


def test_an_archive_is_read(tmp_path):
    path = tmp_path / "IWM.csv.gz"
    path.write_bytes(gzip.compress(changed(list).encode()))
    assert len(read_prices(path)) == 30


class TestSeveralFiles:
    def test_of_one_symbol_are_one_history(self, write):
        table = few()
        paths = [
            write(part.to_csv(index=False), f"IWM_{k}.csv") for k, part in enumerate((table[15:], table[:20]))
        ]
        (bars,) = read_histories(paths)
        assert (bars.symbol, len(bars)) == ("IWM", 30)
        assert "5 duplicate rows left out" in bars.notes

    def test_of_two_symbols_are_two(self, write):
        paths = [write(changed(list), name) for name in ("IWM.csv", "SPY.csv")]
        assert [bars.symbol for bars in read_histories(paths)] == ["IWM", "SPY"]

    def test_without_names_they_are_one_where_their_days_do_not_overlap(self, write):
        table = few()
        early, late, all_ = (
            write(part.to_csv(index=False), name)
            for part, name in ((table[:15], "a1.csv"), (table[15:], "a2.csv"), (table, "a3.csv"))
        )
        assert [len(bars) for bars in read_histories([early, late])] == [30]
        assert [len(bars) for bars in read_histories([late, all_])] == [15, 30]

    def test_two_symbols_are_no_one_history(self, write):
        paths = [write(changed(list), name) for name in ("IWM.csv", "SPY.csv")]
        with pytest.raises(PriceFileError, match="hold prices of different symbols: IWM, SPY"):
            read_prices(paths)


@pytest.mark.parametrize(
    ("text", "vols"),
    [
        ("DATE,OPEN,HIGH,LOW,CLOSE\n12/30/2014,15,16,15,15.92\n12/31/2014,15,19,15,19.20\n", [0.1592, 0.192]),
        ("observation_date,VIXCLS\n2014-12-30,15.92\n2014-12-31,\n", [0.1592]),
        ("date,iv\n2014-12-31,0.192\n2014-12-30,0.1592\n", [0.1592, 0.192]),
        ("date,iv30,hv30\n2014-12-30,15.92%,14%\n", [0.1592]),
    ],
)
def test_implied_vols_are_read_in_percent_or_as_fractions(write, text, vols):
    assert read_vols(write(text)).vol.tolist() == pytest.approx(vols)


def test_a_dot_is_a_missing_value_as_in_old_files_of_fred(tmp_path):
    path = tmp_path / "VXN.csv"
    path.write_text("DATE,VXNCLS\n2026-07-15,20.1\n2026-07-16,.\n2026-07-17,21.4\n")
    vols = read_vols(path)
    assert (vols.dates.astype(str).tolist(), vols.vol.tolist()) == (
        ["2026-07-15", "2026-07-17"],
        [0.201, 0.214],
    )


def paid_in(table, tmp_path):
    path = tmp_path / "IWM.csv"
    path.write_text(table.to_csv(index=False))
    return read_prices(path)


def test_dividends_of_a_column_are_kept_in_todays_shares(tmp_path):
    bars = paid_in(
        raw_with_split(few()).assign(Dividends=[0.0] * 10 + [0.8] + [0.0] * 14 + [0.5] * 5), tmp_path
    )
    assert bars.dividends.tolist() == [0.0] * 10 + [0.4] + [0.0] * 14 + [0.5] * 5
    assert bars.split_factor.tolist() == [2.0] * 20 + [1.0] * 10


def test_dividends_without_a_column_are_what_the_adjusted_close_took_out(tmp_path):
    table = few()
    kept = 1 - 0.8 / table.Close[9]
    adjusted = np.where(np.arange(len(table)) < 10, table.Close * kept, table.Close)
    bars = paid_in(table.assign(**{"Adj Close": np.round(adjusted, 2)}), tmp_path)
    assert bars.dividends[10] == pytest.approx(0.8, abs=0.02)
    assert np.count_nonzero(bars.dividends) == 1


def test_adjusted_prices_and_closes_alone_pay_no_dividends(tmp_path):
    assert paid_in(few(), tmp_path).dividends is None
    table = few(100)
    table.iloc[:, 1:] *= 0.9217341
    assert paid_in(table.assign(Dividends=1.0), tmp_path).dividends is None


def test_a_dividend_below_0_is_refused(tmp_path):
    with pytest.raises(PriceFileError, match="line 2, column Dividends: -1 is not a dividend >= 0"):
        paid_in(few().assign(Dividends=-1), tmp_path)


def test_an_adjusted_close_beyond_all_bounds_pays_no_dividend(tmp_path):
    adjusted = [1e10, 1e-300, *few().Close[2:]]
    assert np.isfinite(paid_in(few().assign(**{"Adj Close": adjusted}), tmp_path).dividends).all()

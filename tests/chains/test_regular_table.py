"""The reader of large regular files gives the table that the reader of any file gives, or leaves it alone."""

import csv
import io

import numpy as np
import pytest

from riskcalc.chains import read_chain, regular_table, sample_chain, text_table, typed_columns
from riskcalc.chains.regular_table import is_regular, regular_cells

PLAIN = (
    "expiry,strike,type,bid,ask\n2026-09-18,295,call,1.5,1.6\n2026-09-18,295,put,,1.4\n"
    "2026-09-18,300,call,1,2\n"
)


def columns(text, *, wanted=(0, 1, 2, 3, 4), delimiter=","):
    return regular_cells(text.encode(), columns=wanted, width=5, delimiter=delimiter)


@pytest.mark.parametrize("wanted", [(0, 1, 2, 3, 4), (1, 3), (4,)])
@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip("\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("295", " 295 ").replace("call", "CALL"),
        PLAIN.replace("1.5", "NaN").replace("1.6", "–"),
    ],
)
def test_its_cells_are_those_of_the_csv_module(text, wanted):
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    result = columns(text, wanted=wanted)
    for index, cells in zip(wanted, result, strict=True):
        assert cells.tolist() == [row[index] for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("1.5,1.6", "1.5"),
        PLAIN.replace("1.5,1.6", "1.5,1.6,1.7"),
        PLAIN.replace("1.5,1.6", "1.5,1.6,1.7").replace(",,1.4", ",1.4"),
        PLAIN.replace("call", '"call"'),
        PLAIN + "\n",
        PLAIN + "Downloaded from somewhere\n",
        PLAIN.replace("\n", "\r"),
    ],
)
def test_what_is_not_regular_is_left_to_the_other_reader(text):
    assert columns(text) is None


def test_lines_are_counted_over_the_seam_of_two_pieces(monkeypatch):
    monkeypatch.setattr(regular_table, "PIECE", 1_000)
    many = b"1,2,3,4,5\n" * 110
    assert is_regular(many, width=5, delimiter=",")
    assert not is_regular(many + b"1,2,3,4\n", width=5, delimiter=",")
    assert not is_regular(b"1,2,3,4\n" + many, width=5, delimiter=",")


def test_a_chain_is_the_same_by_either_reader(tmp_path, monkeypatch):
    chain = sample_chain()
    path = tmp_path / "quotes.csv"
    table = (
        chain.to_frame().drop(columns="status").assign(symbol="IWM", spot=chain.spot, date=str(chain.date))
    )
    table.to_csv(path, index=False)
    one = read_chain(path)
    monkeypatch.setattr(text_table, "MANY_LINES", 0)
    monkeypatch.setattr(text_table, "MAX_LINES", 0)
    other = read_chain(path)
    for name in ("expiry", "strike", "option_type", "bid", "ask", "open_interest"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name != "expiry")
    assert (one.symbol, one.date, one.spot, len(one)) == (other.symbol, other.date, other.spot, len(other))


def test_a_bad_cell_of_a_large_file_is_named_by_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr(text_table, "MANY_LINES", 0)
    path = tmp_path / "quotes.csv"
    path.write_text(PLAIN + ",,,,\n")
    assert len(read_chain(path, symbol="IWM", spot=295, date=sample_chain().date)) == 3
    path.write_text(PLAIN.replace("300,call,1", "300,call,one"))
    with pytest.raises(Exception, match=r"line 4, column bid: 'one' is not a number"):
        read_chain(path, symbol="IWM", spot=295, date=sample_chain().date)


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "7%",
        "$5",
        "1,000",
        "1e3",
        "nan",
        "1_0",
        "inf",
        "9" * 16,
        "٣",
        "1.2.3",
        " 4 ",
        "-",
        ".",
        "1e16",
        "1-2",
    ],
)
def test_many_plain_numbers_are_read_as_one_by_one(odd, monkeypatch):
    texts = ("295", "-0.5", "", "007", "12.", "0.1234567890123456789", "999999999999999.99", odd)
    column = text_table.column_of(texts)
    table = text_table.Table(columns={"bid": column}, row_numbers=np.arange(len(texts)))
    one_by_one, together = typed_columns.Cells(table=table), typed_columns.Cells(table=table)
    expected = one_by_one.numbers("bid")
    monkeypatch.setattr(typed_columns, "MANY_TEXTS", 0)
    assert np.array_equal(together.numbers("bid"), expected, equal_nan=True)
    assert together.problems == one_by_one.problems

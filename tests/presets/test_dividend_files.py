"""Files of past payments, as vendors and spreadsheets write them."""

import datetime as dt
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import CashDividend
from riskcalc.errors import PresetError
from riskcalc.presets.dividend_files import read_dividend_file
from riskcalc.presets.files import MOST_BYTES

MARCH = CashDividend(ex_date=dt.date(2026, 3, 17), amount=0.79)
JUNE = CashDividend(ex_date=dt.date(2026, 6, 16), amount=0.8)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "iwm-dividends.csv"


@pytest.fixture
def problems(path):
    def listed(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(PresetError) as refused:
            read_dividend_file(path)
        lines = str(refused.value).splitlines()
        assert all(line.startswith(f"{path}: ") for line in lines)
        return [line.removeprefix(f"{path}: ") for line in lines]

    return listed


YFINANCE = """\
Date,Dividends
2026-03-17 00:00:00-04:00,0.79
2026-06-16 00:00:00-04:00,0.8
"""
YFINANCE_HISTORY = """\
Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains
2026-03-16 00:00:00-04:00,290.0,291.0,289.0,290.5,100,0.0,0.0,0.0
2026-03-17 00:00:00-04:00,290.0,291.0,289.0,290.5,100,0.79,0.0,0.0
2026-06-16 00:00:00-04:00,290.0,291.0,289.0,290.5,100,0.8,0.0,0.0
"""
VENDOR = """\
ex_dividend_date,declaration_date,record_date,payment_date,amount
2026-06-16,2026-06-01,2026-06-16,2026-06-20,0.80
2026-03-17,None,None,2026-03-21,0.79
"""
GOOD = {
    "plain": "ex_date,amount\n2026-03-17,0.79\n2026-06-16,0.8\n",
    "yfinance": YFINANCE,
    "a price history": YFINANCE_HISTORY,
    "a vendor's, newest first": VENDOR,
    "other names": "Ex-Date;Cash Amount\n2026-03-17;.79\n2026-06-16;8e-1\n",
    "tabs and blanks": "\n EX_DATE\tDividend \n\n2026-03-17\t 0.79\n2026-06-16 \t0.80\n\n",
    "quotes, returns and a mark": '\ufeff"Date","Amount"\r\n"2026-03-17","0.79"\r\n"2026-06-16","0.8"\r\n',
    "a row twice": "date,amount\n2026-06-16,0.80\n2026-03-17,0.79\n2026-06-16,0.8\n",
    "the ex-date before any other": "date,ex_date,amount\n2026-04-01,2026-03-17,0.79\n,2026-06-16,0.8\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_payments_are_found_however_the_file_is_written(path, text):
    path.write_text(text, encoding="utf-8", newline="")
    assert read_dividend_file(path) == (MARCH, JUNE)


@given(
    payments=st.dictionaries(st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 31)), st.floats(1e-6, 1e6)),
    data=st.data(),
)
def test_any_payments_in_any_order_are_read_sorted(tmp_path_factory, payments, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    payments[dt.date(2026, 6, 16)] = 0.8
    rows = data.draw(st.permutations([f"{day},{amount!r}" for day, amount in payments.items()]))
    path.write_text("\n".join(["ex_date,amount", *rows]))
    read = read_dividend_file(path)
    assert [(dividend.ex_date, dividend.amount) for dividend in read] == sorted(payments.items())
    assert not any(dividend.forecast for dividend in read)


DAY = "the ex-date must be like 2026-06-16, from 1970 to 2200, got"
AMOUNT = "the amount must be a number >= 0 like 0.80, got"
AMOUNTS = "amount or dividends or dividend or cash_amount"
POINT = "write the decimals after a point"

BAD = [
    ("", ["the file is empty"]),
    ("\n \n", ["the file is empty"]),
    ("ex_date,amount\n", ['has no payments; write dividends = "none" if there are none']),
    ("Date,Dividends\n2026-06-16,0.0\n", ['has no payments; write dividends = "none" if there are none']),
    (
        "day,amount\n2026-06-16,1\n",
        ["line 1: must name a column of ex-dates: ex_date or ex_dividend_date or date, got 'day,amount'"],
    ),
    (
        "\nDate,Close\n2026-06-16,1\n",
        [f"line 2: must name a column of amounts: {AMOUNTS}, got 'Date,Close'"],
    ),
    ("date,amount,Date\n", ["line 1: must name a single column date, got 'date,amount,Date'"]),
    ("date,amount\n16.06.2026,0.8\n", [f"line 2: {DAY} '16.06.2026'"]),
    (
        "date,amount\n06/16/2026,0.8\n2026-06-31,1\n",
        [f"line 2: {DAY} '06/16/2026'", f"line 3: {DAY} '2026-06-31'"],
    ),
    ("date,amount\n1899-12-31,0.8\n", [f"line 2: {DAY} '1899-12-31'"]),
    ("date,amount\n,0.8\n", [f"line 2: {DAY} ''"]),
    ("date,amount\n2026-06-16,$0.8\n", [f"line 2: {AMOUNT} '$0.8'"]),
    ("date,amount\n2026-06-16,-0.8\n", [f"line 2: {AMOUNT} '-0.8'"]),
    ("date,amount\n2026-06-16,nan\n", [f"line 2: {AMOUNT} 'nan'"]),
    ("date,amount\n2026-06-16,inf\n", [f"line 2: {AMOUNT} 'inf'"]),
    ("date,amount\n2026-06-16,1_0\n", [f"line 2: {AMOUNT} '1_0'"]),
    ("date,amount\n2026-06-16,\n", [f"line 2: {AMOUNT} ''"]),
    ("date;amount\n2026-06-16;0,80\n", [f"line 2: {AMOUNT} '0,80'; {POINT}"]),
    ('date,amount\n2026-06-16,"0,80"\n', [f"line 2: {AMOUNT} '0,80'; {POINT}"]),
    (
        "date,amount\n2026-06-16,0,80\n",
        ["line 2: must have 2 fields like the first line, got 3; a decimal comma? write 0.80"],
    ),
    (
        "date,amount\n2026-06-1",
        ["line 2: must have 2 fields like the first line, got 1; is the file cut off?"],
    ),
    (
        "date,amount\n2026-06-16,0.8\n\n2026-06-16,0.81\n",
        ["line 4: 2026-06-16 pays 0.81 here and 0.8 on line 2"],
    ),
    (
        "date,amount\n" + "x,1\n" * 1234,
        [f"line {line}: {DAY} 'x'" for line in range(2, 7)] + ["and 1,229 more lines like these"],
    ),
    (b"date,amount\n2026-06-16,0.8\n\xff", ["line 3: is not UTF-8 text"]),
    (b"PK\3\4\0\0", ["is a binary file, not a text"]),
    (b"1" * (MOST_BYTES + 1), ["is larger than 1,000,000 bytes, too large for a dividend file"]),
    ("date,amount\n" + "x" * 200_000, ["line 2: field larger than field limit (131072)"]),
]


@pytest.mark.parametrize(("content", "lines"), BAD, ids=range(len(BAD)))
def test_what_says_no_payments_is_named_with_its_line(problems, content, lines):
    assert problems(content) == lines


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, text in [
        ("", "is a folder, not a dividend file"),
        ("none.csv", "cannot be read: no such file or directory"),
        ("pipe", "is not a regular file"),
        ("a\0b", "cannot be read: "),
        ("n" * 300, "cannot be read: file name too long"),
    ]:
        with pytest.raises(PresetError, match=text):
            read_dividend_file(tmp_path / name)

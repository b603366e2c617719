"""Brokers' files: the same trades in every layout give the same book, and every row is accounted for."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from riskcalc.book import Book
from riskcalc.book.importers import read_broker_file
from riskcalc.book.importers.text import amount, option
from riskcalc.errors import BookError
from tests.outside import reference_file
from tests.rows import sample

TODAY = dt.date(2026, 8, 20)

LAYOUTS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "layouts").iterdir())
}
"""The same three trades, as each broker writes them; made up."""
SCHWAB = LAYOUTS["schwab"]


@pytest.fixture
def book(tmp_path):
    with Book(tmp_path / "book.sqlite") as opened:
        yield opened


def written(tmp_path, text, name="file.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def summary(book):
    return sorted(
        (trade.description, trade.status, trade.quantity, round(trade.realized_pnl, 2), round(trade.costs, 2))
        for trade in book.trades()
    )


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_the_same_trades_give_the_same_book(book, tmp_path, text):
    path = written(tmp_path, text)
    result = book.import_file(path, today=TODAY)
    assert (result.fills, result.problems, result.written) == (5 + (text is SCHWAB), (), True)
    assert summary(book) == [
        ("IWM 295/325 call spread 2026-09-18", "closed", 1, 262.42, 2.58),
        ("TNA +100 shares", "open", 100, 0.0, 0.08),
    ]
    (held,) = [trade for trade in book.trades() if trade.status == "open"]
    assert held.holdings[0].entry == 60.02
    again = book.import_file(path, today=TODAY)
    assert (again.fills, again.duplicates) == (0, result.fills)
    assert len(book.trades()) == 2


@pytest.mark.parametrize(
    ("name", "costs", "skipped"),
    [
        ("tastytrade_transactions_21col.csv", (2.58, 0.08), 1),
        ("robinhood_activity.csv", (0.18, 0.0), 1),
        ("thinkorswim_account_statement.csv", (1.32, 0.0), 1),
    ],
)
def test_the_shared_files_give_the_spread_and_the_shares(book, name, costs, skipped):
    result = book.import_file(reference_file(f"06_broker_position_formats/{name}"), today=TODAY)
    assert (result.problems, len(result.skipped)) == ((), skipped)
    assert summary(book) == [
        ("IWM 295/325 call spread 2026-09-18", "closed", 1, round(265 - costs[0], 2), costs[0]),
        ("TNA +100 shares", "open", 100, 0.0, costs[1]),
    ]


def test_an_activity_statement_gives_its_own_profit(book):
    book.import_file(
        reference_file("06_broker_position_formats/ibkr_activity_statement_sample.csv"), today=TODAY
    )
    (trade,) = book.trades()
    assert trade.realized_pnl == pytest.approx(98.877711, abs=1e-5)


def test_positions_are_held_at_their_average_cost(book):
    path = reference_file("06_broker_position_formats/schwab_positions_sample.csv")
    first, again = (book.import_file(path, today=TODAY) for _ in range(2))
    assert (first.fills, len(first.skipped), again.fills, again.duplicates) == (3, 2, 0, 3)
    held = {trade.holdings[0].contract.label: trade.holdings[0] for trade in book.trades()}
    assert held["AAPL 150 call 2024-12-20"].entry == pytest.approx(1.80)
    assert held["TSLA"].quantity == -50
    assert {trade.opened.date() for trade in book.trades()} == {dt.date(2025, 5, 4)}


def test_overlapping_exports_add_up(book, tmp_path):
    lines = SCHWAB.splitlines(keepends=True)
    book.import_file(written(tmp_path, "".join([lines[0], *lines[4:]]), "july.csv"), today=TODAY)
    result = book.import_file(written(tmp_path, SCHWAB, "all.csv"), today=TODAY)
    assert (result.fills, result.duplicates) == (3, 3)
    assert summary(book)[0][3] == 262.42


def test_two_equal_fills_of_a_file_are_two(book, tmp_path):
    text = "date,symbol,quantity,price\n2026-07-20,TNA,100,60\n2026-07-20,TNA,100,60\n"
    assert book.import_file(written(tmp_path, text), today=TODAY).fills == 2
    assert book.ledger.position(book.fills()[0].contract) == 200


ASSIGNED = """"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"09/18/2026","Expired","IWM 09/18/2026 325.00 C","CALL IWM","1","","",""
"08/21/2026","Buy","IWM","ASSIGNED","100","$280.00","","-$28,000.00"
"08/21/2026","Assigned","IWM 08/21/2026 280.00 P","PUT IWM","1","","",""
"08/24/2026","Sell","IWM","ISHARES","100","$285.00","","$28,500.00"
"07/20/2026","Sell to Open","IWM 08/21/2026 280.00 P","PUT IWM","1","$4.00","$0.65","$399.35"
"07/20/2026","Sell to Open","IWM 09/18/2026 325.00 C","CALL IWM","1","$0.95","$0.65","$94.35"
"""


def test_assignment_and_expiration_end_where_they_should(book, tmp_path):
    result = book.import_file(written(tmp_path, ASSIGNED), today=TODAY)
    assert not result.problems
    put, call = sorted(book.trades(), key=lambda trade: trade.realized_pnl, reverse=True)
    assert put.realized_pnl == pytest.approx(400 - 0.65 + 500)
    assert call.realized_pnl == pytest.approx(95 - 0.65)
    assert {put.status, call.status} == {"closed"}


def test_a_reverse_split_in_two_rows_keeps_the_cost(book, tmp_path):
    text = (
        '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n'
        '"08/10/2026","Sell","TZA","","100","$44.00","","$4,400.00"\n'
        '"08/03/2026","Reverse Split","TZA","","-1000","","",""\n'
        '"08/03/2026","Reverse Split","TZA","","100","","",""\n'
        '"07/20/2026","Buy","TZA","","1,000","$4.00","","-$4,000.00"\n'
    )
    assert not book.import_file(written(tmp_path, text), today=TODAY).problems
    (trade,) = book.trades()
    assert (trade.status, trade.realized_pnl) == ("closed", pytest.approx(400.0))


def test_what_cannot_be_placed_stops_the_import(book, tmp_path):
    text = SCHWAB + '"08/15/2026","Sell to Close","IWM 09/18/2026 300.00 C","","1","$3.00","","$300.00"\n'
    text += '"08/15/2026","Buy","QQQ","","many","$3.00","","$300.00"\n'
    path = written(tmp_path, text)
    result = book.import_file(path, today=TODAY)
    assert not result.written
    assert book.fills() == ()
    assert [(row.line, row.reason) for row in result.problems] == [
        (11, "'many' is not a number"),
        (10, "closes 1 IWM 300 call 2026-09-18, more than the book holds on 2026-08-15"),
    ]
    part = book.import_file(path, today=TODAY, partial=True)
    assert (part.written, part.fills) == (True, 6)


def test_a_dry_run_writes_nothing(book, tmp_path):
    result = book.import_file(written(tmp_path, SCHWAB), today=TODAY, dry_run=True)
    assert (result.fills, result.written) == (6, False)
    assert book.fills() == ()
    assert book.trades() == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b,c\n1,2,3\n", "no known layout"),
        (b"", "no known layout"),
        (b"\0\1\2", "is not text"),
        (b"<html></html>", "no known layout"),
        (b"<FlexQueryResponse>", "damaged XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><FlexQueryResponse/>', "entities of its own"),
    ],
)
def test_other_files_are_refused(tmp_path, content, message):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(BookError, match=message):
        read_broker_file(path, today=TODAY)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BookError, match="cannot be read: No such file"):
        read_broker_file(tmp_path / "none.csv", today=TODAY)


@pytest.mark.parametrize(
    "text",
    ["IWM   260918C00295000", "IWM260918C00295000", "-IWM260918C295", "IWM 09/18/2026 295.00 C",
     "IWM 18SEP26 295 C", "IWM 100 18 SEP 26 295 CALL", "IWM 100 (Weeklys) 18 SEP 26 295 CALL",
     "IWM 9/18/2026 Call $295.00", "IWM Sep 18 '26 $295 Call",
     "CALL (IWM) ISHARES TR SEP 18 26 $295 (100 SHS)"],
)  # fmt: skip
def test_every_spelling_is_one_option(text):
    assert option(text).label == "IWM 295 call 2026-09-18"


@pytest.mark.parametrize("text", ["", "TNA", "IWM 295", "CASH & CASH INVESTMENTS", "IWM 13/45/2026 295 C"])
def test_other_texts_are_none(text):
    try:
        assert option(text) is None
    except ValueError:
        assert "13/45" in text


@pytest.mark.parametrize("text", ["", "--", "1,2", "$", "1e999x", "12.3.4", "one", "(5", "٣x"])
def test_what_is_no_number_is_refused(text):
    if text == "(5":
        assert amount(text) == 5
        return
    with pytest.raises(ValueError, match="is not a number"):
        amount(text)


def damaged(text, chance, random_number):
    letters = list(text)
    for _ in range(random_number.randint(1, chance)):
        place = random_number.randrange(len(letters))
        letters[place] = random_number.choice(list('",\n\t0123456789$()-+ABCxyz/ é\x00'))
    return "".join(letters)


@pytest.mark.parametrize("turns", sample((10, 40), 0))
@pytest.mark.parametrize("name", LAYOUTS)
def test_damaged_files_are_read_or_refused(tmp_path, name, turns):
    random_number = random.Random(name)  # noqa: S311 - damage, not secrets
    for turn in range(turns):
        path = tmp_path / f"{turn}.csv"
        path.write_text(damaged(LAYOUTS[name], 12, random_number), encoding="utf-8")
        try:
            parsed = read_broker_file(path, today=TODAY)
        except BookError:
            continue
        with Book(tmp_path / f"{turn}.sqlite") as book:
            result = book.import_file(path, today=TODAY, partial=True)
        unplaced = len(result.problems) - len(parsed.problems)
        counted = result.fills + result.duplicates + result.confirmed + unplaced
        assert counted == len(parsed.fills)


@pytest.mark.parametrize("row", ["2026-07-20,TNA,-1e308,60.02", "2026-07-20,TNA,100,1e300"])
def test_an_absurd_number_is_a_problem_of_its_row(book, tmp_path, row):
    path = written(tmp_path, f"date,symbol,quantity,price\n{row}\n2026-07-21,TNA,5,60\n")
    result = book.import_file(path, today=TODAY, partial=True)
    assert [problem.line for problem in result.problems] == [2]
    assert "must be at most 1e+12" in result.problems[0].reason
    assert result.fills == 1


@pytest.mark.parametrize(
    ("symbol", "held"),
    [
        ("brk b", "BRK.B"),
        ("BRK/B", "BRK/B"),
        ("BF.B", "BF.B"),
        ("TNA 100", None),
        ("I$M", None),
        ("ÉWM", None),
    ],
)
def test_a_row_whose_symbol_is_none_is_left_with_a_reason(book, tmp_path, symbol, held):
    text = f"date,symbol,quantity,price\n2026-07-20,{symbol},10,60\n2026-07-20,TNA,5,60\n"
    result = book.import_file(written(tmp_path, text), today=TODAY, partial=True)
    left = [row.reason for row in (*result.problems, *result.skipped)]
    assert len(left) == (held is None)
    assert all(symbol in reason for reason in left)
    assert {trade.symbol for trade in book.trades()} == {"TNA"} | ({held} if held else set())
    # What a book holds can always be valued: a strange symbol would close it for good.
    assert len(book.risk().positions) == 1 + bool(held)


@pytest.mark.parametrize(
    ("day", "reason"),
    [("2062-07-20", "is of 2062-07-20, long after today, 2026-08-20"), ("9026-07-20", "years 1970 to 2200")],
)
def test_a_fill_of_the_future_is_not_placed(book, tmp_path, day, reason):
    text = f"date,symbol,quantity,price\n{day},TNA,10,60\n2026-08-21,IWM,5,290\n"
    result = book.import_file(written(tmp_path, text), today=TODAY, partial=True)
    assert [row.line for row in result.problems] == [2]
    assert reason in result.problems[0].reason
    assert [trade.symbol for trade in book.trades()] == ["IWM"]
    assert book.risk().date == dt.date(2026, 8, 21)

"""The day column of a Parquet history, of whatever type a vendor writes."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import riskcalc as rc
from riskcalc.errors import ChainError
from riskcalc.scanning.sources import chain_sources, read_source

DAY = dt.date(2026, 7, 20)
TABLE = rc.sample_chain().to_frame().drop(columns="quote_time")[:40]


def history(tmp_path, days, column="quote_date"):
    path = tmp_path / "history.parquet"
    TABLE.assign(**{column: days}).to_parquet(path, index=False)
    return path


def times(text):
    return pd.to_datetime([text] * len(TABLE))


@pytest.mark.parametrize(
    "days",
    [
        [DAY] * len(TABLE),
        ["2026-07-20"] * len(TABLE),
        pd.Categorical(["2026-07-20"] * len(TABLE)),
        times("2026-07-20 16:00"),
        times("2026-07-20 16:00").tz_localize("America/New_York"),
        times("2026-07-21 01:00").tz_localize("UTC"),
        times("2026-07-21 05:00").tz_localize("Asia/Tokyo"),
        times("2026-07-20").tz_localize("UTC"),
        times("2026-07-20").tz_localize("Asia/Tokyo"),
        times("2026-07-20").astype("datetime64[s]"),
    ],
    ids=["date", "text", "category", "naive", "New York", "UTC", "Tokyo", "UTC day", "Tokyo day", "seconds"],
)
def test_days_are_read_from_any_type_that_holds_them(tmp_path, days):
    (source,) = chain_sources([history(tmp_path, days)])
    assert source.day == DAY
    chain = read_source(source)
    assert (chain.date, len(chain)) == (DAY, len(TABLE))


def test_several_days_are_several_chains(tmp_path):
    days = [DAY] * 10 + [DAY + dt.timedelta(days=1)] * 30
    result = [read_source(source) for source in chain_sources([history(tmp_path, days)])]
    assert [(chain.date.day, len(chain)) for chain in result] == [(20, 10), (21, 30)]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (
            pd.to_timedelta(["3 days"] * len(TABLE)),
            r"row 0, column quote_date: '3 days 00:00:00' is not a time",
        ),
        (["monday"] * len(TABLE), "row 0, column quote_date: 'monday' is not a time"),
        ([{"a": 1}] * len(TABLE), "row 0, column quote_date: .* is not a time"),
        ([[1]] * len(TABLE), "row 0, column quote_date: .* is not a time"),
        ([b"\x00"] * len(TABLE), "row 0, column quote_date: .* is not a time"),
        ([True] * len(TABLE), "row 0, column quote_date: 'True' is not a time"),
        ([None] + [DAY] * (len(TABLE) - 1), "column quote_date is empty in 1 of 40 rows"),
        (
            np.array(["9999-12-31"] * len(TABLE), dtype="datetime64[s]"),
            "column quote_date must hold days of 1900 to 2200, got 9999-12-31",
        ),
    ],
    ids=["span", "text", "dict", "list", "bytes", "boolean", "some missing", "far"],
)
def test_what_is_no_day_is_refused_by_column(tmp_path, days, says):
    path = history(tmp_path, days)
    with pytest.raises(ChainError, match=says) as error:
        chain_sources([path])
    assert all(line.startswith(f"{path}: ") for line in str(error.value).splitlines())


def test_a_column_without_any_day_leaves_the_day_to_be_given(tmp_path):
    (source,) = chain_sources([history(tmp_path, [None] * len(TABLE))])
    assert source.day is None
    assert read_source(source, date=DAY).date == DAY


def test_a_damaged_file_and_a_huge_one_are_refused(tmp_path, monkeypatch):
    path = history(tmp_path, [DAY] * len(TABLE))
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(ChainError, match="cannot be read as Parquet: "):
        chain_sources([path])
    path.write_bytes(whole)
    monkeypatch.setattr("riskcalc.scanning.sources.MOST_ROWS", 10)
    with pytest.raises(ChainError, match="is too large: 40 rows, at most 10 are read"):
        chain_sources([path])

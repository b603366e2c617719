"""Every transform on the shared files equals pandas: FRED's two layouts, and holdings of iShares."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd
import pytest

from riskcalc.signals.files import read_files
from riskcalc.signals.measures import Measure, fund_flow, read_measure
from tests.outside import reference_file

SESSIONS = pd.bdate_range("2026-07-06", "2026-09-30").drop(pd.Timestamp("2026-09-07"))
"""Sessions before and within the files: weekdays but Labor Day."""


def frame_of(name):
    path = reference_file(f"09_signals/fred_layout_{name}.csv")
    result = pd.read_csv(path, index_col=0, parse_dates=True, na_values=".").iloc[:, 0].dropna()
    (own,) = read_files([path])
    return result, own


def start(frame, count):
    """The session so many before the last value."""
    return SESSIONS[SESSIONS.get_loc(frame.index[-1]) - count]


def before(frame, count):
    """The value that held so many sessions before the last; none where it was older than five sessions."""
    day = start(frame, count)
    return frame[SESSIONS[SESSIONS.get_loc(day) - 5] : day].iloc[-1:].sum(min_count=1)


FACTOR = {"bp": 100, "points": 1}
CASES = [
    (Measure.LEVEL, 0, "%", lambda s: s.iloc[-1]),
    (Measure.LEVEL, 0, "bp", lambda s: 100 * s.iloc[-1]),
    *((Measure.CHANGE, n, unit, lambda s, n=n, k=k: k * (s.iloc[-1] - before(s, n)))
      for n in (1, 2, 3) for unit, k in FACTOR.items()),
    (Measure.CHANGE, 2, "%", lambda s: 100 * (s.iloc[-1] / before(s, 2) - 1)),
    *((Measure.FROM_LOW, n, unit, lambda s, n=n, k=k: k * (s.iloc[-1] - s[start(s, n):].min()))
      for n in (1, 3) for unit, k in FACTOR.items()),
    (Measure.FROM_HIGH, 3, "%", lambda s: 100 * (s.iloc[-1] / s[start(s, 3):].max() - 1)),
    *((Measure.OVER_EMA, n, "%", lambda s, n=n: 100 * (s / s.ewm(span=n, adjust=False).mean() - 1).iloc[-1])
      for n in (2, 3)),
    *((Measure.OVER_SMA, n, "%", lambda s, n=n: 100 * (s / s.rolling(n).mean() - 1).iloc[-1])
      for n in (2, 3)),
    (Measure.ZSCORE, 3, "sd", lambda s: ((s - s.rolling(3).mean()) / s.rolling(3).std()).iloc[-1]),
]  # fmt: skip


@pytest.mark.parametrize("name", ["DGS10", "BAMLH0A0HYM2"])
@pytest.mark.parametrize(("measure", "sessions", "unit", "answer"), CASES)
def test_transforms_equal_pandas(name, measure, sessions, unit, answer):
    frame, own = frame_of(name)
    assert own.values.tolist() == frame.tolist()  # noqa: PD011 - an array's
    assert [dt.date.fromisoformat(str(day)) for day in own.days] == [day.date() for day in frame.index]
    result = read_measure(measure, own, sessions=sessions, unit=unit)
    expected = answer(frame)
    if pd.isna(expected):
        assert (result.value, "has no value near" in result.problem) == (None, True)
    else:
        assert result.value == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_63_sessions_of_the_spread_reach_over_the_whole_file():
    frame, own = frame_of("BAMLH0A0HYM2")
    result = read_measure(Measure.FROM_LOW, own, sessions=63, unit="bp")
    assert result.value == pytest.approx(100 * (frame.iloc[-1] - frame.min()))
    assert "begins 2026-07-21, after" in result.problem  # 63 sessions before are older than the file


def test_holdings_equal_pandas_and_a_second_file_gives_the_flow(tmp_path):
    text = reference_file("09_signals/ishares_holdings_layout.csv").read_text(encoding="utf-8")
    later = text.replace("Oct 05, 2026", "Oct 06, 2026").replace("252,900,000.00", "250,000,000.00")
    paths = [tmp_path / "IWM_1.csv", tmp_path / "IWM_2.csv"]
    for path, content in zip(paths, (text, later), strict=True):
        path.write_text(content, encoding="utf-8")
    table = pd.read_csv(io.StringIO(text.partition("\n\n")[2]), thousands=",").dropna(subset=["Sector"])
    first, second = ({one.name: one for one in read_files([path])} for path in paths)
    nav = table["Market Value"].sum() / 250e6
    assert second["IWM.nav"].on(dt.date(2026, 10, 6)) == pytest.approx(nav)
    for sector, weight in table.groupby("Sector")["Weight (%)"].sum().items():
        assert first[f"IWM.sector {sector}"].on(dt.date(2026, 10, 5)) == pytest.approx(weight)
    shares = first["IWM.shares_outstanding"]
    both = type(shares)(
        name=shares.name, unit="", source="", days=["2026-10-05", "2026-10-06"], values=[252.9e6, 250e6]
    )
    assert fund_flow(both, second["IWM.nav"]).value == pytest.approx((250e6 - 252.9e6) * nav / 1e6)


def test_a_monthly_file_with_month_ends_on_sundays_is_read_and_stands_still(tmp_path):
    path = tmp_path / "monthly.csv"
    path.write_text("DATE,UNRATE\n2026-03-31,4.1\n2026-04-30,4.2\n2026-05-31,4.3\n2026-06-30,\n")
    (own,) = read_files([path])
    frame = pd.read_csv(path, index_col=0, parse_dates=True).iloc[:, 0].dropna()
    assert own.last_day == dt.date(2026, 5, 31)  # a Sunday; the empty cell after it is none
    assert own.on(dt.date(2026, 6, 1)) == frame.asof("2026-06-01")
    assert own.on(dt.date(2026, 6, 30)) is None  # too old to stand for that day
    result = read_measure(Measure.FROM_LOW, own, sessions=21, unit="bp")
    assert result.value == pytest.approx(10)

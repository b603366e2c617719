"""``riskcalc signals``: filing by content, the contract of its JSON, exit codes, and what it refuses."""

from __future__ import annotations

import json

import pytest

from tests.outside import reference_file

HIGH_YIELD = "observation_date,BAMLH0A0HYM2\n2026-07-21,2.69\n2026-07-22,.\n2026-07-23,{}\n"


@pytest.fixture
def board(run, tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RISKCALC_PRESETS")
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-24")

    def call(*arguments):
        code, out, err = run("signals", *arguments, "--json")
        return code, {one["name"]: one for one in json.loads(out)} if out else {}, err

    return call


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_the_contract(board, tmp_path):
    code, result, err = board("--update", write(tmp_path, "hy.csv", HIGH_YIELD.format("2.77")))
    spread = result["high_yield_widening"]
    assert (code, err, spread["value"]) == (0, "", pytest.approx(8))
    wanted = {"unit": "bp", "rule": "above +100 bp", "role": "stop", "fired": False, "age_sessions": 1}
    assert wanted.items() <= spread.items()
    assert spread["source"] == "BAMLH0A0HYM2, hy.csv"
    assert result["uptrend"]["fired"] is None
    names = {"name", "value", "unit", "rule", "role", "fired", "age_sessions", "source"}
    assert all(names <= set(one) for one in result.values())


def test_a_fired_stop_signal_exits_with_1(board, tmp_path):
    code, result, _ = board("--update", write(tmp_path, "hy.csv", HIGH_YIELD.format("3.69")))
    assert (code, result["high_yield_widening"]["fired"]) == (1, True)
    assert board()[0] == 1


def test_the_shared_files(board):
    names = ("09_signals/fred_layout_DGS10.csv", "09_signals/fred_layout_BAMLH0A0HYM2.csv")
    code, result, _ = board("--update", *(str(reference_file(name)) for name in names))
    assert (code, result["ten_year_change_bp"]["value"]) == (1, pytest.approx(28))
    assert (result["ten_year_change_bp"]["fired"], result["ten_year_change_bp"]["age_sessions"]) == (True, 0)
    assert result["risk_off"]["fired"] is True


def test_data_grow_and_a_contradiction_is_refused(board, tmp_path):
    board("--update", write(tmp_path, "one.csv", "DATE,DGS10\n2026-07-20,4.0\n2026-07-21,4.1\n"))
    _, result, _ = board(
        "--update", write(tmp_path, "two.csv", "DATE,DGS10\n2026-07-21,4.1\n2026-07-22,4.2\n")
    )
    assert result["ten_year_change_bp"]["value"] == pytest.approx(20)
    other = write(tmp_path, "three.csv", "DATE,DGS10\n2026-07-20,2.6\n2026-07-23,9\n")
    code, result, err = board("--update", other)
    assert (code, result, len(err.splitlines())) == (2, {}, 1)
    assert "DGS10 of 2026-07-20 is 2.6, the store has 4: another series under the same name?" in err
    assert board()[1]["ten_year_change_bp"]["value"] == pytest.approx(20)  # nothing was written
    assert board("--update", other, "--replace")[1]["ten_year_change_bp"]["value"] == pytest.approx(640)


@pytest.mark.parametrize(
    ("header", "value", "refused"),
    [
        ("DATE,DGS10", "2.6", True),  # a rate has no session
        ("DATE,DGS10", "4.0", False),
        ("Date,Close", "4.3", False),  # a price within its session, and its close
        ("Date,Close", "9", True),
    ],
)
def test_another_series_that_meets_the_kept_one_on_its_newest_day(board, tmp_path, header, value, refused):
    rows = f"{header}\n2026-07-20,{{}}\n2026-07-21,{{}}\n"
    assert board("--update", write(tmp_path, "IWM.csv", rows.format("3.9", "4.0")))[0] == 0
    later = rows.replace("07-21", "07-22").replace("07-20", "07-21")
    code, _, err = board("--update", write(tmp_path, "IWM.csv", later.format(value, value)))
    assert (code, "another series under the same name" in err) == ((2, True) if refused else (0, False))


HOLDINGS = """iShares Russell 2000 ETF
Fund Holdings as of,"{}"
Shares Outstanding,"{}"

Ticker,Name,Sector,Asset Class,Market Value,Weight (%)
"A","A","Industrials","Equity","20,000,000,000.00","40.00"
"B","B","Energy","Equity","30,000,000,000.00","60.00"

"The content contained herein is owned by the provider"
"""


def test_the_flow_between_two_holdings_files(board, tmp_path):
    one = write(tmp_path, "a.csv", HOLDINGS.format("Jul 22, 2026", "255,000,000.00"))
    two = write(tmp_path, "b.csv", HOLDINGS.format("Jul 23, 2026", "250,000,000.00"))
    assert board("--update", one)[1]["iwm_flow"]["value"] is None
    result = board("--update", two)[1]["iwm_flow"]
    assert (result["value"], result["unit"], result["fired"]) == (pytest.approx(-5 * 200), "$M", True)


def test_entered_values(board):
    code, result, _ = board("--enter", "high_yield_widening=+120 bp", "--date", "2026-07-23")
    spread = result["high_yield_widening"]
    assert (code, spread["value"], spread["source"], spread["age_sessions"]) == (1, 120, "typed", 1)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("DGS10.csv", HIGH_YIELD.format("2.77"), "is called DGS10 but holds BAMLH0A0HYM2"),
        ("x.csv", "DATE,DGS10\n2026-07-20,four\n", "line 2, column DGS10: 'four' is not a number"),
        ("x.csv", "DATE,DGS10\n20 July,4\n", "line 2: '20 July' is not a date"),
        ("x.csv", "DATE,DGS10\n2026-07-20,.\n", "holds no value of DGS10"),
        ("x.csv", "DATE,DGS10\n2026-07-20,4\n2026-07-20,5\n", "a second value of DGS10 for 2026-07-20"),
        ("x.csv", "hello\nworld\n", "no column gives the date"),
        (
            "x.csv",
            HOLDINGS.replace("iShares Russell 2000 ETF", "Some Fund").format("Jul 22, 2026", "1"),
            "call it",
        ),
        ("x.csv", HOLDINGS.format("Jul 22, 2026", "-"), "must have shares outstanding"),
        ("x.csv", "", "is empty"),
    ],
)
def test_a_wrong_file_is_one_line_and_nothing_is_written(board, tmp_path, name, text, problem):
    good = write(tmp_path, "good.csv", HIGH_YIELD.format("2.77"))
    code, _, err = board("--update", good, write(tmp_path, name, text))
    assert (code, len(err.splitlines())) == (2, 1)
    assert problem in err
    assert not (tmp_path / "home" / "signals").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--update"], "--update needs a FILE"),
        (["x.csv"], "give FILEs together with --update"),
        (["--enter", "sp500_move=-3"], "must have the unit of its rule, below -3%"),
        (["--enter", "risk_off=1x"], "the signal entered must be one of"),
        (["--date", "2026-07-23"], "--date needs --enter"),
        (["--update", "missing.csv"], "cannot be read"),
    ],
)
def test_wrong_options(board, arguments, problem):
    code, _, err = board(*arguments)
    assert (code, len(err.splitlines())) == (2, 1)
    assert problem in err


@pytest.mark.usefixtures("board")
def test_a_damaged_store_is_one_line(tmp_path, run):
    folder = tmp_path / "home" / "signals"
    folder.mkdir(parents=True)
    (folder / "DGS10.json").write_text("{")
    code, _, err = run("signals")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "is not a file of signals" in err


def test_the_table_says_values_in_their_units(board, run, tmp_path):
    board("--update", write(tmp_path, "hy.csv", HIGH_YIELD.format("2.77")))
    code, out, _ = run("signals")
    assert code == 0
    assert "+8 bp" in out
    assert "above +100 bp" in out
    assert "92 bp" in out

"""The book on the command line: what is added, imported, marked and closed, its risk, hedges and journal."""

from __future__ import annotations

import csv
import io
import json
import os
import stat

import pytest

from tests.book.test_importers import LAYOUTS


@pytest.fixture
def book(run, tmp_path, monkeypatch):
    """Run the command line on three trades of `compare`, marked a day later."""
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-21")
    for name in ("iwm-call-spread", "iwm-shares", "tna-momentum"):
        assert run("book", "add", name, "--tag", "core")[0] == 0
    marks = ("IWM=297.4", "IWM 295 call 2026-09-18=11.9", "IWM260918C00325000=1.1", "tna=61.2")
    assert run("book", "mark", *marks)[0] == 0
    return run


def answer(run, *arguments):
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_book_as_json(book):
    result = answer(book, "book")
    assert [trade["status"] for trade in result["trades"]] == ["open"] * 3
    totals = result["totals"]
    assert set(totals) >= {"risk", "heat", "iwm_equivalent", "greeks", "buying_power"}
    assert totals["risk"] == pytest.approx(sum(trade["risk"] for trade in result["trades"]))
    assert result["trades"][1]["open_pnl"] == pytest.approx(56 * 2.01, abs=0.01)


def test_the_book_as_tables(book, tmp_path):
    code, out, err = book("book")
    assert (code, err) == (0, "")
    for part in (
        "Open Trades, marked 2026-07-21",
        "IWM +56 shares",
        "Totals",
        "Shock Ladder",
        "assumed: IWM",
    ):
        assert part in out
    for path in (tmp_path / "home").glob("book.sqlite*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_trade_is_closed_noted_and_shown(book):
    assert (
        "trade 1: 1 x IWM 295/325 call spread 2026-09-18, closed"
        in book("book", "close", "1", "--at", "12.30", "--costs", "1.30")[1]
    )
    assert book("book", "note", "1", "left early")[0] == 0
    result = answer(book, "book", "show", "1")
    assert (result["status"], result["notes"][0]["text"]) == ("closed", "left early")
    journal = answer(book, "journal")
    assert (journal["n"], journal["win_rate"]) == (1, 1.0)
    assert set(journal) >= {"mean_r", "calibration"}
    assert "Odds of the Plans against Outcomes" in book("journal")[1]
    listed = " ".join(book("journal", "--list")[1].split())
    row = listed.partition("1 IWM 295/325 call spread 2026-09-18 2026-07-21 0 ")[2].split()
    assert (row[1], row[3]) == (row[2], "neither")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_is_imported_once(run, tmp_path, monkeypatch, name):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    path = tmp_path / name
    path.write_text(LAYOUTS[name], encoding="utf-8")
    first, again = (answer(run, "book", "import", str(path)) for _ in range(2))
    assert first["fills"] >= 5
    assert (again["fills"], again["duplicates"]) == (0, first["fills"])
    assert set(first["trades"][0]) >= {
        "symbol", "description", "status", "quantity", "realised_pnl", "costs"
    }  # fmt: skip
    assert all({"row", "reason"} <= set(row) for row in first["skipped"])


def test_an_export_is_imported_again(book, tmp_path, monkeypatch):
    book("book", "close", "2", "--at", "300")
    (tmp_path / "fills.csv").write_text(book("book", "export")[1], encoding="utf-8")
    before = answer(book, "book")["trades"]
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "other"))
    result = answer(book, "book", "import", "fills.csv")
    assert result["fills"] == 5
    key = lambda trade: (trade["description"], trade["status"], trade["realised_pnl"])  # noqa: E731
    assert sorted(map(key, result["trades"])) == sorted(map(key, before))


def test_trades_and_notes_are_exported_with_their_plans(book):
    book("book", "close", "2", "--at", "300")
    book("book", "note", "2", "sold into strength")
    rows = list(csv.DictReader(io.StringIO(book("book", "export", "--what", "trades")[1])))
    trades = answer(book, "book")["trades"]
    assert [(row["id"], row["description"], row["status"], row["tags"]) for row in rows] == [
        (str(trade["id"]), trade["description"], trade["status"], "core") for trade in trades
    ]
    shares = rows[1]
    plan = answer(book, "plan", "iwm-shares")
    assert float(shares["stop"]) == pytest.approx(plan["exits"]["stop"]["spot"], abs=0.005)
    assert float(shares["stop_first"]) == pytest.approx(plan["probability"]["stop_first"], abs=5e-5)
    assert float(shares["realized_pnl"]) == trades[1]["realised_pnl"]
    assert (shares["closed"], rows[0]["closed"]) == ("2026-07-21", "")
    (note,) = csv.DictReader(io.StringIO(book("book", "export", "--what", "notes")[1]))
    assert (note["trade"], note["text"]) == ("2", "sold into strength")


def test_trades_as_toml(book):
    import tomllib  # noqa: PLC0415 - one test reads it

    assert len(tomllib.loads(book("book", "export", "--toml")[1])["trades"]) == 3


def test_stress_and_hedge(book):
    rows = {row["scenario"]: row["pnl"] for row in answer(book, "book", "stress")["stress"]}
    result = answer(book, "hedge", "--to", "1000", "--at", "risk-off-5")
    assert result["before"]["risk-off-5"] == pytest.approx(rows["risk-off-5"])
    assert -1000 <= result["after"]["risk-off-5"] < -998
    assert (result["symbol"], result["units"]) == ("TZA", 1287)
    half, puts = (
        answer(book, "hedge", "--with", "SPY", "--share", "50%"),
        answer(book, "hedge", "--with", "put", "--short-strike", "270", "--share", "50%"),
    )
    assert half["exposure_after"] == pytest.approx(half["exposure_before"] / 2, rel=0.02)
    assert puts["description"] == "IWM 288/270 put spread 2026-09-18"
    assert "Share of the Book Offset" in book("hedge", "--share", "50%")[1]


def test_a_plan_takes_heat_and_buying_power_from_the_book(book):
    with_book, without = answer(book, "plan", "iwm-shares"), answer(book, "plan", "iwm-shares", "--no-book")
    assert "book" not in without
    rows = with_book["book"]["totals"]
    heat = {check["name"]: check["message"] for check in with_book["checks"]}
    assert "$4,219.52 at risk in all open trades" in str(heat)
    assert rows["risk"]["after"] == pytest.approx(rows["risk"]["before"] + with_book["size"]["risk"])
    assert rows["iwm_equivalent"]["added"] == pytest.approx(with_book["size"]["units"] * 295.39)
    out = book("plan", "iwm-shares")[1]
    assert "Heat and Buying Power from the book, marked 2026-07-21: 3 open trades" in out
    code, out, _ = book("plan", "iwm-shares", "--set", "account.max_heat=2%")
    assert (code, "FAIL" in out) == (1, True)
    assert book("plan", "iwm-shares", "--set", "account.max_heat=2%", "--set", "account.open_risk=0")[0] == 0


def test_marks_of_a_chain_and_fetched_ones(book, monkeypatch):
    from types import SimpleNamespace  # noqa: PLC0415 - one test needs it

    from riskcalc.chains import sample_chain  # noqa: PLC0415 - as above

    chain = sample_chain()
    assert book("book", "close", "3", "--at", "60")[0] == 0
    monkeypatch.setattr("riskcalc.cli.live.fetched_chain", lambda symbol: SimpleNamespace(chain=chain))  # noqa: ARG005
    code, out, err = book("book", "mark", "--live")
    assert code == 0
    assert f"IWM {chain.spot:g}" in out
    assert err.count("is not marked") + out.count(" call ") == 2
    assert book("book", "mark", "--live", "--date", "today")[0] == 2


def test_marks_of_the_market_of_today(book):
    assert book("quote", "IWM=299", "--vol", "IWM=19%")[0] == 0
    assert book("book", "mark")[1].startswith("marked IWM 299.00 on 2026-07-21")
    assert answer(book, "book")["trades"][1]["spot"] == 299


def test_a_scan_sizes_beside_the_book(book):
    code, out, err = book("scan", "--sample", "--top", "1", "--all-sizes", "--json")
    assert code == 0
    assert err.startswith("riskcalc: heat and buying power from the book, marked 2026-07-21: 3 open trades")
    assert json.loads(out)
    assert "from the book" not in book("scan", "--sample", "--top", "1", "--no-book")[2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("book",), "there is no book yet"),
        (("journal",), "there is no book yet"),
        (("hedge", "--share", "50%"), "there is no book yet"),
        (("plan", "--book"), "there is no book yet"),
        (("book", "add", "no-such"), "no-such"),
        (("book", "add", "iwm-shares", "--units", "0"), "units"),
        (("book", "import", "missing.csv"), "missing.csv: cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, tmp_path, monkeypatch, arguments, says):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("book", "mark", "IWM"), "a price must be like"),
        (("book", "mark", "IWM=cheap"), "a price must be like"),
        (("book", "mark", "IWM=-1"), "IWM must be"),
        (("book", "close", "9", "--at", "1"), "has no trade 9"),
        (("book", "close", "1", "--at", "1", "--units", "5"), "at most the 1 held"),
        (("hedge",), "either the loss"),
        (("hedge", "--share", "50%", "--strike", "280"), "need --with put"),
        (("hedge", "--to", "10", "--at", "nothing"), "at must be one of"),
    ],
)
def test_what_the_book_refuses(book, arguments, says):
    code, _, err = book(*arguments)
    assert code == 2
    assert says in err


def test_a_hedge_says_whether_its_triggers_have_fired(book):
    before = {trigger["name"]: trigger for trigger in answer(book, "hedge", "--share", "50%")["triggers"]}
    assert {one["state"] for one in before.values()} == {"no data"}
    assert "without data: sp500_move, ten_year_change_bp" in book("hedge", "--share", "50%")[1]
    assert book("signals", "--enter", "sp500_move=-3.4%", "--enter", "ten_year_change_bp=+12 bp")[0] == 1
    result = {trigger["name"]: trigger for trigger in answer(book, "hedge", "--share", "50%")["triggers"]}
    spy, bonds = result["sp500_move"], result["ten_year_change_bp"]
    assert (spy["value"], spy["unit"], spy["state"], spy["age_sessions"]) == (-3.4, "%", "fired", 0)
    assert (bonds["value"], bonds["unit"], bonds["state"], bonds["fired"]) == (12, "bp", "armed", False)
    assert (spy["rule"], bonds["rule"]) == ("below -3%", "above +25 bp")
    assert "high_yield_widening" not in result
    out = book("hedge", "--share", "50%")[1]
    assert "note: fired: sp500_move; without data:" in out
    assert "FIRED" in out


@pytest.mark.parametrize(
    "command", [("mark", "IWM=300"), ("close", "1", "--at", "12"), ("add", "iwm-shares")]
)
def test_a_day_long_after_today_is_refused(book, command):
    code, _, err = book("book", *command, "--date", "2062-07-20")
    assert (code, err) == (2, "riskcalc: --date must not be long after today, 2026-07-21, got 2062-07-20\n")


def test_a_day_after_today_is_said(book):
    code, _, err = book("book", "mark", "IWM=300", "--date", "2026-08-20")
    assert code == 0
    assert err.startswith("riskcalc: warning: --date 2026-08-20 is after today, 2026-07-21: prices of days")


@pytest.mark.parametrize(
    ("today", "quoted", "options", "said"),
    [
        ("2026-07-21", "", ("--spot", "301"), "with IWM at 301.00"),
        ("2026-07-21", "", (), "with IWM at 297.40"),
        ("2026-07-21", "IWM=299", (), "with IWM at 297.40"),
        ("2026-07-23", "IWM=299", (), "with IWM at 299.00"),
        ("2026-07-23", "", (), "so that the journal cannot say what came first: give --spot"),
    ],
)
def test_the_spot_at_the_close_is_the_first_known(book, today, quoted, options, said):
    os.environ["RISKCALC_TODAY"] = today  # the fixture takes it back
    assert not quoted or book("quote", quoted)[0] == 0
    code, out, err = book("book", "close", "1", "--at", "12.30", *options)
    assert code == 0
    assert said in out + err
    assert (
        "planned 2026-07-20: stop 277.67, targets 324.93, 339.70, time stop 2026-08-28; P(stop first)"
        in (book("book", "show", "1")[1])
    )

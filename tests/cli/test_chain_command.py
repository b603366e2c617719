from __future__ import annotations

import csv
import io
import json

import pytest

from riskcalc.chains import live, read_chain, sample_chain
from riskcalc.chains.sample import SAMPLE_FILE


def test_the_sample_says_that_it_is_one(run):
    code, out, err = run("chain", "--sample")
    assert (code, err) == (0, "")
    assert out.startswith(
        "IWM 2026-07-20, 16:00 New York: spot $295.39, rate 4.00% (sample: made with riskcalc's"
    )
    assert "read             948" in out
    assert "doubtful           5  no bid" in out
    assert "2026-09-18    60     158     158" in out
    assert json.loads(run("chain", "--sample", "--json")[1])["note"].startswith("sample")


def test_a_file_and_its_json_say_the_same(run):
    code, out, _ = run("chain", str(SAMPLE_FILE), "--rate", "5%", "--json")
    answer = json.loads(out)
    assert (code, answer["rate"], answer["account"]["read"]) == (0, 0.05, 948)
    assert "note" not in answer
    rows = list(csv.DictReader(io.StringIO(run("chain", str(SAMPLE_FILE), "--rate", "5%", "--csv")[1])))
    assert [row["expiry"] for row in rows] == [row["expiry"] for row in answer["expiries"]]
    assert float(rows[0]["atm_vol"]) == answer["expiries"][0]["atm_vol"]


def test_the_quotes_it_prints_are_read_again(run, tmp_path):
    _, out, _ = run("chain", "--sample", "--quotes")
    path = tmp_path / "again.csv"
    path.write_text(out)
    assert read_chain(path).to_frame().equals(sample_chain().to_frame())


def test_the_rate_of_the_file_is_used(run, tmp_path):
    quote = {
        "putCall": "CALL",
        "strikePrice": 100.0,
        "bid": 4.0,
        "ask": 4.2,
        "quoteTimeInLong": 1784577600000,
    }
    document = {"symbol": "IWM", "underlyingPrice": 101.0, "interestRate": 4.25, "putExpDateMap": {}}
    document["callExpDateMap"] = {"2026-09-18:60": {"100.0": [quote]}}
    (tmp_path / "schwab.json").write_text(json.dumps(document))
    assert json.loads(run("chain", "schwab.json", "--json")[1])["rate"] == 0.0425


def test_what_the_file_does_not_say_can_be_given(run, tmp_path):
    (tmp_path / "plain.csv").write_text("expiry,strike,type,bid,ask\n2026-09-18,100,C,4,4.2\n")
    code, out, err = run("chain", "plain.csv")
    assert (code, out) == (2, "")
    assert err == "riskcalc: plain.csv: does not say its symbol; give the symbol\n"
    given = ("--symbol", "IWM", "--spot", "101", "--date", "2026-07-20")
    assert json.loads(run("chain", "plain.csv", *given, "--json")[1])["spot"] == 101


def test_live_quotes_that_were_fetched_say_how_old_they_are(run, tmp_path, monkeypatch):
    monkeypatch.setattr(live, "_cache_folder", lambda: tmp_path)
    sample_chain().to_frame().to_csv(tmp_path / "IWM.csv", index=False)
    code, out, err = run("chain", "--live", "iwm")
    assert (code, err) == (0, "")
    assert "(delayed quotes from Yahoo, fetched now)" in out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give exactly one of FILE, --sample and --live"),
        (("x.csv", "--sample"), "give exactly one of FILE, --sample and --live"),
        (("--sample", "--csv", "--json"), "give at most one of --csv, --quotes and --json"),
        (("--sample", "--spot", "3"), "--symbol, --spot and --date belong to a FILE"),
        (("absent.csv",), "absent.csv: cannot be read: No such file or directory"),
        (("--live", "../x"), "--live must be a symbol like IWM"),
        (("--sample", "--rate", "x"), "--rate"),
    ],
)
def test_bad_requests_are_one_line(run, arguments, message):
    code, out, err = run("chain", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_smiles_are_fitted_on_request_and_say_whether_they_are_free_of_arbitrage(run):
    _, out, _ = run("chain", "--sample", "--smile")
    table = out.partition("Fitted smiles")[2]
    assert table.count(" none") == 6
    found = json.loads(run("chain", "--sample", "--smile", "--json")[1])
    assert found["note"].startswith("sample")
    assert [fit["free_of_arbitrage"] for fit in found["smiles"]] == [True] * 6
    assert found["smiles"][0]["least_calendar"] is None
    assert all(fit["least_butterfly"] > 0 and fit["inside"] == 1 for fit in found["smiles"])
    assert "smiles" not in json.loads(run("chain", "--sample", "--json")[1])
    code, _, err = run("chain", "--sample", "--smile", "--csv")
    assert code == 2
    assert "--smile goes with" in err

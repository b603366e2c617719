from __future__ import annotations

import csv
import io
import json

import pytest

from riskcalc.chains import live, read_chain, sample_chain
from riskcalc.chains.sample import SAMPLE_FILE
from tests.chains.layouts import FRAME


def test_the_sample_says_that_it_is_one(run):
    code, out, err = run("chain", "--sample")
    assert (code, err) == (0, "")
    assert out.startswith(
        "IWM 2026-07-20, 16:00 New York: spot $295.39, rate 4.00% (sample: made with riskcalc's"
    )
    assert "read          948" in out
    assert "suspect         5  no bid" in out
    assert "2026-09-18   60     158     158" in out
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
    table = out.partition("Fitted Smiles")[2]
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


@pytest.fixture
def tradier(tmp_path):
    """A file for each expiry, and one of calls alone."""
    for day in ("2026-09-18", "2026-10-16"):
        part = FRAME[FRAME["expiry"] == day].assign(symbol="IWM", quote_time="2026-07-20 16:00")
        part.to_csv(tmp_path / f"{day}.csv", index=False)
    return ["2026-09-18.csv", "2026-10-16.csv"]


def test_several_files_are_one_chain_everywhere(run, tradier):
    answer = json.loads(run("chain", *tradier, "--spot", "295.39", "--json")[1])
    assert [row["expiry"] for row in answer["expiries"]] == ["2026-09-18", "2026-10-16"]
    assert answer["account"]["usable"] == 228
    assert (answer["spot_implied"], answer["warnings"]) == (None, [])
    chains = [word for name in tradier for word in ("--chain", name)]
    code, out, _ = run("plan", "iwm-call-spread", *chains, "--chain-spot", "295.39")
    assert code == 0
    assert out.startswith("OK  iwm-call-spread: IWM 295/325 call spread 2026-09-18, spot 295.39")
    code, out, _ = run("scan", *tradier, "--spot", "295.39", "--json", "--top", "500")
    assert {row["expiry"] for row in json.loads(out)["rows"]} == {"2026-09-18", "2026-10-16"}
    assert code == 0


def test_a_call_spread_is_planned_on_calls_alone(run, tmp_path):
    calls = FRAME[FRAME["option_type"] == "call"].assign(
        symbol="IWM", spot=295.39, quote_time="2026-07-20 16:00"
    )
    calls.to_csv(tmp_path / "calls.csv", index=False)
    code, out, err = run("plan", "iwm-call-spread", "--chain", "calls.csv")
    assert (code, err) == (0, "")
    assert "IWM 295/325 call spread 2026-09-18" in out


def test_a_spot_out_of_step_is_said_by_every_command(run, tmp_path):
    off = FRAME.assign(symbol="IWM", spot=291.0, quote_time="2026-07-20 16:00")
    off.to_csv(tmp_path / "off.csv", index=False)
    answer = json.loads(run("chain", "off.csv", "--json")[1])
    assert answer["spot"] == answer["spot_implied"] == pytest.approx(295.39, abs=0.5)
    assert "spot 291.00 is out of step with its options" in answer["warnings"][0]
    assert "Warnings\nspot 291.00 is out of step" in run("chain", "off.csv")[1]
    for command in (("plan", "iwm-call-spread", "--chain", "off.csv"), ("scan", "off.csv", "--top", "1")):
        _, out, err = run(*command)
        assert err.startswith("riskcalc: warning: spot 291.00 is out of step with its options")
        assert f"{answer['spot']:.2f}" in out
        assert "291.00" not in out


@pytest.mark.parametrize(
    "command",
    [("chain", "zeros.csv"), ("scan", "zeros.csv"), ("plan", "iwm-call-spread", "--chain", "zeros.csv")],
)
def test_nothing_usable_is_explained(run, tmp_path, command):
    zeros = FRAME.assign(symbol="IWM", spot=295.39, quote_time="2026-07-20", bid=0.0, ask=0.0)
    zeros.to_csv(tmp_path / "zeros.csv", index=False)
    code, _, err = run(*command)
    assert code == 1
    assert err == (
        "riskcalc: no quote can be used: 228 of 228 have an ask of 0; vendors show 0 outside trading hours, "
        "and a last price is no quote\n"
    )

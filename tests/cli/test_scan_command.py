import csv
import json

import pandas as pd
import pytest

import riskcalc as rc
from riskcalc.cli import scan_command
from riskcalc.scanning import SpreadKind
from tests.chains.quoted import DAY
from tests.scanning.smiling import smiling_chain
from tests.scanning.test_history import another_day, table_of

FILE = object()
"""Stands for a small file of quotes."""


@pytest.fixture(scope="module")
def quotes(tmp_path_factory):
    path = tmp_path_factory.mktemp("quotes") / "iwm.csv"
    table_of(smiling_chain(days=(60,), strikes=tuple(range(270, 340, 10)))).to_csv(path, index=False)
    return path


def test_options_are_those_of_the_library():
    assert list(SpreadKind) == list(scan_command.KINDS)


def test_the_sample_is_scanned_under_the_default_preset(run):
    code, out, err = run("scan", "--sample", "--top", "3")
    assert (code, err) == (0, "")
    assert out.startswith("IWM 295.39 on 2026-07-20: ")
    for part in (
        "neutral (risk-neutral drift, implied vol)",
        "edge against the fitted smile after costs, per $ of risk",
        "liquid strikes inside bid and ask",
        "$2.60 of commissions per spread",
        "Best 3 of ",
        "\n3  ",
    ):
        assert part in out
    assert "\n4  " not in out
    assert "\x1b" not in out


def test_json_has_the_terms_and_the_rows(run, quotes):
    code, out, _ = run("scan", str(quotes), "--drift", "12%", "--top", "2", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["terms"]["view"] == "drift +12.0% per year, implied vol"
    assert answer["found"] > 2
    first, second = answer["rows"]
    assert first["view_r"] >= second["view_r"]
    assert (first["kind"], first["expiry"]) == ("call debit", "2026-09-18")


def test_it_is_the_librarys_scan(run, quotes):
    _, out, _ = run("scan", str(quotes), "--all-sizes", "--top", "1", "--json")
    preset = rc.load_preset("iwm-call-spread")
    table = rc.scan(rc.read_chain(quotes), market=preset.market, account=preset.account, exits=preset.exits)
    (row,) = json.loads(out)["rows"]
    assert json.loads(out)["found"] == len(table)
    assert row["view_r"] == pytest.approx(table["view_r"].iloc[0])


def test_rows_are_filtered_and_ranked(run, quotes):
    arguments = ("--kind", "all", "--min-width", "10", "--max-width", "20", "--rank", "reward_to_risk")
    _, out, _ = run("scan", str(quotes), *arguments, "--top", "500", "--json")
    rows = json.loads(out)["rows"]
    assert {row["kind"] for row in rows} == set(SpreadKind)
    assert {abs(row["long_strike"] - row["short_strike"]) for row in rows} == {10.0, 20.0}
    ratios = [row["reward_to_risk"] for row in rows]
    assert ratios == sorted(ratios, reverse=True)
    assert all(row["units"] >= 1 for row in rows)


def test_an_account_too_small_for_any_spread_is_an_answer(run, quotes):
    code, out, err = run("scan", str(quotes), "--set", "account.equity=100")
    assert (code, err) == (0, "")
    assert out.startswith("IWM 300.00 on 2026-07-20: 0 spreads\n")
    assert "No spread fits the account" in out


def test_quotes_far_off_the_model_are_counted(run, tmp_path):
    table = table_of(smiling_chain(days=(60,), strikes=tuple(range(270, 340, 10))))
    stale = (table["strike"] == 330) & (table["option_type"] == "put")
    table.loc[stale, ["bid", "ask"]] += 15.0
    table.to_csv(tmp_path / "stale.csv", index=False)
    _, out, _ = run("scan", str(tmp_path / "stale.csv"), "--kind", "put debit", "--all-sizes")
    assert "excluded   1 option quoted more than 0.1% of spot away from the model (stale quotes)" in out


def test_rows_of_other_days_are_counted(run, tmp_path):
    chain = smiling_chain(days=(60,), strikes=tuple(range(270, 340, 10)))
    days = pd.concat([table_of(another_day(chain, days)) for days in range(3)])
    days.to_csv(tmp_path / "days.csv", index=False)
    _, out, _ = run("scan", str(tmp_path / "days.csv"), "--all-sizes")
    assert "excluded   28 rows of the file: stale: quoted on another day" in out
    _, out, _ = run("scan", str(tmp_path / "days.csv"), str(tmp_path / "days.csv"), "--all-sizes", "--json")
    assert json.loads(out)["terms"]["dropped"] == {"stale: quoted on another day": 56}


def test_all_rows_are_written_to_files(run, quotes, tmp_path):
    table, frame = tmp_path / "rows.csv", tmp_path / "rows.parquet"
    code, _, _ = run("scan", str(quotes), "--csv", str(table), "--parquet", str(frame), "--top", "1")
    with table.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert code == 0
    assert len(rows) == len(pd.read_parquet(frame)) > 1
    assert rows[0]["kind"] == "call debit"


def test_a_row_is_opened_as_a_plan(run, quotes):
    _, out, _ = run("scan", str(quotes), "--top", "2", "--json")
    row = json.loads(out)["rows"][1]
    code, out, _ = run("scan", str(quotes), "--open", "2", "--json")
    answer = json.loads(out)
    assert code in {0, 1}
    assert answer["price"]["net_debit"] == pytest.approx(row["debit"])
    assert answer["managed"]["expected_pnl"] == pytest.approx(row["expected_pnl"], abs=2e-3)
    assert [leg["strike"] for leg in answer["trade"]["legs"]] == [row["long_strike"], row["short_strike"]]
    code, out, _ = run("scan", str(quotes), "--open", "2")
    assert "Checks" in out


def test_a_row_is_opened_on_the_screen(run, quotes, monkeypatch):
    _, out, _ = run("scan", str(quotes), "--top", "2", "--json")
    row = json.loads(out)["rows"][1]
    opened = []
    monkeypatch.setattr(scan_command, "on_terminal", lambda: True)
    monkeypatch.setattr("riskcalc.tui.app.run", opened.append)
    code, out, err = run("scan", str(quotes), "--open", "2", "--screen", "--drift", "12%")
    assert (code, out, err) == (0, "", "")
    editor, _ = opened[0].editor(lambda *_: None)
    assert [leg.strike for leg in editor.state.draft.trade.legs] == [row["long_strike"], row["short_strike"]]
    assert editor.state.plan.report.net_debit == pytest.approx(row["debit"])
    assert editor.state.plan.report.view.drift == 0.12


@pytest.mark.parametrize(("symbol", "warned"), [("QQQ", False), ("LUNR", True)])
class TestAnySymbol:
    @pytest.fixture
    def other(self, quotes, tmp_path, symbol):
        path = tmp_path / "other.csv"
        pd.read_csv(quotes).assign(symbol=symbol).to_csv(path, index=False)
        return path

    @pytest.fixture
    def assumed(self, symbol):
        return f"{symbol} is not in instruments.toml: taken as shares with American options, multiplier 100"

    def test_a_scan_says_what_it_assumed(self, run, other, assumed, warned):
        code, out, err = run("scan", str(other), "--json", "--top", "1")
        assert code == 0
        assert (assumed in err) == warned
        assert json.loads(out)["terms"]["warnings"] == [assumed] * warned

    def test_the_plan_of_a_row_does(self, run, other, symbol, assumed, warned):
        _, out, _ = run("scan", str(other), "--open", "1", "--json")
        answer = json.loads(out)
        assert (answer["trade"]["symbol"], answer["trade"]["assumed"]) == (symbol, warned)
        text = [check["message"] for check in answer["checks"] if check["name"] == "instrument"]
        assert text == [assumed] * warned

    def test_a_row_opens_on_the_screen(self, run, other, symbol, warned, monkeypatch):
        row = json.loads(run("scan", str(other), "--json", "--top", "1")[1])["rows"][0]
        opened = []
        monkeypatch.setattr(scan_command, "on_terminal", lambda: True)
        monkeypatch.setattr("riskcalc.tui.app.run", opened.append)
        assert run("scan", str(other), "--open", "1", "--screen")[0] == 0
        editor, note = opened[0].editor(lambda *_: None)
        assert ("not in instruments.toml" in note) == warned
        draft = editor.state.draft
        assert [leg.strike for leg in draft.trade.legs] == [row["long_strike"], row["short_strike"]]
        assert (draft.trade.symbol, draft.quote.spot) == (symbol, draft.chain.spot)
        assert 0.1 < draft.quote.vol < 0.4


def test_what_a_file_does_not_say_is_given(run, quotes, tmp_path):
    bare = tmp_path / "bare.csv"
    pd.read_csv(quotes).drop(columns=["symbol", "spot", "date", "quote_time"]).to_csv(bare, index=False)
    given = ("--symbol", "IWM", "--spot", "300", "--date", str(DAY), "--json", "--top", "3")
    _, told, err = run("scan", str(bare), *given)
    _, known, _ = run("scan", str(quotes), "--json", "--top", "3")
    assert err == ""
    assert json.loads(told) == json.loads(known)
    _, opened, _ = run("scan", str(bare), *given[:-2], "--open", "1")
    assert json.loads(opened)["market"]["quotes"]["IWM"]["spot"] == 300
    code, _, err = run("scan", str(bare), "--symbol", "IWM", "--date", str(DAY))
    assert code == 2
    assert err.endswith("give the spot\n")
    code, _, err = run("scan", str(bare), str(quotes), "--spot", "300")
    assert (code, err) == (2, "riskcalc: --spot and --date need a single chain, got 2\n")


def test_a_row_is_opened_from_its_own_file(run, tmp_path):
    paths = [tmp_path / part / "iwm.csv" for part in ("june", "july")]
    for days, path in enumerate(paths):
        path.parent.mkdir()
        chain = another_day(smiling_chain(days=(60,), strikes=tuple(range(270, 340, 10))), days)
        table_of(chain).to_csv(path, index=False)
    files = [str(path) for path in paths]
    _, out, _ = run("scan", *files, "--top", "1", "--json")
    (row,) = json.loads(out)["rows"]
    _, out, _ = run("scan", *files, "--open", "1", "--json")
    assert json.loads(out)["market"]["date"] == row["date"]
    assert row["source"] == str(paths[0] if row["date"] == str(DAY) else paths[1])


def test_a_folder_is_scanned_as_one_table(run, tmp_path):
    chain = smiling_chain(days=(60,), strikes=tuple(range(270, 340, 10)))
    for days in range(2):
        table_of(another_day(chain, days)).to_csv(tmp_path / f"{days}.csv", index=False)
    (tmp_path / "bad.csv").write_text("what,is,this\n1,2,3\n")
    code, out, err = run("scan", str(tmp_path), "--top", "400", "--json")
    answer = json.loads(out)
    assert code == 0
    assert {row["source"] for row in answer["rows"]} == {"0.csv", "1.csv"}
    assert {row["date"] for row in answer["rows"]} == {str(DAY), "2026-07-21"}
    assert err.startswith("riskcalc: excluded: ")
    assert "bad.csv" in err
    code, out, _ = run("scan", str(tmp_path), "--open", "1")
    assert "Checks" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "give either FILEs and folders or --sample"),
        (("--sample", "--spot", "300"), "--symbol, --spot and --date need a FILE"),
        (("--sample", "--set", "market.quotes.IWM.spot=300"), "market.quotes.IWM.spot comes from the chain"),
        (("--sample", "--set", "market.date=2026-08-01"), "market.date comes from the chain"),
        ((FILE, "--rank", "luck"), "rank must be one of expiry, dte"),
        ((FILE, "--open", "99999"), "--open must be a row of the "),
        (("--sample", "--min-days", "91"), "min_days must not be above max_days, got 91 and 90"),
        (("--sample", "--min-days", "400", "--max-days", "500"), "no spread passes the rules"),
        (("--sample", "--max-delta", "1.5"), "max_delta must be in [0, 1], got 1.5"),
        ((FILE, "--csv", "/no/such/folder/rows.csv"), "the table cannot be written"),
        (("no-such-file.csv",), "no-such-file.csv"),
        (("--sample", "--kind", "condor"), "'condor' is not one of"),
        (("--sample", "--drift", "fast"), "--drift"),
        ((FILE, "--european", "--open", "1"), "scan with valuation american"),
        (("--sample", "--open", "1", "--screen"), "--screen needs --open ROW and a terminal"),
        (("--sample", "--screen"), "--screen needs --open ROW and a terminal"),
    ],
)
def test_bad_input_is_one_clear_line(run, quotes, arguments, text):
    code, out, err = run("scan", *(str(quotes) if one is FILE else one for one in arguments))
    assert code == 2
    assert out == ""
    assert text in err
    assert "Traceback" not in err

"""``riskcalc history``: the contract of its JSON, its presets, and what it refuses."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from riskcalc.history import sample_vols
from riskcalc.history.bars import PRICES
from riskcalc.presets import read_calibration
from tests.history.made_up import LAYOUTS, few, random_bars, three_lines
from tests.outside import reference_file

FILE = "05_leveraged_etf_prices/{}_daily_raw_alphavantage.csv"


@pytest.fixture
def prices(tmp_path):
    path = tmp_path / "IWM.csv"
    path.write_text(LAYOUTS["flat"](few(800)))
    return path


@pytest.fixture
def vols(tmp_path):
    path = tmp_path / "RVX.csv"
    made_up = sample_vols()
    rows = "".join(f"{day},{100 * vol:.2f}\n" for day, vol in zip(made_up.dates, made_up.vol, strict=True))
    path.write_text("Date,Close\n" + rows)
    return path


def answer(result):
    code, out, err = result
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_contract_on_the_real_history(run):
    path = str(reference_file(FILE.format("IWM")))
    rules = ("--stop", "6%", "--target", "10%", "--sessions", "42", "--since", "2010-01-04", "--json")
    result = answer(run("history", path, *rules))
    assert {name: round(100 * vol, 3) for name, vol in result["realised_vol"].items()} == {
        "21": 18.541,
        "63": 17.932,
        "252": 16.073,
    }
    assert [round(result[name], 4) for name in ("ema20", "sma50", "sma200")] == [118.2766, 116.3420, 114.2329]
    counts = ("n", "stop_first", "target_first", "neither", "ambiguous", "gapped_stops")
    assert [result["outcomes"][name] for name in counts] == [1216, 421, 241, 554, 0, 52]
    assert result["outcomes"]["mean_overshoot"] == pytest.approx(0.00638, abs=5e-6)
    assert (result["k"], result["k_source"], result["k_date"]) == (0.83, "default, IWM 2010-2026", None)
    assert result["atr14"] == pytest.approx(1.6061, abs=5e-5)


def test_a_second_symbol_is_what_the_first_is_compared_with(run):
    paths = [str(reference_file(FILE.format(symbol))) for symbol in ("TNA", "IWM")]
    (pair,) = answer(run("history", *paths, "--json"))["co_movements"]
    assert (pair["symbol"], pair["benchmark"]) == ("TNA", "IWM")
    assert pair["beta"] == pytest.approx(2.966, abs=0.02)


def test_26_years_of_bars_are_measured(run, tmp_path):
    bars = random_bars(1, count=6500, vol=0.01, start="2000-01-03")
    table = pd.DataFrame(
        {"Date": bars.dates.astype(str)} | {name.title(): getattr(bars, name) for name in PRICES}
    )
    path = tmp_path / "IWM.csv"
    path.write_text(table.to_csv(index=False))
    result = answer(run("history", str(path), "--stop", "6%", "--target", "10%", "--json"))
    assert result["outcomes"]["n"] > 6000


def test_exits_are_those_of_a_preset(run, prices):
    result = answer(run("history", str(prices), "iwm-call-spread", "--json"))
    assert (result["outcomes"]["stop"], result["outcomes"]["sessions"]) == (0.06, 29)
    assert [target["move"] for target in result["outcomes"]["targets"]] == [0.10, 0.15]
    assert (result["implied_vol"], result["implied_vol_source"]) == (0.20, "iwm-call-spread, 2026-07-20")
    assert [one["method"] for one in result["chances"]] == [
        "closed form at implied vol",
        "closed form at k x implied vol",
        "filtered historical simulation",
    ]
    shorter = answer(
        run("history", str(prices), "iwm-call-spread", "--stop", "4%", "--sessions", "5", "--json")
    )
    assert (shorter["outcomes"]["stop"], shorter["outcomes"]["sessions"]) == (0.04, 5)


def test_implied_vols_measure_k_and_keep_it(run, prices, vols, tmp_path):
    result = answer(run("history", str(prices), "--iv", str(vols), "--json"))
    assert result["k"] == pytest.approx(0.84, abs=0.05)
    assert result["k_file"] == str(tmp_path / "calibration.toml")
    kept = read_calibration()
    assert (kept.k, kept.date) == (round(result["k"], 4), kept.date)
    assert result["k_date"] == str(kept.date) == "2026-07-17"
    assert answer(run("history", str(prices), "--json"))["k"] == kept.k
    _, out, _ = run("history", str(prices), "--iv", str(vols))
    assert out.endswith(f"k is saved in {tmp_path / 'calibration.toml'}, for plans\n")


def test_k_is_not_kept_without_a_symbol(run, prices, vols, tmp_path):
    nameless = prices.rename(tmp_path / "prices.csv")
    code, out, err = run("history", str(nameless), "--iv", str(vols), "--json")
    assert (code, json.loads(out)["k_file"]) == (0, None)
    assert err == "riskcalc: warning: k is not saved: the prices name no symbol; give --symbol\n"
    assert not (tmp_path / "calibration.toml").exists()
    assert not (tmp_path / "ranges.toml").exists()
    assert answer(run("history", str(nameless), "--iv", str(vols), "--symbol", "RSP", "--json"))["k_file"]
    assert read_calibration("RSP").date is not None


def test_closes_alone_give_no_outcomes_and_say_so(run, tmp_path):
    path = tmp_path / "IWM.csv"
    path.write_text(few(100)[["Date", "Close"]].to_csv(index=False))
    code, out, err = run("history", str(path), "--stop", "6%", "--json")
    assert (code, json.loads(out)["outcomes"]) == (0, None)
    assert "closes only" in err


def test_adjusted_prices_are_doubted_where_exits_are_counted(run, tmp_path):
    table = few(100)
    table.iloc[:, 1:] *= 0.9217341
    path = tmp_path / "IWM.csv"
    path.write_text(table.to_csv(index=False))
    assert run("history", str(path))[2] == ""
    assert "stops act on raw prices" in run("history", str(path), "--stop", "6%")[2]


def test_the_sample_is_measured_and_nothing_kept(run, tmp_path):
    result = answer(run("history", "--sample", "--stop", "6%", "--target", "10%", "--json"))
    assert (result["symbol"], result["k_file"]) == ("IWM", None)
    assert not (tmp_path / "calibration.toml").exists()


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give either files of prices or --sample"),
        (("--sample", "IWM.csv"), "give either files of prices or --sample"),
        (("absent.csv",), "absent.csv: cannot be read: No such file or directory"),
        (("IWM.csv", "iwm-shares", "tna-momentum"), "give at most one PRESET, got iwm-shares, tna-momentum"),
        (("IWM.csv", "tna-momentum"), "tna-momentum trades TNA; the prices are those of IWM"),
        (("IWM.csv", "iwm-spy-pair"), "iwm-spy-pair trades the ratio IWM/SPY"),
        (("IWM.csv", "--target", "10%"), "--target and --sessions need a --stop or a PRESET"),
        (("IWM.csv", "--stop", "0"), "--stop must be"),
        (("IWM.csv", "--stop", "six"), "--stop must be"),
        (("IWM.csv", "--stop", "6%", "--sessions", "900"), "sessions must leave an entry, got 900"),
        (
            ("IWM.csv", "--stop", "6%", "--since", "2026-07-15"),
            "sessions must leave an entry from 2026-07-15 on",
        ),
        (("two.csv",), "holds prices of 2 symbols (IWM, SPY); choose one: --symbol"),
        (("IWM.csv", "--iv", "IWM.csv", "--since", "2026-07-01"), "k needs 63"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run, tmp_path, arguments, says):
    (tmp_path / "two.csv").write_text(three_lines(few(), ("IWM", "SPY")))
    code, out, err = run("history", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1

"""``riskcalc backtest``: its JSON, its trades, grids on cores and a cluster, and what it refuses."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

from riskcalc.cli.backtest_command import read_grid
from riskcalc.errors import InvalidInputError
from riskcalc.history import sample_vols
from riskcalc.history.bars import PRICES
from tests.history.made_up import few, random_bars
from tests.outside import reference_file
from tests.rows import sample

FILE = "05_leveraged_etf_prices/{}_daily_raw_alphavantage.csv"


@pytest.fixture
def prices(tmp_path):
    path = tmp_path / "IWM.csv"
    path.write_text(few(700).to_csv(index=False))
    return path


def answer(result):
    code, out, err = result
    assert (code, err) == (0, "")
    return json.loads(out)


def long_file(tmp_path):
    bars = random_bars(1, count=6500, vol=0.01, start="2000-01-03")
    table = pd.DataFrame(
        {"Date": bars.dates.astype(str)} | {name.title(): getattr(bars, name) for name in PRICES}
    )
    path = tmp_path / "IWM.csv"
    path.write_text(table.to_csv(index=False))
    return path


@pytest.mark.parametrize("entries", ["flat", "each"])
@pytest.mark.parametrize("preset", ["iwm-call-spread", "iwm-shares"])
@pytest.mark.slow
def test_26_years_of_bars_give_many_trades(run, tmp_path, preset, entries):
    path = long_file(tmp_path)
    result = answer(run("backtest", preset, str(path), "--entries", entries, "--json"))
    assert result["statistics"]["n"] > 100


def test_the_real_history_of_a_fund(run):
    path = str(reference_file(FILE.format("IWM")))
    result = answer(run("backtest", "iwm-shares", path, "--since", "2010-01-04", "--json"))
    assert (result["first"], result["last"]) == ("2010-01-04", "2014-12-31")
    assert result["statistics"]["n"] == sum(result["exits"].values()) > 30
    assert result["assumptions"] == [
        "holders receive the dividends of the file: 59 ex-dates",
        "account is a sample of $100,000",
    ]
    assert len(result["years"]) == 5


def test_implied_vols_are_a_file_a_number_or_realized_ones(run, prices, tmp_path):
    made_up = sample_vols()
    path = tmp_path / "RVX.csv"
    rows = "".join(f"{day},{100 * vol:.2f}\n" for day, vol in zip(made_up.dates, made_up.vol, strict=True))
    path.write_text("Date,Close\n" + rows)
    text = [
        answer(run("backtest", "iwm-call-spread", str(prices), *given, "--json"))["assumptions"][0]
        for given in (("--iv", str(path)), ("--vol", "22%"), ())
    ]
    assert "implied vol is RVX of the day" in text[0]
    assert "implied vol is 22% throughout" in text[1]
    assert "realized vol of the last 63 sessions over k = 0.83 (default, IWM 2010-2026)" in text[2]


def test_trades_are_written_as_csv(run, prices, tmp_path):
    path = tmp_path / "trades.csv"
    result = answer(run("backtest", "iwm-shares", str(prices), "--csv", str(path), "--json"))
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == result["statistics"]["n"]
    assert sum(float(row["r"]) for row in rows) / len(rows) == pytest.approx(result["statistics"]["mean_r"])
    assert {row["reason"] for row in rows} <= {"stop", "target", "time stop"}


@pytest.mark.parametrize("cores", sample((1, 2), 0))
def test_a_grid_is_every_combination_best_first(run, prices, monkeypatch, cores):
    monkeypatch.setattr("riskcalc.parallel._cores", lambda: cores)
    grid = ("--grid", "exits.stop=4%,5%,6%", "--grid", 'exits.targets=["+5%"],["+10%", "+15%"]')
    result = answer(run("backtest", "iwm-shares", str(prices), *grid, "--json"))
    assert (result["tried"], len(result["rows"])) == (6, 6)
    means = [row["mean_r"] for row in result["rows"]]
    assert means == sorted(means, reverse=True)
    assert 1.2 < result["chance_best"] < 1.35  # 1.267 is the mean of the largest of six
    for row in result["rows"][::3]:
        settings = ("--set", f"exits.stop={row['settings']['exits.stop']}")
        targets = row["settings"]["exits.targets"].replace("'", '"')
        alone = answer(
            run(
                "backtest",
                "iwm-shares",
                str(prices),
                *settings,
                "--set",
                f"exits.targets={targets}",
                "--json",
            )
        )
        assert alone["statistics"]["mean_r"] == pytest.approx(row["mean_r"])


def test_a_grid_says_what_chance_would_bring(run, prices):
    code, out, err = run("backtest", "iwm-shares", str(prices), "--grid", "exits.stop=4%,6%", "--top", "1")
    assert (code, err) == (0, "")
    assert "Settings, Best Expectancy First" in out
    assert "settings tried        2" in out
    assert "P(as good by chance)" in out


@pytest.mark.slow
def test_a_cluster_gives_the_same_grid(run, prices, cluster):
    arguments = ("backtest", "iwm-shares", str(prices), "--grid", "exits.stop=4%,5%,6%", "--json")
    result = answer(run(*arguments, "--scheduler", cluster.scheduler_address))
    assert result == answer(run(*arguments))


@pytest.mark.slow
def test_a_hundred_settings_of_26_years_are_all_tried(run, tmp_path):
    stops = ",".join(f"{4 + 0.5 * step:g}%" for step in range(10))
    days = ",".join(str(20 + 5 * step) for step in range(10))
    grid = ("--grid", f"exits.stop={stops}", "--grid", f"exits.holding_days={days}")
    path = str(long_file(tmp_path))
    result = answer(run("backtest", "iwm-shares", path, *grid, "--json"))
    assert result["tried"] == 100


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("exits.stop=4%,6%", ["4%", "6%"]),
        ('exits.targets=["+8%", "+9%"],["+10%"]', [["+8%", "+9%"], ["+10%"]]),
        ("account.equity=50000, 100000", [50_000, 100_000]),
        ('name="a,b",c', ["a,b", "c"]),
    ],
)
def test_the_values_of_a_grid_stand_between_commas(text, values):
    assert list(read_grid(text).values()) == [values]


@pytest.mark.parametrize("text", ["exits.stop", "=4%", "exits.stop=", "exits.stop=4%,"])
def test_a_grid_without_values_is_refused(text):
    with pytest.raises(InvalidInputError, match="--grid must be like exits"):
        read_grid(text)


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give either files of prices or --sample"),
        (("IWM.csv",), "give a PRESET"),
        (("iwm-shares",), "give either files of prices or --sample"),
        (("iwm-shares", "absent.csv"), "absent.csv: cannot be read: No such file or directory"),
        (("tna-momentum", "IWM.csv"), "tna-momentum trades TNA; the prices are those of IWM"),
        (("iwm-shares", "IWM.csv", "--iv", "IWM.csv", "--vol", "20%"), "give either --iv or --vol"),
        (("iwm-shares", "IWM.csv", "--scheduler", "tcp://x:1"), "--scheduler needs a --grid"),
        (("iwm-shares", "IWM.csv", "--csv", "a.csv", "--grid", "exits.stop=4%"), "leave out --grid"),
        (("iwm-shares", "IWM.csv", "--grid", "exits.stop=4%,140%"), "exits.stop"),
        (("iwm-shares", "IWM.csv", "--grid", "exits.stopp=4%"), "exits.stopp is not a known key"),
        (("iwm-shares", "IWM.csv", "--since", "2030-01-01"), "since must leave a session to enter on"),
        (("iwm-shares", "IWM.csv", "--csv", "no/such/folder/a.csv"), "the trades cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run, arguments, says):
    code, out, err = run("backtest", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1

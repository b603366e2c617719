"""The user's own instruments: their rows, every problem of a file in a line, and plans on any symbol."""

from __future__ import annotations

import csv
import datetime as dt
import textwrap

import pytest

from riskcalc.domain import ExerciseStyle, Instrument, Settlement, shipped_instruments
from riskcalc.domain.instrument_table import TABLE_FILE
from riskcalc.errors import PresetError
from riskcalc.presets import (
    check_preset,
    load_instruments,
    load_preset,
    plan_preset,
    save_preset,
    user_instruments,
)
from tests.outside import reference_file

QUOTE = {"spot": 9.03, "vol": "80%"}
CALL = {"kind": "call", "side": "long", "moneyness": "ATM", "days": 60}


def on(symbol, *legs, quotes=None):
    """Settings that put the shipped spread's account and exits on another symbol."""
    return {
        "trade.symbol": symbol,
        "market.quotes": {symbol: QUOTE} | (quotes or {}),
        "trade.legs": list(legs or [CALL]),
    }


def checks(plan):
    return {check.name: check for check in plan.checks}


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """The user's own file, not made yet."""
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "own" / "presets"))
    monkeypatch.delenv("RISKCALC_INSTRUMENTS", raising=False)
    monkeypatch.delenv("RISKCALC_HOME", raising=False)
    (tmp_path / "own" / "presets").mkdir(parents=True)
    return tmp_path / "own" / "instruments.toml"


@pytest.fixture
def write(own):
    return lambda text: own.write_text("schema = 1\n" + textwrap.dedent(text), encoding="utf-8")


def test_without_a_file_the_shipped_rows_are_known(own):
    assert user_instruments() == own
    assert load_instruments() == shipped_instruments()


def test_one_folder_may_hold_all_of_the_users_files(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    assert user_instruments() == tmp_path / "home" / "instruments.toml"


def test_the_shipped_file_is_one_that_a_user_may_write():
    assert load_instruments(TABLE_FILE) == shipped_instruments()


def test_a_row_is_added_and_another_replaces_a_shipped_one_whole(write):
    write(
        """
        [instruments.ixx]
        name = "an index"
        exercise = "european"
        delivery = "cash"
        monthly_settlement = "am"
        multiplier = 50
        beta = 1.3
        beta_to = "spy"
        beta_as_of = 2026-06-30
        dividends = "index"
        tick = 0.05
        strike_step = "$2.50"
        source = "the exchange"

        [instruments.SPXL]
        leverage = 3
        benchmark = "SPY"
        fee = "1%"
        gap_shocks = ["20%", 0.3]
        """
    )
    result = load_instruments()
    assert result["IXX"] == Instrument(
        symbol="IXX",
        exercise=ExerciseStyle.EUROPEAN,
        tradable_shares=False,
        usual_monthly_settlement=Settlement.AM,
        option_multiplier=50,
        beta=1.3,
        beta_to="SPY",
        beta_as_of=dt.date(2026, 6, 30),
        payouts="index",
        tick=0.05,
        strike_step=2.5,
    )
    assert result["SPXL"] == Instrument(
        symbol="SPXL", leverage=3, benchmark="SPY", fee=0.01, gap_shocks=(0.2, 0.3)
    )
    assert result["IWM"] == shipped_instruments()["IWM"]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("exercise = 'bermudan'", "exercise must be 'american' or 'european', got 'bermudan'"),
        ("delivery = 5", "delivery must be 'shares' or 'cash', got 5"),
        ("multiplier = 0", "multiplier must be a whole number >= 1, got 0"),
        ("monthly_settlement = 'noon'", "monthly_settlement must be 'am' or 'pm', got 'noon'"),
        ("leverage = 0", "leverage must be a number from -20 to 20 other than 0, like 3, got 0"),
        ("leverage = nan", "leverage must be a finite number, got nan"),
        ("leverage = 3", "benchmark must name a symbol where leverage is 3, got none"),
        ("fee = '600%'", "fee must be like 4% or 0.04, within -500% and 500%, got '600%'"),
        ("fee = -0.01", "fee must be like 8% or 0.08, from 0 to 500%, got -0.01"),
        (
            "benchmark = 'S P'",
            "benchmark: symbol must be 1 to 10 letters or digits like QQQ or BRK.B, got 'S P'",
        ),
        ("beta = 1.2", "beta_to must name another symbol where beta is given, got ''"),
        ("beta = 1.2\nbeta_to = 'SPY'", "beta_as_of must be a date where beta is given, got none"),
        ("beta = 1.2\nbeta_to = 'XYZ'\nbeta_as_of = 2026-01-02", "beta_to must name another symbol"),
        ("beta_as_of = 'June'", "beta_as_of must be a date from 1970 to 2200, like 2026-09-18, got 'June'"),
        ("dividends = 'often'", "dividends must be 'monthly', 'quarterly', "),
        ("tick = 0", "tick must be a number > 0, got 0"),
        ("strike_step = -1", "strike_step must be a number > 0, got -1"),
        ("broad_based = 'perhaps'", "broad_based: "),
        (
            "gap_shocks = ['120%']",
            "gap_shocks.0 must be like 6, 6%, -6% or 0.06, above 0 and below 100%, got '120%'",
        ),
        ("exercize = 'american'", "exercize is not a known key; did you mean instruments.XYZ.exercise?"),
    ],
)
def test_what_is_wrong_with_a_row_is_one_line_with_file_row_key_and_value(write, own, row, line):
    write(f"[instruments.XYZ]\n{row}\n")
    with pytest.raises(PresetError) as refused:
        load_instruments()
    (result,) = str(refused.value).splitlines()
    assert result.startswith(f"{own}: instruments.XYZ.{line}"), result


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema = 9\n", "schema"),
        ("schema = 1\n", "instruments is missing: one table per symbol, like [instruments.QQQ]"),
        ("schema = 1\ninstruments = 5\n", "instruments must be a table, got 5"),
        ("schema = 1\n[instruments.'A B']\n", "the symbol of a row must be 1 to 10 letters or digits"),
        ("schema = 1\n[instruments.'A/B']\n", "the symbol of a row must be 1 to 10 letters or digits"),
        ("schema = 1\n[instruments.XYZ\n", ""),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(own, text, line):
    own.write_text(text)
    with pytest.raises(PresetError) as refused:
        load_instruments()
    (result,) = str(refused.value).splitlines()
    assert result.startswith(f"{own}")
    assert line in result


def test_all_problems_are_listed_and_no_preset_is_planned_on_them(write, own):
    write("[instruments.XYZ]\nmultiplier = 0\nfee = 'much'\n[instruments.ABC]\ntick = 'x'\n")
    problems = check_preset("iwm-shares")
    assert [line.removeprefix(f"{own}: ").split(" ")[0] for line in problems] == [
        "instruments.XYZ.multiplier",
        "instruments.XYZ.fee",
        "instruments.ABC.tick",
    ]


def test_a_file_that_is_named_must_exist(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_INSTRUMENTS", str(tmp_path / "absent.toml"))
    with pytest.raises(PresetError, match=r"absent.toml: cannot be read: no such file"):
        load_instruments()


class TestPlans:
    def test_a_symbol_without_a_row_is_planned_and_said_so(self):
        plan = plan_preset("iwm-call-spread", on("LUNR") | {"trade.symbol": "lunr"})
        text = checks(plan)["instrument"]
        line = "LUNR is not in instruments.toml: taken as shares with American options, multiplier 100"
        assert (text.status, text.message) == ("warn", line)
        trade = plan.to_dict()["trade"]
        assert (trade["symbol"], trade["exercise"], trade["multiplier"], trade["assumed"]) == (
            "LUNR",
            "american",
            100,
            True,
        )
        assert trade["legs"][0]["strike"] == 9.0

    @pytest.mark.parametrize(
        "name", ["iwm-call-spread", "iwm-shares", "tna-momentum", "tza-hedge", "iwm-spy-pair"]
    )
    def test_the_default_funds_are_known(self, name):
        plan = plan_preset(name)
        assert not {"instrument", "dividends"} & set(checks(plan))
        assert plan.to_dict()["trade"]["assumed"] is False

    def test_a_row_of_the_users_own_is_what_a_plan_is_made_of(self, write):
        write("[instruments.LUNR]\nmultiplier = 10\nexercise = 'european'\n")
        trade = plan_preset("iwm-call-spread", on("LUNR")).to_dict()["trade"]
        assert (trade["multiplier"], trade["exercise"], trade["assumed"]) == (10, "european", False)

    def test_the_dates_of_index_options_are_their_roots(self):
        leg = {"kind": "call", "side": "long", "strike": 2930, "expiry": dt.date(2026, 9, 18)}
        quotes = {"spot": 2930, "vol": "20%", "dividend_yield": "1.2%"}
        settled = {}
        for symbol in ("RUT", "RUTW", "MRUT"):
            settings = on(symbol, leg, quotes={symbol: quotes}) | {
                "exits.close_dte": None,
                "account.equity": 5e6,
            }
            plan = plan_preset("iwm-call-spread", settings)
            text = " ".join(check.message for check in plan.checks)
            settled[symbol] = "settled at the open of 2026-09-18" in text
            assert plan.to_dict()["trade"]["exercise"] == "european"
            assert "settle in cash" in checks(plan)["pin risk"].message
        assert settled == {"RUT": True, "RUTW": False, "MRUT": False}

    @pytest.mark.parametrize(
        ("symbol", "leverage", "index"),
        [
            ("SPXL", 3, "SPY"), ("UPRO", 3, "SPY"), ("TQQQ", 3, "QQQ"), ("SQQQ", -3, "QQQ"),
            ("SOXL", 3, "SOXX"), ("URTY", 3, "IWM"), ("SRTY", -3, "IWM"), ("UWM", 2, "IWM"),
            ("TWM", -2, "IWM"),
        ],
    )  # fmt: skip
    def test_a_fund_takes_its_vol_and_its_stops_from_its_benchmark(self, symbol, leverage, index):
        quotes = {symbol: {"spot": 60}, index: {"spot": 100, "vol": "18%"}}
        plan = plan_preset("tna-momentum", on(symbol, {"kind": "shares", "side": "long"}, quotes=quotes))
        assert plan.report.market.quote(symbol).vol == pytest.approx(0.18 * abs(leverage))
        assert (plan.fund.benchmark, plan.fund.leverage) == (index, leverage)
        stop = next(
            exit_
            for exit_ in plan.fund.exits
            if exit_.fund_move == pytest.approx(-0.12) and exit_.sessions == 1
        )
        assert stop.benchmark_move == pytest.approx(-0.12 / leverage)

    def test_options_that_outlive_a_payment_are_said_to_be_priced_without_it(self):
        late = CALL | {"days": 150}
        settings = on("SPY", late) | {"entry.max_days": None}
        assert checks(plan_preset("iwm-call-spread", settings))["dividends"].message == (
            "SPY pays quarterly dividends and its quote lists none: "
            "options to 2026-12-18 are priced without any"
        )
        for quote in (
            {"dividend_yield": "1.1%"},
            {"dividends": [{"ex_date": dt.date(2026, 6, 18), "amount": 1.8}]},
        ):
            listed = on("SPY", late, quotes={"SPY": QUOTE | quote}) | {"entry.max_days": None}
            assert "dividends" not in checks(plan_preset("iwm-call-spread", listed))
        assert "dividends" not in checks(plan_preset("iwm-call-spread", on("SPY", CALL)))
        assert (
            "dividend_yield" in checks(plan_preset("iwm-call-spread", on("SPX", CALL)))["dividends"].message
        )

    def test_any_two_rows_make_a_pair(self):
        settings = {
            "trade.symbol": "IJR/SPY",
            "market.quotes": {
                "IJR": {"spot": 120, "vol": "20%"},
                "SPY": {"spot": 750, "vol": "14%"},
                "IJR/SPY": {"correlation": 0.85},
            },
        }
        plan = plan_preset("iwm-spy-pair", settings)
        assert (plan.pair.bought, plan.pair.sold) == ("IJR", "SPY")

    @pytest.mark.parametrize("symbol", ["LUNR", "SPXL", "RUTW"])
    def test_a_preset_of_any_symbol_is_saved_and_read_again(self, tmp_path, symbol):
        preset = load_preset("iwm-call-spread", on(symbol))
        path = save_preset(preset, f"a {symbol}", folder=tmp_path)
        assert load_preset(path).template.instrument == preset.template.instrument
        assert "settlement" not in path.read_text()

    def test_a_symbol_without_its_quote_is_named(self):
        with pytest.raises(
            PresetError, match=r"market.quotes.QQQ is missing: the trade is on it; quoted: IWM"
        ):
            load_preset("iwm-call-spread", {"trade.symbol": "QQQ"})


def test_the_vol_of_spxl_from_spys_is_near_what_its_options_are_quoted_at():
    """Real quotes of 2026-07-10, at the money; the note beside them says that 15 % is their tolerance."""
    with reference_file("06_option_chains/letf_atm_vol_scaling.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["levered"] in {"SPXL", "UPRO"}]
    assert len(rows) > 10
    for row in rows:
        quotes = {row["levered"]: {"spot": 100}, "SPY": {"spot": 755, "vol": float(row["base_atm_iv"])}}
        market = load_preset("iwm-call-spread", on(row["levered"], quotes=quotes)).market
        assert market.quote(row["levered"]).vol == pytest.approx(float(row["levered_atm_iv"]), rel=0.15)

"""What mutated inputs have found: each warned, broke or went on for minutes once."""

import datetime as dt
import time

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.analysis import lognormal, stop_race, value_position
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets import shipped_folder
from riskcalc.pricing import VolStatus, american_implied_vol, early_exercise
from riskcalc.sizing import size_by_max_loss
from tests.entry_points import market, spread

SOUND = (shipped_folder() / "iwm-call-spread.toml").read_text()


def test_an_implied_vol_beyond_all_numbers_has_a_status_and_does_not_warn():
    result = american_implied_vol(
        premium=3.0, sign=1, spot=1e308, strike=100.0, time_to_expiry=2.0, rate=0.0, dividend_yield=-1e9
    )
    assert (np.isnan(result.vol), VolStatus(int(result.status))) == (True, VolStatus.NOT_FINITE)


def test_early_exercise_at_a_vol_beyond_all_numbers_does_not_warn():
    early_exercise(
        sign=1,
        spot=100.0,
        strike=95.0,
        time_to_expiry=2.0,
        vol=1e4,
        rate=0.04,
        dividend_times=[0.2],
        dividend_amounts=[1.0],
    )


@pytest.mark.parametrize(("vol", "drift"), [(1e300, 0.0), (1e160, 1e308), (0.2, -1e308)])
def test_chances_at_extremes_are_chances(vol, drift):
    assert 0 <= lognormal.prob_below(level=90.0, spot=100.0, vol=vol, drift=drift, time=2.0) <= 1


def test_a_vol_beyond_all_numbers_without_time_is_refused():
    with pytest.raises(InvalidInputError, match="drift and vol must be small enough for finite results"):
        lognormal.prob_below(level=90.0, spot=100.0, vol=1e300, drift=0.0, time=0.0)


def test_a_chance_survives_prices_whose_ratio_is_no_number():
    assert lognormal.prob_below(level=1e308, spot=5e-324, vol=0.2, drift=0.0, time=1.0) == 1.0


@pytest.mark.parametrize(("vol", "drift", "sessions"), [(1e-9, 3.0, 42), (0.2, 0.04, 100_000), (0.2, 1e9, 2)])
def test_a_stop_race_that_would_take_hours_is_refused_at_once(vol, drift, sessions):
    start = time.process_time()
    with pytest.raises(InvalidInputError, match="the grid is too large for"):
        stop_race(fund_stop=-0.18, benchmark_stop=-0.06, leverage=3, vol=vol, drift=drift, sessions=sessions)
    assert time.process_time() - start < 10  # not hours


def test_a_loss_too_small_for_a_size_is_refused():
    with pytest.raises(InvalidInputError, match="the loss of one unit must be at least"):
        size_by_max_loss(equity=1e9, risk_fraction=0.5, max_loss=5e-324)


def test_a_position_at_a_spot_beyond_all_numbers_does_not_warn():
    assert value_position(spread(), market(), spot=1e308).value.shape == ()


@pytest.mark.parametrize(
    ("field", "value"), [("spot", 1e308), ("spot", 1e-300), ("vol", 1e6), ("dividend_yield", 1e9)]
)
def test_a_quote_beyond_what_markets_know_is_refused(field, value):
    with pytest.raises(InvalidInputError, match=f"{field} must be from "):
        rc.Quote(**({"spot": 100.0, "vol": 0.2} | {field: value}))


@pytest.mark.parametrize("spot", ["1e308", "1.7976931348623157e308", "1e-300"])
def test_a_chain_at_such_a_spot_is_refused_with_its_file(tmp_path, spot):
    path = tmp_path / "quotes.csv"
    rows = [f"IWM,2026-07-20,{spot},2026-09-18,{strike},call,4,5\n" for strike in (300, 301)]
    path.write_text("".join(["symbol,date,spot,expiry,strike,type,bid,ask\n", *rows]))
    with pytest.raises(
        rc.ChainError, match=r"spot must be from 1e-06 to 1e|column spot: '1.*' is not a number"
    ) as error:
        rc.read_chain(path)
    assert str(error.value).startswith(f"{path}: ")


@pytest.mark.parametrize(("strike", "bid"), [("1e308", "4"), ("1e-300", "4"), ("300", "1e300")])
def test_a_number_that_no_quote_is_is_refused_by_its_column(tmp_path, strike, bid):
    path = tmp_path / "quotes.csv"
    path.write_text(
        "symbol,date,spot,expiry,strike,type,bid,ask\n"
        f"IWM,2026-07-20,295,2026-09-18,{strike},put,{bid},5\nIWM,2026-07-20,295,2026-09-18,301,put,4,5\n"
    )
    with pytest.raises(rc.ChainError, match=r"line 2, column (strike|bid): "):
        rc.read_chain(path)


@pytest.mark.parametrize("text", ["[a" + ".a" * 800 + "]\n", "b = " + "[" * 300 + "]" * 300 + "\n"])
def test_a_preset_of_many_levels_is_refused(tmp_path, text):
    path = tmp_path / "deep.toml"
    path.write_text(text + SOUND if text[0] == "b" else SOUND + text)
    with pytest.raises(PresetError, match="the file is nested too deeply"):
        rc.load_preset(path)


def test_an_override_of_many_levels_is_text():
    with pytest.raises(PresetError, match=r"exits\.targets"):
        rc.load_preset("iwm-call-spread", {"exits.targets": rc.presets.overrides.parse_value("[" * 300)})


@pytest.mark.parametrize("digits", [5000])
def test_a_number_of_thousands_of_digits_is_refused(tmp_path, digits):
    path = tmp_path / "long.toml"
    path.write_text(SOUND.replace("close_dte = 21", f"close_dte = {'9' * digits}"))
    with pytest.raises(PresetError, match="a number has more than 4,300 digits"):
        rc.load_preset(path)


def test_an_expiry_a_century_away_is_refused_at_once():
    start = time.process_time()
    trade = rc.call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2126, 7, 19))
    with pytest.raises(InvalidInputError, match="expiry must be at most 10 years after 2026-07-20"):
        rc.evaluate(trade, market())
    assert time.process_time() - start < 10  # not hours


def test_more_dividends_than_any_fund_pays_are_refused_at_once():
    daily = tuple(rc.CashDividend(ex_date=dt.date(2026, 7, day), amount=0.01) for day in (13, 14, 15))
    quote = rc.Quote(spot=295.0, vol=0.2, dividends=daily)
    daily_payer = rc.Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": quote})
    trade = rc.call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2028, 6, 16))
    with pytest.raises(InvalidInputError, match="dividends of IWM must be at most 260 until 2028-06-16"):
        rc.evaluate(trade, daily_payer)

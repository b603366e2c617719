"""The trades of the mission: each loads, resolves, and keeps the rules it was asked to keep."""

import datetime as dt
import math
from statistics import NormalDist

import pytest

from riskcalc.domain import Side, Trigger
from riskcalc.presets import check_preset, load_preset, preset_names, shipped_folder

NAMES = ["iwm-call-spread", "iwm-shares", "tna-momentum", "tza-hedge"]
TODAY = dt.date(2026, 7, 20)


@pytest.fixture(autouse=True)
def _nothing_of_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path))


def moves(exits):
    return [target.move for target in exits.targets]


def test_these_are_shipped():
    assert [listed.name for listed in preset_names()] == NAMES
    assert {listed.origin for listed in preset_names()} == {"shipped"}


@pytest.mark.parametrize("name", NAMES)
def test_each_is_sound_named_dated_and_says_what_it_is_for(name):
    assert check_preset(name) == ()
    preset = load_preset(name)
    assert preset.name == preset.template.name == name
    assert preset.description
    assert preset.market.date == TODAY
    text = (shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "Sample figures of this day" in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", NAMES)
def test_the_account_risks_one_per_cent_of_a_hundred_thousand(name):
    account = load_preset(name).account
    assert (account.equity, account.risk_budget) == (100_000, 1_000)


def test_the_call_spread_is_at_the_money_and_near_the_first_target():
    preset = load_preset("iwm-call-spread")
    trade = preset.template.resolve(preset.market)
    assert trade.description == "IWM 295/325 call spread 2026-09-18"
    assert preset.market.quotes["IWM"].spot == 295.39
    assert (preset.entry.min_days, preset.entry.max_days) == (45, 90)
    assert (preset.exits.stop, moves(preset.exits)) == (0.06, [0.1, 0.15])
    assert (preset.exits.close_dte, preset.exits.vol_shift) == (21, 0.03)
    assert preset.exits.time_stop(entry=TODAY, expiry=trade.expiry) == dt.date(2026, 8, 28)


@pytest.mark.parametrize("days", [45, 50, 60, 70, 80, 90])
def test_the_call_spread_keeps_its_days_however_many_are_asked(days):
    overrides = {"trade.legs.0.days": days, "trade.legs.1.days": days}
    preset = load_preset("iwm-call-spread", overrides)
    expiry = preset.template.resolve(preset.market).expiry
    assert 45 <= (expiry - TODAY).days <= 90


def black_scholes_call(*, spot, strike, years, vol, rate, dividend_yield):
    """Textbook Black-Scholes-Merton, so that this layer's test leans on no other."""
    deviation = vol * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate - dividend_yield) * years) / deviation + deviation / 2
    chance = NormalDist().cdf
    forward_part = spot * math.exp(-dividend_yield * years) * chance(d1)
    return forward_part - strike * math.exp(-rate * years) * chance(d1 - deviation)


def test_the_call_spread_costs_about_960_dollars_and_fits_the_risk():
    preset = load_preset("iwm-call-spread")
    trade, market = preset.template.resolve(preset.market), preset.market
    quote = market.quotes["IWM"]
    debit = sum(
        trade.leg_size(leg)
        * black_scholes_call(
            spot=quote.spot, strike=leg.strike, years=market.years_to(leg.expiry), vol=leg.vol,
            rate=market.rate, dividend_yield=quote.dividend_yield,
        )
        for leg in trade.option_legs
    )  # fmt: skip
    assert debit == pytest.approx(960, abs=5)
    round_trip = 2 * 2 * preset.account.costs.commission_per_contract
    assert debit + round_trip <= preset.account.risk_budget


SHARES = {
    "iwm-shares": ("IWM", 0.06, [0.1, 0.15], 60, (30, 92), 0.06),
    "tna-momentum": ("TNA", 0.12, [0.2, 0.4], 28, (14, 56), 0.12),
    "tza-hedge": ("TZA", 0.12, [0.2, 0.4], 10, (1, 14), 0.12),
}


@pytest.mark.parametrize("name", SHARES)
def test_the_share_trades_keep_the_rules_of_the_mission(name):
    symbol, stop, targets, holding, days, max_stop = SHARES[name]
    preset = load_preset(name)
    (leg,) = preset.template.resolve(preset.market).legs
    assert (preset.template.instrument.symbol, leg.side, leg.shares) == (symbol, Side.LONG, 1)
    assert (preset.exits.stop, moves(preset.exits)) == (stop, targets)
    assert preset.exits.holding_days == holding
    assert (preset.entry.min_days, preset.entry.max_days, preset.entry.max_stop) == (*days, max_stop)
    assert preset.entry.allows_days(holding)
    loss_at_stop = preset.market.quotes[symbol].spot * stop
    assert preset.account.risk_budget / loss_at_stop > 1


def test_the_hedge_waits_for_stress_and_claims_none():
    preset = load_preset("tza-hedge")
    stocks, bonds = preset.entry.triggers
    assert stocks == Trigger(signal="sp500_move", below=-0.03, meaning=stocks.meaning)
    assert bonds == Trigger(signal="ten_year_change_bp", above=25, meaning=bonds.meaning)
    assert stocks.meaning
    assert bonds.meaning
    assert preset.market.signals == {}


def test_the_hedge_says_how_to_state_what_is_seen(tmp_path):
    text = (shipped_folder() / "tza-hedge.toml").read_text(encoding="utf-8")
    for line in ("[market.signals]", "sp500_move = ", "ten_year_change_bp = "):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    path = tmp_path / "stated.toml"
    path.write_text(text, encoding="utf-8")
    preset = load_preset(path)
    met = [trigger.met_by(preset.market.signals[trigger.signal]) for trigger in preset.entry.triggers]
    assert met == [True, True]

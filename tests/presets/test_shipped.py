"""The trades of the mission: each loads, resolves, and keeps the rules it was asked to keep."""

import datetime as dt

import pytest

from riskcalc.domain import CashDividend, Side, Trigger
from riskcalc.presets import check_preset, load_preset, preset_names, shipped_folder
from riskcalc.pricing.american import american

NAMES = ["iwm-call-spread", "iwm-shares", "iwm-spy-pair", "tna-momentum", "tza-hedge"]
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
    assert "Sample market data of one day" in text
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


@pytest.mark.parametrize("name", ["iwm-call-spread", "iwm-shares"])
def test_iwm_pays_cash_and_the_next_dividend_is_forecast_within_the_spreads_life(name):
    market = load_preset(name).market
    assert market.quotes["IWM"].dividend_yield == 0
    assert [dividend.amount for dividend in market.quotes["IWM"].dividends] == [0.8, 0.8]
    (due,) = market.dividends_until("IWM", dt.date(2026, 9, 18))
    assert due == CashDividend(ex_date=dt.date(2026, 9, 15), amount=0.8, forecast=True)


def test_the_call_spread_costs_about_964_dollars_and_fits_the_risk():
    preset = load_preset("iwm-call-spread")
    trade, market = preset.template.resolve(preset.market), preset.market
    bought, sold = trade.option_legs
    (due,) = market.dividends_until("IWM", trade.expiry)
    value = american(
        sign=1, spot=295.39, strike=[bought.strike, sold.strike], time_to_expiry=60 / 365,
        vol=[bought.vol, sold.vol], rate=0.04, dividend_times=[57 / 365], dividend_amounts=[due.amount],
    ).value  # fmt: skip
    debit = 100 * (value[0] - value[1])
    assert debit == pytest.approx(964, abs=1)
    round_trip = 2 * 2 * preset.account.costs.commission_per_contract
    units = preset.account.risk_budget // (debit + round_trip)
    assert units == 1


SHARES = {
    "iwm-shares": ("IWM", 0.06, [0.1, 0.15], 60, (30, 92), 0.06),
    "tna-momentum": ("TNA", 0.12, [0.2, 0.4], 28, (14, 56), 0.12),
    "tza-hedge": ("TZA", 0.12, [0.2, 0.4], 10, (1, 14), 0.12),
    "iwm-spy-pair": ("IWM/SPY", 0.04, [0.04, 0.08], 60, (30, 92), 0.06),
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

"""The shape of a preset: what each key becomes."""

import datetime as dt

import pytest

from riskcalc.domain import CashDividend, OptionType, RiskBasis, ShareLeg, Side, Target, Trigger, View
from riskcalc.presets import json_schema
from riskcalc.presets.document import read_preset
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike
from tests.presets.texts import SPREAD


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.toml"


@pytest.fixture
def read(path):
    return lambda text=SPREAD, **overrides: read_preset(
        text, path=path, overrides={key.replace("__", "."): value for key, value in overrides.items()}
    )


def test_the_least_preset_takes_every_default_of_the_domain(read):
    preset = read()
    assert preset.name == preset.template.name == "mine"
    assert preset.template.instrument.symbol == "IWM"
    assert preset.market.date == dt.date(2026, 7, 20)
    assert preset.market.quotes["IWM"].dividend_yield == 0
    assert preset.market.quotes["IWM"].dividends == ()
    assert preset.exits.stop == 0.06
    assert preset.exits.targets == ()
    assert preset.account.limits.risk_fraction == 0.01
    assert preset.view == View.neutral()
    assert preset.entry.triggers == ()


FULL = """
schema = 1
name = "everything"
description = "all keys"
[market]
date = "2026-07-20"
rate = -0.005
signals = {sp500_move = "-3.4%", ten_year_change_bp = 28}
[market.quotes.IWM]
spot = 295.39
vol = 0.2
dividend_yield = "1.1%"
dividends = [{ex_date = "2026-03-17", amount = 0.79}, {ex_date = 2026-06-16, amount = 1}]
[trade]
symbol = "IWM"
legs = [
  {kind = "call", side = "long", moneyness = "ATM", days = 60, contracts = 2, vol = "20%", spread_cost = 0.1},
  {kind = "call", side = "short", delta = -0.3, expiry = 2026-09-18, premium = 2.5},
  {kind = "put", side = "long", strike = 280, days = 90},
  {kind = "shares", side = "short", shares = 100, entry_price = 294, spread_cost = 0.01},
]
[exits]
stop = "-6%"
targets = ["+10%", {move = 15, fraction = 0.25}, {move = 0.2}]
holding_days = 30
close_dte = 21
vol_shift = "+3 points"
gap_shocks = ["10%", 0.2]
stop_to_breakeven = true
gap_share = "20%"
side = "short"
[entry]
min_days = 45
max_days = 90
max_stop = 12
[[entry.triggers]]
signal = "sp500_move"
below = "-3%"
meaning = "down"
[[entry.triggers]]
signal = "ten_year_change_bp"
above = 25
[account]
equity = 50_000
buying_power = 20_000
open_risk = 500
risk_fraction = 0.02
max_heat = 4
max_position = "50%"
risk_basis = "stop"
[account.costs]
commission_per_contract = 0.65
commission_per_share = 0.005
commission_per_trade = 1
slippage_per_share = 0.01
[view]
drift = "8%"
vol = 0.22
"""


def test_every_key_arrives(read):
    preset = read(FULL)
    assert (preset.name, preset.description) == ("everything", "all keys")
    market = preset.market
    assert (market.date, market.rate) == (dt.date(2026, 7, 20), -0.005)
    assert market.quotes["IWM"].dividend_yield == 0.011
    assert market.quotes["IWM"].dividends == (
        CashDividend(ex_date=dt.date(2026, 3, 17), amount=0.79),
        CashDividend(ex_date=dt.date(2026, 6, 16), amount=1.0),
    )
    assert market.signals == {"sp500_move": -0.034, "ten_year_change_bp": 28}
    bought, sold, put, shares = preset.template.legs
    assert (bought.strike, bought.expiry, bought.contracts) == (MoneynessStrike(move=0), 60, 2)
    assert (bought.vol, bought.spread_cost, bought.premium) == (0.2, 0.1, None)
    assert (sold.strike, sold.expiry, sold.premium) == (DeltaStrike(delta=0.3), dt.date(2026, 9, 18), 2.5)
    assert (put.strike, put.option_type, put.side) == (ExactStrike(strike=280), OptionType.PUT, Side.LONG)
    assert shares == ShareLeg(side=Side.SHORT, shares=100, entry_price=294, spread_cost=0.01)
    exits = preset.exits
    assert exits.targets == tuple(
        Target(move=move, fraction=share) for move, share in ((0.1, 0.375), (0.15, 0.25), (0.2, 0.375))
    )
    assert (exits.stop, exits.holding_days, exits.close_dte, exits.vol_shift) == (0.06, 30, 21, 0.03)
    assert (exits.gap_shocks, exits.side) == ((0.1, 0.2), Side.SHORT)
    assert (exits.stop_to_breakeven, exits.gap_share) == (True, 0.2)
    entry = preset.entry
    assert (entry.min_days, entry.max_days, entry.max_stop) == (45, 90, 0.12)
    assert entry.triggers[0] == Trigger(signal="sp500_move", below=-0.03, meaning="down")
    assert entry.triggers[1].above == 25
    account, limits = preset.account, preset.account.limits
    assert (account.equity, account.buying_power, account.open_risk) == (50_000, 20_000, 500)
    assert (limits.risk_fraction, limits.max_heat_fraction, limits.max_position_fraction) == (0.02, 0.04, 0.5)
    assert limits.risk_basis is RiskBasis.STOP
    assert account.costs.commission_per_contract == 0.65
    assert account.costs.slippage_per_share == 0.01
    assert preset.view == View(drift=0.08, vol=0.22)


def test_targets_without_a_fraction_share_equally(read):
    assert [target.fraction for target in read(exits__targets=["5%", "10%", "15%"]).exits.targets] == [
        1 / 3
    ] * 3
    assert read(exits__targets="+10%").exits.targets == (Target(move=0.1),)


def test_the_json_schema_knows_every_section_and_both_ways_to_write_a_target():
    schema = json_schema()
    assert set(schema["required"]) == {"schema", "market", "trade", "exits"}
    assert schema["additionalProperties"] is False
    forms = schema["$defs"]["TargetShape"]["anyOf"]
    assert [form["type"] for form in forms] == [["number", "string"], "object"]


def test_the_json_schema_knows_dividends_as_a_text_and_as_a_list():
    text, payments = json_schema()["$defs"]["QuoteShape"]["properties"]["dividends"]["anyOf"]
    assert text["type"] == "string"
    assert payments["type"] == "array"
    table = json_schema()["$defs"]["DividendShape"]
    assert payments["items"] == {"$ref": "#/$defs/DividendShape"}
    assert (table["required"], table["additionalProperties"]) == (["ex_date", "amount"], False)

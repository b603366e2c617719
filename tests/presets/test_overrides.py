"""Single values set over a preset's own, by dotted key."""

import datetime as dt

import pytest

from riskcalc.errors import PresetError
from riskcalc.presets.document import read_preset
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike
from riskcalc.presets.overrides import override, parse_assignments
from riskcalc.presets.problems import dotted, is_list, keys_at
from tests.presets.texts import SPREAD


@pytest.fixture
def read(tmp_path):
    return lambda overrides, text=SPREAD: read_preset(text, path=tmp_path / "mine.toml", overrides=overrides)


@pytest.fixture
def refusal(read):
    def lines(overrides):
        with pytest.raises(PresetError) as refused:
            read(overrides)
        return str(refused.value).splitlines()

    return lines


SHARES = {"kind": "shares", "side": "long"}
CALL = {"kind": "call", "side": "long", "strike": 295, "days": 60}

SETTABLE = {
    "schema": (1, lambda preset: preset and 1),  # not kept: every preset in memory is of this version
    "name": ("mine", lambda preset: preset.name),
    "description": ("why", lambda preset: preset.description),
    "market.date": (dt.date(2026, 7, 21), lambda preset: preset.market.date),
    "market.time": (dt.time(10, 30), lambda preset: preset.market.time),
    "market.rate": (0.03, lambda preset: preset.market.rate),
    "market.quotes.IWM.spot": (295.4, lambda preset: preset.market.quotes["IWM"].spot),
    "market.quotes.IWM.vol": (0.25, lambda preset: preset.market.quotes["IWM"].vol),
    "market.quotes.IWM.dividend_yield": (0.01, lambda preset: preset.market.quotes["IWM"].dividend_yield),
    "market.quotes.IWM.borrow_fee": (0.08, lambda preset: preset.market.quotes["IWM"].borrow_fee),
    "market.quotes.IWM.dividends.0.ex_date": (
        dt.date(2026, 6, 16), lambda preset: preset.market.quotes["IWM"].dividends[0].ex_date),
    "market.quotes.IWM.dividends.0.amount": (
        0.9, lambda preset: preset.market.quotes["IWM"].dividends[0].amount),
    "market.quotes.IWM.dividends.0.special": (
        True, lambda preset: preset.market.quotes["IWM"].dividends[0].special),
    "market.signals.any": (3.0, lambda preset: preset.market.signals["any"]),
    "trade.symbol": ("IWM", lambda preset: preset.template.instrument.symbol),
    "trade.settlement": ("pm", lambda preset: preset.template.instrument.monthly_settlement),
    "trade.legs.0.kind": ("put", lambda preset: preset.template.legs[0].option_type.name.lower()),
    "trade.legs.0.side": ("short", lambda preset: preset.template.legs[0].side.name.lower()),
    "trade.legs.0.contracts": (3, lambda preset: preset.template.legs[0].contracts),
    "trade.legs.0.strike": (300.0, lambda preset: preset.template.legs[0].strike.strike),
    "trade.legs.0.moneyness": (0.1, lambda preset: preset.template.legs[0].strike.move),
    "trade.legs.0.delta": (0.3, lambda preset: preset.template.legs[0].strike.delta),
    "trade.legs.0.expiry": (dt.date(2026, 9, 18), lambda preset: preset.template.legs[0].expiry),
    "trade.legs.0.days": (45, lambda preset: preset.template.legs[0].expiry),
    "trade.legs.0.premium": (12.5, lambda preset: preset.template.legs[0].premium),
    "trade.legs.0.vol": (0.19, lambda preset: preset.template.legs[0].vol),
    "trade.legs.0.spread_cost": (0.05, lambda preset: preset.template.legs[0].spread_cost),
    "trade.legs.1.shares": (100, lambda preset: preset.template.legs[1].shares),
    "trade.legs.1.entry_price": (290.0, lambda preset: preset.template.legs[1].entry_price),
    "exits.stop": (0.07, lambda preset: preset.exits.stop),
    "exits.targets.0.move": (0.08, lambda preset: preset.exits.targets[0].move),
    "exits.targets.0.fraction": (0.4, lambda preset: preset.exits.targets[0].fraction),
    "exits.holding_days": (30, lambda preset: preset.exits.holding_days),
    "exits.close_dte": (20, lambda preset: preset.exits.close_dte),
    "exits.vol_shift": (0.02, lambda preset: preset.exits.vol_shift),
    "market.pinned": (True, lambda preset: preset.pinned),
    "exits.gap_shocks": (["15%"], lambda preset: [f"{shock:.0%}" for shock in preset.exits.gap_shocks]),
    "exits.stop_to_breakeven": (True, lambda preset: preset.exits.stop_to_breakeven),
    "exits.gap_share": (0.2, lambda preset: preset.exits.gap_share),
    "exits.side": ("short", lambda preset: preset.exits.side.name.lower()),
    "account.equity": (50_000.0, lambda preset: preset.account.equity),
    "account.risk": (0.02, lambda preset: preset.account.limits.risk_fraction),
    "account.risk_dollars": (400.0, lambda preset: preset.account.limits.risk_dollars),
    "account.risk_fraction": (0.03, lambda preset: preset.account.limits.risk_fraction),
    "account.buying_power": (10_000.0, lambda preset: preset.account.buying_power),
    "account.buying_power_used": (9_000.0, lambda preset: preset.account.buying_power_used),
    "account.open_risk": (500.0, lambda preset: preset.account.open_risk),
    "account.max_heat": (0.05, lambda preset: preset.account.limits.max_heat_fraction),
    "account.max_position": (0.5, lambda preset: preset.account.limits.max_position_fraction),
    "account.risk_basis": ("stop", lambda preset: preset.account.limits.risk_basis),
    "account.costs.commission_per_contract": (
        0.65, lambda preset: preset.account.costs.commission_per_contract),
    "account.costs.commission_per_share": (0.01, lambda preset: preset.account.costs.commission_per_share),
    "account.costs.commission_per_trade": (1.0, lambda preset: preset.account.costs.commission_per_trade),
    "account.costs.slippage_per_share": (0.02, lambda preset: preset.account.costs.slippage_per_share),
    "entry.min_days": (40, lambda preset: preset.entry.min_days),
    "entry.max_days": (95, lambda preset: preset.entry.max_days),
    "entry.max_stop": (0.08, lambda preset: preset.entry.max_stop),
    "entry.triggers.0.signal": ("vix", lambda preset: preset.entry.triggers[0].signal),
    "entry.triggers.0.below": (-0.03, lambda preset: preset.entry.triggers[0].below),
    "entry.triggers.0.above": (25.0, lambda preset: preset.entry.triggers[0].above),
    "entry.triggers.0.meaning": ("calm", lambda preset: preset.entry.triggers[0].meaning),
    "entry.triggers.0.role": ("stop", lambda preset: preset.entry.triggers[0].role),
    "entry.combine": ({"stop": "all"}, lambda preset: dict.fromkeys(preset.entry.needs_all, "all")),
    "view.drift": (0.08, lambda preset: preset.view.drift),
    "view.vol": (0.22, lambda preset: preset.view.vol),
}  # fmt: skip

ALREADY = {
    "market.quotes.IWM.dividends": [{"ex_date": dt.date(2026, 3, 17), "amount": 0.8}],
    "trade.legs": [CALL, SHARES],
    "exits.targets": ["+10%"],
    "entry.triggers": [{"signal": "s", "above": 1}],
}


@pytest.mark.parametrize("key", SETTABLE)
def test_every_key_can_be_set(read, key):
    value, result = SETTABLE[key]
    assert result(read(ALREADY | {key: value})) == value


def leaves(path=()):
    """Every key path of the schema, list entries and symbols by one that stands for all."""
    keys = keys_at(path)
    if keys:
        return [leaf for key in keys for leaf in leaves((*path, key))]
    if path in {("market", "quotes"), ("market", "signals")}:
        return leaves((*path, "IWM" if path[-1] == "quotes" else "any"))
    if is_list(path) and keys_at((*path, 0)):
        return leaves((*path, 0))
    return [path]


def test_the_table_above_leaves_no_key_out():
    known = {dotted(path).replace("legs.0.shares", "legs.1.shares") for path in leaves()}
    known = {key.replace("legs.0.entry_price", "legs.1.entry_price") for key in known}
    of_pairs = {"market.quotes.IWM.correlation"}
    assert known - of_pairs == set(SETTABLE)


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("strike", ("moneyness", "+10%"), MoneynessStrike(move=0.1)),
        ("moneyness", ("delta", 0.3), DeltaStrike(delta=0.3)),
        ("delta", ("strike", 300), ExactStrike(strike=300)),
    ],
)
def test_another_form_of_strike_replaces_the_earlier_one(read, first, second, rule):
    leg = {"kind": "call", "side": "long", "days": 60, first: 0.5}
    assert read({"trade.legs": [leg], f"trade.legs.0.{second[0]}": second[1]}).template.legs[0].strike == rule


def test_other_forms_of_expiry_risk_and_level_replace_the_earlier_ones(read):
    day = dt.date(2026, 9, 18)
    assert read({"trade.legs.0.expiry": day}).template.legs[0].expiry == day
    assert read({"account.risk": 2, "account.risk_fraction": 0.03}).account.limits.risk_fraction == 0.03
    levels = {"entry.triggers": [{"signal": "s", "above": 1}], "entry.triggers.0.below": 2}
    assert (read(levels).entry.triggers[0].above, read(levels).entry.triggers[0].below) == (None, 2)


def test_none_removes_a_key(read):
    closing = SPREAD.replace("stop = 6", "stop = 6\nclose_dte = 5")
    assert read({}, closing).exits.close_dte == 5
    assert read({"exits.close_dte": None}, closing).exits.close_dte is None


def test_a_number_after_the_last_appends(read):
    legs = read({"trade.legs.1.kind": "shares", "trade.legs.1.side": "short"}).template.legs
    assert [type(leg).__name__ for leg in legs] == ["OptionTemplate", "ShareLeg"]
    targets = read({"exits.targets.0": 8, "exits.targets.1": "12%"}).exits.targets
    assert [target.move for target in targets] == [0.08, 0.12]


def test_what_is_set_over_is_not_changed():
    data = {"trade": {"legs": [{"strike": 1}]}}
    changed, problems = override(data, {"trade.legs.0.delta": 0.3})
    assert not problems
    assert changed == {"trade": {"legs": [{"delta": 0.3}]}}
    assert data == {"trade": {"legs": [{"strike": 1}]}}


@pytest.mark.parametrize(
    ("key", "rest"),
    [
        ("exits.stpo", "; did you mean exits.stop?"),
        ("stop", "; did you mean exits.stop?"),
        ("acount.equity", "; did you mean account?"),
        ("exits.stop.x", "; exits.stop is a single value"),
        ("market.quotes.IWM.spt", "; did you mean market.quotes.IWM.spot?"),
        ("trade.legs.x.strike", ": trade.legs is a list, so a number from 0 follows"),
        ("", "; known here: schema, name, description, market, trade, exits, account, entry, view"),
    ],
)
def test_a_path_that_does_not_exist_names_the_nearest_key(refusal, key, rest):
    assert refusal({key: 1}) == [f"override: {key} is not a known key{rest}"]


def test_a_number_far_past_the_last_is_refused(refusal):
    assert refusal({"trade.legs.9.strike": 1}) == [
        "override: trade.legs.9.strike is past the end: trade.legs holds 1, counted from 0"
    ]


def test_a_single_value_in_the_file_has_nothing_below_it(read):
    with pytest.raises(PresetError, match=r"targets\.0 cannot be set: exits\.targets is a single value"):
        read({"exits.targets.0": "5%"}, SPREAD.replace("stop = 6", "stop = 6\ntargets = '5%'"))


def test_all_wrong_paths_are_listed_with_the_files_own_problems(refusal):
    lines = refusal({"exits.stpo": 1, "acount.equity": 2, "account.equity": -1})
    assert [line.split(" ")[1] for line in lines] == ["exits.stpo", "acount.equity", "account.equity"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=295.4", 295.4),
        ("a=2", 2),
        ("a=7%", "7%"),
        ("a=+3 points", "+3 points"),
        ("a=2026-09-18", dt.date(2026, 9, 18)),
        ('a=["+8%", "+9%"]', ["+8%", "+9%"]),
        (
            "a=[{ex_date=2026-09-15, amount=0.8}]",
            [{"ex_date": dt.date(2026, 9, 15), "amount": 0.8}],
        ),
        ("a='2'", "2"),
        ("a=ATM", "ATM"),
        ("a=true", True),
        ("a = b=c ", "b=c"),
        ("a=", ""),
        ("a=1\nb=2", "1\nb=2"),
        ("a=" + "[" * 10_000, "[" * 10_000),
    ],
)
def test_an_assignment_is_read_as_toml_else_as_text(text, value):
    assert parse_assignments([text]) == {"a": value}


@pytest.mark.parametrize("text", ["a", "=5", "", "  =5"])
def test_what_is_no_assignment(text):
    with pytest.raises(PresetError, match=r"an override must be like exits\.stop=7%, got"):
        parse_assignments([text])

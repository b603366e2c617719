"""Saved text: comments kept, and every preset read back equal."""

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcalc.domain import (
    Account,
    Costs,
    EntryRules,
    ExitPlan,
    Instrument,
    Market,
    OptionType,
    Quote,
    RiskBasis,
    RiskLimits,
    ShareLeg,
    Side,
    Target,
    Trigger,
    View,
    instrument,
)
from riskcalc.errors import PresetError
from riskcalc.presets import OptionTemplate, Preset, TradeTemplate, load_preset, preset_names, save_preset
from riskcalc.presets.strikes import DeltaStrike, ExactStrike, MoneynessStrike

prices = st.floats(0.01, 1e5)
dollars = st.floats(0, 1e6)
rates = st.floats(-0.5, 0.9)
vols = st.floats(0, 4)
sides = st.sampled_from(Side)
parts = st.floats(0, 1, exclude_min=True)
moves = st.floats(0, 1, exclude_min=True, exclude_max=True)
days = st.integers(1, 3650)
dates = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))
words = st.text(max_size=12).filter(lambda text: text.replace("\n", "").isprintable())


def maybe(values):
    return st.none() | values


def records(kind, **fields):
    return st.builds(kind, **fields)


strikes = (
    records(ExactStrike, strike=prices)
    | records(MoneynessStrike, move=st.floats(-0.9, 3))
    | records(DeltaStrike, delta=moves)
)
option_legs = records(
    OptionTemplate, side=sides, option_type=st.sampled_from(OptionType), strike=strikes, expiry=dates | days,
    contracts=st.integers(1, 9), premium=maybe(dollars), vol=maybe(vols), spread_cost=dollars,
)  # fmt: skip
share_legs = records(
    ShareLeg, side=sides, shares=st.integers(1, 999), entry_price=maybe(prices), spread_cost=dollars
)  # fmt: skip
triggers = st.builds(
    lambda signal, level, above, meaning: Trigger(
        signal=signal, meaning=meaning, **{"above" if above else "below": level}
    ),
    words, st.floats(-1e6, 1e6), st.booleans(), words,
)  # fmt: skip


@st.composite
def entries(draw):
    fewest, most = draw(st.tuples(maybe(days), maybe(days)))
    if fewest and most:
        fewest, most = sorted((fewest, most))
    return EntryRules(
        min_days=fewest, max_days=most, max_stop=draw(maybe(moves)),
        triggers=tuple(draw(st.lists(triggers, max_size=2))),
    )  # fmt: skip


@st.composite
def targets(draw):
    found = sorted(draw(st.lists(st.floats(0.001, 3), unique=True, max_size=3)))
    equal = draw(st.booleans())
    return tuple(
        Target(move=move, fraction=1 / len(found) if equal else draw(st.floats(0.01, 1 / len(found))))
        for move in found
    )


exit_plans = records(
    ExitPlan, stop=moves, targets=targets(), holding_days=maybe(days), close_dte=maybe(days),
    vol_shift=st.floats(-0.9, 0.9), gap_shocks=st.lists(moves, max_size=2).map(tuple), side=maybe(sides),
)  # fmt: skip
accounts = records(
    Account, equity=prices, buying_power=maybe(dollars), open_risk=dollars,
    limits=records(RiskLimits, risk_fraction=parts, max_heat_fraction=parts, max_position_fraction=parts,
                   risk_basis=maybe(st.sampled_from(RiskBasis))),
    costs=records(Costs, commission_per_contract=dollars, commission_per_share=dollars,
                  commission_per_trade=dollars, slippage_per_share=dollars),
)  # fmt: skip
quotes = records(Quote, spot=prices, vol=vols, dividend_yield=rates)


@st.composite
def presets(draw):
    symbol = draw(st.sampled_from(["IWM", "TNA", "SPY"]))
    legs = tuple(draw(st.lists(option_legs | share_legs, min_size=1, max_size=4)))
    exits = draw(exit_plans)
    if all(isinstance(leg, ShareLeg) for leg in legs):
        exits = dataclasses.replace(exits, close_dte=None)
    market = Market(
        date=draw(dates), rate=draw(rates), quotes={symbol: draw(quotes), "RUT": draw(quotes)},
        signals=draw(st.dictionaries(st.sampled_from(["sp500_move", "vix"]), st.floats(-1e6, 1e6))),
    )  # fmt: skip
    template = TradeTemplate(instrument=instrument(symbol), legs=legs, entry=draw(entries()), name="made")
    return Preset(
        name="made", template=template, market=market, account=draw(accounts), exits=exits,
        view=View(drift=draw(maybe(rates)), vol=draw(maybe(vols))), description=draw(words),
    )  # fmt: skip


def unplaced(preset):
    return dataclasses.replace(preset, path=None)


@settings(max_examples=40)
@given(presets())
def test_a_saved_preset_loads_back_equal(preset):
    with tempfile.TemporaryDirectory() as folder:
        path = save_preset(preset, "made", folder=Path(folder))
        assert unplaced(load_preset(path)) == preset


@settings(max_examples=30)
@given(presets(), presets())
def test_any_preset_saved_over_the_text_of_another_loads_back_equal(before, after):
    with tempfile.TemporaryDirectory() as folder:
        path = save_preset(before, "made", folder=Path(folder))
        path.write_text(f"# first\n{path.read_text(encoding='utf-8')}# last\n", encoding="utf-8")
        save_preset(dataclasses.replace(after, path=path), "made", folder=Path(folder), force=True)
        assert unplaced(load_preset(path)) == after
        assert path.read_text(encoding="utf-8").startswith("# first\n")


@settings(max_examples=30)
@given(st.sampled_from([listed.name for listed in preset_names()]), presets())
def test_any_preset_saved_over_a_shipped_text_loads_back_equal(name, after):
    shipped = load_preset(name)
    with tempfile.TemporaryDirectory() as folder:
        path = save_preset(dataclasses.replace(after, path=shipped.path), "made", folder=Path(folder))
        assert unplaced(load_preset(path)) == after


TEXT = """\
# What I wrote at the top.
schema = 1   # version

[market]  # dated
date = 2026-07-20
rate = 0.04  # as a fraction, as I like it
quotes.IWM = {spot = 295.39, vol = "20%"}  # one line

[trade]
symbol = "iwm"  # small letters
# the leg I buy
[[trade.legs]]
kind = "call"
side = "long"
strike = 295  # exactly
days = 60
[exits]
stop = 6  # six
targets = [
    "+10%",  # near
    "+15%",  # far
]
[account]
equity = 100_000.00  # grouped
risk_fraction = 0.01  # strict
"""


@pytest.fixture
def edited(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT)

    def save(**overrides):
        changes = {key.replace("__", "."): value for key, value in overrides.items()}
        save_preset(load_preset(path, changes), "mine", folder=tmp_path, force=True)
        return path.read_text()

    return save


def test_nothing_changes_when_nothing_does(edited):
    assert edited() == TEXT


@pytest.mark.parametrize(
    ("overrides", "before", "after"),
    [
        ({"exits__stop": "7%"}, "stop = 6  # six", 'stop = "-7%"  # six'),
        ({"trade__legs__0__strike": 300}, "strike = 295  # exactly", "strike = 300  # exactly"),
        ({"trade__legs__0__days": 45}, "days = 60", "days = 45"),
        ({"market__quotes__IWM__spot": 301.5}, "spot = 295.39", "spot = 301.5"),
        ({"account__equity": 50_000}, "equity = 100_000.00  # grouped", "equity = 50000  # grouped"),
        (
            {"market__rate": "4%", "market__date": dt.date(2026, 7, 21)},
            "date = 2026-07-20",
            "date = 2026-07-21",
        ),
    ],
)
def test_an_edit_changes_its_own_line_only(edited, overrides, before, after):
    assert edited(**overrides) == TEXT.replace(before, after)


def test_a_key_said_another_way_is_not_said_twice(edited):
    text = edited(account__risk=2, trade__legs__0__delta=0.3)
    account = tomlkit.parse(text)["account"]
    assert account == {"equity": 100_000, "risk": "2%"}
    assert "strike" not in tomlkit.parse(text)["trade"]["legs"][0]
    assert text.startswith("# What I wrote at the top.\n")


def test_a_leg_more_and_a_leg_less(edited):
    short = {"kind": "call", "side": "short", "moneyness": "+10%", "days": 60}
    more = edited(trade__legs__1__kind="shares", trade__legs__1__side="short")
    assert more.count("[[trade.legs]]") == 2
    assert "# the leg I buy" in more
    less = edited(trade__legs=[short])
    assert less.count("[[trade.legs]]") == 1
    assert 'moneyness = "+10%"' in less


def test_every_comment_of_a_shipped_preset_survives_an_edit(tmp_path):
    for listed in preset_names():
        preset = load_preset(listed.name, {"account.equity": 25_000, "exits.stop": "5%", "view.drift": "3%"})
        text = save_preset(preset, "mine", folder=tmp_path, force=True).read_text()
        comments = [line[line.index("#") :] for line in listed.path.read_text().splitlines() if "#" in line]
        assert [comment for comment in comments if comment not in text] == []


def test_a_copy_takes_its_new_name_and_an_edit_keeps_its_title(tmp_path):
    copy = load_preset(save_preset(load_preset("iwm-shares"), "mine", folder=tmp_path))
    assert (copy.name, copy.template.name) == ("mine", "mine")
    titled = load_preset(
        save_preset(dataclasses.replace(copy, name="A title"), "mine", folder=tmp_path, force=True)
    )
    assert titled.name == "A title"
    assert load_preset(save_preset(titled, "mine", folder=tmp_path, force=True)).name == "A title"


def test_a_preset_whose_file_is_gone_is_saved_afresh(tmp_path):
    path = save_preset(load_preset("iwm-shares"), "mine", folder=tmp_path)
    preset = load_preset(path)
    path.unlink()
    assert load_preset(save_preset(preset, "mine", folder=tmp_path)).market == preset.market


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"instrument": Instrument(symbol="QQQ")}, "a file cannot say this:"),
        ({"instrument": Instrument(symbol="IWM", strike_step=5)}, "is the instrument a known one"),
    ],
)
def test_what_a_file_cannot_say_is_not_saved(tmp_path, change, reason):
    preset = load_preset("iwm-shares")
    made = dataclasses.replace(preset, template=dataclasses.replace(preset.template, **change))
    with pytest.raises(PresetError, match=reason):
        save_preset(made, "mine", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []

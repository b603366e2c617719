"""Saved text: an edit changes what it must, and keeps comments, order and spelling."""

import dataclasses
import datetime as dt

import pytest
import tomlkit

from riskcalc.domain import Instrument
from riskcalc.errors import PresetError
from riskcalc.presets import load_preset, preset_names, save_preset

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


def test_targets_as_tables_become_moves_alone_and_back(edited):
    tables = edited(exits__targets=[{"move": 8, "fraction": 0.25}, {"move": 12, "fraction": 0.5}])
    assert 'targets = [{move = "+8%", fraction = "25%"}, {move = "+12%", fraction = "50%"}]' in tables
    assert "[account]" in edited(exits__targets=["+9%"])


HEADED = """\
[[exits.targets]]
move = 8  # near
[[exits.targets]]
move = 12  # far
"""


@pytest.mark.parametrize(
    ("overrides", "closed"),
    [
        ({"exits.targets": ["+9%"]}, [(0.09, 1.0)]),
        ({"exits.targets.0.fraction": 0.3}, [(0.08, 0.3), (0.12, 0.7)]),
        ({"exits.targets.1.move": 15, "exits.targets.1.fraction": 0.2}, [(0.08, 0.8), (0.15, 0.2)]),
    ],
)
def test_targets_under_headers_of_their_own_can_be_edited(tmp_path, overrides, closed):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT[: TEXT.index("targets")] + HEADED + TEXT[TEXT.index("[account]") :])
    save_preset(load_preset(path, overrides), "mine", folder=tmp_path, force=True)
    targets = load_preset(path).exits.targets
    assert [(target.move, target.fraction) for target in targets] == closed
    assert ("# near" in path.read_text()) == (len(closed) == 2)


INLINE = """\
legs = [
  {kind = "call", side = "long", strike = 295, days = 60},
  {kind = "call", side = "short", strike = 325, days = 60},
]
[entry]
triggers = [{signal = "vix", above = 30}]
"""


@pytest.mark.parametrize(
    "overrides",
    [
        {"trade.legs.0.strike": 300},
        {"trade.legs.1.delta": 0.2},
        {"trade.legs.2": {"kind": "shares", "side": "long"}},
        {"trade.legs": [{"kind": "shares", "side": "long"}]},
        {"entry.triggers.0.below": 30, "entry.max_days": 90},
        {"entry.triggers": []},
    ],
)
def test_legs_and_triggers_written_in_a_line_can_be_edited(tmp_path, overrides):
    path = tmp_path / "mine.toml"
    text = TEXT[: TEXT.index("# the leg I buy")] + INLINE + TEXT[TEXT.index("[exits]") :]
    path.write_text(text)
    edited = load_preset(path, overrides)
    save_preset(edited, "mine", folder=tmp_path, force=True)
    assert load_preset(path) == edited
    assert "# small letters" in path.read_text()


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
        ({"instrument": Instrument(symbol="QQQ")}, "a preset file cannot express this:"),
        ({"instrument": Instrument(symbol="IWM", strike_step=5)}, "is the instrument unknown"),
    ],
)
def test_what_a_file_cannot_say_is_not_saved(tmp_path, change, reason):
    preset = load_preset("iwm-shares")
    made = dataclasses.replace(preset, template=dataclasses.replace(preset.template, **change))
    with pytest.raises(PresetError, match=reason):
        save_preset(made, "mine", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []

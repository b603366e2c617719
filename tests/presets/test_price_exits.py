"""Stops and targets that a preset writes as prices."""

from __future__ import annotations

import dataclasses
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.chains import read_chain
from riskcalc.chains.sample import SAMPLE_FILE
from riskcalc.cli import main
from riskcalc.domain import ExitPlan, Side, Target
from riskcalc.editor.command_line import overrides
from riskcalc.editor.draft import open_draft
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets import load_preset, plan_preset, save_preset
from riskcalc.presets.amounts import parse_exit_price, price_text

PRICES = {"exits.stop": "$277.67", "exits.targets": ["$310", "$325"]}


def test_the_plan_stops_and_gains_at_the_prices():
    result = plan_preset("iwm-call-spread", PRICES)
    assert result.stop.spot == pytest.approx(277.67, abs=1e-9)
    assert [outcome.level.spot for outcome in result.targets.outcomes] == pytest.approx([310, 325], abs=1e-9)
    by_moves = plan_preset(
        "iwm-call-spread",
        {"exits.stop": 1 - 277.67 / 295.39, "exits.targets": [310 / 295.39 - 1, 325 / 295.39 - 1]},
    )
    assert result.odds.stop_first == pytest.approx(by_moves.odds.stop_first, abs=1e-12)
    assert result.size.loss_at_stop == pytest.approx(by_moves.size.loss_at_stop, abs=1e-9)


def test_a_price_stays_where_the_spot_moves():
    moved = plan_preset("iwm-call-spread", PRICES | {"market.quotes.IWM.spot": 290})
    assert moved.stop.spot == pytest.approx(277.67, abs=1e-9)
    assert moved.exits.stop == pytest.approx(1 - 277.67 / 290)


def test_a_price_is_held_against_the_spot_of_the_chain():
    preset = {"market.quotes.IWM.spot": 310.0}  # where the first target would be at the entry
    chain = read_chain(SAMPLE_FILE)
    result = plan_preset("iwm-call-spread", PRICES, chain=chain)
    assert result.stop.spot == pytest.approx(277.67, abs=1e-9)
    with pytest.raises(InvalidInputError, match=r"exits.targets.0 must be above the entry 310.00"):
        plan_preset("iwm-call-spread", PRICES | preset)


def test_the_stop_of_shares_is_from_their_entry_price():
    result = plan_preset("iwm-shares", {"exits.stop": "$280", "trade.legs.0.entry_price": 300})
    assert result.exits.stop == pytest.approx(20 / 300)
    assert result.stop.spot == pytest.approx(280)


def test_a_short_trade_stops_above():
    short = {"trade.legs.0.side": "short", "exits.stop": "$310", "exits.targets": "$250"}
    result = plan_preset("iwm-shares", short)
    assert result.stop.spot == pytest.approx(310)
    assert result.targets.outcomes[0].level.spot == pytest.approx(250)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        (
            "iwm-shares",
            {"exits.stop": "$310"},
            "exits.stop must be below the entry 295.39: it is the stop of a long",
        ),
        ("iwm-shares", {"exits.stop": "$295.39"}, "exits.stop must be below the entry 295.39"),
        (
            "iwm-shares",
            {"exits.targets": ["$280"]},
            "exits.targets.0 must be above the entry 295.39: it is the target",
        ),
        (
            "iwm-shares",
            {"trade.legs.0.side": "short", "exits.stop": "$280"},
            "exits.stop must be above the entry 295.39: it is the stop of a short trade, got \\$280.00",
        ),
        ("iwm-shares", {"trade.legs.0.side": "short", "exits.stop": "$700"}, r"stop must be in \(0, 1\)"),
        ("iwm-shares", {"exits.targets": ["$325", "$310"]}, r"targets must rise .* got \+10.02%, \+4.946%"),
        ("iwm-shares", {"exits.targets": ["$310", "+4%"]}, "targets must rise"),
    ],
)
def test_a_price_on_the_wrong_side_is_refused(name, changes, message):
    with pytest.raises(InvalidInputError, match=message):
        plan_preset(name, changes)


@pytest.mark.parametrize("written", ["$", "$abc", "$0", "$-5", "$1e3", "$1,00", "$277.67%", "$ nan", "$inf"])
def test_what_is_no_price_is_refused(written):
    with pytest.raises(PresetError, match=r"exits.stop must be a price above 0, like \$277.67, got"):
        load_preset("iwm-shares", {"exits.stop": written})


def test_a_price_without_its_sign_is_said_to_lack_it():
    with pytest.raises(PresetError, match=r"or a price like \$277.67, got 277.67; did you mean \$277.67\?"):
        load_preset("iwm-shares", {"exits.stop": 277.67})


@given(st.floats(1e-4, 1e7))
def test_a_written_price_is_read_exactly(price):
    assert parse_exit_price(price_text(price), field="stop") == price


def test_grouped_thousands_are_read():
    assert parse_exit_price("$2,930.50", field="stop") == 2930.5


def test_a_saved_preset_keeps_its_prices(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path))
    preset = load_preset("iwm-call-spread", PRICES)
    save_preset(dataclasses.replace(preset, name="mine"), name="mine")
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert 'stop = "$277.67"' in text
    assert '"$310"' in text
    again = load_preset("mine")
    assert again.exits == preset.exits
    assert plan_preset("mine").size == plan_preset("iwm-call-spread", PRICES).size


def test_shares_of_targets_by_price_are_kept():
    targets = [{"move": "$310", "fraction": "75%"}, {"move": "$325", "fraction": "25%"}]
    result = load_preset("iwm-call-spread", {"exits.targets": targets}).exits
    assert [(target.price, target.fraction) for target in result.targets] == [(310, 0.75), (325, 0.25)]


def test_the_screen_shows_moves_and_its_command_prints_the_same_plan():
    draft = open_draft(load_preset("iwm-call-spread", PRICES))
    assert not draft.exits.priced
    assert draft.exits.stop == pytest.approx(1 - 277.67 / 295.39)
    wanted, again = draft.plan(), plan_preset("iwm-call-spread", overrides(draft))
    assert again.stop.spot == pytest.approx(277.67, abs=1e-9)
    assert again.size == wanted.size
    assert again.odds == wanted.odds


def test_the_command_line_takes_prices(capsys):
    line = "plan --set exits.stop='$277.67' --set 'exits.targets=[\"$310\", \"$325\"]'"
    with pytest.raises(SystemExit) as stopped:
        main(shlex.split(line))
    assert stopped.value.code == 0
    assert "stop -5.999%" in capsys.readouterr().out


def test_a_wrong_side_ends_the_command_with_one_line(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["plan", "--set", "exits.stop=$310"])
    out, err = capsys.readouterr()
    assert (stopped.value.code, out, err.count("\n")) == (2, "", 1)


def test_exits_by_price_are_found_from_any_entry():
    exits = ExitPlan(
        stop=0.06,
        stop_price=90,
        targets=(Target(move=0.1, price=120, fraction=0.5), Target(move=0.5, fraction=0.5)),
    )
    result = exits.at(entry=100, side=Side.LONG)
    assert (result.stop, result.stop_price, result.priced) == (pytest.approx(0.1), None, False)
    assert [target.move for target in result.targets] == pytest.approx([0.2, 0.5])
    assert result.at(entry=50, side=Side.SHORT) is result

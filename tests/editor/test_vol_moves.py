"""A quote's vol moves the legs' stated vols by as many points, through whichever door it is set."""

import json
import shlex

import pytest

import riskcalc as rc
from riskcalc.cli import main
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.presets import load_preset, parse_assignments, save_preset
from riskcalc.trading_day import read_trading_day
from tests.editor.drafts import DAY, SHIPPED, draft, editor, shipped

VOL = "market.quotes.IWM.vol"


def vols(found):
    return [leg.vol for leg in found.report.trade.option_legs]


def printed(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert end.value.code in (0, 1)
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize(
    "percent", ["12", *(pytest.param(one, marks=pytest.mark.slow) for one in ("20", "30")), "45"]
)
def test_command_line_library_and_screen_give_one_plan(name, percent, capsys):
    day = read_trading_day(DAY)
    symbol = shipped(name).template.instrument.symbol
    setting = {f"market.quotes.{symbol}.vol": f"{percent}%"}
    tuned = editor(name, today=DAY)
    tuned.hold_against(day)
    tuned.enter("market.vol", percent)
    by_screen = tuned.state.plan.to_dict()
    (assignment,) = (f"{key}={value}" for key, value in setting.items())
    assert rc.plan_preset(name, setting, today=DAY, day=day).to_dict() == by_screen
    assert printed(capsys, "plan", name, "--set", assignment, "--json") == json.loads(json.dumps(by_screen))
    assert open_draft(load_preset(name, setting), today=DAY).plan(day).to_dict() == by_screen


def test_the_debit_moves_and_no_edge_is_invented():
    before, after = rc.plan_preset("iwm-call-spread"), rc.plan_preset("iwm-call-spread", {VOL: "30%"})
    assert vols(after) == [0.30, 0.27]
    # Black-Scholes at 30 and 27% for 295/325 calls of 60 days, the dividend of 0.80 taken off: 11.42.
    assert after.report.net_debit == pytest.approx(1142.5, abs=1)
    assert after.report.net_debit > before.report.net_debit + 150
    # What the skew of the legs costs beside one vol of the spot hardly changes; legs left behind gave +94.
    assert after.managed.expected_pnl == pytest.approx(before.managed.expected_pnl, abs=5)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("percent", ["15%", "20%", "40%"])
def test_without_a_skew_a_trade_expects_minus_its_costs_at_any_vol(name, percent):
    symbol = shipped(name).template.instrument.symbol
    flat = {"exits.vol_shift": 0}
    if name == "iwm-call-spread":
        flat |= {"trade.legs.0.vol": "20%", "trade.legs.1.vol": "20%"}
    path = save_preset(load_preset(name, flat), f"flat {name}")
    result = rc.plan_preset(path, {f"market.quotes.{symbol}.vol": percent})
    assert result.managed.expected_pnl == pytest.approx(-result.cost_per_unit, abs=0.05)


def test_a_vol_set_for_a_leg_in_the_same_breath_wins():
    assert vols(rc.plan_preset("iwm-call-spread", {VOL: "30%", "trade.legs.1.vol": "17%"})) == [0.30, 0.17]
    whole = {"kind": "call", "side": "short", "strike": 325, "days": 60, "vol": "17%"}
    assert vols(rc.plan_preset("iwm-call-spread", {VOL: "30%", "trade.legs.1": whole})) == [0.30, 0.17]
    legs = [{"kind": "call", "side": "long", "strike": 295, "days": 60, "vol": "20%"}, whole]
    assert vols(rc.plan_preset("iwm-call-spread", {VOL: "30%", "trade.legs": legs})) == [0.20, 0.17]


def test_the_vol_may_be_set_with_the_table_that_holds_it():
    quote = {"spot": 295.39, "vol": "30%"}
    assert vols(rc.plan_preset("iwm-call-spread", {"market.quotes.IWM": quote})) == [0.30, 0.27]
    market = {"date": "2026-07-20", "rate": "4%", "quotes": {"IWM": quote}}
    assert vols(rc.plan_preset("iwm-call-spread", {"market": market})) == [0.30, 0.27]


def test_a_premium_that_was_paid_stays_as_on_the_screen():
    paid = load_preset("iwm-call-spread", {"trade.legs.0.premium": 12.5, "trade.legs.0.vol": None})
    path = save_preset(paid, "paid")
    result, tuned = rc.plan_preset(path, {VOL: "30%"}), TradeEditor(open_draft(load_preset(path)))
    solved = rc.plan_preset(path).report.trade.option_legs[0].vol
    assert result.report.trade.option_legs[0].premium == 12.5
    assert vols(result) == [solved, 0.27]
    tuned.enter("market.vol", "30")
    assert tuned.state.plan.to_dict() == result.to_dict()


def test_a_funds_legs_move_with_the_vol_it_has_from_its_benchmark():
    data = {
        "trade.symbol": "TNA",
        "market.quotes": {"TNA": {"spot": 60}, "IWM": {"spot": 295.39, "vol": "20%"}},
        "trade.legs": [{"kind": "call", "side": "long", "strike": 60, "days": 60, "vol": "63%"}],
    }
    path = save_preset(load_preset("iwm-call-spread", data), "on the fund")
    head, tna, rest = path.read_text(encoding="utf-8").partition("[market.quotes.TNA]\nspot = 60\n")
    path.write_text(head + tna + rest.partition("\n")[2], encoding="utf-8")
    assert load_preset(path).market.quote("TNA").vol == pytest.approx(0.6)
    assert vols(rc.plan_preset(path, {VOL: "30%"})) == pytest.approx([0.93])


def test_a_file_that_states_no_vol_leaves_the_legs_what_they_state():
    path = save_preset(shipped(), "without")
    text = path.read_text(encoding="utf-8").replace('vol = "20%"             # ATM IV', "#")
    path.write_text(text, encoding="utf-8")
    assert vols(rc.plan_preset(path, {VOL: "30%"})) == [0.20, 0.17]


def test_the_line_of_a_draft_names_a_leg_only_where_it_went_its_own_way():
    tuned = editor()
    tuned.enter("market.vol", "30")
    assert shlex.split(tuned.reproduce())[3:] == ["--set", f"{VOL}=30%"]
    tuned.enter("legs.1.vol", "17")
    options = shlex.split(tuned.reproduce())[4::2]
    assert f"{VOL}=30%" in options
    assert "trade.legs.1.vol=17%" in options
    result = rc.plan_preset("iwm-call-spread", parse_assignments(options))
    assert result.to_dict() == tuned.state.plan.to_dict()


def test_the_vehicles_of_a_draft_move_with_its_vol():
    tuned = editor("iwm-shares")
    tuned.enter("market.vol", "30")
    spread = tuned.vehicles().vehicles[2].plan
    assert vols(spread) == [0.30, 0.27]
    assert draft().trade.option_legs[0].vol == 0.20


def test_a_scenario_starts_from_the_moved_vols(capsys):
    rows = [
        printed(capsys, "stress", "iwm-call-spread", *options, "--json")
        for options in ((), ("--set", f"{VOL}=30%"))
    ]
    assert rows[0]["stress"] != rows[1]["stress"]

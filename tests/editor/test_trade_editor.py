import dataclasses

import pytest

from riskcalc.editor import TradeEditor, open_draft
from riskcalc.presets import load_preset, plan_preset
from tests.editor.drafts import SHIPPED, draft, editor, new_keys, shipped, text


def test_a_step_plans_again():
    result = editor()
    before = result.state
    result.step("market.spot", 1)
    assert result.state is not before
    assert result.state.plan.report.market.quote("IWM").spot == 296
    assert result.state.plan.to_dict() == result.state.draft.plan().to_dict()


def test_the_plan_of_an_untouched_bench_is_that_of_the_preset():
    for name in SHIPPED:
        assert editor(name).state.plan.to_dict() == plan_preset(name).to_dict()


def test_one_undo_takes_back_a_burst_on_one_field():
    result = editor()
    for _ in range(5):
        result.step("market.spot", 1)
    result.step("exits.stop", 1)
    result.undo()
    assert (text(result, "market.spot"), text(result, "exits.stop")) == ("300.00", "6.0")
    result.undo()
    assert text(result, "market.spot") == "295.39"
    result.redo()
    result.redo()
    assert (text(result, "market.spot"), text(result, "exits.stop")) == ("300.00", "6.5")


def test_a_rest_ends_the_burst():
    result = editor()
    result.step("market.spot", 1)
    result.rest()
    result.step("market.spot", 1)
    result.undo()
    assert text(result, "market.spot") == "296.00"


def test_nothing_to_undo_leaves_the_state_as_it_is():
    result = editor()
    before = result.state
    result.undo()
    result.redo()
    assert result.state is before


def test_a_new_change_forgets_what_was_undone():
    result = editor()
    result.step("market.spot", 1)
    result.undo()
    result.step("exits.stop", 1)
    result.redo()
    assert text(result, "market.spot") == "295.39"


def test_a_refused_text_keeps_the_last_valid_figures_and_says_so():
    result = editor()
    plan = result.state.plan
    result.enter("exits.stop", "abc")
    state = result.state
    assert (state.plan, state.stale, state.problem_key) == (plan, True, "exits.stop")
    assert state.problem == "Stop must be a number above 0 and below 100%, got 'abc'"
    assert state.draft.exits.stop == 0.06
    result.forget_problem()
    assert (result.state.stale, result.state.problem, result.state.problem_key) == (False, "", "")


def test_what_cannot_be_planned_keeps_the_last_valid_figures_until_it_can():
    result = editor()
    plan = result.state.plan
    result.enter("exits.close_dte", "70")
    state = result.state
    assert (state.plan, state.stale, state.problem_key) == (plan, True, "exits.close_dte")
    assert state.problem == "close_dte must be below the 60 days left to the expiry, got 70"
    assert state.draft.exits.close_dte == 70
    result.enter("exits.close_dte", "30")
    assert not result.state.stale
    assert result.state.plan.exits.close_dte == 30


def test_a_check_changes_nothing():
    result = editor()
    before = result.state
    assert result.check("exits.stop", "abc").startswith("Stop must be")
    assert result.check("exits.stop", "7") == ""
    assert result.state is before


def test_a_reset_goes_back_to_what_was_opened():
    result = editor()
    result.enter("legs.1.premium", "2")
    result.step("legs.1.strike", 3)
    result.step("market.vol", 2)
    for key in ("market.vol", "legs.1.strike", "legs.1.premium"):
        result.reset(key)
    assert result.state.draft == draft()
    assert not result.state.dirty


@pytest.mark.parametrize("name", SHIPPED)
def test_every_field_steps_and_resets(name):
    result, untouched = editor(name), editor(name)
    for key in new_keys(name):
        for count in (1, -2):
            result.step(key, count)
        result.reset(key)
        if not key.endswith((".kind", ".premium")):
            assert text(result, key) == text(untouched, key), key


def test_dirty_is_what_differs_from_the_file():
    result = editor()
    assert (result.state.dirty, result.state.title) == (False, "iwm-call-spread")
    result.step("exits.stop", 1)
    assert (result.state.dirty, result.state.title) == (True, "iwm-call-spread*")
    result.step("exits.stop", -1)
    assert not result.state.dirty


def test_strikes_shift_together_with_their_width():
    result = editor()
    result.shift_strikes(3)
    result.shift_strikes(-1)
    assert [leg.strike for leg in result.state.draft.trade.option_legs] == [297, 327]
    result.undo()
    assert [leg.strike for leg in result.state.draft.trade.option_legs] == [295, 325]
    result.shift_strikes(-1000)
    low, high = (leg.strike for leg in result.state.draft.trade.option_legs)
    assert high - low == 30
    assert low > 0


def test_a_leg_is_added_beyond_the_last_and_deleted_again():
    result = editor()
    result.add_leg()
    added = result.state.draft.trade.option_legs[-1]
    assert (added.label, added.vol) == ("+1 call 326 2026-09-18", 0.17)
    result.delete_leg(2)
    assert result.state.draft == draft()


def test_an_option_can_be_added_to_shares():
    result = editor("iwm-shares")
    result.add_leg()
    assert result.state.draft.trade.legs[-1].label == "+1 call 295 2026-09-04"
    assert not result.state.stale
    assert "trade.days" in [field.key for field in result.fields]


def test_the_only_leg_and_too_many_are_refused_without_going_stale():
    result = editor("iwm-shares")
    result.delete_leg(0)
    assert (result.state.problem, result.state.stale) == (
        "a trade needs at least one leg: the only leg cannot be deleted",
        False,
    )
    for _ in range(20):
        result.add_leg()
    assert len(result.state.draft.trade.legs) == 8
    assert result.state.problem == "a trade can have at most 8 legs here"


def test_pin_keeps_a_and_swap_exchanges():
    result = editor()
    result.pin()
    a = result.state.plan
    result.step("market.spot", 5)
    b = result.state.plan
    assert (result.state.pinned, result.state.plan) == (a, b)
    result.swap()
    assert result.state.pinned == b
    assert result.state.plan.to_dict() == a.to_dict()
    result.undo()
    assert result.state.plan.to_dict() == b.to_dict()
    result.pin()
    assert (result.state.pinned, result.state.pinned_draft) == (None, None)


def test_a_swap_with_the_same_trade_leaves_nothing_to_undo():
    result = editor()
    result.step("exits.stop", -1)
    result.pin()
    result.swap()
    result.undo()
    assert text(result, "exits.stop") == "6.0"


def test_a_slider_at_nothing_leaves_what_must_be_above_it():
    result = editor()
    result.slide("account.equity", 0.0)
    assert text(result, "account.equity") == "100,000"


def test_a_view_of_hardly_any_vol_has_chances():
    result = editor("tna-momentum")
    result.enter("view.vol", "1")
    result.enter("view.drift", "-30")
    assert not result.state.problem
    assert 0 <= result.state.plan.odds.stop_first <= 1


def test_what_is_stale_is_neither_pinned_nor_swapped():
    result = editor()
    result.enter("exits.stop", "x")
    result.pin()
    assert result.state.pinned is None


def test_opening_another_trade_can_be_undone():
    result = editor()
    result.step("exits.stop", 1)
    tuned = result.state.draft
    assert result.open("tna-momentum") == ""
    assert (result.state.draft.trade.symbol, result.state.dirty) == ("TNA", False)
    result.undo()
    assert result.state.draft == tuned
    assert result.state.dirty


@pytest.mark.parametrize("name", ["no-such-preset", "/nowhere/at-all.toml", "", "\0"])
def test_what_cannot_be_opened_is_said_in_a_line_and_changes_nothing(name):
    result = editor()
    before = result.state.draft
    message = result.open(name)
    assert message
    assert "\n" not in message
    assert result.preview(name) == message
    assert result.state.draft is before


def test_a_preview_plans_without_opening():
    result = editor()
    before = result.state
    assert result.preview("tna-momentum").report.trade.symbol == "TNA"
    assert result.state is before


def test_stress_takes_the_plan_through_every_scenario():
    rows = editor().stress()
    assert len(rows) >= 3
    stale = editor()
    stale.enter("exits.stop", "x")
    assert "Stop must be a number" in stale.stress()


def test_scenarios_that_cannot_be_read_are_an_answer_and_no_problem_of_the_trade(tmp_path, monkeypatch):
    broken = tmp_path / "scenarios.toml"
    broken.write_text("schema = ", encoding="utf-8")
    monkeypatch.setenv("RISKCALC_SCENARIOS", str(broken))
    result = editor()
    assert "scenarios.toml" in result.stress()
    assert result.state.problem == ""


def test_a_naked_short_call_that_is_left_over_is_never_ok():
    result = editor()
    result.delete_leg(0)
    state = result.state
    assert state.plan.size.units > 0
    assert state.badge.text.startswith("OVER unlimited loss")
    assert [check.status.value for check in state.plan.checks if check.name == "unlimited loss"] == ["warn"]


def test_a_draft_that_cannot_be_planned_at_the_start_has_no_plan():
    broken = draft().with_exits(close_dte=70)
    result = TradeEditor(broken)
    assert (result.state.plan, result.state.stale) == (None, True)
    assert result.state.badge.text.rstrip() == "! INPUT"
    result.enter("exits.close_dte", "21")
    assert result.state.plan is not None


def test_an_unknown_key_is_a_bug():
    with pytest.raises(KeyError):
        editor().step("no.such.key", 1)


def test_a_state_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        editor().state.stale = True


def test_almost_no_vol_through_a_dividend_leaves_the_odds_whole():
    result = editor()
    result.enter("market.dividend.amount", "5")
    result.slide("exits.stop", 1)
    result.slide("market.vol", 0)
    result.slide("legs.1.vol", 0.5)
    result.slide("market.dividend.date", 0)
    managed = result.state.plan.managed
    assert managed.prob_stop + managed.prob_all_targets + managed.prob_time_stop == pytest.approx(1)


def test_the_rate_ends_at_zero_where_pricing_gets_slow():
    result = editor()
    result.slide("market.rate", 0)
    result.step("market.rate", -10)
    assert text(result, "market.rate") == "0.00"
    result.enter("market.rate", "-1")
    assert "0 to 100" in result.state.problem


def test_a_preset_at_a_negative_rate_opens_all_the_same():
    opened = open_draft(load_preset(shipped().path, {"market.rate": "-0.25%"}))
    usual = open_draft(load_preset(shipped().path, {"market.rate": "0%"}))
    values = [draft.plan().report.value for draft in (opened, usual)]
    rho = usual.plan().report.greeks.rho_per_point
    assert values[0] - values[1] == pytest.approx(-0.25 * rho, rel=0.1)


@pytest.mark.parametrize("act", ["step", "slide", "enter"])
def test_a_key_for_a_leg_that_is_gone_changes_nothing(act):
    bench = TradeEditor(open_draft(load_preset("iwm-call-spread")))
    before = bench.state
    getattr(bench, act)("legs.7.side", {"step": 1, "slide": 0.5, "enter": "long"}[act])
    assert bench.state.draft is before.draft
    assert bench.check("legs.7.side", "long") == "the trade has no such field any more"

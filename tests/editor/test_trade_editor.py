import dataclasses

import pytest

from riskcalc.editor import TradeEditor, open_draft
from riskcalc.presets import load_preset, plan_preset
from tests.editor.drafts import SHIPPED, draft, editor, new_keys, shipped, text


def test_a_step_plans_again():
    found = editor()
    before = found.state
    found.step("market.spot", 1)
    assert found.state is not before
    assert found.state.plan.report.market.quote("IWM").spot == 296
    assert found.state.plan.to_dict() == found.state.draft.plan().to_dict()


def test_the_plan_of_an_untouched_bench_is_that_of_the_preset():
    for name in SHIPPED:
        assert editor(name).state.plan.to_dict() == plan_preset(name).to_dict()


def test_one_undo_takes_back_a_burst_on_one_field():
    found = editor()
    for _ in range(5):
        found.step("market.spot", 1)
    found.step("exits.stop", 1)
    found.undo()
    assert (text(found, "market.spot"), text(found, "exits.stop")) == ("300.00", "6.0")
    found.undo()
    assert text(found, "market.spot") == "295.39"
    found.redo()
    found.redo()
    assert (text(found, "market.spot"), text(found, "exits.stop")) == ("300.00", "6.5")


def test_a_rest_ends_the_burst():
    found = editor()
    found.step("market.spot", 1)
    found.rest()
    found.step("market.spot", 1)
    found.undo()
    assert text(found, "market.spot") == "296.00"


def test_nothing_to_undo_leaves_the_state_as_it_is():
    found = editor()
    before = found.state
    found.undo()
    found.redo()
    assert found.state is before


def test_a_new_change_forgets_what_was_undone():
    found = editor()
    found.step("market.spot", 1)
    found.undo()
    found.step("exits.stop", 1)
    found.redo()
    assert text(found, "market.spot") == "295.39"


def test_a_refused_text_keeps_the_last_valid_figures_and_says_so():
    found = editor()
    plan = found.state.plan
    found.enter("exits.stop", "abc")
    state = found.state
    assert (state.plan, state.stale, state.problem_key) == (plan, True, "exits.stop")
    assert state.problem == "Stop must be a number above 0 and below 100%, got 'abc'"
    assert state.draft.exits.stop == 0.06
    found.forget_problem()
    assert (found.state.stale, found.state.problem, found.state.problem_key) == (False, "", "")


def test_what_cannot_be_planned_keeps_the_last_valid_figures_until_it_can():
    found = editor()
    plan = found.state.plan
    found.enter("exits.close_dte", "70")
    state = found.state
    assert (state.plan, state.stale, state.problem_key) == (plan, True, "exits.close_dte")
    assert state.problem == "close_dte must be below the 60 days left to the expiry, got 70"
    assert state.draft.exits.close_dte == 70
    found.enter("exits.close_dte", "30")
    assert not found.state.stale
    assert found.state.plan.exits.close_dte == 30


def test_a_check_changes_nothing():
    found = editor()
    before = found.state
    assert found.check("exits.stop", "abc").startswith("Stop must be")
    assert found.check("exits.stop", "7") == ""
    assert found.state is before


def test_a_reset_goes_back_to_what_was_opened():
    found = editor()
    found.enter("legs.1.premium", "2")
    found.step("legs.1.strike", 3)
    found.step("market.vol", 2)
    for key in ("market.vol", "legs.1.strike", "legs.1.premium"):
        found.reset(key)
    assert found.state.draft == draft()
    assert not found.state.dirty


@pytest.mark.parametrize("name", SHIPPED)
def test_every_field_steps_and_resets(name):
    found, untouched = editor(name), editor(name)
    for key in new_keys(name):
        for count in (1, -2):
            found.step(key, count)
        found.reset(key)
        if not key.endswith((".kind", ".premium")):
            assert text(found, key) == text(untouched, key), key


def test_dirty_is_what_differs_from_the_file():
    found = editor()
    assert (found.state.dirty, found.state.title) == (False, "iwm-call-spread")
    found.step("exits.stop", 1)
    assert (found.state.dirty, found.state.title) == (True, "iwm-call-spread*")
    found.step("exits.stop", -1)
    assert not found.state.dirty


def test_strikes_shift_together_with_their_width():
    found = editor()
    found.shift_strikes(3)
    found.shift_strikes(-1)
    assert [leg.strike for leg in found.state.draft.trade.option_legs] == [297, 327]
    found.undo()
    assert [leg.strike for leg in found.state.draft.trade.option_legs] == [295, 325]
    found.shift_strikes(-1000)
    low, high = (leg.strike for leg in found.state.draft.trade.option_legs)
    assert high - low == 30
    assert low > 0


def test_a_leg_is_added_beyond_the_last_and_deleted_again():
    found = editor()
    found.add_leg()
    added = found.state.draft.trade.option_legs[-1]
    assert (added.label, added.vol) == ("+1 call 326 2026-09-18", 0.17)
    found.delete_leg(2)
    assert found.state.draft == draft()


def test_an_option_can_be_added_to_shares():
    found = editor("iwm-shares")
    found.add_leg()
    assert found.state.draft.trade.legs[-1].label == "+1 call 295 2026-09-04"
    assert not found.state.stale
    assert "trade.days" in [field.key for field in found.fields]


def test_the_only_leg_and_too_many_are_refused_without_going_stale():
    found = editor("iwm-shares")
    found.delete_leg(0)
    assert (found.state.problem, found.state.stale) == (
        "a trade needs at least one leg: the only leg cannot be deleted",
        False,
    )
    for _ in range(20):
        found.add_leg()
    assert len(found.state.draft.trade.legs) == 8
    assert found.state.problem == "a trade can have at most 8 legs here"


def test_pin_keeps_a_and_swap_exchanges():
    found = editor()
    found.pin()
    a = found.state.plan
    found.step("market.spot", 5)
    b = found.state.plan
    assert (found.state.pinned, found.state.plan) == (a, b)
    found.swap()
    assert found.state.pinned == b
    assert found.state.plan.to_dict() == a.to_dict()
    found.undo()
    assert found.state.plan.to_dict() == b.to_dict()
    found.pin()
    assert (found.state.pinned, found.state.pinned_draft) == (None, None)


def test_a_swap_with_the_same_trade_leaves_nothing_to_undo():
    found = editor()
    found.step("exits.stop", -1)
    found.pin()
    found.swap()
    found.undo()
    assert text(found, "exits.stop") == "6.0"


def test_a_slider_at_nothing_leaves_what_must_be_above_it():
    found = editor()
    found.slide("account.equity", 0.0)
    assert text(found, "account.equity") == "100,000"


def test_a_view_of_hardly_any_vol_has_chances():
    found = editor("tna-momentum")
    found.enter("view.vol", "1")
    found.enter("view.drift", "-30")
    assert not found.state.problem
    assert 0 <= found.state.plan.odds.stop_first <= 1


def test_what_is_stale_is_neither_pinned_nor_swapped():
    found = editor()
    found.enter("exits.stop", "x")
    found.pin()
    assert found.state.pinned is None


def test_opening_another_trade_can_be_undone():
    found = editor()
    found.step("exits.stop", 1)
    tuned = found.state.draft
    assert found.open("tna-momentum") == ""
    assert (found.state.draft.trade.symbol, found.state.dirty) == ("TNA", False)
    found.undo()
    assert found.state.draft == tuned
    assert found.state.dirty


@pytest.mark.parametrize("name", ["no-such-preset", "/nowhere/at-all.toml", "", "\0"])
def test_what_cannot_be_opened_is_said_in_a_line_and_changes_nothing(name):
    found = editor()
    before = found.state.draft
    said = found.open(name)
    assert said
    assert "\n" not in said
    assert found.preview(name) == said
    assert found.state.draft is before


def test_a_preview_plans_without_opening():
    found = editor()
    before = found.state
    assert found.preview("tna-momentum").report.trade.symbol == "TNA"
    assert found.state is before


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
    found = editor()
    assert "scenarios.toml" in found.stress()
    assert found.state.problem == ""


def test_a_naked_short_call_that_is_left_over_is_never_ok():
    found = editor()
    found.delete_leg(0)
    state = found.state
    assert state.plan.size.units > 0
    assert state.badge.text.startswith("OVER unlimited loss")
    assert [check.status.value for check in state.plan.checks if check.name == "unlimited loss"] == ["warn"]


def test_a_draft_that_cannot_be_planned_at_the_start_has_no_plan():
    broken = draft().with_exits(close_dte=70)
    found = TradeEditor(broken)
    assert (found.state.plan, found.state.stale) == (None, True)
    assert found.state.badge.text.rstrip() == "! INPUT"
    found.enter("exits.close_dte", "21")
    assert found.state.plan is not None


def test_an_unknown_key_is_a_bug():
    with pytest.raises(KeyError):
        editor().step("no.such.key", 1)


def test_a_state_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        editor().state.stale = True


def test_almost_no_vol_through_a_dividend_leaves_the_odds_whole():
    found = editor()
    found.enter("market.dividend.amount", "5")
    found.slide("exits.stop", 1)
    found.slide("market.vol", 0)
    found.slide("legs.1.vol", 0.5)
    found.slide("market.dividend.date", 0)
    managed = found.state.plan.managed
    assert managed.prob_stop + managed.prob_all_targets + managed.prob_time_stop == pytest.approx(1)


def test_the_rate_ends_at_zero_where_pricing_gets_slow():
    found = editor()
    found.slide("market.rate", 0)
    found.step("market.rate", -10)
    assert text(found, "market.rate") == "0.00"
    found.enter("market.rate", "-1")
    assert "0 to 100" in found.state.problem


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

"""Any sequence of keys: nothing raises, everything stays in range, and undo leads back."""

import json
import math

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from riskcalc.editor.command_line import overrides
from riskcalc.editor.session_data import from_data, to_data
from riskcalc.editor.state import BADGE_WIDTH
from riskcalc.presets import plan_preset
from tests.editor.drafts import SHIPPED, editor
from tests.examples import examples

NUMBERS = "0 - . -5 22 22% 0.5 45 100 500 1,000 $50k 1..2 1e999 nan"
WORDS = "abc long put yes 2026-09-18 2026-13-01 \N{VULGAR FRACTION ONE HALF}"
TYPED = st.sampled_from(["", "9" * 400, *NUMBERS.split(), *WORDS.split()])
PLACES = st.integers(0, 200)
COUNTS = st.sampled_from([-10, -1, 1, 10])


class AnyKeys(RuleBasedStateMachine):
    """An editor under random keys."""

    @initialize(name=st.sampled_from(SHIPPED))
    def start(self, name):
        self.editor = editor(name)
        self.first = self.editor.state.draft

    def key(self, place):
        result = self.editor.fields
        return result[place % len(result)].key

    @rule(place=PLACES, count=COUNTS)
    def step(self, place, count):
        self.editor.step(self.key(place), count)

    @rule(place=PLACES, position=st.floats(-0.5, 1.5))
    def slide(self, place, position):
        self.editor.slide(self.key(place), position)

    @rule(place=PLACES, text=TYPED)
    def enter(self, place, text):
        self.editor.enter(self.key(place), text)

    @rule(place=PLACES, text=st.text(max_size=20))
    def check(self, place, text):
        before = self.editor.state
        self.editor.check(self.key(place), text)
        assert self.editor.state is before

    @rule(place=PLACES)
    def reset(self, place):
        self.editor.reset(self.key(place))

    @rule(count=COUNTS)
    def shift_strikes(self, count):
        self.editor.shift_strikes(count)

    @rule(index=st.integers(-1, 4))
    def delete_leg(self, index):
        self.editor.delete_leg(index)

    @rule(index=st.integers(-1, 3))
    def delete_target(self, index):
        self.editor.delete_target(index)

    @rule(
        word=st.sampled_from(
            ["undo", "redo", "rest", "add_leg", "pin", "swap", "forget_problem", "add_target"]
        )
    )
    def press(self, word):
        getattr(self.editor, word)()

    @invariant()
    def everything_can_be_shown(self):
        draft = self.editor.state.draft
        for field in self.editor.fields:
            assert field.text(draft)
            assert 0 <= field.position(draft) <= 1

    @invariant()
    def values_are_in_range(self):
        draft = self.editor.state.draft
        assert 0.01 <= draft.quote.spot <= 1e6
        assert 0 <= draft.quote.vol <= 5
        assert 0 < draft.exits.stop < 1
        assert 0 < draft.account.limits.risk_fraction <= 1
        assert all(leg.strike > 0 and math.isfinite(leg.strike) for leg in draft.trade.option_legs)

    @invariant()
    def the_verdict_is_honest(self):
        state = self.editor.state
        assert len(state.badge.text) == BADGE_WIDTH
        assert state.stale <= bool(state.problem)
        if not state.stale:
            limited = all(check.name != "unlimited loss" for check in state.plan.checks)
            assert (state.badge.kind == "OK") == (state.plan.size.units > 0 and state.plan.ok and limited)

    def teardown(self):
        if not hasattr(self, "editor"):
            return
        self.session_brings_it_back()
        self.command_reproduces_it()
        while (before := self.editor.state.draft) and (
            self.editor.undo() or self.editor.state.draft is not before
        ):
            pass
        assert self.editor.state.draft == self.first

    def session_brings_it_back(self):
        again, _ = from_data(
            json.loads(json.dumps(to_data(self.editor.state, chain_path=self.editor.chain_path)))
        )
        assert again.state.draft == self.editor.state.draft

    def command_reproduces_it(self):
        state = self.editor.state
        if not state.stale:
            planned = plan_preset(state.draft.preset.path, overrides(state.draft))
            assert planned.to_dict() == state.plan.to_dict()


AnyKeys.TestCase.settings = settings(examples(32), stateful_step_count=30)
test_any_keys = AnyKeys.TestCase

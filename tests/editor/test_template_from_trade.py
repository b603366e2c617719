import dataclasses
import datetime as dt

import pytest

from riskcalc.editor import fields, open_draft
from riskcalc.presets.listed_contracts import ExactStrike, MoneynessStrike
from tests.editor.drafts import SHIPPED, draft


def field(found, key):
    return next(field for field in fields(found) if field.key == key)


@pytest.mark.parametrize("name", SHIPPED)
def test_an_untouched_draft_is_its_preset(name):
    assert draft(name).to_preset() == draft(name).preset


def test_a_leg_keeps_the_rule_that_still_leads_to_it():
    start = draft()
    moved = field(start, "legs.1.strike").step(start, 1)
    first, second = moved.to_preset().template.legs
    assert (first.strike, first.expiry) == (MoneynessStrike(move=0.0), 60)
    assert (second.strike, second.expiry) == (ExactStrike(strike=326), 60)


def test_a_rule_that_leads_elsewhere_at_the_tuned_spot_becomes_exact():
    start = draft()
    moved = field(start, "market.spot").step(start, 10)
    first, second = moved.to_preset().template.legs
    assert (first.strike, first.expiry) == (ExactStrike(strike=295), 60)
    assert second.strike == ExactStrike(strike=325)


def test_another_expiry_is_exact_and_the_strikes_keep_their_rules():
    start = draft()
    moved = field(start, "trade.days").step(start, 1)
    assert {leg.expiry for leg in moved.to_preset().template.legs} == {dt.date(2026, 9, 25)}
    assert moved.to_preset().template.legs[0].strike == MoneynessStrike(move=0.0)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_tuned_draft_opens_again_as_it_is(name):
    start = draft(name)
    for form_field in fields(start):
        for count in (-3, 2):
            tuned = form_field.step(start, count)
            again = open_draft(tuned.to_preset())
            assert dataclasses.replace(again, preset=tuned.preset) == tuned, form_field.key

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from riskcalc.chains import read_chain, sample_chain, sticky_smile
from riskcalc.chains.sample import SAMPLE_FILE
from riskcalc.domain import FillPrice, OptionType
from riskcalc.editor import TradeEditor, open_draft, session_file
from riskcalc.presets import plan_preset
from tests.editor.drafts import SkewedChain, draft, shipped, text
from tests.outside import reference_file

CHAIN = SkewedChain()


def quoted(chain=CHAIN, at="mid"):
    return TradeEditor(open_draft(shipped(), chain=chain, at=at))


def vols(editor):
    return [leg.vol for leg in editor.state.plan.report.trade.option_legs]


@pytest.mark.parametrize("at", list(FillPrice))
def test_on_its_chain_a_preset_plans_as_the_command_does(at):
    result = quoted(at=at)
    usual = plan_preset("iwm-call-spread", chain=CHAIN, at=at)
    assert result.state.plan.to_dict() == usual.to_dict()
    assert not result.state.dirty


def test_the_vols_behind_the_quotes_are_found():
    assert vols(quoted()) == pytest.approx([CHAIN.vol(295), CHAIN.vol(325)], abs=1e-6)


def test_a_strike_steps_to_the_next_one_listed_and_takes_its_quote():
    result = quoted()
    result.step("legs.1.strike", 1)
    assert text(result, "legs.1.strike") == "330.00"
    assert vols(result) == pytest.approx([CHAIN.vol(295), CHAIN.vol(330)], abs=1e-6)
    quote = CHAIN.quote(expiry=dt.date(2026, 9, 18), strike=330, option_type=1)
    assert result.state.plan.report.trade.option_legs[1].premium == pytest.approx(quote.mid)


def test_strikes_end_where_the_listing_ends():
    result = quoted()
    result.step("legs.1.strike", 100)
    assert text(result, "legs.1.strike") == "350.00"
    result.shift_strikes(1)
    assert text(result, "legs.0.strike") == "295.00"


def test_an_expiry_steps_through_the_chain_and_the_vol_follows():
    result = quoted()
    result.step("trade.days", 1)
    assert result.state.draft.trade.expiry == dt.date(2026, 12, 18)
    assert result.state.draft.quote.vol == pytest.approx(CHAIN.vol(CHAIN.spot), abs=1e-4)
    result.step("trade.days", 1)
    assert result.state.draft.trade.expiry == dt.date(2026, 12, 18)
    assert "does not list the expiry" in result.check("trade.days", "2026-10-16")


def test_off_the_chains_spot_legs_enter_at_the_model_with_the_quoted_vols_and_widths():
    result = quoted()
    before = result.state.plan
    result.step("market.spot", 1)
    report = result.state.plan.report
    assert report.value == pytest.approx(report.net_debit)
    assert vols(result) == [leg.vol for leg in before.report.trade.option_legs]
    assert [leg.spread_cost for leg in report.trade.option_legs] == pytest.approx([CHAIN.width] * 2)
    result.reset("market.spot")
    assert result.state.plan.to_dict() == before.to_dict()


def test_vol_moves_the_quoted_vols_in_parallel():
    result = quoted()
    before = vols(result)
    result.enter("market.vol", f"{100 * result.state.draft.quote.vol + 2:.6f}")
    assert vols(result) == pytest.approx([vol + 0.02 for vol in before], abs=1e-7)
    result.reset("market.vol")
    assert vols(result) == before
    assert not result.state.dirty


def test_a_typed_premium_is_kept_until_another_strike_is_taken():
    result = quoted()
    result.enter("legs.0.premium", "9")
    assert result.state.plan.report.trade.option_legs[0].premium == 9
    assert result.state.plan.report.trade.option_legs[0].spread_cost == pytest.approx(CHAIN.width)
    result.step("market.spot", 1)
    assert result.state.plan.report.trade.option_legs[0].premium == 9
    result.step("legs.0.strike", 1)
    assert result.state.draft.trade.option_legs[0].premium is None


def test_a_leg_without_a_usable_quote_is_said_and_nothing_slides():
    result = quoted(dataclasses.replace(CHAIN, unusable=(330,)))
    plan = result.state.plan
    result.step("legs.1.strike", 1)
    state = result.state
    assert (state.problem, state.problem_key) == ("IWM 330 2026-09-18: no bid", "legs.1.strike")
    assert (state.stale, state.plan) == (True, plan)
    result.step("legs.1.strike", 1)
    assert not result.state.stale


def test_a_chain_is_loaded_under_what_was_tuned():
    result = TradeEditor(draft())
    result.enter("exits.stop", "5")
    assert result.load_chain(CHAIN) == ""
    assert result.state.draft.exits.stop == 0.05
    assert result.state.draft.chain is CHAIN
    result.undo()
    assert result.state.draft.chain is None


def test_each_chain_keeps_its_own_file():
    result = TradeEditor(draft())
    other = SkewedChain(spot=290.0)
    result.load_chain(CHAIN, path=Path("first.csv"))
    result.load_chain(other, path=Path("second.csv"))
    assert result.chain_path == Path("second.csv")
    result.undo()
    assert result.chain_path == Path("first.csv")
    result.undo()
    assert result.chain_path is None


def test_a_chain_of_another_underlying_is_said():
    result = TradeEditor(draft("tna-momentum"))
    before = result.state.draft
    assert result.load_chain(CHAIN)
    assert result.state.draft is before


def test_what_is_saved_from_a_chain_opens_without_it():
    result = quoted()
    result.save_as("filled")
    assert plan_preset("filled").report.net_debit == pytest.approx(result.state.plan.report.net_debit)
    assert result.reproduce() == "riskcalc plan filled"


def test_a_real_chain_is_tuned_and_comes_back_with_the_session():
    path = reference_file("06_option_chains/IWM_2026-07-20_yfinance_layout.csv")
    chain = read_chain(path)
    result = TradeEditor(open_draft(shipped(), chain=chain), chain_path=path)
    for count in (1, 1, -3):
        result.step("legs.1.strike", count)
        listed = chain.strikes(expiry=result.state.draft.trade.expiry, option_type=OptionType.CALL)
        assert result.state.draft.trade.option_legs[1].strike in listed
    result.step("market.vol", 1)
    session_file.save(result)
    again, note = session_file.restore()
    assert note == ""
    assert again.state.draft.chain.spot == chain.spot
    assert again.state.plan.to_dict() == result.state.plan.to_dict()
    again.reset("market.vol")
    assert again.state.draft.vol_shift == 0


SAMPLE = sample_chain()


def on_sample(sticky="strike"):
    return TradeEditor(open_draft(shipped(), chain=SAMPLE, sticky=sticky), chain_path=SAMPLE_FILE)


def test_the_smile_of_the_chain_moves_along_when_asked_to():
    result, preset = on_sample(), shipped()
    result.step("market.sticky", 1)
    smile = sticky_smile(SAMPLE, preset.market, "moneyness")
    usual = plan_preset(preset.path, chain=SAMPLE, smile=smile)
    assert result.state.plan.to_dict() == usual.to_dict()
    assert result.state.plan.to_dict() == on_sample("moneyness").state.plan.to_dict()
    assert result.state.dirty
    result.undo()
    assert result.state.plan.to_dict() == on_sample().state.plan.to_dict()
    assert not result.state.dirty


def test_a_tuned_spot_takes_the_smile_along():
    result = on_sample("moneyness")
    before, spot = vols(result), result.state.draft.quote.spot
    result.enter("market.spot", "280")
    strikes = [leg.strike for leg in result.state.plan.report.trade.option_legs]
    smile = sticky_smile(SAMPLE, shipped().market, "moneyness")
    change = smile.change(strikes, expiry=result.state.draft.trade.expiry, start=spot, spot=280.0)
    assert vols(result) == pytest.approx([vol + move for vol, move in zip(before, change, strict=True)])
    result.reset("market.spot")
    assert vols(result) == before


def test_what_vols_stick_to_comes_back_with_the_session():
    result = on_sample("moneyness")
    session_file.save(result)
    again, note = session_file.restore()
    assert note == ""
    assert again.state.plan.to_dict() == result.state.plan.to_dict()
    assert not again.state.dirty


def test_without_quotes_from_a_file_there_is_no_smile_to_move():
    assert all(field.key != "market.sticky" for field in TradeEditor(draft()).fields)
    result = quoted()
    result.step("market.sticky", 1)
    assert result.state.problem == "IWM: only quotes that were read from a file have a smile"
    assert result.state.stale

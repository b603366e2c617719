import dataclasses
import datetime as dt

import pytest

from riskcalc.domain import CashDividend, OptionType, Side, calendar, iron_condor
from riskcalc.editor import fields
from riskcalc.errors import InvalidInputError, RiskcalcError
from tests.editor.drafts import SHIPPED, draft

SPREAD_STEPS = [
    ("market.spot", "295.39", "296.00", "295.00"),
    ("market.vol", "20.0", "21.0", "19.0"),
    ("exits.vol_shift", "+3.0", "+4.0", "+2.0"),
    ("market.rate", "4.00", "4.25", "3.75"),
    ("trade.days", "60", "67", "53"),
    ("market.dividend.amount", "0.80", "0.85", "0.75"),
    ("market.dividend.date", "2026-09-15", "2026-09-16", "2026-09-14"),
    ("market.date", "2026-07-20", "2026-07-21", "2026-07-17"),
    ("legs.0.strike", "295.00", "296.00", "294.00"),
    ("legs.0.expiry", "2026-09-18", "2026-09-25", "2026-09-11"),
    ("legs.0.side", "long", "long", "short"),
    ("legs.0.kind", "call", "call", "put"),
    ("legs.0.contracts", "1", "2", "1"),
    ("legs.1.vol", "17.0", "18.0", "16.0"),
    ("exits.stop", "6.0", "6.5", "5.5"),
    ("exits.targets.0.move", "10.0", "10.5", "9.5"),
    ("exits.targets.0.fraction", "50", "50", "45"),
    ("exits.close_dte", "21", "22", "20"),
    ("exits.stop_to_breakeven", "no", "yes", "no"),
    ("account.equity", "100,000", "102,000", "99,000"),
    ("account.risk", "1.00", "1.25", "0.75"),
    ("account.buying_power", "100,000", "102,000", "99,000"),
    ("account.open_risk", "0", "50", "0"),
    ("account.max_heat", "6.0", "6.5", "5.5"),
    ("account.costs.commission", "0.65", "0.70", "0.60"),
]


def field(found, key):
    return next(field for field in fields(found) if field.key == key)


def keys(found):
    return [field.key for field in fields(found)]


def entered(found, key, text):
    return field(found, key).enter(found, text)


def shown(found, key):
    return field(found, key).text(found)


@pytest.mark.parametrize(("key", "now", "up", "down"), SPREAD_STEPS)
def test_fields_step_on_the_grid_that_people_trade(key, now, up, down):
    start = draft()
    one = field(start, key)
    assert (one.text(start), one.text(one.step(start, 1)), one.text(one.step(start, -1))) == (now, up, down)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_field_says_what_it_is_in_a_form_that_fits(name):
    result = fields(draft(name))
    assert len({form_field.key for form_field in result}) == len(result)
    for form_field in result:
        assert 0 < len(form_field.label) <= 12
        assert form_field.help.isprintable()
        assert len(form_field.help) <= 110
        assert form_field.unit in ("$", "%", "pt", "d", "")
    sections = [form_field.section for form_field in result]
    assert sections == sorted(sections, key=["MARKET", "LEGS", "EXITS", "VIEW", "ACCOUNT"].index)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shown_typed_back_changes_nothing(name):
    start = draft(name)
    for form_field in fields(start):
        assert form_field.enter(start, form_field.text(start)) == start, form_field.key


@pytest.mark.parametrize("name", SHIPPED)
def test_a_slider_moves_no_value_that_stands_on_its_grid(name):
    start = draft(name)
    for form_field in fields(start):
        stepped = form_field.step(start, -1)
        place = form_field.position(stepped)
        assert 0 <= place <= 1
        if 0 < place < 1:
            assert form_field.text(form_field.at(stepped, place)) == form_field.text(stepped), form_field.key


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("count", [-6000, 6000])
def test_steps_clamp_and_never_wrap(name, count):
    start = draft(name)
    endless = ("strike", "premium", "entry_price", "commission", "commission_per_share", "slippage", "date")
    for form_field in fields(start):
        if form_field.key.split(".")[-1] not in (*endless, "amount"):
            end = form_field.step(start, count)
            assert form_field.step(end, 1 if count > 0 else -1) == end, form_field.key


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("text", ["abc", "1.2.3", "1e999", "nan", "inf", "9" * 500, "1,0", "\N{BELL}"])
def test_what_cannot_be_meant_is_refused_in_one_line(name, text):
    start = draft(name)
    for form_field in fields(start):
        with pytest.raises(RiskcalcError) as refusal:
            form_field.enter(start, text)
        assert form_field.title in str(refusal.value), form_field.key
        assert str(refusal.value).isprintable()
        assert len(str(refusal.value)) < 160


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("market.spot", "-5", "Spot must be a number from 0.01 to 1,000,000 $, got '-5'"),
        ("market.vol", "501", "IV must be a number from 0 to 500%, got '501'"),
        ("exits.stop", "0", "Stop must be a number above 0 and below 100%, got '0'"),
        ("exits.stop", "100", "Stop must be a number above 0 and below 100%, got '100'"),
        ("account.risk", "101", "Risk must be a number above 0 and at most 100%, got '101'"),
        ("legs.1.strike", "0", "Strike of leg 2 must be a number above 0 and at most 1,000,000 $, got '0'"),
        ("legs.0.contracts", "1.5", "Contracts of leg 1 must be a whole number from 1 to 100,000, got '1.5'"),
        ("exits.close_dte", "2.5", "Time stop must be a whole number from 1 to 3,650 d, got '2.5'"),
        ("legs.0.kind", "cal", ""),
        ("legs.0.kind", "", "Kind of leg 1 must be put or call, got ''"),
        ("exits.targets.0.move", "15", "Target 1 must be below Target 2 (15%), got 15%"),
        ("exits.targets.1.move", "9", "Target 2 must be above Target 1 (10%), got 9%"),
        (
            "exits.targets.1.fraction",
            "60",
            "Close at target 2 must be at most 50%, what the other targets leave, got 60%",
        ),
        (
            "trade.days",
            "2026-13-01",
            "DTE must be days from 1 to 3,650 or a date like 2026-09-18, got '2026-13-01'",
        ),
        ("trade.days", "0", "DTE must be a number from 1 to 3,650 d, got '0'"),
        ("market.date", "2026-09-19", "Date must be a date up to 2026-09-18, got '2026-09-19'"),
        ("market.dividend.date", "2026-07-20", "Ex-date must be a date after 2026-07-20, got '2026-07-20'"),
    ],
)
def test_a_refusal_names_field_range_and_value(key, text, says):
    start = draft()
    if not says:
        assert entered(start, key, text) == start
        return
    with pytest.raises(InvalidInputError) as refusal:
        entered(start, key, text)
    assert str(refusal.value) == says


@pytest.mark.parametrize("text", ["22.7", "22.7%", "22.7 %"])
def test_a_typed_per_cent_is_the_very_float_that_a_file_is_read_as(text):
    assert entered(draft(), "market.vol", text).quote.vol == 0.227


def test_half_a_per_cent_is_not_a_half():
    assert entered(draft(), "exits.stop", "0.5").exits.stop == 0.005


def test_a_minus_before_a_stop_is_how_people_write_it():
    assert entered(draft(), "exits.stop", "-7").exits.stop == 0.07


def test_strikes_stay_when_the_spot_is_tuned():
    moved = field(draft(), "market.spot").step(draft(), 20)
    assert [leg.strike for leg in moved.trade.option_legs] == [295, 325]


def test_vol_moves_the_vols_of_all_legs_and_keeps_the_skew():
    moved = entered(draft(), "market.vol", "25")
    assert moved.quote.vol == 0.25
    assert [leg.vol for leg in moved.trade.option_legs] == [0.25, 0.22]


def test_what_has_no_premium_enters_at_the_model_so_that_nothing_is_won_at_the_spot():
    report = field(draft(), "market.spot").step(draft(), 10).plan().report
    assert report.value == pytest.approx(report.net_debit)


def test_a_premium_solves_the_vol_and_a_vol_frees_the_premium():
    start = draft()
    paid = entered(start, "legs.0.premium", "12")
    assert paid.trade.option_legs[0].vol is None
    solved = float(shown(paid, "legs.0.vol"))
    again = entered(paid, "legs.0.vol", f"{paid.entered().option_legs[0].vol * 100:.6f}")
    assert solved > 20
    assert shown(again, "legs.0.premium") == "12.00"


def test_another_strike_keeps_the_vol_that_a_premium_told_and_lets_the_premium_go():
    paid = entered(draft(), "legs.0.premium", "12")
    told = paid.entered().option_legs[0].vol
    moved = field(paid, "legs.0.strike").step(paid, 1).trade.option_legs[0]
    assert (moved.strike, moved.premium, moved.vol) == (296, None, told)


def test_a_premium_that_no_vol_explains_is_shown_as_not_known_and_said_by_the_plan():
    paid = entered(draft(), "legs.0.premium", "500")
    assert shown(paid, "legs.0.vol") == "-"
    with pytest.raises(InvalidInputError, match="no vol reproduces the premium 500"):
        paid.plan()


def test_days_take_the_nearest_listed_expiry_and_a_date_is_exact():
    start = draft()
    assert shown(entered(start, "trade.days", "45"), "trade.days") == "46"
    assert {leg.expiry for leg in entered(start, "trade.days", "2026-10-16").trade.option_legs} == {
        dt.date(2026, 10, 16)
    }
    with pytest.raises(InvalidInputError, match="no expiry near 3000 days"):
        entered(start, "trade.days", "3000")
    with pytest.raises(InvalidInputError, match="has passed"):
        entered(start, "trade.days", "2026-07-17")


def test_listed_expiries_are_sessions():
    start = draft()
    over_good_friday = entered(start, "trade.days", "2027-03-19")
    assert field(over_good_friday, "trade.days").step(over_good_friday, 1).trade.expiry == dt.date(
        2027, 3, 25
    )


def test_the_expiries_of_a_calendar_move_together_and_show_for_each_leg():
    near, far = dt.date(2026, 8, 21), dt.date(2026, 9, 18)
    start = dataclasses.replace(draft(), trade=calendar("IWM", strike=295, near_expiry=near, far_expiry=far))
    moved = field(start, "trade.days").step(start, 1)
    assert [leg.expiry for leg in moved.trade.option_legs] == [dt.date(2026, 8, 28), dt.date(2026, 9, 25)]
    assert [field.key for field in fields(start) if field.main and field.key.endswith("expiry")] == [
        "legs.0.expiry",
        "legs.1.expiry",
    ]
    typed = entered(start, "trade.days", "2026-08-28")
    assert [leg.expiry for leg in typed.trade.option_legs] == [dt.date(2026, 8, 28), dt.date(2026, 9, 25)]


def test_shares_have_no_fields_of_options():
    result = keys(draft("iwm-shares"))
    assert "legs.0.shares" in result
    absent = ("trade.days", "exits.vol_shift", "exits.close_dte", "legs.0.strike", "account.costs.commission")
    assert not set(absent) & set(result)
    assert "market.dividend.amount" not in keys(draft("tna-momentum"))


def test_four_legs_have_fields_for_each():
    condor = iron_condor(
        "IWM",
        put_long_strike=270,
        put_short_strike=280,
        call_short_strike=310,
        call_long_strike=320,
        expiry=dt.date(2026, 9, 18),
    )
    result = dataclasses.replace(draft(), trade=condor)
    labels = [field.label for field in fields(result) if field.key.endswith(".strike")]
    assert labels == ["+1 put", "-1 put", "-1 call", "+1 call"]


def test_an_edit_of_the_next_dividend_makes_it_known():
    start = draft()
    paid = entered(start, "market.dividend.amount", "0.9")
    assert paid.quote.dividends[-1] == CashDividend(ex_date=dt.date(2026, 9, 15), amount=0.9)
    assert len(paid.quote.dividends) == len(start.quote.dividends) + 1
    moved = entered(paid, "market.dividend.date", "2026-09-22")
    assert moved.quote.dividends[-1].ex_date == dt.date(2026, 9, 22)
    assert len(moved.quote.dividends) == len(paid.quote.dividends)


def test_side_and_kind_turn_the_leg():
    start = draft()
    leg = entered(entered(start, "legs.1.side", "l"), "legs.1.kind", "put").trade.option_legs[1]
    assert (leg.side, leg.option_type) == (Side.LONG, OptionType.PUT)


def test_risk_may_be_typed_in_dollars_which_stay_when_the_equity_changes():
    start = draft("iwm-shares")
    risk, equity = field(start, "account.risk"), field(start, "account.equity")
    result = equity.enter(risk.enter(start, "$500"), "250000")
    assert (result.account.risk_budget, risk.text(result)) == (500, "0.20")
    assert risk.copied(start, result).account.risk_budget == 500
    assert risk.enter(result, "0.5").account.risk_budget == 1_250
    assert risk.step(result, 1).account.limits.risk_dollars is None
    with pytest.raises(
        InvalidInputError, match=r"^Risk must be a number above 0 and at most 100,000 \$, got"
    ):
        risk.enter(start, "$200,000")


def test_open_risk_typed_in_dollars_is_the_open_risk():
    start = draft()
    result = entered(start, "account.open_risk", "$500")
    assert (result.account.open_risk, result.account.limits) == (500, start.account.limits)

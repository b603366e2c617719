"""Times, closed days and special dividends as people write them in a preset or for one run."""

import datetime as dt

import pytest

from riskcalc.domain import Settlement
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets import load_preset, plan_preset
from riskcalc.presets.document import read_preset
from riskcalc.presets.document_text import document_text
from riskcalc.presets.units_parsing import parse_time

ON_EXPIRY = {
    "market.date": "2026-09-18",
    "trade.legs.0.expiry": "2026-09-18",
    "trade.legs.1.expiry": "2026-09-18",
    "exits.close_dte": None,
    "entry.min_days": None,
    "entry.max_days": None,
}


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("10:30", dt.time(10, 30)),
        ("9:30", dt.time(9, 30)),
        ("10:30:15", dt.time(10, 30, 15)),
        ("2:15 pm", dt.time(14, 15)),
        ("12:05 AM", dt.time(0, 5)),
        ("12:05 p.m.", dt.time(12, 5)),
        (dt.time(15, 45), dt.time(15, 45)),
    ],
)
def test_a_time_is_read_as_people_write_it(written, time):
    assert parse_time(written) == time
    assert load_preset("iwm-call-spread", {"market.time": written}).market.time == time


@pytest.mark.parametrize(
    "written", ["24:00", "13:00 pm", "0:30 am", "10.30", 1030, 10.5, "", None, "10:30Z", True]
)
def test_what_is_no_time_is_refused_with_the_range(written):
    with pytest.raises(
        InvalidInputError, match=r"market\.time must be a time of day in New York from 00:00 to 23:59"
    ):
        parse_time(written, field="market.time")


def test_a_time_and_a_settlement_survive_saving(tmp_path):
    text = {"market.time": "10:30:05", "trade.settlement": "pm"}
    preset = load_preset("iwm-call-spread", text)
    path = tmp_path / "mine.toml"
    again = read_preset(document_text(preset, title="mine", path=path), path=path)
    assert again.market.time == dt.time(10, 30, 5)
    assert again.template.instrument.monthly_settlement is Settlement.PM


def test_on_the_day_of_the_expiry_the_plan_says_no_without_a_time():
    settled = plan_preset("iwm-call-spread", ON_EXPIRY)
    alive = plan_preset("iwm-call-spread", ON_EXPIRY | {"market.time": "10:30"})
    assert not settled.ok
    assert 0 < alive.report.prob_profit < 1
    assert alive.report.greeks.theta_per_day < 0
    assert alive.size.units < settled.size.units


def test_without_a_time_of_day_the_default_plan_is_that_of_the_dates():
    """Close to close: the figures of a plan do not depend on whether the close is said."""
    usual = plan_preset("iwm-call-spread")
    text = plan_preset("iwm-call-spread", {"market.time": "16:00"})
    assert usual.report.net_debit == text.report.net_debit
    assert usual.managed == text.managed
    assert usual.ladder == text.ladder
    assert usual.report.net_debit == pytest.approx(963.97, abs=0.005)


def test_a_special_dividend_is_marked_in_a_list_and_in_a_file(tmp_path):
    listed = {"market.quotes.IWM.dividends.2": {"ex_date": "2026-06-30", "amount": 5, "special": True}}
    (tmp_path / "paid.csv").write_text(
        "ex_date,amount,type\n2026-03-17,0.8,CD\n2026-06-16,0.8,CD\n2026-06-30,5,SC\n"
    )
    for overrides in (listed, {"market.quotes.IWM.dividends": str(tmp_path / "paid.csv")}):
        market = load_preset("iwm-call-spread", overrides).market
        assert [dividend.special for dividend in market.quote("IWM").dividends] == [False, False, True]
        coming = market.dividends_until("IWM", dt.date(2027, 8, 1))
        assert {one.amount for one in coming} == {0.8}
    with pytest.raises(PresetError, match="special"):
        load_preset("iwm-call-spread", {"market.quotes.IWM.dividends.0.special": "perhaps"})

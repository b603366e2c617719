"""A report in HTML opens as its preset and gives the same plan."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

import riskcalc
from riskcalc.domain import Calibration, PlanSources, Source, Verdict
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.errors import PresetError
from riskcalc.presets import load_preset, preset_text, save_preset, self_contained, write_calibration
from riskcalc.presets.embedded import EmbeddedPreset, embedded_json, embedded_preset, is_report
from tests.reports.conftest import SHIPPED, page_of, planned

PATH = Path("plan.html")
SPREAD = "iwm-call-spread"
ACCOUNT = 'schema = 1\nequity = 20_000\nrisk = "0.5%"\n'
MARKET = "schema = 1\n[quotes.IWM]\nspot = 250.0\ndate = 2026-07-22\n"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_plan_of_a_report_is_that_of_its_preset(name):
    PATH.write_text(page_of(name), encoding="utf-8")
    assert riskcalc.plan_preset(PATH).to_dict() == planned(name).to_dict()


def test_settings_are_kept():
    settings = {"market.quotes.IWM.spot": 301.37, "exits.stop": "4.5%", "account.equity": 54_321.0}
    preset = load_preset("iwm-call-spread", settings)
    plan = riskcalc.plan_preset("iwm-call-spread", settings)
    PATH.write_text(
        embedded_page(self_contained(preset, plan.sources).text, sources=plan.sources), encoding="utf-8"
    )
    again = riskcalc.plan_preset(PATH)
    assert again.to_dict() == plan.to_dict()
    assert again.to_dict() != planned().to_dict()


def test_a_sample_stays_one_and_what_is_set_is_said():
    PATH.write_text(page_of(), encoding="utf-8")
    day = planned().report.market.date
    assert riskcalc.plan_preset(PATH, today=day).verdict is Verdict.SAMPLE
    result = riskcalc.plan_preset(PATH, {"market.quotes.IWM.spot": 300, "account.equity": 50_000}).sources
    assert (result.spot, result.date, result.equity) == (Source.SET, Source.SAMPLE, Source.SET)


def test_the_day_of_an_older_volatility_is_kept():
    sources = PlanSources(spot=Source.MARKET_FILE, vol=Source.MARKET_FILE, vol_date=dt.date(2026, 7, 15))
    text = self_contained(load_preset("iwm-call-spread"), sources).text
    PATH.write_text(embedded_page(text, sources=sources), encoding="utf-8")
    assert riskcalc.plan_preset(PATH).sources == sources
    assert riskcalc.plan_preset(PATH, {"market.quotes.IWM.vol": "30%"}).sources.vol_date is None


def test_the_readers_own_market_and_account_change_nothing(tmp_path, monkeypatch):
    """A report of someone else's is read on a machine that has its own prices and account."""
    PATH.write_text(page_of(), encoding="utf-8")
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    for name, text in (("account", ACCOUNT), ("market", MARKET)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    assert riskcalc.plan_preset("iwm-call-spread").to_dict() != planned().to_dict()
    assert riskcalc.plan_preset(PATH).to_dict() == planned().to_dict()


def test_the_readers_own_calibration_changes_nothing(tmp_path, monkeypatch):
    settings = {"view.vol": "calibrated"}
    preset, plan = (load(SPREAD, settings) for load in (load_preset, riskcalc.plan_preset))
    held = self_contained(preset, plan.sources)
    PATH.write_text(f"<!DOCTYPE html>{embedded_json(held)}", encoding="utf-8")
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    measured = Calibration(k=0.7, k_source="mine", date=dt.date(2026, 7, 17), error=0.02)
    write_calibration(measured, symbol="IWM")
    assert riskcalc.plan_preset(SPREAD, settings).to_dict() != plan.to_dict()
    assert riskcalc.plan_preset(PATH).to_dict() == plan.to_dict()
    # The other way round, a measured one is kept.
    again = self_contained(load_preset(SPREAD, settings), plan.sources)
    assert again.calibration == measured
    assert embedded_preset(f"<!DOCTYPE html>{embedded_json(again)}", PATH) == again


def test_the_plan_inside_is_the_plan():
    result = json.loads(re.search(r'id="riskcalc-report">(.*?)</script>', page_of(), re.DOTALL)[1])
    assert result["plan"] == planned().to_dict()
    assert result["command"] == "riskcalc report iwm-call-spread -o plan.html"


def test_the_editor_opens_a_report_and_saves_beside_nothing_of_it():
    """Saving goes to the user's own folder: the page stays as it is, and so does a preset beside it."""
    PATH.write_text(page_of(), encoding="utf-8")
    beside = PATH.with_suffix(".toml")
    beside.write_text("# mine\n", encoding="utf-8")
    editor = TradeEditor(open_draft(load_preset(PATH)))
    assert editor.state.plan.to_dict() == planned().to_dict()
    editor.step("exits.stop", 1)
    assert editor.save().startswith("saved ")
    assert beside.read_text(encoding="utf-8") == "# mine\n"
    assert PATH.read_text(encoding="utf-8") == page_of()
    assert load_preset("plan").exits.stop == pytest.approx(0.065)


def test_a_report_can_be_saved_as_a_preset():
    PATH.write_text(page_of(), encoding="utf-8")
    save_preset(load_preset(PATH), "of a report")
    assert riskcalc.plan_preset("of a report").to_dict()["size"] == planned().to_dict()["size"]
    assert "[market" in preset_text(load_preset(PATH))


def embedded_page(text, *, sources=PlanSources(), **beside):  # noqa: B008 - a frozen record
    held = embedded_json(EmbeddedPreset(text=text, sources=sources), **beside)
    return f"<!DOCTYPE html>\n<html><body>{held}</body></html>"


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<!-- & \u2028 \" ' \\", "]]>"])
def test_nothing_inside_ends_the_script(name):
    page = embedded_page(name, plan={"name": name})
    assert page.count("<script") == page.count("</script") == 1
    assert embedded_preset(page, PATH).text == name


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<!DOCTYPE html><p>hello</p>", "plan.html: is a web page, not a report of riskcalc"),
        (embedded_page("x").replace('{"format"', '{"form'), "plan.html: the data of the report are damaged"),
        (
            embedded_page("x").replace('"format": 1', '"format": 2'),
            "of format 2, this riskcalc reads up to 1",
        ),
        (embedded_page("x").replace('"format": 1', '"format": true'), "have no format: True"),
        (embedded_page("x").replace('"format": 1, ', ""), "have no format: None"),
        (embedded_page("x").replace('"preset"', '"other"'), "plan.html: the report holds no preset"),
        (embedded_page("x = "), "plan.html: "),
        (embedded_page("x").replace('"sources": {}', '"sources": {"spot": "thin air"}'), "are damaged"),
        (embedded_page("x").replace('"sources": {}', '"sources": {"vol_date": 3}'), "are damaged"),
        (embedded_page("x").replace('"sources": {}', '"sources": []'), "are damaged"),
        (embedded_page("x").replace('"k": 0.83', '"k": -1'), "are damaged"),
        (embedded_page("x").replace('"k": 0.83', '"more": 1'), "are damaged"),
        (embedded_page("x").replace('"calibration"', '"other"'), "are damaged"),
        (embedded_page(""), "plan.html: the file is empty"),
        ('<html><script id="riskcalc-report">[1]</script>', "the data of the report are damaged"),
        (f'<html><script id="riskcalc-report">{"[" * 100_000}', "the data of the report are damaged"),
    ],
)
def test_what_is_no_report_is_refused_in_a_line(page, says):
    PATH.write_text(page, encoding="utf-8")
    with pytest.raises(PresetError) as refused:
        load_preset("plan.html")
    assert says in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!DOCTYPE html>", True),
        ("\n <!doctype HTML>", True),
        ("<HTML lang='en'>", True),
        ('schema = 1\nname = "<html>"', False),
        ("", False),
    ],
)
def test_a_report_is_recognized_by_content(text, expected):
    assert is_report(text) is expected

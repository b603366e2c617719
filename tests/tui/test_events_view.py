"""The list of events and gamma clusters on the screen: every line at 80x24, beside the form when wide."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.domain.events import EventMove, MarketEvent
from riskcalc.domain.trading_day import TradingDay
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.formatting.metric import plain_text
from riskcalc.formatting.panel import panel_lines
from riskcalc.presets import load_preset
from riskcalc.tui.app import LaunchOptions
from tests.signals.made_up_day import CALENDAR, TODAY, write_day
from tests.tui.driving import drive, text

EVENTS = (
    MarketEvent(
        date=dt.date(2026, 8, 12), what="Consumer Price Index", source="bls.ics", time=dt.time(8, 30)
    ),
    MarketEvent(
        date=dt.date(2026, 8, 21), what="monthly options expiration", source="by rule", is_expiration=True
    ),
    MarketEvent(
        date=dt.date(2026, 9, 16), what="FOMC decision", source="Federal Reserve press release of 2024-08-09"
    ),
    MarketEvent(date=dt.date(2026, 9, 21), what="after the expiry", source="own"),
)
MOVE = EventMove(
    symbol="IWM", kind="CPI", count=8, mean=0.02, error=0.0039, all_count=243, all_mean=0.0073,
    all_error=0.0004, since=dt.date(2025, 7, 30), until=dt.date(2026, 7, 17),
)  # fmt: skip


@pytest.fixture
def plan():
    editor = TradeEditor(open_draft(load_preset("iwm-call-spread")))
    editor.hold_against(TradingDay(events=EVENTS, moves=(MOVE,)))
    return editor.state.plan


def lines(plan, name="events", **layout):
    return plain_text(panel_lines(name, plan, **layout)).splitlines()


@pytest.mark.parametrize("width", range(38, 60))
@pytest.mark.parametrize("stale", [False, True])
def test_the_head_is_whole_at_every_width(plan, width, stale):
    head = lines(plan, width=width, stale=stale)[0]
    assert head.rstrip().endswith(
        ("2 before the time stop, 3 in all", "2 of 3 before the time stop", "2 of 3 by time stop")
    )


def test_a_wide_line_has_date_name_end_and_source(plan):
    head, *rows, move = lines(plan, width=90)
    assert head.rstrip() == "EVENTS  2 before the time stop, 3 in all"
    assert [row.split() for row in rows] == [
        "◆ 2026-08-12 08:30 Consumer Price Index t-stop bls.ics".split(),  # noqa: SIM905
        "2026-08-21 monthly options expiration t-stop by rule".split(),  # noqa: SIM905
        "◆ 2026-09-16 FOMC decision expiry Fed release 2024-08-09".split(),  # noqa: SIM905
    ]
    assert move.strip() == "CPI days: mean move IWM 2.00% ± 0.39% on 8 days, 0.73% on all 243"


@pytest.mark.parametrize("width", [38, 44, 60, 76, 90])
@pytest.mark.parametrize("roomy", [False, True])
def test_no_line_is_wider_and_every_event_is_there(plan, width, roomy):
    result = lines(plan, width=width, roomy=roomy)
    assert max(map(len, result)) <= width
    for event in EVENTS[:3]:
        assert any(event.what[:7] in line and f"{event.date:%m-%d}" in line for line in result)
    assert not any("after the expiry" in line for line in result)
    assert any("bls.ics" in line for line in result) is (roomy or width >= 76)


def test_a_plan_without_events_says_so_or_takes_no_room():
    editor = TradeEditor(open_draft(load_preset("iwm-shares")))
    editor.hold_against(TradingDay(events=()))
    assert [line.rstrip() for line in lines(editor.state.plan, width=40)] == ["EVENTS  none known"]
    assert lines(editor.state.plan, name="events-beside", width=40) == []


@pytest.fixture
def day(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RISKCALC_PRESETS")
    write_day(tmp_path)
    (tmp_path / "home" / "events").mkdir(parents=True)
    (tmp_path / "home" / "events" / "bls.ics").write_text(CALENDAR.replace("\n", "\r\n"))
    return LaunchOptions(chain=tmp_path / "chain.csv", today=TODAY, held_against_day=True)


NAMES = (
    "FOMC decision", "Employment Situation", "Consumer Price Index", "FOMC minutes",
    "monthly options expiration", "quadruple witching", "bls.ics", "Fed release 2024-08-09",
    "GAMMA CLUSTERS", "290", "295", "300", "between stop 277.67 and target 339.70",
)  # fmt: skip


def test_every_line_is_on_the_smallest_usual_screen(day):
    async def script(pilot):
        await pilot.press("E")
        await pilot.pause()
        return text(pilot.app)

    result = drive(script, size=(80, 24), opening=day)
    assert [name for name in NAMES if name not in result] == []


def test_wide_screens_have_it_beside_the_chart_and_small_ones_scroll(day):
    async def look(pilot):
        await pilot.pause()
        return text(pilot.app)

    result = drive(look, size=(200, 60), opening=day)
    assert "P&L $" in result
    short = {"monthly options expiration": "monthly expiration", NAMES[-1]: "between stop 277.67 and target"}
    assert [name for name in NAMES if short.get(name, name) not in result] == []

    async def scroll(pilot):
        await pilot.press("E")
        await pilot.pause()
        first = text(pilot.app)
        await pilot.press(*["["] * 4)
        await pilot.pause()
        last = text(pilot.app)
        await pilot.press(*["]"] * 4)
        await pilot.pause()
        return first, last, text(pilot.app)

    first, last, again = drive(scroll, size=(60, 18), opening=day)
    assert ("FOMC decision" in first, "between stop" in first) == (True, False)
    assert "between stop" in last
    assert again == first


def test_a_chain_without_open_interest_has_no_clusters(day, tmp_path):
    rows = (tmp_path / "chain.csv").read_text().splitlines()
    place = rows[0].split(",").index("open_interest")
    cells = [row.split(",") for row in rows]
    (tmp_path / "chain.csv").write_text("\n".join(",".join(row[:place] + row[place + 1 :]) for row in cells))
    editor, _ = day.editor(lambda *_: None)
    assert editor.state.plan.clusters == ()

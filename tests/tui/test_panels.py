"""The panels as widgets: what they draw, and what they leave alone."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.widgets import Static

from riskcalc.editor import TradeEditor, open_draft
from riskcalc.presets import load_preset
from riskcalc.tui.message_row import TooSmall
from riskcalc.tui.panels import (
    ChecksPanel,
    ExitsPanel,
    GreeksPanel,
    PlanPanel,
    PricePanel,
    ScenariosView,
    SizePanel,
    Summary,
    VehiclesView,
)

COLUMN = (PricePanel, GreeksPanel, ExitsPanel, SizePanel, ChecksPanel)
MODULES = (
    "dialogs.help_screen",
    "dialogs.open_screen",
    "dialogs.save_screen",
    "figures.greeks_strip",
    "figures.heatmap",
    "figures.payoff_chart",
    "message_row",
    "panels",
)


KEYS = ("exits.stop", "account.equity", "account.open_risk", "trade.days")
"""Fields that make four checks fail."""


class Column(App):
    CSS = "VerticalScroll { width: 44; height: 36; scrollbar-size-vertical: 1; }"

    def compose(self):
        with VerticalScroll():
            for panel in COLUMN:
                yield panel()


class Shown(App):
    """One widget alone."""

    def __init__(self, widget):
        super().__init__()
        self.widget = widget

    def compose(self):
        yield self.widget


def editor(name="iwm-call-spread"):
    return TradeEditor(open_draft(load_preset(name)))


def run(app, script, *, size=(120, 40)):
    async def live():
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            return await script(pilot)

    return asyncio.run(live())


async def show(pilot, state):
    for panel in pilot.app.query(PlanPanel):
        panel.show(state)
    await pilot.pause()


async def settled(pilot):
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


def screen_text(app):
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def test_the_column_shows_every_panel_without_scrolling():
    async def script(pilot):
        await show(pilot, editor().state)
        column = pilot.app.query_one(VerticalScroll)
        return screen_text(pilot.app), column.max_scroll_y

    text, hidden = run(Column(), script)
    assert hidden == 0
    for words in ("PRICE", "GREEKS", "EXIT P&L", "SIZE", "CHECKS", "963.97", "-6.28", "stop -6%", "7 OK"):
        assert words in text
    assert text.count("\nOK ") == 7


def test_nothing_is_drawn_twice_and_only_changed_lines_are():
    async def script(pilot):
        tuned = editor()
        await show(pilot, tuned.state)
        panel, drawn = pilot.app.query_one(ExitsPanel), []
        panel.refresh = lambda *regions, layout=False, **_: drawn.append((regions, layout))
        panel.show(dataclasses.replace(tuned.state))
        same = list(drawn)
        tuned.step("exits.vol_shift", 1)
        panel.show(tuned.state)
        return same, drawn

    same, ((regions, layout),) = run(Column(), script)
    assert same == []
    assert not layout
    lines = {region.y for region in regions}
    assert 3 in lines  # the stop, whose vols the field shifts
    assert not lines & {0, 1, 2}  # head and targets


def test_ten_nudges_lay_nothing_out_again():
    async def script(pilot):
        tuned = editor()
        await show(pilot, tuned.state)
        layouts = []
        kept = pilot.app.screen._refresh_layout
        pilot.app.screen._refresh_layout = lambda *a, **k: (layouts.append(1), kept(*a, **k))
        for count in range(10):
            tuned.step("exits.targets.0.move", 1 if count % 2 else -1)
            await show(pilot, tuned.state)
        return layouts

    assert run(Column(), script) == []


def test_a_panel_keeps_its_room_until_another_trade():
    async def script(pilot):
        tuned, heights = editor(), []
        panel = pilot.app.query_one(ChecksPanel)
        fine = ("6", "100,000", "0", "2026-09-18")
        for texts in (fine, ("8", "5", "6,000", "2026-08-21"), fine):
            for key, text in zip(KEYS, texts, strict=True):
                tuned.enter(key, text)
            await show(pilot, tuned.state)
            heights.append(panel.size.height)
        await show(pilot, editor("iwm-shares").state)
        return [*heights, panel.size.height]

    first, failing, mended, shares = run(Column(), script)
    assert first < failing == mended
    assert shares < first


def test_stale_results_say_so_and_are_dimmed():
    async def script(pilot):
        tuned = editor()
        await show(pilot, tuned.state)
        before = pilot.app.query_one(PricePanel).text
        tuned.enter("market.spot", "abc")
        await show(pilot, tuned.state)
        panel = pilot.app.query_one(PricePanel)
        return before, panel.text, panel.render_line(1)

    before, after, line = run(Column(), script)
    assert after.split("\n")[0].startswith("PRICE, stale")
    assert after.split("\n")[1:] == before.split("\n")[1:]
    assert all(segment.style.dim for segment in line if segment.text.strip())


def test_a_pinned_trade_stands_beside_the_one_being_tuned():
    async def script(pilot):
        tuned = editor()
        tuned.pin()
        tuned.step("exits.stop", -2)
        await show(pilot, tuned.state)
        return pilot.app.query_one(ExitsPanel).text

    head, *lines = run(Column(), script).split("\n")
    assert head.split() == ["EXIT", "P&L", "A", "B", "B", "-", "A"]
    stop = next(line for line in lines if line.startswith("stop 08-28"))
    assert stop.split()[-1].startswith("+")
    assert "✓" in stop


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "solarized-light"])
def test_every_style_has_a_color_of_the_theme(theme):
    async def script(pilot):
        pilot.app.theme = theme
        await show(pilot, editor().state)
        panel = pilot.app.query_one(PricePanel)
        return {name: panel.get_component_rich_style(f"panel--{name}") for name in ("plain", "good", "bad")}

    styles = run(Column(), script)
    assert len({style.color for style in styles.values()}) == 3
    assert len({style.bgcolor for style in styles.values()}) == 1


def test_the_summary_is_three_rows_at_80_columns():
    async def script(pilot):
        await show(pilot, editor().state)
        panel = pilot.app.query_one(Summary)
        return panel.size, panel.text

    size, text = run(Shown(Summary()), script, size=(80, 24))
    assert size == (80, 3)
    assert all(len(line) <= 80 for line in text.split("\n"))


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (VehiclesView, ("Vehicles at Equal Risk", "iwm-shares", "tna-momentum", "buying power")),
        (ScenariosView, ("scenarios", "risk-off-3", "within", "no stop")),
    ],
)
def test_a_computed_view_is_computed_when_it_is_shown(view, words):
    async def script(pilot):
        widget, tuned = pilot.app.widget, editor()
        widget.display = False
        widget.show(tuned)
        await settled(pilot)
        hidden = str(widget.query_one(Static).content)
        widget.display = True
        await pilot.pause()
        widget.show(tuned)
        await settled(pilot)
        return hidden, str(widget.query_one(Static).content), widget.max_scroll_x

    hidden, shown, beyond = run(Shown(view()), script, size=(72, 40))
    assert hidden == view.WORKING
    assert beyond == 0
    for word in words:
        assert word in shown


def test_a_computed_view_answers_the_newest_request_and_the_same_one_once():
    async def script(pilot):
        widget, tuned, asked = pilot.app.widget, editor(), []
        kept = widget.lines
        widget.lines = lambda result, *, width: (asked.append(result.state.draft), kept(result, width=width))[
            1
        ]
        for _ in range(3):
            widget.show(tuned)
        tuned.step("exits.stop", -1)
        widget.show(tuned)
        tuned.step("exits.stop", -1)
        widget.show(tuned)
        await settled(pilot)
        await settled(pilot)
        return len(asked), asked[-1] is tuned.state.draft

    count, newest = run(Shown(ScenariosView()), script)
    assert count == 2
    assert newest


def test_vehicles_that_cannot_be_compared_say_why():
    async def script(pilot):
        tuned = editor()
        tuned.vehicles = lambda: "vehicles are compared on IWM and its funds"
        pilot.app.widget.show(tuned)
        await settled(pilot)
        return str(pilot.app.widget.query_one(Static).content)

    assert run(Shown(VehiclesView()), script).startswith("vehicles are compared on IWM")


def test_too_small_says_what_is_needed_and_what_is_there():
    async def script(pilot):
        await pilot.resize_terminal(50, 10)
        await pilot.pause()
        return screen_text(pilot.app)

    text = run(Shown(TooSmall()), script)
    assert "60x18" in text
    assert "50x10" in text


def test_the_modules_load_without_the_engine():
    imports = "\n".join(f"import riskcalc.tui.{name}" for name in MODULES)
    heavy = "{'numpy', 'scipy', 'pandas', 'pydantic', 'tomlkit', 'holidays', 'riskcalc.domain'}"
    code = f"{imports}\nimport sys\nprint(*{heavy} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""

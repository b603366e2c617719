"""Every view at every layout after every kind of key: drawn, whole and of the newest state, in each frame."""

from __future__ import annotations

import contextlib
import sys

import numpy as np
import pytest
from textual.widgets import Input

from riskcalc.editor.figures import draw_figures
from riskcalc.tui.figures.figure_widget import LOADING, FigureWidget
from riskcalc.tui.panels import NARROWEST, ComputedView, PlanPanel
from tests.terminal import Terminal
from tests.tui.driving import drive
from tests.tui.quote_files import write_quotes

pytestmark = pytest.mark.usefixtures("every_frame")

SLOW = pytest.mark.slow
SIZES = [
    pytest.param((60, 18), id="60x18", marks=SLOW),
    pytest.param((80, 24), id="80x24"),
    pytest.param((100, 30), id="100x30", marks=SLOW),
    pytest.param((120, 40), id="120x40", marks=SLOW),
    pytest.param((200, 60), id="200x60", marks=SLOW),
]
VIEWS = {"p": "payoff", "m": "heatmap", "g": "greeks", "e": "exits", "v": "vehicles", "E": "events"}
OTHERS = {"p": "m", "m": "g", "g": "p", "e": "v", "v": "e", "E": "p"}
FIGURES = {"chart": "payoff", "strip": "greeks", "heatmap": "heatmap"}
FRESH = {}
SCREEN = [sys.executable, "-m", "riskcalc"]


def arrays(figure):
    """All that a figure draws."""
    named = (getattr(figure, name) for name in figure.__dataclass_fields__)
    flat = [curve.pnl for one in named if isinstance(one, tuple) for curve in one if hasattr(curve, "pnl")]
    flat += [part for name in figure.__dataclass_fields__ if np.size(part := getattr(figure, name)) > 1]
    return [part for part in flat if isinstance(part, np.ndarray)]


def faults(app):
    """What on the screen is empty, cut off or of another state than the newest."""
    main_screen, result = app.main_screen, []
    if app.screen is not main_screen:
        return result
    state = main_screen.editor.state
    for widget in main_screen._compositor.visible_widgets:
        if isinstance(widget, FigureWidget):
            result += figure_faults(widget, state, main_screen.figures._axis)
        elif isinstance(widget, PlanPanel):
            result += panel_faults(widget, state)
        elif isinstance(widget, ComputedView) and widget._drawn_for is not state.draft:
            result += [] if widget._drawn_for is None or widget.has_class("-old") else [f"{widget.id} is old"]
    return result


def figure_faults(widget, state, axis):
    shown = text_of(widget)
    if LOADING in shown[0]:
        return [f"{widget.id} says loading"]
    rows = widget.rows if widget.id == "heatmap" else 1
    fresh = getattr(fresh_figures(state.plan, axis, rows), FIGURES[widget.id])
    drawn = widget._figure
    pairs = zip(arrays(drawn), arrays(fresh), strict=False)
    if len(arrays(drawn)) != len(arrays(fresh)) or not all(np.array_equal(*pair) for pair in pairs):
        return [f"{widget.id} is of another state"]
    if widget._stale != state.stale:
        return [f"{widget.id} is not marked as stale"]
    if widget.id == "chart" and (widget._pinned is None) != (state.pinned is None):
        return ["the chart is without A"]
    return [] if all(line.strip() for line in shown[:1]) else [f"{widget.id} is empty"]


def fresh_figures(plan, axis, rows):
    """Values of a plan apart from those on the screen; the last ones are looked at in many frames."""
    if FRESH.get("of") != (id(plan), axis, rows):
        figures = draw_figures(plan, low=axis[0], high=axis[1], rows=rows)
        FRESH.update(of=(id(plan), axis, rows), plan=plan, figures=figures)
    return FRESH["figures"]


def panel_faults(panel, state):
    width = max(NARROWEST, panel.content_size.width)
    lines = panel.lines(state.plan, width=width, pinned=state.pinned, stale=state.stale)
    wanted = ["".join(part for part, _ in line) for line in lines]
    name = type(panel).__name__
    if panel.text.split("\n") != wanted:
        return [f"{name} is of another state"]
    cut = panel.styles.height.is_auto and panel.content_size.height < len(wanted)
    return [f"{name} is cut off"] if cut else []


def whole(main_screen):
    return main_screen.is_current and not faults(main_screen.app)


def opened_name(main_screen):
    return main_screen.editor.state.draft.preset.name


def text_of(widget):
    return [strip.text for strip in widget.render_lines(widget.size.region)]


class Watch:
    """Looks at every frame, and at the screen after every step."""

    def __init__(self, pilot):
        self.pilot, self.app, self.found, self.step, self.steady = pilot, pilot.app, [], "", True
        display = self.app._display

        def watched(screen, renderable):
            display(screen, renderable)
            if self.steady:
                self.look("in a frame")

        self.app._display = watched

    def look(self, when):
        self.found += [f"{self.step}, {when}: {fault}" for fault in faults(self.app)]

    async def press(self, *keys, wait=lambda: True):
        for key in keys:
            self.step = f"{self.step.rpartition(' | ')[2][-60:]} {key}"
            await self.pilot.press(key)
            await self.settle(wait)

    async def resize(self, width, height):
        self.step = f"{self.step} {width}x{height}"
        with self.unsteady():
            await self.pilot.resize_terminal(width, height)
            await self.settle(lambda: not faults(self.app))

    @contextlib.contextmanager
    def unsteady(self):
        """A new size comes before the classes it asks for, another trade before the room: the end counts."""
        self.steady = False
        yield
        self.steady = True

    async def settle(self, wait=lambda: True):
        for _ in range(400):
            await self.pilot.pause()
            views = [one for one in self.app.main_screen.query(ComputedView) if one in self.visible]
            if wait() and all(view._drawn_for is self.app.main_screen.editor.state.draft for view in views):
                break
            await self.pilot.pause(0.01)
        self.look("in the end")

    @property
    def visible(self):
        main_screen = self.app.main_screen
        return main_screen._compositor.visible_widgets if self.app.screen is main_screen else ()


LIKE_OTHERS = "pgeE"
"""Keys of the views that are drawn as the heatmap is, or computed as the vehicles are."""


@pytest.mark.parametrize(
    "key",
    [pytest.param(key, id=name, marks=SLOW if key in LIKE_OTHERS else ()) for key, name in VIEWS.items()],
)
@pytest.mark.parametrize("size", SIZES)
def test_what_becomes_visible_is_whole_and_of_the_newest_state(size, key):
    async def script(pilot):
        watch, other = Watch(pilot), OTHERS[key]
        await watch.press(key, "up", other, "c", "up", key, "x", "z", "u", other, key, "z", "plus", "c")
        await watch.resize(size[0] + 40, size[1] + 12)
        await watch.resize(*size)
        return watch.found

    assert drive(script, size=size) == []


@pytest.mark.parametrize("size", SIZES[1:4])
def test_another_trade_and_quotes_are_drawn_in_every_view(size, tmp_path):
    quotes = write_quotes(tmp_path / "quotes.csv")

    async def script(pilot):
        watch, main_screen = Watch(pilot), pilot.app.main_screen
        await watch.press("m")
        await watch.press("f", wait=lambda: pilot.app.focused is not None)
        pilot.app.screen.query_one(Input).value = str(quotes)
        with watch.unsteady():
            await watch.press(
                "enter", wait=lambda: whole(main_screen) and main_screen.editor.state.draft.chain is not None
            )
        await watch.press(*VIEWS, "m", "o", *"tza")
        with watch.unsteady():
            await watch.press(
                "enter", wait=lambda: whole(main_screen) and opened_name(main_screen) == "tza-hedge"
            )
        opened = opened_name(main_screen)
        await watch.press("g", "u", "p", "m")
        return watch.found, opened

    assert drive(script, size=size) == ([], "tza-hedge")


@SLOW
@pytest.mark.alone
def test_no_figure_waits_for_an_edit_in_a_small_terminal(tmp_path):
    apart = {
        "RISKCALC_SESSION": str(tmp_path / "session.json"),
        "RISKCALC_PRESETS": str(tmp_path / "presets"),
    }
    with Terminal(SCREEN, columns=80, rows=24, environment=apart) as terminal:
        terminal.wait_for("P(profit)")
        terminal.settle()
        for columns, rows in ((80, 24), (100, 30)):
            terminal.resize(columns, rows)
            terminal.settle()
            for key, words in (
                ("m", "stop"),
                ("g", "theta/d"),
                ("z", "theta/d"),
                ("m", "stop"),
                ("z", "stop"),
            ):
                terminal.react(key)
                terminal.wait_for(words)
                assert LOADING not in terminal.text

"""Layout of the screen and visibility of its panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.geometry import Size
from textual.screen import Screen

from riskcalc.tui.figures.figure_group import FigureGroup
from riskcalc.tui.form import Form
from riskcalc.tui.line_widget import Ground, seen
from riskcalc.tui.message_row import TooSmall
from riskcalc.tui.panels import (
    ChecksPanel,
    ComputedView,
    EventsBeside,
    EventsPanel,
    ExitsPanel,
    GreeksPanel,
    PlanPanel,
    PricePanel,
    ScenariosView,
    SizePanel,
    Summary,
    VehiclesView,
)

if TYPE_CHECKING:
    from riskcalc.editor import TradeEditor

WIDTHS = [(0, "-slim"), (60, "-narrow"), (110, "-medium"), (170, "-wide")]
HEIGHTS = [(0, "-flat"), (18, "-short"), (32, "-tall"), (50, "-high")]
"""Smallest width and height of each class that the style sheet knows."""


def size_classes(size: Size) -> list[str]:
    """Return the classes of a terminal's size, as Textual sets them once it is resized."""
    return [
        max((least, name) for least, name in steps if least <= length)[1]
        for length, steps in zip(size, (WIDTHS, HEIGHTS), strict=True)
    ]


VIEWS = ("payoff", "heatmap", "greeks", "exits", "vehicles", "events")


class Body(Ground, Horizontal):
    """Form, views and panels side by side."""


class Center(Ground, Vertical):
    """The views, of which one or two are shown."""


def compose_body(form: Form, figures: FigureGroup) -> ComposeResult:
    """The form, the views, the panels in two columns, and the summary below them all."""
    with Body(id="body"):
        yield form
        with Center(id="center"):
            yield figures.chart
            yield figures.strip
            yield figures.heatmap
            with Vertical(id="exits-view"):
                yield ExitsPanel()
                yield ScenariosView()
            yield VehiclesView(id="vehicles-view")
            yield VerticalScroll(EventsPanel(), id="events-view", can_focus=False)
        with Container(id="side"):
            # A focused container would claim the arrow keys in Textual's list of bindings.
            yield VerticalScroll(*_panels(PricePanel, GreeksPanel, ExitsPanel, EventsBeside), can_focus=False)
            yield VerticalScroll(*_panels(SizePanel, ChecksPanel), can_focus=False)
    yield Summary(id="summary")
    yield TooSmall(id="too-small")


def _panels(*kinds: type[PlanPanel]) -> list[PlanPanel]:
    return [kind() for kind in kinds]


class Results:
    """Panels and computed views of the screen; hidden ones are not computed."""

    def __init__(self, screen: Screen[None]) -> None:
        # Looked up once: the screen is composed once, and a query walks all of it.
        self._panels = tuple(screen.query(PlanPanel))
        self._views = tuple(screen.query(ComputedView))

    def show(self, editor: TradeEditor) -> None:
        """Show the editor's state."""
        for panel in self._panels:
            panel.show(editor.state)
        for view in self._views:
            if seen(view):
                view.show(editor)

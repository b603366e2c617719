"""What the keys do to the look of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskcalc.tui.main_screen import Desk

THEMES = ("textual-dark", "textual-light", "nord", "solarized-light", "gruvbox")
"""What the theme key goes through; the command palette has them all."""


def look_at(desk: Desk, *, name: str) -> None:
    """Show a view."""
    desk.look(view=name)


def maximise(desk: Desk) -> None:
    """Give the view the whole body, or give it back."""
    desk.look(maximised=not desk.has_class("-maximised"))


def crosshair(desk: Desk, *, count: int) -> None:
    """Move the crosshair that chart and heatmap share."""
    desk.pictures.move_crosshair(desk.bench.state, count)


def zoom(desk: Desk, *, count: int) -> None:
    """Zoom the price axis."""
    desk.pictures.zoom_by(count)
    desk.show_pictures()


def zoom_reset(desk: Desk) -> None:
    """Put the price axis back and take the crosshair away."""
    desk.pictures.zoom_reset()
    desk.pictures.set_crosshair(None)
    desk.show_pictures()


def palette(desk: Desk) -> None:
    """Change the colours of gain and loss."""
    desk.note(f"colours: {desk.pictures.next_palette()}")
    desk.keep_session()


def theme(desk: Desk) -> None:
    """Go on to the next theme."""
    app = desk.app
    here = THEMES.index(app.theme) if app.theme in THEMES else -1
    app.theme = THEMES[(here + 1) % len(THEMES)]
    desk.note(f"theme: {app.theme}")
    desk.keep_session()

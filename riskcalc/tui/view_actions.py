"""What the keys do to the look of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskcalc.tui.main_screen import MainScreen

THEMES = ("textual-dark", "textual-light", "nord", "solarized-light", "gruvbox")
"""What the theme key goes through; the command palette has them all."""


def look_at(main_screen: MainScreen, *, name: str) -> None:
    """Show a view."""
    main_screen.look(view=name)


def maximise(main_screen: MainScreen) -> None:
    """Give the view the whole body, or give it back."""
    main_screen.look(maximised=not main_screen.has_class("-maximised"))


def crosshair(main_screen: MainScreen, *, count: int) -> None:
    """Move the crosshair that chart and heatmap share."""
    main_screen.figures.move_crosshair(main_screen.editor.state, count)


def zoom(main_screen: MainScreen, *, count: int) -> None:
    """Zoom the price axis."""
    main_screen.figures.zoom_by(count)
    main_screen.show_pictures()


def zoom_reset(main_screen: MainScreen) -> None:
    """Put the price axis back and take the crosshair away."""
    main_screen.figures.zoom_reset()
    main_screen.figures.set_crosshair(None)
    main_screen.show_pictures()


def palette(main_screen: MainScreen) -> None:
    """Change the colours of gain and loss."""
    main_screen.note(f"colours: {main_screen.figures.next_palette()}")
    main_screen.keep_session()


def theme(main_screen: MainScreen) -> None:
    """Go on to the next theme."""
    app = main_screen.app
    here = THEMES.index(app.theme) if app.theme in THEMES else -1
    app.theme = THEMES[(here + 1) % len(THEMES)]
    main_screen.note(f"theme: {app.theme}")
    main_screen.keep_session()

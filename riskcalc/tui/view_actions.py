"""What the keys do to the look of the screen."""

from __future__ import annotations

from riskcalc.tui.trade_screen import TradeScreen

THEMES = ("textual-dark", "textual-light", "nord", "solarized-light", "gruvbox")
"""What the theme key goes through; the command palette has them all."""


class ViewActions(TradeScreen):
    """Textual actions on views, crosshair, zoom and colors."""

    def action_show_view(self, name: str) -> None:
        """Show a view."""
        self.look(view=name)

    def action_maximize_view(self) -> None:
        """Give the view the whole body, or give it back."""
        self.look(maximised=not self.has_class("-maximised"))

    def action_move_crosshair(self, count: int) -> None:
        """Move the crosshair that chart and heatmap share."""
        self.figures.move_crosshair(self.editor.state, count)

    def action_zoom(self, count: int) -> None:
        """Zoom the price axis."""
        self.figures.zoom_by(count)
        self.show_pictures()

    def action_reset_zoom(self) -> None:
        """Put the price axis back and take the crosshair away."""
        self.figures.zoom_reset()
        self.figures.set_crosshair(None)
        self.show_pictures()

    def action_next_colors(self) -> None:
        """Change the colors of gain and loss."""
        self.note(f"colors: {self.figures.next_palette()}")
        self.keep_session()

    def action_next_theme(self) -> None:
        """Go on to the next theme."""
        app = self.app
        here = THEMES.index(app.theme) if app.theme in THEMES else -1
        app.theme = THEMES[(here + 1) % len(THEMES)]
        self.note(f"theme: {app.theme}")
        self.keep_session()

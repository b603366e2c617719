"""What the page of the trade and the pages beside it have in common."""

from __future__ import annotations

from textual.screen import Screen

from riskcalc.tui import layout


class PageScreen(Screen[None]):
    """A screen with the classes of its size that is rendered once when the pages are switched."""

    HORIZONTAL_BREAKPOINTS = layout.WIDTHS
    VERTICAL_BREAKPOINTS = layout.HEIGHTS

    def _compositor_refresh(self) -> None:
        # While Textual holds a switch back, it would render what it does not display, and later all of it.
        if not self.app._batch_count:  # noqa: SLF001 - Textual has no public way to read it
            super()._compositor_refresh()

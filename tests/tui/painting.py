"""Frames are rendered where a test looks: Textual renders each, and drops it where there is no terminal."""

from __future__ import annotations

from textual.screen import Screen

RENDERS = Screen._compositor_refresh
"""Textual's own."""


def render_where_a_test_looks():
    """Compose the screen when a test asks for its text, not at every frame; `every_frame` renders all."""
    Screen._compositor_refresh = drop


def drop(screen):
    """Take a frame as rendered."""
    screen._dirty_widgets.clear()
    screen._compositor._dirty_regions.clear()

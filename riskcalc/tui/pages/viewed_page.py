"""A page with a list and views beside it: one at a time on a small terminal, together on a large one."""

from __future__ import annotations

from typing import ClassVar

from riskcalc.tui import layout
from riskcalc.tui.pages.grid_table import GridTable
from riskcalc.tui.pages.page import Page


class ViewedPage(Page):
    """A page whose first view is a `GridTable` named ``rows``; the others follow with their key."""

    AUTO_FOCUS = ""
    VIEWS: ClassVar[tuple[str, ...]]
    """Names of the views, the list first; each is the id of a widget or a container."""

    said: tuple[str, str] | None = None
    """What was done, and its kind as a message; it gives way once the cursor moves."""

    def on_mount(self) -> None:
        """Start with the view and the row of the session."""
        wanted = self.state.get("view", "")
        self._show_view(wanted if wanted in self.VIEWS else self.VIEWS[0])

    @property
    def rows(self) -> GridTable:
        """The list."""
        return self.query_one("#rows", GridTable)

    @property
    def view(self) -> str:
        """Name of the view that has the page where there is room for one."""
        return next(name for name in self.VIEWS if self.has_class(f"-{name}"))

    def kept_row(self) -> int | None:
        """Return the row of the session."""
        text = self.state.get("row", "")
        return int(text) if text.isdecimal() else None

    def on_resize(self) -> None:
        """Show all views where there is room for them."""
        wide, tall = self.size
        self.set_class(wide >= layout.WIDTHS[2][0] and tall >= layout.HEIGHTS[2][0], "-roomy")

    def action_move_row(self, count: int) -> None:
        """Move the cursor of the list; where a text has its place, scroll that."""
        if self.rows.region:
            self.rows.move(count)
        elif self.focused is not None:
            self.focused.scroll_relative(y=count, animate=False)

    def action_next_view(self) -> None:
        """Show the next view, where not all are shown."""
        if self.has_class("-roomy"):
            self.note("every view is shown")
            return
        self._show_view(self.VIEWS[(self.VIEWS.index(self.view) + 1) % len(self.VIEWS)])
        self.keep(view=self.view)

    def _show_view(self, name: str) -> None:
        for other in self.VIEWS:
            self.set_class(other == name, f"-{other}")
        first = self.rows if name == self.VIEWS[0] or self.has_class("-roomy") else self.query_one(f"#{name}")
        self.set_focus(first if first.can_focus else None)

"""A page with a list and views beside it: one at a time on a small terminal, together on a large one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Size

from riskcalc.errors import RiskcalcError
from riskcalc.tui import layout
from riskcalc.tui.pages.grid_table import GridTable
from riskcalc.tui.pages.page import Page

if TYPE_CHECKING:
    from riskcalc.editor.pages.forms import Answer, Form
    from riskcalc.tui.trade_screen import TradeScreen


def has_room_for_all(size: Size) -> bool:
    """Whether all views of a page fit on a terminal."""
    return size.width >= layout.WIDTHS[2][0] and size.height >= layout.HEIGHTS[2][0]


class ViewedPage(Page):
    """A page whose first view is a `GridTable` named ``rows``; the others follow with their key."""

    AUTO_FOCUS = ""
    VIEWS: ClassVar[tuple[str, ...]]
    """Names of the views, the list first; each is the id of a widget or a container."""
    VIEW_KEYS: ClassVar[tuple[str, ...]]
    """Commands that go through the views."""
    ROW_KEYS: ClassVar[tuple[str, ...]]
    """Commands that need a trade in the list."""

    said: tuple[str, str] | None = None
    """What was done, and its kind as a message; it gives way once the cursor moves."""

    _told_row: int | None = None

    def __init__(self, trade: TradeScreen) -> None:
        super().__init__(trade)
        wanted = self.state.get("view", "")
        self.add_class(f"-{wanted if wanted in self.VIEWS else self.VIEWS[0]}", update=False)
        self.set_class(has_room_for_all(trade.app.size), "-roomy", update=False)

    def on_mount(self) -> None:
        """Start with the view of the session."""
        self._show_view(self.view)

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
        self.set_class(has_room_for_all(self.size), "-roomy")
        self.show_keys()

    def briefs(self) -> Mapping[str, str]:
        """No key of a view where all are shown, none of a trade where there is none."""
        if self.has_class("-empty"):
            return dict.fromkeys((*self.VIEW_KEYS, *self.ROW_KEYS), "")
        return dict.fromkeys(self.VIEW_KEYS, "") if self.has_class("-roomy") else {}

    def row_text(self) -> str:
        """What the row under the cursor cannot hold."""
        raise NotImplementedError

    def say_row(self) -> None:
        """Say what was done, else what the row cannot hold."""
        self._told_row = self.rows.row_id
        self.about = self.row_text()
        text, kind = self.said or (self.about, "help")
        self.message.show(text, kind=kind)

    def on_grid_table_highlighted(self, event: GridTable.Highlighted) -> None:
        """Keep the row in the session, and say what it cannot hold."""
        event.stop()
        if str(event.row_id) != self.state.get("row"):
            self.keep(row=str(event.row_id))
        if event.row_id != self._told_row:
            self.said = None
        self.say_row()

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

    def ask_form(self, make: Callable[[], Form], then: Callable[[Answer], object] = lambda _: None) -> None:
        """Ask with a form, and go on; what it writes is said once the page is back."""
        from riskcalc.tui.dialogs.form_screen import FormScreen  # noqa: PLC0415 - not needed for the first frame

        if not self.trade.ready:
            return
        try:
            dialog = FormScreen(make())
        except RiskcalcError as error:
            self.problem(str(error))
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                self.trade.follow_book(answer.risk)
                self.said = answer.said, "note"
                then(answer)
            elif dialog.refused:
                self.said = f"nothing was written: {dialog.refused}", "problem"
            # The page comes back, reads the book again, and says it.

        self.app.push_screen(dialog, answered)

    def _show_view(self, name: str) -> None:
        if not self.has_class(f"-{name}"):
            for other in self.VIEWS:
                self.set_class(other == name, f"-{other}", update=False)
            self.update_node_styles()
        first = self.rows if name == self.VIEWS[0] or self.has_class("-roomy") else self.query_one(f"#{name}")
        self.set_focus(first if first.can_focus else None)

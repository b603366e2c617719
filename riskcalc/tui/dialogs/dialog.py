"""Bases of the dialogs: one that closes once, one whose text scrolls; and the line below a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.dom import DOMNode

MUTED, ERROR = "$foreground-muted", "$text-error"
"""Styles of the lines below a field: what happens, and what is wrong."""


class Dialog(ModalScreen[ScreenResultType]):
    """Dialog that ignores a second result while it closes.

    Textual would take the screen behind it away too, and end the program where that is the last one.
    """

    CSS_PATH = "dialogs.tcss"

    _answered = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result, unless it is closing already or something else is above it."""
        if self._answered or not self.is_active:
            return AwaitComplete()
        self._answered = True
        return super().dismiss(result)


class ScrollingDialog(Dialog[None]):
    """Dialog to read: its ``#dialog`` scrolls by lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss(None)", "Close"),
        Binding("j", "scroll(1)", "Down"),
        Binding("k", "scroll(-1)", "Up"),
    ]

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one("#dialog").scroll_relative(y=lines, animate=False)


def write_line(dialog: DOMNode, selector: str, text: str, *, style: str) -> None:
    """Write a line of a dialog; nothing before it is mounted or once the dialog closes.

    A field says that it changed before what stands below it is mounted.
    """
    for line in dialog.query(selector).results(Static):
        line.update(Content.styled(text, style))

"""Lines of text below the field of a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.dom import DOMNode

MUTED, ERROR = "$foreground-muted", "$text-error"


def write_line(dialog: DOMNode, name: str, words: str, *, style: str) -> None:
    """Write a line of a dialog, by its selector; nothing before it is mounted or once the dialog closes.

    A field says that it changed before what stands below it is mounted.
    """
    for line in dialog.query(name).results(Static):
        line.update(Content.styled(words, style))

"""The help: every key of the key table."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from riskcalc.tui.dialogs.dialog import ScrollingDialog

KEYS_WIDTH = 22
"""Width of the column of keys [cells]."""
LEAST_WORDS = 16
"""Least width of the column of descriptions [cells]."""


class Command(Protocol):
    """A row of the key table."""

    @property
    def shown(self) -> str:
        """The keys as printed on a keyboard."""

    @property
    def section(self) -> str:
        """Section of the help."""

    @property
    def words(self) -> str:
        """Description of the command."""


class HelpScreen(ScrollingDialog):
    """Every key with what it does, by section; scrolls where it does not fit."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "dismiss(None)", "Close")]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="dialog", classes="help") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "up, down scroll   Esc closes"
            yield Static(id="help")

    def on_resize(self) -> None:
        """Wrap the texts in the width that there is."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        dialog = self.query_one("#dialog")
        width = dialog.scrollable_content_region.width
        self.query_one("#help", Static).update(help_text(self._commands, width=width))


def help_text(commands: Sequence[Command], *, width: int = 100) -> Content:
    """The table of keys as text in a width [cells], a title above each section."""
    room = max(width - KEYS_WIDTH - 1, LEAST_WORDS)
    parts: list[str | tuple[str, str]] = []
    for section, group in groupby(commands, key=lambda command: command.section):
        parts += ["\n" if parts else "", (section.upper(), "bold $text-primary"), "\n"]
        for command in group:
            # A text that wraps stays in its column.
            words = f"\n{'':{KEYS_WIDTH + 1}}".join(textwrap.wrap(command.words, room))
            parts += [(f"{command.shown:{KEYS_WIDTH}}", "bold"), f" {words}\n"]
    return Content.assemble(*parts).rstrip()

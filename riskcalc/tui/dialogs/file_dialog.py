"""Base of the dialogs that write a file: they show where it goes, and ask before one is replaced."""

from __future__ import annotations

import os
from abc import abstractmethod
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from riskcalc.tui.dialogs.dialog import ERROR, MUTED, Dialog, write_line


class FileDialog(Dialog[str | None]):
    """Asks for a file; closes with a message, or with None if nothing was written."""

    def __init__(self, proposed: str, *, title: str, keys: str, noun: str) -> None:
        """Take the text proposed, the title, the keys below, and what is typed: ``name`` or ``file``."""
        super().__init__()
        self._proposed, self._title, self._keys, self._noun = proposed, title, keys, noun
        self._replacing: Path | None = None
        """File that the next Enter will replace."""

    @abstractmethod
    def path_of(self, text: str) -> Path:
        """Return the file that a typed text means."""

    @abstractmethod
    def write(self, text: str, *, replaces: bool) -> None:
        """Write the file of a typed text, which the user lets replace another."""

    def compose(self) -> ComposeResult:
        """What is typed, the file that is written, and a problem."""
        with Vertical(id="dialog", classes="save") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = self._keys
            field = Input(self._proposed, placeholder=self._noun, compact=True)
            field.cursor_blink = False
            yield field
            yield Static(id="where", markup=False)
            yield Static(id="problem", markup=False)

    def on_mount(self) -> None:
        """Show where the proposed file goes."""
        self._show_where(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show where another file goes."""
        self._replacing = None
        self.show_problem("")
        self._show_where(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write, asking before a file is replaced; stay open on failure."""
        text = event.value.strip()
        path = self.path_of(text)
        if text and exists(path) and path != self._replacing:
            self._replacing = path
            self.show_problem("this file exists: Enter again replaces it, another name keeps it")
            return
        self.write(text, replaces=path == self._replacing)

    def show_note(self, text: str) -> None:
        """Show a text below what is typed."""
        write_line(self, "#where", text, style=MUTED)

    def show_problem(self, text: str) -> None:
        """Show why nothing was written."""
        write_line(self, "#problem", text, style=ERROR)

    def _show_where(self, text: str) -> None:
        path = self.path_of(text).absolute()
        verb = "replaces" if exists(path) else "writes"
        self.show_note(f"{verb} {path}" if text.strip() else f"type a {self._noun}")


def exists(path: Path) -> bool:
    """Whether there is something at a path; there is nothing at an impossible one."""
    return os.path.exists(path)  # noqa: PTH110 - an impossible name is no file

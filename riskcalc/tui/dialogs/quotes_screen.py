"""Dialog to load a file of real quotes, read in a thread; Esc cancels."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static
from textual.worker import Worker, get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui.dialogs.dialog import ERROR, MUTED, Dialog, write_line
from riskcalc.tui.message_row import progress_bar

if TYPE_CHECKING:
    from riskcalc.editor import Draft, TradeEditor

READ, PLANNED = 0.2, 0.7
"""Progress at the start of reading and of planning."""


class QuotesScreen(Dialog["tuple[Draft, Path] | None"]):
    """Closes with the trade on its quotes and their file, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Cancel")]

    def __init__(self, editor: TradeEditor) -> None:
        super().__init__()
        self._editor = editor
        self._work: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Path, progress and problem."""
        with Vertical(id="dialog", classes="save") as dialog:
            dialog.border_title = "Quotes"
            dialog.border_subtitle = "Enter reads the file   Esc cancels"
            path = self._editor.chain_path
            field = Input("" if path is None else str(path), placeholder="file of quotes", compact=True)
            field.cursor_blink = False
            yield field
            yield Static(id="where", markup=False)
            yield Static(id="problem", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Read the file, in place of one that is still being read."""
        if event.value.strip():
            path = Path(os.path.expanduser(event.value.strip()))  # noqa: PTH111 - leaves an unknown ~user be
            self._work = self.run_worker(partial(self._read, path), thread=True, exclusive=True)

    def on_input_changed(self) -> None:
        """Clear the problem of the previous path."""
        self._say()

    def action_give_up(self) -> None:
        """Stop reading and discard its result; close if nothing is being read."""
        if self._work is None:
            self.dismiss(None)
            return
        self._work.cancel()
        self._work = None
        self._say(problem="stopped reading")

    def _read(self, path: Path) -> None:
        """Read and plan in a thread; one that was given up says nothing any more."""
        worker = get_current_worker()

        def tell(act: Callable[[], object]) -> None:
            if not worker.is_cancelled:
                self.app.call_from_thread(act)

        def advance(words: str, done: float) -> None:
            tell(partial(self._say, progress=f"{words} {progress_bar(done)}"))

        try:
            draft = _quoted(self._editor, path, advance)
        except RiskcalcError as error:
            tell(partial(self._refuse, str(error).replace(f"{path}: ", "")))
        else:
            tell(partial(self.dismiss, (draft, path)))

    def _refuse(self, problem: str) -> None:
        self._work = None
        self._say(problem=problem)

    def _say(self, *, progress: str = "", problem: str = "") -> None:
        write_line(self, "#where", progress, style=MUTED)
        write_line(self, "#problem", problem, style=ERROR)


def _quoted(editor: TradeEditor, path: Path, tell: Callable[[str, float], object]) -> Draft:
    from riskcalc.chains import read_chain  # noqa: PLC0415 - most sessions read no chain
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    tell(f"reading {path.name}", READ)
    symbol = editor.state.draft.trade.symbol
    quotes = read_chain(path, symbol=symbol, instruments=load_instruments())
    tell(f"planning on {path.name}", PLANNED)
    draft = editor.quoted(quotes)
    editor.plan(draft)
    return draft

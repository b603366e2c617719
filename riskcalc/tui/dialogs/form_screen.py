"""Dialog of a form: fields, and below them what would be done or what is wrong; a thread does the work."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Label, Static
from textual.worker import get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui.dialogs.dialog import ERROR, MUTED, Dialog, write_line
from riskcalc.tui.panels import styled_text

if TYPE_CHECKING:
    from riskcalc.editor.pages.forms import Answer, Form

PAGE = 8
"""Lines that PgUp and PgDn scroll an answer."""

NARROWEST = 38
"""Cells that an answer is set in at the least."""


class FormScreen(Dialog["Answer | None"]):
    """Closes with what was done, or with None where nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form
        self._confirmed: Mapping[str, str] | None = None
        """Values that the next Enter confirms."""
        self._busy = False
        self.refused = ""
        """Why nothing was done, at the last Enter."""

    def compose(self) -> ComposeResult:
        """What it is about, the fields, the answer and the problem."""
        with Vertical(id="dialog", classes="form") as dialog:
            dialog.border_title = self._form.title
            dialog.border_subtitle = f"Enter {self._form.verb}   Esc cancels"
            if self._form.about:
                yield Static(self._form.about, id="about", markup=False)
            for field in self._form.fields:
                with Horizontal(classes="field"):
                    yield Label(field.label, markup=False)
                    line = Input(field.value, placeholder=field.hint, compact=True, id=_id(field.name))
                    line.cursor_blink = False
                    yield line
            with VerticalScroll(id="answer", can_focus=False):
                yield Static(id="answer-text", markup=False)
            yield Static(id="where", markup=False)
            yield Static(id="problem", markup=False)

    @property
    def values(self) -> dict[str, str]:
        """What is typed, by the names of the fields."""
        return {field.name: self.query_one(f"#{_id(field.name)}", Input).value for field in self._form.fields}

    def on_input_submitted(self) -> None:
        """Do it, or show first what would be done."""
        if self._busy:
            return
        values = self.values
        confirmed = values == self._confirmed
        self._busy = True
        self._say(note="working …")
        self.run_worker(partial(self._work, values, confirmed=confirmed), thread=True)

    def on_input_changed(self) -> None:
        """What was shown is of other values."""
        if self._confirmed is not None and self.values != self._confirmed:
            self._confirmed = None
            self._subtitle(self._form.verb)
        write_line(self, "#problem", "", style=ERROR)

    def on_key(self, event: events.Key) -> None:
        """Move between fields, and in the answer."""
        moves = {"up": self.focus_previous, "down": self.focus_next}
        scrolls = {"pageup": -PAGE, "pagedown": PAGE}
        if event.key in moves:
            event.stop()
            moves[event.key]()
        elif event.key in scrolls:
            event.stop()
            self.query_one("#answer").scroll_relative(y=scrolls[event.key], animate=False)

    def _work(self, values: Mapping[str, str], *, confirmed: bool) -> None:
        from riskcalc.editor.pages.forms import Typed  # noqa: PLC0415 - loaded with the engine

        worker = get_current_worker()
        try:
            answer = self._form.work(Typed(values=values, confirmed=confirmed))
        except RiskcalcError as error:
            then = partial(self._refuse, (str(error).splitlines() or [""])[0])
        else:
            then = partial(self._take, values, answer)
        if not worker.is_cancelled:
            self.app.call_from_thread(then)

    def _take(self, values: Mapping[str, str], answer: Answer) -> None:
        self._busy, self.refused = False, ""
        if answer.done:
            self.dismiss(answer)
            return
        self._confirmed = values if answer.confirm else None
        self._subtitle(answer.confirm or self._form.verb)
        self._say()
        self._show(answer)

    def _refuse(self, problem: str) -> None:
        self._busy, self.refused = False, problem
        self._say(problem=problem)

    def _show(self, answer: Answer) -> None:
        from riskcalc.formatting.metric import Style, wrapped  # noqa: PLC0415 - loaded with the engine
        from riskcalc.formatting.table import document_lines  # noqa: PLC0415 - as above

        self.add_class("-answered")
        width = max(self.query_one("#dialog").content_size.width - 1, NARROWEST)
        lines = document_lines(answer.tables, summary=answer.said, width=width)
        for text in answer.lines:
            style = Style.WARN if text.startswith("!") else Style.QUIET
            lines += wrapped(text, width=width, indent=2, style=style)
        self.query_one("#answer-text", Static).update(styled_text(lines))
        self.query_one("#answer").scroll_home(animate=False)

    def _subtitle(self, verb: str) -> None:
        scrolls = "   PgUp PgDn scroll" if self.has_class("-answered") else ""
        self.query_one("#dialog").border_subtitle = f"Enter {verb}{scrolls}   Esc closes"

    def _say(self, *, note: str = "", problem: str = "") -> None:
        write_line(self, "#where", note, style=MUTED)
        for line in self.query("#problem").results(Static):
            line.update(Content.styled(f"! {problem}" if problem else "", ERROR))


def _id(name: str) -> str:
    return f"field-{name.replace(' ', '-')}"

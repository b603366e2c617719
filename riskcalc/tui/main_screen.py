"""The main screen: the form, the figures and the panels around one editor.

Keys that come before the engine wait in a queue. Steps that come faster than they can be shown are added up,
so that the screen never lags behind the keyboard.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from riskcalc.tui import form_rows, layout
from riskcalc.tui.figures.figure_group import FigureGroup
from riskcalc.tui.figures.figure_widget import CrosshairMoved, ZoomChanged
from riskcalc.tui.form.form import Form, Typing
from riskcalc.tui.header import Header
from riskcalc.tui.keys import BY_KEY, STEPPING
from riskcalc.tui.line_widget import seen
from riskcalc.tui.message_row import MessageRow

if TYPE_CHECKING:
    from riskcalc.editor import TradeEditor
    from riskcalc.editor.session_file import SessionPreview
    from riskcalc.tui.app import RiskApp

AUTOSAVE_SECONDS = 0.7
"""Quiet time after the last change before the session is written; with the writing, less than a second."""

STARTS, GOES_ON, SIGNS = "123456789.", "0123456789.,+-%/", "+-"
"""Characters that start typing into a field, and that go on with it; signs start it in a signed field."""

LONGEST_PASTE = 20
"""Characters that a pasted number has at most."""


class MainScreen(Screen[None]):
    """Everything on the screen but the dialogs."""

    HORIZONTAL_BREAKPOINTS = layout.WIDTHS
    VERTICAL_BREAKPOINTS = layout.HEIGHTS

    def __init__(self, session_preview: SessionPreview | None) -> None:
        super().__init__()
        self.header = Header(form_rows.preview_heading(session_preview))
        self.form = Form(form_rows.preview_rows(session_preview))
        self.message = MessageRow()
        self.figures = FigureGroup(palette=session_preview.palette if session_preview else "")
        self.view_name = (
            session_preview.view
            if session_preview and session_preview.view in layout.VIEWS
            else layout.VIEWS[0]
        )
        self.typing: Typing | None = None
        self._focus = session_preview.focus if session_preview else ""
        self._editor: TradeEditor | None = None
        self._waiting: deque[tuple[str, str | None]] = deque()
        self._steps: tuple[str, int] | None = None
        self._kept: object = None
        self._autosave: Timer | None = None
        self._sizes: tuple[object, ...] = ()
        self._note = ""

    @property
    def editor(self) -> TradeEditor:
        """The editor; only there once the engine has come, and no key acts before."""
        if self._editor is None:
            raise RuntimeError("the engine has not come yet")
        return self._editor

    @property
    def ready(self) -> bool:
        """Whether the engine has come."""
        return self._editor is not None

    @property
    def risk_app(self) -> RiskApp:
        """The app, by its own type."""
        return cast("RiskApp", self.app)

    def compose(self) -> ComposeResult:
        """Lay out everything once; classes and the style sheet show what fits."""
        yield self.header
        yield from layout.compose_body(self.form, self.figures)
        yield self.message
        yield layout.key_row()

    def on_mount(self) -> None:
        """Start with the view of the last session."""
        self._results = layout.Results(self)
        self.add_class(f"-view-{self.view_name}")
        self.message.show("loading the engine; keys are kept", kind="note")
        self.screen_layout_refresh_signal.subscribe(self, self._laid_out)

    def begin(self, editor: TradeEditor, *, note: str = "") -> None:
        """Go live, then replay the keys that came before."""
        self._editor = editor
        self._kept = editor.state.draft
        self.form.focus_key(self._focus, form_rows.field_rows(editor))
        self.show()
        if note:
            self.note(note)
        while self._waiting:
            self.press(*self._waiting.popleft())

    def on_key(self, event: events.Key) -> None:
        """Every key of the main screen comes here; no binding or widget sees it."""
        event.stop()
        event.prevent_default()
        # A key that was on its way when a dialog opened is dropped: it was meant for neither.
        if self.app.screen is self:
            self.press(event.key, event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Type a pasted number into the field."""
        text = event.text.strip().removeprefix("$")
        if not self.ready:
            return
        if 0 < len(text) <= LONGEST_PASTE and set(text) <= set(GOES_ON):
            self.type_text(text)
        else:
            self.note("what was pasted is no number")

    def press(self, key: str, character: str | None) -> None:
        """Type into the field, or run the key's command."""
        self._note = ""
        if not self.ready:
            if key != "escape" or not self.cancel_work():
                self._waiting.append((key, character))
        elif character and self._takes(character):
            self.type_text((self.typing.text if self.typing else "") + character)
        elif key in BY_KEY:
            self.run_key(key)

    def run_key(self, key: str) -> None:
        """Run a key's command; what was typed is applied first, for every key that leaves the field."""
        if not self.ready:
            self._waiting.append((key, None))
        elif key in ("enter", "backspace", "escape", "q") or self.typing is None or self.commit_typing():
            if key not in STEPPING:
                self.settle()
            BY_KEY[key].run(self)

    def nudge(self, count: int) -> None:
        """Step the focused field; shown at once unless more keys are waiting."""
        key = self.form.row.key
        if self._steps and self._steps[0] != key:
            self.settle()
        self._steps = (key, count + (self._steps[1] if self._steps else 0))
        if self.message_queue_size:
            self.call_later(self.settle)
        else:
            self.settle()

    def settle(self) -> None:
        """Apply the steps that have been added up."""
        if self._steps is not None:
            self.apply_steps()
            self.show()

    def apply_steps(self) -> None:
        """Apply the steps that have been added up, without showing them."""
        (key, count), self._steps = self._steps or ("", 0), None
        if count:
            self.editor.step(key, count)

    def type_text(self, text: str) -> None:
        """Show what is being typed, and at once what is wrong with it."""
        self.settle()
        key = self.form.row.key
        unfinished = self.editor.field(key).incomplete(text)
        problem = "" if unfinished else self.editor.check(key, text)
        self.typing = Typing(text=text, problem=problem)
        self.show_field()

    def stop_typing(self) -> None:
        """Forget what was typed."""
        self.typing = None
        self.editor.forget_problem()
        self.show()

    def commit_typing(self) -> bool:
        """Apply what was typed; a wrong text stays in the field and marks the results as stale."""
        typing = self.typing
        if typing is None:
            return True
        key = self.form.row.key
        wrong = self.editor.check(key, typing.text)
        self.editor.enter(key, typing.text)
        self.editor.rest()
        self.typing = Typing(text=typing.text, problem=wrong) if wrong else None
        self.show()
        return not wrong

    def show(self) -> None:
        """Hand the editor's state to everything that can be seen."""
        if not self.ready:
            return
        self.settle()
        state = self.editor.state
        self.header.show(form_rows.heading(self.editor))
        self._results.show(self.editor)
        self.figures.show(state)
        self.show_field()
        if state.draft is not self._kept:
            self._kept = state.draft
            self.keep_session()

    def show_pictures(self) -> None:
        """Draw chart, heatmap and Greeks again."""
        self.figures.show(self.editor.state)

    def show_field(self) -> None:
        """Show the form, its slider and what the focused field means."""
        state, form = self.editor.state, self.form
        shown, typing = form_rows.field_rows(self.editor), self.typing
        if typing is None and shown != form.rows:
            form.current = form_rows.same_field(shown, form)
        field = self.editor.field(shown[form.current].key)
        form.show(shown, position=field.position(state.draft), typing=typing, invalid_key=state.problem_key)
        problem = typing.problem if typing else state.problem
        if problem:
            self.message.show(problem, kind="problem")
        elif self._note:
            self.message.show(self._note, kind="note")
        else:
            self.message.show(form_rows.field_help(shown[form.current], typing.text if typing else None))

    def note(self, text: str) -> None:
        """Say something until the next key."""
        self._note = text
        self.message.show(text, kind="note")

    def look(self, *, view: str = "", maximised: bool | None = None) -> None:
        """Show a view, or give it the whole body."""
        if view:
            self.remove_class(f"-view-{self.view_name}", update=False)
            self.view_name = view
            self.add_class(f"-view-{view}", update=False)
            self.update_node_styles()
        if maximised is not None:
            self.set_class(maximised, "-maximised")
        if self.ready:
            # What becomes visible is given its values before its room: it is whole in its first frame.
            self.show()
        self.keep_session()

    def keep_session(self) -> None:
        """Write the session once things are quiet."""
        if self._autosave is not None:
            self._autosave.stop()
        self._autosave = self.set_timer(AUTOSAVE_SECONDS, self.risk_app.autosave.save_in_background)

    def cancel_work(self) -> bool:
        """Stop long work; whether there was any."""
        return self.risk_app.cancel_work()

    def on_crosshair_moved(self, message: CrosshairMoved) -> None:
        """Share the crosshair among the figures."""
        self.figures.set_crosshair(message.spot)

    def on_zoom_changed(self, message: ZoomChanged) -> None:
        """Zoom by the wheel."""
        if self.ready:
            self.figures.zoom_by(message.step)
            self.show_pictures()

    def on_form_picked(self, message: Form.Picked) -> None:
        """Focus the row that was clicked."""
        self._go_to(message.index)

    def on_form_wheeled(self, message: Form.Wheeled) -> None:
        """Step the row under the wheel."""
        if self._go_to(message.index):
            self.nudge(message.count)

    def on_form_slid(self, message: Form.Slid) -> None:
        """Set the focused field by its slider."""
        if self.ready and self.commit_typing():
            self.settle()
            self.editor.slide(self.form.row.key, message.position)
            self.show()

    def _laid_out(self, _: object) -> None:
        """Draw again what has another size or can be seen only now."""
        sizes = tuple((widget, widget.size) for widget in self.query(Widget) if seen(widget))
        if sizes != self._sizes:
            self._sizes = sizes
            self.call_later(self.show)

    def _go_to(self, index: int) -> bool:
        self._note = ""
        if not self.ready or not self.commit_typing():
            return False
        if index != self.form.current:
            self.editor.rest()
            self.form.focus_row(index)
            self.show_field()
        return True

    def _takes(self, character: str) -> bool:
        if self.typing is not None:
            return character in GOES_ON
        return character in STARTS or (character in SIGNS and self.form.row.signed)

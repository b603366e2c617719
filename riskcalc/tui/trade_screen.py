"""The trade screen: form, figures and panels around one editor.

Steps that come faster than they can be shown are added up, so that the screen never lags behind the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.events import ScreenResume
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget

from riskcalc.editor import session_file
from riskcalc.tui import form_rows, layout
from riskcalc.tui.autosave import Autosave
from riskcalc.tui.figures.figure_group import FigureGroup
from riskcalc.tui.form import Form, Typing
from riskcalc.tui.header import Header
from riskcalc.tui.line_widget import Ground, forget_closed_widgets, seen
from riskcalc.tui.message_row import KeyRow, MessageRow
from riskcalc.tui.page_screen import PageScreen
from riskcalc.tui.preparation import Preparation

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.book import BookRisk
    from riskcalc.editor import Draft, TradeEditor
    from riskcalc.editor.session_file import SessionPreview

AUTOSAVE_SECONDS = 0.7
"""Delay after the last change before the session is saved [seconds]."""
SAME_TIME = 0.01
"""How early a timer may come [seconds]."""


THEMES = ("textual-dark", "textual-light", "nord", "solarized-light", "gruvbox")
"""Themes of the theme key; the command palette lists all."""


class TradeScreen(Ground, PageScreen):
    """The main screen without key handling and dialogs."""

    def __init__(
        self,
        session_preview: SessionPreview | None,
        *,
        cancel_work: Callable[[], bool] = lambda: False,
        open_page: Callable[[str], object] = lambda _: None,
        page_makers: Sequence[Callable[[], object]] = (),
    ) -> None:
        super().__init__()
        self.cancel_work = cancel_work
        """Cancels long work; returns whether there was any."""
        self.open_page = open_page
        """Opens a page of the app by its name."""
        self.header = Header(form_rows.preview_heading(session_preview))
        self.form = Form(form_rows.preview_rows(session_preview))
        self.message = MessageRow()
        self.key_row = KeyRow()
        self.figures = FigureGroup(palette=session_preview.palette if session_preview else "")
        self.view_name = (
            session_preview.view
            if session_preview and session_preview.view in layout.VIEWS
            else layout.VIEWS[0]
        )
        self.page_name = session_preview.page if session_preview else ""
        """Name of the page that is shown; this one's is empty until another has been."""
        self.page_states = (
            {name: dict(state) for name, state in session_preview.pages.items()} if session_preview else {}
        )
        """What each page keeps of itself in the session."""
        self.typing: Typing | None = None
        self._focus = session_preview.focus if session_preview else ""
        self._editor: TradeEditor | None = None
        self._steps: tuple[str, int] | None = None
        self._kept: object = None
        self._resumed = False
        self.preparation = Preparation(self, page_makers)
        self.autosave = Autosave(self, snapshot=self._snapshot, report=self.note)
        self._autosave_timer: Timer | None = None
        self._changed_at = 0.0
        self._sizes: tuple[object, ...] = ()
        self._note = ""
        self._when_ready: list[Callable[[], object]] = []
        self.hedge = ("", 0)
        """Preset of the hedge that was sized last, and how many units it takes."""
        self.beside_book = False
        """Whether open risk and buying power come from the user's book."""

    @property
    def editor(self) -> TradeEditor:
        """The editor, available once the engine is loaded."""
        if self._editor is None:
            raise RuntimeError("the engine is still loading")
        return self._editor

    @property
    def ready(self) -> bool:
        """Whether the engine has come."""
        return self._editor is not None

    @property
    def hedge_units(self) -> int:
        """Units of the hedge that is planned; 0 where the trade is none."""
        preset, units = self.hedge
        return units if self.ready and self.editor.state.draft.preset.name == preset else 0

    def fit(self, size: Size) -> None:
        """Take the view of the last session and the layout for a size, before anything is styled."""
        self.add_class(f"-view-{self.view_name}", *layout.size_classes(size), update=False)

    def compose(self) -> ComposeResult:
        """Compose all widgets; the style sheet shows those that fit."""
        yield self.header
        yield from layout.compose_body(self.form, self.figures)
        yield self.message
        yield self.key_row

    def on_mount(self) -> None:
        """Say that the engine is loading."""
        self._results = layout.Results(self)
        self.message.show("loading the engine; keys are queued", kind="note")
        self.screen_layout_refresh_signal.subscribe(self, self._laid_out)

    def begin(self, editor: TradeEditor, *, note: str = "") -> None:
        """Start with an editor, and show a note."""
        self._editor = editor
        # It is styled: else Textual parses every style sheet again at the first way back from a page.
        self._css_update_count = self.app._css_update_count  # noqa: SLF001 - as Textual sets it after parsing
        self._kept = editor.state.draft
        self.form.focus_key(self._focus, form_rows.field_rows(editor))
        self.show()
        if note:
            self.note(note)
        waiting, self._when_ready = self._when_ready, []
        for call in waiting:
            call()
        self.preparation.start()

    def when_ready(self, call: Callable[[], object]) -> None:
        """Call something now, or once the engine is loaded."""
        if self.ready:
            call()
        elif call not in self._when_ready:
            self._when_ready.append(call)

    def nudge(self, count: int) -> None:
        """Step the focused field; redraw unless more keys are waiting."""
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
        if self.editor.is_gone(key):
            self.stop_typing()
            return
        unfinished = self.editor.field(key).incomplete(text)
        problem = "" if unfinished else self.editor.check(key, text)
        self.typing = Typing(text=text, problem=problem)
        self.show_field()

    def stop_typing(self) -> None:
        """Discard the typed text."""
        self.typing = None
        self.editor.forget_problem()
        self.show()

    def commit_typing(self) -> bool:
        """Apply the typed text; an invalid text stays and marks the results as stale."""
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
        """Show the editor's state in all visible widgets."""
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
        """Redraw chart, heatmap and Greeks."""
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
        """Show a note until the next key."""
        self._note = text
        self.message.show(text, kind="note")

    def look(self, *, view: str = "", maximized: bool | None = None) -> None:
        """Show a view, or give it the whole body."""
        if view:
            self.remove_class(f"-view-{self.view_name}", update=False)
            self.view_name = view
            self.add_class(f"-view-{view}", update=False)
            self.update_node_styles()
        if maximized is not None:
            self.set_class(maximized, "-maximized")
        if self.ready:
            # Newly visible widgets get their values before layout, to be complete in the first frame.
            self.show()
        self.keep_session()

    def next_theme(self) -> str:
        """Switch to the next theme, and return what to say of it."""
        app = self.app
        current = THEMES.index(app.theme) if app.theme in THEMES else -1
        app.theme = THEMES[(current + 1) % len(THEMES)]
        self.keep_session()
        return f"theme: {app.theme}"

    def load_quotes(self, then: Callable[[str], object]) -> None:
        """Ask for a file of real quotes, continue on it, and pass the message to `then`."""
        from riskcalc.tui.dialogs.quotes_screen import QuotesScreen  # noqa: PLC0415 - not needed for the first frame

        def take(quotes: tuple[Draft, Path] | None) -> None:
            if quotes:
                then(self.take_quotes(*quotes))

        self.app.push_screen(QuotesScreen(self.editor), take)

    def reopen(self) -> str:
        """Open the preset again at today's market; return a message about the trade.

        A trade that was edited, or is on quotes of a file, stays as it is.
        """
        draft = self.editor.state.draft
        if self.editor.state.dirty or draft.chain is not None:
            why = "on quotes of a file" if draft.chain is not None else "edited"
            return f"the trade is {why} and keeps its prices"
        problem = self.editor.open(draft.preset.path or draft.preset.name)
        self.figures.new_axis()
        return problem or "the trade is priced at them"

    def follow_book(self, risk: BookRisk | None) -> bool:
        """Take open risk and buying power from the book as it is now, where they are the book's.

        Returns whether anything changed.
        """
        if risk is None or not self.beside_book or risk == self.editor.book:
            return False
        self.editor.hold_beside(risk)
        return True

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Show what another page has changed, and keep nothing of what was open above this one."""
        # What has just been styled is not styled again before it is painted for the first time.
        event.refresh_styles, self._resumed = self._resumed, True
        forget_closed_widgets()
        self.show()

    def show_page(self, name: str) -> None:
        """Open a page, which the session opens with next time; the trade's own comes back."""
        if name == self.page_name:
            return
        self.page_name = name
        self.open_page(name)
        self.keep_session()

    def take_quotes(self, draft: Draft, path: Path) -> str:
        """Go on with the trade on a file of quotes; return what to say of it."""
        self.editor.go_on_with(draft, chain_path=path)
        self.figures.new_axis()
        return f"on the quotes of {path.name}"

    def keep_session(self) -> None:
        """Write the session once things are quiet."""
        # A key moves the time alone: to stop a timer and start another takes longer.
        self._changed_at = monotonic()
        if self._autosave_timer is None:
            self._autosave_timer = self.set_timer(AUTOSAVE_SECONDS, self._save_if_quiet)

    def _save_if_quiet(self) -> None:
        quiet = monotonic() - self._changed_at
        if quiet < AUTOSAVE_SECONDS - SAME_TIME:
            self._autosave_timer = self.set_timer(AUTOSAVE_SECONDS - quiet, self._save_if_quiet)
            return
        self._autosave_timer = None
        self.autosave.save_in_background()

    def _snapshot(self) -> session_file.Snapshot | None:
        """Return the session as it stands; None before the engine has come, when nothing is new."""
        if self._editor is None:
            return None
        return session_file.snapshot(
            self._editor,
            palette=self.figures.palette,
            theme=self.app.theme,
            view=self.view_name,
            focus=self.form.row.key,
            page=self.page_name,
            pages=self.page_states,
        )

    def _laid_out(self, _: object) -> None:
        """Redraw resized and newly visible widgets."""
        sizes = tuple((widget, widget.size) for widget in self.query(Widget) if seen(widget))
        if sizes != self._sizes:
            self._sizes = sizes
            self.call_later(self.show)

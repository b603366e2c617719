"""What all pages beside the trade have in common: tabs, message row, keys, and work in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import actions
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import ScreenResume
from textual.widget import Widget

from riskcalc.errors import RiskcalcError
from riskcalc.tui import form_rows
from riskcalc.tui.keys import Key, page_table, with_briefs
from riskcalc.tui.message_row import KeyRow, MessageRow, TooSmall
from riskcalc.tui.page_screen import PageScreen
from riskcalc.tui.pages.registry import page_tabs
from riskcalc.tui.pages.tab_row import TabRow
from riskcalc.tui.panels import Background

if TYPE_CHECKING:
    from riskcalc.editor import TradeEditor
    from riskcalc.tui.trade_screen import TradeScreen

T = TypeVar("T")

EARLY = frozenset({"show_page", "reload", "next_theme", "show_help", "command_palette", "quit"})
"""Actions that need no engine."""


class Page(PageScreen):
    """A page beside the trade, on the same editor.

    A subclass has a `NAME` and the bindings of it, composes its body, and fills it in `reload`, which is
    called when the page is opened, when it is opened again, and once the engine is loaded.
    """

    NAME: ClassVar[str]
    """Its name in the session and in the table of keys."""
    FILLED_BEFOREHAND: ClassVar[bool] = True
    """Whether reading what it shows is little enough to do it before anybody asks."""
    CSS_PATH = "pages.tcss"

    def __init__(self, trade: TradeScreen) -> None:
        super().__init__()
        self.trade = trade
        """The page of the trade, which has the editor and keeps the session."""
        self.tab_row = TabRow(self._tabs(), current=self.NAME)
        self.message = MessageRow()
        self.key_row = KeyRow()
        self.background = Background(self)
        self._is_shown = False
        self._styled = True
        """Whether its styles are those of now: Textual styles nothing anew that is not shown."""
        self.about = ""
        """What the page says when there is nothing else to say."""

    @property
    def editor(self) -> TradeEditor:
        """The editor, available once the engine is loaded."""
        return self.trade.editor

    @property
    def table(self) -> tuple[Key, ...]:
        """The keys of the page under the app's keymap."""
        return page_table(self.NAME, self.app._keymap)  # noqa: SLF001 - Textual has no public way to read it

    @property
    def state(self) -> Mapping[str, str]:
        """What the session keeps of the page."""
        return self.trade.page_states.get(self.NAME, {})

    def keep(self, **state: str) -> None:
        """Keep some of the page's state in the session."""
        self.trade.page_states[self.NAME] = {**self.state, **state}
        self.trade.keep_session()

    def compose(self) -> ComposeResult:
        """Tabs, the body, messages and keys."""
        yield self.tab_row
        with Container(id="page"):
            yield from self.compose_page()
        yield self.message
        yield self.key_row
        yield TooSmall(id="too-small")

    def compose_page(self) -> Iterator[Widget]:
        """The body of the page."""
        raise NotImplementedError

    def reload(self) -> None:
        """Fill the body from the editor and the user's files; the engine is loaded."""
        raise NotImplementedError

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Show what is known now."""
        # What has just been styled is not styled again before it is painted for the first time.
        event.refresh_styles = not self._styled
        if self.app.screen is not self:
            # Made beforehand: by the time it is shown, theme and size may have changed.
            self._styled = False
            if self.FILLED_BEFOREHAND:
                self.refresh_page()
        # Textual says it twice of a page that is new.
        elif not self._is_shown:
            self._is_shown = True
            self.show_keys()
            self.refresh_page()

    def on_screen_suspend(self) -> None:
        """Be ready to be shown again, in the styles of then."""
        self._is_shown = self._styled = False

    def briefs(self) -> Mapping[str, str]:
        """Texts of commands in the key line that differ from the usual ones; empty ones omit a command."""
        return {}

    def show_keys(self) -> None:
        """Show the keys that do something as the page stands."""
        self.key_row.show(with_briefs(self.table, self.briefs()))

    def refresh_page(self) -> None:
        """Reload the page once the engine is loaded; until then say so."""
        if not self.trade.ready:
            self.message.show("loading the engine; keys of the page work in a moment", kind="note")
            self.trade.when_ready(self.refresh_page)
            return
        self.tab_row.show(form_rows.heading(self.editor), self._tabs())
        self.message.show(self.about)
        self.reload()

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run work in a thread and pass its result on; what cannot be read is said in the message row."""

        def safe() -> T | RiskcalcError:
            try:
                return work()
            except RiskcalcError as error:
                return error

        def deliver(answer: T | RiskcalcError) -> None:
            if isinstance(answer, RiskcalcError):
                self.problem(str(answer))
            else:
                then(answer)

        self.background.ask(safe, deliver)

    def note(self, text: str) -> None:
        """Show a note."""
        self.message.show(text, kind="note")

    def problem(self, text: str) -> None:
        """Show what went wrong, in its first line."""
        self.message.show((text.splitlines() or [""])[0], kind="problem")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what needs the engine until it is loaded, as the message row says."""
        if self.trade.ready or action in EARLY:
            return super().check_action(action, parameters)
        return all(actions.parse(key.action)[1] != action for key in self.table)

    def run_command(self, key: Key) -> None:
        """Run a command, as from the command palette."""
        _, action, arguments = actions.parse(key.action)
        if self.check_action(action, arguments):
            getattr(self, f"action_{action}")(*arguments)

    def on_tab_row_chosen(self, message: TabRow.Chosen) -> None:
        """Open the page whose tab was clicked."""
        self.action_show_page(message.name)

    def action_show_page(self, name: str) -> None:
        """Open another page."""
        self.trade.show_page(name)

    def action_reload(self) -> None:
        """Read the user's files again."""
        self.refresh_page()

    def action_next_theme(self) -> None:
        """Switch to the next theme."""
        self.note(self.trade.next_theme())

    def action_show_help(self) -> None:
        """Show every key of the page."""
        from riskcalc.tui.dialogs.help_screen import HelpScreen  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(HelpScreen(self.table))

    def action_command_palette(self) -> None:
        """Open the command palette."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Save the session and quit."""
        self.app.exit()

    def _tabs(self) -> tuple[tuple[str, str, str], ...]:
        return page_tabs(self.trade.key_row.table)

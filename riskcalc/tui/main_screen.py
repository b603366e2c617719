"""The main screen: keys, clicks and pasted text become the actions of the trade screen.

Keys that come before the engine wait in a queue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import actions, events
from textual.binding import BindingType

from riskcalc.tui.actions import EditActions, FileActions, ViewActions
from riskcalc.tui.figures.figure_widget import CrosshairMoved, ZoomChanged
from riskcalc.tui.form import Form
from riskcalc.tui.header import Header
from riskcalc.tui.keys import KEEPS_TYPING, KEYS, STEPS, Key, remapped

if TYPE_CHECKING:
    from riskcalc.editor import TradeEditor
    from riskcalc.editor.session_file import SessionPreview

STARTS, GOES_ON, SIGNS = "123456789.", "0123456789.,+-%/", "+-"
"""Characters that start or continue typing into a field; signs start it in a signed field."""

LONGEST_PASTE = 20
"""Characters that a pasted number has at most."""


class MainScreen(EditActions, ViewActions, FileActions, inherit_bindings=False):
    """The trade screen with its keys and its mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in KEYS]

    def __init__(
        self,
        session_preview: SessionPreview | None,
        *,
        cancel_work: Callable[[], bool] = lambda: False,
        open_page: Callable[[str], object] = lambda _: None,
        page_makers: Sequence[Callable[[], object]] = (),
    ) -> None:
        super().__init__(
            session_preview, cancel_work=cancel_work, open_page=open_page, page_makers=page_makers
        )
        self._waiting: deque[tuple[str, str | None]] = deque()
        self._refused = False
        self._keymap: Mapping[str, str] = {}

    def begin(self, editor: TradeEditor, *, note: str = "") -> None:
        """Start with the loaded editor, then replay queued keys."""
        super().begin(editor, note=note)
        # What was typed after a key that opens a dialog or a page was not meant for the trade.
        shown = self.app.screen
        while self._waiting and self.app.screen is shown:
            self.press(*self._waiting.popleft())
        self._waiting.clear()

    def on_key(self, event: events.Key) -> None:
        """Handle every key of the main screen; no binding or widget sees it."""
        event.stop()
        event.prevent_default()
        # A key pressed before a dialog opened is dropped.
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
            self.note("the pasted text is not a number")

    @property
    def table(self) -> tuple[Key, ...]:
        """The table of keys under the app's keymap."""
        keymap: Mapping[str, str] = self.app._keymap  # noqa: SLF001 - Textual has no public way to read it
        if keymap != self._keymap:
            self._keymap = keymap
            self.key_row.show(remapped(keymap))
        return self.key_row.table

    def refresh_bindings(self) -> None:
        """Write the key line again where the keymap has changed."""
        super().refresh_bindings()
        self.key_row.show(self.table)

    def press(self, key: str, character: str | None) -> None:
        """Type into the field, or run the key's command."""
        self._note = ""
        self.preparation.keys += 1
        bound = next((row for row in self.table if key in row.keys), None)
        if not self.ready:
            self._press_early(key, character, bound)
        elif character and self._takes(character):
            self.type_text((self.typing.text if self.typing else "") + character)
        elif bound is not None:
            self.run_command(bound)

    def _press_early(self, key: str, character: str | None, bound: Key | None) -> None:
        """Keep a key for the engine, which Escape stops; without a trade to come, quit."""
        if self._refused:
            if bound is not None and bound.name == "quit":
                self.action_quit()
        elif bound is None or bound.name != "revert" or not self.cancel_work():
            self._waiting.append((key, character))

    def refuse(self, problem: str) -> None:
        """Say why there is no trade, and wait for the key that quits."""
        self._refused = True
        self.message.show(problem, kind="problem")

    def run_command(self, key: Key) -> None:
        """Run a command, first applying the typed text if it leaves the field."""
        if not self.ready:
            self._waiting.append((key.keys[0], None))
        elif key.name in KEEPS_TYPING or self.typing is None or self.commit_typing():
            if key.name not in STEPS:
                self.settle()
            # Run directly: from the app's queue, later keys would overtake it.
            _, action, arguments = actions.parse(key.action)
            getattr(self, f"action_{action}")(*arguments)

    def on_crosshair_moved(self, message: CrosshairMoved) -> None:
        """Share the crosshair among the figures."""
        self.figures.set_crosshair(message.spot)

    def on_zoom_changed(self, message: ZoomChanged) -> None:
        """Zoom by the wheel."""
        if self.ready:
            self.figures.zoom_by(message.step)
            self.show_pictures()

    def on_header_chosen(self, message: Header.Chosen) -> None:
        """Open the page whose tab was clicked."""
        self.show_page(message.name)

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

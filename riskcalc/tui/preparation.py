"""What saves the session, and the pages, made before they are asked for, while no key comes."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

QUIET_SECONDS = 0.5
"""Time without a key after which the next step is taken [seconds]."""

PAUSE_SECONDS = 1 / 60
"""Time between two steps [seconds]."""

MODULES = (
    # Saving the session needs these; a session that is restored from its records has not loaded them.
    "pydantic_core.core_schema",
    "annotated_types",
    "pydantic.json_schema",
    "pydantic.types",
    "pydantic.main",
    "tomlkit",
    "riskcalc.presets.fields",
    "riskcalc.presets.schema",
    "riskcalc.presets.document_text",
    "riskcalc.presets.document",
    "riskcalc.tui.pages.today_page",
    "riskcalc.signals.rules",
    "riskcalc.signals.files",
    "riskcalc.signals.board",
    "riskcalc.trading_day",
    "riskcalc.book.importers.text",
    "riskcalc.book.importers.ibkr",
    "riskcalc.book.imports",
    "riskcalc.book.risk",
    "riskcalc.book.journal",
    "riskcalc.book.book",
    "riskcalc.editor.pages.today_sections",
    "riskcalc.editor.pages.today",
    "riskcalc.tui.pages.chain_page",
    "riskcalc.editor.pages.chain",
    "riskcalc.editor.pages.book",
    "riskcalc.editor.pages.book_tables",
    "riskcalc.tui.pages.bar_view",
    "textual.widgets.data_table",
    "riskcalc.tui.pages.book_page",
    "riskcalc.editor.pages.journal",
    "riskcalc.editor.pages.trade_details",
    "riskcalc.tui.pages.journal_page",
)
"""First what the session is saved with, then in the order of the tabs; those below others before them, so
that none takes much longer than a frame."""

STYLES = Path(__file__).with_name("pages") / "pages.tcss"


class Preparation:
    """Imports a module at a time once the numbers are live, then makes a page at a time; a key puts it off.

    A step takes about as long as a frame, and the first opening of a page no longer than the next.

    Parameters
    ----------
    screen : Screen
        Whose timers are used.
    page_makers : sequence of callable
        Each makes a page without showing it.
    """

    def __init__(self, screen: Screen[None], page_makers: Sequence[Callable[[], object]]) -> None:
        self._screen = screen
        steps: list[Callable[[], object]] = [partial(importlib.import_module, name) for name in MODULES]
        steps += [self._read_styles, *page_makers]
        self._left = steps[::-1]
        self.keys = 0
        """Keys that have come; see `start`."""
        self._keys_before = 0

    def start(self) -> None:
        """Wait until no key has come for a while, then take the next step, and so on to the last."""
        if self._left:
            self._keys_before = self.keys
            self._screen.set_timer(QUIET_SECONDS, self._go_on)

    def _go_on(self) -> None:
        if self.keys != self._keys_before or self._screen.message_queue_size:
            self.start()
            return
        if not self._left:
            # Started twice, the other turn has taken the last step.
            return
        self._left.pop()()
        if self._left:
            # After a turn of the event loop: a key that has come meanwhile goes first.
            self._screen.set_timer(PAUSE_SECONDS, self._go_on)

    def _read_styles(self) -> None:
        """Parse the pages' own style sheet: at the first page Textual would parse it and all others again."""
        sheet = self._screen.app.stylesheet
        if not sheet.has_source(str(STYLES)):
            sheet.read(STYLES)
            sheet.parse()

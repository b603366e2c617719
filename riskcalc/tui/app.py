"""The Textual app: shows the last session, loads the engine in the background, and saves the session."""

from __future__ import annotations

import datetime as dt
import gc
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from textual.app import App, SystemCommand
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.screen import Screen
from textual.worker import Worker, get_current_worker

from riskcalc.editor import session_file
from riskcalc.environment import book_path
from riskcalc.errors import BookError, InvalidInputError, RiskcalcError
from riskcalc.presets import DEFAULT_PRESET
from riskcalc.records import dataclass
from riskcalc.tui.autosave import handle_signals
from riskcalc.tui.keymap import read_keymap
from riskcalc.tui.keys import Key
from riskcalc.tui.layout import size_classes
from riskcalc.tui.main_screen import MainScreen
from riskcalc.tui.pages.registry import PAGES, TRADE, PageEntry, page_entry, page_tabs
from riskcalc.tui.terminal_driver import TerminalDriver

if TYPE_CHECKING:
    from riskcalc.book import BookRisk
    from riskcalc.domain import BookUse
    from riskcalc.editor import TradeEditor
    from riskcalc.presets import Preset
    from riskcalc.signals.book_values import BookValues

Tell = Callable[[str, float], object]
"""Callback with the current work and its progress, a fraction."""


LIVE_MAX_AGE = dt.timedelta(minutes=15)
"""Fetched quotes are used again for so long."""

COLLECTIONS = (10_000, 5, 2)
"""Objects, and collections of each generation, between two garbage collections.

Closed dialogs and pages are cycles of some hundred objects, which only a full collection frees. It comes
after 100,000 of them, 10 MB; by Python's own rule ten times as much waits.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """Preset, quotes and settings to open; none of them means the last session."""

    preset: str = ""
    chain: Path | None = None
    at: str = "mid"
    sticky: str = "strike"
    settings: dict[str, Any] = field(default_factory=dict)
    chain_spot: float | None = None
    chain_date: dt.date | None = None
    live: bool = False
    """Whether quotes of the preset's underlying are fetched."""
    today: dt.date | None = None
    """Day the trade is planned for; None makes no check of the market's age."""
    held_against_day: bool = False
    """Whether plans are held against the signals and events of that day."""
    book_wanted: bool = False
    """Whether open risk and buying power come from the user's book, where there is one."""

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.preset or self.chain or self.settings or self.live)

    def editor(self, tell: Tell) -> tuple[TradeEditor, str]:
        """Open the editor on the signals and events of the day, with a note to show; see `_opened`."""
        risk = self._book_risk()
        editor, note = self._opened(tell, use=_use_of(risk))
        if risk is not None:
            editor.hold_beside(risk)
            note = "; ".join(filter(None, [f"open risk and buying power are those of {_words(risk)}", note]))
        if self.held_against_day and self.today is not None:
            from riskcalc.trading_day import read_trading_day  # noqa: PLC0415 - not needed for the first frame

            editor.hold_against(read_trading_day(self.today, book=self._read_book))
        editor.plan_now()
        return editor, note

    def _book_risk(self) -> BookRisk | None:
        """Risk of the user's open trades; None without a book, which loads no SQLite."""
        if not (self.book_wanted and book_path().exists()):
            return None
        from riskcalc.book.use import user_book_risk  # noqa: PLC0415 - not needed for the first frame

        try:
            return user_book_risk(today=self.today)
        except BookError as error:
            raise BookError(f"{error}; riskcalc screen --no-book leaves it out") from error

    def _read_book(self) -> BookValues | None:
        """The values of the user's book, imported only for rules on it."""
        from riskcalc.book import read_book_values  # noqa: PLC0415 - as above

        return None if self.today is None else read_book_values(self.today)

    def _opened(self, tell: Tell, *, use: BookUse | None) -> tuple[TradeEditor, str]:
        """Open the editor, with a note to show; imports the engine, so call it in a thread.

        Raises
        ------
        RiskcalcError
            The preset or the quotes cannot be read.
        """
        if not self.asks:
            from riskcalc.editor import session_file  # noqa: PLC0415 - not needed for the first frame

            return session_file.restore(today=self.today, book=use)
        from riskcalc.editor import TradeEditor, open_draft  # noqa: PLC0415 - as above
        from riskcalc.presets import load_preset  # noqa: PLC0415 - as above

        name = self.preset or DEFAULT_PRESET
        preset = load_preset(name, self.settings, book=use)
        if self.live:
            return self._live_editor(preset, tell)
        if self.chain is None:
            # What was set differs from the file: only the trade as the file has it counts as saved.
            clean = load_preset(name, book=use) if self.settings else None
            opened = None if clean is None else open_draft(clean, today=self.today)
            return TradeEditor(open_draft(preset, today=self.today), opened=opened), ""
        tell(f"reading {self.chain.name}", 0.2)
        from riskcalc.chains import read_chain  # noqa: PLC0415 - most sessions read no chain
        from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

        symbol = preset.template.instrument.symbol
        quotes = read_chain(
            self.chain,
            symbol=symbol,
            spot=self.chain_spot,
            date=self.chain_date,
            instruments=load_instruments(),
        )
        tell(f"planning on {self.chain.name}", 0.7)
        draft = open_draft(preset, chain=quotes, at=self.at, sticky=self.sticky, today=self.today)
        note = f"opened on {self.chain.name} at {self.at}"
        return TradeEditor(draft, chain_path=self.chain), "; ".join([note, *quotes.warnings])

    def _live_editor(self, preset: Preset, tell: Tell) -> tuple[TradeEditor, str]:
        """The editor on delayed quotes of the preset's underlying."""
        from riskcalc.chains.live import live_chain  # noqa: PLC0415 - most sessions fetch nothing
        from riskcalc.domain import Source  # noqa: PLC0415 - not needed for the first frame
        from riskcalc.editor import TradeEditor, open_draft  # noqa: PLC0415 - as above
        from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

        fund = preset.template.instrument
        if fund.against:
            line = f"riskcalc quote --live {fund.held} {fund.against}"
            raise InvalidInputError(f"{fund.symbol} has no options: {line}, then the screen")
        tell(f"fetching {fund.symbol}", 0.2)
        live = live_chain(
            fund.symbol, now=dt.datetime.now(tz=dt.UTC), max_age=LIVE_MAX_AGE, instruments=load_instruments()
        )
        tell(f"planning on {fund.symbol}", 0.7)
        draft = open_draft(
            preset,
            chain=live.chain,
            at=self.at,
            sticky=self.sticky,
            today=self.today,
            quotes_from=Source.LIVE,
        )
        return TradeEditor(draft), "; ".join([live.note, *live.chain.warnings])


def _words(risk: BookRisk) -> str:
    from riskcalc.book.use import book_words  # noqa: PLC0415 - not needed for the first frame

    return book_words(risk)


def _use_of(risk: BookRisk | None) -> BookUse | None:
    if risk is None:
        return None
    from riskcalc.book.use import book_use  # noqa: PLC0415 - not needed for the first frame

    return book_use(risk)


@runtime_checkable
class HasCommands(Protocol):
    """A page, whose commands the palette lists."""

    @property
    def table(self) -> tuple[Key, ...]:
        """Its commands."""

    def run_command(self, key: Key) -> None:
        """Run one."""


class RiskApp(App[None]):
    """riskcalc's screen on one editor."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "riskcalc"
    ENABLE_COMMAND_PALETTE = True
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False
    ANIMATION = "none"
    DEFAULT_MODE = TRADE

    def __init__(
        self, opening: LaunchOptions | None = None, *, keymap: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._user_keymap = dict(keymap or {})
        self.opening = opening or LaunchOptions()
        self.animation_level = "none"
        self._glimpse = None if self.opening.asks else session_file.session_preview()
        self.main_screen = MainScreen(
            self._glimpse,
            cancel_work=self.cancel_work,
            open_page=self.open_page,
            page_makers=[partial(self.prepare_page, page.name) for page in PAGES],
        )
        self.main_screen.beside_book = self.opening.book_wanted
        self.refused: RiskcalcError | None = None
        """Why the requested trade cannot be opened."""
        self._work: Worker[None] | None = None
        self._pages = {TRADE}
        """Names of the pages that have been opened."""
        self.unkept = ""
        """Why the session could not be saved on exit."""
        self._stopped = ""
        """Note about canceled work."""

    def get_default_screen(self) -> Screen[Any]:
        """The page of the trade, with the layout of the terminal's size: to style it twice costs a frame."""
        self.main_screen.fit(self.size)
        return self.main_screen

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver; in a terminal, one that survives odd input."""
        driver = super().get_driver_class()
        if not issubclass(TerminalDriver, driver):  # a browser's, or one set in the environment
            return driver
        return TerminalDriver

    def on_mount(self) -> None:
        """Apply the theme, the keys and the page of the last session."""
        if self._glimpse and self._glimpse.theme in self.available_themes:
            self.theme = self._glimpse.theme
        # Of a mode known before, Textual would parse and apply the style sheet twice.
        self.add_mode(TRADE, self.get_default_screen)
        self.set_keymap(self._user_keymap)
        self.main_screen.refresh_bindings()
        self.main_screen.header.show_tabs(page_tabs(self.main_screen.table), current=TRADE)
        handle_signals(self, keep=self.keep_all)
        if self.main_screen.page_name:
            self.open_page(self.main_screen.page_name)

    def on_ready(self) -> None:
        """Load the engine: the first frame is painted."""
        self._start()

    def _start(self) -> None:
        self._work = self.run_worker(self._load_engine, thread=True, exclusive=True, group="work")

    def _load_engine(self) -> None:
        """Open the editor in a thread: the imports, the session or the preset, the quotes."""
        worker = get_current_worker()

        def tell(words: str, done: float) -> None:
            if not worker.is_cancelled:
                self.call_from_thread(self.main_screen.message.show_progress, words, done=done)

        try:
            editor, note = self.opening.editor(tell)
        except RiskcalcError as error:
            if not worker.is_cancelled:
                self.call_from_thread(self._refuse, error)
            return
        # Objects of the engine are permanent: collecting them would delay a key by 20 ms.
        gc.freeze()
        # A key makes some thousand objects and frees as many by itself: looking through them at each
        # seven hundred, as Python does, finds nothing.
        gc.set_threshold(*COLLECTIONS)
        if not worker.is_cancelled:
            begin = partial(self.main_screen.begin, editor, note=f"{self._stopped} {note}".strip())
            # By its own queue, which waits until it is mounted: the session may have opened another page.
            self.call_from_thread(self.main_screen.call_later, begin)

    def open_page(self, name: str) -> None:
        """Show a page, making it if it is not made yet."""
        self.switch_mode(self._add_page(name))

    def prepare_page(self, name: str) -> None:
        """Make a page without showing it."""
        if name not in self._pages:
            self._init_mode(self._add_page(name))

    def _add_page(self, name: str) -> str:
        """Have Textual know how a page is made; return the name of its mode."""
        page = page_entry(name)
        if page.name not in self._pages:
            self._pages.add(page.name)
            self.add_mode(page.name, partial(self._new_page, page))
        return page.name

    def _new_page(self, page: PageEntry) -> Screen[None]:
        """Make a page, in the styles and with the layout of now: each way to come to them later is slow.

        Textual would parse every style sheet again for it, and style all of it again for its size.
        """
        made = page.open(self.main_screen)
        made.add_class(*size_classes(self.size), update=False)
        made._css_update_count = self._css_update_count  # noqa: SLF001 - as Textual sets it after parsing
        return made

    def _refuse(self, error: RiskcalcError) -> None:
        """Exit, so that the command line prints the reason; a browser has none, so there the screen does."""
        self.refused = error
        if not self.is_web:
            self.exit()
            return
        self.open_page(TRADE)
        self.main_screen.refuse(f"the trade cannot be opened: {error}")

    def cancel_work(self) -> bool:
        """Stop reading quotes and open the last session; return whether anything was stopped."""
        if self.main_screen.ready or self.opening.chain is None:
            return False
        self._stopped = f"stopped reading {self.opening.chain.name};"
        was_opening = self.opening
        self.opening = LaunchOptions(
            today=was_opening.today,
            held_against_day=was_opening.held_against_day,
            book_wanted=was_opening.book_wanted,
        )
        if self._work is not None:
            self._work.cancel()
        self._start()
        return True

    def _handle_exception(self, error: Exception) -> None:
        """End with an error, but not over a widget that is missing because the app ends.

        Textual mounts no children of a page or dialog that is being made then, but still says it is mounted.
        """
        if not (self._exit and isinstance(error, NoMatches)):
            super()._handle_exception(error)

    def keep_all(self) -> None:
        """Write the session with the steps that have not been applied yet."""
        if self.main_screen.ready:
            self.main_screen.apply_steps()
        self.unkept = self.main_screen.autosave.keep()

    def on_unmount(self) -> None:
        """Save the session, however the app ends: a key, a closed browser, a signal, an error."""
        self.keep_all()

    def action_command_palette(self) -> None:
        """Open the command palette, whose list of commands is Textual's."""
        importlib.import_module("riskcalc.tui.option_lists")
        super().action_command_palette()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The command palette: every key of the table, then Textual's own."""
        if isinstance(screen, HasCommands):
            for key in screen.table:
                run = partial(screen.run_command, key)
                yield SystemCommand(key.words.capitalize(), f"{key.section}; key {key.shown}", run)
        yield from super().get_system_commands(screen)


def run(opening: LaunchOptions | None = None) -> None:
    """Open the screen and stay until it is left.

    Raises
    ------
    RiskcalcError
        What was asked for cannot be opened, or the user's keys are wrong.
    """
    app = RiskApp(opening, keymap=read_keymap())
    app.run()
    if app.refused is not None:
        raise app.refused
    if app.unkept:
        sys.stderr.write(f"riskcalc: the session is not saved: {app.unkept}\n")
    if app.return_code:
        sys.exit(app.return_code)

"""One running screen for all tests of a process, made like new before each script.

Starting a screen mounts its widgets, styles them and lays them out: longer than most scripts take.
`tests/tui/test_shared_screen.py` holds one that was used against one that has just been started.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

import pytest
from textual.geometry import Offset
from textual.worker import WorkerError

from riskcalc.editor import session_file
from riskcalc.tui.app import RiskApp
from riskcalc.tui.figures.palette import PALETTES
from riskcalc.tui.layout import VIEWS
from riskcalc.tui.pages.registry import TRADE
from riskcalc.tui.panels import ComputedView, PlanPanel

THEME = "textual-dark"


def all_colors(environment):
    """Let a screen find a terminal with all colors, whatever these tests run in."""
    environment.setenv("TERM", "xterm-256color")
    environment.setenv("COLORTERM", "truecolor")
    environment.delenv("NO_COLOR", raising=False)


@contextlib.contextmanager
def as_they_were():
    """Leave the streams of a test in place: a screen that starts takes them, and gives those back later."""
    with contextlib.redirect_stdout(sys.stdout), contextlib.redirect_stderr(sys.stderr):
        yield


class SharedScreen:
    """A screen that is started once; `end` ends it."""

    def __init__(self):
        self.runner = None

    def __call__(self, script, *, size, opening, keep=()):
        """Return what a script returns that gets the pilot."""
        if session_file.session_path().exists():
            raise ValueError("a session is restored by a screen of its own: start(), not drive()")
        if self.runner is None:
            # One runner keeps one context, which Textual knows its app by.
            self.runner = asyncio.Runner()
            with as_they_were():
                self.runner.run(self._start())
        try:
            return self.runner.run(self._run(script, size, opening, keep))
        except BaseException:
            self.end()
            raise

    def end(self):
        """End the screen, where there is one; what a failed test left of it raises nothing more."""
        if self.runner is not None:
            # Nothing to keep: a session would reach the next test.
            self.app.main_screen._editor = None
            with contextlib.suppress(Exception), as_they_were():
                self.runner.run(self.running.__aexit__(None, None, None))
            self.runner.close()
            self.runner = None

    async def _start(self):
        with pytest.MonkeyPatch.context() as environment:
            all_colors(environment)
            self.app = RiskApp()
        # Each script begins again, and must not import behind the ones that do so already.
        self.app.main_screen.preparation._left.clear()
        self.running = self.app.run_test(size=(120, 40))
        self.pilot = await self.running.__aenter__()
        while not self.app.main_screen.ready:
            await self.pilot.pause(0.02)
        self.app.main_screen.preparation._read_styles()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(name)
        self.untouched = {widget: set(vars(widget)) for widget in self._objects()}

    async def _run(self, script, size, opening, keep):
        await self._close_pages(keep)
        await self._renew(size, opening)
        try:
            return await script(self.pilot)
        finally:
            await self._tidy()

    def _objects(self):
        return (self.app, *self.app.main_screen.walk_children(with_self=True))

    async def _tidy(self):
        """Leave nothing running, and nothing patched."""
        timer = self.app.main_screen._autosave_timer
        if timer is not None:
            timer.stop()
            self.app.main_screen._autosave_timer = None
        with contextlib.suppress(WorkerError):
            await self.app.workers.wait_for_complete()
        # What a long script saved meanwhile is not the start of the next.
        session_file.session_path().unlink(missing_ok=True)
        if self.app._exit:
            raise ValueError("a script that leaves the screen needs one of its own: start(), not drive()")
        for one, names in self.untouched.items():
            for name in set(vars(one)) - names:
                if callable(getattr(type(one), name, None)):
                    delattr(one, name)

    async def _renew(self, size, opening):
        app, main_screen = self.app, self.app.main_screen
        app.set_focus(None)
        app.set_keymap({})
        app._clipboard, app.mouse_position = "", Offset(0, 0)
        app._set_mouse_over(None, None)
        app.theme = THEME
        app.opening, main_screen.beside_book = opening, opening.book_wanted
        self._renew_trade(main_screen)
        if app.size != size:
            await self.pilot.resize_terminal(*size)
        editor, note = opening.editor(lambda *_: None)
        main_screen.begin(editor, note=note)
        await self.pilot.pause()
        await self.pilot.pause()

    async def _close_pages(self, keep):
        """Back to the trade alone; a page that is not kept is made anew when it is opened again."""
        app = self.app
        app.switch_mode(TRADE)
        while len(app.screen_stack) > 1:
            await app.pop_screen()
        # A page below a dialog is none to go on with.
        kept = {name for name in keep if len(app._screen_stacks.get(name, ())) == 1}
        for name in app._pages - {TRADE, *kept}:
            await app.remove_mode(name)
            app._pages.remove(name)

    def _renew_trade(self, screen):
        """Forget what the trade's page keeps beside its editor."""
        screen._editor = None
        screen.page_name, screen.page_states, screen._focus = "", {}, ""
        screen.typing, screen._steps, screen._note = None, None, ""
        screen._waiting.clear()
        # Classes that stay as they are style nothing again.
        screen.remove_class("-maximized")
        if screen.view_name != VIEWS[0]:
            screen.remove_class(f"-view-{screen.view_name}", update=False)
            screen.add_class(f"-view-{VIEWS[0]}")
            screen.view_name = VIEWS[0]
        screen.form._top = 0
        figures = screen.figures
        figures._wear(PALETTES[0])
        figures.new_axis()
        figures._state = figures._axis_plan = figures._valued = figures._payoff = figures._pinned = None
        for widget in (figures.chart, figures.strip, figures.heatmap):
            widget._figure = None
        figures.chart._pinned = figures.chart._money = None
        for panel in screen.query(PlanPanel):
            panel._requested = panel._state = panel._kind = None
            panel._lines, panel._rows = [], 1
        for view in screen.query(ComputedView):
            view._asked = view._drawn_for = None
            view._text.update(view.WORKING)
            view._dim(None)
        for widget in screen.walk_children():
            widget.scroll_home(animate=False, immediate=True)


SHARED = SharedScreen()

"""Drives the screen without a terminal: presses keys, and says what is on it.

`drive` gives a script a screen that looks and answers as a new one: the same one in all tests of a process,
since starting one takes longer than most scripts. `start` starts one and ends it, which writes the session.
"""

from __future__ import annotations

import asyncio

from riskcalc.tui.app import LaunchOptions, RiskApp
from tests.tui.shared_screen import SHARED

LONGEST = 400
"""Rounds to wait."""


def drive(script, *, size=(120, 40), opening=None, keep=()):
    """Run an async script with the pilot of a live screen; returns what the script returns.

    The screen keeps no session, so a script must not leave it. Pages that are kept stay as they are.
    """
    return SHARED(script, size=size, opening=opening or LaunchOptions(), keep=keep)


def start(script, *, size=(120, 40), opening=None, keymap=None):
    """Run an async script on a screen of its own, from start to end; returns what the script returns."""

    async def run():
        app = RiskApp(opening or LaunchOptions(), keymap=keymap)
        async with app.run_test(size=size) as pilot:
            await live(pilot)
            return await script(pilot)

    return asyncio.run(run())


async def live(pilot):
    """Wait for the engine."""
    await until(pilot, lambda: pilot.app.main_screen.ready)
    await pilot.pause()
    await pilot.pause()


async def until(pilot, holds):
    """Wait until something holds."""
    for _ in range(LONGEST):
        if holds():
            break
        await pilot.pause(0.02)
    assert holds()


async def settle(pilot):
    """Wait for what runs in threads, for what their answers start, and for the frames of both."""
    await pilot.pause()
    while any(not worker.is_finished for worker in pilot.app.workers):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()


def strips(app):
    """The lines of the screen as it is composed."""
    return app.screen._compositor.render_strips()


def text(app):
    """The screen as plain text."""
    return "\n".join(strip.text.rstrip() for strip in strips(app))


def painted(app):
    """Text and style of every run of cells."""
    return [[(segment.text, segment.style) for segment in strip] for strip in strips(app)]

"""Drives the screen without a terminal: starts it, presses keys, and says what is on it."""

from __future__ import annotations

import asyncio

from riskcalc.tui.app import LaunchOptions, RiskApp

LONGEST = 400
"""Rounds to wait for the engine."""


def drive(script, *, size=(120, 40), opening=None):
    """Run an async script with the pilot of a live screen; returns what the script returns."""

    async def run():
        app = RiskApp(opening or LaunchOptions())
        async with app.run_test(size=size) as pilot:
            await live(pilot)
            return await script(pilot)

    return asyncio.run(run())


async def live(pilot):
    """Wait for the engine."""
    for _ in range(LONGEST):
        if pilot.app.main_screen.ready:
            break
        await pilot.pause(0.02)
    assert pilot.app.main_screen.ready
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

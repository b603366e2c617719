"""Waits for the screen by what its event loop has to do: Textual's pilot sleeps 40 ms for each key."""

from __future__ import annotations

import asyncio
import math
import time

import textual.app
import textual.pilot
import textual.screen

FRAME_SECONDS = 0.004
"""Time between frames; Textual's own is four times as long."""
SOON = 0.02
"""A timer that is due in less is waited for: frames are."""
ROUNDS = 3
"""Rounds of the loop in which nothing happens."""
STEP = 0.005
"""Time between two looks at a thread."""
IDLE_STEPS = 4
"""Steps in which a thread does nothing, as one that waits for its test does."""


def wait_by_events():
    """Have pilots wait for what there is to do, and for no time beside it."""
    textual.app.wait_for_idle = textual.pilot.wait_for_idle = wait_until_idle
    textual.pilot.Pilot._wait_for_screen = wait_for_screen
    textual.screen.UPDATE_PERIOD = FRAME_SECONDS


async def wait_for_screen(pilot, timeout=1.0):  # noqa: ASYNC109 - Textual's
    """Wait for all messages; whether the screen goes on."""
    await wait_until_idle(0, timeout)
    return pilot.app._exception is None


async def wait_until_idle(min_sleep=0.0, max_sleep=1.0):  # noqa: ARG001 - Textual's
    """Wait until no message, callback, frame or busy thread is left; at most so long."""
    loop = asyncio.get_running_loop()
    end, quiet = time.monotonic() + max_sleep, 0
    while quiet < ROUNDS and time.monotonic() < end:
        await asyncio.sleep(0)
        if loop._ready:
            quiet = 0
        elif (due := next_timer(loop)) < SOON:
            await asyncio.sleep(max(due, 0))
            quiet = 0
        elif busy_threads(loop) and await works(loop):
            quiet = 0
        else:
            quiet += 1


def next_timer(loop):
    """Seconds to the next timer."""
    times = [one._when for one in loop._scheduled if not one._cancelled]
    return min(times, default=math.inf) - loop.time()


def busy_threads(loop):
    """How many threads have something to do."""
    pool = loop._default_executor
    return 0 if pool is None else len(pool._threads) - pool._idle_semaphore._value


async def works(loop):
    """Whether threads do anything, or end."""
    for _ in range(IDLE_STEPS):
        before = time.process_time()
        await asyncio.sleep(STEP)
        if not busy_threads(loop) or time.process_time() - before > STEP / 10:
            return True
    return False

"""Ten thousand keys and two hundred sizes: no crash, no hang, no growth of memory."""

from __future__ import annotations

import itertools
import random
import sys

import pytest

from tests.terminal import Terminal

KEYS, SIZES, BURST = 10_000, 200, 10
MOST_GROWTH = 40e6
"""Memory that may be gained from the tenth part of the way to the end [bytes]."""
LETTERS = "jkhlLHuUrcxvadbtpmeg[]+-0zsSoyJK?0123456789."
NAMED = ("up", "down", "pageup", "pagedown", "tab", "enter", "escape", "backspace")


def bursts(source):
    """Keys as they might be hit; a dialog is left again with the last one."""
    keys = [*LETTERS, *NAMED, *NAMED]
    while True:
        yield [*source.choices(keys, k=BURST - 1), "escape"]


@pytest.mark.slow
def test_random_keys_and_sizes(tmp_path):
    source = random.Random(20_261_121)  # noqa: S311 - repeatable, not secret
    apart = {
        "RISKCALC_SESSION": str(tmp_path / "session.json"),
        "RISKCALC_PRESETS": str(tmp_path / "presets"),
    }
    with Terminal([sys.executable, "-m", "riskcalc"], environment=apart) as terminal:
        terminal.wait_for("P(profit)")
        early = 0
        for turn, keys in enumerate(itertools.islice(bursts(source), KEYS // BURST)):
            if turn % (KEYS // BURST // SIZES) == 0:
                terminal.resize(source.randint(20, 220), source.randint(5, 70))
            terminal.key(*keys)
            terminal.settle(quiet=0.0, patience=30)
            assert terminal.process.poll() is None, terminal.text
            if turn == KEYS // BURST // 10:
                early = terminal.memory()
        terminal.resize(120, 40)
        terminal.key("escape", "escape", "escape")
        terminal.settle(quiet=1.0, patience=60)
        terminal.wait_for("MARKET")
        assert terminal.memory() - early < MOST_GROWTH
        terminal.key("q")
        assert terminal.wait_for_end() == 0

"""Twenty thousand keys on all pages, sizes, mouse and pastes: no crash, no hang, no growth of memory."""

from __future__ import annotations

import random
import sys

import pytest

from tests.terminal import Terminal

KEYS, SIZES = 20_000, 400
BURST = KEYS // SIZES
"""Keys sent at once, after each new size."""
MOST_GROWTH = 150e6
"""Memory that the second half may gain [bytes]; in the first, pages load, caches and the undo history fill.

Most runs gain about 10 MB, some 70, by what the keys happen to leave open: 15 kB a key would be a leak.
"""
LETTERS = "jkhlLHuUrcxvadbtpmeg[]+-0zsSoyfJK?0123456789."
"""Without q, and without the palette, which has a command to quit too."""
PAGES = "DCBWTTTTTTTT"
"""Keys of pages; most of the keys are meant for Trade."""
NAMED = ("up", "down", "pageup", "pagedown", "tab", "enter", "backspace", "home", "end")
ESCAPE = "\x1b[27u"
"""Escape as terminals with the kitty protocol send it: what follows cannot make an alt key of it."""
PRESSES = ("<0;{x};{y}M", "<0;{x};{y}m", "<32;{x};{y}M", "<35;{x};{y}M", "<64;{x};{y}M", "<65;{x};{y}M")
"""Mouse down, up, drag, move and wheel."""
TRIES = 20
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
PASTES = (3, 500, 100_000)
"""Lengths [characters]."""


def keys(source):
    """A burst of keys as they might be hit; a dialog that one of them opens is left again."""
    hit = source.choices([*LETTERS, *NAMED, *NAMED], k=BURST)
    hit[9::10] = [ESCAPE] * len(hit[9::10])
    return [*hit, source.choice(PAGES)]


def mouse(source, columns, rows):
    """A few presses, drags and turns of the wheel, some of them outside."""
    return [
        f"\x1b[{press.format(x=source.randint(1, columns + 5), y=source.randint(1, rows + 5))}"
        for press in source.choices(PRESSES, k=5)
    ]


def garbage(source, length):
    """Any characters but the escape, which would end a paste."""
    some = [chr(source.choice((source.randint(0, 26), source.randint(32, 0x2FFF)))) for _ in range(99)]
    return ("".join(some) * (length // 99 + 1))[:length]


def paste(terminal, text):
    """Paste on the screen or into a dialog; the end comes by itself, lest it be cut between two reads."""
    terminal.type(PASTE_START, text)
    terminal.settle_asleep()
    terminal.type(PASTE_END)


def answers(terminal):
    """Whether keys still do something: the help opens and closes."""
    terminal.resize(120, 40)
    for _ in range(TRIES):  # keys that are on their way when a dialog opens are dropped
        terminal.type(ESCAPE)
        terminal.settle_asleep(quiet=0.3)
        terminal.type("?")
        terminal.settle_asleep(quiet=0.7)
        if "up, down scroll" in terminal.text:
            break
    terminal.wait_for("up, down scroll")
    terminal.type(ESCAPE)
    terminal.settle_asleep(quiet=0.3)
    return "up, down scroll" not in terminal.text


@pytest.mark.slow
@pytest.mark.alone
def test_random_keys_and_sizes(tmp_path):
    source = random.Random(20_261_121)  # noqa: S311 - repeatable, not secret
    apart = {
        "RISKCALC_SESSION": str(tmp_path / "session.json"),
        "RISKCALC_PRESETS": str(tmp_path / "presets"),
        "RISKCALC_HOME": str(tmp_path / "home"),
    }
    with Terminal([sys.executable, "-m", "riskcalc"], environment=apart) as terminal:
        terminal.wait_for("P(profit)")
        early = 0
        for turn in range(SIZES):
            columns, rows = source.randint(20, 220), source.randint(5, 70)
            terminal.resize(columns, rows)
            terminal.type(*keys(source), *mouse(source, columns, rows))
            if turn % 10 == 5:
                terminal.type(source.choice("oSf?:0"))
                paste(terminal, garbage(source, source.choice(PASTES)))
                terminal.type(ESCAPE)
            terminal.settle_asleep()
            assert terminal.process.poll() is None, terminal.text
            if turn % 40 == 39:
                assert answers(terminal)
            if turn == SIZES // 2:
                early = terminal.memory()
        terminal.type(ESCAPE, "T")
        terminal.wait_for("q quit")
        assert terminal.memory() - early < MOST_GROWTH
        terminal.key("q")
        assert terminal.wait_for_end() == 0

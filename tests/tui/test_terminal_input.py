"""Bytes from a terminal that are no text, and pastes whose end comes late, in parts or never."""

from __future__ import annotations

import random
import sys
import time

import pytest
from textual import _parser

from riskcalc.tui.terminal_driver import PASTE_END, PASTE_START, PasteParser
from tests.terminal import Terminal

SCREEN = [sys.executable, "-m", "riskcalc"]
ENDINGS = {3, 4, 16, 17, 26, 28}
"""Control characters by which terminal or screen end or stop a program, or open the palette with its quit."""
ESCAPE = "\x1b[27u"


@pytest.fixture
def apart(tmp_path):
    return {"RISKCALC_SESSION": str(tmp_path / "session.json"), "RISKCALC_PRESETS": str(tmp_path / "presets")}


def answers(terminal):
    """Whether keys still do something, once what the noise opened is closed: the help comes and goes."""
    for _ in range(20):
        terminal.type(ESCAPE)
        terminal.settle(quiet=0.2)
        terminal.type("?")
        terminal.settle(quiet=0.4)
        if "up, down scroll" in terminal.text:
            break
    terminal.wait_for("up, down scroll")
    for _ in range(20):
        terminal.type(ESCAPE)
        terminal.settle(quiet=0.3)
        if "up, down scroll" not in terminal.text:
            return True
    return False


def noise(source, length):
    """Any bytes but those that mean the end; most of them are no UTF-8."""
    return bytes(
        byte for byte in source.randbytes(length) if byte not in ENDINGS and chr(byte) not in "q:\x1b"
    )


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("lengths", [(800,), (1500,) * 4])
def test_bytes_that_are_no_text_are_dropped_and_the_keys_around_them_kept(lengths, apart):
    with Terminal(SCREEN, environment=apart) as terminal:
        terminal.wait_for("P(profit)")
        terminal.settle()
        terminal.send(b"\xff\xfe\x1b[A\xc3")
        terminal.wait_for("296.00")
        terminal.send(b"\x1b[A\x80")
        terminal.wait_for("297.00")
        for seed, length in enumerate(lengths):
            terminal.send(noise(random.Random(seed), length))  # noqa: S311 - repeatable, not secret
            terminal.settle(quiet=0.3)
        assert answers(terminal)
        terminal.key("q")
        assert terminal.wait_for_end() == 0


@pytest.mark.slow
@pytest.mark.alone
def test_a_paste_whose_end_is_cut_off_leaves_the_keys_alive(apart):
    with Terminal(SCREEN, environment=apart) as terminal:
        terminal.wait_for("P(profit)")
        terminal.send(b"\x1b[200~301\x1b")
        terminal.settle(quiet=0.5)  # longer than an escape alone is waited for
        terminal.send(b"[201~")
        terminal.wait_for("301_")
        terminal.key("enter")
        terminal.send(b"\x1b[200~302\x1b[20")
        terminal.wait_for("302_")
        assert answers(terminal)


class TestPasteParser:
    @pytest.fixture
    def clock(self, monkeypatch):
        now = [0.0]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        monkeypatch.setattr(_parser, "get_time", lambda: now[0])
        return now

    @pytest.mark.parametrize("cut", range(len(PASTE_END)))
    @pytest.mark.parametrize("ended", [True, False])
    def test_end_in_two_parts_or_never(self, cut, ended, clock):
        parser = PasteParser()
        received = [*parser.feed(f"{PASTE_START}12é{PASTE_END[:cut]}")]
        clock[0] += 1.0
        received += parser.tick()
        assert not received
        if ended:
            received += parser.feed(f"{PASTE_END[cut:]}x")
        else:
            clock[0] += 5.0
            received += [*parser.tick(), *parser.feed("x")]
        assert [type(event).__name__ for event in received] == ["Paste", "Key"]
        assert (received[0].text, received[1].key) == ("12é", "x")

    def test_escape_alone_is_the_key(self, clock):
        parser = PasteParser()
        assert not [*parser.feed(f"{PASTE_START}1{PASTE_END}\x1b")][1:]
        clock[0] += 1.0
        assert [event.key for event in parser.tick()] == ["escape"]

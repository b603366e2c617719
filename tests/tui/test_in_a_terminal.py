"""The whole program in a real terminal: tuned, saved, left and found again."""

from __future__ import annotations

import sys
import tomllib

import pytest

from tests.terminal import Terminal

SCREEN = [sys.executable, "-m", "riskcalc"]


@pytest.fixture
def apart(tmp_path):
    """A session file and a presets folder of the test's own."""
    return {"RISKCALC_SESSION": str(tmp_path / "session.json"), "RISKCALC_PRESETS": str(tmp_path / "presets")}


def live(terminal):
    terminal.wait_for("P(profit)")
    terminal.settle()


def focused(terminal):
    """The row of the form that the keys go to."""
    return next(line for line in terminal.lines if line.lstrip(" │").startswith(">"))


@pytest.mark.slow
@pytest.mark.alone
def test_a_session_that_is_left_or_killed_is_found_again(tmp_path, apart):
    session = tmp_path / "session.json"
    with Terminal(SCREEN, environment=apart) as terminal:
        live(terminal)
        assert_whole(terminal, columns=120)
        assert "295.39" in focused(terminal)
        # What is no text is dropped, and the key in it kept.
        terminal.send(b"\xff\xfe\x1b[A\xc3")
        terminal.wait_for("296.00")
        terminal.key("s")
        terminal.wait_for("saved")
        terminal.key("q")
        assert terminal.wait_for_end() == 0
    saved = tomllib.loads((tmp_path / "presets" / "iwm-call-spread.toml").read_text(encoding="utf-8"))
    assert saved["market"]["quotes"]["IWM"]["spot"] == 296
    with Terminal(SCREEN, environment=apart) as terminal:
        live(terminal)
        assert "296.00" in focused(terminal)
        terminal.key("2", "8", "0", "enter")
        terminal.wait_for("280.00")
        while "280" not in session.read_text(encoding="utf-8"):
            terminal.settle(quiet=0.05)
        terminal.kill()
    with Terminal(SCREEN, environment=apart) as terminal:
        live(terminal)
        assert "280.00" in terminal.text


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize(
    "colors",
    [{"TERM": "xterm-16color", "COLORTERM": None}, {"NO_COLOR": "1"}, {"COLORTERM": None}],
    ids=["16", "none", "256"],
)
def test_the_verdict_and_the_trade_stand_on_every_screen(colors, apart):
    with Terminal(SCREEN, columns=80, rows=24, environment=apart | colors) as terminal:
        live(terminal)
        assert_whole(terminal, columns=80)
        for columns, rows in ((120, 40), (200, 60)):
            terminal.resize(columns, rows)
            terminal.wait_for("PRICE")
            terminal.settle()
            assert_whole(terminal, columns=columns)


def assert_whole(terminal, *, columns):
    assert "SAMPLE" in terminal.lines[0]
    assert "iwm-call-spread" in terminal.lines[0]
    assert all(len(line) == columns for line in terminal.lines)


@pytest.mark.slow
@pytest.mark.alone
def test_a_terminal_that_cannot_draw_gets_the_plain_plan(apart):
    with Terminal([*SCREEN], rows=120, environment=apart | {"TERM": "dumb"}) as terminal:
        assert terminal.wait_for_end() == 0
        assert "Checks" in terminal.text
        assert not terminal.frame_ends


@pytest.mark.slow
@pytest.mark.alone
def test_quotes_that_are_not_there_end_in_one_line(apart):
    with Terminal([*SCREEN, "--chain", "gone.csv"], environment=apart) as terminal:
        assert terminal.wait_for_end() == 2
        assert "riskcalc: gone.csv: cannot be read: No such file" in terminal.text
        assert "Traceback" not in terminal.text

"""The screen for browsers: where it listens, what it warns of, and what it takes."""

from __future__ import annotations

import shlex

import pytest

from riskcalc.cli import serve


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_alone_needs_no_warning(host):
    assert serve.exposure_warning(host, 8000) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "desk.example"])  # noqa: S104 - not bound
def test_any_other_address_is_warned_of(host):
    warning = serve.exposure_warning(host, 8000)
    assert warning.startswith(f"whoever reaches {host}:8000 can read and write your presets")
    assert "without a password" in warning


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        (None, True),
        ("http://localhost:8000", True),
        ("http://localhost:9000", False),
        ("https://elsewhere.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_its_own_page_is_let_in(origin, own):
    assert serve.is_own_page(origin, "localhost:8000") is own


def test_a_preset_goes_to_the_screen_as_one_word():
    assert shlex.split(serve.screen_command("my trade; rm x.toml"))[-2:] == ["screen", "my trade; rm x.toml"]
    assert shlex.split(serve.screen_command(""))[-1] == "screen"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--serve", "--chain", "quotes.csv"], "--serve takes a PRESET alone"),
        (["--serve", "--set", "account.risk=1%"], "leave out settings"),
        (["--port", "9000"], "--host and --port need --serve"),
        (["--serve", "--port", "0"], "--port"),
    ],
)
def test_what_a_served_screen_cannot_take_is_refused(run, arguments, problem):
    code, _, err = run("screen", *arguments)
    assert code == 2
    assert problem in err

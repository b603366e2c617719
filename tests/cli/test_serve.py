"""The screen for browsers: where it listens, what it warns of, and what it takes."""

from __future__ import annotations

import re
import shlex
import socket
from pathlib import Path

import pytest

from riskcalc.cli import serve, web_address


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_alone_needs_no_warning(host):
    assert web_address.exposure_warning(host, 8000) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "desk.example"])  # noqa: S104 - not bound
def test_any_other_address_is_warned_of(host):
    warning = web_address.exposure_warning(host, 8000)
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
    assert web_address.is_own_page(origin, "localhost:8000") is own


def test_a_preset_goes_to_the_screen_as_one_word():
    assert shlex.split(serve.screen_command("my trade; rm x.toml"))[-2:] == ["screen", "my trade; rm x.toml"]
    assert shlex.split(serve.screen_command(""))[-1] == "screen"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--serve", "--chain", "quotes.csv"], "--serve takes a PRESET and --no-book"),
        (["--serve", "--set", "account.risk=1%"], "leave out --set"),
        (["--port", "9000"], "--host and --port need --serve"),
        (["--serve", "--port", "0"], "--port"),
    ],
)
def test_what_a_served_screen_cannot_take_is_refused(run, arguments, problem):
    code, _, err = run("screen", *arguments)
    assert code == 2
    assert problem in err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--host", ""], "--host must be a name or an address of this machine, got ''"),
        (["--host", "no such host"], "cannot listen on --host no such host --port 8000: "),
        (["--host", "192.0.2.1"], "cannot listen on --host 192.0.2.1 --port 8000: "),
        (["no-such-preset"], "no preset is named 'no-such-preset'"),
        (["--book"], "book"),
    ],
)
def test_where_it_cannot_listen_is_one_line(run, arguments, problem):
    pytest.importorskip("textual_serve", reason="the web extra is not installed")
    code, out, err = run("screen", "--serve", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert problem in err


def test_a_taken_port_is_one_line(run):
    pytest.importorskip("textual_serve", reason="the web extra is not installed")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = run("screen", "--serve", "--host", "127.0.0.1", "--port", str(port))
    assert (code, out) == (2, "")
    assert err == f"riskcalc: cannot listen on --host 127.0.0.1 --port {port}: address already in use\n"


@pytest.mark.parametrize(
    ("name", "host", "own"),
    [
        ("localhost", "localhost", True),
        ("127.0.0.1", "localhost", True),
        ("::1", "localhost", True),
        ("", "localhost", False),
        ("192.168.1.7", "localhost", False),
        ("elsewhere.example", "localhost", False),
        ("localhost.elsewhere.example", "localhost", False),
        ("192.168.1.7", "0.0.0.0", True),  # noqa: S104 - not bound
        ("elsewhere.example", "0.0.0.0", False),  # noqa: S104 - as above
        ("desk.example", "Desk.example", True),
        (socket.gethostname().lower(), "0.0.0.0", True),  # noqa: S104 - as above
    ],
)
def test_a_name_of_another_site_is_not_this_machine(name, host, own):
    assert web_address.is_own_name(name, host) is own


def test_the_page_asks_for_nothing_from_elsewhere():
    page = Path(serve.__file__).with_name("screen_page.html").read_text(encoding="utf-8")
    assert set(re.findall(r"""https?://[^"'/]+""", page)) == {"http://www.w3.org"}

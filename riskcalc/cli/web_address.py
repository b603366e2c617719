"""Addresses of the screen in a browser: who reaches them, and which requests are the own page's."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Addresses that only this machine reaches."""


def exposure_warning(host: str, port: int) -> str:
    """Return what listening on an address gives away; nothing for this machine's own."""
    if host in LOOPBACK:
        return ""
    return (
        f"whoever reaches {host}:{port} can read and write your presets, book, account and quotes, "
        "and write reports, without a password"
    )


def address(host: str, port: int) -> str:
    """Return the address of the page.

    Examples
    --------
    >>> address("localhost", 8000), address("::1", 8000), address("0.0.0.0", 80)
    ('http://localhost:8000', 'http://[::1]:8000', 'http://localhost:80')
    """
    name = "localhost" if _is_any(host) else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def is_own_page(origin: str | None, host: str) -> bool:
    """Whether a request comes from this server's page; programs other than browsers send no origin.

    Examples
    --------
    >>> is_own_page("http://localhost:8000", "localhost:8000"), is_own_page("https://x.com", "localhost:8000")
    (True, False)
    """
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()


def is_own_name(name: str, host: str) -> bool:
    """Whether a name is one of this machine's, as opened in a browser.

    Examples
    --------
    >>> is_own_name("127.0.0.1", "localhost"), is_own_name("elsewhere.example", "localhost")
    (True, False)
    """
    if name in LOOPBACK:
        return True
    if host in LOOPBACK:
        return False
    return (
        name == host.lower()
        or _is_number(name)
        or _first_label(name) == _first_label(socket.gethostname().lower())
    )


def name_of(host: str) -> str:
    """Return a request's host without the port, in lower case; empty where there is none.

    Examples
    --------
    >>> name_of("Desk.example:8000"), name_of("[::1]:8000"), name_of("[")
    ('desk.example', '::1', '')
    """
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_any(host: str) -> bool:
    return _is_number(host) and ipaddress.ip_address(host).is_unspecified


def _is_number(name: str) -> bool:
    """Whether an address is a number, which no other site can point here."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _first_label(name: str) -> str:
    return name.partition(".")[0]

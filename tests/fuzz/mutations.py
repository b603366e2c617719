"""Damage: bytes flipped, lines and cells replaced, values that nobody expects."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

VALUES = (
    *[
        "0",
        "-0",
        "-1",
        "1",
        "1e-320",
        "1e-9",
        "1e9",
        "1e308",
        "-1e308",
        "1e999",
        "nan",
        "inf",
        "-inf",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "1,000",
    ],
    *["1.5.5", "٣", "1e"],
    "9" * 40,
    "9" * 400,
    "9" * 5000,
    *[
        "2026-07-20",
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "1899-12-31",
        "2199-12-31",
        "20260720",
        "07/20/2026",
    ],
    *["2026-07-20T16:00Z"],
    *[
        "1784577600",
        "1784577600000",
        "1784577600000000000",
        "99999999999999",
        "true",
        "false",
        "null",
        "None",
        "[]",
        "{}",
        "''",
    ],
    *['""'],
    *["7%", "-7%", "700%", "ATM", "+10%", "50bp", "$5", "5pt", "--", "-"],
    "",
    " ",
    "\t",
    "\x00",
    "\x1b[2J\x1b]0;x\x07",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202eabc",
    "\ud800",
    "\U0001f600",
    "é",
    "a" * 300,
    "IWM260918C00300000",
    "^RUT",
    "\\u001b[31m",
    '"',
    "'''",
    "=",
    "[[",
)
"""Numbers at every end, days at every end, words, and characters that terminals obey."""

TOKEN = re.compile(rb"[A-Za-z0-9_.+%$-]+")


def damaged(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:
    """Return a content after one to four mutations."""
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
        content = chance.choice(MUTATIONS)(content, chance, others)
    return content[:300_000]


def value(chance: random.Random) -> bytes:
    """Return one unexpected value."""
    return chance.choice(VALUES).encode(errors="surrogatepass")


def _flip(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:  # noqa: ARG001 - one signature
    changed = bytearray(content or b"\0")
    for _ in range(chance.choice((1, 1, 3, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:  # noqa: ARG001 - as above
    start, end = _span(content, chance)
    return chance.choice((content[:start], content[start:], content[:start] + content[end:]))


def _repeat(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:  # noqa: ARG001 - as above
    start, end = _span(content, chance)
    return content[:end] + content[start:end] * chance.choice((1, 2, 10)) + content[end:]


def _splice(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:
    other = chance.choice(others)
    start, end = _span(other, chance)
    place = chance.randrange(len(content) + 1)
    return content[:place] + other[start:end] + content[place:]


def _token(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:  # noqa: ARG001 - as above
    """One word or number replaced, or all that are alike."""
    result = list(TOKEN.finditer(content[:100_000]))
    if not result:
        return value(chance)
    one, new = chance.choice(result), value(chance)
    if chance.random() < 0.2:
        return content.replace(one[0], new)
    return content[: one.start()] + new + content[one.end() :]


def _line(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:  # noqa: ARG001 - as above
    lines = content.split(b"\n")
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    change = chance.randrange(4)
    if change == 0:
        del lines[place]
    elif change == 1:
        lines.insert(other, lines[place])
    elif change == 2:
        lines[place], lines[other] = lines[other], lines[place]
    else:
        lines[place] = value(chance)
    return b"\n".join(lines)


def _column(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:  # noqa: ARG001 - as above
    """One column of a delimited text replaced throughout, its name or all of its cells."""
    rows = [line.split(b",") for line in content.split(b"\n")]
    place = chance.randrange(max(len(rows[0]), 1))
    new, from_row = value(chance), chance.randrange(2)
    for row in rows[from_row : from_row + chance.choice((1, len(rows)))]:
        if place < len(row):
            row[place] = new
    return b"\n".join(b",".join(row) for row in rows)


def _json(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:
    """One value or key of a JSON document replaced."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _token(content, chance, others)
    places = list(_places(document))
    if not places:
        return value(chance)
    holder, key = chance.choice(places)
    new = _json_value(chance)
    if isinstance(holder, dict) and chance.random() < 0.3:
        holder[chance.choice(VALUES)] = holder.pop(key)
    elif chance.random() < 0.2:
        del holder[key]
    else:
        holder[key] = new
    return json.dumps(document).replace('"@huge@"', "9" * 5000).encode(errors="surrogatepass")


def _json_value(chance: random.Random) -> Any:
    plain: tuple[Any, ...] = (None, True, [], {}, [1], {"a": 1}, 0, -1, 1e308, 10**30, float("nan"), "@huge@")
    return chance.choice((*plain, chance.choice(VALUES), chance.choice(VALUES)))


def _places(document: Any) -> Any:
    """Each place of a document that can be set: what holds it, and its key."""
    entries = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, inner in entries:
        yield document, key
        yield from _places(inner)


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 4, 30, 300)))


Mutation = Callable[[bytes, random.Random, tuple[bytes, ...]], bytes]
MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _cut,
    _repeat,
    _splice,
    _token,
    _token,
    _token,
    _line,
    _column,
    _json,
    _json,
)

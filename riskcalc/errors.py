"""Exceptions of riskcalc; any other exception is a bug."""

from __future__ import annotations

import unicodedata


class RiskcalcError(Exception):
    r"""Base of all errors that a user can fix; the text has one line per problem.

    Control characters in texts from a file are escaped, as ``\x1b``, so that they cannot affect a terminal.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class InvalidInputError(RiskcalcError, ValueError):
    """A value is outside its range; the text names field, value and range."""


class PresetError(RiskcalcError):
    """A preset or scenario file cannot be found, read, understood or saved; the text lists every problem."""


class ChainError(RiskcalcError):
    """A quote file cannot be read, or has no usable quote for the request."""


class PriceFileError(RiskcalcError):
    """A price file cannot be read, or holds prices that cannot be those of daily sessions."""


class BookError(RiskcalcError):
    """A book cannot be opened or written, or has no such trade or position."""


def printable(text: str) -> str:
    r"""Return a text with its control characters written out; line breaks stay.

    Examples
    --------
    >>> print(printable("a\x1b[2Jb\u202ec"))
    a\x1b[2Jb\u202ec
    """
    if text.isprintable():
        return text
    return "".join(
        character if _is_printable(character) else character.encode("unicode_escape").decode()
        for character in text
    )


def _is_printable(character: str) -> bool:
    """Whether a terminal can print it safely; Python counts blanks of other widths as unprintable."""
    return character.isprintable() or character == "\n" or unicodedata.category(character) == "Zs"

"""The errors riskcalc raises on purpose; anything else is a bug."""

from __future__ import annotations


class RiskcalcError(Exception):
    """Base of every error that a user can mend; its text is one clear line per problem."""


class InvalidInputError(RiskcalcError, ValueError):
    """A value is outside its range; the text names field, value and range."""


class PresetError(RiskcalcError):
    """A preset or scenario file cannot be found, read, understood or saved; the text lists every problem."""


class ChainError(RiskcalcError):
    """A quote file cannot be read, or holds no usable quote for what was asked."""

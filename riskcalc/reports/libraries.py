"""Libraries of the extras, imported when a report needs them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from riskcalc.errors import InvalidInputError


def library(name: str, *, what: str, extra: str) -> ModuleType:
    """Import a library, or raise an error that names what is missing.

    Parameters
    ----------
    name : str
        Module to import.
    what : str
        What needs it, as the error begins.
    extra : str
        The extra of riskcalc that brings it.

    Raises
    ------
    InvalidInputError
        It is not installed, or a shared library of the system that it needs is missing.
    """
    try:
        return import_module(name)
    except ImportError:
        missing = name.partition(".")[0]
        raise InvalidInputError(f'{what} needs {missing}: pip install "riskcalc[{extra}]"') from None
    except OSError as error:
        reason = str(error).partition("\n")[0]
        raise InvalidInputError(f"{what} needs a library of the system, Pango: {reason}") from None

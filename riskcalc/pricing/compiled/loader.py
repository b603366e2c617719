"""Which core computes: the compiled one where it is installed and fits, else numpy."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskcalc.pricing.compiled.core import Core

VARIABLE = "RISKCALC_CORE"
"""Environment variable: `c` asks for the compiled core, `numpy` does without it."""
NAMES = ("c", "numpy")
LIBRARY = "libcore.dll" if sys.platform == "win32" else "libcore.so"
"""File of the compiled core, in the folder of this module."""


class Choice(NamedTuple):
    """The core in use, and why."""

    core: Core | None
    """None for numpy."""
    why: str
    """One line for people."""

    @property
    def name(self) -> str:
        """``c`` or ``numpy``."""
        return "numpy" if self.core is None else "c"


_in_use: Choice | None = None


def core() -> Core | None:
    """Return the compiled core, loaded at the first call, or None where numpy computes.

    Raises
    ------
    InvalidInputError
        The environment asks for a core that there is not.
    """
    return (_in_use or choice()).core


def choice() -> Choice:
    """Return the core in use, and why; raises as `core` does.

    Examples
    --------
    >>> choice().name in NAMES
    True
    """
    global _in_use  # noqa: PLW0603 - a library is loaded once
    if _in_use is None:
        _in_use = choose(os.environ.get(VARIABLE, ""))
    return _in_use


@contextmanager
def using(name: str) -> Iterator[Choice]:
    """Compute with one core, ``c`` or ``numpy``, inside a ``with`` block, to compare them.

    Raises
    ------
    InvalidInputError
        There is no such core.
    """
    global _in_use  # noqa: PLW0603 - as above
    before, _in_use = _in_use, choose(name)
    try:
        yield _in_use
    finally:
        _in_use = before


def choose(wanted: str) -> Choice:
    """Return the core of a name; of an empty one the compiled core if it can be loaded, else numpy."""
    if wanted not in ("", *NAMES):
        raise InvalidInputError(f"{VARIABLE} must be c or numpy, got {wanted!r}")
    if wanted == "numpy":
        return Choice(None, "asked for")
    loaded = load()
    if isinstance(loaded, str):
        if wanted:
            raise InvalidInputError(f"{VARIABLE}=c needs the compiled core: {loaded}")
        return Choice(None, loaded)
    return Choice(loaded, f"{LIBRARY} is installed")


def load() -> Core | str:
    """Return the compiled core, or in one line why there is none."""
    path = library_path()
    if not os.path.exists(path):  # noqa: PTH110 - as below
        return f"{LIBRARY} was not built when riskcalc was installed: a C compiler is needed"
    from riskcalc.pricing.compiled.core import ABI, Core, open_library  # noqa: PLC0415 - only where there is one

    try:
        library = open_library(path)
    except OSError as error:
        return f"{LIBRARY} cannot be loaded ({error})"
    version = library.abi_version() if hasattr(library, "abi_version") else None
    if version != ABI:
        return f"{LIBRARY} was built from other sources than these (interface {version}, not {ABI})"
    return Core(library)


def library_path() -> str:
    """Return where the compiled core is, if there is one."""
    return os.path.join(os.path.dirname(__file__), LIBRARY)  # noqa: PTH118, PTH120 - without importing pathlib

"""Compiled kernels of scipy, without the packages around them, which cost more to import than a plan takes.

scipy.special brings clones of the array API, f2py and unittest along with the normal distribution.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

LINALG = "scipy.linalg"
"""From scipy 1.18 on the kernels of scipy.special import compiled modules of it; all of it takes 0.4 s."""

__all__ = ["erfcx", "log_ndtr", "ndtr", "ndtri", "tridiagonal_solver"]


def compiled(name: str, *, public: str) -> ModuleType:
    """Return a compiled module of scipy without running the ``__init__`` of its package.

    Parameters
    ----------
    name : str
        Full name of the module, private to scipy.
    public : str
        Module that has the same functions: returned if it is loaded already, or if the private one cannot be
        loaded by itself, as another version of scipy may have it elsewhere.

    Returns
    -------
    ModuleType
        The functions are the same objects in both.

    Examples
    --------
    >>> float(compiled("scipy.special._ufuncs", public="scipy.special").ndtr(0.0))
    0.5
    """
    package, _, _ = name.rpartition(".")
    if package in sys.modules:
        return import_module(public)
    placeholders = {inner: _placeholder(inner) for inner in {package, LINALG} - sys.modules.keys()}
    sys.modules.update(placeholders)
    try:
        return import_module(name)
    except ImportError:
        _remove(placeholders)
        return import_module(public)
    finally:
        # Whoever imports a package later gets the real one.
        _remove(placeholders)


def _placeholder(package: str) -> ModuleType:
    """A package with the folder of the real one, and nothing in it."""
    scipy, _, inner = package.rpartition(".")
    placeholder = ModuleType(package)
    placeholder.__path__ = [f"{folder}/{inner}" for folder in import_module(scipy).__path__]
    return placeholder


def _remove(placeholders: Mapping[str, ModuleType]) -> None:
    for package, placeholder in placeholders.items():
        if sys.modules.get(package) is placeholder:
            del sys.modules[package]


@cache
def tridiagonal_solver() -> Any:  # noqa: ANN401 - a function of Fortran
    """Return LAPACK's ``dgtsv``: few options need it, and its library takes long to load."""
    return compiled("scipy.linalg._flapack", public="scipy.linalg.lapack").dgtsv


if TYPE_CHECKING:
    from scipy.special import erfcx, log_ndtr, ndtr, ndtri
else:
    _special = compiled("scipy.special._ufuncs", public="scipy.special")
    erfcx, log_ndtr, ndtr, ndtri = _special.erfcx, _special.log_ndtr, _special.ndtr, _special.ndtri

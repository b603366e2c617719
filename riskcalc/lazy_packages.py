"""Packages that import each public name on first use."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

HERE = "."


def load_on_first_use(package: str, file: str) -> None:
    """Let a package import each of its public names when it is first used, so that the others cost nothing.

    Parameters
    ----------
    package : str
        Name of the package, which is being imported.
    file : str
        Path of its ``__init__.py``. The stub beside it lists the names, one per line:
        ``from .module import name as name``.

    Notes
    -----
    A public name stands before a module of the same name, as if the package had imported it.
    """
    module = sys.modules[package]
    module.__class__ = LazyPackage
    module.__dict__["_stub"] = f"{file}i"


class LazyPackage(ModuleType):
    """A package that looks its public names up in its stub."""

    @property
    def names(self) -> dict[str, str]:
        """Module of each public name, relative to the package; the package itself for a name of a module."""
        if "_public" not in self.__dict__:
            self.__dict__["_public"] = public_names(self.__dict__["_stub"])
        public: dict[str, str] = self.__dict__["_public"]
        return public

    def __getattr__(self, name: str) -> object:
        """Return a public name, imported now; from then on it is an attribute like any other."""
        if name == "__all__":
            return sorted(self.names)
        if name not in self.names:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        source = self.names[name]
        if source == HERE:
            return import_module(f".{name}", self.__name__)
        value = self.__dict__[name] = getattr(import_module(source, self.__name__), name)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, but leave a public name where a module of the same name was imported."""
        if not isinstance(value, ModuleType) or self.names.get(name, HERE) == HERE:
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """Names of the package, with those not yet imported."""
        return sorted({*super().__dir__(), *self.names})


def public_names(stub: str) -> dict[str, str]:
    """Return the module of each name of a stub, relative to its package."""
    names = {}
    with open(stub, encoding="utf-8") as lines:  # noqa: PTH123 - pathlib takes longer to import than this
        for line in lines:
            if line.startswith("from "):
                _, source, _, name, *_ = line.split()
                names[name] = source
    return names

"""Frozen data classes that load fast: each method is written when it is first looked up.

`dataclasses.dataclass` writes and compiles six methods for each class, in about a millisecond. There are some
hundred classes below the first plan, and most of these methods are never called.
"""

from __future__ import annotations

import dataclasses
import reprlib
import sys
from operator import attrgetter
from types import FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, order: bool = False, **options: bool
    ) -> Any:  # noqa: ANN401 - a class, or what makes it one
        """Make a data class as `dataclasses.dataclass` does, with methods that are written on first use.

        Parameters
        ----------
        cls : type, optional
            The class, where the decorator has no options.
        frozen, order : bool
            As for `dataclasses.dataclass`, which makes the classes that are not frozen, or have an order.
        **options : bool
            ``repr``, ``eq``, ``slots`` and ``kw_only``, as there.

        Raises
        ------
        TypeError
            A frozen class has a default for a field that is not a parameter of its constructor.

        Examples
        --------
        >>> @dataclass(frozen=True, slots=True, kw_only=True)
        ... class Quote:
        ...     bid: float
        ...     ask: float
        >>> dataclasses.replace(Quote(bid=1.0, ask=1.1), ask=1.2)
        Quote(bid=1.0, ask=1.2)
        """

        def decorate(plain: type) -> type:
            if frozen and not order:
                return _record(plain, **options)
            return dataclasses.dataclass(plain, frozen=frozen, order=order, **options)

        return decorate if cls is None else decorate(cls)

    def replace(record: Any, /, **changes: Any) -> Any:  # noqa: ANN401 - any record
        """Return a copy of a record with other values, as `dataclasses.replace` does, in half its time.

        Examples
        --------
        >>> from riskcalc.domain import Account
        >>> replace(Account(equity=100_000), open_risk=500).open_risk
        500
        """
        cls = record.__class__
        known = _READERS.get(cls)
        if known is None:
            names = tuple(field.name for field in dataclasses.fields(cls) if field.init)
            # Of a single name the getter returns the value alone.
            if len(names) < len(dataclasses.fields(cls)) or len(names) < 2:
                return dataclasses.replace(record, **changes)
            known = _READERS[cls] = names, attrgetter(*names)
        return cls(**dict(zip(known[0], known[1](record), strict=True)) | changes)


__all__ = ["dataclass", "replace"]

_READERS: dict[type, tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]] = {}
"""Names of the fields of a class, and what reads them all."""


class _Unwritten:
    """A method that is written, and takes this one's place, when it is looked up."""

    __slots__ = ("_name", "_record")

    def __init__(self, record: type, name: str) -> None:
        self._record, self._name = record, name

    def __get__(self, instance: object, owner: type | None = None) -> object:
        method = _written(self._record, self._name)
        if vars(self._record)[self._name] is self:
            setattr(self._record, self._name, method)
        return method.__get__(instance, owner)


class _Factory:
    """Default of a parameter whose value is made anew for each record."""

    def __repr__(self) -> str:
        return "<factory>"


FROM_FACTORY = _Factory()


def _record(
    plain: type,
    *,
    repr: bool = True,  # noqa: A002 - as in `dataclasses`
    eq: bool = True,
    slots: bool = False,
    kw_only: bool = False,
) -> type:
    """A class with fields and slots of `dataclasses`, and methods that are still to be written."""
    if plain.__doc__ is None:
        plain.__doc__ = ""  # else `dataclasses` makes one of the signature
    # What inherits from a frozen class has to be frozen from the start.
    inherits = any(dataclasses.is_dataclass(base) for base in plain.__bases__)
    make: Any = dataclasses.dataclass(
        init=False, repr=False, eq=False, frozen=inherits, slots=slots, kw_only=kw_only
    )
    made: Any = make(plain)
    made.__dataclass_params__.frozen = True
    for field in dataclasses.fields(made):
        if not field.init and not (field.default is field.default_factory is dataclasses.MISSING):
            raise TypeError(f"{made.__qualname__}.{field.name} has a default, but cannot be given")
    methods: dict[str, object] = {"__setattr__": _refuse_value, "__delattr__": _refuse_deletion}
    methods["__init__"] = _Unwritten(made, "__init__")
    methods |= {"__getstate__": _state, "__setstate__": _restore} if slots else {}
    methods |= {"__repr__": _representation} if repr else {}
    methods |= {name: _Unwritten(made, name) for name in ("__eq__", "__hash__")} if eq else {}
    own = vars(made)
    for name, method in methods.items():
        # Beside an __eq__ of its own Python sets a class's __hash__ to None.
        if name not in own or (name == "__hash__" and own[name] is None and "__eq__" in own):
            setattr(made, name, method)
    record: type = made
    return record


def _written(record: type, name: str) -> FunctionType:
    """Write a method of a record in the namespace of its module."""
    parameters, lines, values = {"__init__": _init, "__eq__": _eq, "__hash__": _hash}[name](record)
    body = "\n  ".join(lines)
    text = f"def write({', '.join(values)}):\n def {name}({parameters}):\n  {body}\n return {name}"
    module, written = sys.modules.get(record.__module__), dict[str, Any]()
    exec(text, {} if module is None else vars(module), written)  # noqa: S102 - as `dataclasses` does it
    method: FunctionType = written["write"](**values)
    method.__qualname__ = f"{record.__qualname__}.{name}"
    if name == "__init__":
        fields = [field for field in _fields(record) if field.init]
        method.__annotations__ = {field.name: field.type for field in fields} | {"return": None}
    return method


Text = tuple[str, list[str], dict[str, Any]]
"""Parameters of a method, its lines, and the values that they name."""


def _init(record: type) -> Text:
    values: dict[str, Any] = {"__factory": FROM_FACTORY, "__set": object.__setattr__}
    places: list[str] = []
    named: list[str] = []
    lines: list[str] = []
    for field in _fields(record):
        if not field.init:
            continue
        name, value = field.name, field.name
        default = ""
        if field.default is not dataclasses.MISSING:
            values[f"__default_{name}"] = field.default
            default = f"=__default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            values[f"__make_{name}"] = field.default_factory
            default, value = "=__factory", f"__make_{name}() if {name} is __factory else {name}"
        (named if field.kw_only else places).append(f"{name}{default}")
        slot = getattr(record, name, None)
        if isinstance(slot, MemberDescriptorType):
            # Straight into the slot: faster than to look it up by its name.
            values[f"__set_{name}"] = slot.__set__
            lines.append(f"__set_{name}(self, {value})")
        else:
            lines.append(f"__set(self, {name!r}, {value})")
    if hasattr(record, "__post_init__"):
        lines.append("self.__post_init__()")
    return ", ".join(["self", *places, *(["*", *named] if named else [])]), lines or ["pass"], values


def _eq(record: type) -> Text:
    names = [field.name for field in _fields(record) if field.compare]
    mine, others = (f"({''.join(f'{of}.{name}, ' for name in names)})" for of in ("self", "other"))
    same = "other.__class__ is self.__class__"
    return "self, other", [f"return {mine} == {others} if {same} else NotImplemented"], {}


def _hash(record: type) -> Text:
    hashed = [field for field in _fields(record) if (field.compare if field.hash is None else field.hash)]
    return "self", [f"return hash(({''.join(f'self.{field.name}, ' for field in hashed)}))"], {}


def _fields(record: Any) -> tuple[dataclasses.Field[Any], ...]:  # noqa: ANN401 - a data class
    return dataclasses.fields(record)


@reprlib.recursive_repr()
def _representation(self: object) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in _fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_value(_: object, name: str, value: object) -> NoReturn:  # noqa: ARG001 - Python's
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: object) -> list[object]:
    return [getattr(self, field.name) for field in _fields(self)]


def _restore(self: object, values: list[object]) -> None:
    for field, value in zip(_fields(self), values, strict=True):
        object.__setattr__(self, field.name, value)

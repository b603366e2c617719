"""Records behave as the data classes of the standard library, which are the truth here."""

import copy
import dataclasses
import inspect
import pickle
import re
import typing
from dataclasses import FrozenInstanceError, field
from functools import partial
from pathlib import Path

import pytest

from riskcalc import records

OPTIONS = {
    "slots": {"slots": True, "kw_only": True},
    "a dictionary": {"kw_only": True},
    "places": {"slots": True},
    "identity": {"slots": True, "kw_only": True, "eq": False},
    "no text": {"slots": True, "kw_only": True, "repr": False},
}


def quote_of(decorator, options):
    @decorator(frozen=True, **options)
    class Quote:
        """A quote."""

        bid: float
        ask: float = 1.5
        sizes: list[int] = field(default_factory=list, compare=False)
        note: str = field(default="", repr=False, hash=False)

        def __post_init__(self):
            if self.bid > self.ask:
                raise ValueError("crossed")

    return Quote


def wide_of(decorator, options):
    base = quote_of(decorator, options)

    @decorator(frozen=True, **options)
    class Wide(base):
        """A quote with more."""

        ask: float = 2.5
        venue: str = "A"

    return Wide


def with_methods_of(decorator, options):
    @decorator(frozen=True, **options)
    class Named:  # noqa: PLW1641 - the decorator adds a hash
        name: str = "n"

        def __eq__(self, other):
            return isinstance(other, type(self))

        def __repr__(self):
            return "its own"

    return Named


def empty_of(decorator, options):
    @decorator(frozen=True, **options)
    class Empty:
        """Nothing."""

    return Empty


def counted_of(decorator, options):
    @decorator(frozen=True, **options)
    class Counted:
        """A field that is set when the rest is known."""

        items: tuple[int, ...] = ()
        count: int = field(init=False)

        def __post_init__(self):
            object.__setattr__(self, "count", len(self.items))

    return Counted


MAKERS = (quote_of, wide_of, with_methods_of, empty_of, counted_of)
VALUES = {
    quote_of: {"bid": 1.0, "sizes": [1], "note": "x"},
    wide_of: {"bid": 2.0, "venue": "B"},
    with_methods_of: {"name": "x"},
    empty_of: {},
    counted_of: {"items": (1, 2)},
}

OF_A_RECORD = {
    "values": lambda one: [getattr(one, f.name) for f in dataclasses.fields(one)],
    "equal to its like": lambda one: one == dataclasses.replace(one),
    "equal to another": lambda one: one == (type(one)(bid=0.5) if hasattr(one, "bid") else type(one)()),
    "equal to a number": lambda one: one == 1,
    "hash of its like": lambda one: hash(one) == hash(dataclasses.replace(one)),
    "text": repr,
    "as a dictionary": dataclasses.asdict,
    "replaced": lambda one: repr(dataclasses.replace(one)),
    "copied": lambda one: repr(copy.copy(one)),
    "copied in depth": lambda one: repr(copy.deepcopy(one)),
    "set": lambda one: [outcome(partial(setattr, one, f.name, 1)) for f in dataclasses.fields(one)],
    "deleted": lambda one: [outcome(partial(delattr, one, f.name)) for f in dataclasses.fields(one)],
}
OF_A_CLASS = {
    "unknown field": lambda cls: cls(unknown=1),
    "refused value": lambda cls: cls(bid=3.0),
    "by place": lambda cls: repr(cls(1.0, 2.0)),
    "too many places": lambda cls: cls(*range(9)),
    "hash by identity": lambda cls: cls.__hash__ is object.__hash__,
    "signature": inspect.signature,
    "type hints": lambda cls: typing.get_type_hints(cls.__init__),
    "names": lambda cls: (cls.__name__, cls.__qualname__, cls.__module__, cls.__init__.__qualname__),
    "matched": lambda cls: cls.__match_args__,
    "fields": lambda cls: [(f.name, f.type, f.kw_only) for f in dataclasses.fields(cls)],
    "slots": lambda cls: sorted(getattr(cls, "__slots__", ())),
    "frozen": lambda cls: cls.__dataclass_params__.frozen,
}


def outcome(call):
    """What a call returns, or the error that it ends with."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - compared, whatever it is
        return type(error), str(error)


def answers(cls, values):
    found = {name: outcome(partial(question, cls)) for name, question in OF_A_CLASS.items()}
    one = cls(**values)
    found |= {name: outcome(partial(question, one)) for name, question in OF_A_RECORD.items()}
    return {name: re.sub("0x[0-9a-f]+", "0x", str(answer)) for name, answer in found.items()}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_record_answers_as_a_data_class_of_the_standard_library(maker, options):
    record, standard = maker(records.dataclass, options), maker(dataclasses.dataclass, options)
    assert answers(record, VALUES[maker]) == answers(standard, VALUES[maker])


def test_methods_are_written_when_they_are_first_called_and_then_stay():
    record = quote_of(records.dataclass, OPTIONS["slots"])
    unwritten = {name: vars(record)[name] for name in ("__init__", "__eq__", "__hash__")}
    one = record(bid=1.0)
    assert not inspect.isfunction(unwritten["__init__"])
    assert inspect.isfunction(vars(record)["__init__"])
    assert vars(record)["__eq__"] is unwritten["__eq__"]
    assert one == record(bid=1.0)
    assert {one: "kept"}[record(bid=1.0)] == "kept"
    assert all(inspect.isfunction(vars(record)[name]) for name in unwritten)
    # Whoever looked a method up before it was written has the same one.
    assert unwritten["__init__"].__get__(None, record).__code__.co_varnames[:2] == ("self", "bid")


@pytest.mark.parametrize("copied", [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy, copy.copy])  # noqa: S301 - our own
def test_record_is_copied_and_pickled_whole(copied):
    from riskcalc.domain import Account, ExitPlan, Target  # noqa: PLC0415 - records of the package

    for one in (Account(equity=100_000), ExitPlan(stop=0.06, targets=(Target(move=0.1),), close_dte=21)):
        assert copied(one) == one
        assert hash(copied(one)) == hash(one)


def test_subclass_without_a_decorator_inherits_methods_that_are_not_written_yet():
    record = quote_of(records.dataclass, OPTIONS["slots"])

    class Below(record):
        def __init__(self, bid):
            super().__init__(bid=bid, ask=9.0)

    assert (Below(1.0).ask, Below(1.0) == Below(1.0), Below(1.0) == record(bid=1.0, ask=9.0)) == (
        9.0,
        True,
        False,
    )


@pytest.mark.parametrize("below", [records.dataclass, dataclasses.dataclass])
def test_record_can_be_inherited_by_either_kind(below):
    base = quote_of(records.dataclass, OPTIONS["slots"])

    @below(frozen=True, slots=True, kw_only=True)
    class Deep(base):
        level: int = 3

    assert (Deep(bid=1.0).level, Deep(bid=1.0) == Deep(bid=1.0, level=3)) == (3, True)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'level'"):
        Deep(bid=1.0).level = 4


@pytest.mark.parametrize("options", [{"frozen": False}, {"frozen": True, "order": True}])
def test_class_that_is_not_frozen_or_has_an_order_is_one_of_the_standard_library(options):
    @records.dataclass(**options)
    class Other:
        """Not a record."""

        value: int

    assert inspect.isfunction(vars(Other)["__init__"])
    assert hasattr(vars(Other).get("__lt__"), "__code__") == ("order" in options)
    assert Other.__dataclass_params__.frozen == options["frozen"]


def test_field_that_nobody_can_give_has_no_default():
    with pytest.raises(TypeError, match="has a default, but cannot be given"):

        @records.dataclass(frozen=True)
        class Wrong:
            value: int = field(init=False, default=1)


def test_every_frozen_class_of_the_package_is_a_record():
    texts = {path: path.read_text(encoding="utf-8") for path in Path("riskcalc").rglob("*.py")}
    found = [
        str(path)
        for path, text in texts.items()
        if re.search(r"^@(dataclasses\.)?dataclass\(frozen=True(?!.*order=True)", text, re.MULTILINE)
        and "from riskcalc.records import dataclass" not in text
    ]
    assert found == []

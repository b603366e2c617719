"""The API reference has every public name, by the module that defines it, and its docstring says enough."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import FunctionType, ModuleType
from typing import get_args, get_type_hints

import riskcalc
from riskcalc import analysis, book, history, pricing, sizing

PAGES = sorted((Path(__file__).parents[1] / "docs" / "reference").glob("*.md"))


def read(page):
    return page.read_text(encoding="utf-8")


ENTRIES = [name for page in PAGES for name in re.findall(r"^::: (\S+)$", read(page), re.MULTILINE)]
PUBLIC = {
    f"{package.__name__}.{name}": getattr(package, name)
    for package in (riskcalc, pricing, analysis, sizing, history, book)
    for name in package.__all__
}


def home(name, found):
    """Where a public name is defined: the address under which the reference lists it."""
    if isinstance(found, ModuleType):
        return found.__name__
    if isinstance(found, (type, FunctionType)):
        return f"{found.__module__}.{found.__qualname__}"
    package, _, short = name.rpartition(".")
    return next(entry for entry in ENTRIES if entry.startswith(package) and entry.endswith(f".{short}"))


def test_every_public_name_is_in_the_reference_once():
    listed = {name: ENTRIES.count(home(name, result)) for name, result in PUBLIC.items()}
    assert {name: times for name, times in listed.items() if times != 1} == {}


def test_the_reference_lists_public_names_alone():
    assert sorted(ENTRIES) == sorted({home(name, result) for name, result in PUBLIC.items()})


def test_every_entry_can_be_imported():
    for entry in ENTRIES:
        try:
            assert importlib.import_module(entry).__doc__, entry
        except ModuleNotFoundError:
            module, _, name = entry.rpartition(".")
            assert hasattr(importlib.import_module(module), name), entry


FUNCTIONS = [name for name, result in PUBLIC.items() if isinstance(result, FunctionType)]


def parameters(found):
    """Names of all arguments; keywords that a `TypedDict` names stand for themselves."""
    for name, parameter in inspect.signature(found).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            (terms,) = get_args(get_type_hints(found)[name])
            yield from get_type_hints(terms)
        else:
            yield name


def in_docstring(found):
    text = inspect.getdoc(found) or ""
    section = text.partition("\nParameters\n")[2].partition("\nReturns\n")[0]
    named = re.findall(r"^([\w, *]+) : ", section, re.MULTILINE)
    return {word.lstrip("*") for words in named for word in words.split(", ")}


def on_page(entry):
    """Parameters in the table of the page that lists an entry; `strike` explains `long_strike`, too."""
    (page,) = [text for text in map(read, PAGES) if f"::: {entry}\n" in text]
    return set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def test_every_parameter_of_a_public_function_is_explained():
    assert {name: left for name in FUNCTIONS if (left := unexplained(name))} == {}


def unexplained(name):
    """Parameters of a function that neither its docstring nor its page explains."""
    result = PUBLIC[name]
    page = on_page(home(name, result))
    left = [parameter for parameter in parameters(result) if parameter not in in_docstring(result)]
    return [one for one in left if one not in page and one.rpartition("_")[2] not in page]

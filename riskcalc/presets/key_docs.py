"""Which keys a file knows at a place, and which of them a wrong one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel

from riskcalc.presets.schema import PresetShape

Step = str | int
KeyPath = tuple[Step, ...]
"""A place in a preset: ``("trade", "legs", 0, "strike")``."""
Node = Mapping[str, Any]


def dotted(path: Sequence[Step]) -> str:
    """Write a path as people do: ``trade.legs.0.strike``."""
    return ".".join(str(step) for step in path)


def item(data: object, step: Step) -> tuple[bool, Any]:
    """Return whether data hold something one step further down, and what."""
    if isinstance(data, Mapping):
        return step in data, data.get(step)
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return True, data[step]
    return False, None


def keys_at(
    path: Sequence[Step], data: object = None, *, shape: type[BaseModel] = PresetShape
) -> tuple[str, ...]:
    """Return the known keys of the table at a path; empty where there is none.

    Parameters
    ----------
    path : sequence of str or int
        Where to look.
    data : object
        The file's data, which tell a leg's kind; without them a leg has the keys of every kind.
    shape : type of BaseModel
        What the file should hold; a preset by default.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> keys_at(("view",))
    ('drift', 'vol')
    """
    found = [key for node in _nodes(path, data, shape) for key in node.get("properties", {})]
    return tuple(dict.fromkeys(found))


def is_known(path: Sequence[Step]) -> bool:
    """Whether a preset may hold something at a path."""
    return bool(_nodes(path, None, PresetShape))


def is_list(path: Sequence[Step]) -> bool:
    """Whether a preset holds a list at a path."""
    return any("items" in node for node in _nodes(path, None, PresetShape))


def description(path: Sequence[Step], data: object, *, shape: type[BaseModel] = PresetShape) -> str:
    """Return what a key means, in a line."""
    for node in _nodes(path[:-1], data, shape):
        if path[-1] in node.get("properties", {}):
            return str(node["properties"][path[-1]].get("description", ""))
    return ""


def nearest(path: Sequence[Step], data: object = None, *, shape: type[BaseModel] = PresetShape) -> str:
    """Say which key was meant by one that is not known, or which there are.

    Examples
    --------
    >>> nearest(("exits", "stpo"))
    'did you mean exits.stop?'
    """
    *table, wrong = path
    known = keys_at(table, data, shape=shape)
    if not known:
        return f"{dotted(table)} is a single value"
    of_another_kind = wrong in keys_at(table, shape=shape)
    near = [] if of_another_kind else difflib.get_close_matches(str(wrong), known, n=1)
    if near:
        return f"did you mean {dotted([*table, near[0]])}?"
    elsewhere = [] if of_another_kind else _elsewhere(str(wrong), shape)
    return f"did you mean {elsewhere[0]}?" if elsewhere else f"known here: {', '.join(known)}"


def _elsewhere(wrong: str, shape: type[BaseModel]) -> list[str]:
    """Paths of the same key in another table: ``stop`` written outside of exits."""
    tables = keys_at((), shape=shape)
    return [f"{table}.{wrong}" for table in tables if wrong in keys_at((table,), shape=shape)]


def _nodes(path: Sequence[Step], data: object, shape: type[BaseModel]) -> list[Node]:
    """The parts of the JSON schema that may describe a path."""
    root = _schema(shape)
    nodes = _plain(root, data, root)
    for step in path:
        _, data = item(data, step)
        below = [child for node in nodes for child in _children(node, step)]
        nodes = [plain for child in below for plain in _plain(child, data, root)]
    return nodes


def _children(node: Node, step: Step) -> list[Node]:
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    if isinstance(step, int):
        return [node["items"]] if "items" in node else []
    extra = node.get("additionalProperties")
    return [extra] if isinstance(extra, Mapping) else []


def _plain(node: Node, data: object, root: Node) -> list[Node]:
    """A node without references and alternatives; a leg's kind decides among its alternatives."""
    if "$ref" in node:
        return _plain(root["$defs"][node["$ref"].rsplit("/", 1)[1]], data, root)
    by_kind = node.get("discriminator", {}).get("mapping", {})
    if isinstance(data, Mapping) and data.get("kind") in tuple(by_kind):
        return _plain({"$ref": by_kind[data["kind"]]}, data, root)
    choices = node.get("anyOf") or node.get("oneOf")
    return [plain for choice in choices for plain in _plain(choice, data, root)] if choices else [node]


@cache
def _schema(shape: type[BaseModel]) -> Node:
    return shape.model_json_schema()

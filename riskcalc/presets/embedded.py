"""The preset inside a report: written into its HTML, and found there again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from riskcalc.domain.validation import brief_repr
from riskcalc.errors import PresetError

SCRIPT_ID = "riskcalc-report"
FORMAT = 1
"""Newest format of the data inside a report that this riskcalc reads."""


def embedded_json(preset: str, **beside: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Return a script element that holds a preset as data; no browser runs it.

    Parameters
    ----------
    preset : str
        TOML, as `riskcalc.presets.preset_text` returns it.
    beside : object
        What else the report keeps for programs, ready for JSON.
    """
    data = json.dumps({"format": FORMAT, "preset": preset, **beside}, ensure_ascii=True, allow_nan=False)
    # Nothing in it may end the element or begin another.
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/json" id="{SCRIPT_ID}">{safe}</script>'


def is_report(text: str) -> bool:
    """Whether a text is a page of HTML: no TOML begins as one."""
    return text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))


def embedded_preset(text: str, path: Path) -> str:
    """Return the TOML of the preset inside a report.

    Parameters
    ----------
    text : str
        HTML.
    path : Path
        Named in errors.

    Raises
    ------
    PresetError
        The page is no report of riskcalc, its data are damaged, or a newer riskcalc wrote it.
    """
    found = _data(text, path)
    written = found.get("format")
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        raise PresetError(f"{path}: the data of the report have no format: {brief_repr(written)}")
    if written > FORMAT:
        reads = f"this riskcalc reads up to {FORMAT}"
        raise PresetError(f"{path}: a report of format {written}, {reads}: update riskcalc")
    preset = found.get("preset")
    if not isinstance(preset, str):
        raise PresetError(f"{path}: the report holds no preset")
    return preset


def _data(text: str, path: Path) -> Mapping[str, Any]:
    finder = _ScriptFinder()
    finder.feed(text)
    if finder.found is None:
        raise PresetError(f"{path}: is a web page, not a report of riskcalc")
    try:
        data = json.loads(finder.found)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise PresetError(f"{path}: the data of the report are damaged")
    return data


class _ScriptFinder(HTMLParser):
    """Finds the content of the first script with our id."""

    def __init__(self) -> None:
        super().__init__()
        self.found: str | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and self.found is None and dict(attrs).get("id") == SCRIPT_ID
        if self._inside:
            self.found = ""  # stays so where the file breaks off

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found = (self.found or "") + data

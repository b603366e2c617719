"""The preset inside a report: written into its HTML, and found there again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from riskcalc.domain import Calibration, PlanSources, Source
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import brief_repr
from riskcalc.errors import PresetError
from riskcalc.records import dataclass

SCRIPT_ID = "riskcalc-report"
SOURCES = ("spot", "date", "vol", "equity")
"""Values whose source a report states."""

FORMAT = 1
"""Newest format of the data inside a report that this riskcalc reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPreset:
    """Data of the preset that a report stores."""

    text: str
    """TOML that states every value of the plan, from `riskcalc.presets.self_contained_text`."""
    sources: PlanSources = field(default_factory=PlanSources)
    """Where the prices and the equity came from: a sample stays one."""
    calibration: Calibration = field(default_factory=Calibration)
    """Realized over implied volatility as the plan had it."""


def embedded_json(preset: EmbeddedPreset, **beside: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Return a script element that holds a preset as data; no browser runs it.

    Parameters
    ----------
    preset : EmbeddedPreset
        Found again by `embedded_preset`.
    beside : object
        What else the report keeps for programs, ready for JSON.
    """
    held = {
        "format": FORMAT,
        "preset": preset.text,
        "sources": preset.sources.to_dict(),
        "calibration": to_plain(preset.calibration),
    }
    data = json.dumps(held | beside, ensure_ascii=True, allow_nan=False)
    # Nothing in it may end the element or begin another.
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/json" id="{SCRIPT_ID}">{safe}</script>'


def is_report(text: str) -> bool:
    """Whether a text is a page of HTML: no TOML begins as one."""
    return text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))


def embedded_preset(text: str, path: Path) -> EmbeddedPreset:
    """Return the preset inside a report.

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
    embedded = _data(text, path)
    version = embedded.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PresetError(f"{path}: the data of the report have no format: {brief_repr(version)}")
    if version > FORMAT:
        reads = f"this riskcalc reads up to {FORMAT}"
        raise PresetError(f"{path}: a report of format {version}, {reads}: update riskcalc")
    preset = embedded.get("preset")
    if not isinstance(preset, str):
        raise PresetError(f"{path}: the report holds no preset")
    try:
        sources, calibration = _sources(embedded["sources"]), _calibration(embedded["calibration"])
    except (AttributeError, KeyError, TypeError, ValueError):
        raise PresetError(f"{path}: the data of the report are damaged") from None
    return EmbeddedPreset(text=preset, sources=sources, calibration=calibration)


def _sources(data: Any) -> PlanSources:  # noqa: ANN401 - as JSON has it
    spot, date, vol, equity = (Source(data[name]) if name in data else None for name in SOURCES)
    return PlanSources(spot=spot, date=date, vol=vol, equity=equity, vol_date=_day(data.get("vol_date")))


def _calibration(data: Any) -> Calibration:  # noqa: ANN401 - as JSON has it
    return Calibration(**(data | {"date": _day(data["date"])}))


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


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

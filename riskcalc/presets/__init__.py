"""Presets: trades as TOML that people read and edit; found, checked, resolved and saved here.

Names load on first use, so that reading a fraction does not load the schema's machinery.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskcalc.presets.overrides import parse_assignments
    from riskcalc.presets.preset import Preset
    from riskcalc.presets.quantities import parse_fraction
    from riskcalc.presets.schema import json_schema
    from riskcalc.presets.store import (
        ListedPreset,
        check_preset,
        find_preset,
        load_preset,
        preset_names,
        save_preset,
        shipped_folder,
        user_folder,
    )
    from riskcalc.presets.template import OptionTemplate, TradeTemplate

__all__ = [
    "ListedPreset",
    "OptionTemplate",
    "Preset",
    "TradeTemplate",
    "check_preset",
    "find_preset",
    "json_schema",
    "load_preset",
    "parse_assignments",
    "parse_fraction",
    "preset_names",
    "save_preset",
    "shipped_folder",
    "user_folder",
]

_HOMES = {
    "ListedPreset": "store",
    "OptionTemplate": "template",
    "Preset": "preset",
    "TradeTemplate": "template",
    "check_preset": "store",
    "find_preset": "store",
    "json_schema": "schema",
    "load_preset": "store",
    "parse_assignments": "overrides",
    "parse_fraction": "quantities",
    "preset_names": "store",
    "save_preset": "store",
    "shipped_folder": "store",
    "user_folder": "store",
}
"""The module each public name lives in."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the public names
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__

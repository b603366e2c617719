"""The presets that can be opened, each with what it says of itself, and its preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskcalc.errors import RiskcalcError

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.formatting.fact import Line
    from riskcalc.workbench import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A preset in the list."""

    name: str
    origin: str
    """``yours`` or ``shipped``."""
    description: str
    """Its own words; of one that cannot be read, that."""


def choices() -> tuple[Choice, ...]:
    """Read every preset that has a name; slow, for a thread."""
    from riskcalc.presets import preset_names  # noqa: PLC0415 - not needed for the first frame

    return tuple(
        Choice(name=listed.name, origin=listed.origin, description=_description(listed.name))
        for listed in preset_names()
    )


def matching(found: tuple[Choice, ...], text: str) -> tuple[Choice, ...]:
    """The presets that hold every word in name, origin or description; those with it in the name first."""
    words = text.lower().split()
    held = [one for one in found if all(word in _searched(one) for word in words)]
    return tuple(sorted(held, key=lambda one: not all(word in one.name.lower() for word in words)))


def is_path(text: str) -> bool:
    """Whether a text names a file rather than filters the list."""
    wanted = text.strip()
    return "/" in wanted or "\\" in wanted or wanted.endswith(".toml")


def preview(bench: Bench, name: str, *, width: int) -> list[Line]:
    """What a preset would open as, or why it cannot be opened; slow, for a thread."""
    from riskcalc.formatting.summary import preview_lines  # noqa: PLC0415 - not needed for the first frame

    found = bench.preview(name)
    if isinstance(found, str):
        return preview_lines(name, description="", found=found, badge="", width=width)
    said, verdict = _description(name), _verdict(name, found)
    return preview_lines(name, description=said, found=found, badge=verdict, width=width)


def _verdict(name: str, found: TradePlan) -> str:
    from riskcalc.presets import load_preset  # noqa: PLC0415 - not needed for the first frame
    from riskcalc.workbench import open_draft  # noqa: PLC0415 - as above
    from riskcalc.workbench.badge import badge  # noqa: PLC0415 - as above

    return badge(found, open_draft(load_preset(name)), stale=False).text


def _description(name: str) -> str:
    from riskcalc.presets import load_preset  # noqa: PLC0415 - not needed for the first frame

    try:
        return load_preset(name).description
    except RiskcalcError:
        return "cannot be read"


def _searched(choice: Choice) -> str:
    return f"{choice.name} {choice.origin} {choice.description}".lower()

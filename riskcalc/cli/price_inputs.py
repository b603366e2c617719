"""Files of prices and a preset among the arguments of a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.history import Bars
    from riskcalc.presets import Preset


def files_and_preset(arguments: tuple[str, ...], *, sample: bool) -> tuple[list[Path], str | None]:
    """The files among the arguments, and the preset if one is named."""
    presets = [argument for argument in arguments if _is_preset(argument)]
    files = [Path(argument) for argument in arguments if argument not in presets]
    if len(presets) > 1:
        raise click.UsageError(f"give at most one PRESET, got {', '.join(presets)}")
    if bool(files) == sample:
        raise click.UsageError("give either files of prices or --sample")
    return files, presets[0] if presets else None


def _is_preset(argument: str) -> bool:
    """Whether an argument is the name or the file of a preset, not a file of prices."""
    if argument.endswith(".toml"):
        return True
    if Path(argument).suffix or Path(argument).exists():
        return False
    from riskcalc.presets import preset_names  # noqa: PLC0415 - help is quick

    return argument in {listed.name for listed in preset_names()}


def traded_prices(histories: list[Bars], preset: Preset) -> Bars:
    """The prices of what a preset trades."""
    traded = preset.template.instrument
    if traded.against:
        raise InvalidInputError(
            f"{preset.name} trades the ratio {traded.symbol}; price files have no highs and lows of a ratio"
        )
    matching = [history for history in histories if history.symbol == traded.symbol]
    unnamed = [history for history in histories if not history.symbol]
    if not matching and not unnamed:
        symbols = ", ".join(history.symbol for history in histories)
        raise InvalidInputError(f"{preset.name} trades {traded.symbol}; the prices are those of {symbols}")
    return (matching or unnamed)[0]

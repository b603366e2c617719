"""Published figures, typed in as CSV with their source above them."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Self

import pytest

_FOLDER = Path(__file__).parent


class Printed(float):
    """A published number that knows how exactly it was printed."""

    __slots__ = ("half_unit",)

    half_unit: float
    """Half a unit of its last printed digit."""

    def __new__(cls, text: str) -> Self:
        exponent = Decimal(text).as_tuple().exponent
        printed = super().__new__(cls, text)
        printed.half_unit = float(Decimal(5).scaleb(exponent - 1)) if isinstance(exponent, int) else 0.0
        return printed


def printed(figure: Printed) -> object:
    """The figure, give or take half a unit in its last printed digit."""
    return pytest.approx(float(figure), rel=0, abs=figure.half_unit)


def rows(name: str) -> list[dict[str, Printed | str]]:
    """Read ``name.csv``: lines starting with # are notes; numeric cells become `Printed` floats."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [{key: _cell(text) for key, text in row.items()} for row in csv.DictReader(lines)]


def _cell(text: str) -> Printed | str:
    try:
        return Printed(text)
    except InvalidOperation:
        return text

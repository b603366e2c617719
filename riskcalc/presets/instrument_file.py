"""The user's ``instruments.toml``: rows that add to or replace the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskcalc.domain import Instrument, PayoutSchedule, underlying_symbol
from riskcalc.domain.instrument_table import SYMBOL, instrument_of_row
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.fields import Count, Date, FeeRate, Multiple, Price, Section, Stop, Symbol, Version
from riskcalc.presets.files import parse_toml, read_text
from riskcalc.presets.problems import problem_lines, problems_in

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""


def read_instruments(path: Path) -> dict[str, Instrument]:
    """Read the rows of one file.

    Raises
    ------
    PresetError
        The file cannot be read, was written by a newer schema, or breaks the schema; a line per problem.
    """
    data = parse_toml(read_text(path, kind="instruments"), path, newest=SCHEMA_VERSION)
    try:
        shape = InstrumentsShape.model_validate(data)
    except ValidationError as error:
        problems = problems_in(error, data, shape=InstrumentsShape)
        raise PresetError("\n".join(problem_lines(problems, path))) from None
    instruments, refused = {}, []
    for symbol, row in shape.instruments.items():
        try:
            instruments[symbol] = row.record(symbol)
        except InvalidInputError as error:  # a beta to the symbol itself
            refused.append(f"{path}: instruments.{symbol}.{error}")
    if refused:
        raise PresetError("\n".join(refused))
    return instruments


def _row_symbol(name: str) -> str:
    symbol = underlying_symbol(name)
    if not SYMBOL.fullmatch(symbol) or "/" in symbol:
        form = "1 to 10 letters or digits like QQQ or BRK.B; a pair needs no row"
        raise InvalidInputError(f"the symbol of a row must be {form}, got {name!r}")
    return symbol


class InstrumentShape(Section):
    """``[instruments.SYMBOL]``."""

    name: str = Field(default="", description="name, for readers")
    exercise: Literal["american", "european"] = Field(
        default="american", description="exercise style of the options"
    )
    delivery: Literal["shares", "cash"] = Field(
        default="shares", description="settlement of the options; cash for an index, which has no shares"
    )
    multiplier: Count = Field(default=100, description="shares or dollars per index point, per contract")
    monthly_settlement: Literal["am", "pm"] = Field(
        default="pm", description="settlement of third-Friday options: at the open (am) or the close (pm)"
    )
    weekly_settlement: Literal["am", "pm"] = Field(
        default="pm", description="settlement of all other options: at the open (am) or the close (pm)"
    )
    leverage: Multiple = Field(
        default=1.0, description="daily return as a multiple of the benchmark's, like 3"
    )
    fee: FeeRate = Field(default=0.0, description="expense ratio of a leveraged fund, like 0.95%")
    benchmark: Symbol | None = Field(default=None, description="symbol of the benchmark")
    beta: Multiple | None = Field(default=None, description="approximate beta to beta_to, like 1.2")
    beta_to: Symbol | None = Field(default=None, description="symbol that beta is measured against, like SPY")
    beta_as_of: Date | None = Field(default=None, description="date of the beta, like 2026-06-30")
    dividends: Literal["monthly", "quarterly", "semiannual", "annual", "none", "index", "unknown"] = Field(
        default=PayoutSchedule.UNKNOWN.value,
        description="frequency of dividends; index: options priced with a yield",
    )
    tick: Price | None = Field(default=None, description="tick of option prices below $3, like 0.01")
    tick_from_3: Price | None = Field(
        default=None, description="tick of option prices of $3 and more, like 0.05"
    )
    strike_step: Price | None = Field(default=None, description="strike interval near the money [dollars]")
    broad_based: bool = Field(
        default=True, description="false for a sector or a single stock, with more margin"
    )
    gap_shocks: tuple[Stop, ...] | None = Field(
        default=None, description='minimum gap shocks, like ["15%", "25%"]'
    )
    source: str = Field(default="", description="source of the values, for readers")

    @model_validator(mode="after")
    def _leverage_has_a_benchmark(self) -> Self:
        if self.leverage != 1 and self.benchmark is None:
            raise InvalidInputError(
                f"benchmark must name a symbol where leverage is {self.leverage:g}, got none"
            )
        return self

    def record(self, symbol: str = "ROW") -> Instrument:
        """Return the instrument of a symbol."""
        values: dict[str, Any] = self.given(*type(self).model_fields)
        return instrument_of_row(symbol, values)


class InstrumentsShape(BaseModel):
    """A whole file of instruments."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, title="riskcalc instruments")

    version: Version = Field(alias="schema", description="schema version: schema = 1")
    instruments: dict[Annotated[str, AfterValidator(_row_symbol)], InstrumentShape] = Field(
        description="one table per symbol, like [instruments.QQQ]"
    )

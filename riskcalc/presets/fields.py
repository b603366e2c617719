"""Kinds of values of preset keys: each parses input, or raises an error with field, value and range."""

from __future__ import annotations

import contextlib
import datetime as dt
import reprlib
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from riskcalc.domain import InstrumentTable, instrument
from riskcalc.domain.signals import SignalRole
from riskcalc.domain.validation import finite, non_negative, positive, whole_count
from riskcalc.errors import InvalidInputError
from riskcalc.presets.amounts import (
    Risk,
    parse_exit_price,
    parse_limit,
    parse_money,
    parse_position_limit,
    parse_risk,
)
from riskcalc.presets.levels import Level, parse_signal
from riskcalc.presets.template import MOST_DAYS
from riskcalc.presets.units_parsing import (
    parse_basis_points,
    parse_fraction,
    parse_move,
    parse_points,
    parse_rate,
    parse_share,
    parse_time,
    parse_vol,
)
from riskcalc.presets.written import CALIBRATED
from riskcalc.records import dataclass

NO_DIVIDENDS = "none"
"""Value of ``dividends`` for no payments and no forecast."""

MOST_PERCENT = 100.0
"""Bare number above which a move is taken for a price without its dollar sign."""

MOST_MULTIPLE = 20.0
"""No fund and no beta moves by more times what its benchmark does."""

Version = Annotated[int, BeforeValidator(partial(whole_count, "schema"))]


class Section(BaseModel):
    """A table of the file; valid only if its record is."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def record(self) -> object:
        """Return the record of the domain that the table describes."""
        raise NotImplementedError

    def check_record(self, instruments: InstrumentTable | None) -> None:  # noqa: ARG002 - few tables name symbols
        """Raise InvalidInputError where the record would not be valid, given the instruments by symbol."""
        self.record()

    @model_validator(mode="after")
    def _record_is_valid(self, info: ValidationInfo) -> Self:
        self.check_record(info.context)
        return self

    def given(self, *keys: str) -> dict[str, Any]:
        """Return the keys that are set, so that defaults are defined only in the domain."""
        return {key: value for key in keys if (value := getattr(self, key)) is not None}


def says_none(value: object) -> bool:
    """Whether ``dividends`` states that there are none."""
    return isinstance(value, str) and value.strip().lower() == NO_DIVIDENDS


def _read_with(parse: Callable[..., object]) -> BeforeValidator:
    """Run a parser that takes the name of the field."""

    def read(value: Any, info: ValidationInfo) -> object:  # noqa: ANN401 - whatever the file holds
        return parse(value, field=info.field_name)

    return BeforeValidator(read)


def _check_with(check: Callable[[str, Any], object]) -> BeforeValidator:
    """Run a range check of the domain."""

    def read(value: Any, info: ValidationInfo) -> object:  # noqa: ANN401 - whatever the file holds
        return check(info.field_name or "value", value)

    return BeforeValidator(read)


def _dollars(check: Callable[[str, Any], object]) -> BeforeValidator:
    """Read dollars, then run a range check of the domain."""

    def read(value: Any, info: ValidationInfo) -> object:  # noqa: ANN401 - whatever the file holds
        field = info.field_name or "value"
        return check(field, parse_money(value, field=field) if isinstance(value, str) else value)

    return BeforeValidator(read)


def _written(*examples: str | float) -> WithJsonSchema:
    """Describe the accepted input in the JSON schema."""
    return WithJsonSchema({"type": ["number", "string"], "examples": list(examples)})


def _days(field: str, value: int) -> int:
    if whole_count(field, value) > MOST_DAYS:
        raise InvalidInputError(f"{field} must be a whole number from 1 to {MOST_DAYS}, got {value}")
    return int(value)


def _delta(field: str, value: float) -> float:
    """The size of a delta: a put's may be written with its sign."""
    size = abs(finite(field, value))
    if not 0 < size < 1:
        hint = f"; did you mean {size / 100:g}?" if 1 < size < 100 else ""
        raise InvalidInputError(f"{field} must be like 0.30, above 0 and below 1, got {value:g}{hint}")
    return size


def _vol_or_calibrated(value: Any, *, field: str) -> float | str:  # noqa: ANN401 - whatever the file holds
    """Parse a volatility, or the word for k times the implied one."""
    if isinstance(value, str) and value.strip().lower() == CALIBRATED:
        return CALIBRATED
    return parse_vol(value, field=field)


def _fee(value: Any, *, field: str) -> float:  # noqa: ANN401 - whatever the file holds
    fee = parse_rate(value, field=field)
    if fee < 0:
        raise InvalidInputError(f"{field} must be like 8% or 0.08, from 0 to 500%, got {value!r}")
    return fee


def _correlation(field: str, value: float) -> float:
    if not -1 <= finite(field, value) <= 1:
        raise InvalidInputError(f"{field} must be a number from -1 to 1, like 0.85, got {value:g}")
    return value


@dataclass(frozen=True, slots=True)
class ExitPrice:
    """A stop or target that is written as a price."""

    price: float
    """[dollars]"""


def _move_or_price(value: Any, *, field: str, below: float | None = None) -> float | ExitPrice:  # noqa: ANN401 - whatever the file holds
    if isinstance(value, ExitPrice):
        return value
    price = parse_exit_price(value, field=field)
    if below is not None and isinstance(value, int | float) and value > MOST_PERCENT:
        form = f"{field} must be like -6%, or a price like $277.67"
        raise InvalidInputError(f"{form}, got {value!r}; did you mean ${value!r}?")
    return (
        parse_fraction(value, field=field, positive=True, below=below) if price is None else ExitPrice(price)
    )


def _symbol(value: str) -> str:
    """A symbol in capitals."""
    return instrument(value).symbol


def _multiple(field: str, value: float) -> float:
    if finite(field, value) == 0 or abs(value) > MOST_MULTIPLE:
        form = f"a number from -{MOST_MULTIPLE:g} to {MOST_MULTIPLE:g} other than 0, like 3"
        raise InvalidInputError(f"{field} must be {form}, got {value:g}")
    return value


def _date(field: str, value: object) -> dt.date:
    """A TOML date, or the same in quotes."""
    with contextlib.suppress(ValueError):
        day = dt.date.fromisoformat(value) if isinstance(value, str) else value
        if type(day) is dt.date and 1970 <= day.year <= 2200:
            return day
    form = "a date from 1970 to 2200, like 2026-09-18"
    raise InvalidInputError(f"{field} must be {form}, got {reprlib.repr(value)}")


def _one_or_more(value: object) -> object:
    """A list, or a single value as a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _none_or_list(value: object) -> object:
    """List of payments; files are read before, so the only text left is none."""
    if says_none(value):
        return ()
    if not isinstance(value, list | tuple):
        forms = f'"{NO_DIVIDENDS}", a list like [{{ ex_date = 2026-06-16, amount = 0.80 }}] or a CSV file'
        raise InvalidInputError(f"dividends must be {forms}, got {reprlib.repr(value)}")
    return value


def _combination(value: object, *, field: str) -> str | dict[str, str]:
    """Any or all, of every role or by role."""
    if value in ("any", "all"):
        return str(value)
    roles = set(SignalRole)
    if isinstance(value, dict) and set(value) <= roles and set(value.values()) <= {"any", "all"}:
        return value
    raise InvalidInputError(
        f'{field} must be "any", "all", or one by role, like {{ stop = "all" }}, got {reprlib.repr(value)}'
    )


class _TextToo:
    """Allow a text in place of a list in the JSON schema."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        text = {"type": "string", "examples": [NO_DIVIDENDS, "iwm-dividends.csv"]}
        return {"anyOf": [text, handler(schema)]}


Price = Annotated[float, _dollars(positive), _written(295.39, "$1,000")]
Dollars = Annotated[float, _dollars(non_negative), _written(0.65, "$1,000")]
Count = Annotated[int, _check_with(whole_count)]
Symbol = Annotated[str, AfterValidator(_symbol)]
Days = Annotated[int, _check_with(_days)]
Delta = Annotated[float, _check_with(_delta)]
Correlation = Annotated[float, _check_with(_correlation)]
Multiple = Annotated[float, _check_with(_multiple)]
Date = Annotated[dt.date, _check_with(_date)]
TimeOfDay = Annotated[dt.time, _read_with(parse_time)]
Rate = Annotated[float, _read_with(parse_rate), _written("4%", 0.04)]
FeeRate = Annotated[float, _read_with(_fee), _written("8%", 0.08)]
Vol = Annotated[float, _read_with(parse_vol), _written("20%", 0.2)]
ViewVol = Annotated[float | str, _read_with(_vol_or_calibrated), _written("22%", 0.22, CALIBRATED)]
Points = Annotated[float, _read_with(parse_points), _written("+3 points", 0.03)]
BasisPoints = Annotated[float, _read_with(parse_basis_points), _written("+25 bp", 0.0025)]
Signal = Annotated[Level, _read_with(parse_signal), _written("-3%", "+25 bp", 25)]
Combination = Annotated[
    str | dict[str, str],
    _read_with(_combination),
    WithJsonSchema({"type": ["string", "object"], "examples": ["any", "all", {"stop": "all"}]}),
]
Move = Annotated[float, _read_with(parse_move), _written("ATM", "+10%", 0.1)]
PriceMove = Annotated[float, _read_with(partial(parse_move, atm=False)), _written("-5%", -0.05)]
Stop = Annotated[
    float, _read_with(partial(parse_fraction, positive=True, below=1.0)), _written("-6%", 6, 0.06)
]
StopOrPrice = Annotated[
    float | ExitPrice, _read_with(partial(_move_or_price, below=1.0)), _written("-6%", 6, 0.06, "$277.67")
]
GainOrPrice = Annotated[float | ExitPrice, _read_with(_move_or_price), _written("+10%", 0.1, "$325")]
RiskAmount = Annotated[Risk, _read_with(parse_risk), _written("1%", 1, "$500")]
Limit = Annotated[float, _read_with(parse_limit), _written("6%", 6)]
PositionLimit = Annotated[float, _read_with(parse_position_limit), _written("50%", 50)]
Part = Annotated[float, _read_with(partial(parse_fraction, at_most=1.0)), _written("10%", 0.1)]
Share = Annotated[float, _read_with(parse_share), _written("50%", 0.5)]
OneOrMore = BeforeValidator(_one_or_more)
NoneOrList = (BeforeValidator(_none_or_list), _TextToo())

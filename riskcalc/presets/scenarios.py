"""Scenario files: the shipped one, the user's own, and one by its path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from riskcalc.domain import Scenario
from riskcalc.domain.validation import record
from riskcalc.environment import config_folder, data_folder
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.fields import BasisPoints, Count, Points, PriceMove, Section, Symbol, Version
from riskcalc.presets.files import parse_toml, read_text
from riskcalc.presets.problems import problem_lines, problems_in

FILE_VARIABLE = "RISKCALC_SCENARIOS"
"""Environment variable that names another file for the user's own scenarios."""

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""


def load_scenarios(path: str | Path | None = None) -> tuple[Scenario, ...]:
    """Load the scenarios that come with riskcalc, the user's own, and those of a file.

    Parameters
    ----------
    path : str or Path, optional
        File of additional scenarios.

    Returns
    -------
    tuple of Scenario
        In the order of the files; the user's own replace shipped ones of the same name, and those of `path`
        replace either.

    Raises
    ------
    PresetError
        A file cannot be read; the text has one line for each of its problems.

    Examples
    --------
    >>> scenarios = {scenario.name: scenario for scenario in load_scenarios()}
    >>> scenarios["rotation-week"].moves["IWM"], scenarios["rotation-week"].sessions
    (0.115, 5)
    """
    if path is not None:
        record("path", (str, Path), path)
    files = [shipped_scenarios(), *_own_scenarios(), *([] if path is None else [Path(path).expanduser()])]
    scenarios = {scenario.name: scenario for file in files for scenario in read_scenarios(file)}
    return tuple(scenarios.values())


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """Read the scenarios of one file.

    Raises
    ------
    PresetError
        The file cannot be read, was written by a newer schema, or breaks the schema; a line per problem.
    """
    data = parse_toml(read_text(path), path, newest=SCHEMA_VERSION)
    try:
        shape = ScenariosShape.model_validate(data)
    except ValidationError as error:
        problems = problems_in(error, data, shape=ScenariosShape)
        raise PresetError("\n".join(problem_lines(problems, path))) from None
    return tuple(scenario.record(name) for name, scenario in shape.scenarios.items())


def shipped_scenarios() -> Path:
    """Return the file of the scenarios that come with riskcalc."""
    return Path(__file__).parent / "scenarios.toml"


def user_scenarios() -> Path:
    """Return the file of the user's own scenarios, which need not exist.

    One in the folder of the presets' data, where earlier versions had it, is found too.
    """
    setting = os.environ.get(FILE_VARIABLE)
    if setting:
        return Path(setting).expanduser()
    path, older = config_folder() / "scenarios.toml", data_folder() / "scenarios.toml"
    return older if older.exists() and not path.exists() else path


def _own_scenarios() -> list[Path]:
    """The user's scenario file; a file set by the variable must exist."""
    path = user_scenarios()
    return [path] if os.environ.get(FILE_VARIABLE) or path.exists() else []


def _require_name(name: str) -> str:
    if not name.strip():
        raise InvalidInputError("a scenario must have a name")
    return name


class ScenarioShape(Section):
    """``[scenarios.NAME]``."""

    meaning: str = Field(description="what happens, and what is assumed")
    moves: dict[Symbol, PriceMove] = Field(
        default_factory=dict, description='move by symbol, like { IWM = "-5%" }'
    )
    sessions: Count = Field(default=1, description="number of NYSE sessions, >= 1")
    vol_shift: Points = Field(default=0.0, description="change of every IV, like +3 points")
    rate_shift: BasisPoints = Field(default=0.0, description="change of the rate, like +25 bp")

    def record(self, name: str = "scenario") -> Scenario:
        """The scenario; its name is the table's."""
        return Scenario(name=name, **self.model_dump())


class ScenariosShape(BaseModel):
    """A whole file of scenarios."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, title="riskcalc scenarios")

    version: Version = Field(alias="schema", description="schema version: schema = 1")
    scenarios: dict[Annotated[str, AfterValidator(_require_name)], ScenarioShape] = Field(
        description="one table per scenario, like [scenarios.rotation-day]"
    )

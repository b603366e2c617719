"""Rules of the board, read from ``signals.toml``: the shipped ones, and the user's over them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from riskcalc.domain.signals import SignalRole, value_with_unit
from riskcalc.domain.validation import brief_repr
from riskcalc.environment import config_folder
from riskcalc.errors import PresetError
from riskcalc.presets.files import parse_toml, read_text
from riskcalc.presets.levels import parse_level
from riskcalc.records import dataclass
from riskcalc.signals.measures import UNITS_OF, WITHOUT_SESSIONS, Measure

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

MOST_SESSIONS = 2520
"""Ten years."""

KEYS = (
    "meaning role series measure sessions above below any all max_age symbols off".split()  # noqa: SIM905
)
BOOK_UNITS = {
    "book.heat": "%",
    "book.heat_correlated": "%",
    "book.heat_shock": "%",
    "book.drawdown": "%",
    "book.buying_power": "%",
    "book.iwm_equivalent": "%",
    "book.positions": "positions",
}
"""Series of the user's book with their units; percent are of equity."""
FORMS = '"-3%", "+25 bp", "12 points", "2 sd", "1.5x", "-$250M"'


Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: a measure of a series against a level, or a combination of other rules."""

    name: str
    role: SignalRole | None
    """None for a member of a combination that does not count by itself."""
    meaning: str = ""
    series: tuple[str, ...] = ()
    """Names of series that can serve, the freshest is used; of a flow, the fund's symbol."""
    measure: Measure = Measure.LEVEL
    sessions: int = 0
    level: float = 0.0
    """In `unit`."""
    unit: str = ""
    above: bool = True
    """Whether the rule is met at or above its level; else at or below."""
    members: tuple[str, ...] = ()
    """Rules of a combination; none for a rule on a series."""
    needs_all: bool = False
    max_age: int = 1
    """Largest age without a warning [sessions]."""
    symbols: tuple[str, ...] = ()
    """Benchmarks of the trades that it applies to; empty for all."""

    @property
    def signed(self) -> bool:
        """Whether its value is a change."""
        return self.measure is not Measure.LEVEL

    @property
    def text(self) -> str:
        """Description of the rule."""
        if self.members:
            return f"{'all' if self.needs_all else 'any'} of {', '.join(self.members)}"
        level = value_with_unit(self.level, self.unit, signed=self.signed)
        return f"{'above' if self.above else 'below'} {level}"

    def met_by(self, value: float) -> bool:
        """Whether a value is at the level or beyond it."""
        return self.distance(value) <= 0

    def distance(self, value: float) -> float:
        """How far a value still is from the level, in the rule's unit; 0 or less at it and beyond."""
        left = self.level - value if self.above else value - self.level
        return 0.0 if abs(left) < 1e-9 * max(abs(self.level), 1.0) else left


def load_rules(own_path: Path | None = None) -> tuple[Rule, ...]:
    """Return the rules that ship with riskcalc, with the user's own in place of those of the same name.

    Parameters
    ----------
    own_path : Path, optional
        File of the user's rules, which need not exist; by default the one of the configuration.

    Raises
    ------
    PresetError
        A file cannot be read or breaks the schema, a combination names no rule, or is circular; the
        text has one line for each problem.
    """
    tables: dict[str, tuple[Path, Any]] = {}
    for path in (shipped_rules(), own_path or own_rules()):
        if path.exists():
            tables |= {name: (path, table) for name, table in _tables(path).items()}
    problems: list[str] = []
    rules = [
        _rule(name, table, _Problems(problems, f"{path}: signals.{name}"))
        for name, (path, table) in tables.items()
        if not (isinstance(table, Mapping) and table.get("off") is True)
    ]
    if not problems:
        problems = [f"{tables[name][0]}: signals.{name}: {text}" for name, text in _wrong_members(rules)]
    if problems:
        raise PresetError("\n".join(problems))
    return tuple(rules)


def shipped_rules() -> Path:
    """Return the file of the rules that ship with riskcalc."""
    return Path(__file__).parent / "signals.toml"


def own_rules() -> Path:
    """Return the file of the user's own rules, which need not exist."""
    return config_folder() / "signals.toml"


class _Problems(NamedTuple):
    """Problems of one table, each with its name before it."""

    found: list[str]
    table: str

    def say(self, text: str) -> None:
        """Add a problem."""
        self.found.append(f"{self.table}: {text}")


def _tables(path: Path) -> Mapping[str, Any]:
    data = parse_toml(read_text(path, kind="signals"), path, newest=SCHEMA_VERSION)
    extra = [name for name in data if name not in ("schema", "signals")]
    if extra:
        raise PresetError(f"{path}: {extra[0]}: unknown; rules are tables like [signals.sp500_move]")
    tables = data.get("signals", {})
    if not isinstance(tables, Mapping):
        raise PresetError(
            f"{path}: signals must be tables like [signals.sp500_move], got {brief_repr(tables)}"
        )
    return tables


def _rule(name: str, table: object, problems: _Problems) -> Rule:
    """Read one rule; an invalid value is noted and replaced by a default, so that all problems are listed."""
    if not isinstance(table, Mapping):
        problems.say(f"must be a table, got {brief_repr(table)}")
        return Rule(name=name, role=None)
    for key in table:
        if key not in KEYS:
            problems.say(f"unknown key {key}{_nearest(key, KEYS)}")
    members = _names(table, "all", problems) or _names(table, "any", problems)
    common: dict[str, Any] = {
        "name": name,
        "role": _choice(table, "role", SignalRole, problems),
        "meaning": _text(table, "meaning", problems),
        "max_age": _count(table, "max_age", 1, problems),
        "symbols": _names(table, "symbols", problems),
    }
    if "any" in table or "all" in table:
        clash = [key for key in ("series", "above", "below", "measure", "sessions") if key in table]
        if clash or ("any" in table and "all" in table):
            problems.say(
                f"is a combination: give one of any and all, and no {clash[0] if clash else 'other'}"
            )
        if not members:
            problems.say("combines no rules")
        return Rule(**common, members=members, needs_all="all" in table)
    return Rule(**common, **_leaf(table, problems))


def _leaf(table: Mapping[str, Any], problems: _Problems) -> dict[str, Any]:
    """Fields of a rule on a series."""
    measure = _choice(table, "measure", Measure, problems) or Measure.LEVEL
    series = _names(table, "series", problems)
    sides = [side for side in ("above", "below") if side in table]
    sessions = _count(table, "sessions", 0, problems)
    if not series:
        problems.say('series must name what it is on, like "DGS10", or typed values: series = "typed"')
    if not sessions and measure not in WITHOUT_SESSIONS:
        problems.say(f"sessions must be a whole number from 1 to {MOST_SESSIONS:,} for measure {measure}")
    if len(sides) != 1:
        problems.say("exactly one of above and below must be set")
        return {"series": series, "measure": measure, "sessions": sessions}
    level = parse_level(table[sides[0]])
    allowed = UNITS_OF[measure]
    _check_book_series(series, measure, problems, unit=None if level is None else level[1])
    if level is None:
        problems.say(
            f"{sides[0]} must be a level with its unit, like {FORMS}, got {brief_repr(table[sides[0]])}"
        )
        level = (0.0, allowed[0])
    elif level[1] not in allowed:
        problems.say(
            f"{sides[0]} of measure {measure} must be in {' or '.join(allowed)}, got {table[sides[0]]!r}"
        )
    return {
        "series": series,
        "measure": measure,
        "sessions": sessions,
        "level": level[0],
        "unit": level[1],
        "above": sides[0] == "above",
    }


def _check_book_series(
    series: tuple[str, ...], measure: Measure, problems: _Problems, *, unit: str | None
) -> None:
    """Note invalid rules on the book, which is known on one day only, each series in one unit."""
    for name in (name for name in series if name.partition(".")[0] == "book"):
        if name not in BOOK_UNITS:
            problems.say(f"series {name} is not of the book: {', '.join(BOOK_UNITS)}")
        elif measure is not Measure.LEVEL:
            problems.say(f"measure of {name} must be level: the book keeps no history of it")
        elif unit not in (None, BOOK_UNITS[name]):
            problems.say(f"the level of {name} must be in {BOOK_UNITS[name]}, got {unit}")


def _wrong_members(rules: list[Rule]) -> Iterator[tuple[str, str]]:
    """Combinations that name no rule or go in a circle, and rules that decide nothing."""
    rules_by_name = {rule.name: rule for rule in rules}
    used = {member for rule in rules for member in rule.members}
    for rule in rules:
        for member in rule.members:
            if member not in rules_by_name:
                yield rule.name, f"combines an unknown rule {member}{_nearest(member, rules_by_name)}"
        if rule.role is None and rule.name not in used:
            yield rule.name, f"role must be one of {', '.join(SignalRole)}"
    if any(member not in rules_by_name for member in used):
        return
    reported: set[str] = set()
    for rule in rules:
        circle = _circle(rule.name, rules_by_name)
        if circle and rule.name not in reported:
            reported |= set(circle)
            yield rule.name, f"is circular: {' -> '.join(circle)}"


def _circle(start: str, rules_by_name: Mapping[str, Rule]) -> tuple[str, ...]:
    """The way from a rule back to itself, if there is one."""
    paths: list[tuple[str, ...]] = [(start,)]
    visited: set[str] = set()
    while paths:
        path = paths.pop()
        for member in rules_by_name[path[-1]].members:
            if member == start:
                return (*path, start)
            if member not in visited:
                visited.add(member)
                paths.append((*path, member))
    return ()


def _nearest(name: str, names: object) -> str:
    matches = difflib.get_close_matches(name, list(names), n=1) if isinstance(names, (list, Mapping)) else []
    return f"; did you mean {matches[0]}?" if matches else ""


def _names(table: Mapping[str, Any], key: str, problems: _Problems) -> tuple[str, ...]:
    value = table.get(key, [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        problems.say(f"{key} must be a name or a list of names, got {brief_repr(value)}")
        return ()
    return tuple(names)


def _text(table: Mapping[str, Any], key: str, problems: _Problems) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        problems.say(f"{key} must be text, got {brief_repr(value)}")
        return ""
    return value


def _count(table: Mapping[str, Any], key: str, default: int, problems: _Problems) -> int:
    value = table.get(key, default)
    if key in table and (
        not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_SESSIONS
    ):
        problems.say(f"{key} must be a whole number from 1 to {MOST_SESSIONS:,}, got {brief_repr(value)}")
        return default
    return int(value)


def _choice(table: Mapping[str, Any], key: str, kind: type[Choice], problems: _Problems) -> Choice | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(kind):
        problems.say(f"{key} must be one of {', '.join(kind)}, got {brief_repr(value)}")
        return None
    return kind(value)

"""Typed values of signals, ``iwm_flow=-250M``, as series of one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from riskcalc.errors import InvalidInputError
from riskcalc.presets.levels import parse_level
from riskcalc.signals.rules import Rule
from riskcalc.signals.series import Series
from riskcalc.signals.store import typed_series


def typed_values(assignments: Iterable[str], rules: Mapping[str, Rule], day: dt.date) -> list[Series]:
    """Return typed values of signals as series of one day.

    Parameters
    ----------
    assignments : iterable of str
        Each like ``iwm_flow=-250M``, in the unit of the signal's rule.
    rules : mapping
        By name; a combination takes no value.
    day : date
        Day of the values.

    Raises
    ------
    InvalidInputError
        A name is of no rule on a series, or a value is not in the unit of its rule.
    """
    series = []
    for assignment in assignments:
        name, _, text = (part.strip() for part in assignment.partition("="))
        rule = rules.get(name)
        if rule is None or rule.members:
            single = ", ".join(rule.name for rule in rules.values() if not rule.members)
            raise InvalidInputError(f"the signal entered must be one of {single}, got {name!r}")
        level = parse_level(text)
        if level is None or level[1] != rule.unit:
            raise InvalidInputError(f"{name} must have the unit of its rule, {rule.text}, got {text!r}")
        series.append(typed_series(name, level[0], rule.unit, day))
    return series

"""A report of the trade on the screen."""

from __future__ import annotations

from pathlib import Path

from riskcalc.editor import State
from riskcalc.editor.command_line import reproduce
from riskcalc.errors import InvalidInputError
from riskcalc.presets import self_contained
from riskcalc.reports.files import PlanReport


def report_of(state: State, path: Path) -> PlanReport:
    """Return the report of the trade being edited.

    Parameters
    ----------
    state : State
        Its plan must be that of its inputs.
    path : Path
        The file that the command inside names.

    Raises
    ------
    InvalidInputError
        The inputs have a problem, so that the plan is older than they are.
    PresetError
        A preset file cannot express the trade.
    """
    if state.plan is None or state.stale:
        raise InvalidInputError(state.problem or "there is no plan yet")
    return PlanReport(
        plan=state.plan,
        preset=self_contained(state.draft.to_preset(), state.plan.sources),
        command=reproduce(state.draft, "-o", str(path), command="report"),
    )

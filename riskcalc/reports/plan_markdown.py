"""A plan as Markdown: its verdict, tables and command, without pictures."""

from __future__ import annotations

from riskcalc.domain import TradePlan
from riskcalc.formatting import plan_tables, plan_title
from riskcalc.reports.tables import markdown_tables, markdown_text


def plan_markdown(plan: TradePlan, *, command: str) -> str:
    """Return a plan as Markdown.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan` or `riskcalc.plan_preset`.
    command : str
        The command line that makes the text.
    """
    return "\n\n".join(
        (
            f"# {markdown_text(plan_title(plan))}",
            markdown_tables(plan_tables(plan)),
            f"Made by\n\n    {' '.join(command.split())}\n",
        )
    )

"""Results in a notebook: tables as text and HTML, a plan with its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, cast

from riskcalc.domain import Comparison, RiskReport, StressResult, TradePlan
from riskcalc.errors import printable
from riskcalc.formatting import (
    Table,
    comparison_tables,
    comparison_title,
    option_tables,
    plan_tables,
    plan_title,
    scan_tables,
    scan_title,
    stress_tables,
    stress_title,
)
from riskcalc.formatting.metric import plain_text, wrapped
from riskcalc.formatting.table import document_lines
from riskcalc.reports.markup import element, lines, words
from riskcalc.reports.plan_page import plan_figures
from riskcalc.reports.tables import html_tables

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 120
"""Columns of the text."""

TOP = 20
"""Rows of a scan."""


@singledispatch
def mimebundle(result: object) -> dict[str, str]:
    """Return a result as text and as HTML.

    Parameters
    ----------
    result : TradePlan, RiskReport, Comparison, StressResult or DataFrame
        The last from `riskcalc.scan`, whose terms it has in `attrs`; without them or some of its columns, as
        pandas shows it.

    Returns
    -------
    dict
        ``text/plain`` and ``text/html``.
    """
    frame = cast("pd.DataFrame", result)
    try:
        return _bundle(scan_title(frame), scan_tables(frame, top=TOP))
    except KeyError:
        return {"text/plain": repr(frame), "text/html": frame.to_html(max_rows=TOP)}


@mimebundle.register
def _(result: TradePlan) -> dict[str, str]:
    return _bundle(plan_title(result), plan_tables(result), figures=plan_figures(result))


@mimebundle.register
def _(result: RiskReport) -> dict[str, str]:
    return _bundle(f"{result.trade.description}, on {result.market.as_of}", option_tables(result))


@mimebundle.register
def _(result: Comparison) -> dict[str, str]:
    return _bundle(comparison_title(result), comparison_tables(result), note=result.summary)


@mimebundle.register
def _(result: StressResult) -> dict[str, str]:
    return _bundle(stress_title(result.plan), stress_tables(result.plan, result))


def _bundle(title: str, tables: Iterable[Table], *, figures: str = "", note: str = "") -> dict[str, str]:
    filled = [table for table in tables if table.rows]
    shown_note = [(), *wrapped(note, width=WIDTH, indent=0)] if note else []
    text = printable(plain_text([*document_lines(filled, summary=title, width=WIDTH), *shown_note]))
    style = Path(__file__).with_name("notebook.css").read_text(encoding="utf-8")
    heading = element("p", words(title), class_="title")
    below = element("p", words(note)) if note else ""
    shown = lines((element("style", "\n", style), heading, figures, html_tables(filled), below))
    return {"text/plain": text, "text/html": element("div", "\n", shown, "\n", class_="riskcalc")}

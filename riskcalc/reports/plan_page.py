"""A plan as one page of HTML: its verdict, key numbers, pictures and tables, and its preset as data."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from riskcalc.domain import TradePlan, Verdict
from riskcalc.formatting import plan_tables
from riskcalc.formatting.metric import Metric
from riskcalc.formatting.plan import at_the_stop, trade_line
from riskcalc.formatting.plan_metrics import (
    managed_metrics,
    odds_metrics,
    price_metrics,
    select,
    size_metrics,
)
from riskcalc.formatting.table import Table
from riskcalc.presets.embedded import EmbeddedPreset, embedded_json
from riskcalc.reports.markup import element, lines, words
from riskcalc.reports.picture import pictures
from riskcalc.reports.tables import html_tables

KEY_METRICS = (
    "size.units",
    "size.risk",
    "size.loss_at_stop",
    "size.capital",
    "price.net_debit",
    "price.max_loss",
    "price.max_profit",
    "price.breakevens.0",
    "probability.profit",
    "probability.stop_first",
    "probability.target_first",
    "managed.expected_pnl",
)
"""Numbers above the pictures, by their places in the JSON of a plan."""

VERDICT_TONES = {Verdict.OK: "good", Verdict.SAMPLE: "warn", Verdict.NO: "bad", Verdict.OLD: "bad"}

WIDEST = 62
"""Characters of a row that fit half the page."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is loaded and nothing run; a browser holds the page to it."""


def plan_page(plan: TradePlan, *, preset: EmbeddedPreset, command: str) -> str:
    """Return a plan as a page of HTML that needs no other file.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan_preset`.
    preset : EmbeddedPreset
        What gives this plan, from `riskcalc.presets.self_contained`; kept inside, so that
        ``riskcalc plan plan.html`` plans it again.
    command : str
        The command line that makes the page.
    """
    title = f"{plan.verdict} {trade_line(plan)}"
    return lines(
        (
            "<!DOCTYPE html>",
            '<html lang="en">',
            element(
                "head",
                "\n",
                lines(
                    (
                        '<meta charset="utf-8"/>',
                        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
                        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                        element("meta", name="color-scheme", content="light dark"),
                        element("meta", name="generator", content=f"riskcalc {version('riskcalc')}"),
                        element("title", words(title)),
                        element("style", "\n", style_sheet()),
                    )
                ),
            ),
            element("body", "\n", _body(plan, preset=preset, command=command), "\n"),
            "</html>\n",
        )
    )


def style_sheet() -> str:
    """Return the style of a report."""
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _body(plan: TradePlan, *, preset: EmbeddedPreset, command: str) -> str:
    return lines(
        (
            element(
                "main",
                "\n",
                lines(
                    (
                        _header(plan),
                        key_numbers(plan),
                        plan_figures(plan),
                        *table_sections(plan_tables(plan)),
                    )
                ),
            ),
            _footer(command),
            embedded_json(preset, command=command, plan=plan.to_dict()),
        )
    )


def table_sections(tables: Iterable[Table]) -> tuple[str, str]:
    """Return the tables of wide rows over the whole page, then the others in two columns."""
    shown = tuple(tables)
    wide = [table for table in shown if _is_wide(table)]
    others = [table for table in shown if not _is_wide(table)]
    return (
        element("section", html_tables(wide), class_="wide"),
        element("section", html_tables(others), class_="tables"),
    )


def _is_wide(table: Table) -> bool:
    columns = zip(table.header, *table.rows, strict=True) if table.header else ()
    return (
        sum(max(len(line) for cell in column for line in cell.splitlines() or [""]) for column in columns)
        > WIDEST
    )


def _header(plan: TradePlan) -> str:
    report = plan.report
    verdict = element("span", words(plan.verdict), class_=f"verdict {VERDICT_TONES[plan.verdict]}")
    name = report.trade.name or report.trade.description
    failing = [check for check in plan.checks if check.status != "ok"]
    return element(
        "header",
        element("h1", verdict, words(name)),
        element("p", words(trade_line(plan).removeprefix(f"{report.trade.name}: "))),
        *(
            element(
                "p",
                words(f"{check.status.upper()} {check.name}: {check.message}"),
                class_=_tone(check.status),
            )
            for check in failing
        ),
    )


def _tone(status: str) -> str:
    return "bad" if status == "fail" else "warn"


def key_numbers(plan: TradePlan) -> str:
    """Return the key numbers of a plan as a list of terms."""
    metrics = (*size_metrics(plan), *price_metrics(plan.report), *odds_metrics(plan), *managed_metrics(plan))
    return element("dl", *map(_key_number, select(metrics, *KEY_METRICS)), class_="key")


def _key_number(metric: Metric) -> str:
    label, number, _ = metric.row
    note = metric.notes[-1] if metric.notes and metric.notes[-1] else ""
    small = element("small", words(note)) if note else ""
    return element("div", element("dt", words(label)), element("dd", words(number), small))


def plan_figures(plan: TradePlan) -> str:
    """Return payoff and heatmap of a plan as figures with captions."""
    drawn = pictures(plan)
    noun = plan.report.trade.unit_noun
    return element(
        "section",
        _figure(f"Payoff: P&L per {noun} by spot, before costs", drawn.payoff),
        _figure(
            f"P&L per {noun} by spot and date{at_the_stop(plan)}, in dollars and R, before costs",
            drawn.heatmap,
        ),
        class_="figures",
    )


def _figure(caption: str, picture: str) -> str:
    return element("figure", element("figcaption", words(caption)), picture)


def _footer(command: str) -> str:
    return element(
        "footer",
        element("p", words("Made by")),
        element("pre", element("code", words(command))),
        element(
            "p",
            words(
                "riskcalc plan FILE plans the preset inside this file again; riskcalc screen FILE edits it."
            ),
        ),
    )

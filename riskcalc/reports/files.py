"""Reports as files; the extension of the name selects the format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from riskcalc.domain import TradePlan
from riskcalc.errors import InvalidInputError
from riskcalc.presets.embedded import EmbeddedPreset
from riskcalc.presets.files import replacing
from riskcalc.records import dataclass
from riskcalc.reports.libraries import library
from riskcalc.reports.picture import plan_svg
from riskcalc.reports.plan_markdown import plan_markdown
from riskcalc.reports.plan_page import plan_page

SHARPNESS = 2
"""Pixels of a PNG per pixel of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """Input of a report: plan, preset and command line."""

    plan: TradePlan
    preset: EmbeddedPreset
    """What gives the plan, from `riskcalc.presets.self_contained`."""
    command: str
    """The command line that makes the report."""


def write_reports(report: PlanReport, paths: Iterable[Path]) -> tuple[Path, ...]:
    """Write a report to files, after all of them were made: a problem leaves every file as it was.

    Parameters
    ----------
    report : PlanReport
        The plan, its preset and its command.
    paths : iterable of Path
        Files to write, in a format by their ending: ``.html``, ``.md``, ``.svg``, ``.png`` (extra
        ``riskcalc[report]``) or ``.pdf`` (the same).

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InvalidInputError
        A file has another ending or cannot be written, or its format needs a library that is not installed.
    """
    wanted = tuple(paths)
    for path in wanted:
        require_format(path)
    made = [(path, MAKERS[path.suffix.lower()](report)) for path in wanted]
    for path, content in made:
        _write(path, content)
    return wanted


def require_format(path: Path) -> None:
    """Refuse a file whose extension is not a format of reports."""
    if path.suffix.lower() not in MAKERS:
        *others, last = MAKERS
        raise InvalidInputError(f"a report must end in {', '.join(others)} or {last}, got {path.name!r}")


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as part:
            part.write_bytes(content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidInputError(f"{path}: cannot be written: {reason}") from None


def _html(report: PlanReport) -> bytes:
    return plan_page(report.plan, preset=report.preset, command=report.command).encode()


def _markdown(report: PlanReport) -> bytes:
    return plan_markdown(report.plan, command=report.command).encode()


def _svg(report: PlanReport) -> bytes:
    return plan_svg(report.plan).encode()


def _png(report: PlanReport) -> bytes:
    resvg = library("resvg_py", what="a report as PNG", extra="report")
    return bytes(resvg.svg_to_bytes(svg_string=plan_svg(report.plan, paper=True), zoom=SHARPNESS))


def _pdf(report: PlanReport) -> bytes:
    weasyprint = library("weasyprint", what="a report as PDF", extra="report")
    return bytes(weasyprint.HTML(string=_html(report).decode()).write_pdf())


MAKERS: Mapping[str, Callable[[PlanReport], bytes]] = {
    ".html": _html,
    ".md": _markdown,
    ".svg": _svg,
    ".png": _png,
    ".pdf": _pdf,
}
"""What makes each format, by the ending of its file."""

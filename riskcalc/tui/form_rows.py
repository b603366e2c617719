"""Rows of the form and the header, from an editor or, until the engine is loaded, the last session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.presets import DEFAULT_PRESET
from riskcalc.tui.form import FieldRow
from riskcalc.tui.header import Heading

if TYPE_CHECKING:
    from riskcalc.editor import Draft, TradeEditor
    from riskcalc.editor.session_file import SessionPreview
    from riskcalc.tui.form import Form

BLANK_LABELS = {
    "MARKET": (("Spot", "$"), ("Vol", "%"), ("Rate", "%"), ("Days", "d")),
    "LEGS": (("Leg 1", ""), ("Leg 2", "")),
    "EXITS": (("Stop", "%"), ("Target 1", "%"), ("Target 2", "%"), ("Time stop", "d")),
    "ACCOUNT": (("Equity", "$"), ("Risk", "%")),
}
"""Labels in the first frame of the first run."""

KINDS = {"OK": "ok", "SAMPLE": "over", "OLD": "no", "OVER": "over", "NO": "no", "INPUT": "input"}
"""Look of the badge by its kind."""


def field_rows(editor: TradeEditor) -> tuple[FieldRow, ...]:
    """The rows of an editor's fields."""
    draft = editor.state.draft
    return tuple(
        FieldRow(
            section=field.section,
            label=field.label,
            text=field.text(draft),
            unit=field.unit,
            key=field.key,
            help=field.help,
            main=field.main,
            signed=field.signed,
        )
        for field in editor.fields
    )


def preview_rows(session_preview: SessionPreview | None) -> tuple[FieldRow, ...]:
    """The rows of the last session, without one the labels alone."""
    if session_preview is None or not session_preview.rows:
        return tuple(
            FieldRow(section=section, label=label, text="", unit=unit)
            for section, labels in BLANK_LABELS.items()
            for label, unit in labels
        )
    return tuple(
        FieldRow(section=section, label=label, text=text, unit=unit, main=main)
        for section, label, text, unit, main in session_preview.rows
    )


def heading(editor: TradeEditor) -> Heading:
    """The header of an editor."""
    state = editor.state
    draft, badge = state.draft, state.badge
    days = [field for field in editor.fields if field.key == "trade.days"]
    return Heading(
        title=state.title,
        description=draft.trade.description,
        days=f"{days[0].text(draft)} DTE" if days else "",
        market=_market_words(draft),
        pinned="A/B off" if state.pinned is None else "A/B on ",
        badge=badge.text,
        kind=KINDS[badge.kind],
    )


def _market_words(draft: Draft) -> tuple[str, ...]:
    """Day of the prices and where they come from, in full and as one of the two."""
    source, day = draft.sources.spot, str(draft.market.date)
    return (day,) if source is None else (f"{day} {source}", str(source))


def preview_heading(session_preview: SessionPreview | None) -> Heading:
    """The header of the last session."""
    if session_preview is None:
        return Heading(title=DEFAULT_PRESET, badge="loading")
    return Heading(title=session_preview.title, badge=f"... {session_preview.badge.strip()}")


def field_help(row: FieldRow, typed: str | None) -> str:
    """Help of a field after its value or typed text."""
    value = row.text if typed is None else f"{typed}_"
    return f"{row.label.strip()} {value} {row.unit}".rstrip() + f": {row.help}"


def same_field(rows: tuple[FieldRow, ...], form: Form) -> int:
    """Index of the focused field among new rows, or of its position if the field is gone."""
    key = form.row.key
    places = [index for index, row in enumerate(rows) if row.key == key]
    return places[0] if places and key else min(form.current, len(rows) - 1)

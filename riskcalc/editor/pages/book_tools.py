"""Imports and hedges of the page Book: what would be done is shown first."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from functools import partial
from pathlib import Path

from riskcalc.book.book import Book
from riskcalc.book.hedge_request import HEDGE_PRESETS, HedgeRequest, hedge_book, hedge_triggers, trigger_note
from riskcalc.book.imports import ImportResult
from riskcalc.book.tables import hedge_tables
from riskcalc.editor.pages.day import day_of
from riskcalc.editor.pages.forms import Answer, Form, FormField, Typed, typed_number
from riskcalc.editor.state import State
from riskcalc.environment import book_path
from riskcalc.errors import BookError, InvalidInputError
from riskcalc.formatting.numbers import count
from riskcalc.presets import load_scenarios
from riskcalc.presets.units_parsing import parse_fraction

PLANNED = ("TZA",)
"""Hedges that their preset plans as they are; the presets of the others trade more than the hedge."""


def import_form(state: State, path: Path | None = None) -> Form:
    """Return the form that imports a broker's file, as ``riskcalc book import`` does.

    Parameters
    ----------
    state : State
        Of the editor.
    path : Path, optional
        Of the book, made when missing; default: the user's own.
    """
    return Form(
        title="Import a broker's file",
        verb="reads the file",
        fields=(FormField(name="file", label="file", hint="transactions or positions, or a backup"),),
        work=partial(_import, today=day_of(state), path=path or book_path()),
    )


def _import(typed: Typed, *, today: dt.date, path: Path) -> Answer:
    if not typed.text("file"):
        raise InvalidInputError("file must name a broker's file")
    file = Path(os.path.expanduser(typed.text("file")))  # noqa: PTH111 - leaves an unknown ~user be
    if not typed.confirmed:
        return _preview(_tried(file, path, today))
    with Book(path) as book:
        # What could not be placed was listed before it was confirmed.
        result = book.import_file(file, today=today, partial=True)
        left = f", {len(result.problems)} rows left out" if result.problems else ""
        message = f"imported {count(result.fills, 'fill')} of {file.name}{left}"
        return Answer(done=True, said=message, risk=book.risk(today=today))


def _tried(file: Path, path: Path, today: dt.date) -> ImportResult:
    """Import without writing: where there is no book, into one that is thrown away."""
    if path.exists():
        with Book(path) as book:
            return book.import_file(file, today=today, dry_run=True)
    with tempfile.TemporaryDirectory() as folder, Book(Path(folder) / path.name) as book:
        return book.import_file(file, today=today, dry_run=True)


def _preview(result: ImportResult) -> Answer:
    message = f"{result.source}: {count(result.fills, 'new fill')}, {result.duplicates} known"
    message += f", {len(result.skipped)} rows skipped"
    if result.confirmed:
        message += f", {count(result.confirmed, 'typed fill')} confirmed"
    if result.problems:
        message += f", {len(result.problems)} rows cannot be placed"
    lines = [
        *(f"! line {row.line}: {row.reason}" for row in result.problems),
        *(f"skipped line {row.line}: {row.reason}" for row in result.skipped),
    ]
    new = result.fills + result.confirmed
    rest = "imports the others, without the rows that cannot be placed" if result.problems else "imports them"
    return Answer(said=message, lines=tuple(lines), confirm=rest if new else "")


def hedge_form(state: State, path: Path | None = None) -> Form:
    """Return the form that sizes a hedge of the book, as ``riskcalc hedge`` does.

    Parameters
    ----------
    state : State
        Of the editor: the limit of heat of its account is proposed.
    path : Path, optional
        Of the book; default: the user's own.
    """
    account = state.draft.account
    limit = f"{account.equity * account.limits.max_heat_fraction:.0f}"
    return Form(
        title="Hedge the book",
        verb="sizes",
        fields=(
            FormField(name="kind", label="with", value="TZA", hint=", ".join(HEDGE_PRESETS)),
            FormField(name="to", label="lose at most $", value=limit, hint="empty with a share to offset"),
            FormField(name="at", label="in scenario", value=HedgeRequest().at),
            FormField(name="share", label="or offset", hint="share of the IWM-equivalent, like 50%"),
        ),
        work=partial(_hedge, proposed=limit, today=day_of(state), path=path or book_path()),
    )


def _hedge(typed: Typed, *, proposed: str, today: dt.date, path: Path) -> Answer:
    kinds = {kind.lower(): kind for kind in HEDGE_PRESETS}
    kind, to, share = (typed.text(name) for name in ("kind", "to", "share"))
    if share and to == proposed:
        to = ""  # it was proposed, not typed
    request = HedgeRequest(
        kind=kinds.get(kind.lower(), kind),
        to=typed_number("lose at most", to) if to else None,
        share=parse_fraction(share, field="offset", positive=True) if share else None,
        at=typed.text("at"),
    )
    if not path.exists():
        raise BookError(f"{path}: there is no book to hedge")
    with Book(path) as book:
        hedge, notes = hedge_book(book, request, load_scenarios())
    opens = HEDGE_PRESETS[request.kind] if request.kind in PLANNED and hedge.units else ""
    if typed.confirmed and opens:
        units = f"{count(hedge.units, hedge.unit_noun)} of {hedge.symbol}"
        message = f"{units} hedge the book: adding the trade proposes so many"
        return Answer(done=True, said=message, opens=opens, units=hedge.units)
    return Answer(
        said=trigger_note(hedge_triggers(today)),
        tables=tuple(hedge_tables(hedge)),
        lines=notes,
        confirm="opens it as the trade" if opens else "",
    )

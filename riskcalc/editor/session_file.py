"""The session file, which restores the last session.

Only the standard library is imported here, so that the first frame can show the last session before the
engine is loaded.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskcalc.environment import state_folder
from riskcalc.errors import printable
from riskcalc.presets import DEFAULT_PRESET
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from riskcalc.domain import BookUse
    from riskcalc.editor.state import State
    from riskcalc.editor.trade_editor import TradeEditor

FILE_VARIABLE = "RISKCALC_SESSION"
"""Environment variable that names another session file."""

VERSION = 1
"""Newest shape this riskcalc reads."""

MOST_BYTES = 2_000_000
"""Maximum size of a session file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPreview:
    """Last session as texts, shown in the first frame."""

    title: str = ""
    badge: str = ""
    rows: tuple[tuple[str, str, str, str, bool], ...] = ()
    """Section, label, text and unit of every field, and whether it is a main one."""
    palette: str = ""
    theme: str = ""
    view: str = ""
    focus: str = ""
    """Key of the field that was focused."""
    page: str = ""
    pages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What each page keeps of itself, by its name."""


def session_path() -> Path:
    """Return the session file, which need not exist yet."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return state_folder() / "session.json"


def session_preview() -> SessionPreview | None:
    """Return what the last session showed; None where there is none that can be read."""
    try:
        data = read_session(session_path())
    except (OSError, ValueError):
        return None
    seen, look = data.get("glimpse"), data.get("look")
    if not isinstance(seen, dict) or not isinstance(look, dict):
        return None
    return SessionPreview(
        title=_text(seen.get("title")),
        badge=_text(seen.get("badge")),
        rows=_rows(seen.get("rows")),
        palette=_text(look.get("palette")),
        theme=_text(look.get("theme")),
        view=_text(look.get("view")),
        focus=_text(look.get("focus")),
        page=_text(look.get("page")),
        pages=_pages(look.get("pages")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Copy of a session that another thread can write."""

    state: State
    chain_path: Path | None
    look: Mapping[str, Any]

    def write(self) -> str:
        """Write the session, whole or not at all; why it could not be, or nothing."""
        from riskcalc.editor.session_data import to_data  # noqa: PLC0415 - as above
        from riskcalc.errors import RiskcalcError  # noqa: PLC0415 - the first frame needs none of these
        from riskcalc.presets.files import write_whole  # noqa: PLC0415 - as above

        data = {"riskcalc_session": VERSION, "look": self.look} | to_data(
            self.state, chain_path=self.chain_path
        )
        try:
            write_whole(session_path(), json.dumps(data, indent=1))
        except RiskcalcError as error:
            return str(error)
        return ""


def snapshot(
    editor: TradeEditor,
    *,
    palette: str = "",
    theme: str = "",
    view: str = "",
    focus: str = "",
    page: str = "",
    pages: Mapping[str, Mapping[str, str]] | None = None,
) -> Snapshot:
    """Return a session as it stands.

    Parameters
    ----------
    editor : TradeEditor
        Its trade, pinned trade and chain are kept exactly.
    palette, theme, view, focus, page : str
        How the screen looks, for the first frame of the next session.
    pages : mapping, optional
        What each page keeps of itself, by its name.
    """
    states = {name: dict(state) for name, state in (pages or {}).items()}
    look = {
        "palette": palette,
        "theme": theme,
        "view": view,
        "focus": focus,
        "page": page,
        "pages": states,
    }
    return Snapshot(state=editor.state, chain_path=editor.chain_path, look=look)


def save(editor: TradeEditor, **look: Any) -> str:  # noqa: ANN401 - those of `snapshot`
    """Write a session as it stands; why it could not be written, or nothing. See `snapshot`."""
    return snapshot(editor, **look).write()


def restore(*, today: dt.date | None = None, book: BookUse | None = None) -> tuple[TradeEditor, str]:
    """Return the editor of the last session, and what there is to say about it.

    Parameters
    ----------
    today : date, optional
        Day the trade is planned for.
    book : BookUse, optional
        What the open trades of the user's book use of the account.

    Without a session it is a shipped preset. A file that cannot be restored is set aside as ``.broken``, and
    the note says so.

    Raises
    ------
    PresetError
        The user's own file of instruments cannot be read: the session stays as it is.
    """
    from riskcalc.editor.session_data import from_data  # noqa: PLC0415 - as above
    from riskcalc.errors import RiskcalcError  # noqa: PLC0415 - the first frame needs none of these
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    path = session_path()
    load_instruments()  # its problems are no fault of the session
    try:
        return from_data(read_session(path), today=today, book=book)
    except FileNotFoundError:
        return _first_editor(today, book), ""
    except (OSError, ValueError, RiskcalcError) as error:
        return _first_editor(today, book), _set_aside(path, error)


def read_session(path: Path) -> dict[str, Any]:
    """Read a session file; raises OSError or ValueError when it cannot be, or is none of this version."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError("it is too large")
    try:
        data = json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(data, dict) or "riskcalc_session" not in data:
        raise ValueError("it is not a riskcalc session")
    if data["riskcalc_session"] != VERSION:
        raise ValueError("it was written by another version of riskcalc")
    return data


def _first_editor(today: dt.date | None, book: BookUse | None) -> TradeEditor:
    from riskcalc.editor import TradeEditor, open_draft  # noqa: PLC0415 - as above
    from riskcalc.presets import load_preset, shipped_folder  # noqa: PLC0415 - as above

    preset = load_preset(shipped_folder() / f"{DEFAULT_PRESET}.toml", book=book)
    return TradeEditor(open_draft(preset, today=today))


def _set_aside(path: Path, error: Exception) -> str:
    """Rename a session file that cannot be restored, and return a note."""
    aside = path.with_name(f"{path.name}.broken")
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    with contextlib.suppress(OSError):
        path.replace(aside)
        return f"the last session could not be restored: {reason}; it is kept as {aside}"
    return f"the last session could not be restored: {reason}"


def _text(value: object) -> str:
    """Text of the preview, checked before drawing."""
    return printable(value) if isinstance(value, str) else ""


def _rows(value: object) -> tuple[tuple[str, str, str, str, bool], ...]:
    rows = value if isinstance(value, list) else []
    whole = [row for row in rows if isinstance(row, list) and len(row) == 5]
    return tuple((_text(a), _text(b), _text(c), _text(d), main is True) for a, b, c, d, main in whole)


def _pages(value: object) -> dict[str, dict[str, str]]:
    """What the pages keep, without anything that is not text."""
    pages = value if isinstance(value, dict) else {}
    return {
        name: {key: _text(text) for key, text in state.items()}
        for name, state in pages.items()
        if isinstance(state, dict)
    }

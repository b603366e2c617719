"""Reading and atomic writing of small text files."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from riskcalc.domain.validation import brief_repr
from riskcalc.errors import PresetError, printable

MOST_BYTES = 1_000_000
"""Maximum size of a preset or dividend file."""

MOST_LEVELS = 20
"""Maximum nesting; a preset has five levels."""


def read_text(path: Path, *, kind: str = "preset") -> str:
    """Read a small UTF-8 file.

    Parameters
    ----------
    path : Path
        File to read.
    kind : str
        What it should be, as errors call it.

    Raises
    ------
    PresetError
        There is no such file, it may not be read, or it is a folder, too large, binary or not UTF-8.
    """
    try:
        if path.is_dir():
            raise PresetError(f"{path}: is a folder, not a {kind} file")
        if path.exists() and not path.is_file():
            raise PresetError(f"{path}: is not a regular file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # a path with a null character is a ValueError
        raise PresetError(f"{path}: cannot be read: {_reason(error)}") from None
    return _decoded(content, path, kind)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        File to write; its folder is made when missing, a link is followed.
    text : str
        New content, written as UTF-8.

    Raises
    ------
    PresetError
        The file cannot be written; what was there is untouched.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, text.encode())
    except OSError as error:
        raise PresetError(f"{path}: cannot be saved: {_reason(error)}") from None


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` on success and is removed on failure.

    A device or pipe is written to as it is.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    part = target.with_name(f".{os.getpid()}-{target.name}")  # ends like the file: writers look at that
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def edit_toml(
    path: Path, *, kind: str, check: Callable[[str, Path], object], empty: str = "schema = 1\n"
) -> Iterator[Any]:
    """Yield the document of a TOML file to edit in place; comments and other keys are kept.

    Parameters
    ----------
    path : Path
        File to edit; made if missing.
    kind : str
        What the file should be, as errors call it.
    check : callable
        Raises PresetError for a text that is invalid; called with the text before and after the edit.
    empty : str
        Text of a new file.

    Raises
    ------
    PresetError
        The file cannot be read or written, or a check fails; nothing is changed.
    """
    import tomlkit  # noqa: PLC0415 - reading needs none

    text = read_text(path, kind=kind) if path.exists() else empty
    check(text, path)
    document = tomlkit.parse(text)
    yield document
    edited = tomlkit.dumps(document)
    check(edited, path)
    write_whole(path, edited)


def parse_toml(text: str, path: Path, *, newest: int) -> dict[str, Any]:
    """Read a TOML text.

    Parameters
    ----------
    text : str
        What the file holds.
    path : Path
        Named in errors.
    newest : int
        Newest schema that this riskcalc reads.

    Raises
    ------
    PresetError
        The text is empty, no TOML, or was written by a newer schema.
    """
    data = _toml(text, path)
    version = data.get("schema")
    if isinstance(version, int) and version > newest:
        reads = f"this riskcalc reads up to {newest}"
        raise PresetError(f"{path}: written by schema {version}, {reads}: update riskcalc")
    return data


def _decoded(content: bytes, path: Path, kind: str) -> str:
    if len(content) > MOST_BYTES:
        raise PresetError(f"{path}: is larger than {MOST_BYTES:,} bytes, too large for a {kind} file")
    if b"\0" in content:
        raise PresetError(f"{path}: is a binary file, not a text")
    try:
        return content.decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PresetError(f"{path}: line {line}: is not UTF-8 text") from None


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Flush the folder to disk, if the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _toml(text: str, path: Path) -> dict[str, Any]:
    if not text.strip():
        raise PresetError(f"{path}: the file is empty")
    try:
        data = tomllib.loads(text)
        if not too_deep(data):
            _require_plain_texts(data, path)
            return data
    except RecursionError:
        pass
    except ValueError as error:
        raise PresetError(f"{path}: {_toml_problem(str(error))}") from None
    raise PresetError(f"{path}: the file is nested too deeply")


def too_deep(value: object) -> bool:
    """Whether tables and lists are nested deeper than any valid file."""
    level = [value]
    for _ in range(MOST_LEVELS):
        inner = [
            nested.values() if isinstance(nested, dict) else nested
            for nested in level
            if isinstance(nested, (dict, list))
        ]
        level = [value for values in inner for value in values]
        if not level:
            return False
    return True


def _require_plain_texts(data: object, path: Path) -> None:
    """Refuse texts that a terminal may take for commands: names and descriptions are shown as they are."""
    if isinstance(data, dict):
        for key, value in data.items():
            _require_plain_texts(key, path)
            _require_plain_texts(value, path)
    elif isinstance(data, list):
        for value in data:
            _require_plain_texts(value, path)
    elif isinstance(data, str) and printable(data) != data.replace("\t", "\\t"):
        raise PresetError(f"{path}: text contains a control character: {brief_repr(data)}")


def _toml_problem(message: str) -> str:
    """Reword the parser's message, with its place first."""
    match = re.fullmatch(r"(.*) \(at (.*)\)", message, flags=re.DOTALL)
    if "integer string conversion" in message:
        return "a number has more than 4,300 digits"
    problem, location = (match[1], match[2]) if match else (message, "")
    if "overwrite" in problem or "twice" in problem:
        problem = "a key or table appears twice"
    return f"{location}: {problem}" if location else problem

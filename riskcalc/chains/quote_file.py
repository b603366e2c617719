"""Content of a quote file, as bytes or JSON; content that cannot hold quotes is refused."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskcalc.errors import ChainError
from riskcalc.records import dataclass

if TYPE_CHECKING:
    import pandas as pd

MEGABYTE = 2**20
MAX_BYTES = 200 * MEGABYTE
"""Maximum size of a file; the chain of one day is far smaller."""
MAX_JSON_BYTES = 64 * MEGABYTE
"""JSON takes some ten times its size in memory; the largest real chains are below 30 MB."""
HEAD_BYTES = 2**16
"""Bytes that contain blank lines and a header."""
BINARY_KINDS = {
    b"PAR1": "Parquet, which only a scan reads; save it as CSV",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}
"""Common binary formats, by their first bytes."""
LONG_NUMBER = "is damaged JSON: a number has more than 4,300 digits"
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
BRACKETED_NAME = re.compile(rb"\[[A-Za-z_ ]+\] *[,;\t]")
"""Bracketed column names of OptionsDX, to tell them from JSON."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFile:
    """Raw content of a quote file, not yet parsed; never empty."""

    content: bytes
    """UTF-8 text; empty for JSON, which is in `document`."""
    document: Any = None
    """The JSON value, for a file that is one."""
    row_word: str = "line"
    """Word for a row of the file in messages."""
    first_row: int = 1
    """Number of the first line; a DataFrame has its header before row 0."""

    @property
    def first_line(self) -> str:
        """The first line that is not blank."""
        head = self.content[:HEAD_BYTES].decode("utf-8", errors="replace")
        start = len(head) - len(head.lstrip())
        start = max(head.rfind(end, 0, start) for end in "\r\n") + 1  # a leading tab is an empty first field
        return head[start:].replace("\r", "\n").partition("\n")[0]

    def lines(self) -> io.TextIOWrapper:
        """The text line by line, without a second copy of it in memory."""
        return io.TextIOWrapper(io.BytesIO(self.content), encoding="utf-8", newline="")


def open_quote_file(path: Path) -> QuoteFile:
    """Read a file that may hold quotes.

    Parameters
    ----------
    path : Path
        A file of UTF-8 text, at most `MAX_BYTES` long, plain or gzipped; JSON at most `MAX_JSON_BYTES`.

    Raises
    ------
    ChainError
        It is not there, is no file, may not be read, is too large, empty, binary, not UTF-8, a web page, or
        damaged JSON.
    """
    try:
        content = _content(path)
    except OSError as error:
        raise ChainError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a path with a NUL in it
        raise ChainError(f"cannot be read: {error}") from error
    if content.startswith(GZIP):
        content = _unpack(content)
    elif content.startswith(ZIP):
        content = _only_member(content)
    _require_text(content)
    content = content.removeprefix(BYTE_ORDER_MARK)
    start = content[:HEAD_BYTES].lstrip()
    if not start and not content.strip():
        raise ChainError("is empty")
    if start[:15].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")):
        raise ChainError("is a web page, not a quote file; the download answered with an error page?")
    if start.startswith((b"{", b"[")) and not BRACKETED_NAME.match(start):
        return QuoteFile(content=b"", document=_document(content))
    return QuoteFile(content=content)


def frame_as_file(frame: pd.DataFrame) -> QuoteFile:
    """Quotes in a DataFrame, read as its CSV would be; messages count its rows from 0.

    Raises
    ------
    ChainError
        The table has no rows.
    """
    if frame.empty:
        raise ChainError("has no quotes")
    return QuoteFile(content=frame.to_csv(index=False).encode(errors="replace"), row_word="row", first_row=-1)


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise ChainError("is a folder, not a file")
    if path.exists() and not path.is_file():
        raise ChainError("is a device or pipe, not a file")
    _require_size(path.stat().st_size, MAX_BYTES)
    return path.read_bytes()


def _unpack(content: bytes) -> bytes:
    """The text in an archive, as pandas writes it to ``.csv.gz``."""
    try:
        with gzip.open(io.BytesIO(content)) as archive:
            # One byte more than is allowed, so that a small file cannot fill the memory.
            text = archive.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ChainError("is a damaged gzip archive; is the file cut off?") from error
    if len(text) > MAX_BYTES:
        raise ChainError(f"is too large: more than {MAX_BYTES / MEGABYTE:.0f} MB when unpacked")
    return text


def _only_member(content: bytes) -> bytes:
    """The one file in a zip archive, as vendors deliver theirs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member_info for member_info in archive.infolist() if not member_info.is_dir()]
            if len(members) != 1:
                if "[Content_Types].xml" in archive.namelist():
                    raise ChainError("is a spreadsheet; export the sheet as CSV")
                raise ChainError(f"is a zip archive of {len(members)} files, where one is read; unpack it")
            _require_size(members[0].file_size, MAX_BYTES)
            with archive.open(members[0]) as member:
                return member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        # The last two: locked with a password, packed in a way that Python cannot unpack.
        raise ChainError("is a spreadsheet or zip archive; export the sheet as CSV") from error


def _require_size(size: int, allowed: int) -> None:
    if size > allowed:
        sizes = f"{size / MEGABYTE:,.0f} MB, at most {allowed / MEGABYTE:.0f} MB"
        raise ChainError(f"is too large: {sizes} are read")


def _require_text(content: bytes) -> None:
    for start, kind in BINARY_KINDS.items():
        if content.startswith(start):
            raise ChainError(f"is {kind}")
    if b"\0" in content:
        raise ChainError("is a binary file, not text")
    if content.isascii():
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise ChainError(f"line {line} is not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8") from error


def _document(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    _require_size(len(content), MAX_JSON_BYTES)
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (lines := _documents(content)) is not None:
            return lines
        location = f"line {error.lineno} column {error.colno}"
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        cause = "is the file cut off?" if cut else error.msg
        raise ChainError(f"is damaged JSON at {location}: {cause}") from error
    except RecursionError as error:
        raise ChainError("is JSON nested too deeply to be a chain") from error
    except ValueError as error:  # Python does not parse longer integers
        raise ChainError(LONG_NUMBER) from error


def _documents(content: bytes) -> list[Any] | None:
    """The values of newline-delimited JSON; None for other text.

    Raises
    ------
    ChainError
        The first line is one and another is not.
    """
    documents = []
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            documents.append(json.loads(line))
        except json.JSONDecodeError as error:
            if not documents:
                return None
            cause = f"{error.msg} at column {error.colno}"
            raise ChainError(f"is damaged newline-delimited JSON at line {number}: {cause}") from error
        except RecursionError as error:
            raise ChainError("is JSON nested too deeply to be a chain") from error
        except ValueError as error:  # as above
            raise ChainError(LONG_NUMBER) from error
    return documents

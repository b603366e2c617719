"""A file that a user names, as text: whatever cannot be one is refused here, in one clear line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from riskcalc.errors import ChainError

MAX_BYTES = 200 * 2**20
"""No chain of one day is near this; a wrong file may be."""
BINARY_KINDS = {
    b"PK\x03\x04": "a spreadsheet or zip archive; export the sheet as CSV",
    b"\x1f\x8b": "a gzip archive; unpack it",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}
"""What a user most often has instead of text, by its first bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFile:
    """Text of a quote file, not yet understood; never empty."""

    text: str

    @property
    def first_line(self) -> str:
        """The first line that is not blank."""
        start = len(self.text) - len(self.text.lstrip())
        start = self.text.rfind("\n", 0, start) + 1  # a leading tab is an empty first field
        return self.text[start:].partition("\n")[0]


def open_quote_file(path: Path) -> QuoteFile:
    """Read a file that may hold quotes.

    Parameters
    ----------
    path : Path
        A file of UTF-8 text, at most `MAX_BYTES` long.

    Raises
    ------
    ChainError
        It is not there, is no file, may not be read, is too large, empty, binary, not UTF-8, or a web page.
    """
    try:
        content = _content(path)
    except OSError as error:
        raise ChainError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a path with a NUL in it
        raise ChainError(f"cannot be read: {error}") from error
    text = _decoded(content)
    if not text.strip():
        raise ChainError("is empty")
    if text.lstrip()[:15].lower().startswith(("<!doctype html", "<html", "<head", "<body")):
        raise ChainError("is a web page, not a quote file; the download answered with an error page?")
    return QuoteFile(text=text)


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise ChainError("is a folder, not a file")
    if path.exists() and not path.is_file():
        raise ChainError("is a device or pipe, not a file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ChainError(f"is too large: {size / 2**20:,.0f} MB, at most {MAX_BYTES / 2**20:.0f} MB are read")
    return path.read_bytes()


def _decoded(content: bytes) -> str:
    for start, kind in BINARY_KINDS.items():
        if content.startswith(start):
            raise ChainError(f"is {kind}")
    if b"\0" in content:
        raise ChainError("is a binary file, not text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise ChainError(f"line {line} is not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8") from error

"""The file of a book: one SQLite database, opened, migrated and written as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from riskcalc.book.schema import MIGRATIONS, VERSION
from riskcalc.errors import BookError

WAIT = 2.0
"""Seconds to wait for another writer."""

APPLICATION_ID = 0x7269736B
"""Marks the file as a book: "risk" in ASCII."""


def open_store(path: Path, *, wait: float = WAIT) -> sqlite3.Connection:
    """Open a book, making or migrating its file where needed.

    Parameters
    ----------
    path : Path
        Of the SQLite file; its folder is made when missing. A new file can be read by its owner alone.
    wait : float
        Time to wait for another program that writes to it [seconds], >= 0.

    Returns
    -------
    sqlite3.Connection
        In autocommit mode; write within `writing`. A committed change survives the end of the program and of
        the machine.

    Raises
    ------
    BookError
        The file is no book, of a newer riskcalc, locked, or cannot be read or written. It is left as it was.
    """
    with _raise_book_errors(path):
        _make_private(path)
        connection = sqlite3.connect(path, timeout=wait, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def writing(
    connection: sqlite3.Connection, path: Path, *, undo: bool = False
) -> Iterator[sqlite3.Connection]:
    """Run statements in one transaction: all of them are kept, or none; none with `undo`.

    Raises
    ------
    BookError
        Another program writes to the book, the disk is full, or the folder cannot be written.
    """
    with _raise_book_errors(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("ROLLBACK" if undo else "COMMIT")
        except BaseException:
            # A full disk may have rolled it back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _make_private(path: Path) -> None:
    """Create the file readable by its owner only; SQLite's companion files inherit the mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise BookError(f"{path}: is a folder, not a book")
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Check that the file is a book, and migrate its tables to the current version."""
    version, mark = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id")
    )
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if mark != APPLICATION_ID and not empty:
        raise BookError(f"{path}: is an SQLite file, but not a book of riskcalc")
    if version > VERSION:
        raise BookError(
            f"{path}: has format {version}, this riskcalc reads up to {VERSION}; install a newer riskcalc"
        )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if version < VERSION:
        connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection, path)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the scripts of all versions that are missing, in one transaction, after a backup."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version:
        _back_up(connection, path.with_name(f"{path.name}.v{version}.bak"))
    with writing(connection, path):
        # Another program may have migrated it while this one waited for the lock.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for script in MIGRATIONS[version:]:
            for statement in script.split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    _make_private(path)
    copy = sqlite3.connect(path)
    try:
        connection.backup(copy)
    finally:
        copy.close()


@contextlib.contextmanager
def _raise_book_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the system into a `BookError` of one line."""
    try:
        yield
    except sqlite3.Error as error:
        raise BookError(f"{path}: {_reason(error)}") from error
    except OSError as error:
        raise BookError(f"{path}: cannot be opened: {error.strerror or error}") from error


def _reason(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another riskcalc is writing to the book; try again when it is done"
    if name.startswith("SQLITE_FULL"):
        return "the disk is full; nothing was changed"
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        return "the book cannot be written there; check the rights of the folder and the file"
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return "is not a book, or it is damaged"
    return f"the book could not be used: {error}"

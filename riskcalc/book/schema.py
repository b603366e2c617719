"""The tables of a book, version by version; a version once released is never edited."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE fills (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        time TEXT NOT NULL,
        kind TEXT NOT NULL,
        symbol TEXT NOT NULL,
        expiry TEXT,
        strike REAL,
        option_type INTEGER,
        multiplier REAL NOT NULL,
        quantity REAL NOT NULL,
        price REAL NOT NULL,
        costs REAL NOT NULL,
        trade_order TEXT NOT NULL,
        opens INTEGER,
        source TEXT NOT NULL,
        trade_key TEXT,
        recorded TEXT NOT NULL
    ) STRICT;
    CREATE INDEX fills_by_day ON fills (symbol, time);
    CREATE TABLE trades (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        preset TEXT,
        plan TEXT,
        one_r REAL,
        tags TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE marks (
        day TEXT NOT NULL,
        symbol TEXT NOT NULL,
        expiry TEXT NOT NULL DEFAULT '',
        strike REAL NOT NULL DEFAULT 0,
        option_type INTEGER NOT NULL DEFAULT 0,
        price REAL NOT NULL,
        source TEXT NOT NULL,
        PRIMARY KEY (symbol, expiry, strike, option_type, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        trade_id INTEGER NOT NULL REFERENCES trades (id) ON DELETE CASCADE,
        time TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE fills ADD COLUMN spot REAL;
    """,
)
"""The script that leads to each version from the one before; the first makes an empty book."""

VERSION = len(MIGRATIONS)

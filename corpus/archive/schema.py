"""The archive's tables, and what tells an archive from any other file."""

from typing import Final

# "WART": `file` and every tool for SQLite show it.
APPLICATION_ID: Final = 0x57415254
FORMAT: Final = 1

TABLES: Final = """
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,      -- the newest one
    content_hash TEXT NOT NULL,    -- of that version
    fingerprint TEXT NOT NULL,     -- of the record it was made from
    place TEXT NOT NULL,           -- absolute path or address it was last seen at
    gone INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX articles_by_place ON articles (place);
CREATE TABLE versions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,      -- counted from 1
    content_hash TEXT NOT NULL,
    read_at TEXT NOT NULL,         -- UTC, ISO 8601
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    published TEXT NOT NULL,       -- ISO 8601 or ''
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    origin TEXT NOT NULL,
    removed TEXT NOT NULL,         -- lines, joined by newlines
    date_note TEXT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    seconds REAL,                  -- until it could be searched; NULL where it did not get there
    roots TEXT NOT NULL,           -- JSON list of places
    seen INTEGER, indexed INTEGER, unchanged INTEGER, skipped INTEGER, removed INTEGER
);
CREATE TABLE skipped (
    run INTEGER NOT NULL,
    place TEXT NOT NULL,
    origin TEXT NOT NULL,
    line INTEGER,
    reason TEXT NOT NULL,
    remedy TEXT NOT NULL,
    rest INTEGER NOT NULL
);
CREATE INDEX skipped_by_place ON skipped (place, run);
"""

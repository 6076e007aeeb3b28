"""What the page keeps on this machine: one line for each filing audited, and what people decided about findings.

It is one SQLite file, and every decision is on disk before the page says so: a stopped or killed program loses none.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.model.facts import FilingKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS filing (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
  entity TEXT NOT NULL, year INTEGER NOT NULL, report TEXT NOT NULL, edition TEXT NOT NULL,
  title TEXT NOT NULL, kind TEXT NOT NULL, tone TEXT NOT NULL, verdict TEXT NOT NULL,
  errors INTEGER NOT NULL, warnings INTEGER NOT NULL, infos INTEGER NOT NULL,
  gone INTEGER, new INTEGER, unchanged INTEGER, against TEXT NOT NULL, sources TEXT NOT NULL, kept INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS filing_key ON filing (entity, year, report, edition);
CREATE TABLE IF NOT EXISTS review (
  entity TEXT NOT NULL, year INTEGER NOT NULL, report TEXT NOT NULL, edition TEXT NOT NULL, finding TEXT NOT NULL,
  state TEXT NOT NULL, remark TEXT NOT NULL, who TEXT NOT NULL, until TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (entity, year, report, edition, finding)
);
"""
_FILING = (
    "id, at, entity, year, report, edition, title, kind, tone, verdict, errors, warnings, infos, "
    "gone, new, unchanged, against, sources, kept"
)
_KEY = "entity = ? AND year = ? AND report = ? AND edition = ?"
PAGE = 100  # filings shown at once
ORDERS = {"new": "number DESC", "errors": "errors DESC, warnings DESC, number DESC"}


class Source(NamedTuple):
    """A file of a filing: its name, the hash of its bytes, its number in the drop, its stored name in an archive."""

    name: str
    sha256: str
    number: int
    member: str


@dataclass(frozen=True, slots=True)
class Noted:
    """One filing as it was audited once; `since` is how many findings are gone, new, as before, where compared."""

    id: str
    at: str
    key: FilingKey
    title: str
    kind: str
    tone: str
    verdict: str
    counts: tuple[int, int, int]  # errors, warnings, hints
    since: tuple[int, int, int] | None
    against: str
    sources: tuple[Source, ...]
    kept: bool

    @property
    def drop(self) -> str:
        """The drop that it came with."""
        return self.id.partition("-")[0]

    @property
    def files(self) -> list[str]:
        """The names of its files."""
        return [source.name for source in self.sources]


class Decision(NamedTuple):
    """What somebody decided about a finding: a state (`Standing`, or ''), a remark, who, until which day."""

    state: str = ""
    remark: str = ""
    who: str = ""
    until: str = ""


class Notebook:
    """The file; may be used from several threads, which take turns."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._engine = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._engine.execute("PRAGMA journal_mode = WAL")
        self._engine.execute("PRAGMA synchronous = FULL")
        self._engine.execute("PRAGMA secure_delete = ON")
        self._engine.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._engine.close()

    def _ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._engine.execute(sql, values).fetchall()

    # -- filings ------------------------------------------------------------------------------------------------

    def add(self, noted: Noted) -> None:
        """Note one filing."""
        since: Sequence[int | None] = noted.since or (None, None, None)
        values = (noted.id, noted.at, *noted.key, noted.title, noted.kind, noted.tone, noted.verdict, *noted.counts)
        sources = json.dumps(noted.sources, ensure_ascii=False)
        self._ask(
            f"INSERT INTO filing ({_FILING}) VALUES ({', '.join('?' * 19)})",
            (*values, *since, noted.against, sources, noted.kept),
        )

    def filing(self, identity: str) -> Noted | None:
        """One filing."""
        rows = self._ask(f"SELECT {_FILING} FROM filing WHERE id = ?", (identity,))
        return _noted(rows[0]) if rows else None

    def page(self, number: int, order: str) -> list[Noted]:
        """A page of filings in an order of `ORDERS`."""
        sql = f"SELECT {_FILING} FROM filing ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?"
        return [_noted(row) for row in self._ask(sql, (PAGE, (number - 1) * PAGE))]

    def all(self) -> Iterator[Noted]:
        """All filings, the first first."""
        return map(_noted, self._ask(f"SELECT {_FILING} FROM filing ORDER BY number"))

    def count(self) -> int:
        """How many filings there are."""
        return int(self._ask("SELECT count(*) FROM filing")[0][0])

    def forget(self, noted: Noted) -> None:
        """Delete one filing, and the decisions about it where it is the last with its key."""
        self._ask("DELETE FROM filing WHERE id = ?", (noted.id,))
        if not self._ask(f"SELECT 1 FROM filing WHERE {_KEY} LIMIT 1", noted.key):
            self._ask(f"DELETE FROM review WHERE {_KEY}", noted.key)

    def forget_all(self) -> None:
        """Delete everything, so that nothing of it stays in the file."""
        with self._lock:
            self._engine.executescript("DELETE FROM filing; DELETE FROM review;")
            self._engine.execute("VACUUM")
            self._engine.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- decisions ----------------------------------------------------------------------------------------------

    def decisions(self, key: FilingKey) -> dict[str, Decision]:
        """What was decided about the findings of a filing, by their ids."""
        rows = self._ask(f"SELECT finding, state, remark, who, until FROM review WHERE {_KEY}", key)
        return {finding: Decision(*said) for finding, *said in rows}

    def all_decisions(self) -> Iterator[tuple[FilingKey, str, Decision]]:
        """All decisions: of which filing, about which finding."""
        rows = self._ask(
            "SELECT entity, year, report, edition, finding, state, remark, who, until FROM review "
            "ORDER BY 1, 2, 3, 4, 5"
        )
        return ((FilingKey(*row[:4]), row[4], Decision(*row[5:])) for row in rows)

    def decide(self, key: FilingKey, finding: str, decision: Decision) -> None:
        """Keep a decision; an empty one is none."""
        if not any(decision):
            self._ask(f"DELETE FROM review WHERE {_KEY} AND finding = ?", (*key, finding))
            return
        self._ask(
            "INSERT OR REPLACE INTO review VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*key, finding, *decision, now())
        )


def now() -> str:
    """The time here, to the minute."""
    return dt.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")


def _noted(row: Sequence[Any]) -> Noted:
    identity, at, entity, year, report, edition, title, kind, tone, verdict, *counts = row[:13]
    gone, new, unchanged, against, sources, kept = row[13:]
    return Noted(
        identity,
        at,
        FilingKey(entity, year, report, edition),
        title,
        kind,
        tone,
        verdict,
        (counts[0], counts[1], counts[2]),
        None if gone is None else (gone, new, unchanged),
        against,
        tuple(Source(*source) for source in json.loads(sources)),
        bool(kept),
    )

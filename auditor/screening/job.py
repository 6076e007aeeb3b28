"""What a worker is told: the settings of a screening, small enough to be sent with every piece of work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.model.entities import Entities
from auditor.model.units import Rounding
from auditor.reading.entity_list import load_entities
from auditor.rules.book import load_rules, program_version
from auditor.store.waivers import load_waivers

if TYPE_CHECKING:
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Change
    from auditor.store.waivers import Waiver

LISTS = ("xlsx", "csv")  # formats that also list the findings of the whole run
READING = ("forms", "standard", "roles", "taxonomy", "phrases")  # folders of rules that reading depends on


@dataclass(frozen=True)
class Job:
    """The settings of one screening. `folder` is what is screened, `out` where everything is written."""

    folder: str
    out: str
    rules: tuple[str, ...] = ()
    off: tuple[Change, ...] = ()  # rules that the settings turn off
    rounding: str = Rounding.HALF_UP.value
    entity_kind: str = ""
    listed: str = ""  # a list of entities (CSV)
    waivers: tuple[str, ...] = ()
    today: str = ""
    formats: tuple[str, ...] = ("json",)
    every: bool = False  # a report for every filing, not only for those with something to look into
    lang: str = "zh"

    @property
    def book(self) -> RuleBook:
        """The rule book, loaded once per process."""
        return _book(self.rules, self.off)

    @property
    def entities(self) -> Entities:
        """What the list tells of entities."""
        return _entities(self.listed) if self.listed else Entities()

    @property
    def waived(self) -> tuple[Waiver, ...]:
        """The waivers that hold for this run."""
        return tuple(waiver for file in self.waivers for waiver in _waivers(file, self.rules, self.off))

    @property
    def day(self) -> dt.date:
        """The day on which waivers are judged."""
        return dt.date.fromisoformat(self.today)

    @property
    def kept(self) -> Path:
        """Where parts of filings are kept."""
        return Path(self.out) / ".screen" / "parts"

    @property
    def rows(self) -> Path:
        """Where the rows of the list of findings are kept, a file for each partition."""
        return Path(self.out) / ".screen" / "rows"

    @property
    def lists(self) -> tuple[str, ...]:
        """The formats that list findings over the whole run."""
        return tuple(name for name in LISTS if name in self.formats)

    @property
    def results(self) -> Path:
        """Where the results of partitions are written, as Parquet files."""
        return Path(self.out) / "results"

    @property
    def reports(self) -> Path:
        """Where the reports are written, a folder for each partition."""
        return Path(self.out) / "reports"

    @cached_property
    def reading_mark(self) -> str:
        """Changes when files have to be read again: another program, other forms, another kind of entity."""
        digest = hashlib.sha256(f"{program_version()} {self.entity_kind}".encode())
        for root in self.book.forms.roots:
            for folder in READING:
                for path in sorted((Path(root) / folder).rglob("*.*")):
                    digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    @cached_property
    def audit_mark(self) -> str:
        """Changes when filings have to be audited again: other rules, options, lists."""
        told = {name: value for name, value in asdict(self).items() if name not in ("folder", "out", "today")}
        files = [hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in (self.listed, *self.waivers) if name]
        told |= {"listed": "", "rules": (), "off": (), "waivers": (), "files": files}
        told |= {"book": self.book.sha256, "version": program_version(), "today": self.today if self.waivers else ""}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache(maxsize=4)
def _book(folders: tuple[str, ...], off: tuple[Change, ...]) -> RuleBook:
    return load_rules(folders, off=off)


@lru_cache(maxsize=4)
def _entities(file: str) -> Entities:
    return load_entities(Path(file))


@lru_cache(maxsize=16)
def _waivers(file: str, folders: tuple[str, ...], off: tuple[Change, ...]) -> tuple[Waiver, ...]:
    return load_waivers(Path(file), _book(folders, off).by_id)

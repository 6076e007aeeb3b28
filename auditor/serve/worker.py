"""The process that audits the files of one drop, as `auditor check` does; it ends with the page that started it.

It is given one line of JSON on its standard input (a `Task`), and says on its standard output, one line of JSON each,
what became of every file and every filing. The files themselves are parsed one process further, in the sandbox.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import AuditorError
from auditor.limits import rare_collections
from auditor.messages import printable, use_language
from auditor.model.facts import FilingKey
from auditor.run.inputs import ReadAhead, bound, whole
from auditor.run.originals import Originals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.engine.findings import Audit
    from auditor.model.filing import Filing
    from auditor.reports.run import Run
    from auditor.rules.book import RuleBook
    from auditor.run.inputs import Opened
    from auditor.run.settings import Settings
    from auditor.store.saved_reports import SavedReport
    from auditor.store.waivers import Waiver

REPORT, DATA, ROWS, NOTES = "filing-report.html", "filing-report.json", "filing-rows.json", "filing-notes.json"


class Named(NamedTuple):
    """A file of the drop: its number there, where it lies, and the name that it had."""

    number: int
    path: str
    name: str


class Earlier(NamedTuple):
    """A report of an earlier drop: of which filing, where its JSON lies, what to call it."""

    key: FilingKey
    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be audited, with which settings, and into which folder the reports go (one folder for each filing)."""

    files: list[Named]
    out: str
    language: str
    config: str | None
    rules: list[str]
    earlier: list[Earlier]

    def line(self) -> bytes:
        """The task as one line."""
        return (json.dumps({name: getattr(self, name) for name in self.__slots__}) + "\n").encode()

    @classmethod
    def of(cls, line: bytes) -> Task:
        """Read the line that `line` wrote."""
        data = json.loads(line)
        data["files"] = [Named(*item) for item in data["files"]]
        data["earlier"] = [Earlier(FilingKey(*key), path, label) for key, path, label in data["earlier"]]
        return cls(**data)


def main() -> None:
    """Audit what the first line of the standard input says."""
    task = Task.of(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use_language(task.language)
    with rare_collections():
        try:
            _Work(task).run()
        except AuditorError as error:  # rules or settings that are not right
            _tell("fault", why=str(error))


def _end_with_parent() -> None:
    """Wait for the end of the standard input: then nobody listens any more."""
    from auditor.sandbox import close

    sys.stdin.buffer.read()
    close()
    os._exit(1)


def _tell(event: str, **values: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
    sys.stdout.flush()


class _Work:
    """One task: files read and bound, put together to filings, audited, reported."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.paths = [Path(file.path) for file in task.files]
        self.numbers = {path: file.number for path, file in zip(self.paths, task.files, strict=True)}
        self.sources: dict[tuple[str, str], tuple[int, str]] = {}  # name and hash → number of the file, member
        self.failed: list[tuple[str, str]] = []
        self.originals = Originals()

    def run(self) -> None:
        from auditor.reports.summary import summary_line
        from auditor.rules.book import load_rules
        from auditor.run.settings import load_settings
        from auditor.sandbox import on_pages

        on_pages(lambda done, total: _tell("pages", done=done, total=total))
        names = {path: file.name for path, file in zip(self.paths, self.task.files, strict=True)}
        with ReadAhead(self.paths, names) as reading:  # the worker starts while the rules load
            settings = load_settings(self.task.config)
            book = load_rules([*settings.rules, *self.task.rules], off=settings.off)
            waivers = _waivers(settings, book)
            parts = list(self._parts(self.originals.noted(reading), book, settings))
            filings, members = self._filings(parts, book)
            audits = list(self._audited(filings, members, book, settings, waivers))
        _tell("done", summary=summary_line([("", audit) for audit in audits], self.failed))

    def _parts(self, items: Iterator[Opened], book: RuleBook, settings: Settings) -> Iterator[Filing]:
        """What each file has of a filing; what cannot be read is told and the rest goes on."""
        for item in items:
            number = self.numbers[item.path]
            try:
                part = bound(item, book, settings)[1]
            except AuditorError as error:
                if not item.own:
                    self.failed.append((item.name, str(error)))
                _tell("failed", file=number, why=str(error))
            else:
                for file in part.files:
                    self.sources[file.file, file.sha256] = (number, item.member)
                yield part
            if item.last:
                _tell("read", file=number)

    def _filings(self, parts: Sequence[Filing], book: RuleBook) -> tuple[list[Filing], list[list[int]]]:
        """The filings that the files make, and of which files each is made."""
        from auditor.reading.filings import grouped

        filings: list[Filing] = []
        members: list[list[int]] = []
        for group in grouped(parts, as_one=False, separate=False):
            numbers = sorted({self.sources[file.file, file.sha256][0] for part in group for file in part.files})
            try:
                filings.append(whole(group, book))
            except AuditorError as error:
                self.failed.append((group[0].files[0].file, str(error)))
                for number in numbers:
                    _tell("failed", file=number, why=str(error))
            else:
                members.append(numbers)
        return filings, members

    def _audited(
        self,
        filings: Sequence[Filing],
        members: Sequence[list[int]],
        book: RuleBook,
        settings: Settings,
        waivers: Sequence[Waiver],
    ) -> Iterator[Audit]:
        """Audit the filings and write what is kept of each, as soon as its department is done."""
        from auditor.model.entities import Entities
        from auditor.reports.json_report import tool_data
        from auditor.reports.run import Run
        from auditor.rules.book import program_version
        from auditor.run.together import audited
        from auditor.store.waivers import apply_waivers

        tool = tool_data(program_version(), book.sha256, book)
        _tell("auditing", total=len(filings))
        for group in audited(filings, book, settings, Entities()):
            apply_waivers([audit for _, audit in group], waivers, dt.date.today())  # noqa: DTZ011
            for number, audit in group:
                against = self._compared(audit)
                run = Run([("report", audit)], tool, settings.rounding.value, originals=self.originals)
                about = _written(audit, run, Path(self.task.out) / str(number))
                sources = [
                    (printable(file.file), file.sha256, *self.sources[file.file, file.sha256])
                    for file in audit.filing.files
                ]
                _tell("filing", number=number, files=members[number], sources=sources, against=against, **about)
                yield audit

    def _compared(self, audit: Audit) -> str:
        """Compare a filing with the last report on it; the label of that, or '' where there is none."""
        from auditor.store.baseline import compare_with

        key = audit.filing.key
        reports = [report for one in self.task.earlier if one.key == key and (report := _loaded(one)) is not None]
        compare_with([audit], reports)
        return audit.baseline.file if audit.baseline else ""


def _loaded(earlier: Earlier) -> SavedReport | None:
    """An earlier report under its label; None where it can be read no more."""
    from auditor.store.saved_reports import load_report

    try:
        return replace(load_report(Path(earlier.path)), file=earlier.label)
    except AuditorError:
        return None


def _waivers(settings: Settings, book: RuleBook) -> Sequence[Waiver]:
    """The waivers beside the settings, as `auditor check` takes them."""
    from auditor.store.waivers import WAIVERS, load_waivers

    beside = Path(settings.file).parent / WAIVERS
    return load_waivers(beside, book.by_id) if beside.is_file() else ()


def _written(audit: Audit, run: Run, folder: Path) -> dict[str, Any]:
    """Write what is kept of a filing into its folder, and tell what its line of the list shows."""
    from auditor.engine.findings import Severity, Since
    from auditor.engine.verdicts import Verdict
    from auditor.reports import html, json_report
    from auditor.reports.annotated import notes_of
    from auditor.reports.headline import filing_kind, filing_title, sentence, verdict_parts
    from auditor.reports.html.filing import tone
    from auditor.reports.listed_filing import kept, listed
    from auditor.run.output import write_file

    write_file(folder / REPORT, html.filing_report(audit, run))
    write_file(folder / DATA, json_report.filing_report(audit, run))
    write_file(folder / ROWS, kept({"": listed(audit, run.rounding)}))
    write_file(folder / NOTES, json.dumps(notes_of(audit)))
    told = [finding.since for finding in audit.findings if finding.verdict is not Verdict.ROUNDING]
    since = [told.count(one) for one in (Since.NEW, Since.UNCHANGED)]
    return {
        "key": audit.filing.key,
        "title": filing_title(audit),
        "kind": filing_kind(audit),
        "tone": tone(audit),
        "verdict": sentence(verdict_parts(audit)),
        "counts": [audit.count(severity) for severity in Severity],
        "since": [sum(gone.verdict != Verdict.ROUNDING.key for gone in audit.baseline.gone), *since]
        if audit.baseline
        else [],
    }

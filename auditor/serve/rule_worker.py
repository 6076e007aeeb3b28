"""The process that tries a rule file: lint, its examples, what it binds in a filing. It ends after one answer.

It is given one line of JSON on its standard input (a `Trial`) and answers with one on its standard output.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditorError
from auditor.messages import printable, say, use_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule
    from auditor.run.settings import Settings

NAME = "rule.yaml"
MOST = 300  # lines on what a rule binds


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule file (empty: a starting file is wanted), and the files of the filing: path, member of an archive, name."""

    text: str
    files: list[list[str]]
    language: str
    config: str | None
    folders: list[str]

    def line(self) -> bytes:
        """The trial as one line."""
        return (json.dumps(asdict(self)) + "\n").encode()


@dataclass(slots=True)
class Tried:
    """What came of it: the starting file, remarks (weight, place, text), lines on examples and on checks, the ids."""

    start: str = ""
    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    good: bool = False  # no error of lint, and every example comes out as said


def main() -> None:
    """Answer the first line of the standard input."""
    trial = Trial(**json.loads(sys.stdin.buffer.readline()))
    use_language(trial.language)
    try:
        tried = tried_rules(trial)
    except AuditorError as error:
        tried = Tried(remarks=[("error", "", str(error))])
    sys.stdout.write(json.dumps(asdict(tried)) + "\n")


def tried_rules(trial: Trial) -> Tried:
    """Try a rule file. Raises `AuditorError` where the filing cannot be read, or settings are not right."""
    from auditor.authoring.review import Weight, review
    from auditor.rules.book import load_rules
    from auditor.run.settings import load_settings

    settings = load_settings(trial.config)
    folders = [*settings.rules, *trial.folders]
    if not trial.text.strip():
        book = load_rules(folders, off=settings.off)
        return Tried(start=_start(book, _filings(trial, book, settings)))
    tried = Tried()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_text(trial.text, encoding="utf-8")
        remarks = review([folder], settings.off)
        tried.remarks = [(remark.weight.value, printable(remark.where), printable(remark.text)) for remark in remarks]
        if any(remark.weight is Weight.ERROR for remark in remarks):
            return tried
        book = _book_of(Path(folder), folders)
        rules = list(book.rules)
        tried.ids = [rule.id for rule in rules]
        as_said = [_example_lines(rule, book, tried) for rule in rules]
        tried.good = all(as_said) and bool(rules)
        filings = _filings(trial, book, settings)
        tried.checks = list(islice(_checks(rules, filings, book, settings), MOST))
    return tried


def _book_of(folder: Path, others: list[str]) -> RuleBook:
    """The rules of one folder, with their examples, and all forms: other rules have no part in a trial."""
    from auditor.forms.loading import load_forms
    from auditor.rules.book import RuleBook, rule_files, rule_folders, rule_items
    from auditor.rules.rule import Rule, entry_of

    forms = load_forms(rule_folders([*others, folder]))
    entries = [entry_of(item) for _, item in rule_items(rule_files([folder]))]
    return RuleBook(tuple(entry for entry in entries if isinstance(entry, Rule)), forms, "")


def _example_lines(rule: Rule, book: RuleBook, tried: Tried) -> bool:
    """Run the examples of a rule; whether all come out as said."""
    from auditor.reports.trace import trace_example

    good = True
    for example in rule.examples:
        as_said, lines = trace_example(rule, example, book)
        tried.examples += [printable(line.replace("\t", "  ")) for line in lines]
        good = good and as_said
    return good


def _checks(rules: list[Rule], filings: list[Filing], book: RuleBook, settings: Settings) -> Iterator[str]:
    """One line for every check of the rules in the filing, and for every one that they did not make."""
    from auditor.reports.trace import trace_rule

    for rule in rules if filings else ():
        for line in trace_rule(rule, filings, book, settings.rounding):
            yield printable(f"{rule.id}  {line}")


def _filings(trial: Trial, book: RuleBook, settings: Settings) -> list[Filing]:
    """The filing, read in the sandbox."""
    from auditor.reading.filings import filing_of, group
    from auditor.sandbox import close, read

    try:
        documents = [read(Path(path), member, name) for path, member, name in trial.files]
    finally:
        close()
    parts = [filing_of(document, book.forms, entity_kind=settings.entity_kind) for document in documents]
    return group(parts, book.forms) if parts else []


def _start(book: RuleBook, filings: list[Filing]) -> str:
    """A commented rule file on the first standard table of the filing; on the first that there is without one."""
    from auditor.authoring.starting_files import rules_file

    names = [table.table for filing in filings for table in filing.tables if table.table in book.forms.tables]
    table = book.forms.tables[names[0]] if names else next(iter(book.forms.tables.values()))
    return rules_file(table, "MY", say("author.folder"))

"""pytest collects rule files: `pytest rules/` runs every example of every rule, the fixtures, and if wanted properties.

A folder is a rule folder if `auditor.toml` names it, if it is the program's own, or if it is given with `--rules`.
Each example is one test (`FA-T01-03 fail 12`), each fixture one. With `--rule-properties N` every rule is also held
against N generated final accounts, with their text, whose figures satisfy the identities of the national forms by
construction: a rule that must hold must hold in them.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Change, Example, Rule
    from auditor.run.settings import Settings

_OTHERS = ("forms", "taxonomy", "phrases")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("auditor")
    group.addoption("--rules", action="append", default=[], metavar="FOLDER", help="rule folder (auditor), repeatable")
    group.addoption(
        "--rule-properties",
        type=int,
        default=0,
        metavar="N",
        help="hold every rule against N generated final accounts (auditor)",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a YAML file below a rule folder."""
    if file_path.suffix != ".yaml":
        return None
    settings = _settings(parent.config.rootpath)
    folders = _folders((*settings.rules, *parent.config.getoption("--rules")))
    root = next((folder for folder in folders if file_path.is_relative_to(folder)), None)
    if root is None or file_path.relative_to(root).parts[0] in _OTHERS:
        return None
    collector: RuleFile = RuleFile.from_parent(parent, path=file_path)
    collector.root, collector.further, collector.settings = root, folders[1:], settings
    return collector


@cache
def _settings(base: Path) -> Settings:
    """What auditor.toml says, as for the commands."""
    from auditor.run.settings import CONFIG, Settings, load_settings

    config = base / CONFIG
    return load_settings(str(config)) if config.is_file() else Settings()


@cache
def _folders(further: tuple[str, ...]) -> tuple[Path, ...]:
    """The rule folders: the program's own first, then the others."""
    from auditor.installed import own_rules

    return tuple(dict.fromkeys(folder.resolve() for folder in (Path(own_rules()), *map(Path, further))))


@cache
def _book(further: tuple[Path, ...], off: tuple[Change, ...]) -> RuleBook:
    from auditor.rules.book import load_rules

    return load_rules([str(folder) for folder in further], cache=False, off=off)


class RuleFile(pytest.File):
    """A rule file (or a fixture) as a collector of tests."""

    root: Path
    further: tuple[Path, ...]
    settings: Settings

    @property
    def book(self) -> RuleBook:
        """The rules that apply, those of the file among them."""
        return _book(self.further, self.settings.off)

    def collect(self) -> Iterator[pytest.Item]:
        """One test per example, one per fixture, one per rule where properties are wanted."""
        from auditor.rules.book import FIXTURES

        name = self.path.relative_to(self.root).as_posix()
        if name.startswith(f"{FIXTURES}/"):
            yield self._test(self.path.stem, partial(_run_fixture, self), 1)
            return
        book = self.book
        wanted = self.config.getoption("--rule-properties")
        for rule in book.rules:
            if rule.file != name:
                continue
            for example in rule.examples:
                said = "pass" if example.passes else "fail"
                title = f"{rule.id} {said} {example.line}"
                yield self._test(title, partial(_run_example, book, rule, example), example.line)
            if wanted:
                yield self._test(f"{rule.id} generated", partial(_run_generated, self, rule, wanted), rule.line)

    def _test(self, name: str, run: Callable[[], list[str]], line: int) -> pytest.Item:
        item: RuleTest = RuleTest.from_parent(self, name=name)
        item.run, item.line = run, line
        return item


class RuleFailure(Exception):  # noqa: N818 — what a test reports, no fault of the program
    """What came out otherwise than the rule's author said."""


class RuleTest(pytest.Item):
    """One example of a rule, one fixture, or one rule on generated filings."""

    run: Callable[[], list[str]]
    line: int

    def runtest(self) -> None:
        """Run it."""
        lines = self.run()
        if lines:
            raise RuleFailure("\n".join(lines))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What differs in the words of `auditor rules test`, without a traceback."""
        from auditor.errors import AuditorError

        if isinstance(excinfo.value, (RuleFailure, AuditorError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands."""
        return self.path, self.line - 1, self.name


def _run_example(book: RuleBook, rule: Rule, example: Example) -> list[str]:
    from auditor.reports.trace import trace_example

    as_said, lines = trace_example(rule, example, book)
    return [] if as_said else lines


def _run_fixture(file: RuleFile) -> list[str]:
    from auditor.testing.fixtures import run_fixture

    return list(run_fixture(file.path, file.book, file.settings.rounding).differs)


@cache
def _generated(further: tuple[Path, ...], off: tuple[Change, ...], count: int) -> list[tuple[str, set[str]]]:
    """The rules that fail in generated final accounts, by the name of the unit."""
    from auditor.engine.audit import audit_filings
    from auditor.engine.findings import Severity
    from auditor.testing.filings import read_back
    from auditor.testing.generating import generated

    book = _book(further, off)
    out = []
    for number in range(count):
        (audit,) = audit_filings([read_back(generated(book, number).draft, book.forms)], book)
        # a rule that generated figures contradict nearly everywhere is doubted and accuses nobody: here it is wrong
        errors = (one for one in audit.findings if one.severity is Severity.ERROR or one.doubt is not None)
        out.append((audit.filing.key.entity, {rule for finding in errors for rule in finding.rule_ids}))
    return out


def _run_generated(file: RuleFile, rule: Rule, count: int) -> list[str]:
    from auditor.rules.rule import RuleKind

    if rule.kind is not RuleKind.LOGICAL:
        return []
    found = _generated(file.further, file.settings.off, count)
    return [f"{rule.id}  {name}" for name, rules in found if rule.id in rules]

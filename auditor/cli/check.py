"""`auditor check PATH…`: audit filings, write one report per filing and an index."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.engine.results import Severity
from auditor.errors import AuditorError
from auditor.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.cli.common import Settings
    from auditor.engine.results import Audit
    from auditor.filing import Filing
    from auditor.rules.book import RuleBook

FORMATS = ("html", "json")
LIMIT: dict[str, tuple[Severity, ...]] = {
    "error": (Severity.ERROR,),
    "warning": (Severity.ERROR, Severity.WARNING),
    "never": (),
}
SUFFIXES = (".txt", ".text", ".tsv", ".md", ".csv")
_UNSAFE = re.compile(r"[^\w\-.（）()]+")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option(
    "--out",
    default="reports_out",
    show_default=True,
    type=click.Path(file_okay=False),
    help="报告文件夹 / folder for reports",
)
@click.option("--format", "formats", default="html,json", show_default=True, help="html,json")
@click.option(
    "--fail-on",
    type=click.Choice(list(LIMIT)),
    default="error",
    show_default=True,
    help="何时以状态 1 结束 / when to exit with 1",
)
@click.option("--as-one", is_flag=True, help="所有文件算一份 / all files are one filing")
@click.option("--separate", is_flag=True, help="每个文件各算一份 / every file is a filing of its own")
@config_option
@rules_option
def check(
    paths: tuple[str, ...], out: str, formats: str, fail_on: str, as_one: bool, separate: bool,
    config: str | None, folders: tuple[str, ...],
) -> None:  # fmt: skip
    """核对公开文件（文件或文件夹），每份写一个报告。

    Audit filings (files or folders) and write a report for each. Exit status: 0 clean, 1 findings at or above
    --fail-on, 2 something could not be audited.
    """
    chosen = _formats(formats)
    settings, book = prepare(config, folders)
    files, failed = _files(paths)
    parts = _read_all(files, book, settings, failed)
    audits = _audit_all(parts, book, settings, as_one=as_one, separate=separate)
    try:
        _write_all(audits, failed, Path(out), chosen, book, settings)
    except AuditorError as error:
        fail(error)
    from auditor.reports.html import summary_line

    for _, why in failed:
        click.echo(why, err=True)
    if "html" in chosen:
        click.echo(say("cli.report", path=str(Path(out) / "index.html")))
    click.echo(summary_line(audits, failed))
    if failed:
        raise SystemExit(2)
    if any(audit.count(severity) for _, audit in audits for severity in LIMIT[fail_on]):
        raise SystemExit(1)


def _formats(text: str) -> list[str]:
    chosen = [part.strip() for part in text.split(",") if part.strip()]
    for name in chosen:
        if name not in FORMATS:
            raise click.BadParameter(f"{name}: {', '.join(FORMATS)}", param_hint="--format")
    return chosen or list(FORMATS)


def _files(paths: Iterable[str]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Expand folders (sorted, links not followed out of them); what is not there is told and the rest goes on."""
    files: list[Path] = []
    failed: list[tuple[str, str]] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            found = sorted(
                p for p in path.rglob("*") if p.is_file() and not p.is_symlink() and p.suffix.lower() in SUFFIXES
            )
            found = [p for p in found if not p.name.startswith(("README", "key"))]
            if not found:
                failed.append((text, say("input.no_files", path=text)))
            files += found
        else:
            files.append(path)
    return list(dict.fromkeys(files)), failed


def _read_all(
    files: Sequence[Path], book: RuleBook, settings: Settings, failed: list[tuple[str, str]]
) -> list[tuple[Path, Filing]]:
    from auditor.readers import read
    from auditor.reading import filing_of

    parts: list[tuple[Path, Filing]] = []
    with _progress(files, say("cli.reading")) as bar:
        for path in bar:
            try:
                parts.append((path, filing_of(read(path), book.forms, entity_kind=settings.entity_kind)))
            except AuditorError as error:
                failed.append((str(path), str(error)))
    return parts


def _progress(items: Sequence[Path], label: str) -> Any:
    """A progress bar on the terminal when there is more than one item."""
    return click.progressbar(items, label=label, file=sys.stderr, hidden=len(items) < 2 or not sys.stderr.isatty())


def _audit_all(
    parts: Sequence[tuple[Path, Filing]], book: RuleBook, settings: Settings, *, as_one: bool, separate: bool
) -> list[tuple[str, Audit]]:
    """Audit all filings; those of one entity together, so that last year's filing is seen from this year's."""
    if not parts:
        return []
    from auditor.engine.audit import audit_filings
    from auditor.reading import group

    filings = group([filing for _, filing in parts], book.forms, as_one=as_one, separate=separate)
    by_entity: dict[str, list[Filing]] = {}
    for number, filing in enumerate(filings):
        by_entity.setdefault(filing.key.entity or f"?{number}", []).append(filing)
    audited = {
        id(audit.filing): audit
        for members in by_entity.values()
        for audit in audit_filings(members, book, settings.rounding)
    }
    stems = _stems(filings)
    return [(stem, audited[id(filing)]) for stem, filing in zip(stems, filings, strict=True)]


def _stems(filings: Sequence[Filing]) -> list[str]:
    """The names of the reports: the stem of the first file, with six characters of its hash where two collide."""
    names = [_UNSAFE.sub("_", Path(filing.files[0].file).stem).strip(".") or "filing" for filing in filings]
    folded = [name.casefold() for name in names]
    stems = [
        f"{name}-{filing.files[0].sha256[:6]}"
        if folded.count(name.casefold()) > 1 or name.casefold() == "index"
        else name
        for name, filing in zip(names, filings, strict=True)
    ]
    seen: dict[str, int] = {}
    out = []
    for stem in stems:  # the same file given twice
        seen[stem] = seen.get(stem, 0) + 1
        out.append(stem if seen[stem] == 1 else f"{stem}-{seen[stem]}")
    return out


def _write_all(
    audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]], out: Path, formats: Sequence[str],
    book: RuleBook, settings: Settings,
) -> None:  # fmt: skip
    from auditor.reports.json_report import dumps, filing_data, index_data, tool_data
    from auditor.rules.book import program_version

    tool = tool_data(program_version(), book.sha256)
    if "html" in formats:
        from auditor.reports.html import filing_html, index_html
    for stem, audit in audits:
        if "json" in formats:
            write_file(out / f"{stem}.json", dumps(filing_data(audit, tool)))
        if "html" in formats:
            write_file(out / f"{stem}.html", filing_html(audit, tool, settings.rounding.value))
    if "json" in formats:
        write_file(out / "index.json", dumps(index_data(audits, failed, tool)))
    if "html" in formats:
        write_file(out / "index.html", index_html(audits, failed, tool))


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises `AuditorError` when it cannot be written."""
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", newline="\n") as file:
            name = file.name
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise AuditorError("input.write", file=str(path), why=error.strerror or str(error)) from None

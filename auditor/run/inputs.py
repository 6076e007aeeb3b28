"""What is to be read: files given by hand, files in folders, files in ZIP archives; read ahead while others are bound.

A file given by hand is told by its content. In folders and archives only names that a reader may read are taken, and
those of kinds that may hold a filing and are not read, so that they are told and not passed over.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple, Self

from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.readers import OWN
from auditor.sandbox import ARCHIVE_MARK
from auditor.sandbox.archive import is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from auditor.model.document import Document
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.run.settings import Settings

SUFFIXES = frozenset(
    [
        ".pdf",
        ".xlsx",
        ".xlsm",
        ".xltx",
        ".xlsb",
        ".xls",
        ".et",
        ".ods",
        ".docx",
        ".docm",
        ".dotx",
        ".doc",
        ".wps",
        ".rtf",
        ".odt",
        ".html",
        ".htm",
        ".xhtml",
        ".mht",
        ".mhtml",
        ".csv",
        ".tsv",
        ".txt",
        ".text",
        ".md",
        ".zip",
        ".ofd",
        ".rar",
        ".7z",
        ".gz",
    ]
)
NOT_FILINGS = frozenset({"key.csv", "entities.csv"})  # what `auditor generate` writes beside filings
REPORTS = "reports_out"
FEW_NAMES = 5  # of reports that were left out
MOST_DEPTH = 60  # of folders within folders
LONG_PATH = 200  # characters of a path that are shown
AHEAD = 3  # files read before they are asked for


class Opened(NamedTuple):
    """One file, or one member of an archive: its path, the name to show, its document or why there is none.

    `member` is its stored name in an archive; `last` says that no more of the same path follows.
    """

    path: Path
    name: str
    document: Document | None
    error: AuditorError | None
    last: bool = True
    member: str = ""

    @property
    def own(self) -> bool:
        """Whether it is a report that this program wrote."""
        return self.error is not None and self.error.key == OWN


class Left:
    """Reports of earlier runs among what is read: left out, and told in one line."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def out(self, items: Iterable[Opened]) -> Iterator[Opened]:
        """Pass on what is no report of this program."""
        for item in items:
            if item.own:
                self.files.append(PurePath(item.name).name)
            else:
                yield item

    def line(self) -> str:
        """What was left out, or ''."""
        return left_out_line(self.files)


def left_out_line(files: Sequence[str]) -> str:
    """Tell which files were left out because this program wrote them; '' where there are none."""
    if not files:
        return ""
    more = say("input.and_more") if len(files) > FEW_NAMES else ""
    names = say("input.between").join(sorted(files)[:FEW_NAMES]) + more
    return printable(say("input.own_left_out", count=len(files), files=names))


def found(paths: Iterable[str], *, leave_out: str = "") -> tuple[list[Path], list[tuple[str, str]]]:
    """Expand folders; all in order of names, in whatever order they are given; what is not there is told.

    Links in folders are not followed, and folders within folders only so far. The folder `leave_out` is not searched:
    reports are no filings.
    """
    files: list[Path] = []
    failed: list[tuple[str, str]] = []
    for text in paths:
        path = Path(text)
        if not _is_folder(path):
            files.append(path)
            continue
        inside = list(_inside(path, leave_out, failed))
        if not inside:
            failed.append((printable(text), say("input.no_files", path=printable(text))))
        files += inside
    return sorted(set(files)), sorted(failed)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that no file can have
        return False


def _inside(folder: Path, leave_out: str, failed: list[tuple[str, str]]) -> Iterator[Path]:
    """The files in a folder and those within; folders that cannot be searched are added to `failed`."""
    reports = Path(leave_out).resolve() if leave_out else None
    waiting = [(folder, 0)]
    while waiting:
        at, depth = waiting.pop()
        try:
            with os.scandir(at) as found_there:
                entries = list(found_there)
        except OSError as error:
            failed.append((printable(str(at)), say("input.os", file=_short(at), why=error.strerror or str(error))))
            continue
        for entry in entries:
            path = at / entry.name
            if entry.is_dir(follow_symlinks=False):
                if (
                    is_hidden(entry.name)
                    or entry.name == REPORTS
                    or (reports is not None and path.resolve() == reports)
                ):
                    continue
                if depth < MOST_DEPTH:
                    waiting.append((path, depth + 1))
                else:
                    failed.append((_short(path), say("input.deep_folders", path=_short(path), limit=MOST_DEPTH)))
            elif is_wanted(entry.name) and entry.is_file(follow_symlinks=False):
                yield path


def _short(path: Path) -> str:
    """A path to show: of a long one its beginning."""
    text = printable(str(path))
    return text if len(text) <= LONG_PATH else text[:LONG_PATH] + "…"


def is_wanted(name: str) -> bool:
    """Whether a file in a folder or an archive may be (part of) a filing, by its name."""
    path = PurePath(name)
    if is_hidden(path.name) or path.name.lower() in NOT_FILINGS or path.stem.upper().startswith("README"):
        return False
    return path.suffix.lower() in SUFFIXES


def opened(paths: Iterable[Path], names: Mapping[Path, str] | None = None) -> Iterator[Opened]:
    """Read every file, archives member by member, each with bounds; errors come in their place.

    `names` are those to show of files that do not lie under their own names.
    """
    from auditor.sandbox import members

    for path in paths:
        named = names.get(path, "") if names else ""
        name = printable(named or path.name)
        try:
            inside = members(path, named)
        except AuditorError as error:
            yield Opened(path, name if named else printable(str(path)), None, error)
            continue
        if inside is None:
            yield _read(path, name, named=named)
            continue
        wanted = [(stored, shown) for stored, shown in inside if is_wanted(PurePath(shown).name)]
        if not wanted:
            yield Opened(path, name, None, AuditorError("input.no_files", path=name))
        for number, (stored, shown) in enumerate(wanted, 1):
            yield _read(path, f"{name}{ARCHIVE_MARK}{shown}", stored, last=number == len(wanted), named=named)


def _read(path: Path, name: str, member: str = "", *, last: bool = True, named: str = "") -> Opened:
    from auditor.sandbox import read

    try:
        return Opened(path, name, read(path, member, named), None, last, member)
    except AuditorError as error:
        return Opened(path, name if member or named else printable(str(path)), None, error, last)


def bound(item: Opened, book: RuleBook, settings: Settings, *, alone: bool = False) -> tuple[Document, Filing]:
    """The document of a file and what it has of a filing; where it stands `alone`, with its prose.

    Raises `AuditorError` where there is none.
    """
    from auditor.limits import BIND_SECONDS, time_limit
    from auditor.reading.filings import filing_of, merge

    if item.document is None:
        assert item.error is not None
        raise item.error
    with time_limit(BIND_SECONDS, item.name):
        part = filing_of(item.document, book.forms, entity_kind=settings.entity_kind)
        return item.document, merge([part], book.forms) if alone else part


def whole(members: Sequence[Filing], book: RuleBook) -> Filing:
    """The filing of files that belong together. Raises `AuditorError` where its prose takes too long to read."""
    from auditor.limits import BIND_SECONDS, time_limit
    from auditor.reading.filings import merge

    with time_limit(BIND_SECONDS, "、".join(file.file for part in members for file in part.files)):
        return merge(members, book.forms)


class ReadAhead:
    """Reads files in a thread, a few ahead of what is asked for: the next is parsed while one is bound.

    Reading begins when it is made. As a context manager it ends the thread and the worker. `names` are those to show.
    """

    def __init__(self, paths: Sequence[Path], names: Mapping[Path, str] | None = None) -> None:
        self._items = opened(paths, names)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._waiting: deque[Future[Opened | None]] = deque()
        for _ in range(AHEAD):
            self._next()

    def _next(self) -> None:
        self._waiting.append(self._pool.submit(next, self._items, None))

    def __iter__(self) -> Iterator[Opened]:
        while (item := self._waiting.popleft().result()) is not None:
            self._next()
            yield item

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        from auditor.sandbox import close

        self._pool.shutdown(wait=False, cancel_futures=True)
        close()

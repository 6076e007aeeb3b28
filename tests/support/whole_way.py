"""One file the whole way, as the program goes it: read, bound, audited, every report written, each looked at.

For what is hostile: the outcome is reports that are what they say they are, or one sentence; never anything else.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.engine.audit import audit_filings
from auditor.errors import AuditorError
from auditor.model.units import Rounding
from auditor.reports.formats import FORMATS
from auditor.reports.json_report import tool_data
from auditor.reports.run import Run
from auditor.run.inputs import bound, opened, whole
from auditor.run.originals import Originals
from auditor.run.settings import Settings
from auditor.screening.screen import screen
from auditor.screening.store import Store
from lxml import etree, html

from tests.support.screens import job

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from random import Random

    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.screening.job import Job
    from auditor.screening.screen import Screening

MARK = "zq9x"  # a tag and an attribute that stand in hostile texts, and may be none in a report
HOSTILE = (
    f'"><{MARK} {MARK}=1>', f"</script></style></title><{MARK}>", f"' {MARK}='1", "]]>", "<!--", "&#0;&#x1b;", "\x00\x1b[2J\x07",
    "\u202e\u2066", "\ufffe\uffff", "=cmd()", "@x", "²³①", "９" * 40, "9" * 5000, "-" * 3000, "{{7*7}}", "%s%n", "\u0661\u0662",
)  # fmt: skip
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def hostile(data: bytes, random: Random) -> bytes:
    """Put words into a text that a report must not take for its own; every second one, and nothing that is no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    for _ in range(random.choice((0, 0, 1, 3))):
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(HOSTILE) + text[at:]
    return text.encode("utf-8", "ignore")


class Here:
    """Does the pieces of work of a screening in this very process."""

    def run(self, work: Any, told: Job, pieces: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        yield from ((piece, work(told, piece)) for piece in pieces)

    def close(self) -> None:
        pass


def go(path: Path, book: RuleBook) -> str:
    """Take one file the whole way: `read`, or the key of the sentence that tells why not.

    Raises what the program raises, and `AssertionError` for a report that is not what it says.
    """
    originals = Originals()
    parts: list[Filing] = []
    failed: list[tuple[str, str]] = []
    key = ""
    for item in originals.noted(opened([path])):
        try:
            parts.append(bound(item, book, Settings())[1])
        except AuditorError as error:
            key = error.key
            failed.append((item.name, str(error)))
            assert_clean(str(error), "error")
            assert getattr(error, "detail", "") == "", error
    audits = []
    try:
        audits = audit_filings([whole(parts, book)], book, Rounding.HALF_UP) if parts else []
    except AuditorError as error:
        key = error.key
    run = Run([(path.stem, audit) for audit in audits], tool_data("", "0" * 64, book), "half_up", failed, [], originals)
    for kind in FORMATS.values():
        for stem, audit in run.audits:
            for name, content in kind.of_filing(stem, audit, run):
                look_at(name, content)
        for name, content in kind.of_run(run):
            look_at(name, content)
    return key or "read"


def screened(folder: Path, out: Path) -> Screening:
    """Screen a folder, take the results into the store, and ask it."""
    done = screen(job(folder, out), Here(), lambda *_: None)
    with Store(out) as store:
        store.take_in(job(folder, out), done)
        assert store.ask("SELECT count(*) FROM filings")[1] == [(done.filings,)]
    return done


# -- what a report has to be ----------------------------------------------------------------------------------------


def assert_clean(text: str, name: str) -> None:
    found = CONTROL.search(text)
    assert found is None, (name, found)


def look_at(name: str, content: str | bytes) -> None:
    """Look at one report. Raises `AssertionError`, or what the parser of its kind raises."""
    if isinstance(content, str):
        assert_clean(content, name)
    kind = name.rsplit(".", 1)[-1]
    if ".annotated." in name:
        _copy(name, content)
    elif kind == "html":
        _unmarked(html.document_fromstring(content), name)
    elif kind == "xml":
        _unmarked(etree.fromstring(content.encode() if isinstance(content, str) else content), name)
    elif kind in ("json", "sarif"):
        data = json.loads(content)
        for text in _texts(data):
            assert_clean(text, name)
        if kind == "json":
            _validator("index" if name == "index.json" else "filing").validate(data)
    elif kind == "csv":
        assert isinstance(content, (str, bytes))
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        assert len({len(row) for row in csv.reader(io.StringIO(text)) if row}) <= 1, name
    elif kind == "xlsx":
        _workbook(name, content)


def _unmarked(root: Any, name: str) -> None:
    for element in root.iter():
        assert element.tag != MARK, name
        assert MARK not in element.attrib, name
        assert not [key for key in element.attrib if key.startswith("on")], (name, element.attrib)


def _texts(data: Any) -> Iterator[str]:
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


@cache
def _validator(name: str) -> Any:
    import jsonschema

    schema = json.loads(files("auditor.reports").joinpath("schemas", f"{name}.schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _workbook(name: str, content: str | bytes) -> None:
    import openpyxl

    assert isinstance(content, bytes)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    assert_clean(cell.value, name)
                    assert not cell.value.startswith("=cmd"), name


def _copy(name: str, content: str | bytes) -> None:
    assert isinstance(content, bytes)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for member in package.namelist():
                if "comments" in member:  # all else is as damaged as in the original
                    etree.fromstring(package.read(member))
    elif b"%PDF" in content[:1024]:
        import pypdfium2

        assert len(pypdfium2.PdfDocument(content)) > 0, name

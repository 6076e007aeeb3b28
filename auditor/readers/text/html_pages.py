"""HTML: tables with their spans, everything else as paragraphs, in document order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.errors import BadInputError
from auditor.model.document import Cell, Document, Grid, Paragraph, spans_kept
from auditor.model.facts import Place
from auditor.readers.printed_runs import Run, Unsaid, said
from auditor.readers.text.page_looks import is_hidden, look_of
from auditor.readers.text.plain_text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_SPAN = 1000
MAX_WIDTH = 2000
MAX_CELLS = 1_000_000
MAX_DEPTH = 250
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "br",
        "title",
    ]
)
_SILENT = frozenset(
    ["script", "style", "template", "noscript", "svg", "object", "iframe", "head", "select", "button", "textarea"]
)
_UNSAID = _SILENT | {"table"}
_SERVER = re.compile(r"<%.*?%>|<\?(?:php|xml)\b.*?\?>", re.DOTALL | re.IGNORECASE)  # what the server should have run
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.IGNORECASE)
_WHOLE = re.compile(r"[ \t\r\n\f]*\+?([0-9]{1,8})(?![0-9])")  # HTML 2.3.4.2: what follows the digits is passed over
_SPACE = re.compile(r"[ \t\r\n\f]+")


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a web page. Raises `BadInputError` when it cannot be decoded or is beyond bounds."""
    document = Document(file, sha256)
    read_into(document, decoded(data, file))
    return document


def read_into(document: Document, text: str, grids: int = 0) -> int:
    """Add the blocks of a page to a document whose tables are counted up to `grids`; give how many there are then.

    Raises `BadInputError` when it is no page or is beyond bounds.
    """
    from lxml import etree, html

    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(_SERVER.sub("", text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise BadInputError("input.damaged", file=document.file, kind="HTML") from None
    reader = _Reader(document, grids)
    reader.walk(root)
    document.remarks += reader.unsaid.remarks()
    if reader.hidden:
        document.remarks.append(("remark.hidden_cells", {"count": str(reader.hidden)}))
    return reader.grids


def decoded(data: bytes, file: str) -> str:
    """The text of a page, in the encoding that it names. Raises `BadInputError` for others."""
    named = _CHARSET.search(data[:4096])
    if named is not None and named[1].lower() in (b"gbk", b"gb2312", b"gb18030", b"gb_2312-80", b"x-gbk"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decode(data, file)


class _Reader:
    def __init__(self, document: Document, grids: int) -> None:
        self.document = document
        self.grids = grids
        self.cells = 0
        self.hidden = 0  # rows and cells of tables that are not shown
        self.unsaid = Unsaid()
        self.line: list[Run] = []

    def walk(self, root: Any) -> None:
        """Read everything below an element; each block ends the line of text before it."""
        self._inside(root, 0, Run(""))
        self._break()

    def _inside(self, element: Any, depth: int, around: Run) -> None:
        if depth > MAX_DEPTH:
            raise BadInputError("input.too_deep", file=self.document.file)
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SILENT or not tag or is_hidden(element):
            self._say(element.tail, around)
            return
        if tag == "table" and not _is_layout(element):
            self._break()
            self._table(element, depth)
            self._say(element.tail, around)
            return
        block = tag in _BLOCKS
        if block:
            self._break()
        look = look_of(element, around)
        self._say(element.text, look)
        for child in element:
            self._inside(child, depth + 1, look)
        if block:
            self._break()
        self._say(element.tail, around)

    def _say(self, text: str | None, look: Run) -> None:
        if text:
            self.line.append(look._replace(text=text))

    def _break(self) -> None:
        text = _SPACE.sub(" ", said(self.line, self.unsaid))
        self.line = []
        if text.strip():
            number = len(self.document.blocks) + 1
            place = Place(self.document.file, paragraph=number, quote=text.strip()[:200])
            self.document.blocks.append(Paragraph(text, place))

    def _table(self, element: Any, depth: int) -> None:
        self.grids += 1
        number = self.grids
        caption = element.find("caption")
        if caption is not None:
            self._say(self._text(caption), Run(""))
            self._break()
        nested: list[Any] = []
        occupied, width, height = self._spread(element, number, nested)
        if not width:
            return
        rows = tuple(
            tuple(
                occupied.get((y, x)) or Cell("", Place(self.document.file, row=y + 1, grid=number))
                for x in range(width)
            )
            for y in range(height)
        )
        self.document.blocks.append(Grid(rows, Place(self.document.file, grid=number), spans_known=spans_kept(rows)))
        for inner in nested:
            self._table(inner, depth + 1)

    def _shown(self, elements: Iterable[Any]) -> Iterator[Any]:
        for element in elements:
            if not is_hidden(element):
                yield element
            elif element.text_content().strip():
                self.hidden += 1

    def _text(self, cell: Any, nested: list[Any] | None = None) -> str:
        """The text of a cell; `<br>` and paragraphs are line ends."""
        out: list[Run] = []

        def walk(element: Any, depth: int, around: Run) -> None:
            tag = element.tag if isinstance(element.tag, str) else ""
            if depth > MAX_DEPTH:
                return
            if tag == "table" and nested is not None and depth:
                nested.append(element)
            elif tag and tag not in _SILENT and not is_hidden(element):
                look = look_of(element, around)
                end = [Run("\n")] if tag in _BLOCKS and depth else []
                out.extend([*end, look._replace(text=_SPACE.sub(" ", element.text or ""))])
                for child in element:
                    walk(child, depth + 1, look)
                out.extend(end)
            if depth:
                out.append(around._replace(text=_SPACE.sub(" ", element.tail or "")))

        walk(cell, 0, Run(""))
        return "\n".join(line.strip() for line in said(out, self.unsaid).split("\n") if line.strip())

    def _spread(self, element: Any, number: int, nested: list[Any]) -> tuple[dict[tuple[int, int], Cell], int, int]:
        """Lay the cells of a table out over the places that they span; give these, the width and the height."""
        occupied: dict[tuple[int, int], Cell] = {}
        height = width = 0
        rows = list(self._shown(_rows(element)))
        for at, row in enumerate(rows):
            column = 0
            for cell in self._shown(_cells_of(row)):
                while (at, column) in occupied:
                    column += 1
                colspan, rowspan = _span(cell, "colspan", 1), _span(cell, "rowspan", len(rows) - at)
                self.cells += colspan * rowspan
                if self.cells > MAX_CELLS or column + colspan > MAX_WIDTH:
                    raise BadInputError("input.too_many_cells", file=self.document.file, limit=MAX_CELLS)
                made = Cell(
                    self._text(cell, nested),
                    Place(self.document.file, row=at + 1, column=column + 1, grid=number),
                    rowspan,
                    colspan,
                )
                for y in range(at, at + rowspan):
                    for x in range(column, column + colspan):
                        occupied.setdefault((y, x), made)
                column += colspan
                width = max(width, column)
            height = at + 1
        return occupied, width, height


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, also those inside parts of it and inside forms."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot", "form"):
            yield from _rows(child)


def _cells_of(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag in ("td", "th"):
            yield child
        elif child.tag == "form":
            yield from _cells_of(child)


def _is_layout(table: Any) -> bool:
    """A table without a row of two cells, or whose cells hold other tables and little else, only arranges the page."""
    rows = [[_own(cell) for cell in _cells_of(row)] for row in _rows(table)]
    if all(len(row) < 2 for row in rows):
        return True
    if next(table.iterdescendants("table"), None) is None:
        return False
    return sum(sum(map(bool, row)) > 1 for row in rows) < 2


def _own(cell: Any) -> bool:
    """Whether a cell says anything besides the tables inside it."""
    if (cell.text or "").strip():
        return True
    return any(
        (child.tail or "").strip() or (isinstance(child.tag, str) and child.tag not in _UNSAID and _own(child))
        for child in cell
    )


def _span(cell: Any, name: str, rest: int) -> int:
    """How many places a cell covers: what a value begins with counts, as in browsers; no rows are all that follow."""
    found = _WHOLE.match(cell.get(name) or "1")
    value = min(whole_number(found[1]) or 0, MAX_SPAN) if found is not None else 1
    return value or (rest if name == "rowspan" else 1)

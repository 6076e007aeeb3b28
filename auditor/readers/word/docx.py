"""DOCX: paragraphs with their automatic numbers, tables with merged cells, text boxes; in document order.

Deleted text of tracked changes is not read, inserted text is; the report says that changes and comments are there.
The text of `mc:Fallback` repeats that of the choice beside it and is skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from auditor.digits import hexadecimal, whole_number
from auditor.errors import BadInputError
from auditor.model.document import Cell, Document, Grid, Paragraph, spans_kept
from auditor.model.facts import Place
from auditor.readers.office_packages import Package, modified
from auditor.readers.printed_runs import Run, Unsaid, said
from auditor.readers.word.chunks import Chunks
from auditor.readers.word.numbering import Numbering
from auditor.readers.word.run_looks import RunLooks, is_on

if TYPE_CHECKING:
    from collections.abc import Iterator

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
MAX_SPAN = 500
MAX_CELLS = 500_000
MAX_DEPTH = 12

_SKIPPED = frozenset(
    {
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}instrText",
        f"{_W}delText",
        f"{_W}delInstrText",
        f"{_MC}Fallback",
        f"{_W}rPr",
        f"{_W}pPr",
        f"{_W}fldData",
        f"{_W}rt",
        f"{_W}rubyPr",
    }
)
_SIGNS = {
    f"{_W}tab": " ",
    f"{_W}ptab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
}


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a DOCX. Raises `BadInputError` when it is damaged, encrypted or beyond bounds."""
    package = Package(data, file, "DOCX")
    try:
        root = package.xml("word/document.xml")
        if root is None:
            raise BadInputError("input.damaged", file=file, kind="DOCX")
        document = Document(file, sha256, modified=modified(package))
        reader = _Reader(document, package)
        body = root.find(f"{_W}body")
        reader.blocks(body if body is not None else root, 0)
        _remarks(root, package, document)
        document.remarks += reader.unsaid.remarks()
        if reader.hidden:
            document.remarks.append(("remark.hidden_words", {"count": str(reader.hidden)}))
        if reader.chunks.unread:
            if not document.blocks:
                raise BadInputError("input.chunks", file=file, kind=reader.chunks.unread[0])
            document.remarks.append(("remark.embedded", {"count": str(len(reader.chunks.unread))}))
        return document
    finally:
        package.close()


GridSpot = tuple[int, int, int, int]  # paragraph, grid, row, column; 0 where it has none


def elements_of(root: Any, package: Package, file: str) -> dict[GridSpot, Any]:
    """The element of each paragraph and each cell of a document, by the place that `read` gives them."""
    reader = _Reader(Document(file, ""), package)
    reader.spots = {}
    body = root.find(f"{_W}body")
    reader.blocks(body if body is not None else root, 0)
    return reader.spots


def _remarks(root: Any, package: Package, document: Document) -> None:
    """Say what is in the file and is not read."""
    counts = {
        "remark.tracked_changes": sum(
            1 for _ in root.iter(*(f"{_W}{tag}" for tag in ("ins", "del", "moveFrom", "moveTo")))
        ),
        "remark.comments": _texts_in(package.xml("word/comments.xml"), "comment"),
        "remark.footnotes": _texts_in(package.xml("word/footnotes.xml"), "footnote")
        + _texts_in(package.xml("word/endnotes.xml"), "endnote"),
        "remark.embedded": sum(1 for _ in root.iter(f"{_W}object")),
        "remark.pictures": sum(1 for _ in root.iter(_BLIP)) if next(document.grids(), None) is None else 0,
    }
    if any(name.endswith("vbaProject.bin") for name in package.names):
        document.remarks.append(("remark.macros", {}))
    document.remarks += [(key, {"count": str(count)}) for key, count in counts.items() if count]


def _texts_in(root: Any, tag: str) -> int:
    """How many notes of a part say anything (Word keeps separators among them)."""
    notes = root.findall(f"{_W}{tag}") if root is not None else ()
    return sum(any((text.text or "").strip() for text in note.iter(f"{_W}t")) for note in notes)


class _Reader:
    """Walks the body; paragraphs and grids are numbered in document order."""

    def __init__(self, document: Document, package: Package) -> None:
        self.document = document
        self.numbering = Numbering(package)
        self.looks = RunLooks(package)
        self.chunks = Chunks(package)
        self.unsaid = Unsaid()
        self.paragraphs = 0
        self.grids = 0
        self.cells = 0
        self.hidden = 0  # pieces of text and rows that are not shown
        self.spots: dict[GridSpot, Any] | None = None  # filled where the elements are asked for

    def blocks(self, parent: Any, depth: int) -> None:
        """Read the blocks below one element."""
        if depth > MAX_DEPTH:
            raise BadInputError("input.too_deep", file=self.document.file)
        for element in parent:
            tag = element.tag
            if tag == f"{_W}p":
                self._paragraph(element, depth)
            elif tag == f"{_W}tbl":
                self._table(element, depth)
            elif tag == f"{_W}altChunk":
                self._chunk(element)
            elif tag in _SKIPPED or not isinstance(tag, str):
                continue
            elif tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
                self.blocks(element, depth + 1)

    def _chunk(self, element: Any) -> None:
        """Read a file that stands in the place of paragraphs; what is in it has no element of the document's own."""
        for block in self.chunks.blocks(element, self.document, self.grids):
            if isinstance(block, Grid):
                self.grids = max(self.grids, block.place.grid or 0)
                self.document.blocks.append(block)
            else:
                self.paragraphs += 1
                place = replace(block.place, paragraph=self.paragraphs)
                self.document.blocks.append(replace(block, place=place))

    def _paragraph(self, element: Any, depth: int) -> None:
        self.paragraphs += 1
        number = self.paragraphs
        if self.spots is not None:
            self.spots[number, 0, 0, 0] = element
        boxes: list[Any] = []
        text = self.numbering.label(element) + self._text(element, boxes)
        for line in text.split("\n"):
            if line.strip():
                place = Place(self.document.file, paragraph=number, quote=line.strip()[:200])
                self.document.blocks.append(Paragraph(line, place))
        for box in boxes:
            self.blocks(box, depth + 1)

    def _text(self, element: Any, boxes: list[Any]) -> str:
        out: list[Run] = []
        look = Run("")
        for part in self._parts(element):
            tag = part.tag
            text = _SIGNS.get(tag, "")
            if tag == f"{_W}r":
                look = self.looks.of(part, element)
            elif tag == f"{_W}t":
                text = part.text or ""
            elif tag == f"{_W}sym":
                text = _symbol(part)
            elif tag == f"{_W}txbxContent":
                boxes.append(part)
            out.append(look._replace(text=text))
        return said(out, self.unsaid)

    def _parts(self, element: Any) -> Iterator[Any]:
        """The parts of a paragraph that print, in order, runs before what is in them; text boxes are not entered."""
        for child in element:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str):
                continue
            if tag == f"{_W}r" and self.looks.is_hidden(child, element):
                self.hidden += any((text.text or "").strip() for text in child.iter(f"{_W}t"))
                continue
            yield child
            if tag not in (f"{_W}txbxContent", f"{_W}t", f"{_W}tbl"):
                yield from self._parts(child)

    # -- tables ---------------------------------------------------------------------------------------------

    def _table(self, element: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise BadInputError("input.too_deep", file=self.document.file)
        self.grids += 1
        number = self.grids
        nested: list[Any] = []
        rows = [self._row(row, nested) for row in _children(element, f"{_W}tr") if self._is_shown(row)]
        width = max((sum(slot.span for slot in row) for row in rows), default=0)
        self.cells += width * len(rows)
        if width > MAX_SPAN or self.cells > MAX_CELLS:
            raise BadInputError("input.too_many_cells", file=self.document.file, limit=MAX_CELLS)
        grid = self._grid(rows, width, number)
        if grid is not None:
            self.document.blocks.append(grid)
        for inner in nested:
            self._table(inner, depth + 1)

    def _is_shown(self, row: Any) -> bool:
        """Whether a row is printed: not deleted in a tracked change, not hidden."""
        properties = row.find(f"{_W}trPr")
        if properties is None:
            return True
        if is_on(properties, "hidden"):
            self.hidden += 1
            return False
        return properties.find(f"{_W}del") is None

    def _row(self, element: Any, nested: list[Any]) -> list[_Slot]:
        slots = []
        properties = element.find(f"{_W}trPr")
        before = _int(properties, f"{_W}gridBefore") if properties is not None else 0
        if before:
            slots.append(_Slot("", min(before, MAX_SPAN), ""))
        for cell in _children(element, f"{_W}tc"):
            about = cell.find(f"{_W}tcPr")
            if about is not None and about.find(f"{_W}cellDel") is not None:
                continue
            span = max(1, min(_int(about, f"{_W}gridSpan") or 1, MAX_SPAN)) if about is not None else 1
            merge = about.find(f"{_W}vMerge") if about is not None else None
            kind = "" if merge is None else (merge.get(f"{_W}val") or "continue")
            boxes: list[Any] = []
            texts = []
            for part in _children(cell, f"{_W}p", f"{_W}tbl"):
                if part.tag == f"{_W}tbl":
                    nested.append(part)
                else:
                    self.paragraphs += 1
                    texts.append(self.numbering.label(part) + self._text(part, boxes))
            for box in boxes:
                texts += [self._text(part, []) for part in _paragraphs_in(box)]
            slots.append(_Slot("\n".join(text for text in texts if text.strip()), span, kind, element=cell))
        return slots

    def _grid(self, rows: list[list[_Slot]], width: int, number: int) -> Grid | None:
        if not width:
            return None
        layout: list[list[_Slot | None]] = []
        for row in rows:
            line: list[_Slot | None] = []
            for slot in row:
                slot.column = len(line)
                line += [slot] * slot.span
            layout.append(line + [None] * (width - len(line)))
        owners, heights = _merged(layout)
        cells: dict[int, Cell] = {}
        body = []
        for at, line in enumerate(layout, 1):
            out: list[Cell] = []
            for column, each in enumerate(line, 1):
                place = Place(self.document.file, row=at, column=column, grid=number)
                if each is None:
                    out.append(Cell("", replace(place, column=None)))
                    continue
                owner = owners[id(each)]
                if id(owner) not in cells:
                    cells[id(owner)] = self._cell(owner, place, heights[id(owner)])
                out.append(cells[id(owner)])
            body.append(tuple(out))
        if width == 1 or sum(len({id(cell) for cell in row}) for row in body) < 2:
            for one in dict.fromkeys(row[0] for row in body):
                self._frame(one)
            return None
        return Grid(tuple(body), Place(self.document.file, grid=number), spans_known=spans_kept(body))

    def _cell(self, slot: _Slot, place: Place, height: int) -> Cell:
        if self.spots is not None:
            self.spots[0, place.grid or 0, place.row or 0, place.column or 0] = slot.element
        return Cell(slot.text, place, height, slot.span)

    def _frame(self, cell: Cell) -> None:
        """A table of one cell, or of one column, is a frame around text."""
        for line in cell.raw.split("\n"):
            if line.strip():
                self.document.blocks.append(Paragraph(line, cell.place))


@dataclass(eq=False, slots=True)
class _Slot:
    """One cell of a row as written: text, columns covered, `restart` or `continue` of a vertical merge."""

    text: str
    span: int
    merge: str
    column: int = 0
    element: Any = None


def _merged(layout: list[list[_Slot | None]]) -> tuple[dict[int, _Slot], dict[int, int]]:
    """The slot that each slot continues (by identity), and how many rows each of these covers."""
    heights: dict[int, int] = {}
    owners: dict[int, _Slot] = {}
    for at, line in enumerate(layout):
        for slot in dict.fromkeys(s for s in line if s is not None):
            above = layout[at - 1][slot.column] if at else None
            if slot.merge == "continue" and above is not None:
                owner = owners[id(above)]
                if owner.span == slot.span and owner.column == slot.column:
                    owners[id(slot)] = owner
                    heights[id(owner)] += 1
                    continue
            owners[id(slot)] = slot
            heights[id(slot)] = 1
    return owners, heights


def _paragraphs_in(box: Any) -> Iterator[Any]:
    """The paragraphs of a text box, also those of tables in it."""
    for child in box:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag not in _SKIPPED:
            yield from _paragraphs_in(child)


def _children(parent: Any, *tags: str) -> Iterator[Any]:
    """Children with these tags, also inside content controls and insertions."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
            yield from _children(child, *tags)


def _int(parent: Any, tag: str) -> int:
    element = parent.find(tag)
    value = element.get(f"{_W}val", "") if element is not None else ""
    return whole_number(value, 6) or 0


def _symbol(element: Any) -> str:
    code = element.get(f"{_W}char", "")
    value = hexadecimal(code)
    return "" if value is None or 0xE000 <= value <= 0xF8FF or value > 0x10FFFF else chr(value)

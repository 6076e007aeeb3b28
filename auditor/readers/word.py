"""DOCX: paragraphs with their automatic numbers, tables with merged cells, text boxes; in document order.

Deleted text of tracked changes is not read, inserted text is; the report says that changes and comments are there.
The text of `mc:Fallback` repeats that of the choice beside it and is skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from auditor.document import Cell, Document, Grid, Paragraph, spans_kept
from auditor.errors import BadInputError
from auditor.facts import Place
from auditor.readers.packages import Package, modified

if TYPE_CHECKING:
    from collections.abc import Iterator

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MAX_SPAN = 500
MAX_CELLS = 500_000
MAX_DEPTH = 12

_DIGITS = "零一二三四五六七八九"
_SKIPPED = frozenset(
    {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}delInstrText", f"{_MC}Fallback",
     f"{_W}rPr", f"{_W}pPr", f"{_W}fldData"}
)  # fmt: skip


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a DOCX. Raises `BadInputError` when it is damaged, encrypted or beyond bounds."""
    package = Package(data, file, "DOCX")
    try:
        root = package.xml("word/document.xml")
        if root is None:
            raise BadInputError("input.damaged", file=file, kind="DOCX")
        document = Document(file, sha256, modified=modified(package))
        reader = _Reader(document, _Numbering(package))
        body = root.find(f"{_W}body")
        reader.blocks(body if body is not None else root, 0)
        _remarks(root, package, document)
        return document
    finally:
        package.close()


def _remarks(root: Any, package: Package, document: Document) -> None:
    if any(name.endswith("vbaProject.bin") for name in package.names):
        document.remarks.append(("remark.macros", {}))
    changes = sum(1 for _ in root.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo"))
    if changes:
        document.remarks.append(("remark.tracked_changes", {"count": str(changes)}))
    comments = package.xml("word/comments.xml")
    count = len(comments.findall(f"{_W}comment")) if comments is not None else 0
    if count:
        document.remarks.append(("remark.comments", {"count": str(count)}))


class _Reader:
    """Walks the body; paragraphs and grids are numbered in document order."""

    def __init__(self, document: Document, numbering: _Numbering) -> None:
        self.document = document
        self.numbering = numbering
        self.paragraphs = 0
        self.grids = 0
        self.cells = 0
        self.boxes: list[Any] = []  # text boxes of the paragraph at hand, read after it

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
            elif tag in _SKIPPED or not isinstance(tag, str):
                continue
            elif tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
                self.blocks(element, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> None:
        self.paragraphs += 1
        number = self.paragraphs
        boxes: list[Any] = []
        text = self.numbering.label(element) + self._text(element, boxes)
        for line in text.split("\n"):
            if line.strip():
                place = Place(self.document.file, paragraph=number, quote=line.strip()[:200])
                self.document.blocks.append(Paragraph(line, place))
        for box in boxes:
            self.blocks(box, depth + 1)

    def _text(self, element: Any, boxes: list[Any]) -> str:
        out: list[str] = []
        for part in _runs(element):
            tag = part.tag
            if tag == f"{_W}t":
                out.append(part.text or "")
            elif tag in (f"{_W}tab", f"{_W}ptab"):
                out.append("\t")
            elif tag in (f"{_W}br", f"{_W}cr"):
                out.append("\n")
            elif tag == f"{_W}noBreakHyphen":
                out.append("-")
            elif tag == f"{_W}sym":
                out.append(_symbol(part))
            elif tag == f"{_W}txbxContent":
                boxes.append(part)
        return "".join(out).replace("\t", " ")

    # -- tables ---------------------------------------------------------------------------------------------

    def _table(self, element: Any, depth: int) -> None:
        self.grids += 1
        number = self.grids
        nested: list[Any] = []
        rows = [self._row(row, nested) for row in _rows(element)]
        width = max((sum(slot.span for slot in row) for row in rows), default=0)
        self.cells += width * len(rows)
        if width > MAX_SPAN or self.cells > MAX_CELLS:
            raise BadInputError("input.too_many_cells", file=self.document.file, limit=MAX_CELLS)
        grid = self._grid(rows, width, number)
        if grid is not None:
            self.document.blocks.append(grid)
        for inner in nested:
            self._table(inner, depth + 1) if depth < MAX_DEPTH else None

    def _row(self, element: Any, nested: list[Any]) -> list[_Slot]:
        slots = []
        properties = element.find(f"{_W}trPr")
        before = _int(properties, f"{_W}gridBefore") if properties is not None else 0
        if before:
            slots.append(_Slot("", min(before, MAX_SPAN), ""))
        for cell in _children(element, f"{_W}tc"):
            about = cell.find(f"{_W}tcPr")
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
                texts += [self._text(p, []) for p in box.iter(f"{_W}p")]
            slots.append(_Slot("\n".join(text for text in texts if text.strip()), span, kind))
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
                    cells[id(owner)] = Cell(owner.text, place, heights[id(owner)], owner.span)
                out.append(cells[id(owner)])
            body.append(tuple(out))
        if sum(len({id(cell) for cell in row}) for row in body) < 2:
            self._frame(body[0][0])
            return None
        return Grid(tuple(body), Place(self.document.file, grid=number), spans_known=spans_kept(body))

    def _frame(self, cell: Cell) -> None:
        """A table of one cell is a frame around text."""
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


def _runs(element: Any) -> Iterator[Any]:
    """The parts of a paragraph that print, in order; text boxes are given whole, not entered."""
    for child in element:
        tag = child.tag
        if tag in _SKIPPED or not isinstance(tag, str):
            continue
        yield child
        if tag not in (f"{_W}txbxContent", f"{_W}t", f"{_W}tbl"):
            yield from _runs(child)


def _rows(table: Any) -> Iterator[Any]:
    yield from _children(table, f"{_W}tr")


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
    return int(value) if value.isdigit() and len(value) < 7 else 0


def _symbol(element: Any) -> str:
    code = element.get(f"{_W}char", "")
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    return "" if 0xE000 <= value <= 0xF8FF or value > 0x10FFFF else chr(value)


# -- automatic numbers ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class _Counter:
    values: list[int] = field(default_factory=lambda: [0] * 9)


class _Numbering:
    """Word's automatic numbers: 一、 and （一） are not in the text, they are counted."""

    def __init__(self, package: Package) -> None:
        self.levels: dict[str, list[_Level]] = {}
        self.counters: dict[str, _Counter] = {}
        self.abstract: dict[str, str] = {}
        self.styles: dict[str, tuple[str, int]] = {}
        root = package.xml("word/numbering.xml")
        if root is None:
            return
        by_abstract = {
            element.get(f"{_W}abstractNumId", ""): _levels(element) for element in root.findall(f"{_W}abstractNum")
        }
        for element in root.findall(f"{_W}num"):
            identity = element.get(f"{_W}numId", "")
            link = element.find(f"{_W}abstractNumId")
            abstract = link.get(f"{_W}val", "") if link is not None else ""
            self.levels[identity] = by_abstract.get(abstract, [])
            self.abstract[identity] = abstract
            for override in element.findall(f"{_W}lvlOverride"):
                first = override.find(f"{_W}startOverride")
                at = override.get(f"{_W}ilvl", "")
                if first is not None and at.isdigit() and int(at) < len(self.levels[identity]):
                    self.abstract[identity] = f"{abstract}/{identity}"  # counts anew
        self._styles(package)

    def _styles(self, package: Package) -> None:
        root = package.xml("word/styles.xml")
        if root is None:
            return
        for style in root.findall(f"{_W}style"):
            found = _number_of(style)
            if found is not None:
                self.styles[style.get(f"{_W}styleId", "")] = found

    def label(self, paragraph: Any) -> str:
        """The number that Word prints before a paragraph, or ''."""
        found = _number_of(paragraph)
        if found is None:
            properties = paragraph.find(f"{_W}pPr")
            style = properties.find(f"{_W}pStyle") if properties is not None else None
            found = self.styles.get(style.get(f"{_W}val", "")) if style is not None else None
        if found is None:
            return ""
        identity, level = found
        levels = self.levels.get(identity, [])
        if identity == "0" or level >= len(levels):
            return ""
        counter = self.counters.setdefault(self.abstract.get(identity, identity), _Counter())
        values = counter.values
        values[level] = values[level] + 1 if values[level] else levels[level].start
        for deeper in range(level + 1, len(values)):
            values[deeper] = 0
        text = levels[level].text
        for number in range(level, -1, -1):
            mark = f"%{number + 1}"
            if mark in text:
                value = values[number] or levels[number].start
                text = text.replace(mark, _written(value, levels[number].form))
        return text if levels[level].form not in ("bullet", "none") else ""


def _levels(abstract: Any) -> list[_Level]:
    out = [_Level() for _ in range(9)]
    for element in abstract.findall(f"{_W}lvl"):
        at = element.get(f"{_W}ilvl", "")
        if not at.isdigit() or int(at) > 8:
            continue
        form, text = element.find(f"{_W}numFmt"), element.find(f"{_W}lvlText")
        out[int(at)] = _Level(
            _int(element, f"{_W}start") or 1,
            form.get(f"{_W}val", "decimal") if form is not None else "decimal",
            text.get(f"{_W}val", "") if text is not None else "",
        )
    return out


def _number_of(element: Any) -> tuple[str, int] | None:
    properties = element.find(f"{_W}pPr")
    number = properties.find(f"{_W}numPr") if properties is not None else None
    if number is None:
        return None
    identity = number.find(f"{_W}numId")
    if identity is None:
        return None
    return identity.get(f"{_W}val", ""), _int(number, f"{_W}ilvl")


def _written(value: int, form: str) -> str:
    """A number in one of Word's number formats."""
    if form in (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "taiwaneseCounting",
        "japaneseCounting",
    ):
        return chinese(value)
    if form == "chineseLegalSimplified":
        return "".join("零壹贰叁肆伍陆柒捌玖"[int(digit)] for digit in str(value))
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if form == "upperLetter" and 1 <= value <= 26:
        return chr(64 + value)
    if form == "lowerLetter" and 1 <= value <= 26:
        return chr(96 + value)
    if form in ("upperRoman", "lowerRoman"):
        text = _roman(value)
        return text if form == "upperRoman" else text.lower()
    if form == "decimalZero":
        return f"{value:02d}"
    return str(value)


def chinese(value: int) -> str:
    """A counting number in Chinese.

    >>> chinese(3), chinese(10), chinese(21), chinese(105)
    ('三', '十', '二十一', '一百零五')
    """
    if not 0 < value < 1000:
        return str(value)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _roman(value: int) -> str:
    out = ""
    for number, letters in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while value >= number:
            out += letters
            value -= number
    return out

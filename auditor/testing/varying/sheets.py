"""A document while it is varied: its grids as sheets of cells, each of which knows what it says in the original."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.codes import is_code
from auditor.forms.find_tables import title_forms
from auditor.model.document import Cell, Document, Grid, Paragraph
from auditor.reading.filings import filing_of, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing
    from auditor.model.tables import Table

STAMP = "№"


@dataclass(frozen=True, slots=True)
class Original:
    """A document with stamped cells, and how it is read."""

    document: Document
    filing: Filing
    facts: dict[str, Fact]  # stamp → fact, of cells of grids
    book: FormBook

    def table(self, name: str) -> Table | None:
        """The standard table of a name, or the one that the header words made."""
        return self.book.tables.get(name) or self.filing.dynamic.get(name)


@dataclass(frozen=True, slots=True)
class SheetSegment:
    """Label columns and the figure columns after them (positions in a sheet)."""

    labels: tuple[int, ...]
    figures: tuple[int, ...]


@dataclass(slots=True)
class VariedSheet:
    """A grid while it is varied. A cell that spans stands, as the same object, at every place it covers."""

    grid: Grid
    rows: list[list[Cell]]
    original: Original

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def table(self) -> str:
        """The standard table that most of the cells belong to, or ''."""
        names = Counter(fact.address.table for row in self.rows for cell in row if (fact := self.fact(cell)))
        return max(sorted(names), key=names.__getitem__) if names else ""

    def fact(self, cell: Cell) -> Fact | None:
        """What a cell says, by the original."""
        return self.original.facts.get(cell.place.quote)

    def body(self) -> list[int]:
        """The numbers of the rows that print facts."""
        return [number for number, row in enumerate(self.rows) if any(self.fact(cell) for cell in row)]

    def head(self) -> int:
        """How many rows stand before the first fact."""
        return next(iter(self.body()), len(self.rows))

    def segments(self) -> list[SheetSegment]:
        """The columns cut into labels and figures, told by where the facts stand."""
        body = self.body()
        figures = [any(self.fact(self.rows[n][c]) for n in body) for c in range(self.width)]
        out: list[SheetSegment] = []
        labels: list[int] = []
        found: list[int] = []
        for column, is_figure in enumerate([*figures, False]):
            if is_figure:
                found.append(column)
                continue
            if found:
                out.append(SheetSegment(tuple(labels), tuple(found)))
                labels, found = [], []
            labels.append(column)
        return out

    def row_name(self, number: int, segment: SheetSegment) -> str:
        """The address row that a row of one segment prints, or ''."""
        facts = (self.fact(self.rows[number][column]) for column in segment.figures)
        return next((fact.address.row for fact in facts if fact), "")

    def spans_down(self, columns: Sequence[int], rows: Sequence[int]) -> bool:
        """Whether a cell stands in more than one of the rows, or also beyond the columns."""
        inside = {id(self.rows[n][c]): n for n in rows for c in columns}
        return any(
            id(cell) in inside and (number != inside[id(cell)] or column not in columns)
            for number, row in enumerate(self.rows)
            for column, cell in enumerate(row)
        )

    def rewrite(self, change: Callable[[Cell], str], cells: Sequence[Cell] | None = None) -> bool:
        """Give cells (all of them, unless told) a new text; tell whether any text became another."""
        chosen = {id(cell) for cell in cells} if cells is not None else None
        made: dict[int, Cell] = {}
        changed = False
        for row in self.rows:
            for column, cell in enumerate(row):
                if chosen is not None and id(cell) not in chosen:
                    continue
                if id(cell) not in made:
                    text = change(cell)
                    made[id(cell)] = cell if text == cell.raw else replace(cell, raw=text)
                    changed = changed or text != cell.raw
                row[column] = made[id(cell)]
        return changed

    def blank(self) -> Cell:
        """A cell that says nothing."""
        return Cell("", replace(self.grid.place, quote="", row=0, column=0))

    def close(self) -> Grid:
        """The grid with the changes."""
        return replace(self.grid, rows=tuple(tuple(row) for row in self.rows))


@dataclass(slots=True)
class Copy:
    """A document while it is varied.

    `marks` say what a variation entails for the verdicts although every figure is read alike: `order` (rules on the
    order of rows see another one), `finer` (figures claim more precision than they had, so that a tail may become a
    contradiction, or a contradiction a tail).
    """

    original: Original
    blocks: list[Paragraph | VariedSheet]
    names: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)

    def sheets(self) -> Iterator[VariedSheet]:
        """The sheets that print facts, in order."""
        return (block for block in self.blocks if isinstance(block, VariedSheet) and block.table)

    def lines(self) -> Iterator[tuple[int, Paragraph]]:
        """The paragraphs with their positions."""
        return ((at, block) for at, block in enumerate(self.blocks) if isinstance(block, Paragraph))

    def above(self, sheet: VariedSheet) -> list[int]:
        """The positions of the paragraphs between a sheet and the one before it."""
        at = next(number for number, block in enumerate(self.blocks) if block is sheet)
        start = at
        while start and isinstance(self.blocks[start - 1], Paragraph):
            start -= 1
        return list(range(start, at))

    def close(self) -> Document:
        """The varied document."""
        blocks = [block.close() if isinstance(block, VariedSheet) else block for block in self.blocks]
        return replace(self.original.document, blocks=[b for b in blocks if not isinstance(b, Grid) or b.rows])


def original_of(document: Document, book: FormBook) -> Original:
    """Stamp the cells of a document and read it."""
    number = 0
    blocks: list[Paragraph | Grid] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            blocks.append(block)
            continue
        made: dict[int, Cell] = {}
        for cell in (cell for row in block.rows for cell in row):
            if id(cell) not in made:
                number += 1
                made[id(cell)] = replace(cell, place=replace(cell.place, quote=f"{STAMP}{number}"))
        blocks.append(replace(block, rows=tuple(tuple(made[id(cell)] for cell in row) for row in block.rows)))
    stamped = replace(document, blocks=blocks)
    filing = read_whole(stamped, book)
    facts = {fact.place.quote: fact for fact in filing.facts if fact.place.quote.startswith(STAMP)}
    return Original(stamped, filing, facts, book)


def read_whole(document: Document, book: FormBook) -> Filing:
    """Read a document as a filing of its own, prose included."""
    return merge([filing_of(document, book)], book)


def copy_of(original: Original) -> Copy:
    """A copy to vary."""
    return Copy(
        original,
        [
            block if isinstance(block, Paragraph) else VariedSheet(block, [list(row) for row in block.rows], original)
            for block in original.document.blocks
        ],
    )


def reworded(line: Paragraph, raw: str) -> Paragraph:
    """A line with another text on the same printed lines; characters beyond their edges stand at the last."""
    if not line.parts:
        return replace(line, raw=raw)
    parts = [part for part in line.parts if part.start <= len(raw)]
    ends = [*(part.start for part in parts[1:]), len(raw)]
    return replace(
        line,
        raw=raw,
        parts=tuple(
            part._replace(edges=(*part.edges, *[part.edges[-1]] * max(0, stop - part.start + 1 - len(part.edges))))
            for part, stop in zip(parts, ends, strict=True)
        ),
    )


def whole_tables(copy: Copy) -> list[list[VariedSheet]]:
    """The sheets of every table together, continuations with the first; not those whose widths differ."""
    tables: list[list[VariedSheet]] = []
    for sheet in copy.sheets():
        if tables and tables[-1][0].table == sheet.table:
            tables[-1].append(sheet)
        else:
            tables.append([sheet])
    return [sheets for sheets in tables if len({sheet.width for sheet in sheets}) == 1]


def code(name: str) -> str:
    """The code that a row of an address ends with, or ''."""
    last = name.rsplit("/", 1)[-1]
    return last if is_code(last) else ""


def label_cells(sheet: VariedSheet) -> Iterable[tuple[str, Cell]]:
    """The cells that name rows: (row of the address, cell), the last label of every row of every segment."""
    for part in sheet.segments():
        for number in sheet.body():
            name = sheet.row_name(number, part)
            cells = [sheet.rows[number][column] for column in part.labels]
            named = [cell for cell in cells if cell.text and not is_digits(cell.text.replace(" ", ""))]
            if name and named:
                yield name, named[-1]


def title_of(copy: Copy, block: object) -> str:
    """The title of a table that a paragraph prints, or ''."""
    if not isinstance(block, Paragraph):
        return ""
    return title_forms(block.text, copy.original.book, copy.original.filing.key.report)[0]

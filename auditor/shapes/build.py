"""From the grids of a found table to its shape: header, columns, lanes, rows, and what every number of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.digits import has_digit
from auditor.forms.column_match import Look, is_index_row, look
from auditor.model.numbers import BROKEN, NUMERIC, State, is_printed_number, parse_literal
from auditor.model.shape import Shape, ShapeColumn, ShapeRow
from auditor.model.units import Kind, money_unit
from auditor.shapes.columns import Holds, heads_of, holds_of, tallies_of
from auditor.shapes.labelled import labelled_rows
from auditor.shapes.lanes import strips_of
from auditor.shapes.sheets import ShapeSheet, filled, header_height, repeats, sheets_of, words_of
from auditor.shapes.stubs import StubReader
from auditor.shapes.words import all_header_words, is_header_word, is_note, is_of_which, kind_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from auditor.forms.printed_table import Found
    from auditor.model.document import Cell
    from auditor.shapes.columns import ColumnHead
    from auditor.shapes.lanes import Strip
    from auditor.shapes.sheets import Cells


def shapes_of(found: Found, namespaces: Mapping[str, str]) -> list[Shape]:
    """The shape of a found table; several where its grids, or the parts of one, have columns of their own."""
    title = found.title or _title(found)
    unit = next((u for p in [*found.above, *found.lines[:12]] if (u := money_unit(p.text))), "")
    parts = [part for sheet in sheets_of(found.grids) for part in _parts(sheet)]
    return [_Builder(part, title, unit, found, namespaces).shape() for part in parts]


_TITLE = re.compile(r"表(?:（[^（）]*）|\([^()]*\))?(?:\d{1,2})?$")
MAX_TITLE = 60


def _title(found: Found) -> str:
    """The nearest short line above the grids that ends like a title."""
    for paragraph in reversed(found.above):
        text = paragraph.text
        if _TITLE.search(text) and len(text) < MAX_TITLE and not re.search("[。；，]", text):
            return text
    return ""


def _parts(sheet: ShapeSheet) -> list[ShapeSheet]:
    """Cut a sheet where a header of other words begins another table below the first."""
    starts = [0]
    header: tuple[tuple[str, ...], ...] = ()
    figures = False
    for number, cells in enumerate(sheet.lines):
        texts = words_of(cells)
        heading = len(texts) > 1 and all_header_words(texts) and len(texts) == len(filled(cells))
        if heading and figures and _wide(cells) and texts not in header:
            starts.append(number)
            header, figures = (texts,), False
        elif not figures:
            header = (*header, texts)
            figures = any(look(cell.text) is Look.NUMBER for cell in filled(cells)) and not is_index_row(cells)
    ends = [*starts[1:], len(sheet.lines)]
    return [
        ShapeSheet(sheet.lines[start:end], sheet.width, sheet.spans_known, sheet.borderless)
        for start, end in zip(starts, ends, strict=True)
    ]


def _wide(cells: Cells) -> bool:
    """Whether every column of a line says something."""
    return all(cell.text for cell in cells)


@dataclass(slots=True)
class _Builder:
    """Builds the shape of one sheet."""

    sheet: ShapeSheet
    title: str
    unit: str
    found: Found
    namespaces: Mapping[str, str]
    taken: set[int] = field(default_factory=set)  # cells that are figures of a row

    def shape(self) -> Shape:
        lines = self.sheet.lines
        shape = Shape(self.title, self.unit, self.found.place, by_alignment=self.sheet.borderless, lines=lines)
        start = self._captions(shape)
        height = header_height(ShapeSheet(lines[start:], self.sheet.width, self.sheet.spans_known))
        header = [cells for cells in lines[start : start + height] if not is_index_row(cells)]
        body = self._body(shape, start, start + height)
        shape.heads.update(id(cell) for cells in lines[start : start + height] for cell in cells)
        heads = heads_of(header, self.sheet.width, spans_known=self.sheet.spans_known)
        tallies = tallies_of([cells for _, cells in body], self.sheet.width)
        holds = holds_of(heads, tallies)
        figures = sum(tallies[c].numbers for c, what in enumerate(holds) if what is Holds.FIGURE)
        mixed = sum(tallies[c].numbers for c, what in enumerate(holds) if what is Holds.MIXED)
        texts = sum(tally.texts for tally in tallies) + sum(len(filled(cells)) for cells in header)
        filled_in = mixed > figures or 2 * figures <= texts  # more words than numbers below no words of headers
        if (mixed or figures) and ((filled_in and not _is_head(header)) or not figures):
            return self._labelled(shape, lines, start)
        strips = strips_of(holds, heads, tallies, [cells for _, cells in body])
        self._columns(shape, strips, heads, body)
        self._rows(shape, strips, holds, body)
        rest = {c: heads[c].path for c, what in enumerate(holds) if what in (Holds.MIXED, Holds.NAME, Holds.NOTE)}
        stub = next((min(strip.figures) for strip in strips if strip.figures), 0)
        labelled_rows(shape, body, rest, self.taken, stub)
        self._rest(shape, body, holds)
        return shape

    def _captions(self, shape: Shape) -> int:
        """Read the titles and remarks that stand as lines above the header; returns where that begins."""
        for number, cells in enumerate(self.sheet.lines):
            said = filled(cells)
            texts = [cell.text for cell in said]
            lone = len(said) < 2 and (self.sheet.width > 1 or not said)
            if not (lone or any(money_unit(text) for text in texts)) or any(_number(cell) for cell in said):
                return number
            if len(said) > 1 and all_header_words(texts):
                return number  # a unit stands in a header: 项目 | 预算数（单位：万元） | 绩效目标
            if lone and said and any(is_header_word(said[0].text) and cell is not said[0] for cell in cells):
                return number
            shape.heads.update(map(id, cells))
            shape.unit = next((unit for text in texts if (unit := money_unit(text))), shape.unit)
            if said and not shape.title and texts[0].endswith("表"):
                shape.title = texts[0]
        return 0

    def _body(self, shape: Shape, start: int, first: int) -> list[tuple[int, Cells]]:
        """The lines below the header that print rows, with their numbers; headers again and notes are none."""
        lines = self.sheet.lines
        header = [words_of(cells) for cells in lines[start:first]]
        skip = 0
        body = []
        for number in range(first, len(lines)):
            cells = lines[number]
            if skip or is_index_row(cells):
                skip = max(0, skip - 1)
                shape.heads.update(map(id, cells))
                continue
            again = repeats(header, lines, number)
            said = filled(cells)
            if again:
                skip = again - 1
                shape.heads.update(map(id, cells))
            elif said and (is_note(said[0].text) or (len(said) == 1 and money_unit(said[0].text))):
                shape.stubs.update(map(id, cells))
            else:
                body.append((number, cells))
        return body

    def _columns(
        self, shape: Shape, strips: Sequence[Strip], heads: Sequence[ColumnHead], body: Sequence[tuple[int, Cells]]
    ) -> None:
        names: list[str] = []
        for lane, strip in enumerate(strips):
            seen: dict[tuple[str, ...], int] = {}
            for position in strip.figures:
                head = heads[position]
                path = head.path or (f"第{position + 1}列",)
                seen[path] = seen.get(path, 0) + 1
                if seen[path] > 1:
                    path = (*path[:-1], f"{path[-1]}（{seen[path]}）")
                kind, unit = kind_of(path, decimals=_decimals(body, position), money=True)
                of_which = any(is_of_which(text) for text in path)
                shape.columns.append(ShapeColumn(position, lane, path, head.spans, kind, unit, of_which))
            names.append(_lane_name(strip, heads, names))
        shape.lanes = tuple(names) if len(strips) > 1 else ()

    def _rows(
        self, shape: Shape, strips: Sequence[Strip], holds: Sequence[Holds], body: Sequence[tuple[int, Cells]]
    ) -> None:
        readers = [StubReader.of(strip.labels, holds, self.namespaces) for strip in strips]
        styles: dict[int, int] = {}
        rates = {column.position for column in shape.columns if column.kind is Kind.PERCENT}
        for number, cells in body:
            if not self.sheet.spans_known and _shifted(cells, strips, rates):
                shape.left += [(cell, "unread.blanks_unclear") for cell in filled(cells) if _number(cell)]
                continue
            for lane, (strip, reader) in enumerate(zip(strips, readers, strict=True)):
                figures = self._figures(cells, strip)
                stub = reader.read(cells)
                shape.stubs.update(id(cells[column]) for column in (*strip.labels, *strip.notes))
                if not figures or (not stub.name and not any(cell.text for cell in figures.values())):
                    continue
                depth = styles.setdefault(stub.style, len([s for s in styles if s >= 0]) + 1) if stub.style >= 0 else 0
                first = next((cells[c] for c in strip.labels if cells[c].text), next(iter(figures.values())))
                shape.rows.append(
                    ShapeRow(
                        lane,
                        number,
                        stub.labels,
                        stub.name,
                        first.place,
                        figures,
                        stub.code,
                        stub.namespace,
                        depth,
                        stub.indent,
                        stub.total,
                        stub.of_which,
                    )
                )

    def _figures(self, cells: Cells, strip: Strip) -> dict[int, Cell]:
        """The cells of a row under the figure columns of a lane, each spanning cell once."""
        out = {}
        labels = {id(cells[column]) for column in strip.labels}
        for column in strip.figures:
            cell = cells[column]
            spans = cell.rowspan > 1 or cell.colspan > 1
            if id(cell) in labels or (spans and id(cell) in self.taken):
                continue
            literal = parse_literal(cell.raw)
            if literal.state is State.UNREADABLE and literal.reason not in BROKEN and not _like_number(cell.text):
                continue
            self.taken.add(id(cell))
            out[column] = cell
        return out

    def _labelled(self, shape: Shape, lines: Sequence[Cells], start: int) -> Shape:
        """A form that is filled in: every number is explained by the labels beside and above it."""
        shape.heads.clear()
        body = list(enumerate(lines))[start:]
        labelled_rows(shape, body, dict.fromkeys(range(self.sheet.width), ()), self.taken, 0)
        return shape

    def _rest(self, shape: Shape, body: Sequence[tuple[int, Cells]], holds: Sequence[Holds]) -> None:
        """The numbers that went nowhere though no column says that they are none."""
        for _, cells in body:
            for column, cell in enumerate(cells):
                if holds[column] is Holds.FIGURE and id(cell) not in self.taken and _number(cell):
                    self.taken.add(id(cell))
                    shape.left.append((cell, "unread.no_label"))


def _shifted(cells: Cells, strips: Sequence[Strip], rates: Container[int]) -> bool:
    """Whether a row that came flattened lacks a cell: what is no amount stands under a column of amounts."""
    for strip in strips:
        for column in strip.figures:
            cell = cells[column]
            literal = parse_literal(cell.raw)
            if literal.percent and literal.state in NUMERIC and column not in rates:
                return True
            if literal.state is State.UNREADABLE and literal.reason not in BROKEN and not _like_number(cell.text):
                return True
    return False


def _number(cell: Cell) -> bool:
    return is_printed_number(parse_literal(cell.raw))


def _like_number(text: str) -> bool:
    """Whether a text is a number that print damaged, and no words."""
    return has_digit(text) and not any(sign.isalpha() for sign in text) and len(text) < MAX_NUMBER


MAX_NUMBER = 24


def _is_head(header: Sequence[Cells]) -> bool:
    """Whether the lines above a table are made of the words that headers are made of."""
    texts = [cell.text for cells in header for cell in filled(cells)]
    dense = any(
        len(filled(cells)) >= MANY and all(len(cell.text) <= SHORT for cell in filled(cells)) for cells in header
    )
    return dense or 2 * sum(map(is_header_word, texts)) > len(texts) > 1


MANY = 6  # texts side by side that are a header whatever they say
SHORT = 12


def _decimals(body: Sequence[tuple[int, Cells]], position: int) -> bool:
    """Whether any number of a column has decimals."""
    return any(parse_literal(cells[position].raw).decimals for _, cells in body)


def _lane_name(strip: Strip, heads: Sequence[ColumnHead], taken: Sequence[str]) -> str:
    """What a lane is called: the highest text above its columns that no lane before it is called."""
    columns = [*strip.labels, *strip.figures]
    texts = [heads[column].path[0] for column in columns if heads[column].path]
    name = next((text for text in texts if text not in taken), texts[0] if texts else "")
    number = 2
    while name in taken or not name:
        name = f"{texts[0] if texts else '栏'}（{number}）"
        number += 1
    return name

"""Workbooks (XLSX) from blocks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.model.document import Grid, Paragraph
from auditor.model.facts import column_name
from auditor.testing.drawing import (
    OFFICE,
    TITLE,
    XML,
    DrawnPart,
    apart,
    content_types,
    drawn,
    package,
    parts_of,
    relations,
    safe,
    widths_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.testing.drawing import DrawnBlock

_PRINTED = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.(\d+)%?")
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class _Styles:
    """The cell formats of a workbook: 0 plain, 1 with borders, 2 in the middle; number formats as they come up."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def of(self, code: str) -> int:
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code) + 3

    def xml(self) -> str:
        formats = "".join(
            f'<numFmt numFmtId="{164 + number}" formatCode="{safe(code)}"/>' for number, code in enumerate(self.codes)
        )
        bordered = (
            '<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1">'
            '<alignment vertical="center" wrapText="1"/></xf>'
            '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
            '<alignment horizontal="center"/></xf>'
        )
        cells = "".join(
            f'<xf numFmtId="{164 + number}" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1"/>'
            for number in range(len(self.codes))
        )
        sides = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
        return (
            f'{XML}<styleSheet xmlns="{_S}"><numFmts count="{len(self.codes)}">{formats}</numFmts>'
            '<fonts count="1"><font><sz val="9"/><name val="SimSun"/></font></fonts>'
            '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            f'<borders count="2"><border/><border>{sides}</border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{3 + len(self.codes)}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            f"{bordered}{cells}</cellXfs></styleSheet>"
        )


def xlsx_of(blocks: Sequence[DrawnBlock], *, stacked: bool = False, numbers: bool = True) -> bytes:
    """A workbook (XLSX): one sheet per table, or all `stacked` on one.

    Amounts are stored as `numbers` whose format shows them as printed, or else as text.
    """
    parts = [DrawnPart("公开表", list(blocks))] if stacked else parts_of(blocks)
    styles = _Styles()
    sheets = [_Sheet(part.blocks, styles, numbers=numbers).xml() for part in parts] or [_Sheet([], styles).xml()]
    names = [part.name for part in parts] or ["表"]
    files = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    entries = "".join(
        f'<sheet name="{safe(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1)
    )
    book = f'{XML}<workbook xmlns="{_S}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>'
    types = {"xl/workbook.xml": "spreadsheetml.sheet.main", "xl/styles.xml": "spreadsheetml.styles"}
    content: dict[str, str] = {
        "[Content_Types].xml": content_types(types | {f"xl/{file}": "spreadsheetml.worksheet" for file in files}),
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relations([*(("worksheet", file) for file in files), ("styles", "styles.xml")]),
        "xl/styles.xml": styles.xml(),
    }
    return package(content | {f"xl/{file}": sheet for file, sheet in zip(files, sheets, strict=True)})


class _Sheet:
    """One sheet: paragraphs in its first column (titles across the table's width), grids below one another."""

    def __init__(self, blocks: Sequence[DrawnBlock], styles: _Styles, *, numbers: bool = True) -> None:
        self.styles, self.numbers = styles, numbers
        self.rows: list[str] = []
        self.merges: list[str] = []
        self.widths: list[int] = []
        width = max((block.width for block in blocks if isinstance(block, Grid)), default=1)
        for block in apart(blocks):
            if isinstance(block, Paragraph):
                self._paragraph(block.raw, width)
            else:
                self._grid(block)

    def _paragraph(self, text: str, width: int) -> None:
        for line in text.split("\n"):
            title = bool(TITLE.search(line)) and width > 1
            if title:
                self._merge(len(self.rows), 0, 1, width)
            self._row([self._cell(0, line, 2 if title else 0)] if line else [])

    def _grid(self, grid: Grid) -> None:
        mine = widths_of(grid)
        self.widths = [*map(max, self.widths, mine), *self.widths[len(mine) :], *mine[len(self.widths) :]]
        for row in drawn(grid):
            cells = []
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                if cell.rowspan > 1 or cell.colspan > 1:
                    self._merge(len(self.rows), column, cell.rowspan, cell.colspan)
                cells.append(self._cell(column, cell.text, 1))
            self._row(cells)

    def _row(self, cells: Sequence[str]) -> None:
        self.rows.append(f'<row r="{len(self.rows) + 1}">{"".join(cells)}</row>' if cells else "")

    def _merge(self, row: int, column: int, height: int, width: int) -> None:
        last = f"{column_name(column + width - 1)}{row + height}"
        self.merges.append(f'<mergeCell ref="{column_name(column)}{row + 1}:{last}"/>')

    def _cell(self, column: int, text: str, style: int) -> str:
        place = f"{column_name(column)}{len(self.rows) + 1}"
        if not text:
            return f'<c r="{place}" s="{style}"/>'
        found = _PRINTED.fullmatch(text.strip()) if self.numbers and style == 1 else None
        if found is None:
            return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe(text)}</t></is></c>'
        percent = "%" if text.strip().endswith("%") else ""
        code = f"{'#,##0' if ',' in text else '0'}.{'0' * len(found[1])}{percent}"
        value = text.strip().rstrip("%").replace(",", "")
        value = _shifted(value) if percent else value
        return f'<c r="{place}" s="{self.styles.of(code)}"><v>{value}</v></c>'

    def xml(self) -> str:
        merged = f'<mergeCells count="{len(self.merges)}">{"".join(self.merges)}</mergeCells>' if self.merges else ""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(self.widths, 1)
        )
        columns = f"<cols>{columns}</cols>" if columns else ""
        return (
            f'{XML}<worksheet xmlns="{_S}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>{columns}'
            f"<sheetData>{''.join(self.rows)}</sheetData>{merged}"
            '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
        )


def _shifted(text: str) -> str:
    """A percentage as the fraction that a workbook stores, digit for digit."""
    return format(Decimal(text).scaleb(-2), "f")

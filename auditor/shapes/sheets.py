"""The pages of one table laid under each other: every line of its grids on the columns of the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.digits import has_digit, is_digits
from auditor.forms.column_match import Look, is_index_row, look
from auditor.forms.page_joins import columns_on
from auditor.model.document import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.document import Grid

Cells = tuple[Cell, ...]


@dataclass(slots=True)
class ShapeSheet:
    """Lines of cells on common columns. `spans_known` is false where merged cells came flattened."""

    lines: list[Cells] = field(default_factory=list)
    width: int = 0
    spans_known: bool = True
    borderless: bool = False


def sheets_of(grids: Sequence[Grid]) -> list[ShapeSheet]:
    """Lay the grids of one found table under each other; a grid whose columns fit no sheet begins another."""
    sheets: list[ShapeSheet] = []
    first: Grid | None = None
    for grid in grids:
        if not grid.rows or not grid.width:
            continue
        columns = columns_on(first, grid) if first is not None else None
        if first is None or columns is None:
            sheets.append(ShapeSheet(list(grid.rows), grid.width, grid.spans_known, grid.borderless))
            first = grid
            continue
        sheet = sheets[-1]
        sheet.spans_known = sheet.spans_known and grid.spans_known
        sheet.borderless = sheet.borderless or grid.borderless
        sheet.lines += grid.rows if columns == list(range(sheet.width)) else _moved(grid, columns, sheet.width)
    return sheets


def _moved(grid: Grid, columns: Sequence[int], width: int) -> Iterator[Cells]:
    """The lines of a narrower grid with blanks where its page dropped empty columns."""
    for cells in grid.rows:
        line: list[Cell | None] = [None] * width
        for cell, column in zip(cells, columns, strict=True):
            line[column] = cell
        yield tuple(cell if cell is not None else Cell("", cells[0].place) for cell in line)


def filled(cells: Cells) -> list[Cell]:
    """The cells of a line that say anything, each spanning cell once."""
    out: list[Cell] = []
    for cell in cells:
        if cell.raw and not (out and out[-1] is cell) and cell.text:
            out.append(cell)
    return out


def words_of(cells: Cells) -> tuple[str, ...]:
    """The texts of a line that are no numbers."""
    return tuple(cell.text for cell in filled(cells) if look(cell.text) is Look.TEXT)


def header_height(sheet: ShapeSheet) -> int:
    """How many lines at the top of a sheet are its header: those above the first figures that head columns."""
    from auditor.shapes.words import all_header_words, heads_codes

    top = sheet.lines[: MAX_HEADER + 1]
    first = next((n for n, cells in enumerate(top) if _has_figures(cells)), len(top))
    index = [n for n, cells in enumerate(top[: first + 1]) if is_index_row(cells)]
    if index:
        return index[-1] + 1
    height = next((n + 1 for n in reversed(range(first)) if heads_codes(words_of(top[n]))), 0)
    while height < first:
        cells = top[height]
        above = top[height - 1] if height else None
        if above is None or _hangs(above, cells) or _divides(above, cells):
            height += 1
            continue
        texts = words_of(cells)
        flat = not sheet.spans_known and not cells[0].text  # the lower storey of a header that came flattened
        if (all_header_words(texts) and (_full(cells) or flat)) or (len(filled(above)) == 1 and len(texts) > 1):
            height += 1
            continue
        if flat and height <= MAX_FLAT and height + 1 == first and len(texts) > 1:
            height += 1
            continue
        break
    return height


MAX_HEADER = 12  # lines
MAX_FLAT = 2


def _has_figures(cells: Cells) -> bool:
    """Whether a line prints figures: numbers that are no years and do not number the columns."""
    if is_index_row(cells):
        return False
    numbers = [cell.text for cell in filled(cells) if cell.text and look(cell.text) is Look.NUMBER]
    numbers = [text for text in numbers if has_digit(text)]
    return any(not (len(text) == 4 and text.startswith("20") and is_digits(text)) for text in numbers)


def _full(cells: Cells) -> bool:
    """Whether most columns of a line say something."""
    return 10 * sum(bool(cell.text) for cell in cells) >= 7 * len(cells)


def _hangs(above: Cells, cells: Cells) -> bool:
    """Whether a cell of the line above reaches into this one."""
    return any(a is b and a.text for a, b in zip(above, cells, strict=True))


def _divides(above: Cells, cells: Cells) -> bool:
    """Whether a merged cell of the line above is divided in this one, under it and not under all of the line."""
    start = 0
    width = len(cells)
    while start < width:
        end = start + 1
        while end < width and above[end] is above[start]:
            end += 1
        below = {id(cell): cell for cell in cells[start:end]}
        said = [cell for cell in below.values() if cell.text]
        if end - start > 1 and end - start < width and above[start].text and len(said) > 1:
            return True
        start = end
    return False


def repeats(header: Sequence[tuple[str, ...]], lines: Sequence[Cells], at: int) -> int:
    """How many lines from `at` on print the header again; 0 where they do not."""
    height = 0
    while height < len(header) and at + height < len(lines) and words_of(lines[at + height]) == header[height]:
        height += 1
    return height if height and (height == len(header) or len(header[0]) > 1) else 0

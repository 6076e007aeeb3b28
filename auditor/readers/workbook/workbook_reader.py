"""Workbooks (XLSX, XLSB, XLS, ODS, XML): every visible sheet, numbers as their format shows them.

XLSX, ODS and the XML of Excel 2003 are read from their XML. The values of the binary kinds come from calamine; of an
XLS the records also tell number formats and what is hidden.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from auditor.errors import BadInputError
from auditor.model.document import Document
from auditor.readers.workbook.number_formats import date_text, general, shown
from auditor.readers.workbook.sheets import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, Sheet, add_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.readers.workbook.xls_records import SheetLook


def read(data: bytes, *, file: str, sha256: str, kind: str) -> Document:
    """Read a workbook. Raises `BadInputError` when it is damaged, encrypted or beyond bounds."""
    document = Document(file, sha256)
    if kind == "XLSX":
        from auditor.readers.workbook import xlsx_sheets

        sheets = xlsx_sheets.sheets(data, document)
    elif kind == "ODS":
        from auditor.readers.workbook import ods_sheets

        sheets = ods_sheets.sheets(data, document)
    elif kind == "XMLSS":
        from auditor.readers.workbook import xml_sheets

        sheets = xml_sheets.sheets(data, document)
    else:
        sheets = _binary(data, document, kind)
    for sheet in sheets:
        document.pages += 1
        if document.pages > MAX_SHEETS:
            raise BadInputError("input.too_many_pages", file=file, limit=MAX_SHEETS)
        add_sheet(document, sheet)
    return document


def _binary(data: bytes, document: Document, kind: str) -> Iterator[Sheet]:
    """The sheets of an XLS or XLSB."""
    import python_calamine

    file = document.file
    looks: dict[str, SheetLook] = {}
    if kind == "XLS":
        from auditor.readers.workbook import xls_records

        looks = xls_records.looks(data, file)
        if xls_records.has_macros(data):
            document.remarks.append(("remark.macros", {}))
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, about in enumerate(book.sheets_metadata, 1):
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = Sheet(file, about.name, number)
            sheet.hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            _fill(sheet, book, looks.get(about.name))
            yield sheet
    except python_calamine.PasswordError:
        raise BadInputError("input.encrypted", file=file, kind=kind) from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise BadInputError("input.damaged", file=file, kind=kind) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the library gave up; not an `Exception`, and has no public name
            raise BadInputError("input.damaged", file=file, kind=kind) from None
        raise


def _fill(sheet: Sheet, book: Any, look: SheetLook | None) -> None:
    """Take the values of one sheet from calamine, as their formats show them."""
    table = book.get_sheet_by_name(sheet.name)
    if table.height > MAX_ROWS or table.width > MAX_COLUMNS or table.height * table.width > MAX_CELLS:
        raise BadInputError("input.too_many_cells", file=sheet.file, limit=MAX_CELLS)
    for row, values in enumerate(table.to_python(skip_empty_area=False)):
        for column, value in enumerate(values):
            if value is not None and value != "":
                sheet.texts[row, column] = text_of(value, look.formats.get((row, column), "") if look else "")
    sheet.merges = [(*first, *last) for first, last in table.merged_cell_ranges or ()]
    if look is not None:
        sheet.hidden_rows, sheet.hidden_columns = look.hidden_rows, look.hidden_columns
        sheet.merges += look.centred


def text_of(value: Any, code: str) -> str:
    """What a cell with this value and number format shows."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        number = float(value)
        if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 — not a number
            return "#N/A"
        return shown(number, code) if code else general(number)
    if isinstance(value, (dt.datetime, dt.date)):
        return date_text(value, code)
    return str(value)

"""Printed tables as the pages of a disclosure: cover, contents, and every table with its remarks and its header.

The result is the same kind of blocks that a reader gives, so every document writer takes either.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from auditor.digits import is_digits
from auditor.model.document import Cell, Grid, Paragraph
from auditor.model.facts import Place
from auditor.model.tables import Layout
from auditor.testing.printed_ledger import FAMILY
from auditor.testing.text_files import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.facts import FilingKey
    from auditor.model.tables import Column, Form, Lane, Table
    from auditor.testing.printed_ledger import Printed, Style


class Merge(Enum):
    """A place of a row that the cell to the left, or the one above, covers."""

    LEFT = "left"
    UP = "up"


LayoutLine = list["str | Merge"]


class Head(NamedTuple):
    """What stands above a table: whose it is, of which year, in which unit of measure."""

    entity: str
    year: int
    unit: str


def grid_of(lines: Sequence[LayoutLine]) -> Grid:
    """Make a grid of rows of texts; shorter rows are filled up with empty cells."""
    width = max((len(line) for line in lines), default=0)
    full = [[*line, *[""] * (width - len(line))] for line in lines]
    origins: dict[tuple[int, int], tuple[int, int]] = {}
    corners: dict[tuple[int, int], tuple[int, int]] = {}
    for row, line in enumerate(full):
        for column, item in enumerate(line):
            origin = (row, column)
            if item is Merge.LEFT:
                origin = origins[row, column - 1]
            elif item is Merge.UP:
                origin = origins[row - 1, column]
            origins[row, column] = origin
            corners[origin] = (row, column)
    cells = {
        (top, left): Cell(str(full[top][left]), Place(row=top + 1, column=left + 1), row - top + 1, column - left + 1)
        for (top, left), (row, column) in corners.items()
    }
    rows = tuple(tuple(cells[origins[row, column]] for column in range(width)) for row in range(len(full)))
    return Grid(rows, Place(), spans_known=True)


class Layouts:
    """Lays printed tables out as the national forms do.

    `official` gives the tables of codes the two-storey header of the printed forms (项目 over 科目编码 and 科目名称)
    and the lanes their 栏次 row; without it they have the plain header that dumps of text have.
    """

    def __init__(
        self, book: FormBook, style: Style, key: FilingKey, *, official: bool = False, family: str = FAMILY
    ) -> None:
        self.book, self.style, self.key, self.official, self.family = book, style, key, official, family
        self.taxonomy = book.taxonomies["functional"]
        self.economic = book.taxonomies["economic"]

    def blocks(
        self, printed: Printed, prose: Sequence[str] = (), *, heads: Mapping[str, Head] | None = None
    ) -> list[Paragraph | Grid]:
        """The whole document: cover, list of contents, tables with their remarks, and the 情况说明 if any.

        `heads` are what stands above tables where that is not the filing's own name, year and unit of measure; a table
        that has a head and is not printed was lost: the contents go on listing it.
        """
        heads = heads or {}
        own = Head(self.key.entity, self.key.year, self.style.unit)
        listed: dict[str, Form] = {}
        for form in self.book.families[self.family].forms:
            if form.table in printed or form.table in heads:
                listed.setdefault(form.table, form)
        whose = "部门" if self.key.edition == "department" else "单位"
        kind = "决算" if self.key.report == "final_accounts" else "预算"
        lines = [f"{self.key.year}年度", f"{self.key.entity}{whose}{kind}", "", "目 录", ""]
        lines += [f"{_ordinal(n)}、{form.title}" for n, form in enumerate(listed.values(), 1)]
        lines += ["", f"第一部分 {self.key.year}年度{whose}{kind}表", ""]
        out: list[Paragraph | Grid] = [Paragraph(line, Place()) for line in lines]
        for name, form in listed.items():
            if name not in printed:
                continue
            head = heads.get(name, own)
            above = [
                form.title,
                "",
                form.number,
                "",
                f"单位：{head.entity}",
                "",
                f"{head.year}年度",
                "",
                f"金额单位：{head.unit}",
                "",
            ]
            out += [Paragraph(line, Place()) for line in above]
            out.append(self.grid(self.book.printed(form)[0], printed[name], across=form.across))
            remark = "注：本表金额因四舍五入可能存在尾差。"
            if all(text in ("", "—") for text in printed[name].values()):
                remark = f"注：本{whose}{head.year}年度没有相关收支，本表无数据。"
            out += [Paragraph(line, Place()) for line in ("", remark, "")]
        if prose:
            title = f"第二部分 {self.key.year}年度{whose}{kind}情况说明"
            out += [Paragraph(line, Place()) for paragraph in (title, *prose) for line in (paragraph, "")]
        return out

    def grid(self, table: Table, cells: dict[tuple[str, str], str], *, across: bool = False) -> Grid:
        """One table with its header; `across` prints its rows side by side, in one row of figures."""
        if table.layout is Layout.LANES and across:
            rows = [row for lane in table.lanes for row in lane.rows if (row.name, "") in cells]
            paths = [(row.headers or row.labels)[0].split("/") for row in rows]
            return grid_of([*_storeys(paths), [cells[row.name, ""] for row in rows]])
        if table.layout is Layout.LANES:
            return grid_of(self._lanes(table, cells))
        if table.layout is Layout.CELLS:
            return grid_of(_down(table, cells) if table.rows else _across(table, cells))
        blocks = table.codes == "economic" and {row.name for row in table.rows}.issuperset(_FOOTERS)
        return grid_of(self._blocks(table, cells) if blocks else self._tree(table, cells))

    def _lanes(self, table: Table, cells: dict[tuple[str, str], str]) -> list[LayoutLine]:
        lanes = [self._lane(lane, cells) for lane in table.lanes]
        head: LayoutLine = []
        names: LayoutLine = []
        index: LayoutLine = []
        number = 0
        for lane in table.lanes:
            count = len(lane.columns)
            wide = [""] if _numbered(lane) else []
            head += [lane.name, *[Merge.LEFT] * (count + len(wide))]
            names += ["项目", *["行次" for _ in wide], *[column.name or "金额" for column in lane.columns]]
            index += ["栏次", *wide, *[str(number + n) for n in range(1, count + 1)]]
            number += count
        out = [head, names, index] if self.official else [head, names]
        if not any(lane.name for lane in table.lanes):
            del out[0]
        for row in range(max(map(len, lanes))):
            line: LayoutLine = []
            for lane, rows in zip(table.lanes, lanes, strict=True):
                empty = [""] * (1 + _numbered(lane) + len(lane.columns))
                line += rows[row] if row < len(rows) else empty
            out.append(line)
        return out

    def _lane(self, lane: Lane, cells: dict[tuple[str, str], str]) -> list[LayoutLine]:
        rows: list[LayoutLine] = []
        numbered = _numbered(lane)
        for number, (code, line) in enumerate(lane.classes or (), 1):
            label = f"{_ordinal(number)}、{self.taxonomy.name_of(code, self.key.year)}"
            where = [str(line or "")] if numbered else []
            rows.append([label, *where, *_values(cells, f"{lane.name}/{code}", lane.columns)])
        ordinal = 0
        for row in lane.rows:
            if row.optional and not any((row.name, column.name) in cells for column in lane.columns):
                continue
            plain = row.line is not None and row.line < 9
            ordinal += plain
            label = f"{_ordinal(ordinal)}、{row.labels[0]}" if plain else row.labels[0]
            where = [str(row.line or "")] if numbered else []
            rows.append([label, *where, *_values(cells, row.name, lane.columns)])
        return rows

    def _tree(self, table: Table, cells: dict[tuple[str, str], str]) -> list[LayoutLine]:
        columns = [column for column in table.columns if not column.optional]
        names = [column.name for column in columns]
        index = [str(n) for n in range(1, len(columns) + 1)]
        out: list[LayoutLine]
        if self.official:
            out = [["项目", Merge.LEFT, *names], ["功能分类科目编码", "科目名称", *[Merge.UP] * len(names)]]
            out.append(["栏次", Merge.LEFT, *index])
        else:
            out = [["科目代码", "科目名称", *names], ["", "栏次", *index]]
        for row in dict.fromkeys(row for row, _ in cells):
            label: LayoutLine = [row, self._name(row)]
            if row == "合计":
                label = [row, Merge.LEFT] if self.official else ["", row]
            out.append([*label, *_values(cells, row, columns)])
        return out

    def _name(self, code: str) -> str:
        return self.taxonomy.name_of(code, self.key.year) or _NAMES.get(code, f"科目{code}")

    def _blocks(self, table: Table, cells: dict[tuple[str, str], str]) -> list[LayoutLine]:
        staff, public = (table.row_groups[name.removesuffix("合计")] for name in _FOOTERS)
        codes = sorted(row for row, _ in cells if is_digits(row))
        blocks = [[c for c in codes if c.startswith(staff)], [c for c in codes if c.startswith(public)]]
        out: list[LayoutLine] = [["科目代码", "科目名称", "决算数"] * 2]
        if self.official:
            out.insert(0, ["人员经费", Merge.LEFT, Merge.LEFT, "公用经费", Merge.LEFT, Merge.LEFT])
        for number in range(max(map(len, blocks), default=0)):
            fields: LayoutLine = []
            for block in blocks:
                if number < len(block):
                    code = block[number]
                    fields += [code, self.economic.name_of(code, self.key.year), cells[code, ""]]
                else:
                    fields += ["", "", ""]
            out.append(fields)
        blank: str | Merge = Merge.LEFT if self.official else ""
        labels: list[LayoutLine] = [["人员经费合计", blank], ["公用经费合计", blank]]
        if not self.official:
            labels = [["", "人员经费合计"], ["", "公用经费合计"]]
        out.append([*labels[0], cells["人员经费合计", ""], *labels[1], cells["公用经费合计", ""]])
        return out


def _numbered(lane: Lane) -> bool:
    """Whether the form numbers the rows of a lane."""
    return any(row.line for row in lane.rows) or any(line for _, line in lane.classes or ())


def _values(cells: dict[tuple[str, str], str], row: str, columns: Sequence[Column]) -> list[str]:
    return [cells.get((row, column.name), "") for column in columns]


def _across(table: Table, cells: dict[tuple[str, str], str]) -> list[LayoutLine]:
    """One row of figures under a header of as many storeys as the columns' names have parts."""
    out = _storeys([_header_path(column).split("/") for column in table.columns])
    if any(column.index for column in table.columns):
        out.append([str(column.index or "") for column in table.columns])
    out.append([cells.get(("", column.name), "") for column in table.columns])
    return out


def _storeys(paths: Sequence[Sequence[str]]) -> list[LayoutLine]:
    """A header of as many storeys as its paths have parts."""
    out: list[LayoutLine] = []
    for level in range(max(map(len, paths))):
        line: LayoutLine = []
        for number, path in enumerate(paths):
            if number > 0 and paths[number - 1][: level + 1] == path[: level + 1] and level < len(path):
                line.append(Merge.LEFT)
            else:
                line.append(path[level] if level < len(path) else Merge.UP)
        out.append(line)
    return out


def _down(table: Table, cells: dict[tuple[str, str], str]) -> list[LayoutLine]:
    """Named rows under the names of the columns."""
    columns = [column for column in table.columns if not column.optional]
    out: list[LayoutLine] = [["项目", *[column.name or "金额" for column in columns]]]
    return out + [[row.labels[0], *_values(cells, row.name, columns)] for row in table.rows if not row.optional]


def _header_path(column: Column) -> str:
    """The last official header of a column under the heading that its name begins with."""
    group = column.name.split("/")[0]
    return [header for header in (column.name, *column.headers) if header.split("/")[0] == group][-1]


class TextWriter:
    """Writes printed tables as the tab-separated text of a disclosure, in the national layout."""

    def __init__(self, book: FormBook, style: Style, key: FilingKey) -> None:
        self.layouts = Layouts(book, style, key)

    def document(self, printed: Printed, prose: Sequence[str] = ()) -> str:
        """The whole document: cover, list of contents, tables with their remarks, and the 情况说明 if any."""
        return text_of(self.layouts.blocks(printed, prose))


_FOOTERS = ("人员经费合计", "公用经费合计")  # of the economic tables that stand in two blocks
_NAMES = {
    "22101": "保障性安居工程支出",
    "2120803": "城市建设支出",
    "21208": "国有土地使用权出让收入安排的支出",
    "2120899": "其他国有土地使用权出让收入安排的支出",
    "22908": "彩票发行销售机构业务费安排的支出",
    "2290804": "福利彩票销售机构的业务费支出",
    "20822": "大中型水库移民后期扶持基金支出",
    "2082201": "移民补助",
    "22301": "解决历史遗留问题及改革成本支出",
    "2230105": "国有企业退休人员社会化管理补助支出",
    "22399": "其他国有资本经营预算支出",
    "2239999": "其他国有资本经营预算支出",
}


def _ordinal(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{digits[tens]}十")
    return head + (digits[ones] if ones else "")

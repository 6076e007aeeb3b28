"""Print a ledger: amounts rounded to a unit and precision, as facts, a filing, or a text document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.engine.chunk import FilingInfo, Status
from auditor.engine.facttable import STATE_CODE, FactTable
from auditor.facts import Address, FilingKey, Place, fact_of
from auditor.filing import Filing, ReadTable
from auditor.forms.tables import Layout
from auditor.numbers import State, decimal_text, parse_literal
from auditor.units import FEN_PER, Kind, Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.forms.tables import Column, FormBook, Table
    from auditor.testing.ledger import Amounts

FAMILY = "全国决算"


@dataclass(frozen=True, slots=True)
class Style:
    """How amounts are printed: `blank_zeros` leaves true zeros blank, `trim` drops trailing zeros."""

    unit: str = "万元"
    decimals: int = 2
    rounding: Rounding = Rounding.HALF_UP
    blank_zeros: bool = False
    trim: bool = False

    def text(self, amount: int) -> str:
        """Print one amount (分)."""
        step = max(1, FEN_PER[self.unit] // 10**self.decimals)
        rounded = round_to(amount, step, self.rounding)
        if amount == 0 and self.blank_zeros:
            return ""
        text = decimal_text(rounded, FEN_PER[self.unit], self.decimals)
        if self.trim and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text


def round_to(amount: int, step: int, mode: Rounding = Rounding.HALF_UP) -> int:
    """Round an amount to a multiple of `step`, away from zero at the half (or towards zero when truncating)."""
    size = abs(amount)
    whole, rest = divmod(size, step)
    if mode is not Rounding.TRUNCATE and 2 * rest >= step:
        whole += 1
    return whole * step if amount >= 0 else -whole * step


Printed = dict[str, dict[tuple[str, str], str]]  # table → (row, column) → text


def print_tables(tables: dict[str, Amounts], style: Style, book: FormBook) -> Printed:
    """Print every cell of every table, cells that no leaf reaches as zero."""
    out: Printed = {}
    printed_as = _standard(book)
    for name, amounts in tables.items():
        out[name] = {cell: style.text(amounts.get(cell, 0)) for cell in _cells(printed_as[name], amounts)}
    return out


def filing_of_print(printed: Printed, style: Style, key: FilingKey | None = None) -> Filing:
    """Make a filing of printed tables, as if it had been read from a document."""
    filing = Filing(key or FilingKey("示例单位", 2023, "final_accounts", "unit"), FAMILY)
    for name, cells in printed.items():
        read = ReadTable(name, name, Place(table=name), unit=style.unit)
        fine = max((parse_literal(text).decimals for text in cells.values()), default=0)
        for (row, column), text in cells.items():
            read.facts.append(
                fact_of(
                    parse_literal(text), Address(name, row, column), kind=Kind.AMOUNT, unit=style.unit,
                    fine_decimals=fine, place=Place(table=name),
                )
            )  # fmt: skip
        filing.tables.append(read)
    return filing


@dataclass(slots=True)
class Pools:
    """Texts numbered once for many filings."""

    tables: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)


def facts_of_ledgers(
    ledgers: Iterable[dict[str, Amounts]], style: Style, book: FormBook
) -> tuple[FactTable, list[FilingInfo]]:
    """Print many rolled-up ledgers straight into one long table, for benchmarks; no texts are made."""
    pools = Pools()
    printed_as = _standard(book)
    step = FEN_PER[style.unit] // 10**style.decimals
    lines: list[tuple[int, ...]] = []
    infos: list[FilingInfo] = []
    for number, tables in enumerate(ledgers):
        for name, amounts in tables.items():
            table = pools.tables.setdefault(name, len(pools.tables))
            for row, column in _cells(printed_as[name], amounts):
                value = round_to(amounts.get((row, column), 0), step, style.rounding)
                state = STATE_CODE[State.VALUE if value else State.ZERO]
                lines.append(
                    (number, table, pools.rows.setdefault(row, len(pools.rows)),
                     pools.columns.setdefault(column, len(pools.columns)), 1, state, value, step, step)
                )  # fmt: skip
        key = FilingKey(f"单位{number}", 2023, "final_accounts", "unit")
        infos.append(FilingInfo(key, FAMILY, "", dict.fromkeys(tables, Status.READ)))
    return FactTable.from_lines(list(pools.tables), list(pools.rows), list(pools.columns), lines), infos


def _standard(book: FormBook) -> dict[str, Table]:
    """The standard tables with the rows and columns that the family of the generator prints."""
    return {form.table: book.printed(form)[0] for form in book.families[FAMILY].forms}


def _cells(table: Table, amounts: Amounts) -> Iterable[tuple[str, str]]:
    rows = [row for row, _ in amounts] + [row.name for row in table.rows if not row.optional]
    for row in dict.fromkeys(rows):
        lane = table.lane_by_name.get(row.split("/", 1)[0]) if table.layout is Layout.LANES else None
        for column in lane.columns if lane else table.columns:
            if not column.optional:
                yield row, column.name


class TextWriter:
    """Writes printed tables as the tab-separated text of a disclosure, in the national layout."""

    def __init__(self, book: FormBook, style: Style, key: FilingKey) -> None:
        self.book, self.style, self.key = book, style, key
        self.taxonomy = book.taxonomies["functional"]
        self.economic = book.taxonomies["economic"]

    def document(self, printed: Printed) -> str:
        """The whole document: cover, list of contents, tables with their remarks."""
        forms = [form for form in self.book.families[FAMILY].forms if form.table in printed]
        numbers = "一二三四五六七八九十"
        lines = [f"{self.key.year}年度", f"{self.key.entity}单位决算", "", "目 录", ""]
        lines += [f"{numbers[n]}、{form.title}" for n, form in enumerate(forms)]
        lines += ["", f"第一部分 {self.key.year}年度单位决算表", ""]
        for form in forms:
            lines += [form.title, "", form.number, "", f"单位：{self.key.entity}", "", f"{self.key.year}年度", "",
                      f"金额单位：{self.style.unit}", ""]  # fmt: skip
            lines += self.table(self.book.printed(form)[0], printed[form.table])
            lines += ["", "注：本表金额因四舍五入可能存在尾差。", ""]
        return "\n".join(lines) + "\n"

    def table(self, table: Table, cells: dict[tuple[str, str], str]) -> list[str]:
        """The lines of one table."""
        if table.layout is Layout.LANES:
            return self._lanes(table, cells)
        if table.layout is Layout.CELLS:
            return self._cells(table, cells)
        return self._blocks(table, cells) if table.codes == "economic" else self._tree(table, cells)

    def _lanes(self, table: Table, cells: dict[tuple[str, str], str]) -> list[str]:
        lanes: list[list[list[str]]] = []
        for lane in table.lanes:
            rows = []
            for number, (code, line) in enumerate(lane.classes or (), 1):
                label = f"{_ordinal(number)}、{self.taxonomy.name_of(code, self.key.year)}"
                rows.append([label, str(line), *self._values(cells, f"{lane.name}/{code}", lane.columns)])
            ordinal = 0
            for row in lane.rows:
                plain = row.line is not None and row.line < 9
                ordinal += plain
                label = f"{_ordinal(ordinal)}、{row.labels[0]}" if plain else row.labels[0]
                rows.append([label, str(row.line or ""), *self._values(cells, row.name, lane.columns)])
            lanes.append(rows)
        height = max(len(rows) for rows in lanes)
        head, names = [], []
        for lane in table.lanes:
            columns = [column.name or "金额" for column in lane.columns]
            head += [lane.name, "", *[""] * len(columns)]
            names += ["项目", "行次", *columns]
        out = ["\t".join(head), "\t".join(names)]
        for number in range(height):
            fields: list[str] = []
            for lane, rows in zip(table.lanes, lanes, strict=True):
                fields += rows[number] if number < len(rows) else [""] * (2 + len(lane.columns))
            out.append("\t".join(fields))
        return out

    def _values(self, cells: dict[tuple[str, str], str], row: str, columns: Sequence[object]) -> list[str]:
        return [cells.get((row, getattr(column, "name", "")), "") for column in columns]

    def _tree(self, table: Table, cells: dict[tuple[str, str], str]) -> list[str]:
        columns = [column for column in table.columns if not column.optional]
        out = ["\t".join(["科目代码", "科目名称", *[column.name for column in columns]])]
        out.append("\t".join(["", "栏次", *[str(n) for n in range(1, len(columns) + 1)]]))
        for row in dict.fromkeys(row for row, _ in cells):
            code, name = ("", row) if row == "合计" else (row, self._name(row))
            out.append("\t".join([code, name, *self._values(cells, row, columns)]))
        return out

    def _name(self, code: str) -> str:
        return self.taxonomy.name_of(code, self.key.year) or _NAMES.get(code, f"科目{code}")

    def _blocks(self, table: Table, cells: dict[tuple[str, str], str]) -> list[str]:
        staff, public = table.row_groups["人员经费"], table.row_groups["公用经费"]
        codes = sorted(row for row, _ in cells if row.isdigit())
        blocks = [[c for c in codes if c.startswith(staff)], [c for c in codes if c.startswith(public)]]
        out = ["\t".join(["科目代码", "科目名称", "决算数"] * 2)]
        for number in range(max(map(len, blocks), default=0)):
            fields: list[str] = []
            for block in blocks:
                if number < len(block):
                    code = block[number]
                    fields += [code, self.economic.name_of(code, self.key.year), cells[code, ""]]
                else:
                    fields += ["", "", ""]
            out.append("\t".join(fields))
        out.append(
            "\t".join(["", "人员经费合计", cells["人员经费合计", ""], "", "公用经费合计", cells["公用经费合计", ""]])
        )
        return out

    def _cells(self, table: Table, cells: dict[tuple[str, str], str]) -> list[str]:
        paths = [_header_path(column).split("/") for column in table.columns]
        depth = max(map(len, paths))
        out = []
        for level in range(depth):
            line = []
            for number, path in enumerate(paths):
                text = path[level] if level < len(path) else ""
                same = number > 0 and paths[number - 1][: level + 1] == path[: level + 1]
                line.append("" if same else text)
            out.append("\t".join(line))
        out.append("\t".join(str(column.index) for column in table.columns))
        out.append("\t".join(cells["", column.name] for column in table.columns))
        return out


def _header_path(column: Column) -> str:
    """The last official header of a column under the heading that its name begins with."""
    group = column.name.split("/")[0]
    return [header for header in (column.name, *column.headers) if header.split("/")[0] == group][-1]


_NAMES = {
    "22101": "保障性安居工程支出", "2120803": "城市建设支出", "21208": "国有土地使用权出让收入安排的支出",
    "2120899": "其他国有土地使用权出让收入安排的支出", "22908": "彩票发行销售机构业务费安排的支出",
    "2290804": "福利彩票销售机构的业务费支出", "20822": "大中型水库移民后期扶持基金支出", "2082201": "移民补助",
    "22301": "解决历史遗留问题及改革成本支出", "2230105": "国有企业退休人员社会化管理补助支出",
    "22399": "其他国有资本经营预算支出", "2239999": "其他国有资本经营预算支出",
}  # fmt: skip


def _ordinal(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{digits[tens]}十")
    return head + (digits[ones] if ones else "")

"""The printed figures of a document that can be changed: amounts of its grids, numbers of its sentences.

Told by how they are printed, not by how they are bound: a table that no form knows and a sentence that nobody
understands have figures too.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.forms.column_match import is_index_row
from auditor.model.document import Grid, Paragraph
from auditor.model.numbers import State, parse_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.model.document import Cell, Document

TABLES = (  # kinds of tables by their titles, the first that fits
    ("收支总表", r"收支.{0,4}总(?:体|表)|收支总|收支预算总|收支决算总"),
    ("财政拨款收支", r"财政拨款收支|财政拨款收入支出"),
    ("三公经费", r"三公|因公出国|会议费|培训费"),
    ("基金与国资", r"政府性基金|国有资本"),
    ("基本支出", r"基本支出|经济分类|经济科目"),
    ("项目", r"项目支出|项目.{0,6}表|专项|转移支付"),
    ("采购与资产", r"采购|购买服务|资产"),
    ("绩效", r"绩效|目标表|自评"),
    ("一般公共预算", r"一般公共预算|财政拨款"),
    ("收入表", r"收入.{0,8}表"),
    ("支出表", r"支出.{0,8}表"),
)
OTHER = "其他表"
_TITLE = re.compile(r"表[^，。；]{0,8}$|^(?:表|附表|公开|预算)[\d一二三四五六七八九十]|情况表|总表|明细表")
MAX_TITLE = 60
ABOVE = 5  # paragraphs above a grid in which its title may stand

_MONEY = re.compile(r"金额|合计|总计|小计|预算|决算|支出|收入|经费|拨款|资金|结转|结余|采购|资产|人员|公用|项目|数$")
_LABEL = re.compile(r"编码|代码|科目编|序号|行次|栏次|年份|年度$|电话|编号|^[类款项]$|权重|分值|得分|时间")
_YEAR = re.compile(r"(?:19|20)\d\d")
LEAST = 10  # an integer below it may be an ordinal
MONEY_SHARE = 3  # one in so many of the numbers of a column have decimals or thousands: it prints amounts

_NUMBER = re.compile(
    r"(?<![\d.,，:：/\-—~～第〔\[])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s{0,2}"
    r"(?P<unit>亿元|万元|千元|元|%|％|个百分点|人次|批次|辆|台|人|个|批|次|家)(?=(?P<after>.{0,5}))"
)
_THRESHOLD = re.compile(r"^(?:（含|\(含|及?以[上下]|\(?不含|月|工作日|季度|百分点以)")
_UNITS = {"亿元": "金额", "万元": "金额", "千元": "金额", "元": "金额", "%": "比率", "％": "比率", "个百分点": "比率"}
_CJK = re.compile(r"[\u3400-\u9fff]")
WORDS = 8  # Chinese characters that make a line a sentence
TEXT = "文字"


@dataclass(frozen=True, slots=True)
class Spot:
    """One printed figure: the block it stands in, its cell (of a grid) or where in `raw` it stands (of a paragraph).

    `kind` is the kind of table by its title, or of number by its unit; `beside` are the figures printed next to it;
    `key` tells it from all others, alike whatever else the document prints.
    """

    block: int
    kind: str
    text: str
    page: int | None
    cell: int = -1  # the identity of the cell's object
    start: int = -1
    beside: tuple[str, ...] = ()
    key: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it stands in a sentence."""
        return self.start >= 0


def spots_of(document: Document, seed: int = 0) -> list[Spot]:
    """All figures of a document that can be changed, in the order of a draw by `seed`."""
    found = [*_of_tables(document), *_of_text(document)]
    seen: Counter[tuple[object, ...]] = Counter()
    out = []
    for spot in found:
        alike = (spot.page, spot.kind, spot.text)
        seen[alike] += 1
        name = f"{seed}|{document.sha256 or document.file}|{alike}|{seen[alike]}"
        out.append(_keyed(spot, hashlib.sha256(name.encode()).hexdigest()))
    return sorted(out, key=lambda spot: spot.key)


def _keyed(spot: Spot, key: str) -> Spot:
    return Spot(spot.block, spot.kind, spot.text, spot.page, spot.cell, spot.start, spot.beside, key)


# -- tables -----------------------------------------------------------------------------------------------------


def _of_tables(document: Document) -> Iterator[Spot]:
    kind = OTHER
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Grid):
            continue
        kind = _kind_of(block, document.blocks[max(0, number - ABOVE) : number]) or (kind if block.continues else OTHER)
        for cell, beside in amounts_of(block):
            yield Spot(number, kind, cell.raw, cell.place.page or block.place.page, id(cell), beside=beside)


def _kind_of(grid: Grid, above: Sequence[Paragraph | Grid]) -> str:
    """The kind of a table by the title above it or in its first rows; '' where it has none."""
    lines = [block.text for block in reversed(above) if isinstance(block, Paragraph)]
    inside = [cell.text for row in grid.rows[:2] for cell in row[:1]]
    for text in (*lines, *inside):
        if len(text) <= MAX_TITLE and _TITLE.search(text):
            plain = "".join(text.split())
            return next((kind for kind, words in TABLES if re.search(words, plain)), OTHER)
    return ""


def amounts_of(grid: Grid) -> Iterator[tuple[Cell, tuple[str, ...]]]:
    """The cells of a grid that print an amount other than zero, each once, with the figures next to it."""
    rows = [row for row in grid.rows if not is_index_row(row)]
    seen: set[int] = set()
    for column in range(grid.width):
        cells = list({id(row[column]): row[column] for row in rows}.values())
        if not _prints_amounts(cells):
            continue
        for cell in cells:
            if id(cell) not in seen and _is_amount(cell):
                seen.add(id(cell))
                yield cell, tuple(_beside(cell, rows, column))


def _prints_amounts(cells: Sequence[Cell]) -> bool:
    """Whether a column prints amounts: by how its numbers look, where they are integers by its header."""
    numbers = [cell.raw for cell in cells if parse_literal(cell.raw).state is State.VALUE]
    fine = sum("." in raw or "," in raw or "．" in raw for raw in numbers)
    if numbers and fine * MONEY_SHARE >= len(numbers):
        return True
    first = next((n for n, cell in enumerate(cells) if parse_literal(cell.raw).state is State.VALUE), len(cells))
    head = ["".join(cell.text.split()) for cell in cells[:first]]
    return bool(numbers) and any(map(_MONEY.search, head)) and not any(map(_LABEL.search, head))


def _is_amount(cell: Cell) -> bool:
    literal = parse_literal(cell.raw)
    if literal.state is not State.VALUE or literal.repaired:
        return False
    if literal.decimals or "," in cell.raw:
        return True
    return not literal.percent and abs(literal.digits) >= LEAST and not _YEAR.fullmatch(cell.raw.strip())


def _beside(cell: Cell, rows: Sequence[Sequence[Cell]], column: int) -> Iterator[str]:
    at = next(number for number, row in enumerate(rows) if row[column] is cell)
    near = [(at - 1, column), (at + 1, column), (at, column - 1), (at, column + 1)]
    for row, other in near:
        if 0 <= row < len(rows) and 0 <= other < len(rows[row]):
            found = rows[row][other]
            if found is not cell and _is_amount(found):
                yield found.raw


# -- text -------------------------------------------------------------------------------------------------------


def _of_text(document: Document) -> Iterator[Spot]:
    for number, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and len(_CJK.findall(block.raw)) >= WORDS:
            for start, text, kind in numbers_told(block.raw):
                page = next((part.page for part in reversed(block.parts) if part.start <= start), block.place.page)
                yield Spot(number, kind, text, page, start=start)


def numbers_told(raw: str) -> Iterable[tuple[int, str, str]]:
    """The numbers of a sentence that say how much or how many: where, as printed, and their kind.

    Nothing that is no statement: thresholds (50万元以上), dates, numbers of documents, ordinals.

    >>> list(numbers_told("2024年收入12.50万元，增长3%，购置单价100万元以上设备0台。"))
    [(7, '12.50', '文字金额'), (17, '3', '文字比率')]
    """
    for found in _NUMBER.finditer(raw):
        number, unit = found["number"], found["unit"]
        if parse_literal(number).state is State.VALUE and not _THRESHOLD.search(found["after"].lstrip()):
            yield found.start("number"), number, TEXT + _UNITS.get(unit, "数量")

"""The label columns of a table: what a row is called, its code, its numbering, what it is a part of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.digits import has_digit, is_digits
from auditor.forms.codes import is_code, leading_code
from auditor.forms.column_match import Look, look
from auditor.shapes.columns import Holds
from auditor.shapes.words import is_of_which, is_total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.shapes.sheets import Cells

_STYLES = (
    re.compile(r"^[一二三四五六七八九十百]{1,4}[、.．]"),
    re.compile(r"^[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"^\d{1,2}[、.．](?!\d)"),
    re.compile(r"^[（(]\d{1,2}[)）]"),
    re.compile(r"^[①-⑳]"),
)
_FULL = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Stub:
    """What the labels of one row say; see `ShapeRow`."""

    labels: tuple[str, ...] = ()
    name: str = ""
    code: str = ""
    namespace: str = ""
    style: int = -1  # which way of numbering, −1 for none
    indent: int = 0
    total: bool = False
    of_which: bool = False


PART = 3  # digits of a part of a code at most


@dataclass(slots=True)
class StubReader:
    """Reads the labels of the rows of one lane in the order of print.

    `names` and `codes` are the columns that hold them; `namespaces` say to which list a code belongs, by its first
    digit. The parts of a code that stand in columns of their own (类 | 款 | 项) are carried down to the rows below.
    """

    names: Sequence[int]
    codes: Sequence[int]
    namespaces: Mapping[str, str]
    carried: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, labels: Sequence[int], holds: Sequence[Holds], namespaces: Mapping[str, str]) -> StubReader:
        """A reader for the label columns of a lane."""
        names = [column for column in labels if holds[column] in (Holds.NAME, Holds.DATE)]
        if not names:
            names = [column for column in labels if holds[column] in (Holds.MIXED, Holds.NOTE)]
        return cls(names, [column for column in labels if holds[column] is Holds.CODE], namespaces)

    def read(self, cells: Cells) -> Stub:
        """Read the labels of one row."""
        columns = sorted({*self.names, *self.codes})
        labels = tuple(_said(cells, column) for column in columns)
        named = [column for column in self.names if _said(cells, column)]
        last = named[-1] if named else -1
        name = _said(cells, last) if named else ""
        code = self._code(cells) or next((found for text in labels if (found := leading_code(text))), "")
        name = name or code or next((text for text in reversed(labels) if text), "")
        style = style_of(name)
        raw = cells[last].raw if named else ""
        return Stub(
            labels,
            name,
            code,
            self._namespace(code),
            style,
            _indent(raw),
            any(is_total(text) for text in labels if text),
            any(is_of_which(text) for text in labels if text),
        )

    def _namespace(self, code: str) -> str:
        return self.namespaces.get(code[:1], "") if is_code(code) else ""

    def _code(self, cells: Cells) -> str:
        """The code of a row from its first group of code columns, its parts joined."""
        group: list[int] = []
        for column in self.codes:
            if group and column != group[-1] + 1:
                break
            group.append(column)
        parts = {column: _digits(cells[column].text) for column in group}
        said = [column for column in group if parts[column]]
        if not said:
            return ""
        first = parts[said[0]]  # what is longer and does not begin with it is the code of a unit
        said = [c for c in said if c == said[0] or len(parts[c]) <= PART or parts[c].startswith(first)]
        last = parts[said[-1]]
        if len(group) == 1 or is_code(last):
            if len(last) == 3 and len(group) > 1:
                self.carried = {said[-1]: last}
            return last
        for column in said:
            self.carried = {at: part for at, part in self.carried.items() if at < column} | {column: parts[column]}
        upper = [self.carried.get(column, "") for column in group if column <= said[-1]]
        joined = upper[0] + "".join(part.zfill(2) for part in upper[1:]) if all(upper) else ""
        return joined if is_code(joined) else "".join(parts[column] for column in said)


def _digits(text: str) -> str:
    bare = text.replace(" ", "").translate(_FULL)
    return bare if is_digits(bare) else leading_code(bare)


def _said(cells: Cells, column: int) -> str:
    """What a label column says in a row; a cell that reaches into it from the left is the label there."""
    if column and cells[column] is cells[column - 1]:
        return ""
    text = cells[column].text
    return "" if look(text) is Look.NUMBER and not has_digit(text) else text


def _indent(raw: str) -> int:
    """The printed indentation in half characters."""
    lead = raw[: len(raw) - len(raw.lstrip(" \t\u3000\u00a0"))]
    return sum(2 if sign == "\u3000" else 1 for sign in lead)


def style_of(name: str) -> int:
    """Which way of numbering a name begins with (一、, （一）, 1. …); −1 for none."""
    return next((number for number, form in enumerate(_STYLES) if form.match(name)), -1)

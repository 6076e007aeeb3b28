"""Equations that a table's own shape proposes: what is the total of what, with what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.model.facts import Address


class FootingKind(StrEnum):
    """How the shape proposes an equation: each kind is checked by the rule that names it (`footing:` in YAML)."""

    ROWS = "行合计"  # a total row and the rows it sums
    TREE = "上下级"  # a row and those below it, by code, ordinal or indentation
    COLUMNS = "列合计"  # a column of totals and the columns it sums, in one row
    LANES = "收支相抵"  # totals of lanes side by side
    SAME = "同表同数"  # one amount printed twice in a table under labels that mean the same
    IN_TABLE = "文表同数"  # a figure of the text that a table prints under the same name
    IN_TEXT = "文中同数"  # a figure of the text that another sentence tells under the same name


TOLD = (FootingKind.IN_TABLE, FootingKind.IN_TEXT)  # proposed by the text, not by the shape of a table


class Licence(StrEnum):
    """Why a proposed equation may accuse."""

    LABEL = "label"  # a label says so: 合计, 其中, a tree of codes
    EVIDENCE = "evidence"  # the document obeys it wherever else it can be tried


@dataclass(frozen=True, slots=True)
class Footing:
    """One equation between figures of one table: `total` = Σ sign × part; `parts` are (sign, address).

    `holds` of `tried` other places (rows or columns) of the same pattern obey it; `pattern` says the relation in the
    document's words (`合计 = 基本支出 + 项目支出`), one text for all places of it.
    """

    kind: FootingKind
    total: Address
    parts: tuple[tuple[int, Address], ...]
    licence: Licence
    pattern: str
    holds: int = 0
    tried: int = 0

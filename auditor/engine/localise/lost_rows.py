"""Rows that a table of codes has lost: what is short of its total in every column is told elsewhere under one code.

A total that its rows fall short of could be wrong itself, or any of its rows. Where another table or the text of the
same filing prints just what is missing, under a code that belongs below that total and that the table does not list,
the row was left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.engine.verdicts import Verdict
from auditor.model.row_names import RowName
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.checks import Check
    from auditor.engine.localise.grouping import Group
    from auditor.model.facts import Fact

TOTAL = "合计"


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row that a table lacks: its code, and the figures printed under that code elsewhere, one for each check.

    `checks` are the sums that fall short, a column each.
    """

    table: str
    row: str
    told: tuple[int, ...]
    checks: tuple[Check, ...]


def lost_rows(failing: Sequence[Check], facts: Sequence[Fact]) -> list[LostRow]:
    """The rows that failing checks of a filing say are lost; `facts` are its own."""
    short: dict[tuple[str, str], list[Check]] = {}
    for check in failing:
        if (parent := _parent(check, facts)) is not None:
            short.setdefault(parent, []).append(check)
    if not short:
        return []
    elsewhere: dict[str, list[int]] = {}  # code → figures
    for number, fact in enumerate(facts):
        code = RowName.parse(fact.address.row).last
        if is_digits(code) and fact.kind is Kind.AMOUNT and fact.is_figure:
            elsewhere.setdefault(code, []).append(number)
    found = (_lost(table, parent, checks, elsewhere, facts) for (table, parent), checks in short.items())
    return [one for one in found if one is not None]


def short_together(groups: Sequence[Group], facts: Sequence[Fact]) -> list[Group]:
    """Findings without a suspect on one total row, of a column each, as one: rows are missing."""
    out: list[Group] = []
    first: dict[tuple[str, str, str, int], Group] = {}
    for group in groups:
        total = _short_total(group.checks, facts) if not group.suspects else None
        if total is not None and total in first:
            first[total].checks += group.checks
            continue
        if total is not None:
            first[total] = group
        out.append(group)
    return out


def _short_total(checks: Sequence[Check], facts: Sequence[Fact]) -> tuple[str, str, str, int] | None:
    """The rule, table and row of a total that alone its checks compare with what it adds up; None for any others."""
    totals = set()
    for check in checks:
        left = [operand.fact for operand in check.operands if operand.left]
        if check.operator != "=" or not check.linear or len(left) != 1 or left[0] >= len(facts):
            return None
        address = facts[left[0]].address
        totals.add((check.rule.id, address.table, address.row, address.occurrence))
    return totals.pop() if len(totals) == 1 else None


def _parent(check: Check, facts: Sequence[Fact]) -> tuple[str, str] | None:
    """The table and the row whose column a check adds up from the rows below it; None for any other check."""
    if check.verdict is not Verdict.INCONSISTENT or check.operator != "=" or not check.linear or check.constant:
        return None
    left = [operand for operand in check.operands if operand.left]
    right = [operand for operand in check.operands if not operand.left]
    if len(left) != 1 or not right or max(operand.fact for operand in check.operands) >= len(facts):
        return None
    head = facts[left[0].fact].address
    if head.row != TOTAL and not is_digits(head.row):
        return None
    for operand in right:
        address = facts[operand.fact].address
        below = is_digits(address.row) and (head.row == TOTAL or address.row.startswith(head.row))
        if (address.table, address.column) != (head.table, head.column) or not below or address.row == head.row:
            return None
    return head.table, head.row


def _lost(
    table: str, parent: str, checks: Sequence[Check], elsewhere: dict[str, list[int]], facts: Sequence[Fact]
) -> LostRow | None:
    mine = [fact for fact in facts if fact.address.table == table]
    filled = {fact.address.column for fact in mine if fact.address.row == parent and fact.value}
    if len(checks) < min(2, len(filled)):
        return None  # what a row spends stands under its total and under a kind of spending at least
    printed = {fact.address.row for fact in mine}
    sort = next(facts[o.fact].address.row[0] for o in checks[0].operands if not o.left)
    able: list[LostRow] = []
    for code in sorted(elsewhere, key=lambda code: (len(code), code)):
        if code in printed or code[0] != sort or not _is_below(code, parent, printed):
            continue
        told = [_telling(check, elsewhere[code], facts) for check in checks]
        if None not in told and not any(code.startswith(other.row) for other in able):
            able.append(LostRow(table, code, tuple(n for n in told if n is not None), tuple(checks)))
    return able[0] if len(able) == 1 else None


def _is_below(code: str, parent: str, printed: Iterable[str]) -> bool:
    """Whether a row of this code would be added to this total, and to none between."""
    if parent != TOTAL and not (code.startswith(parent) and code != parent):
        return False
    reach = 0 if parent == TOTAL else len(parent)
    return not any(is_digits(row) and len(row) > reach and code.startswith(row) for row in printed)


def _telling(check: Check, numbers: Iterable[int], facts: Sequence[Fact]) -> int | None:
    """The figure that prints what a sum falls short of."""
    for number in numbers:
        fact = facts[number]
        if fact.value and abs(fact.value * check.scale - check.gap) <= check.allowed + fact.step * check.scale:
            return number
    return None

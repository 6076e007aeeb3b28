"""Filings of every family of forms: all its tables printed whole, with figures that satisfy every equality.

The figures are no ledger of their own: they are drawn so that whatever the rules state of these tables holds. That
serves to study what the rules can see, not to test whether the rules are right.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.model.facts import Address, FilingKey, Place, fact_of
from auditor.model.filing import Filing, ReadTable
from auditor.model.numbers import parse_literal
from auditor.model.tables import Layout
from auditor.model.units import Kind
from auditor.rules.nodes import Relation
from auditor.rules.rule import RuleKind
from auditor.testing.ledger import CAPITAL_ITEMS, ECONOMIC, FUND_ITEMS, MAIN_ITEMS, PROJECT_ITEMS
from auditor.testing.printed_ledger import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from auditor.engine.facts.fact_table import Ints, Longs
    from auditor.engine.judge.outcomes import Evaluation, Outcome
    from auditor.model.tables import Column, Form, Row, Table
    from auditor.rules.book import RuleBook
    from auditor.testing.printed_ledger import Printed

ROUNDS = 4  # rules that apply only to some figures show themselves once there are figures
EMPTY = 0.05  # share of the cells that print zero
# of a figure that is no total: 分, ones, hundredths of a percent
MOST = {Kind.AMOUNT: 5 * 10**8, Kind.COUNT: 60, Kind.PERCENT: 10**4, Kind.WORD: 1}


def family_filing(
    book: RuleBook, family: str, seed: int, style: Style | None = None, *, key: FilingKey | None = None, most: int = 0
) -> Filing:
    """Return a filing of a family with all its tables; the same for the same seed.

    Amounts that are no totals stay below `most` 分 (0: 500 万元); with 1 everything is zero. Families whose tables are
    all lists of a kind of their own give a filing without tables. Raises `ValueError` where no figures satisfy the
    rules (a contradiction between them).
    """
    style = style or Style()
    kind = book.forms.families[family].report
    key = key or FilingKey("示例单位", 2023 if kind == "final_accounts" else 2024, kind, "unit")
    choice = random.Random(seed)  # noqa: S311 -- figures for tests, no secrets
    forms: dict[str, Form] = {}
    for form in book.forms.families[family].forms:
        if form.table:
            forms.setdefault(form.table, form)
    units = {name: form.unit for name, form in forms.items() if form.unit}
    codes = _codes(choice)
    cells = {name: list(_cells(book.forms.printed(form)[0], codes)) for name, form in forms.items()}
    cells = {name: some for name, some in cells.items() if some}
    limits = {
        (name, row, column): choice.randrange(MOST[kind]) if choice.random() > EMPTY else 0
        for name, some in cells.items()
        for row, column, kind, _ in some
    }
    if most:
        limits = {cell: limit % most for cell, limit in limits.items()}
    kinds = {(name, row, column): kind for name, some in cells.items() for row, column, kind, _ in some}
    amounts = {cell: min(MOST[kind] // 10, most or MOST[kind]) for cell, kind in kinds.items()}
    for _ in range(ROUNDS if limits else 0):
        filing = filing_of_tables(book, family, key, _texts(forms, cells, amounts, style), style, units)
        evaluation = evaluate(book.all_plans([]), Chunk.of([filing], book.forms))
        if not _wrong(evaluation) and len(set(amounts.values())) > 1:
            break
        limit_of = [limits[fact.address[:3]] for fact in filing.facts]
        values = _solved(_relations(evaluation), limit_of)
        if values is None:  # what usually holds may contradict itself
            values = _solved(_relations(evaluation, must=True), limit_of)
        if values is None:
            raise ValueError(family)
        amounts = {fact.address[:3]: int(value) for fact, value in zip(filing.facts, values, strict=True)}
    return filing_of_tables(book, family, key, _texts(forms, cells, amounts, style), style, units)


def printable(book: RuleBook) -> list[str]:
    """The families whose tables can be generated: not those that print lists of a kind of their own only."""
    codes = _codes(random.Random(0))  # noqa: S311 -- which codes is no matter
    return [
        name
        for name, family in book.forms.families.items()
        if any(form.table and any(_cells(book.forms.printed(form)[0], codes)) for form in family.forms)
    ]


PrintedCell = tuple[str, str, Kind, str]  # row, column, what it measures, its unit where it is no money


def _codes(choice: random.Random) -> dict[str, list[str]]:
    """The codes that the tables print: some 项 of each kind of money, some economic 款, with all above them."""
    general = [*choice.sample(MAIN_ITEMS, 3), *choice.sample(PROJECT_ITEMS, 3)]
    fund, capital = choice.sample(FUND_ITEMS, 2), choice.sample(CAPITAL_ITEMS, 1)
    return {
        "general": _with_parents(general, (3, 5)),
        "fund": _with_parents(fund, (3, 5)),
        "capital": _with_parents(capital, (3, 5)),
        "functional": _with_parents([*general, *fund, *capital], (3, 5)),
        "economic": _with_parents(choice.sample(ECONOMIC, 14), (3,)),
    }


def _with_parents(codes: list[str], levels: tuple[int, ...]) -> list[str]:
    return sorted({*codes, *(code[:size] for code in codes for size in levels)})


def _cells(table: Table, codes: dict[str, list[str]]) -> Iterator[PrintedCell]:
    """Every cell that a table prints."""
    if table.layout is Layout.LANES:
        for lane in table.lanes:
            classes = tuple(f"{lane.name}/{code}" for code, _ in lane.classes or ())
            yield from _grid(lane.rows, classes, lane.columns)
    elif table.layout is Layout.CODES:
        yield from _grid(table.rows, tuple(_codes_of(table, codes)), table.columns)
    elif table.layout is Layout.CELLS:
        yield from _grid(table.rows, () if table.rows else ("",), table.columns)


def _codes_of(table: Table, codes: dict[str, list[str]]) -> list[str]:
    named = {"政府性基金": "fund", "国有资本": "capital", "一般公共预算": "general"}
    kind = table.codes
    if kind == "functional":
        kind = next((which for word, which in named.items() if word in table.name), kind)
    return codes.get(kind, [])


def _grid(rows: Sequence[Row], others: Sequence[str], columns: Sequence[Column]) -> Iterator[PrintedCell]:
    """The cells of named rows and of others in all columns, where print does not leave them out."""
    named = [(row.name, row.kind, row.unit) for row in rows if not row.optional]
    for name, kind, unit in (*named, *((other, None, "") for other in others)):
        for column in columns:
            if not column.optional:
                yield name, column.name, kind or column.kind, unit


def _texts(
    forms: dict[str, Form], cells: dict[str, list[PrintedCell]], amounts: dict[tuple[str, str, str], int], style: Style
) -> Printed:
    """Every cell as printed; amounts in the unit of their form."""
    out: Printed = {}
    for name, some in cells.items():
        printer = replace(style, unit=forms[name].unit or style.unit, decimals=2)
        out[name] = {}
        for row, column, kind, _ in some:
            amount = amounts[name, row, column]
            if kind is Kind.AMOUNT:
                text = printer.text(amount)
            else:
                text = f"{amount / 100:.2f}" if kind is Kind.PERCENT else str(amount)
            out[name][row, column] = text
    return out


def filing_of_tables(
    book: RuleBook, family: str, key: FilingKey, printed: Printed, style: Style, units: Mapping[str, str] | None = None
) -> Filing:
    """The filing that printed tables of a family are, as if it had been read.

    Amounts are in the unit of the style, but for tables with one in `units`.
    """
    filing = Filing(key, family)
    forms = {form.table: form for form in book.forms.families[family].forms[::-1] if form.table in printed}
    for name, cells in printed.items():
        form = forms[name]
        money = (units or {}).get(name, style.unit)
        read = ReadTable(name, form.title, Place(table=name), form.number, money, form=form)
        table, read.left_out = book.forms.printed(form)
        kinds = _kinds(table)
        literals = {cell: parse_literal(text) for cell, text in cells.items()}
        amounts = [literals[cell].decimals for cell in cells if _kind(kinds, cell)[0] is Kind.AMOUNT]
        for (row, column), literal in literals.items():
            kind, unit = _kind(kinds, (row, column))
            of = {Kind.AMOUNT: money, Kind.PERCENT: "%"}.get(kind, unit)
            fine = max(amounts) if kind is Kind.AMOUNT else literal.decimals
            read.facts.append(
                fact_of(
                    literal, Address(name, row, column), kind=kind, unit=of, fine_decimals=fine, place=Place(table=name)
                )
            )
        filing.tables.append(read)
    return filing


Kinds = tuple[dict[str, tuple[Kind, str]], dict[str, Kind]]  # of rows that measure something of their own; of columns


def _kinds(table: Table) -> Kinds:
    rows = [*table.rows, *(row for lane in table.lanes for row in lane.rows)]
    columns = [*table.columns, *(column for lane in table.lanes for column in lane.columns)]
    own = {row.name: (row.kind, row.unit) for row in rows if row.kind is not None}
    return own, {column.name: column.kind for column in columns}


def _kind(kinds: Kinds, cell: tuple[str, str]) -> tuple[Kind, str]:
    """What a cell measures, and its unit where it is no money."""
    rows, columns = kinds
    return rows.get(cell[0], (columns.get(cell[1], Kind.AMOUNT), ""))


def _relations(evaluation: Evaluation, *, must: bool = False) -> Iterator[Outcome]:
    """The statements about amounts that the figures satisfy; with `must` only those that always hold."""
    for outcome in evaluation.outcomes:
        rule = outcome.plan.rule
        wanted = not rule.once and (rule.kind is RuleKind.LOGICAL or not must)
        if wanted and isinstance(outcome.statement, Relation) and outcome.linear is not None:
            yield outcome


def _wrong(evaluation: Evaluation) -> int:
    """How many checks of amounts fail."""
    return sum(int((outcome.verdict == Verdict.INCONSISTENT).sum()) for outcome in _relations(evaluation))


def _solved(relations: Iterable[Outcome], limits: list[int]) -> Longs | None:
    """Whole figures that satisfy all relations, as large as the limits of those that are no totals allow.

    None where there are none.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    rows: dict[bool, list[tuple[Ints, Longs, int]]] = {True: [], False: []}
    totals = np.zeros(len(limits), dtype=np.bool_)
    for outcome in relations:
        operator = outcome.statement.operator
        if operator == "≠":
            continue
        assert outcome.linear is not None
        judged = outcome.verdict <= Verdict.INCONSISTENT
        flat = outcome.linear.flat
        for check in np.nonzero(judged)[0]:
            first, last = np.searchsorted(flat.instance, [check, check + 1])
            position, weight = flat.position[first:last], flat.coefficient[first:last]
            sign = -1 if operator in (">", "≥") else 1
            strict = int(operator in ("<", ">")) * 10**6
            rows[operator == "="].append(
                (position, sign * weight, -sign * int(outcome.linear.constant[check]) - strict)
            )
            for side in (1, -1):
                alone = position[np.sign(weight) == side]
                if operator == "=" and len(alone) == 1 and len(position) > 2:
                    totals[alone] = True
    if not limits:
        return np.zeros(0, dtype=np.int64)  # a family of sheets about projects only
    bounds = [(0, None if total else limit) for total, limit in zip(totals, limits, strict=True)]
    made = {}
    for equal, some in rows.items():
        owner = np.repeat(np.arange(len(some)), [len(position) for position, _, _ in some])
        columns = np.concatenate([position for position, _, _ in some] or [np.zeros(0, dtype=np.int64)])
        weights = np.concatenate([weight for _, weight, _ in some] or [np.zeros(0, dtype=np.int64)])
        shape = (len(some), len(limits))
        made[equal] = csr_matrix((weights.astype(float), (owner, columns)), shape=shape), [b for _, _, b in some]
    result = linprog(
        -np.ones(len(limits)),
        A_ub=made[False][0],
        b_ub=made[False][1],
        A_eq=made[True][0],
        b_eq=made[True][1],
        bounds=bounds,
        method="highs",
    )
    return np.rint(result.x).astype(np.int64) if result.success else None

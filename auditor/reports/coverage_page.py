"""What a rule book sees of filings or forms: lines for the terminal, and a page that shows every form shaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.engine.coverage import Protection, total
from auditor.messages import say
from auditor.model.facts import value_text
from auditor.model.row_names import RowName
from auditor.model.units import Kind
from auditor.reports.pages import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.engine.coverage import Coverage, Figure, TableCoverage

SHOWN = 40  # figures without a check that are listed in the terminal, per filing
RULES = 3  # rules named that alone protect figures


def percent(part: int, whole: int) -> str:
    """A share with one decimal, cut off: 99.96 % is not yet 100."""
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "—"


def coverage_lines(names: Sequence[str], coverages: Sequence[Coverage]) -> Iterator[str]:
    """One line per table of every filing, what is not covered with its reason, and the share over all."""
    for name, coverage in zip(names, coverages, strict=True):
        yield name
        for table in coverage.tables:
            yield "  " + _line(table)
        missing = [figure for table in coverage.tables for figure in table.figures if figure.seen is Protection.NOT]
        for figure in missing[:SHOWN]:
            yield "    " + say("covered.missing", address=figure.fact.address, text=figure.fact.text, why=figure.why)
        if len(missing) > SHOWN:
            yield "    " + say("covered.more", count=len(missing) - SHOWN)
    yield summary(coverages)


def summary(coverages: Sequence[Coverage]) -> str:
    """The share of printed figures that an equality checks: of tables, and of the numbers in the text."""
    tables, prose = total(coverages, prose=False), total(coverages, prose=True)
    return say(
        "covered.total",
        filings=len(coverages),
        tables=percent(*tables),
        checked=tables[0],
        printed=tables[1],
        prose=percent(*prose),
        told_checked=prose[0],
        told=prose[1],
        unexplained=sum(coverage.unexplained for coverage in coverages),
    )


def _line(table: TableCoverage) -> str:
    return say(
        "covered.table",
        table=table.table,
        figures=len(table.figures),
        missing=table.count(Protection.NOT),
        apart=percent(table.count(Protection.APART), len(table.figures)),
        least=_least(table) or "—",
        alone=_alone(table) or "—",
    )


def _alone(table: TableCoverage) -> str:
    """The rules that alone protect most figures."""
    found = sorted(table.alone.items(), key=lambda item: (-item[1], item[0]))[:RULES]
    return "、".join(f"{rule}（{count}）" for rule, count in found)


def _least(table: TableCoverage) -> str:
    figures = [figure for figure in table.figures if figure.least is not None and figure.least == table.least]
    return _change(figures[0]) if figures else ""


def _change(figure: Figure) -> str:
    """The smallest change of a figure that is always found, in its own unit."""
    fact = figure.fact
    if figure.least is None:
        return ""
    digits = -(-figure.least // max(fact.step, 1))  # a printed figure changes by whole last digits
    unit = {Kind.PERCENT: "%", Kind.COUNT: ""}.get(fact.kind, f" {fact.unit}")
    return value_text(digits * max(fact.step, 1), fact.kind, fact.unit, fact.decimals) + unit


def coverage_page(names: Sequence[str], coverages: Sequence[Coverage], sha256: str) -> str:
    """The page: a summary, a table of tables, every form as a picture with its cells shaded."""
    filings = [
        {"name": name, "tables": [_picture(table) for table in coverage.tables]}
        for name, coverage in zip(names, coverages, strict=True)
    ]
    return rendered("coverage", filings=filings, total=summary(coverages), sha256=sha256)


def _picture(table: TableCoverage) -> dict[str, Any]:
    """A table as a grid of its addresses, lane by lane."""
    lanes: dict[tuple[str, ...], dict[str, dict[str, Figure]]] = {}
    columns_of: dict[str, dict[str, None]] = {}
    for figure in table.figures:
        address = figure.fact.address
        columns_of.setdefault(f"{address.row}#{address.occurrence}", {})[address.column] = None
    wide: dict[str, dict[str, None]] = {}
    for row, columns in columns_of.items():
        wide.setdefault(_lane(row), {}).update(columns)
    for figure in table.figures:
        address = figure.fact.address
        row = f"{address.row}#{address.occurrence}"
        lanes.setdefault(tuple(wide[_lane(row)]), {}).setdefault(row, {})[address.column] = figure
    return {
        "name": table.table,
        "line": _line(table),
        "grids": [
            {
                "columns": columns,
                "rows": [
                    (row.removesuffix("#1"), [_cell(cells.get(column)) for column in columns])
                    for row, cells in rows.items()
                ],
            }
            for columns, rows in lanes.items()
        ],
    }


def _lane(row: str) -> str:
    return RowName.parse(row).lane


def _cell(figure: Figure | None) -> dict[str, str]:
    if figure is None:
        return {"seen": "", "text": "", "title": ""}
    said = [say(f"covered.seen_{figure.seen.value}"), figure.why, "、".join(figure.rules)]
    if change := _change(figure):
        said.append(say("covered.least", change=change))
    seen = f"{figure.seen.value} alone" if figure.alone else figure.seen.value
    return {"seen": seen, "text": figure.fact.text, "title": "；".join(part for part in said if part)}

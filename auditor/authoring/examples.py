"""Examples of rules, run through the same readers and the same engine as real filings.

An example is a map of addresses to printed figures (whatever it does not name is blank), a small printed table, a
map of tables to printed tables, or (for rules on tables about the filing) a short document. A passing example must
give a verdict that holds, a failing one a contradiction; one that decides nothing is an error of the rule. The failing
example `each figure` stands for many (`auditor.rules.example_variants`). What a form does not print is `unprinted`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.errors import RuleError
from auditor.forms.printed_table import Found
from auditor.forms.table_facts import bind_table
from auditor.model.document import Cell, Grid
from auditor.model.entities import Entities, Expected
from auditor.model.facts import Address, Fact, FilingKey, Place, fact_of
from auditor.model.filing import Filing, ReadTable
from auditor.model.footing import TOLD
from auditor.model.numbers import State, parse_literal
from auditor.model.row_names import RowName
from auditor.model.tables import SELF_NAMED, Layout
from auditor.model.units import Kind
from auditor.rules.example_variants import changed, each_figure
from auditor.rules.plan import THIS_TABLE, Plan, RowLoop
from auditor.yamlfiles.trees import Map, Text, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.tables import Table
    from auditor.rules.rule import Example, Rule

_ADDRESS = re.compile(
    r"^(?P<table>[^\[\].@#]*)(?:@(?P<context>[^\[\].]+))?(?:\[(?P<row>[^\]]+)\](?P<again>#\d+)?)?(?:\.(?P<column>.+))?$"
)
ENTITY = "示例单位"
YEAR = 2023
UNIT = "万元"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What an example gave: the verdicts of its checks, and whether that is what the rule's author said.

    `case` is the example that was run, `wrong` what is wrong in it, where it is one that `each figure` stands for.
    """

    rule: str
    passes: bool
    line: int
    verdicts: tuple[Verdict, ...]
    case: Example
    wrong: str = ""

    @property
    def decided(self) -> bool:
        """Whether any check was evaluated."""
        return any(verdict <= Verdict.INCONSISTENT for verdict in self.verdicts)

    @property
    def as_said(self) -> bool:
        """Whether the example behaves as its author said."""
        bad = Verdict.INCONSISTENT in self.verdicts
        return self.decided and bad is not self.passes


def run_examples(rule: Rule, plans: tuple[Plan, ...], book: FormBook) -> list[ExampleResult]:
    """Run all examples of a rule. Raises `RuleError` when an example cannot be understood."""
    return [run_example(rule, plans, example, book) for example in rule.examples]


def run_example(rule: Rule, plans: tuple[Plan, ...], example: Example, book: FormBook) -> ExampleResult:
    """Run one example; of many for which it stands, the first that does not behave as said, else the first."""
    results = list(run_cases(rule, plans, example, book))
    return next((result for result in results if not result.as_said), results[0])


def run_cases(rule: Rule, plans: tuple[Plan, ...], example: Example, book: FormBook) -> Iterator[ExampleResult]:
    """Run the examples for which one stands: itself, or one per figure and direction, if the rule decides it."""
    many, which = each_figure(example.data)
    if not many or example.passes:
        yield _run(rule, plans, example, "", book)
        return
    some = False
    for number, passing in enumerate((one for one in rule.examples if one.passes), 1):
        for told, data in changed(passing.data) if which in (0, number) else ():
            result = _run(rule, plans, replace(example, data=data), told, book)
            some |= result.decided
            if result.decided:
                yield result
    if not some:
        yield ExampleResult(rule.id, example.passes, example.line, (), rule.examples[0])


def _run(rule: Rule, plans: tuple[Plan, ...], example: Example, wrong: str, book: FormBook) -> ExampleResult:
    wanted, filings, entities = example_filings(rule, plans, example, book)
    evaluation = evaluate(wanted, Chunk.of(filings, book, entities=entities))
    verdicts = [
        Verdict(int(verdict))
        for outcome in evaluation.outcomes
        for filing, verdict in zip(outcome.filing, outcome.verdict, strict=True)
        if filing == 0
    ]
    return ExampleResult(rule.id, example.passes, example.line, tuple(verdicts), example, wrong)


def example_filings(
    rule: Rule, plans: tuple[Plan, ...], example: Example, book: FormBook
) -> tuple[list[Plan], list[Filing], Entities]:
    """The plans that an example is about, the filings it stands for (its own first), and whose units are among them."""
    maker = _Maker(rule, plans[0], example, book)
    filings = maker.filings()
    printed = {table.table for table in (*filings[0].tables, *filings[0].about)}
    return [plan for plan in plans if not plan.table or plan.table in printed], filings, maker.entities()


def check_examples(rule: Rule, plans: tuple[Plan, ...], book: FormBook) -> None:
    """Raise `RuleError` for an example that does not decide or does not behave as said."""
    for result in run_examples(rule, plans, book):
        if not result.as_said:
            key = "rules.example_wrong" if result.decided else "rules.example_undecided"
            said = "pass" if result.passes else "fail"
            said += f" ({result.wrong})" if result.wrong else ""
            raise RuleError(key, file=rule.file, line=result.line, rule=rule.id, name=said)


UNPRINTED = "unprinted"  # in place of a figure: the form does not print it, where a blank one counts as nothing
PROSE = "说明"  # the name under which an example with several tables gives sentences


SHAPED = "示例表"


def _grid(lines: Sequence[str]) -> Grid:
    """The grid of a small printed table: cells between bars or tabs."""
    rows = [[field.strip() for field in re.split(r"[|\t]", line)] for line in lines]
    width = max(len(row) for row in rows)
    cells = tuple(
        tuple(
            Cell(row[column] if column < len(row) else "", Place(row=number, column=column + 1))
            for column in range(width)
        )
        for number, row in enumerate(rows, 1)
    )
    return Grid(cells, Place(), spans_known=True)


class _Maker:
    """Makes the filings of an example: the one it shows, and partners in other contexts (`表@上年`).

    Units of a department have numbers: `表@各单位1`, `表@各单位2`.
    """

    def __init__(self, rule: Rule, plan: Plan, example: Example, book: FormBook) -> None:
        self.rule, self.plan, self.example, self.book = rule, plan, example, book
        first = plan.table or (plan.tables[0] if plan.tables else "")
        self.home: Table | None = book.tables.get(first)
        self.units: list[str] = []

    def entities(self) -> Entities:
        """Whose units the example's units are."""
        return Entities.of([Expected(unit, self._key().entity) for unit in self.units])

    def filings(self) -> list[Filing]:
        data = self.example.data
        filing = Filing(self._key(), self._family(), entity_kind=(self.rule.entity_kind or ("",))[0])
        partners: dict[str, Filing] = {}
        if isinstance(data, Text) and self.rule.footing and self.rule.footing not in TOLD:
            return [self._shaped(filing, data)]
        if isinstance(data, Text) and self.home is not None and self.home.about:
            return [self._document(filing.key, data)]
        if isinstance(data, Text):
            if self.rule.footing or (self.home is not None and self.home.prose):
                self._told(filing, data)
            else:
                self._printed(filing, data, None)
        elif all("\n" in str(value).strip() for value in data.values()):
            for name, text in data.items():
                if str(name) != PROSE:
                    self._printed(filing, text, self._table(str(name)))
            if PROSE in data:
                self._told(filing, data[PROSE])
        else:
            self._mapped(filing, partners, data)
        return [filing, *partners.values()]

    def _key(self) -> FilingKey:
        rule = self.rule
        report = rule.report or (self.home.report if self.home else "") or "final_accounts"
        entity = f"{next(iter(rule.place), '')}{ENTITY}"
        return FilingKey(entity, min(max(YEAR, rule.since), rule.until), report, rule.edition or "unit")

    def _family(self) -> str:
        return self.rule.family[0] if self.rule.family else ""

    def _fail(self, name: str, known: Iterable[str]) -> RuleError:
        return RuleError(
            "rules.example_address",
            file=self.rule.file,
            line=self.example.line,
            rule=self.rule.id,
            name=name,
            near=nearest(name, known),
        )

    def _table(self, name: str) -> Table:
        if name in ("", THIS_TABLE) and self.home is not None:
            return self.home
        if name not in self.book.tables:
            raise self._fail(name, self.book.tables)
        return self.book.tables[name]

    def _told(self, filing: Filing, text: Text) -> None:
        """Read sentences, under the headings that stand among them."""
        from auditor.model.document import Paragraph
        from auditor.prose.claim_tables import prose_tables
        from auditor.prose.retold import retold_in_tables, retold_in_text

        lines = [Paragraph(line, Place(line=number)) for number, line in enumerate(str(text).splitlines(), 1)]
        tables, unread, _ = prose_tables(lines, filing.tables, filing.key, self.book)
        if not tables or any(item.reason == "unread.prose" for item in unread):
            raise RuleError(
                "rules.example_unread",
                file=self.rule.file,
                line=self.example.line,
                rule=self.rule.id,
                name=unread[0].text if unread else PROSE,
            )
        filing.tables += tables
        if self.rule.footing:
            filing.footings = [*retold_in_tables(filing, self.book), *retold_in_text(filing, self.book)]

    # -- documents ------------------------------------------------------------------------------------------

    def _document(self, key: FilingKey, text: Text) -> Filing:
        """A short document, read as a file of plain text is; what it does not tell of its key is the rule's."""
        from auditor.readers.text import plain_text as reader
        from auditor.reading.filing_key import identify
        from auditor.reading.filings import bind_document, finished

        document = reader.read(str(text).encode(), file=self.rule.id, sha256="")
        told = identify(document)
        known = FilingKey(
            told.entity or key.entity,
            told.year or key.year,
            self.rule.report or told.report or key.report,
            self.rule.edition or told.edition or key.edition,
        )
        return finished(bind_document(document, known, self.book), self.book)

    # -- printed tables -------------------------------------------------------------------------------------

    def _printed(self, filing: Filing, text: Text, table: Table | None) -> None:
        lines = [line for line in str(text).splitlines() if line.strip()]
        if table is None and lines and "|" not in lines[0] and "\t" not in lines[0]:
            table = self._table(lines.pop(0).strip())
        if table is None:
            table = self.home
        if table is None or not lines:
            raise self._fail(str(text)[:20], self.book.tables)
        read, unread = bind_table(Found(table.name, (), Place(), grids=[_grid(lines)]), table, self.book, UNIT)
        if read.reason or unread:
            raise RuleError(
                "rules.example_unread",
                file=self.rule.file,
                line=self.example.line,
                rule=self.rule.id,
                name=unread[0].text if unread else table.name,
            )
        filing.tables.append(read)

    def _shaped(self, filing: Filing, text: Text) -> Filing:
        """A table that no form describes, read by its own shape."""
        from auditor.reading.filings import foot
        from auditor.shapes.whole import read_by_shape

        lines = [line for line in str(text).splitlines() if line.strip()]
        if not read_by_shape(Found(SHAPED, (), Place(table=SHAPED), grids=[_grid(lines)]), self.book, filing):
            raise RuleError(
                "rules.example_unread", file=self.rule.file, line=self.example.line, rule=self.rule.id, name=lines[0]
            )
        foot(filing)
        return filing

    # -- maps -----------------------------------------------------------------------------------------------

    def _mapped(self, filing: Filing, partners: dict[str, Filing], data: Map) -> None:
        figures: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
        for key, value in data.items():
            if not isinstance(value, Text):
                raise self._fail(str(key), ())
            context, table, row, column = self._address(str(key))
            figures.setdefault((context, table.name), {})[row, column] = str(value)
        for (context, name), cells in figures.items():
            target = filing
            if context:
                target = partners.setdefault(context, Filing(self._partner(filing.key, context), filing.family))
            table = self.book.tables[name]
            (target.about if table.about else target.tables).append(self._blank_table(table, cells))

    def _partner(self, key: FilingKey, context: str) -> FilingKey:
        from auditor.rules.contexts import CONTEXTS, LONE_UNIT, PARTNERS, UNITS

        if context == LONE_UNIT or context.startswith(UNITS):
            self.units.append(f"{key.entity}{context}")
            return key._replace(entity=self.units[-1], edition="unit")
        if context not in PARTNERS:
            raise self._fail(context, CONTEXTS)
        return PARTNERS[context](key)

    def _address(self, key: str) -> tuple[str, Table, str, str]:
        """Understand a key: a full address, a row of 本表, or (in a loop over rows) a column."""
        found = _ADDRESS.match(key)
        if found and (found["row"] is not None or found["context"] or found["table"] in self.book.tables):
            table = self._table(found["table"])
            row = found["row"] or ""
            name, under = self._checked(table, row, found["column"], key)
            return found["context"] or "", table, f"{name}{found['again'] or ''}", under
        if self.home is None:
            raise self._fail(key, self.book.tables)
        column = self._column(self.home, key)
        if column is not None and (self.plan.rows is not None or self.home.layout is Layout.CELLS):
            return "", self.home, self._sample_row(self.home), column
        row, _, rest = key.partition(".")
        return "", self.home, *self._checked(self.home, row, rest or None, key)

    def _checked(self, table: Table, row: str, column: str | None, key: str) -> tuple[str, str]:
        known = (
            table.layout in SELF_NAMED
            or row in table.named_rows
            or RowName.parse(row).code != ""
            or (row == "" and table.layout is Layout.CELLS)
        )
        if not known:
            raise self._fail(key, (*table.named_rows, *table.column_names))
        if column is None:
            lane = table.lane_by_name.get(RowName.parse(row).head) or table.lane_by_name.get("")
            names = [c.name for c in lane.columns] if lane else list(table.column_names)
            if len(names) > 1:
                raise self._fail(f"{key}.?", names)
            return row, names[0]
        name = self._column(table, column)
        if name is None:
            raise self._fail(key, table.column_names)
        return row, name

    def _column(self, table: Table, name: str) -> str | None:
        if name in table.column_names:
            return name
        short = [column for column in table.column_names if column.rsplit("/", 1)[-1] == name]
        return short[0] if len(short) == 1 else None

    def _sample_row(self, table: Table) -> str:
        """A row that the rule's loop takes, for examples that only name columns."""
        if table.layout is Layout.CELLS:
            return ""
        loop: RowLoop | None = self.plan.rows
        prefix = loop.spec.prefix if loop else ""
        if table.layout is Layout.LANES:
            lane = table.lane_by_name.get(RowName.parse(prefix).head) or table.lanes[-1]
            items = loop.spec.items if loop else ()
            if items:
                return items[0]
            return f"{lane.name}/{lane.classes[0][0]}" if lane.classes else lane.rows[0].name
        if loop is not None and loop.spec.text in ("各类", "各款", "各项", "末级", "各码"):
            return {"各类": "208", "各款": "20805"}.get(loop.spec.text, "2080505")
        return table.rows[0].name if table.rows else "208"

    def _blank_table(self, table: Table, cells: Mapping[tuple[str, str], str]) -> ReadTable:
        """A table with the given figures; every other named row and column of it blank (in prose: not told)."""
        rows = dict.fromkeys(row for row, _ in cells)
        if not table.prose and table.layout in (Layout.LANES, Layout.CODES):
            rows |= dict.fromkeys(table.named_rows)
        fine = max((parse_literal(text).decimals for text in cells.values()), default=0)
        read = ReadTable(table.name, table.name, Place(table=table.name), unit=UNIT)
        for row in rows:
            row_name = RowName.parse(row)
            lane = table.lane_by_name.get(row_name.head) or table.lane_by_name.get("")
            named = table.named_rows.get(row_name.path)
            for column in lane.columns if lane else table.all_columns:
                text = cells.get((row, column.name), "")
                if (table.prose and (row, column.name) not in cells) or text == UNPRINTED:
                    continue
                kind = named.kind if named and named.kind else column.kind
                literal = parse_literal(text)
                unit = UNIT if kind is Kind.AMOUNT else ""
                address = Address(table.name, row_name.path, column.name, row_name.occurrence)
                if kind is Kind.WORD:
                    state = State.VALUE if text else State.BLANK
                    read.facts.append(Fact(address, kind, state, text, place=Place(table=table.name)))
                    continue
                read.facts.append(
                    fact_of(
                        literal,
                        address,
                        kind=kind,
                        unit=unit,
                        fine_decimals=fine if kind is Kind.AMOUNT else 0,
                        place=Place(table=table.name),
                    )
                )
        return read

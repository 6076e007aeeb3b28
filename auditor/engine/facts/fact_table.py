"""The long table: facts of many filings, one line each, as parallel arrays. The interchange of readers and engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditor.model.numbers import State
from auditor.model.units import Kind, Rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.filing import Filing

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

STATES = list(State)
STATE_CODE = {state: number for number, state in enumerate(STATES)}
UNUSABLE = [STATE_CODE[state] for state in (State.MARK, State.HIDDEN, State.UNREADABLE, State.MISSING)]


@dataclass
class FactTable:
    """Facts of many filings, one line each, as parallel arrays; texts are numbers into the pools.

    `value`, `step` and `own_step` are in the smallest step of the fact's kind (分 for money); `step` is the worth
    of the last digit by the fine reading, `own_step` by the literal's own decimals (rounding.md 1).
    """

    tables: list[str]
    rows: list[str]
    columns: list[str]
    filing: Ints
    table: Ints
    row: Ints
    column: Ints
    occurrence: Ints
    state: Bytes
    value: Longs
    step: Longs
    own_step: Longs
    also: Longs  # second addresses of facts, one line each: filing, table, row, column, occurrence, position
    texts: dict[int, str] = field(default_factory=dict)  # words and sets, by position

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def from_filings(cls, filings: Sequence[Filing]) -> FactTable:
        """Write the facts of some filings as one long table."""
        pools: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
        lines: list[tuple[int, ...]] = []
        texts: dict[int, str] = {}
        for number, filing in enumerate(filings):
            for fact in filing.all_facts:
                address = fact.address
                if fact.kind is Kind.WORD:
                    texts[len(lines)] = fact.text
                lines.append(
                    (
                        number,
                        pools[0].setdefault(address.table, len(pools[0])),
                        pools[1].setdefault(address.row, len(pools[1])),
                        pools[2].setdefault(address.column, len(pools[2])),
                        address.occurrence,
                        STATE_CODE[fact.state],
                        fact.value,
                        fact.step,
                        fact.own_step,
                    )
                )
        also = _second_addresses(filings, pools)
        table = cls.from_lines(list(pools[0]), list(pools[1]), list(pools[2]), lines)
        table.also = also
        table.texts.update(texts)
        return table

    @classmethod
    def from_lines(
        cls, tables: list[str], rows: list[str], columns: list[str], lines: Sequence[tuple[int, ...]]
    ) -> FactTable:
        """Make the long table of lines (filing, table, row, column, occurrence, state, value, step, own step)."""
        data = np.array(lines, dtype=np.int64).reshape(-1, 9).T
        return cls(
            tables=tables,
            rows=rows,
            columns=columns,
            filing=data[0].astype(np.int32),
            table=data[1].astype(np.int32),
            row=data[2].astype(np.int32),
            column=data[3].astype(np.int32),
            occurrence=data[4].astype(np.int32),
            state=data[5].astype(np.uint8),
            value=data[6].copy(),
            step=data[7].copy(),
            own_step=data[8].copy(),
            also=np.zeros((0, 6), dtype=np.int64),
        )

    def take(self, positions: Longs) -> FactTable:
        """The table of some lines alone, without second addresses and texts."""
        lines = {
            name: getattr(self, name)[positions]
            for name in ("filing", "table", "row", "column", "occurrence", "state", "value", "step", "own_step")
        }
        return replace(self, **lines, also=np.zeros((0, 6), dtype=np.int64), texts={})


def _second_addresses(filings: Sequence[Filing], pools: tuple[dict[str, int], dict[str, int], dict[str, int]]) -> Longs:
    """The lines of `FactTable.also`; names that are new are added to the pools."""
    lines: list[tuple[int, ...]] = []
    start = 0
    for number, filing in enumerate(filings):
        facts = filing.facts
        wanted = [pair for table in filing.tables for pair in table.also]
        position = {fact.address: start + at for at, fact in enumerate(facts)} if wanted else {}
        for address, target in wanted:
            if target in position:
                names = [pool.setdefault(name, len(pool)) for pool, name in zip(pools, address[:3], strict=True)]
                lines.append((number, *names, address.occurrence, position[target]))
        start += len(filing.all_facts)
    return np.array(lines, dtype=np.int64).reshape(-1, 6)


def ranges(value: Longs, step: Longs, mode: Rounding) -> tuple[Longs, Longs]:
    """Return the lowest and highest integers that print as each value (see `units.printed_range`)."""
    exact = (value == 0) | (step <= 1)
    half = step // 2
    if mode is Rounding.TRUNCATE:
        below, above = np.zeros_like(step), step - 1
    elif mode is Rounding.NEAREST:
        below, above = half, half
    else:
        below, above = half, half - 1
    below, above = np.where(exact, 0, below), np.where(exact, 0, above)
    negative = value < 0
    return value - np.where(negative, above, below), value + np.where(negative, below, above)

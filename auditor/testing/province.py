"""A province of generated filings: departments and their units over several years, with a key to what is planted.

Every year opens as the one before it closed, texts compare with the year before, and departments are the sums of their
units, so that the rules between filings have something to hold. The same arguments give the same filings.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.facts import FilingKey
from auditor.testing.defects import FIGURES, plant_defects
from auditor.testing.filings import draft_of
from auditor.testing.generating import MOST, entity_name, style_of
from auditor.testing.ledger import RandomSource, draw_years

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.rules.book import RuleBook
    from auditor.testing.defects import Defective
    from auditor.testing.ledger import Ledger

SERVICES = (
    "服务中心",
    "执法大队",
    "信息中心",
    "监测站",
    "档案馆",
    "研究所",
    "培训学校",
    "后勤保障中心",
    "考试中心",
    "宣传教育中心",
    "救助站",
    "幼儿园",
    "应急指挥中心",
    "会计核算中心",
    "质量检验所",
)
MOST_UNITS = len(SERVICES) + 1  # of one department: its own office, and one of every kind
LIST_HEAD = ("单位名称", "主管部门", "年度", "报告", "版本")
LAST_YEAR = 2023
DEFECTIVE = 0.2  # share of the filings that defects are planted in


@dataclass(frozen=True, slots=True)
class Member:
    """One filing of a province: the department it belongs to, and the filing with what was planted in it."""

    department: str
    made: Defective

    @property
    def key(self) -> FilingKey:
        """Whose filing it is, and of which year."""
        return self.made.draft.key

    @property
    def due(self) -> tuple[str, str, int, str, str]:
        """The line of the list of entities that have to publish."""
        edition = "部门" if self.key.edition == "department" else "单位"
        department = "" if self.key.edition == "department" else self.department
        return self.key.entity, department, self.key.year, "决算", edition


def province(
    book: RuleBook, departments: int, units: int, years: int, *, told: bool = True, plant: int = 0, seed: int = 0
) -> Iterator[Member]:
    """Yield the final accounts of `units` units in `departments` departments, department by department.

    In about a fifth of the filings up to `plant` defects are planted. With `told` every filing has a 情况说明;
    without, its tables alone, and wrong figures only. Raises `ValueError` where there are fewer units than departments
    or more than their names reach to.
    """
    for number, size in enumerate(sizes(departments, units, random.Random(f"{seed}"))):  # noqa: S311 — no secrets
        yield from _department(book, number, size, years, told=told, plant=plant, seed=seed)


def sizes(departments: int, units: int, choice: random.Random) -> list[int]:
    """How many units each department has: at least its own office, some of them nothing else."""
    if not departments <= units <= departments * MOST_UNITS:
        raise ValueError(units)
    out = [1] * departments
    able = list(range(departments))
    for _ in range(units - departments):
        at = choice.randrange(len(able))
        out[able[at]] += 1
        if out[able[at]] == MOST_UNITS:
            able.pop(at)
    return out


def _department(
    book: RuleBook, number: int, size: int, years: int, *, told: bool, plant: int, seed: int
) -> Iterator[Member]:
    choice = random.Random(f"{seed}/{number}")  # noqa: S311 — figures for tests, no secrets
    name = entity_name(number)
    names = [f"{name}（本级）", *(f"{name}{service}" for service in choice.sample(SERVICES, size - 1))]
    source = RandomSource(choice.randrange(2**32))
    drawn = draw_years(source, size, years, most=choice.choice(MOST[1:]))
    styles = [style_of(choice) for _ in range(size + 1)]
    before: list[Ledger] | None = None
    for year, (whole, parts) in enumerate(drawn, LAST_YEAR - years + 1):
        now = [whole, *parts]
        keys = [
            FilingKey(name, year, "final_accounts", "department"),
            *(FilingKey(one, year, "final_accounts", "unit") for one in names),
        ]
        for at, (ledger, key, style) in enumerate(zip(now, keys, styles, strict=True)):
            last = before[at] if before else None
            draft = draft_of(ledger, book.forms, style, key, source if told else None, last)
            count = choice.randint(1, plant) if plant and choice.random() < DEFECTIVE else 0
            sorts = None if told else FIGURES
            yield Member(name, plant_defects(draft, count, choice, book, sorts))
        before = now

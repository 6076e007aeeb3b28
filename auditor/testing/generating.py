"""Filings for demonstration and benchmarks: as many as wanted, in any format, with a key to the planted defects.

The same arguments give the same bytes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.facts import FilingKey
from auditor.model.numbers import State
from auditor.testing.defects import plant_defects
from auditor.testing.files import SUFFIXES, rendered
from auditor.testing.filings import draft_of, draft_of_family
from auditor.testing.ledger import RandomSource, draw_ledger
from auditor.testing.models import Model
from auditor.testing.printed_ledger import FAMILY, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.rules.book import RuleBook
    from auditor.testing.defects import Defective, Planted

PLACES = ("青山县", "清河县", "临江县", "东湖市", "平川县", "云岭市", "南溪县", "石桥县", "柳林县", "海宁区")
OFFICES = (
    "民政局",
    "教育局",
    "水利局",
    "林业局",
    "卫生健康局",
    "农业农村局",
    "交通运输局",
    "文化馆",
    "档案馆",
    "社会保险事业中心",
    "公共就业服务中心",
    "第一中学",
)
_ORDINALS = "一二三四五六七八九"
MOST = (10**6, 10**8, 4 * 10**8, 10**10)  # 分, of the largest amounts of a ledger
UNITS = (("万元", 2), ("万元", 2), ("万元", 2), ("万元", 4), ("元", 2), ("元", 0))
KEY_HEAD = ("file", "table", "row", "column", "sentence", "printed", "true", "cause")


@dataclass(frozen=True, slots=True)
class Generated:
    """One generated file: its name, its bytes, and what was planted in it."""

    name: str
    data: bytes
    planted: tuple[Planted, ...]


def generate(
    book: RuleBook, count: int, formats: Sequence[str], *, plant: int = 0, seed: int = 0, family: str = FAMILY
) -> Iterator[Generated]:
    """Yield `count` filings of different units, the formats in turn, with up to `plant` defects each.

    Final accounts of the national family have a 情况说明; other families have their tables. Raises `KeyError` for an
    unknown format or family.
    """
    for number in range(count):
        made = generated(book, number, plant=plant, seed=seed, family=family)
        yield as_file(made, formats[number % len(formats)], book)


def as_file(made: Defective, form: str, book: RuleBook) -> Generated:
    """A generated filing as a file of one of the formats, named as offices name theirs."""
    key = made.draft.key
    kind = "决算" if key.report == "final_accounts" else "预算"
    name = f"{key.entity}{key.year}年度{'部门' if key.edition == 'department' else '单位'}{kind}{SUFFIXES[form]}"
    return Generated(name, rendered(made.draft, form, book.forms), made.planted)


def generated(book: RuleBook, number: int, *, plant: int = 0, seed: int = 0, family: str = FAMILY) -> Defective:
    """The filing of one number in a series, before it is written."""
    choice = random.Random(f"{seed}/{number}")  # noqa: S311 — figures for tests, no secrets
    known = book.forms.families[family]
    places = known.places
    entity = entity_name(number, (f"{places[0]}市",) if places else PLACES)
    year = 2023 if known.report == "final_accounts" else 2024
    key = FilingKey(entity, year, known.report, "unit")
    style = style_of(choice)
    if family == FAMILY:
        source = RandomSource(choice.randrange(2**32))
        draft = draft_of(draw_ledger(source, most=choice.choice(MOST)), book.forms, style, key, source)
    else:
        draft = draft_of_family(book, family, choice.randrange(2**32), key=key)
    return plant_defects(draft, plant, choice, book)


def style_of(choice: random.Random) -> Style:
    """One way of printing."""
    unit, decimals = choice.choice(UNITS)
    zeros = choice.choice((State.ZERO, State.ZERO, State.BLANK, State.DASH))
    return Style(unit, decimals, zeros=zeros, trim=choice.random() < 0.2, model=choice.choice(tuple(Model)))


def entity_name(number: int, places: Sequence[str] = PLACES) -> str:
    """A name for every number, and never one twice.

    >>> entity_name(0), entity_name(121)
    ('青山县民政局', '清河县第二民政局')
    """
    rest, place = divmod(number, len(places))
    again, office = divmod(rest, len(OFFICES))
    digits = "".join(_ORDINALS[int(digit) - 1] if digit != "0" else "〇" for digit in str(again + 1))
    return f"{places[place]}{f'第{digits}' if again else ''}{OFFICES[office]}"

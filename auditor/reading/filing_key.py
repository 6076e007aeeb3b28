"""Whose disclosure a document is: entity, year, report, edition, told from cover, table heads and titles.

Every hint is a vote; the heads of the tables (`单位：…`, `部门名称：…`) count more than free text. The name of the file
tells only what its print does not.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from auditor.digits import whole_number
from auditor.model.document import Paragraph
from auditor.model.facts import FilingKey

if TYPE_CHECKING:
    from auditor.model.document import Document

_HEAD = re.compile(
    r"(?<!事业)(?<!直属)(?<!下属)(?<!所属)(?<!行政)(?<!企业)(?:编制|填报|公开|预算|填制)?(?:单位|部门)(?:（单位）|\(单位\))?(?:名称|全称)?\s*[：:]\s*"
    r"(?P<name>[^\s：:，。；\d](?:(?!(?:金额|货币|计量)?单位[：:])[^\s：:，。；\d]|(?<!\d)\d{1,3}+(?![\d.,年月日])){3,39})"
)  # a number belongs to a name (第101中学), a date behind it does not, nor the unit of money on the same line; what
# `直属单位：` lists is not whose filing it is
_UNIT_WORD = re.compile(r"^(?:人民币)?[亿万千]?元$|^金额|^万元|^元")
_YEAR = re.compile(r"(20[0-4]\d)\s*年(?:度)?")
_TITLE_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?:年度?|度|$)")  # `2026部门预算`: 年 may be left out
_TITLE = re.compile(
    r"(?P<rest>.{0,80}?)(?P<edition>部门|单位)?(?P<report>决算|预算)(?:信息)?(?:公开)?(?P<tail>报告|说明|情况|情况的?说明|编制说明|文本)?$"
)
_PARTS = re.compile(r"[_＿\s]+")  # of the name of a file
_SUFFIX = re.compile(r"(?:\.[A-Za-z]{2,5})+$")
_YEAR_IN_NAME = re.compile(r"20\d\d")  # `2022部门综合预算`: what is left of such a name is nobody's
_OF_FILES = re.compile(r"(?:报表|附表|表格|公开表)$")
T = TypeVar("T")
COVER_LINES = 30  # non-empty lines at the start that may be a cover
MIN_NAME = 4


def identify(document: Document) -> FilingKey:
    """Return the key of a document's filing; parts that nothing tells are empty or 0."""
    entities: Counter[str] = Counter()
    years: Counter[int] = Counter()
    reports: Counter[str] = Counter()
    editions: Counter[str] = Counter()
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    for text in texts:
        _head_votes(text, entities, years)
    whole = [text for text in texts if re.search(r"(?:决算|预算)公开(?:报告|说明|文本)$", text)]
    for text in [*_cover(texts), *(text.replace(" ", "") for text in whole)]:
        _title_votes(text, entities, years, reports, editions)
    for text in texts:
        if len(text) < 60:
            compact = text.replace(" ", "")
            for word, report in (("决算", "final_accounts"), ("预算", "budget")):
                if re.search(rf"{word}(?:总?表|公开|情况说明|明细表)|{word}$", compact):
                    reports[report] += 2 if word == "决算" else 1
            for word, edition in (("单位", "unit"), ("部门", "department")):
                if re.search(rf"{word}(?:决算|预算)", compact):
                    editions[edition] += 1
    printed = FilingKey(_first(entities, ""), _first(years, 0), _first(reports, ""), _first(editions, ""))
    named = _named(document.file)
    return FilingKey(
        printed.entity or named.entity,
        printed.year or named.year,
        printed.report or named.report,
        printed.edition or named.edition,
    )


def _named(file: str) -> FilingKey:
    """What the name of a file tells: `附件2：某市某局2026年度部门预算报表.pdf`, `某市_某局_2026年度单位决算.docx`."""
    entities: Counter[str] = Counter()
    years: Counter[int] = Counter()
    reports: Counter[str] = Counter()
    editions: Counter[str] = Counter()
    stem = _SUFFIX.sub("", file.replace("\\", "/").rsplit("/", 1)[-1])
    for text in _PARTS.split(stem):
        _title_votes(_OF_FILES.sub("", text), entities, years, reports, editions)
    entities = Counter({name: count for name, count in entities.items() if not _YEAR_IN_NAME.search(name)})
    if not years:
        bare = set(_BARE_YEAR.findall(stem))
        years.update(whole_number(year) or 0 for year in bare if len(bare) == 1)
    return FilingKey(_first(entities, ""), _first(years, 0), _first(reports, ""), _first(editions, ""))


_BARE_YEAR = re.compile(r"(?<![\d.])20[0-4]\d(?![\d.])")


def _first(votes: Counter[T], default: T) -> T:
    """The winner; ties go to the value seen first."""
    return votes.most_common(1)[0][0] if votes else default


def _cover(texts: list[str]) -> list[str]:
    """The lines of the cover, and neighbours joined: titles are often broken over two or three lines."""
    head: list[str] = []
    for text in texts[:COVER_LINES]:
        if re.fullmatch(r"目\s*录", text):
            break
        head.append(text.replace(" ", ""))
    joined = ["".join(head[i : i + size]) for size in (2, 3) for i in range(len(head) - size + 1)]
    return head + joined


def _head_votes(text: str, entities: Counter[str], years: Counter[int]) -> None:
    for found in _HEAD.finditer(text.replace("\u3000", " ")):
        name = found["name"]
        if not _UNIT_WORD.match(name) and not name.startswith("金额") and "、" not in name:
            entities[name] += 3
            if year := _YEAR.search(text):
                years[whole_number(year.group(1)) or 0] += 2
    if re.fullmatch(r"20[0-4]\d年度?", text.replace(" ", "")):
        years[whole_number(text.replace(" ", "")[:4]) or 0] += 3


def _title_votes(
    text: str, entities: Counter[str], years: Counter[int], reports: Counter[str], editions: Counter[str]
) -> None:
    found = _TITLE.fullmatch(text)
    if found is None or len(text) > 80:
        return
    rest = found["rest"]
    if year := _TITLE_YEAR.search(rest):
        years[whole_number(year.group(1)) or 0] += 4
        rest = rest.replace(year.group(0), "\n")
    reports["final_accounts" if found["report"] == "决算" else "budget"] += 6
    if found["edition"]:
        editions["unit" if found["edition"] == "单位" else "department"] += 3
    for name in rest.split("\n"):
        bare = re.sub(r"^年?度|年?度$|(?:部门|单位)$|^附件\d*[：:]?", "", name)
        if len(bare) >= MIN_NAME and not re.search(r"[。，；：:、>]|预算|决算|第.{1,3}部分", bare):
            entities[bare] += 2

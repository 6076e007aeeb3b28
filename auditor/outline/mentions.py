"""年份, 名称, 口径: what the text says of its year, of its entity, and of what kind of document it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.messages import say
from auditor.model.labels import plain
from auditor.outline.table_lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.forms.book import FormBook
    from auditor.model.filing import Filing, ReadTable
    from auditor.model.outline import Mention

_OWN = re.compile(r"本级|（本级）|本部门|本单位|我部门|我单位|机关本级|本部|部门$|单位$|（部门）|（单位）")
_SELF = frozenset(
    {"", "本", "我", "学校", "部门", "单位", "机关", "我校", "我局", "我中心", "本校", "本局", "本中心", "本院", "我院"}
)
_HIDDEN = re.compile(r"[XxＸ×]{2,}|…|某某")  # a placeholder is told as such
SHORTEST = 2  # characters that a short form of a name has at least


def wordings(filing: Filing, _: FormBook) -> ReadTable:
    """用语: what the text should not say, one line for every place."""
    return _plain(filing, "用语")


def manners(filing: Filing, _: FormBook) -> ReadTable:
    """口径: whether the text speaks of a department or a unit, of a budget or final accounts."""
    return _plain(filing, "口径")


def _plain(filing: Filing, table: str) -> ReadTable:
    lines = Lines(table)
    for mention in _mentions(filing, table):
        lines.add(mention.row, {"原文": mention.text}, mention.place)
    return lines.read


def years(filing: Filing, _: FormBook) -> ReadTable:
    """年份: years that the text names, beside the year of the filing and the one before; without it only the years."""
    lines = Lines("年份")
    year = filing.key.year
    for mention in _mentions(filing, "年份"):
        cells: dict[str, str | int] = {"年": whole_number(mention.parts["年"]) or 0}
        if "至" in mention.parts or mention.row == "项目周期":
            cells["至"] = whole_number(mention.parts.get("至", mention.parts["年"])) or 0
        if year:
            cells |= {"本年": year, "上年": year - 1, "应为": say("about.year", year=_expected(mention.row, year))}
        lines.add(mention.row, cells, mention.place)
    return lines.read


def _expected(row: str, year: int) -> int:
    return year - 1 if row.startswith("比较") else year


def names(filing: Filing, _: FormBook) -> ReadTable:
    """名称: what the text calls its entity; 相符 is 1 for a form of the filing's own name, where that is known."""
    lines = Lines("名称")
    own = filing.key.entity
    for mention in _mentions(filing, "名称"):
        said = mention.parts["单位"]
        if _HIDDEN.search(said + own):
            continue
        cells: dict[str, str | int] = {"单位": said}
        if own:
            cells |= {"相符": int(is_form_of(said, own)), "应为": own}
        lines.add(mention.row, cells, mention.place)
    return lines.read


def is_form_of(said: str, own: str) -> bool:
    """Whether a name is a longer or shorter form of an entity's own.

    >>> is_form_of("某区财政局", "某市某区财政局"), is_form_of("某市居民卡服务中心", "某市电子政务中心")
    (True, False)
    """
    short, full = (_OWN.sub("", plain(name)) for name in (said, own))
    if short in _SELF or full in _SELF:
        return True
    return _is_within(short, full) or _is_within(full, short)


def _is_within(short: str, full: str) -> bool:
    """Whether all characters of one name stand in the other, in order: 市交委 in 市交通委员会."""
    if len(short) < SHORTEST:
        return False
    rest = iter(full)
    return all(char in rest for char in short)


def _mentions(filing: Filing, table: str) -> Iterator[Mention]:
    return (mention for outline in filing.outlines for mention in outline.mentions if mention.table == table)

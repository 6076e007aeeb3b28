"""What a stretch of text is about: the last subject that it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.phrases.lexicon import Lexicon, Topic
    from auditor.prose.code_names import Names

_CHAIN = re.compile(r"(?:[^，。；：（）\d、.]{2,40}?（(?:\d{2,3})?(?:类|款|项)）(?:支出)?)++")
_LINK = re.compile(r"(?P<name>[^，。；：（）\d、.]{2,40}?)（(?P<code>\d{2,3})?(?P<level>类|款|项)）")
_JOINED = re.compile(r"(?P<类>\d{3})类(?P<款>\d{2})款(?P<项>\d{2})项(?P<name>[^，。；：（）\d]{0,40})")
_CODED = re.compile(r"(?P<name>[^，。；：（）\d、.]{2,40})（(?P<code>\d{3}(?:\d{2}){0,2})）")
_BEFORE_NAME = re.compile(r"(?<![\d.])(?P<code>\d{3}(?:\d{2}){0,2})(?P<name>[\u4e00-\u9fff（）]{2,40})")
_HYPHENS = re.compile(
    r"(?P<类>[\u4e00-\u9fff]{2,30})[-—–]{1,2}(?P<款>[\u4e00-\u9fff]{2,30})[-—–]{1,2}(?P<项>[\u4e00-\u9fff]{2,40})"
)
_LEVELS = ("类", "款", "项")
FUNCTIONAL = "2"  # how the codes of functions begin
_PUNCTUATION = re.compile(r"[，。；：、（）]")
_YEAR = re.compile(r"^.*20\d\d年(?:度)?(?:\d+月(?:\d+日|底)?)?")
_ORDINAL = re.compile(r"^[-•·]*(?:\d{1,2}\.?|[①-⑳])?[-•·]*")
_LEAD = re.compile(r"^(?:其中|[一二三四五六七八九十]是|\d+[.、]|（[\d一二三四五六七八九十]+）|[①-⑳])+")
_USED_FOR = re.compile(r"^(?:其中|主要|分别)*(?:用于|包括|是|为)(?=.{2})")
_TAIL = re.compile(r"(?:科目)?(?:预算|决算)?(?:数|支出)?(?:安排)?(?:为|是|共|计)?$")
MIN_ENTITY = 4  # characters that still name it
MOST = 400  # characters before a number that may name its subject


class Option(NamedTuple):
    """A subject that a text names: where the words end and how long they are, its table and row, and the words."""

    end: int
    length: int
    topic: str
    row: str
    label: str
    under: tuple[str, ...] = ()


class Subjects:
    """Finds subjects by the wordings, the lists of codes, and what the tables of the filing call them."""

    def __init__(self, lexicon: Lexicon, names: Names, entity: str) -> None:
        self.lexicon, self.names, self.entity = lexicon, names, entity

    def last(self, text: str, topic: Topic | None, heading: str = "") -> Option | None:
        """The subject that the last words of a text name, or None."""
        text = self.lexicon.bare(text)
        found = [*self.items(text, topic, heading), *self.named(text, topic), *self._by_name(text, topic)]
        return max(found, key=lambda option: option[:2], default=None)

    def after(self, text: str, at: int, topic: Topic | None) -> Option | None:
        """A subject that stands behind its number: `4个项目自评等级为优`."""
        for subject in topic.subjects if topic else ():
            if subject.after is not None and (found := subject.after.match(text, at, at + MOST)):
                return Option(at, 0, subject.topic, subject.row, found.group(), subject.under)
        return None

    def items(self, text: str, topic: Topic | None, heading: str = "") -> Iterator[Option]:
        """A class, 款 or 项 with its marks or its code: `…（类）…（款）…（项）`, `小学教育（2050202）`, `类-款-项`."""
        table = (topic.items if topic else "") or "分科目"
        classes = (topic.classes if topic else "") or "一般公共预算"
        for found in _CHAIN.finditer(text):
            links = [
                (_USED_FOR.sub("", link["name"]), link["code"] or "", link["level"])
                for link in _LINK.finditer(found.group())
            ]
            if not links:
                continue
            above = [(link["name"], link["code"] or "", "类") for link in _LINK.finditer(heading)][:1]
            code = self.names.code_of(links) or self.names.code_of([*above, *links])
            only_class = len(links) == 1 and links[0][2] == "类"
            yield self._option(found, classes if only_class else table, code or found.group(), links[-1][0])
        for found in _HYPHENS.finditer(text):
            links = [(_LEAD.sub("", found[level]), "", level) for level in _LEVELS]
            tail = _TAIL.sub("", links[2][0]) if not self.names.code_of(links) else links[2][0]
            if code := self.names.code_of([*links[:2], (tail, "", "项")]):
                yield self._option(found, table, code, tail)
        for found in _JOINED.finditer(text):
            yield self._option(found, table, "".join(found[level] for level in _LEVELS), found["name"])
        for found in _CODED.finditer(text):
            if not found["code"].startswith(FUNCTIONAL):
                continue  # an economic class: 工资福利支出（301）
            yield self._option(found, classes if len(found["code"]) == 3 else table, found["code"], found["name"])
        for found in _BEFORE_NAME.finditer(text):
            if self.names.begins(found["code"], found["name"]):
                yield self._option(found, classes if len(found["code"]) == 3 else table, found["code"], found["name"])

    @staticmethod
    def _option(found: re.Match[str], table: str, row: str, label: str) -> Option:
        return Option(found.end(), found.end() - found.start(), table, row, label)

    def named(self, text: str, topic: Topic | None, *, whole: bool = False) -> Iterator[Option]:
        """The words of a text that name a subject of this section, or one that means itself in any."""
        local = topic.subjects if topic else ()
        others = self.lexicon.wholes if whole or topic is None else self.lexicon.own
        own = topic.name if topic else ""
        for subject in (*local, *(other for other in others if other.topic != own)):
            for found in subject.says.finditer(text) if subject.says else ():
                if found.group() and self._stands_alone(text, found.start()):
                    length = found.end() - found.start()
                    yield Option(found.end(), length, subject.topic, subject.row, found.group(), subject.under)

    def _stands_alone(self, text: str, start: int) -> bool:
        """Whether nothing that could change a subject's meaning stands right before it (`财政拨款|项目支出`)."""
        before = _PUNCTUATION.split(text[max(0, start - MOST) : start])[-1]
        before = _ORDINAL.sub("", _YEAR.sub("", before))
        for length in range(len(self.entity), MIN_ENTITY - 1, -1):  # the entity, perhaps without the place before it
            if self.entity[-length:] in before:
                before = before.replace(self.entity[-length:], "")
                break
        return not self.lexicon.fillers.sub("", before)

    def _by_name(self, text: str, topic: Topic | None) -> Iterator[Option]:
        """A class or an economic code told by its bare name, in sections that list such."""
        if topic is None or not (topic.economic or topic.classes):
            return
        name = _LEAD.sub("", re.split(r"[，、：。；]", text.rstrip("，：、"))[-1])
        for said in dict.fromkeys((name, _TAIL.sub("", name), self._without_entity(name))):
            if topic.economic and (code := self.names.economic(said)):
                yield Option(len(text), len(said), topic.economic, code, said)
            if topic.classes and (code := self.names.class_of(said)):
                yield Option(len(text), len(said), topic.classes, code, said)

    def _without_entity(self, name: str) -> str:
        return _YEAR.sub("", name.replace(self.entity, "") if self.entity else name)


def row_under(option: Option, about: Sequence[tuple[str, str]]) -> str:
    """The row of a part, below that of its wholes which the text is about; `about` are topics and rows, latest last."""
    if not option.under:
        return option.row
    for topic, row in reversed(about):
        if topic == option.topic and row in option.under:
            return f"{row}/{option.row}"
    return f"{option.under[0]}/{option.row}"

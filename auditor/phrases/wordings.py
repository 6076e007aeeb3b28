"""Wordings as data (`rules/phrases/*.yaml`): what to look for, where, and text that must and must not be found.

A wording gives rows to one of the tables about the filing: 用语, 年份, 名称, 科目. Its named groups become columns.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import RuleError
from auditor.phrases.dates import is_impossible_date
from auditor.phrases.patterns import MOST_MADE, MOST_PATTERN, compiled
from auditor.phrases.pieces import Piece, Sort, squeezed
from auditor.phrases.privacy import is_bank_card, is_identity_number
from auditor.phrases.quotes import unpaired_quotes
from auditor.yamlfiles.keys import Entry, Key, KeyShape, flag
from auditor.yamlfiles.trees import Map, Text, a_list, a_map, a_text, fail, load, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FILES = ("wording.yaml", "mentions.yaml")
EMPTY = "空表说明"  # remarks that say why a table has no figures
MEANT = "所指"  # what a title or a remark speaks of
NAMED = "文件名"  # what the name of a file says
WITHHELD = "未公开"  # that parts are withheld by law
TABLES = ("用语", "年份", "名称", "口径", "科目", "性质", "另附", WITHHELD, MEANT, EMPTY, NAMED)
SHORT = "简写"
MOST_HITS = 1000  # of one wording in one text
_SHORT = re.compile(r"\{([\u4e00-\u9fff]+)\}")
PROOFS: Mapping[str, Callable[[Hit], bool]] = {
    "身份证号": lambda hit: is_identity_number(hit.text),
    "银行卡号": lambda hit: is_bank_card(hit.text),
    "不可能的日期": lambda hit: is_impossible_date(hit.parts),
}
SCANS: Mapping[str, Callable[[str], Iterator[tuple[int, int]]]] = {"不配对的引号": unpaired_quotes}
_WHERE = {
    "封面": (Sort.COVER,),
    "目录": (Sort.CONTENTS,),
    "标题": (Sort.HEADING,),
    "表题": (Sort.TITLE,),
    "表头": (Sort.REMARK,),
    "表下": (Sort.NOTE,),
    "正文": (Sort.TEXT,),
    "表格": (Sort.CELL,),
    "文字": (Sort.TEXT, Sort.NOTE),
    "各处": (Sort.COVER, Sort.CONTENTS, Sort.HEADING, Sort.TITLE, Sort.REMARK, Sort.NOTE, Sort.TEXT),
    "各处和表格": tuple(Sort),
}


class Hit(NamedTuple):
    """One place of a text that says a wording, with its named parts."""

    start: int
    end: int
    text: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording: the row it gives, what it looks like, where it is looked for, and what it is not.

    `under` is what the heading above must say, `beside` what must stand near it (in the piece, or beside a cell).
    """

    table: str
    row: str
    says: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    sorts: frozenset[Sort]
    under: re.Pattern[str] | None = None
    beside: re.Pattern[str] | None = None
    proof: str = ""
    scan: str = ""
    whole: bool = False  # not where a paragraph may go on

    def fits(self, piece: Piece) -> bool:
        """Whether what a piece says counts, by what it is and by what stands above and beside it."""
        if piece.sort not in self.sorts or (self.whole and not piece.ends):
            return False
        if self.under is not None and not self.under.search(piece.heading):
            return False
        return self.beside is None or self.beside.search(piece.text + piece.beside) is not None

    def hits(self, text: str) -> Iterator[Hit]:
        """Every place of a text that says it, in order, but for what it is not; of places that overlap the first."""
        candidates = self._candidates(text)
        if not candidates:
            return
        not_it = deque(other.span() for other in self.unless.finditer(text)) if self.unless is not None else deque()
        end, count = 0, 0
        for hit in sorted(candidates, key=lambda hit: (hit.start, -hit.end)):
            while not_it and not_it[0][1] <= hit.start:
                not_it.popleft()
            if hit.start < end or (not_it and not_it[0][0] < hit.end):
                continue
            if self.proof and not PROOFS[self.proof](hit):
                continue
            yield hit
            end, count = hit.end, count + 1
            if count == MOST_HITS:  # another thousand of the same in one paragraph says nothing new
                return

    def _candidates(self, text: str) -> list[Hit]:
        matches = [found for says in self.says for found in says.finditer(text) if found.group()]
        out = [Hit(found.start(), found.end(), found.group(), _parts(found)) for found in matches]
        if self.scan:
            out += [Hit(start, end, text[start:end], {}) for start, end in SCANS[self.scan](text)]
        return out


def _parts(found: re.Match[str]) -> dict[str, str]:
    return {name: said for name, said in found.groupdict().items() if said}


@dataclass(frozen=True)
class Wordings:
    """All wordings, in the order of the files."""

    wordings: tuple[Wording, ...]

    @cached_property
    def sought(self) -> Mapping[Sort, Sequence[Wording]]:
        """The wordings that are looked for in each sort of text (some are asked of titles, remarks and names only)."""
        sought = [wording for wording in self.wordings if wording.table not in (MEANT, EMPTY, NAMED)]
        return {sort: tuple(wording for wording in sought if sort in wording.sorts) for sort in Sort}

    def said(self, sort: Sort, text: str) -> list[tuple[Wording, list[Hit]]]:
        """What a text of one sort says wherever it stands: every wording with its places."""
        return [(wording, hits) for wording in self.sought[sort] if (hits := list(wording.hits(text)))]

    def of(self, table: str) -> Iterator[Wording]:
        """The wordings that give rows to a table."""
        return (wording for wording in self.wordings if wording.table == table)


WORDING = Entry(
    "wording",
    (
        Key("row", required=True),
        Key("says", KeyShape.TEXTS),
        Key("unless", KeyShape.TEXTS),
        Key("in", KeyShape.TEXTS, values=tuple(_WHERE)),
        Key("under", KeyShape.TEXTS),
        Key("beside", KeyShape.TEXTS),
        Key("proof", values=tuple(PROOFS)),
        Key("scan", values=tuple(SCANS)),
        Key("whole", KeyShape.FLAG),
        Key("found", KeyShape.TEXTS, required=True),
        Key("not_found", KeyShape.TEXTS, required=True),
    ),
)
WORDINGS = Entry(
    "wordings", (Key(SHORT, KeyShape.GROUPS), *(Key(table, KeyShape.ENTRIES, of=WORDING) for table in TABLES))
)


def load_wordings(roots: Iterable[Path]) -> Wordings:
    """Load the wordings below the given rule folders. Raises `RuleError` (file, line, what to do)."""
    out: list[Wording] = []
    for item, table, short in _items(roots):
        out.append(_wording(item, table, short))
    return Wordings(tuple(out))


def check_wordings(roots: Iterable[Path]) -> None:
    """Run the examples of every wording. Raises `RuleError` at an example that behaves otherwise."""
    for item, table, short in _items(roots):
        wording = _wording(item, table, short)
        for key, wanted in (("found", True), ("not_found", False)):
            examples = _examples(item, key)
            if not examples:
                raise RuleError("wordings.no_example", file=item.file, line=item.line, name=key)
            for example in examples:
                text = squeezed(str(example))[0]
                if any(wording.hits(text)) is not wanted:
                    fail(example, "wordings.example_wrong", text=str(example)[:60], name=key)


def _items(roots: Iterable[Path]) -> Iterator[tuple[Map, str, Mapping[str, str]]]:
    """Every wording with its table and the short forms (`{机构}`) of its file."""
    for root in roots:
        for name in FILES:
            path = root / "phrases" / name
            if path.is_file():
                tree = load(path, f"phrases/{name}")
                WORDINGS.check(tree)
                short = {str(key): str(a_text(value)) for key, value in a_map(tree.get(SHORT, Map("", 0))).items()}
                for table, nodes in tree.items():
                    if table != SHORT:
                        yield from ((a_map(node), str(table), short) for node in a_list(nodes))


def _examples(item: Map, key: str) -> list[Text]:
    node = item.get(key)
    if node is None:
        return []
    return [node] if isinstance(node, Text) else [a_text(child) for child in a_list(node)]


def _wording(item: Map, table: str, short: Mapping[str, str]) -> Wording:
    WORDING.check(item)
    where = texts(item, "in") or ("各处",)
    return Wording(
        table,
        str(item["row"]),
        tuple(_pattern(item, part, short) for part in texts(item, "says")),
        _any_of(item, "unless", short),
        frozenset(sort for word in where for sort in _WHERE[word]),
        _any_of(item, "under", short),
        _any_of(item, "beside", short),
        str(item.get("proof", "")),
        str(item.get("scan", "")),
        flag(item, "whole"),
    )


def _any_of(item: Map, key: str, short: Mapping[str, str]) -> re.Pattern[str] | None:
    """One pattern of all the alternatives under a key, or None where there is none."""
    parts = [_pattern(item, part, short).pattern for part in texts(item, key)]
    return compiled("|".join(f"(?:{part})" for part in parts), item, MOST_MADE) if parts else None


def _pattern(item: Map, source: str, short: Mapping[str, str]) -> re.Pattern[str]:
    if len(source) > MOST_PATTERN:
        fail(item, "wordings.too_long", text=source[:40])
    for name in _SHORT.findall(source):
        if name not in short:
            fail(item, "rules.bad_value", name="says", value=f"{{{name}}}", allowed="、".join(short))
        source = source.replace(f"{{{name}}}", f"(?:{short[name]})")
    return compiled(source, item, MOST_MADE)

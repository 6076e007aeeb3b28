"""What stands between the numbers of a passage: sentences, brackets, semicolons, lists that begin and end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.prose.clauses.layers import number_of
from auditor.prose.clauses.model import Clause, Listing, Sentences

if TYPE_CHECKING:
    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.passages import Passage

MAX_DEPTH = 12
MOST_NAME = 40  # characters behind a semicolon that name the next item


class Walk:
    """Keeps what the text is about: the clause at hand, the lists it stands in, the brackets that are open."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.out = Sentences()
        self.events = re.compile(
            "(?P<group>（[^（）]{0,200}）)|(?P<stop>[。！？])|(?P<semi>；)|(?P<open>（)|(?P<close>）)"
            f"|(?P<list>{grammar.opens.pattern})"
        )
        self.levels: list[Listing] = []
        self.ended: list[Listing] = []  # lists that a passage ended, of the heading at hand
        self.line: Clause | None = None
        self.brackets: list[tuple[Clause | None, int]] = []
        self.tops: list[Clause] = []  # of the passage, in order: clauses that are no items
        self.open_end = False  # the passage before ended where a list goes on
        self.stopped = False  # a sentence ended since the clause at hand

    def _settle(self) -> None:
        """Give what waits for its clause to it."""
        raise NotImplementedError

    def _enter(self, passage: Passage) -> None:
        """Begin a passage: a list goes on over passages where the one before ended open, or by its numbering."""
        self.brackets, self.tops, self.stopped = [], [], True
        mark = self._style(passage.text)
        numbered = bool(mark) and any(level.mark == mark for level in self.levels)
        self._reopen(passage, mark)
        while self.levels and not (self.open_end or numbered or (mark and self.levels[-1].mark in ("", mark))):
            self.ended.append(self.levels.pop())
        if self.levels and not self.open_end and not self.levels[-1].items:
            self.levels = []
        self.line = self.levels[-1].whole if self.levels else None
        if self.levels and mark:
            self._mark(mark)

    def _reopen(self, passage: Passage, mark: str) -> None:
        """Lists that ended before their numbering did: text that is no item stands between their items."""
        self.ended = [one for one in self.ended if one.mark and one.whole.passage.heading == passage.heading]
        if mark and number_of(passage.text) != 1:
            for listing in self.ended:
                listing.interrupted |= listing.mark == mark

    def _style(self, text: str) -> str:
        found = self.grammar.mark.match(text)
        return (found.lastgroup or "") if found else ""

    def _mark(self, mark: str) -> None:
        """A numbered item: of the list that is numbered so, else of the inmost whose numbering is not known."""
        numbered = any(level.mark == mark for level in self.levels)
        while len(self.levels) > 1 and self.levels[-1].mark not in ((mark,) if numbered else ("", mark)):
            self.levels.pop()
        if self.levels[-1].mark in ("", mark):
            self.levels[-1].mark = mark
            self.levels[-1].suspended = False

    def _walk(self, passage: Passage, start: int, end: int) -> None:
        for event in self.events.finditer(passage.text, start, end):
            kind = event.lastgroup
            if kind in ("stop", "semi", "close"):
                self._settle()
            if kind in ("open", "close"):
                self._bracket(opens=kind == "open")
            elif kind == "stop":
                self._stop(passage.text[event.end() : event.end() + 8])
            elif kind == "semi":
                self._semicolon(passage.text[event.end() : event.end() + MOST_NAME])
            elif kind == "list" and (not event["list"].startswith("：") or not self.levels or self.levels[-1].items):
                self._open(event["list"], passage.text[event.start() : event.end() + 30], event.end() - event.start())

    def _bracket(self, *, opens: bool) -> None:
        """What stands in brackets belongs to what stands before them."""
        if opens and len(self.brackets) < MAX_DEPTH:
            self.brackets.append((self.line, len(self.levels)))
        elif not opens and self.brackets:
            self.line, depth = self.brackets.pop()
            self.levels = self.levels[:depth]

    def _stop(self, following: str) -> None:
        if self.brackets:
            return
        mark = self._style(following)
        if self.levels and mark and (self.levels[-1].mark == "" or any(level.mark == mark for level in self.levels)):
            self._mark(mark)
            return
        while self.levels and not self.levels[-1].mark:
            self.levels.pop()
        if self.levels:
            self.levels[-1].suspended = True
        self.stopped = True

    def _semicolon(self, following: str) -> None:
        """A semicolon ends a list whose items stand between commas, else it stands between items."""
        depth = self.brackets[-1][1] if self.brackets else 0
        mark = self._style(following)
        if mark and any(level.mark == mark for level in self.levels[depth:]):
            self._mark(mark)
            self.line = self.levels[-1].whole
            return
        while len(self.levels) > depth:
            level = self.levels[-1]
            inner = len(self.levels) - depth > 1 and not self.levels[-2].mark
            if not level.items:
                self.levels.pop()
                continue
            if inner and (level.kin or not level.sep) and self._continues(level, self.levels[-2], following):
                level.sep, level.kin = "；", True
                break
            if level.kin or level.sep in ("，", "、") or (inner and not level.sep):
                self.line = level.whole
                self.levels.pop()
                continue
            if level.items and not level.sep:
                level.sep = "；"
                level.sure = level.words.endswith(("：", "，")) or bool(level.mark)
            break

    def _continues(self, level: Listing, outer: Listing, following: str) -> bool:
        """Whether the name behind a semicolon is one more of the inner list: `其中：购置费…；运行费…；接待费…`."""
        name = re.split(r"[\d，。；：]", following)[0]
        others = [item.phrase for item in outer.items if item is not level.whole]
        return bool(name) and self.grammar.continues([item.phrase for item in level.items], name, others)

    def _open(self, words: str, text: str, length: int) -> None:
        self._settle()
        line = self.line
        while self.stopped and line is not None and line.part_of is not None and line.part_of not in self.levels:
            line = line.part_of.whole  # a sentence of its own goes on about the total
        if line is None or not line.told or len(self.levels) >= MAX_DEPTH or line.aside:
            return
        if self.levels and self.levels[-1].whole is line and not self.levels[-1].items:
            self.levels[-1].words += words
            return
        complete = self.grammar.complete.search(text) is not None and not words.startswith("主要")
        listing = Listing(line, words, complete, bool(self.brackets), mark=self._style(text[length : length + 8]))
        self.levels.append(listing)
        self.out.lists.append(listing)

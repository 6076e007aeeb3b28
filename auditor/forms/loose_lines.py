"""Tables printed without separators: only lines, cells one space apart, a blank cell shown by one space more.

The text is read as a stream of words and numbers under the guidance of the form: 行次 in rising order for tables of
lanes, codes followed by names for tables of codes, one row of figures for the rest. Where blanks cannot be placed,
the figures of that row are left unread with the columns they may belong to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.forms.codes import is_code
from auditor.forms.printed_table import LooseCell, PrintedRow
from auditor.model.document import Cell
from auditor.model.labels import plain
from auditor.model.numbers import State, parse_literal
from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Paragraph
    from auditor.model.facts import Place
    from auditor.model.tables import Lane, Table

_WORD = re.compile(r"\S+")
_NUMBER = r"[-+−－]?\d[\d,]*(?:\.\d+)?%?"
_GLUED = re.compile(rf"^({_NUMBER})(?=[一二三四五六七八九十]+、)")
_PAGE_MARK = re.compile(r"^\s*[-—–]\s*\d{1,4}\s*[-—–]\s*$")


@dataclass(slots=True)
class Token:
    """A word or number of the stream; `gap` counts the spaces before it on its line, `first` begins a line."""

    text: str
    number: bool
    gap: int
    first: bool
    line: int
    place: Place
    trailing: int = 0  # spaces after it up to the end of the line; -1 when more follows


@dataclass(slots=True)
class LooseTable:
    """What was read from lines: rows, and figures that could not be placed."""

    rows: list[PrintedRow]
    unplaced: list[LooseCell]


def tokens_of(lines: Sequence[Paragraph]) -> list[Token]:
    """Split lines into words and numbers, keeping the spaces between them as evidence of blank cells."""
    tokens: list[Token] = []
    for number, paragraph in enumerate(lines):
        raw = paragraph.raw.replace("\u00a0", " ").replace("\u3000", " ")
        if _PAGE_MARK.match(raw):
            continue
        end = 0
        for word in _WORD.finditer(raw):
            text, gap = word.group(), word.start() - end
            end = word.end()
            glued = _GLUED.match(text)
            pieces = [glued.group(1), text[glued.end() :]] if glued else [text]
            for piece_number, piece in enumerate(pieces):
                state = parse_literal(piece).state
                tokens.append(
                    Token(
                        piece,
                        state not in (State.UNREADABLE, State.BLANK),
                        gap if piece_number == 0 else 0,
                        word.start() == len(raw) - len(raw.lstrip()) and piece_number == 0,
                        number,
                        paragraph.place,
                        -1,
                    )
                )
        if tokens and tokens[-1].line == number:
            tokens[-1].trailing = len(raw) - end
    return tokens


def read_loose(lines: Sequence[Paragraph], table: Table) -> LooseTable:
    """Read the lines below a title as a standard table."""
    tokens = tokens_of(lines)
    spaced = any(token.gap > 1 and token.number and not token.first for token in tokens) or any(
        token.trailing > 1 for token in tokens
    )
    reader = _Reader(tokens, table, keeps_blanks=spaced)
    if table.layout is Layout.LANES:
        reader.lanes()
    elif table.layout is Layout.CODES:
        reader.codes()
    else:
        reader.cells(lines)
    return LooseTable(reader.rows, reader.unplaced)


def read_squeezed(cell: Cell, table: Table) -> list[PrintedRow]:
    """Read a whole row that stands inside one cell; its figures may be cut off, so the rows are marked squeezed."""
    from auditor.model.document import Paragraph

    if table.layout is not Layout.LANES:
        return []
    reader = _Reader(tokens_of([Paragraph(cell.raw, cell.place)]), table, keeps_blanks=False, anywhere=True)
    reader.lanes()
    for row in reader.rows:
        row.squeezed = True
    return reader.rows


class _Reader:
    """Reads the stream; `anywhere` lets a row begin at any 行次 (a single row cut out of its table)."""

    def __init__(self, tokens: list[Token], table: Table, *, keeps_blanks: bool, anywhere: bool = False) -> None:
        self.ahead = 1000 if anywhere else 3
        self.tokens = tokens
        self.table = table
        self.keeps_blanks = keeps_blanks
        self.rows: list[PrintedRow] = []
        self.unplaced: list[LooseCell] = []

    # -- lanes: label 行次 figures, lane after lane ---------------------------------------------------------

    def lanes(self) -> None:
        lanes = self.table.lanes
        expected = [_lines_of(lane) for lane in lanes]
        done = [0] * len(lanes)  # highest 行次 read, per lane
        turn, i = 0, self._after_index()
        label: list[Token] = []
        while i < len(self.tokens):
            token = self.tokens[i]
            hit = self._lane_of(token, turn, expected, done)
            if hit is None:
                label = [] if token.number else [*label, token]
                i += 1
                continue
            lane, line = lanes[hit], whole_number(token.text) or 0
            done[hit] = line
            figures, i = self._figures(i + 1, len(lane.columns), self._next_lines(hit, expected, done))
            columns = [column.name for column in lane.columns]
            self._add(lane.name, _row_label(label, lane), line, token, figures, columns)
            turn, label = (hit + 1) % len(lanes), []

    def _lane_of(self, token: Token, turn: int, expected: list[list[int]], done: list[int]) -> int | None:
        """The lane whose next 行次 this token is, the lane whose turn it is first."""
        number = whole_number(token.text)
        if number is None:
            return None
        for step in range(len(expected)):
            lane = (turn + step) % len(expected)
            upcoming = [line for line in expected[lane] if line > done[lane]][: self.ahead]
            if number in upcoming and (number == upcoming[0] or step == 0):
                return lane
        return None

    def _next_lines(self, hit: int, expected: list[list[int]], done: list[int]) -> set[str]:
        """The 行次 that may come next: they end the figures of this row."""
        following = (hit + 1) % len(expected)
        upcoming = [line for line in expected[following] if line > done[following]][:1]
        return {str(line) for line in upcoming}

    # -- codes: code name figures ---------------------------------------------------------------------------

    def codes(self) -> None:
        width = len([column for column in self.table.columns if not column.optional])
        names = [column.name for column in self.table.columns if not column.optional]
        totals = {plain(label) for row in self.table.rows for label in (*row.labels, *row.found_by)}
        i = self._after_index()
        while i < len(self.tokens):
            token = self.tokens[i]
            text = plain(token.text)
            if token.number and self._starts_code(i):
                i, label = self._label(i + 1, totals)
                figures, i = self._figures(i, width, set())
                self._add("", label, None, token, figures, names, code=token.text)
            elif not token.number and text in totals and (token.first or width == 1):
                figures, i = self._figures(i + 1, width, set())
                self._add("", token.text, None, token, figures, names)
            else:
                i += 1

    def _starts_code(self, i: int) -> bool:
        token = self.tokens[i]
        if not is_code(token.text) or (self.table.codes == "functional" and not token.first):
            return False
        following = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        return following is not None and not following.number

    def _label(self, i: int, totals: set[str]) -> tuple[int, str]:
        words: list[Token] = []
        while i < len(self.tokens) and not self.tokens[i].number:
            if words and plain(self.tokens[i].text) in totals:
                break
            words.append(self.tokens[i])
            i += 1
        return i, _text(words)

    # -- cells: one row of figures --------------------------------------------------------------------------

    def cells(self, lines: Sequence[Paragraph]) -> None:
        names = [column.name for column in self.table.columns if not column.optional]
        i = self._after_index()
        if i == 0:
            return
        place = self.tokens[i - 1].place
        if i >= len(self.tokens):
            place = lines[-1].place
        figures, _ = self._figures(i, len(names), set())
        label = Token("", number=False, gap=0, first=True, line=-1, place=place)
        self._add("", "", None, label, figures, names)

    # -- common ---------------------------------------------------------------------------------------------

    def _after_index(self) -> int:
        """The position after the row that numbers the columns (栏次 1 2 …), or 0."""
        for i, token in enumerate(self.tokens[:400]):
            if token.text in ("栏次", "栏") or (token.text == "1" and token.first):
                j = i if token.text == "1" else i + 1
                seen = 0
                while j < len(self.tokens) and (
                    self.tokens[j].text == str(seen + 1) or self.tokens[j].text in ("栏次", "栏")
                ):
                    seen += self.tokens[j].number
                    j += 1
                if seen >= 2:
                    return j
        return 0

    def _figures(self, i: int, width: int, stop: set[str]) -> tuple[list[Token | None], int]:
        """Read the figures from token i on: a list of `width` cells with None for blanks; shorter if unclear."""
        taken: list[Token] = []
        while i < len(self.tokens) and self.tokens[i].number and len(taken) < width:
            token = self.tokens[i]
            if token.text in stop or (self._starts_code(i) and self.table.layout is Layout.CODES):
                break
            taken.append(token)
            i += 1
        if len(taken) in (0, width):
            return ([*taken] or [None] * width), i
        cells: list[Token | None] = []
        clear = self.keeps_blanks
        for number, token in enumerate(taken):
            blanks = max(0, token.gap - 1) if not (token.first or number == 0) else self._blanks_before(token)
            clear = clear and not (token.first and number > 0)
            cells.extend([None] * blanks)
            cells.append(token)
        rest = width - len(cells)
        trailing = taken[-1].trailing
        if not clear or rest < 0 or (trailing >= 1 and trailing not in (rest, rest + 1)):
            return [*taken], i
        return [*cells, *([None] * rest)], i

    def _blanks_before(self, token: Token) -> int:
        """Blank cells before the first figure of a row: spaces beyond the one that separates, or leading ones."""
        return token.gap if token.first else max(0, token.gap - 1)

    def _add(
        self,
        lane: str,
        label: str,
        line: int | None,
        token: Token,
        figures: Sequence[Token | None],
        columns: Sequence[str],
        *,
        code: str = "",
    ) -> None:
        row = PrintedRow(lane, label, [], token.place, code=code, line=line)
        if len(figures) == len(columns):
            row.cells = [
                (column, Cell(cell.text if cell else "", cell.place if cell else token.place))
                for column, cell in zip(columns, figures, strict=True)
            ]
        else:
            for cell in figures:
                if cell is not None:
                    self.unplaced.append(
                        LooseCell(Cell(cell.text, cell.place), label or code, "unread.blanks_unclear", tuple(columns))
                    )
        self.rows.append(row)


def _lines_of(lane: Lane) -> list[int]:
    """All 行次 of a lane in order, those of unnamed rows included."""
    known = [row.line for row in lane.rows if row.line] + [line for _, line in lane.classes or () if line]
    return list(range(min(known), max(known) + 1)) if known else []


def _row_label(tokens: Sequence[Token], lane: Lane) -> str:
    """The label before a 行次: the longest run of words that is a label of the form, else all of them."""
    labels = {plain(text) for row in lane.rows for text in (*row.labels, *row.found_by)}
    for start in range(len(tokens)):
        if plain(_text(tokens[start:])) in labels:
            return _text(tokens[start:])
    return _text(tokens)


def _text(tokens: Sequence[Token]) -> str:
    return "".join(token.text for token in tokens)

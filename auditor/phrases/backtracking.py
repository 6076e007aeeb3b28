"""Regular expressions that may run for ever: told from their parts, before they are ever run.

A search goes back over a text as often as there are ways to read one stretch of it. Where a repetition can read the
same stretch in two ways (`(a+)+`, `(a?a?)*`), the ways double with every character: such an expression is refused.
The ways are those of the position automaton of the expression (Glushkov): two different paths from a position back
to itself over the same word. Characters are told apart by those that the expression names and a few others.

What is approximate errs to the safe side: bounded repetitions count as unbounded ones, what looks ahead or behind as
always true. A possessive or atomic part is one step, because nothing goes back into it; its inside is judged alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as ops
from re import _parser as parser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SAMPLES = "0٣aZ_é一中， 。\n\t-–!/\ufffd\U0001f600"  # characters of every kind, beside those that are named
FEW = 4  # times: repetitions up to these are written out
MOST_POSITIONS = 400  # of one repetition whose inside repeats or chooses
MOST_STEPS = 1_000_000  # from pairs of positions to pairs
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT)
_AROUND = (ops.ASSERT, ops.ASSERT_NOT)
_CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}


@lru_cache(maxsize=8192)
def runs_away(source: str) -> bool:
    r"""Whether a regular expression can take time that doubles with every character of a text.

    >>> [runs_away(one) for one in ("(a+)+b", "(a|ab?)*", "(?:[^，]{1,30}x?)*", "(?:a?a?)*")]
    [True, False, True, True]
    >>> [runs_away(one) for one in (r"(?:\d+、)+", "(?:a++)+b", "a*b*", "(?:ab|ac)*", "(?>(?:a+)+)")]
    [False, False, False, False, True]
    """
    tree = parser.parse(source)
    alphabet = sorted({*SAMPLES, *_named(tree)})
    try:
        return any(_is_ambiguous(body, alphabet) for body in _repeated(tree))
    except _TooManyError:
        return True


def _named(tree: Any) -> Iterator[str]:
    """The characters that an expression names, and the neighbours of the ends of its ranges."""
    for op, value in _parts(tree):
        if op in (ops.LITERAL, ops.NOT_LITERAL):
            yield from {chr(value), chr(value).swapcase()[:1]}
        elif op is ops.RANGE:
            yield from (chr(code) for edge in value for code in (edge - 1, edge, edge + 1) if 0 <= code < 0x110000)


def _parts(node: Any) -> Iterator[tuple[Any, Any]]:
    """All the parts of an expression, those inside others too."""
    for op, value in node:
        yield op, value
        for inner in _inside(op, value):
            yield from _parts(inner)


def _inside(op: Any, value: Any) -> Iterable[Any]:
    if op in (*_REPEATS, ops.POSSESSIVE_REPEAT):
        return (value[2],)
    if op is ops.SUBPATTERN:
        return (value[3],)
    if op is ops.ATOMIC_GROUP:
        return (value,)
    if op in _AROUND:
        return (value[1],)
    if op is ops.BRANCH:
        return list(value[1])
    if op is ops.IN:
        return (value,)
    if op is ops.GROUPREF_EXISTS:
        return [item for item in value[1:] if item is not None]
    return ()


def _repeated(tree: Any) -> Iterator[Any]:
    """The outermost repetitions of an expression that may be read in several ways, and those inside closed parts."""
    for op, value in tree:
        if op in _REPEATS and value[1] > FEW:
            if any(inner in (*_REPEATS, ops.POSSESSIVE_REPEAT, ops.BRANCH) for inner, _ in _parts(value[2])):
                yield value[2]
            for closed, inside in _parts(value[2]):
                if closed in (ops.POSSESSIVE_REPEAT, ops.ATOMIC_GROUP, *_AROUND):
                    yield from (found for body in _inside(closed, inside) for found in _repeated(body))
        elif op is not ops.IN:
            for inner in _inside(op, value):
                yield from _repeated(inner)


class _TooManyError(Exception):
    """So many positions, or pairs of them, that nobody could tell."""


@dataclass(slots=True)
class _Automaton:
    """Positions with the characters that each reads, as bits; and which may follow which, and in how many ways."""

    alphabet: Sequence[str]
    reads: list[int] = field(default_factory=list)
    follows: list[dict[int, int]] = field(default_factory=list)

    def step(self, bits: int) -> _Piece:
        """A piece of one position."""
        if len(self.reads) == MOST_POSITIONS:
            raise _TooManyError
        self.reads.append(bits)
        self.follows.append({})
        return _Piece([len(self.reads) - 1], [len(self.reads) - 1], empty=False)

    def join(self, last: Iterable[int], first: Iterable[int]) -> None:
        """Let positions follow others."""
        first = list(first)
        for before in last:
            for after in first:
                self.follows[before][after] = self.follows[before].get(after, 0) + 1


@dataclass(slots=True)
class _Piece:
    """A part of an expression: the positions where it may begin and end, whether it may read nothing."""

    first: list[int]
    last: list[int]
    empty: bool


def _is_ambiguous(body: Any, alphabet: Sequence[str]) -> bool:
    """Whether repetitions of a part read some word in two ways, again and again."""
    made = _Automaton(alphabet)
    piece = _sequence(made, body)
    made.join(piece.last, piece.first)
    if any(ways > 1 for follows in made.follows for ways in follows.values()):
        return True
    return _comes_back(made)


def _comes_back(made: _Automaton) -> bool:
    """Whether two paths part at a position and meet there again over the same word."""
    forward: dict[tuple[int, int], set[tuple[int, int]]] = {}
    waiting = [(at, at) for at in range(len(made.reads))]
    seen = set(waiting)
    steps = 0
    while waiting:
        pair = waiting.pop()
        steps += len(made.follows[pair[0]]) * len(made.follows[pair[1]])
        if steps > MOST_STEPS:
            raise _TooManyError
        nexts = {
            (one, other) if one <= other else (other, one)
            for one in made.follows[pair[0]]
            for other in made.follows[pair[1]]
            if made.reads[one] & made.reads[other]
        }
        forward[pair] = nexts
        waiting += nexts - seen
        seen |= nexts
    # all of one repetition can be reached from all: a pair that parts and meets anywhere comes back
    parted = {after for pair, nexts in forward.items() if pair[0] == pair[1] for after in nexts if after[0] != after[1]}
    seen, waiting = set(parted), list(parted)
    while waiting:
        for after in forward[waiting.pop()]:
            if after[0] == after[1]:
                return True
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return False


def _sequence(made: _Automaton, node: Any) -> _Piece:
    whole = _Piece([], [], empty=True)
    for op, value in node:
        piece = _piece(made, op, value)
        if piece is None:
            continue
        made.join(whole.last, piece.first)
        first = [*whole.first, *piece.first] if whole.empty else whole.first
        last = [*piece.last, *whole.last] if piece.empty else piece.last
        whole = _Piece(first, last, whole.empty and piece.empty)
    return whole


def _piece(made: _Automaton, op: Any, value: Any) -> _Piece | None:
    """One part of a sequence; None for what reads nothing."""
    if op in (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY, ops.CATEGORY):
        return made.step(_bits(op, value, made.alphabet))
    if op is ops.SUBPATTERN:
        return _sequence(made, value[3])
    if op is ops.BRANCH:
        pieces = [_sequence(made, one) for one in value[1]]
        return _Piece(
            [at for piece in pieces for at in piece.first],
            [at for piece in pieces for at in piece.last],
            empty=any(piece.empty for piece in pieces),
        )
    if op in _REPEATS:
        return _repetition(made, value)
    if op in (ops.ATOMIC_GROUP, ops.POSSESSIVE_REPEAT):
        inside = _sequence(made, value if op is ops.ATOMIC_GROUP else value[2])
        return _closed(made, inside, empty=inside.empty or (op is ops.POSSESSIVE_REPEAT and not value[0]))
    if op in (ops.GROUPREF, ops.GROUPREF_EXISTS):
        return made.step((1 << len(made.alphabet)) - 1)
    return None


def _repetition(made: _Automaton, value: Any) -> _Piece:
    least, most, body = value
    if most > FEW:
        piece = _sequence(made, body)
        made.join(piece.last, piece.first)
        return _Piece(piece.first, piece.last, piece.empty or not least)
    whole = _sequence(made, [(ops.SUBPATTERN, (None, 0, 0, body))] * max(most, 1)) if least == most else None
    if whole is None:
        optional = (ops.MAX_REPEAT, (0, 1, body))
        if most == 1:
            piece = _sequence(made, body)
            return _Piece(piece.first, piece.last, empty=True)
        whole = _sequence(made, [*[(ops.SUBPATTERN, (None, 0, 0, body))] * least, *[optional] * (most - least)])
    return whole


def _closed(made: _Automaton, inside: _Piece, *, empty: bool) -> _Piece:
    """One step in place of a part that nothing goes back into."""
    bits = 0
    for at in inside.first:
        bits |= made.reads[at]
    lowest = min([*inside.first, *inside.last], default=len(made.reads))
    del made.reads[lowest:], made.follows[lowest:]
    piece = made.step(bits)
    return _Piece(piece.first, piece.last, empty)


def _bits(op: Any, value: Any, alphabet: Sequence[str]) -> int:
    return sum(1 << number for number, char in enumerate(alphabet) if _reads(op, value, char))


def _reads(op: Any, value: Any, char: str) -> bool:
    """Whether a part that reads one character reads this one."""
    if op is ops.LITERAL:
        return bool(ord(char) == value)
    if op is ops.NOT_LITERAL:
        return bool(ord(char) != value)
    if op is ops.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if op is ops.CATEGORY:
        return re.match(_CATEGORIES[value], char) is not None
    if op is ops.IN:
        negated = value[0][0] is ops.NEGATE
        return negated != any(_reads(one, what, char) for one, what in value[negated:])
    return True

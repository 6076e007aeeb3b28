"""Statements about sets, words and presence: `same as`, `in phrase(…)`, `exists`, `once`, `ordered`.

A set per instance is a column of a boolean matrix: members × instances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.digits import begins_with_digit
from auditor.engine.bind.references import bind_ref
from auditor.engine.bind.selections import doubtful, unsure_rows
from auditor.engine.facts.chunk import Status
from auditor.engine.facts.fact_table import STATE_CODE
from auditor.engine.verdicts import Reason, Verdict
from auditor.model.labels import without
from auditor.model.numbers import NUMERIC, State
from auditor.model.row_names import RowName
from auditor.rules.nodes import Phrases, SetLiteral, SetOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.engine.bind.instances import Instances
    from auditor.engine.bind.linear_forms import Select
    from auditor.engine.bind.selections import Segments
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints
    from auditor.rules.nodes import Membership, Predicate, SetRelation
    from auditor.rules.plan import Ref

Judgement = tuple["Bytes", "Bytes", "tuple[Ints, Ints]"]
_NUMBERS = [STATE_CODE[state] for state in (*NUMERIC, State.MARK)]


class _Members:
    """The members that occur in a statement, numbered; sets become matrices over them."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.shown: list[str] = []  # each as it was met first

    def of(self, text: str) -> int:
        number = self.number.setdefault(_folded(text), len(self.number))
        if number == len(self.shown):
            self.shown.append(text)
        return number

    def known(self, text: str) -> int:
        """The number of a member; −1 where it is none."""
        return self.number.get(_folded(text), -1)


def _folded(text: str) -> str:
    """A name as it is compared: 其他社会保障缴费支出 in a sentence is 其他社会保障缴费 of a table."""
    return without(text, "支出")


def judge_sets(statement: SetRelation, instances: Instances, select: Select) -> Judgement:
    """Judge `same as`, `subset of`, `disjoint from` for every instance."""
    members = _Members()
    left, reason_left, operands = _pairs(statement.left, instances, members, select)
    right, reason_right, others = _pairs(statement.right, instances, members, select)
    holds = _compare(statement.operator, _matrix(left, members, instances), _matrix(right, members, instances))
    verdict = np.where(holds, Verdict.CONSISTENT, Verdict.INCONSISTENT).astype(np.uint8)
    reason = np.maximum(reason_left, reason_right)
    unsure = _unsure(statement, instances) & ~holds
    reason[unsure] = np.maximum(reason[unsure], np.uint8(Reason.UNREAD_ROW))
    return verdict, reason, _merge(operands, others)


def _unsure(statement: SetRelation, instances: Instances) -> Flags:
    """Per instance: whether rows without a name may be the members that a set seems to lack.

    A common member of two sets that must have none is one whatever else was not read; so is one too many only where
    the set that should hold it was read whole.
    """
    sides = {"same as": (statement.left, statement.right), "subset of": (statement.right,)}
    out = np.zeros(len(instances), dtype=np.bool_)
    for side in sides.get(statement.operator, ()):
        for item in side.items if isinstance(side, SetOf) else ():
            out |= doubtful(item, instances)
    return out


def _compare(operator: str, left: Flags, right: Flags) -> Flags:
    if operator == "same as":
        return np.asarray(~(left ^ right).any(axis=0))
    if operator == "subset of":
        return np.asarray(~(left & ~right).any(axis=0))
    return np.asarray(~(left & right).any(axis=0))


def _matrix(pairs: tuple[Ints, Ints], members: _Members, instances: Instances) -> Flags:
    """Members × instances: which member is in the set of which instance. An instance of −1 means all."""
    out = np.zeros((max(1, len(members.number)), len(instances)), dtype=np.bool_)
    member, instance = pairs
    out[member[instance < 0]] = True
    kept = instance >= 0
    out[member[kept], instance[kept]] = True
    return out


def _pairs(
    node: Any, instances: Instances, members: _Members, select: Select
) -> tuple[tuple[Ints, Ints], Bytes, tuple[Ints, Ints]]:
    """The (member, instance) pairs of a set, a reason per instance, and the facts behind it."""
    none = np.zeros(0, dtype=np.int32)
    if isinstance(node, (SetLiteral, Phrases)):
        items = node.items if isinstance(node, SetLiteral) else instances.chunk.book.all_lists[node.name]
        numbers = np.array([members.of(item) for item in items], dtype=np.int32)
        return (numbers, np.full(len(numbers), -1, dtype=np.int32)), np.zeros(len(instances), np.uint8), (none, none)
    assert isinstance(node, SetOf)
    found: list[tuple[Ints, Ints]] = []
    reason = np.zeros(len(instances), dtype=np.uint8)
    operands = (none, none)
    for item in node.items:
        segments = select(item, instances)
        reason = np.maximum(reason, segments.reason)
        found.append(_selected(node.function, segments, instances, members))
        operands = _merge(operands, (segments.instance, segments.position))
    member = np.concatenate([pair[0] for pair in found])
    return (member, np.concatenate([pair[1] for pair in found])), reason, operands


def _selected(function: str, segments: Segments, instances: Instances, members: _Members) -> tuple[Ints, Ints]:
    """The members that the rows of a selection give: codes, printed names, or listed items."""
    block = segments.block
    if block is None:
        return segments.rows, segments.instance
    if function == "codes":
        codes = [RowName.parse(name).code for name in block.plain_rows]
        numbers = np.array([members.of(code) if code else -1 for code in codes] or [-1], dtype=np.int32)
        member = numbers[segments.rows]
        return member[member >= 0], segments.instance[member >= 0]
    texts = instances.chunk.facts.texts
    out: list[tuple[int, int]] = []
    for at, row, position in zip(segments.instance, segments.rows, segments.position, strict=True):
        if function == "names":
            info = instances.chunk.infos[int(instances.filing[at])]
            name = block.plain_rows[row]
            out.append((members.of(info.names.get((block.table.name, name), name)), int(at)))
        else:
            out += [(members.of(text), int(at)) for text in texts.get(int(position), "").split("、") if text]
    pairs = np.array(out, dtype=np.int32).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def differences(statement: SetRelation, instances: Instances, select: Select) -> str:
    """Tell, for one instance, what the left set has too many and what it lacks: `+221、222；−208`."""
    members = _Members()
    pairs = [_pairs(side, instances, members, select)[0] for side in (statement.left, statement.right)]
    names = members.shown
    sets = [
        {names[n] for n in np.nonzero(_matrix(pair, members, instances)[:, 0])[0]} if names else set() for pair in pairs
    ]
    left, right = sets
    if statement.operator == "disjoint from":
        return "、".join(sorted(left & right))
    more = "、".join(sorted(left - right))
    less = "、".join(sorted(right - left)) if statement.operator == "same as" else ""
    return "；".join(part for part in (f"+{more}" if more else "", f"−{less}" if less else "") if part)


def judge_membership(statement: Membership, instances: Instances, select: Select) -> Judgement:
    """Judge `word in …` for every instance."""
    bound = bind_ref(statement.address, instances)
    members = _Members()
    pairs, reason, operands = _pairs(statement.members, instances, members, select)
    matrix = _matrix(pairs, members, instances)
    texts = instances.chunk.facts.texts
    verdict = np.full(len(instances), Verdict.INCONSISTENT, dtype=np.uint8)
    for number, position in enumerate(bound.position):
        member = members.known(texts.get(int(position), ""))
        if position >= 0 and member >= 0 and matrix[member, number]:
            verdict[number] = Verdict.CONSISTENT
    unknown = (bound.position < 0) & (bound.reason == 0)
    reason = np.maximum(reason, np.where(unknown, Reason.UNKNOWN_FACT, bound.reason)).astype(np.uint8)
    hit = np.nonzero(bound.position >= 0)[0].astype(np.int32)
    return verdict, reason, _merge(operands, (hit, bound.position[hit]))


def judge_predicate(statement: Predicate, instances: Instances, select: Select) -> Judgement:
    """Judge `exists printed once ordered blank` for every instance."""
    ref: Ref = statement.selection
    segments = select(ref, instances)
    holds = _TESTS[statement.name](segments, instances)
    verdict = np.where(holds, Verdict.CONSISTENT, Verdict.INCONSISTENT).astype(np.uint8)
    reason = _asked(statement.name, ref, segments, instances)
    if statement.name in ("exists", "printed"):
        reason[holds & (reason == Reason.UNREADABLE)] = Reason.NONE  # what is there is there, whatever was lost
        if not instances.chunk.tables[ref.table].about:
            lost = ~holds & unsure_rows(ref, instances)
            reason[lost] = np.maximum(reason[lost], np.uint8(Reason.UNREAD_ROW))
    if statement.name == "once":  # what is not there at all is not there twice
        nowhere = ~_some(segments, instances)
        reason[nowhere] = np.maximum(reason[nowhere], np.uint8(Reason.MISSING_ROW))
    return verdict, reason, (segments.instance, segments.position)


def _asked(name: str, ref: Ref, segments: Segments, instances: Instances) -> Bytes:
    """A table that is not there answers `exists` and `printed`; what could not be read answers nothing."""
    reason = segments.reason.copy()
    status = instances.chunk.status(ref.table)[instances.filing]
    if name in ("exists", "printed"):
        reason[reason == Reason.MISSING_ROW] = Reason.NONE
        reason[(status == Status.MISSING) | (status == Status.FOREIGN)] = Reason.NONE
    if name != "ordered":
        reason[reason == Reason.MARK] = Reason.NONE
    return reason


def _some(segments: Segments, instances: Instances, states: list[int] | None = None) -> Flags:
    """Whether an instance has a fact (of some states)."""
    instance = segments.instance
    if states is not None:
        instance = instance[np.isin(instances.chunk.facts.state[segments.position], states)]
    return np.asarray(np.bincount(instance, minlength=len(instances)) > 0)


def _exists(segments: Segments, instances: Instances) -> Flags:
    return _some(segments, instances)


def _printed(segments: Segments, instances: Instances) -> Flags:
    return _some(segments, instances, _NUMBERS)


def _blank(segments: Segments, instances: Instances) -> Flags:
    return ~_some(segments, instances, [STATE_CODE[State.VALUE]])


def _once(segments: Segments, instances: Instances) -> Flags:
    if segments.block is None:
        return np.zeros(len(instances), dtype=np.bool_)
    key = np.unique(segments.instance.astype(np.int64) * len(segments.block.rows) + segments.rows)
    return np.asarray(np.bincount(key // len(segments.block.rows), minlength=len(instances)) == 1)


def _ordered(segments: Segments, instances: Instances) -> Flags:
    """Codes in printed order must rise."""
    out = np.ones(len(instances), dtype=np.bool_)
    if segments.block is None:
        return out
    names = segments.block.plain_rows
    rank = np.empty(len(names), dtype=np.int64)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    code = np.array([begins_with_digit(name) for name in names], dtype=np.bool_)[segments.rows]
    instance, position, order = segments.instance[code], segments.position[code], rank[segments.rows[code]]
    printed = np.lexsort((position, instance))
    instance, order = instance[printed], order[printed]
    falls = (np.diff(order) < 0) & (np.diff(instance) == 0)
    out[instance[1:][falls]] = False
    return out


_TESTS: dict[str, Callable[[Segments, Instances], Flags]] = {
    "exists": _exists,
    "printed": _printed,
    "blank": _blank,
    "once": _once,
    "ordered": _ordered,
}


def _merge(a: tuple[Ints, Ints], b: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Join operand lists, rising by instance."""
    instance = np.concatenate([a[0], b[0]])
    position = np.concatenate([a[1], b[1]])
    order = np.argsort(instance, kind="stable")
    return instance[order], position[order]

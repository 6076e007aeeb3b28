"""Statements about sets, words and presence: `same as`, `in phrase(…)`, `exists`, `once`, `ordered` …

These are rare beside the sums, and are judged instance by instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.engine.chunk import STATES, Status
from auditor.engine.instances import Instances, bind_ref, bind_selection
from auditor.engine.verdicts import Reason, Verdict
from auditor.numbers import NUMERIC, State
from auditor.rules.statement import Phrases, SetLiteral, SetOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.engine.chunk import Bytes, Ints
    from auditor.engine.instances import Segments
    from auditor.rules.resolve import Ref
    from auditor.rules.statement import Membership, Predicate, SetRelation

Judgement = tuple["Bytes", "Bytes", "tuple[Ints, Ints]"]


def judge_sets(statement: SetRelation, instances: Instances) -> Judgement:
    """Judge `same as`, `subset of`, `disjoint from` for every instance."""
    left, reason_left, operands = _sets(statement.left, instances)
    right, reason_right, others = _sets(statement.right, instances)
    holds = {
        "same as": lambda a, b: a == b,
        "subset of": lambda a, b: a <= b,
        "disjoint from": lambda a, b: not a & b,
    }[statement.operator]
    verdict = np.fromiter(
        (Verdict.CONSISTENT if holds(a, b) else Verdict.INCONSISTENT for a, b in zip(left, right, strict=True)),
        dtype=np.uint8,
        count=len(instances),
    )
    return verdict, np.maximum(reason_left, reason_right), _merge(operands, others)


def differences(statement: SetRelation, instances: Instances) -> str:
    """Tell, for one instance, what the left set has too many and what it lacks: `+221、222；−208`."""
    left, right = _sets(statement.left, instances)[0][0], _sets(statement.right, instances)[0][0]
    common = sorted(left & right)
    if statement.operator == "disjoint from":
        return "、".join(common)
    more = "、".join(sorted(left - right))
    less = "、".join(sorted(right - left)) if statement.operator == "same as" else ""
    return "；".join(part for part in (f"+{more}" if more else "", f"−{less}" if less else "") if part)


def _sets(node: Any, instances: Instances) -> tuple[list[set[str]], Bytes, tuple[Ints, Ints]]:
    size = len(instances)
    none = np.zeros(0, dtype=np.int32)
    if isinstance(node, SetLiteral):
        return [set(node.items)] * size, np.zeros(size, dtype=np.uint8), (none, none)
    if isinstance(node, Phrases):
        return [set(instances.chunk.book.all_lists[node.name])] * size, np.zeros(size, dtype=np.uint8), (none, none)
    assert isinstance(node, SetOf)  # noqa: S101 — the grammar has no other
    from auditor.engine.evaluate import filtered  # noqa: PLC0415 — conditions of a selection are statements

    members: list[set[str]] = [set() for _ in range(size)]
    reason = np.zeros(size, dtype=np.uint8)
    operands = (none, none)
    for item in node.items:
        segments = filtered(item, instances)  # type: ignore[arg-type]
        reason = np.maximum(reason, segments.reason)
        for at, row, position in zip(segments.instance, segments.rows, segments.position, strict=True):
            members[int(at)] |= _member(node.function, segments, int(row), int(position), instances, int(at))
        operands = _merge(operands, (segments.instance, segments.position))
    return members, reason, operands


def _member(
    function: str, segments: Segments, row: int, position: int, instances: Instances, at: int
) -> set[str]:
    assert segments.block is not None  # noqa: S101
    name = segments.block.plain_rows[row]
    if function == "codes":
        code = name.rsplit("/", 1)[-1]
        return {code} if code[:1].isdigit() else set()
    if function == "names":
        info = instances.chunk.infos[int(instances.filing[at])]
        return {info.names.get((segments.block.table.name, name), name)}
    return set(filter(None, instances.chunk.facts.texts.get(position, "").split("、")))


def judge_membership(statement: Membership, instances: Instances) -> Judgement:
    """Judge `word in …` for every instance."""
    bound = bind_ref(statement.address, instances)  # type: ignore[arg-type]
    members, reason, operands = _sets(statement.members, instances)
    texts = instances.chunk.facts.texts
    verdict = np.full(len(instances), Verdict.INCONSISTENT, dtype=np.uint8)
    for number, position in enumerate(bound.position):
        if position >= 0 and texts.get(int(position), "") in members[number]:
            verdict[number] = Verdict.CONSISTENT
    reason = np.maximum(reason, np.where((bound.position < 0) & (bound.reason == 0), Reason.UNKNOWN_FACT, bound.reason))
    hit = np.nonzero(bound.position >= 0)[0].astype(np.int32)
    return verdict, reason.astype(np.uint8), _merge(operands, (hit, bound.position[hit]))


def judge_predicate(statement: Predicate, instances: Instances) -> Judgement:
    """Judge `exists printed once ordered blank` for every instance."""
    ref: Ref = statement.selection  # type: ignore[assignment]
    segments = bind_selection(ref, instances)
    test = _TESTS[statement.name]
    verdict = np.full(len(instances), Verdict.INCONSISTENT, dtype=np.uint8)
    start = np.searchsorted(segments.instance, np.arange(len(instances) + 1))
    for number in range(len(instances)):
        part = slice(start[number], start[number + 1])
        if test(segments.position[part], segments.rows[part], segments, instances):
            verdict[number] = Verdict.CONSISTENT
    reason = _asked(statement.name, ref, segments, instances)
    return verdict, reason, (segments.instance, segments.position)


def _asked(name: str, ref: Ref, segments: Segments, instances: Instances) -> Bytes:
    """A table that is not there answers `exists` and `printed`; what could not be read answers nothing."""
    reason = segments.reason.copy()
    status = instances.chunk.status(ref.table)[instances.filing]
    if name in ("exists", "printed"):
        reason[reason == Reason.MISSING_ROW] = Reason.NONE
        reason[(status == Status.MISSING) | (status == Status.FOREIGN)] = Reason.NONE
    if name in ("exists", "once", "blank", "printed"):
        reason[reason == Reason.MARK] = Reason.NONE
    return reason


def _states(position: Ints, instances: Instances) -> list[State]:
    return [STATES[code] for code in instances.chunk.facts.state[position]]


def _exists(position: Ints, _rows: Ints, _segments: Segments, _instances: Instances) -> bool:
    return len(position) > 0


def _printed(position: Ints, _rows: Ints, _segments: Segments, instances: Instances) -> bool:
    return any(state in NUMERIC or state is State.MARK for state in _states(position, instances))


def _blank(position: Ints, _rows: Ints, _segments: Segments, instances: Instances) -> bool:
    return not any(state is State.VALUE for state in _states(position, instances))


def _once(_position: Ints, rows: Ints, segments: Segments, _instances: Instances) -> bool:
    return segments.block is not None and len(set(rows.tolist())) == 1


def _ordered(position: Ints, rows: Ints, segments: Segments, _instances: Instances) -> bool:
    if segments.block is None:
        return True
    names = [segments.block.plain_rows[row] for row in rows[np.argsort(position, kind="stable")]]
    codes = [name for name in names if name[:1].isdigit()]
    return all(a <= b for a, b in zip(codes, codes[1:], strict=False))


_TESTS: dict[str, Callable[[Any, Any, Segments, Instances], bool]] = {
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

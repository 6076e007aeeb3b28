"""Audit filings: bind the whole rule book, judge, group, and keep a ledger that adds up."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.bind.reasons import reasons_of_status
from auditor.engine.checks import Check, Operand
from auditor.engine.facts.chunk import Chunk
from auditor.engine.facts.pool import FactPool
from auditor.engine.findings import Audit, CheckLedger, Finding, Mark, NotEvaluated, Severity
from auditor.engine.judge.evaluate import evaluate, filtered
from auditor.engine.judge.outcomes import instance_text
from auditor.engine.localise.check_matrix import CheckMatrix
from auditor.engine.localise.doubted import trusted
from auditor.engine.localise.equations import Equations
from auditor.engine.localise.evidence import Evidence
from auditor.engine.localise.grouping import Group, group_checks, repairs_of
from auditor.engine.localise.lost_rows import lost_rows
from auditor.engine.localise.whole_tables import whole_causes
from auditor.engine.retold import is_retold_nearly
from auditor.engine.settled import settle
from auditor.engine.verdicts import Note, Reason, Verdict
from auditor.model.facts import ReadBy
from auditor.model.filing import PROSE_REASONS, BoundBy
from auditor.model.units import Rounding
from auditor.rules.nodes import Aggregate, Negation, Predicate, Relation, SetRelation, WrittenNumber
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auditor.engine.facts.pool import View
    from auditor.engine.judge.outcomes import Evaluation, Outcome
    from auditor.model.entities import Entities
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.rules.plan import Plan

_SEVERITY = {RuleKind.LOGICAL: Severity.ERROR, RuleKind.EXPLAIN: Severity.WARNING, RuleKind.HINT: Severity.INFO}
MANY = 4  # failing checks without a few figures behind them: more likely misread than wrong, somebody has to look
_RANK = {severity: number for number, severity in enumerate(Severity)}


def audit_filings(
    filings: Sequence[Filing],
    book: RuleBook,
    mode: Rounding = Rounding.HALF_UP,
    entities: Entities | None = None,
    *,
    prove_clean: bool = True,
) -> list[Audit]:
    """Audit filings together, so that each can see its partners; one result per filing.

    Without `prove_clean` the tails of a filing that is accused of nothing stay without proofs, which only its report
    would show.

    Partners are the filing of last year, the budget of a final account, the units of a department: told by name, year,
    report and edition, names as `entities` knows them.
    """
    dynamic = [table for filing in filings for table in filing.dynamic.values()]
    evaluation = evaluate(book.all_plans(dynamic), Chunk.of(filings, book.forms, mode, entities))
    matrix = CheckMatrix(evaluation)
    before = evaluation.chunk.partners["上年"]
    pool = FactPool(filings, evaluation.chunk)
    views = [pool.view(number) for number in range(len(filings))]
    audits = [
        _one(
            number,
            filing,
            matrix,
            views[number],
            filings[before[number]] if before[number] >= 0 else None,
            prove_clean=prove_clean,
        )
        for number, filing in enumerate(filings)
    ]
    if len(audits) > 1:
        settle(audits, views)
    for audit, view in zip(audits, views, strict=True):
        _mark(audit, evaluation, view)
    return audits


def _one(
    number: int, filing: Filing, matrix: CheckMatrix, view: View, last_year: Filing | None, *, prove_clean: bool
) -> Audit:
    evaluation, facts, start = matrix.evaluation, view.facts, view.start
    ledger = CheckLedger()
    failing: list[Check] = []
    tails: list[Check] = []
    made: dict[tuple[int, int], Check] = {}
    missing: Counter[tuple[str, Reason, str]] = Counter()
    rules = {}
    good: Counter[int] = Counter()
    passed: Counter[str] = Counter()
    for outcome in evaluation.outcomes:
        rules[outcome.plan.rule.id] = outcome.plan.rule
        for check in np.nonzero(outcome.filing == number)[0]:
            i = int(check)
            verdict = Verdict(int(outcome.verdict[i]))
            ledger.counts[verdict] += 1
            if verdict is Verdict.CONSISTENT:
                passed[outcome.plan.rule.id] += 1
                if outcome.plan.rule.once:
                    continue  # a question about wording proves no figure
                good.update(view.local(p) for p in outcome.positions(i))
            elif verdict in (Verdict.ROUNDING, Verdict.INCONSISTENT):
                one = check_of(outcome, i, verdict, view.local)
                (tails if verdict is Verdict.ROUNDING else failing).append(one)
                made[id(outcome), i] = one
            elif verdict is Verdict.NOT_EVALUATED:
                where = _where(outcome, i, evaluation, filing, start)
                missing[outcome.plan.rule.id, Reason(int(outcome.reason[i])), where] += 1
    for vacant in evaluation.vacant:
        rules[vacant.plan.rule.id] = vacant.plan.rule
        for reason in vacant.reason[vacant.filing == number]:
            why = Reason(int(reason))
            ledger.counts[Verdict.NOT_EVALUATED if why.applies else Verdict.NOT_APPLICABLE] += 1
            if why.applies:
                where = _lost_table(vacant.plan, why, evaluation.chunk, number) or _first_table(vacant.plan)
                missing[vacant.plan.rule.id, why, where] += 1
    names = {position: str(fact.address) for position, fact in enumerate(facts)}  # those of partners after its own
    equations = Equations(matrix.rows(number), start, made)
    group = partial(localised, equations=equations, view=view, good=good, names=names, last_year=last_year)
    prose = [name for name, table in evaluation.chunk.tables.items() if table.prose]
    wholes = whole_causes(failing, facts, prose, equations)
    settled = {id(check) for whole in wholes for check in whole.checks}
    equations.leave_out(check for whole in wholes for check in whole.checks)
    groups = [Group(list(whole.checks), [], whole=whole) for whole in wholes]
    groups += trusted(group, [check for check in failing if id(check) not in settled], made, equations, number)
    groups += _proved(groups, tails, equations, prove=prove_clean or bool(groups))
    findings = _findings(groups, filing, facts, names)
    not_evaluated = [NotEvaluated(rules[rule], why, where, count) for (rule, why, where), count in missing.items()]
    return Audit(filing, facts, ledger, findings, not_evaluated, [], passed=passed)


def localised(
    failing: Sequence[Check],
    equations: Equations,
    view: View,
    good: Mapping[int, int],
    names: Mapping[int, str],
    last_year: Filing | None,
) -> list[Group]:
    """The failing checks of a filing, grouped by the figures behind them."""
    if not failing:
        return []
    lost = lost_rows(failing, view.facts[: view.size])
    explained = {id(check) for one in lost for check in one.checks}
    equations.leave_out(check for one in lost for check in one.checks)
    rest = [check for check in failing if id(check) not in explained]
    groups = [Group(sorted(one.checks, key=lambda check: check.statement), [], lost=one) for one in lost]
    return groups + group_checks(rest, Evidence(view.facts, good, names, equations, last_year, view.size))


def _proved(groups: Sequence[Group], tails: Sequence[Check], equations: Equations, *, prove: bool) -> list[Group]:
    """The tails, each with its proof where there is one; the repairs of groups get theirs."""
    repairs = repairs_of(groups)
    known = equations.proofs(repairs) if prove and (tails or repairs) else []
    proofs = {id(check): proof for proof in known for check in proof.tails}
    for group in groups:
        if group.suspects and group.suspects[0].fact in repairs:
            group.proof = proofs.get(id(group.checks[0]))
    return [Group([check], [], proof=proofs.get(id(check))) for check in tails]


def check_of(outcome: Outcome, i: int, verdict: Verdict, local: Callable[[int], int]) -> Check:
    """Write one evaluated check as a record; `local` counts positions of the long table from its filing's first."""
    statement = outcome.statement
    relation = statement.statement if isinstance(statement, Negation) else statement
    operator = relation.operator if isinstance(relation, (Relation, SetRelation)) else ""
    if isinstance(statement, Negation):
        operator = f"not {operator}"
    linear = outcome.linear
    if linear is None:
        operands = tuple(Operand(local(p), 0) for p in outcome.positions(i))
        return Check(
            outcome.plan.rule,
            instance_text(outcome, i),
            verdict,
            operands,
            note=Note(int(outcome.note[i])),
            operator=operator,
            linear=False,
            detail=_detail(outcome, i),
            rate=outcome.rates.get(i),
        )
    flat, facts = linear.flat, outcome.instances.chunk.facts
    first, last = np.searchsorted(flat.instance, [i, i + 1])
    operands = _in_order(
        [
            (Operand(local(int(p)), int(c), bool(side)), (int(facts.table[p]), int(facts.column[p])))
            for p, c, side in zip(
                flat.position[first:last], flat.coefficient[first:last], flat.left[first:last], strict=True
            )
        ]
    )
    gap = int(outcome.gap[i])
    allowed = int(outcome.allowed[i]) if outcome.allowed is not None else 0
    return Check(
        outcome.plan.rule,
        instance_text(outcome, i),
        verdict,
        operands,
        gap,
        allowed,
        linear.scale,
        Note(int(outcome.note[i])),
        operator,
        True,
        int(linear.constant[i]),
        footing=outcome.footings[i] if outcome.footings else None,
        unlisted=isinstance(relation, Relation) and _is_unlisted(relation, operands),
    )


def _is_unlisted(relation: Relation, operands: Sequence[Operand]) -> bool:
    """Whether one side of a relation names figures of which none is printed."""
    printed = {operand.left for operand in operands}
    sides = ((True, relation.left), (False, relation.right))
    return any(
        left not in printed
        and bool(side.terms)
        and not any(
            isinstance(t.factor, WrittenNumber) or getattr(t.factor, "function", "") == "count" for t in side.terms
        )
        for left, side in sides
    )


def _is_count(factor: object) -> bool:
    return isinstance(factor, Aggregate) and factor.function == "count"


def _in_order(operands: Sequence[tuple[Operand, tuple[int, int]]]) -> tuple[Operand, ...]:
    """Operands in the order of their terms, those of one column as they are printed, whatever else is in the chunk."""
    runs = itertools.groupby(operands, lambda pair: (pair[0].left, pair[0].coefficient, pair[1]))
    return tuple(one for _, run in runs for one in sorted((pair[0] for pair in run), key=lambda o: o.fact))


def _detail(outcome: Outcome, i: int) -> str:
    """What a statement about sets or presence found: members too many and missing."""
    from auditor.engine.judge.set_relations import differences

    statement = outcome.statement
    relation = statement.statement if isinstance(statement, Negation) else statement
    if isinstance(relation, SetRelation):
        return differences(relation, outcome.instances.take(np.array([i])), filtered)
    if isinstance(relation, Predicate):
        return relation.name
    return ""


def _where(outcome: Outcome, i: int, evaluation: Evaluation, filing: Filing, start: int) -> str:
    """What kept a check from being evaluated: a figure, a table, or what the check is about.

    Checks that one table or row keeps from being evaluated name the same place, whatever their columns.
    """
    plan, why, number = outcome.plan, Reason(int(outcome.reason[i])), int(outcome.filing[i])
    if why is Reason.NO_PARTNER:
        return next((f"{ref.table}@{ref.context}" for ref in plan.refs if ref.context), plan.table)
    facts = filing.all_facts
    for position in outcome.positions(i):
        fact = facts[position - start] if 0 <= position - start < len(facts) else None
        if fact is not None and fact.reason:
            return str(fact.address)
    lost = _lost_table(plan, why, evaluation.chunk, number)
    if lost or not plan.table:
        return lost or _first_table(plan)
    one_row = why in (Reason.MISSING_ROW, Reason.UNREAD_ROW) and outcome.instances.rows is None
    row = "" if one_row and not outcome.instances.values else instance_text(outcome, i)
    return f"{plan.table}[{row}]" if row else plan.table


def _lost_table(plan: Plan, why: Reason, chunk: Chunk, number: int) -> str:
    """The first table of a plan that as a whole gives this reason in a filing, or ''."""
    return next((t for t in _tables(plan) if reasons_of_status(chunk.status(t))[number] == why), "")


def _first_table(plan: Plan) -> str:
    return next(iter(_tables(plan)), "")


def _tables(plan: Plan) -> list[str]:
    return [table for table in dict.fromkeys([plan.table, *plan.tables]) if table]


def _findings(
    groups: Sequence[Group], filing: Filing, all_facts: Sequence[Fact], names: dict[int, str]
) -> list[Finding]:
    seen: Counter[str] = Counter()
    made = []
    pictured = {position for position, fact in enumerate(all_facts) if fact.read_by is ReadBy.OCR}
    scanned = {all_facts[position].address.table for position in pictured}
    guessed = {table.table for table in filing.tables if table.bound_by is BoundBy.GUESS}
    unsure = set()
    for group in groups:
        main = group.checks[0]
        if main.verdict is Verdict.ROUNDING:
            severity = Severity.WARNING if main.note is Note.TENSION else Severity.INFO
        elif (
            _is_of_partner(group)
            or group.doubt is not None
            or all(check.note is Note.ONE_DIGIT or is_retold_nearly(check, all_facts) for check in group.checks)
        ):
            severity = Severity.INFO
        else:
            severity = min((_SEVERITY[check.rule.kind] for check in group.checks), key=_RANK.__getitem__)
            if group.unexplained and len(group.checks) >= MANY and severity is Severity.ERROR:
                severity = Severity.WARNING
        if pictured and any(_is_recognised(check, pictured, scanned) for check in group.checks):
            unsure.add(id(group))
            severity = Severity.INFO
            group.suspects = [suspect for suspect in group.suspects if suspect.fact in pictured]
        if guessed and any(
            all_facts[o.fact].address.table in guessed for check in group.checks for o in check.operands
        ):
            severity = Severity.INFO
        facts = [s.fact for s in group.suspects] or [o.fact for check in group.checks for o in check.operands]
        identity = _fingerprint(filing, sorted({names[fact] for fact in facts}) or [main.rule.id])
        made.append((severity, group, identity))
    made.sort(
        key=lambda item: (
            _RANK[item[0]],
            item[1].checks[0].verdict != Verdict.INCONSISTENT,
            item[1].checks[0].rule.id,
            item[1].checks[0].statement,
        )
    )
    findings = []
    for severity, group, identity in made:
        seen[identity] += 1
        unique = identity if seen[identity] == 1 else f"{identity}-{seen[identity]}"
        findings.append(
            Finding(
                unique,
                severity,
                group.checks[0].verdict,
                tuple(group.checks),
                tuple(group.suspects),
                group.unexplained,
                group.proof,
                id(group) in unsure,
                tuple(group.also),
                lost=group.lost,
                doubt=group.doubt,
                whole=group.whole,
            )
        )
    return findings


def _is_of_partner(group: Group) -> bool:
    """Whether it is another filing's table that is wrong as a whole: its own report has the finding."""
    return group.whole is not None and "@" in group.whole.scope.table


def _is_recognised(check: Check, pictured: set[int], scanned: set[str]) -> bool:
    """Whether a check rests on figures recognised from pictures, or misses a row in a table of such figures."""
    if any(operand.fact in pictured for operand in check.operands):
        return True
    return not check.operands and (not check.rule.form or not scanned.isdisjoint(check.rule.form))


def _fingerprint(filing: Filing, addresses: Sequence[str]) -> str:
    key = filing.key
    text = "\n".join([key.entity, str(key.year), key.report, *addresses])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return "-".join(digest[i : i + 4] for i in (0, 4, 8))


def _mark(audit: Audit, evaluation: Evaluation, view: View) -> None:
    """Mark every fact by what is known of it, and count printed, checked and confirmed figures."""
    checked, confirmed = (flags[view.start : view.start + view.size] for flags in evaluation.marks)
    marks = [_plain_mark(fact, confirmed=bool(sure)) for fact, sure in zip(audit.facts, confirmed, strict=False)]
    marks += [Mark.UNCHECKED] * (len(audit.facts) - view.size)  # figures of partners are marked in their own filings
    for finding in reversed(audit.findings):  # the worst finding has the last word
        if finding.severity is Severity.INFO and finding.verdict is not Verdict.ROUNDING:
            continue
        if len(finding.suspects) == 1 and len(finding.checks) > 1:
            continue  # the suspect explains them all: the others stand as their other checks say
        mark = Mark.ROUNDING if finding.verdict is Verdict.ROUNDING else Mark.CONTRADICTED
        for position in {operand.fact for check in finding.checks if check.compares for operand in check.operands}:
            if audit.facts[position].is_figure and marks[position] is not Mark.CONTRADICTED:
                marks[position] = mark
    for finding in audit.findings:
        for suspect in () if finding.severity is Severity.INFO else finding.suspects[:1]:
            marks[suspect.fact] = Mark.SUSPECT
    audit.marks = marks
    tables = evaluation.chunk.tables
    prose = {name for name, table in tables.items() if table.prose}
    printed = enumerate(audit.filing.facts)
    numbers = [(position, fact.address.table in prose) for position, fact in printed if fact.is_figure]
    figures = [position for position, in_text in numbers if not in_text]
    told = [position for position, in_text in numbers if in_text]
    audit.tested = [bool(yes) for yes in checked]
    audit.printed = len(figures)
    audit.checked = int(checked[figures].sum())
    audit.confirmed = int(confirmed[figures].sum())
    audit.has_tables = any(table.table not in prose for table in audit.filing.tables) or any(
        item.reason not in PROSE_REASONS for item in audit.filing.unread
    )
    audit.told, audit.told_checked = len(told), int(checked[told].sum())


def _plain_mark(fact: Fact, *, confirmed: bool) -> Mark:
    if fact.reason:
        return Mark.UNREAD
    return Mark.CONFIRMED if confirmed else Mark.UNCHECKED

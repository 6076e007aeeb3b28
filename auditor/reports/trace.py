"""Trace one rule: every check it made, with its filled formula, and every one it did not make, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.authoring.examples import example_filings, run_example
from auditor.engine.audit import check_of
from auditor.engine.facts.chunk import Chunk
from auditor.engine.facts.pool import FactPool
from auditor.engine.findings import Audit, CheckLedger
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.judge.outcomes import instance_text
from auditor.engine.verdicts import Reason, Verdict
from auditor.messages import printable, say
from auditor.model.units import Rounding
from auditor.reports.formulas import Formulas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.entities import Entities
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.rules.plan import Plan
    from auditor.rules.rule import Example, Rule


def trace_rule(rule: Rule, filings: Sequence[Filing], book: RuleBook, mode: Rounding) -> Iterator[str]:
    """Yield one line per check of a rule in some filings."""
    dynamic = [table for filing in filings for table in filing.dynamic.values()]
    return trace_plans(book.plans(rule, dynamic), filings, book.forms, mode)


def trace_example(rule: Rule, example: Example, book: RuleBook) -> tuple[bool, list[str]]:
    """Run an example of a rule: whether it comes out as said, and a line on it; where it does not, all its checks."""
    plans = book.plans(rule)
    result = run_example(rule, plans, example, book.forms)
    said = say("cli.example_ok" if result.as_said else "cli.example_bad")
    lines = [f"{rule.id}\t{'pass' if result.passes else 'fail'}\t{rule.file}:{result.line}\t{said}"]
    if not result.as_said:
        lines += [printable(f"    {result.wrong}")] if result.wrong else []
        wanted, filings, entities = example_filings(rule, plans, result.case, book.forms)
        checks = trace_plans(wanted, filings, book.forms, Rounding.HALF_UP, entities)
        lines += [printable(f"    {line}") for line in checks]
    return result.as_said, lines


def trace_plans(
    plans: Iterable[Plan],
    filings: Sequence[Filing],
    forms: FormBook,
    mode: Rounding,
    entities: Entities | None = None,
) -> Iterator[str]:
    """Yield one line per check of some plans in some filings."""
    evaluation = evaluate(plans, Chunk.of(filings, forms, mode, entities))
    pool = FactPool(filings, evaluation.chunk)
    for number, filing in enumerate(filings):
        view = pool.view(number)
        formulas = Formulas(Audit(filing, view.facts, CheckLedger(), [], [], []))
        for outcome in evaluation.outcomes:
            for at in np.nonzero(outcome.filing == number)[0]:
                i = int(at)
                verdict = Verdict(int(outcome.verdict[i]))
                what = " ".join(filter(None, [outcome.plan.table, instance_text(outcome, i)]))
                if verdict in (Verdict.CONSISTENT, Verdict.ROUNDING, Verdict.INCONSISTENT):
                    formula = formulas.formula(check_of(outcome, i, verdict, view.local))
                    yield say("trace.check", verdict=say(f"verdict.{verdict.key}"), what=what, formula=formula)
                else:
                    reason = say(Reason(int(outcome.reason[i])).key)
                    yield say("trace.reason", verdict=say(f"verdict.{verdict.key}"), what=what, reason=reason)
        for vacant in evaluation.vacant:
            for code in vacant.reason[vacant.filing == number]:
                why = Reason(int(code))
                key = "verdict.not_evaluated" if why.applies else "verdict.not_applicable"
                none = say("trace.none", reason=say(why.key))
                yield " ".join(filter(None, [say(key), vacant.plan.table, none]))

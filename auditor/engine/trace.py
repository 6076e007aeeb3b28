"""Trace one rule: every check it made, with its filled formula, and every one it did not make, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.audit import check_of, instance_text
from auditor.engine.chunk import Chunk
from auditor.engine.evaluate import evaluate
from auditor.engine.pool import Pool
from auditor.engine.results import Audit, Ledger
from auditor.engine.verdicts import Reason, Verdict
from auditor.messages import say
from auditor.reports.narrate import Narrator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.entities import Entities
    from auditor.filing import Filing
    from auditor.forms.tables import FormBook
    from auditor.rules.book import RuleBook
    from auditor.rules.plan import Plan
    from auditor.rules.rule import Rule
    from auditor.units import Rounding


def trace_rule(rule: Rule, filings: Sequence[Filing], book: RuleBook, mode: Rounding) -> Iterator[str]:
    """Yield one line per check of a rule in some filings."""
    dynamic = [table for filing in filings for table in filing.dynamic.values()]
    return trace_plans(book.plans(rule, dynamic), filings, book.forms, mode)


def trace_plans(
    plans: Iterable[Plan], filings: Sequence[Filing], forms: FormBook, mode: Rounding,
    entities: Entities | None = None,
) -> Iterator[str]:  # fmt: skip
    """Yield one line per check of some plans in some filings."""
    evaluation = evaluate(plans, Chunk.of(filings, forms, mode, entities))
    pool = Pool(filings, evaluation.chunk)
    for number, filing in enumerate(filings):
        view = pool.view(number)
        narrator = Narrator(Audit(filing, view.facts, Ledger(), [], [], []))
        for outcome in evaluation.outcomes:
            for at in np.nonzero(outcome.filing == number)[0]:
                i = int(at)
                verdict = Verdict(int(outcome.verdict[i]))
                what = " ".join(filter(None, [outcome.plan.table, instance_text(outcome, i)]))
                if verdict in (Verdict.CONSISTENT, Verdict.ROUNDING, Verdict.INCONSISTENT):
                    formula = narrator.formula(check_of(outcome, i, verdict, view.local))
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

"""Which figures of each form the rules see, which they tell from all others, and which stand together in the same sums.

    python benchmarks/alike.py [FAMILY …]

From the check matrix of a generated filing of every family with all its tables; families whose tables come out alike
are printed together.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.signatures import alike, signatures_of
from auditor.rules.book import load_rules
from auditor.testing.families import family_filing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.rules.book import RuleBook

HEAD = (
    "| 表 / table | 数字 / figures | 有核对 / seen | 可辨 / told apart | 不能分辨 / not told apart | 只在 / only in |"
)
NAMES, SETS = 4, 3  # shown of each


def lines_of(book: RuleBook, family: str) -> list[str]:
    """The table of one family."""
    filing = family_filing(book, family, 0)
    facts = filing.all_facts
    signatures = signatures_of(evaluate(book.all_plans([]), Chunk.of([filing], book.forms)))
    groups: dict[str, dict[str, list[list[str]]]] = defaultdict(lambda: defaultdict(list))
    for one in alike(signatures):
        table = facts[one.figures[0]].address.table
        rules = "、".join(dict.fromkeys(check.rule.id for check in one.checks))
        groups[table][rules].append([str(facts[n].address).removeprefix(table) for n in one.figures])
    out = [HEAD, "|---|---|---|---|---|---|"]
    for read in filing.tables:
        own = [n for n, fact in enumerate(facts) if fact.address.table == read.table and fact.is_figure]
        seen = [n for n in own if n in signatures]
        head = f"{read.table} | {len(own)} | {len(seen)} | {sum(signatures[n].unique for n in seen)}"
        for rules, sets in (groups[read.table] or {"": []}).items():
            out.append(f"| {head} | {told(sets)} | {rules} |")
            head = "| | | "
    return out


def told(sets: Sequence[Sequence[str]]) -> str:
    """Some figures of some sets, and how many there are."""
    shown = ["、".join(names[:NAMES]) + (f" …（{len(names)}）" if len(names) > NAMES else "") for names in sets[:SETS]]
    return "；".join(shown) + (f"；…（{len(sets)}）" if len(sets) > SETS else "")


def main() -> None:
    book = load_rules()
    same: dict[tuple[str, ...], list[str]] = {}
    for family in sys.argv[1:] or book.forms.families:
        same.setdefault(tuple(lines_of(book, family)), []).append(family)
    for lines, families in same.items():
        print(f"\n### {'、'.join(families)}\n", *lines, sep="\n")


if __name__ == "__main__":
    main()

"""Lint a whole rule book without any data: every mistake of every file at once, then what the rules say together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from auditor.authoring.unused_entries import dead_entries
from auditor.errors import RuleError
from auditor.forms.loading import load_forms
from auditor.messages import say
from auditor.rules.book import ParsedRules, RuleBook, own_rules, rule_files, rule_folders, rule_items
from auditor.rules.resolve import plans_of
from auditor.rules.rule import slips_of
from auditor.yamlfiles.trees import collecting, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from auditor.forms.book import FormBook
    from auditor.model.tables import Family
    from auditor.rules.plan import Plan
    from auditor.rules.rule import Change, Rule

SHOWN = 6  # rules named in one remark


class Weight(StrEnum):
    """How much a remark weighs: errors keep a rule book from loading."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class LintRemark:
    """What is said of one place of a rule, form or wording file."""

    weight: Weight
    where: str
    text: str


def review(folders: Sequence[str | Path], off: Iterable[Change] = (), *, own: bool = True) -> list[LintRemark]:
    """Every remark on the rules of some folders, beside the program's own; on those where no folder is named.

    Errors come first. The program's own rules are known to hold: beside others their examples are not run again.
    Raises `RuleError` for a folder that is not there.
    """
    roots = rule_folders(folders, own=own)
    looked_at = [root for root in roots if not (own and root == own_rules())] or roots
    errors: list[RuleError] = []
    forms = _tried(lambda: load_forms(roots), errors)
    if forms is None:
        return [_error(error) for error in errors]
    parsed = ParsedRules()
    parsed.put_kept(rule_files([root for root in roots if root not in looked_at]))
    _parse_all(looked_at, parsed, errors)
    parsed = _tried(lambda: parsed.without(off), errors) or parsed
    mine = [rule for rule in parsed.rules if parsed.roots[rule.id] in looked_at]
    resolved = [rule for rule in parsed.rules if _resolves(rule, forms, errors)]
    good = [rule for rule in resolved if rule not in mine or _examples_hold(rule, forms, errors)]
    _tried(lambda: _wordings(forms), errors)
    remarks = [_error(error) for error in errors]
    book = RuleBook(tuple(good), forms, "")
    told = {rule.id for rule in good if rule in mine}
    remarks += _overlaps(good, book, told)
    remarks += _together(book, told)
    for node, text in dead_entries(looked_at, good):
        remarks.append(LintRemark(Weight.INFO, _where(node), text))
    order = list(Weight)
    return sorted(remarks, key=lambda remark: order.index(remark.weight))


def _parse_all(roots: Iterable[Path], parsed: ParsedRules, errors: list[RuleError]) -> None:
    """Parse every entry of every rule file; each mistake of each is kept, in the order of the file."""
    for file in rule_files(roots):
        slips: list[RuleError] = []
        with collecting(slips):
            items = _tried(lambda file=file: list(rule_items([file])), errors) or []  # type: ignore[misc]
        seen: dict[str, int] = {}
        for root, item in items:
            wrong = slips_of(item)
            slips += wrong
            name = str(item.get("id", ""))
            if not wrong:
                _tried(lambda root=root, item=item: parsed.add(root, item), slips)  # type: ignore[misc]
            elif name in seen:
                other = f"{item.file}:{seen[name]}"
                slips.append(RuleError("rules.duplicate_id", **place_of(item["id"]), rule=name, other=other))
            if name:
                seen.setdefault(name, getattr(item["id"], "line", item.line))
        errors += sorted(slips, key=lambda slip: (slip.line, slip.column))


def _tried(action: Callable[[], Any], errors: list[RuleError]) -> Any:
    """Do something; what is wrong with it is kept, and the rest goes on."""
    try:
        return action()
    except RuleError as error:
        errors.append(error)
        return None


def _error(error: RuleError) -> LintRemark:
    where = error.where
    return LintRemark(Weight.ERROR, where, str(error).removeprefix(f"{where}: "))


def _resolves(rule: Rule, forms: FormBook, errors: list[RuleError]) -> bool:
    """Whether every name of a rule is known."""
    before = len(errors)
    _tried(lambda: plans_of(rule, forms), errors)
    return len(errors) == before


def _examples_hold(rule: Rule, forms: FormBook, errors: list[RuleError]) -> bool:
    """Whether the examples of a rule are decided as it says."""
    from auditor.authoring.examples import check_examples

    before = len(errors)
    _tried(lambda: check_examples(rule, plans_of(rule, forms), forms), errors)
    return len(errors) == before


def _wordings(forms: FormBook) -> None:
    from auditor.phrases.wordings import check_wordings
    from auditor.shapes.described import check_described
    from auditor.shapes.roles import check_roles

    check_wordings(forms.roots)
    check_roles(forms.roots)
    check_described(forms.roots, forms.tables)


def _where(node: Any) -> str:
    return ":".join(str(part) for part in (node.file, node.line, node.column) if part)


# -- what the rules say together ------------------------------------------------------------------------------------


def _overlaps(rules: Iterable[Rule], book: RuleBook, told_of: set[str]) -> Iterator[LintRemark]:
    """Rules that say the same of the same table, in scopes that meet; one of them is looked at."""
    said: dict[str, list[tuple[Rule, Plan]]] = {}
    told = set()
    for rule in rules:
        for plan in book.plans(rule):
            for statement in (*plan.statements, *plan.alternatives):
                key = repr((plan.table, plan.rows, plan.columns, plan.values, statement))
                for other, before in said.get(key, ()):
                    same = before.when == plan.when
                    mine = rule.id in told_of or other.id in told_of
                    if mine and other is not rule and same and _meet(other, rule) and (rule.id, other.id) not in told:
                        told.add((rule.id, other.id))
                        yield LintRemark(
                            Weight.WARNING,
                            f"{rule.file}:{rule.line}",
                            say("lint.overlap", rule=rule.id, other=other.id, where=f"{other.file}:{other.line}"),
                        )
                said.setdefault(key, []).append((rule, plan))


def _meet(one: Rule, other: Rule) -> bool:
    """Whether a filing may be in the scope of both."""
    if one.since > other.until or other.since > one.until:
        return False
    for name in ("report", "edition"):
        if (a := getattr(one, name)) and (b := getattr(other, name)) and a != b:
            return False
    for name in ("entity_kind", "family", "place"):
        a, b = set(getattr(one, name)), set(getattr(other, name))
        if a and b and not a & b:
            return False
    return True


def _together(book: RuleBook, told_of: set[str]) -> Iterator[LintRemark]:
    """Contradictions, figures that are left nothing but zero, and rules that follow from others; one is looked at."""
    from auditor.authoring.redundancy import together

    clashes: dict[tuple[str, ...], tuple[Rule, str, list[str]]] = {}
    implied: dict[str, tuple[Rule, list[str]]] = {}
    for family in _families_of(book, told_of):
        found = together(book, family)
        for clash in found.clashes:
            ids = tuple(rule.id for rule in clash.rules)
            if told_of & set(ids):
                clashes.setdefault(ids, (clash.rules[-1], clash.figure, []))[2].append(family.name)
        for rule in found.implied:
            if rule.id in told_of:
                implied.setdefault(rule.id, (rule, []))[1].append(family.name)
    for ids, (rule, figure, families) in clashes.items():
        key, weight = ("lint.zero", Weight.INFO) if figure else ("lint.clash", Weight.ERROR)
        text = say(key, rules="、".join(ids[:SHOWN]), figure=figure, families="、".join(families))
        yield LintRemark(weight, f"{rule.file}:{rule.line}", text)
    for rule, families in implied.values():
        text = say("lint.implied", rule=rule.id, families="、".join(families))
        yield LintRemark(Weight.INFO, f"{rule.file}:{rule.line}", text)


def _families_of(book: RuleBook, rules: set[str]) -> list[Family]:
    """The families that print a table of which some rules speak."""
    tables = {table for name in rules for plan in book.plans(book.by_id[name]) for table in (plan.table, *plan.tables)}
    return [family for family in book.forms.families.values() if family.tables() & tables]

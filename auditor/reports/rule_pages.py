"""The rule book as static pages: a list with a search box, a page per rule, the tables and the keys, the cookbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.authoring.cookbook import recipes
from auditor.forms import file_keys as form_keys
from auditor.messages import say
from auditor.reports.pages import rendered
from auditor.rules import rule as rule_keys
from auditor.rules.explain import sections
from auditor.yamlfiles.keys import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.tables import Table
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class _Group:
    """The rules of one form, or of one subject where they name no form."""

    name: str
    rules: list[Rule]


def rule_pages(book: RuleBook) -> Iterator[tuple[str, str]]:
    """Yield every page as (file name, HTML). Nothing in them is written by hand, nothing is loaded from outside."""
    groups = _groups(book)
    rules = [rule for group in groups for rule in group.rules]
    sha256 = book.sha256
    yield (
        "index.html",
        rendered(
            "rules_index", sha256=sha256, groups=groups, book=book, sought={rule.id: _sought(rule) for rule in rules}
        ),
    )
    for before, rule, after in zip([None, *rules[:-1]], rules, [*rules[1:], None], strict=True):
        told = sections(rule)
        yield f"{rule.id}.html", rendered("rule", sha256=sha256, rule=rule, sections=told, before=before, after=after)
    tables = [_table(table) for table in book.forms.tables.values()]
    yield "tables.html", rendered("rule_tables", sha256=sha256, tables=tables, lists=book.forms.lists)
    modules = (rule_keys, form_keys)
    entries = [value for module in modules for value in vars(module).values() if isinstance(value, Entry)]
    yield "keys.html", rendered("rule_keys", sha256=sha256, entries=entries)
    yield "cookbook.html", rendered("cookbook", sha256=sha256, recipes=recipes())


def _groups(book: RuleBook) -> list[_Group]:
    """The rules by form, in the order of the forms; then those that name no form, by their folder."""
    by_name: dict[str, list[Rule]] = {name: [] for name in book.forms.tables}
    for rule in book.rules:
        plan = book.plans(rule)[0]
        name = rule.form[0] if rule.form else next(iter(plan.tables), rule.file.split("/")[0])
        by_name.setdefault(name, []).append(rule)
    return [_Group(name, rules) for name, rules in by_name.items() if rules]


def _sought(rule: Rule) -> str:
    """What the search box looks in."""
    words = [rule.id, rule.title, *rule.covers, *rule.form, rule.basis, rule.text("title", "en"), rule.why]
    return " ".join([*words, *(written.text for written in rule.written)]).lower()


def _table(table: Table) -> dict[str, Any]:
    """The names of a standard table that rules may use."""
    return {
        "name": table.name,
        "rows": [(row.name, row.line) for row in table.named_rows.values()],
        "columns": [(column.name, column.kind.value) for column in table.all_columns if column.name],
        "groups": {**table.row_groups, **table.column_groups},
        "layout": say(f"layout.{table.layout.value}"),
    }

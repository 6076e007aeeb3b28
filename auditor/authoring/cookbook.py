"""The cookbook: one recipe per kind of rule, each a rule with examples that are run (`cookbook.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from auditor.rules.rule import Rule, rule_of
from auditor.yamlfiles.trees import a_list, a_map, parse

FILE = "cookbook.yaml"


@dataclass(frozen=True)
class Recipe:
    """One kind of rule: an example of it, and its text as it is written."""

    rule: Rule
    source: str

    def text(self, language: str) -> str:
        """What it is for."""
        return self.rule.text("title", language)


def recipes() -> list[Recipe]:
    """Every recipe, in the order of the file."""
    text = files("auditor.authoring").joinpath(FILE).read_text(encoding="utf-8")
    rules = [rule_of(a_map(node)) for node in a_list(parse(text, FILE))]
    lines = text.splitlines()
    starts = [rule.line - 1 for rule in rules]
    ends = [*starts[1:], len(lines)]
    return [
        Recipe(rule, "\n".join(lines[start:end]).rstrip()) for rule, start, end in zip(rules, starts, ends, strict=True)
    ]

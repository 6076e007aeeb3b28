"""The form book: all tables, families, lists and wordings that the folders of rules give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.model.labels import plain

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.model.tables import Family, Form, Table, Taxonomy
    from auditor.phrases.lexicon import Lexicon
    from auditor.phrases.sentence_grammar import Grammar
    from auditor.phrases.wordings import Wordings


@dataclass(frozen=True)
class FormBook:
    """Everything that the forms folder says."""

    tables: dict[str, Table]
    families: dict[str, Family]
    lists: dict[str, tuple[str, ...]]
    taxonomies: dict[str, Taxonomy]
    roots: tuple[Path, ...] = ()

    @cached_property
    def lexicon(self) -> Lexicon | None:
        """The wordings of the prose, or None where no folder has any."""
        from auditor.phrases.lexicon import load_lexicon

        return load_lexicon(self.roots)

    @cached_property
    def grammar(self) -> Grammar | None:
        """The grammar of sentences, or None where no folder has any."""
        from auditor.phrases.sentence_grammar import load_grammar

        return load_grammar(self.roots)

    @cached_property
    def wordings(self) -> Wordings:
        """The wordings that the outline looks for."""
        from auditor.phrases.wordings import load_wordings

        return load_wordings(self.roots)

    @cached_property
    def all_lists(self) -> dict[str, tuple[str, ...]]:
        """The named lists, and the codes of every taxonomy under a name of their own."""
        codes = {
            title: tuple(dict.fromkeys(entry.code for entry in self.taxonomies[name].entries))
            for title, name in (("功能分类科目编码", "functional"), ("经济分类科目编码", "economic"))
            if name in self.taxonomies
        }
        return codes | self.lists

    @cached_property
    def _printed(self) -> dict[Form, tuple[Table, frozenset[str]]]:
        return {}

    def printed(self, form: Form) -> tuple[Table, frozenset[str]]:
        """The part of its standard table that a form prints, and the names of what it leaves out."""
        if form not in self._printed:
            table = self.tables[form.table]
            self._printed[form] = (table.printed(form), table.left_out(form))
        return self._printed[form]

    @cached_property
    def row_labels(self) -> frozenset[str]:
        """The plain labels that are right for some named row of some standard table."""
        printed = (table for table in self.tables.values() if not table.prose and not table.about)
        rows = (row for table in printed for row in table.named_rows.values())
        return frozenset(plain(label) for row in rows for label in row.labels)

    @cached_property
    def forms_by_title(self) -> dict[str, tuple[Form, ...]]:
        """Forms by the plain form of every title."""
        found: dict[str, list[Form]] = {}
        for family in self.families.values():
            for form in family.forms:
                for title in (form.title, *form.titles):
                    forms = found.setdefault(plain(title), [])
                    if form not in forms:
                        forms.append(form)
        return {title: tuple(forms) for title, forms in found.items()}

"""From outlines to tables of facts: 结构, 用语, 年份 … of a whole filing, so that rules can speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.outline.class_names import classes
from auditor.outline.mentions import manners, names, wordings, years
from auditor.outline.structure import structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.forms.book import FormBook
    from auditor.model.filing import Filing, ReadTable

_BUILDERS: dict[str, Callable[[Filing, FormBook], ReadTable]] = {
    "结构": structure,
    "用语": wordings,
    "年份": years,
    "名称": names,
    "口径": manners,
    "科目": classes,
}
ABOUT = frozenset(_BUILDERS)  # the tables that say what a filing holds, and not what it prints in tables


def tables_about(filing: Filing, book: FormBook) -> list[ReadTable]:
    """The tables about a filing, from the outlines of its files. The key and the tables of the filing must be read."""
    if not filing.outlines:
        return []
    return [build(filing, book) for name, build in _BUILDERS.items() if name in book.tables]

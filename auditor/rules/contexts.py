"""Other filings that a rule may speak of: last year's, the budget's, those of the units of a department."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.model.facts import FilingKey


PARTNERS: dict[str, Callable[[FilingKey], FilingKey]] = {
    "上年": lambda key: key._replace(year=key.year - 1),
    "预算": lambda key: key._replace(report="budget"),
    "决算": lambda key: key._replace(report="final_accounts"),
}
UNITS = "各单位"  # of a department: the one context that means several filings
LONE_UNIT = "唯一单位"  # of a department that has no other
CONTEXTS = (*PARTNERS, LONE_UNIT, UNITS)

"""Generated filings for tests, demonstration and benchmarks.

Unrounded ledgers are drawn in 分, parts before totals, rolled up, and printed in any unit, precision, state of zeros
and print model, in any family of forms, with the text written from the same ledger. Nothing is filtered or rejected;
counterexamples shrink to filings without figures. Hypothesis strategies (needs `pip install 'auditor[testing]'`):

* `ledgers()`, `styles()`: what was booked, and how it is printed
* `drafts(book, family=…)`: a filing with its tables and text; `figures(book, form=…)`: the figures of one form alone
* `broken(book, rule)`: a filing that breaks one rule and no other
* `two_years(book)`: a unit's last and present year; `departments(book)`: a department with its units

`draft.figures(book)` is the filing of the tables; `rendered(draft, format, book.forms)` writes txt, csv, xlsx, docx,
html or pdf; `read_back(draft, book.forms, format)` reads that again. `plant_defects` plants typical errors.

>>> from auditor.rules.book import load_rules
>>> from auditor.testing import RandomSource, draft_of, draw_ledger
>>> book = load_rules()
>>> draft = draft_of(draw_ledger(RandomSource(1)), book.forms)
>>> draft.printed["收入支出决算总表"]["收入/总计", ""] == draft.printed["收入支出决算总表"]["支出/总计", ""]
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.testing.breakage import UnbreakableError, breaking
    from auditor.testing.defects import Defective, Planted, plant_defects
    from auditor.testing.draft import Draft
    from auditor.testing.files import FORMATS, rendered
    from auditor.testing.filings import draft_of, draft_of_family, read_back
    from auditor.testing.generating import generate
    from auditor.testing.ledger import Ledger, RandomSource, combined, draw_department, draw_ledger, draw_next, roll_up
    from auditor.testing.models import Model
    from auditor.testing.printed_ledger import Style
    from auditor.testing.strategies import broken, departments, drafts, figures, ledgers, styles, two_years

_HOMES = {
    "breakage": ("UnbreakableError", "breaking"),
    "defects": ("Defective", "Planted", "plant_defects"),
    "filings": ("Draft", "draft_of", "draft_of_family", "read_back"),
    "generating": ("generate",),
    "ledger": ("Ledger", "RandomSource", "combined", "draw_department", "draw_ledger", "draw_next", "roll_up"),
    "models": ("Model",),
    "printed_ledger": ("Style",),
    "files": ("FORMATS", "rendered"),
    "strategies": ("broken", "departments", "drafts", "figures", "ledgers", "styles", "two_years"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "FORMATS",
    "Defective",
    "Draft",
    "Ledger",
    "Model",
    "Planted",
    "RandomSource",
    "Style",
    "UnbreakableError",
    "breaking",
    "broken",
    "combined",
    "departments",
    "draft_of",
    "draft_of_family",
    "drafts",
    "draw_department",
    "draw_ledger",
    "draw_next",
    "figures",
    "generate",
    "ledgers",
    "plant_defects",
    "read_back",
    "rendered",
    "roll_up",
    "styles",
    "two_years",
]


def __getattr__(name: str) -> Any:
    """Import on use: hypothesis and the rules are heavy, and the commands need neither to start."""
    if name not in _HOME_OF:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)

"""What is wrong with a whole table or column, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.messages import say

if TYPE_CHECKING:
    from auditor.engine.localise.whole_tables import WholeCause


def whole_text(whole: WholeCause) -> str:
    """What is wrong, and how many comparisons say so."""
    key = "say.unit" if whole.right else "say.signs"
    return say(key, place=_scope(whole), printed=whole.printed, right=whole.right, count=len(whole.checks))


def whole_fix(whole: WholeCause) -> str:
    """How to mend it."""
    key = "say.how_unit" if whole.right else "say.how_signs"
    return say(key, place=_scope(whole), printed=whole.printed, right=whole.right)


def _scope(whole: WholeCause) -> str:
    table, column = whole.scope
    return say("say.column", table=table, column=column) if column else table

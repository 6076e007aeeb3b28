"""Another family's titles, another place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.model.labels import plain
from auditor.testing.varying.sheets import Copy, reworded, title_of

if TYPE_CHECKING:
    import random


_PLACES = ("青溪市安平县", "云陵省", "东泽市")  # no family is at home here


def numbered(text: str) -> str:
    """The number that a heading starts with, as it is printed.

    >>> numbered("二、收入决算表"), numbered("收入决算表")
    ('二、', '')
    """
    found = re.match(r"\s*[（(]?[一二三四五六七八九十]+(?:[）)]、?|[、．.])", text)
    return found[0] if found else ""


def other_titles(copy: Copy, pick: random.Random) -> bool:
    """Tables under the titles that another family gives them."""
    book, report = copy.original.book, copy.original.filing.key.report
    new: dict[str, str] = {}
    for table in copy.original.filing.tables:
        options = sorted(
            {
                title
                for family in book.families.values()
                if family.report == report
                for form in family.forms
                if form.table == table.table and table.table
                for title in (form.title, *form.titles)
                if plain(title) != plain(table.title)
            }
        )
        if options and not table.reason:
            new[plain(table.title)] = pick.choice(options)
    changed = False
    for at, line in list(copy.lines()):
        title = plain(title_of(copy, line))
        bare = plain(line.text)
        if title in new and bare.endswith(title):
            number = numbered(line.text) or bare.removesuffix(title)  # a heading keeps its number
            copy.blocks[at] = reworded(line, number + new[title])
            changed = True
    return changed


def other_place(copy: Copy, pick: random.Random) -> bool:
    """Another entity, in a place that no family knows."""
    entity = copy.original.filing.key.entity
    if not entity:
        return False
    homes = {place for family in copy.original.book.families.values() for place in family.places}
    place = pick.choice(_PLACES)
    copy.marks.add("renamed")  # not where a name is broken over lines
    home = max((name for name in homes if entity.startswith(name)), key=len, default="")
    bare = re.sub(r"^.{0,12}?[省市县区](?=.{4})", "", entity.removeprefix(home)) or entity
    new = place + bare

    def named(text: str) -> str:
        return text.replace(entity, new).replace(home, place) if home else text.replace(entity, new)

    for at, line in list(copy.lines()):
        copy.blocks[at] = reworded(line, named(line.raw))
    for sheet in copy.sheets():
        sheet.rewrite(lambda cell: named(cell.raw))
    return True

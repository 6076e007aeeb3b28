"""Which family of forms a filing belongs to, by the tables that it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.forms.book import FormBook
    from auditor.model.tables import Form


def family_of(
    tables: Sequence[str],
    announced: Sequence[str],
    report: str,
    book: FormBook,
    *,
    entity: str = "",
    read_by: Sequence[Form] = (),
) -> str:
    """Return the family that explains the tables found and the titles announced best; the smallest on a tie.

    Of families that explain as much, the one that prints the tables as they were read, and that of the entity's place.
    A family of other places is none: what holds there need not hold here.
    """
    best = ("", (0, 0, 0, 0))
    titles = set(announced)
    for family in book.families.values():
        if (report and family.report != report) or family.elsewhere(entity):
            continue
        hits = len(family.tables() & set(tables))
        hits += sum(1 for form in family.forms if form.table not in tables and titles & {form.title, *form.titles})
        home = any(entity.startswith(place) for place in family.places)
        prints = {form.print for form in family.forms}
        own = sum(form.print in prints for form in read_by)
        score = (hits, own + 2 * home, home, -len(family.forms))
        if hits and score > best[1]:
            best = (family.name, score)
    return best[0]

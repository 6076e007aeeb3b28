"""Copies of a document: each variation alone, then some together; the same seed gives the same copies."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from auditor.testing.varying import codes, columns, figures, labels, layout, names, rows
from auditor.testing.varying.sheets import Copy, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from auditor.testing.varying.sheets import Original

MOST_TOGETHER = 3  # variations of one copy

# in this order they are applied: what changes the text of cells before what changes where they stand
VARIATIONS: dict[str, Callable[[Copy, random.Random], bool]] = {
    function.__name__: function
    for function in (
        rows.rows_shuffled,
        rows.rows_anyhow,
        rows.total_moved,
        rows.blank_rows,
        columns.columns_moved,
        columns.lanes_swapped,
        columns.blank_columns,
        columns.numbered,
        codes.codes_split,
        codes.code_with_name,
        labels.synonyms,
        labels.ordinals_dropped,
        labels.ordinals_changed,
        labels.of_which,
        labels.spaced_labels,
        labels.typo,
        figures.zeros,
        figures.full_width,
        figures.thousands,
        figures.other_unit,
        names.other_titles,
        names.other_place,
        layout.one_header_row,
        layout.flattened,
        layout.continued,
        layout.continued_with_header,
        layout.continued_with_remarks,
        layout.continued_with_title,
        layout.titled_inside,
        layout.remarks_inside,
    )
}


def varied(original: Original, names: Sequence[str], seed: int) -> Copy | None:
    """Apply variations, in the order in which they are defined; None where none of them changes anything."""
    copy = copy_of(original)
    for name in [name for name in VARIATIONS if name in names]:
        pick = random.Random(f"{seed}/{name}")  # noqa: S311 — copies for tests, no secrets
        if VARIATIONS[name](copy, pick):
            copy.names.append(name)
    return copy if copy.names else None


def copies(original: Original, count: int, seed: int = 0) -> Iterator[Copy]:
    """Yield varied copies: each variation alone first, then some together, until there are `count`."""
    made = 0
    singles = list(VARIATIONS)
    pick = random.Random(seed)  # noqa: S311
    for number in range(10 * count):
        if made >= count:
            return
        alone = number < len(singles)
        names = [singles[number]] if alone else pick.sample(singles, pick.randint(2, MOST_TOGETHER))
        copy = varied(original, names, seed + number)
        if copy is not None:
            made += 1
            yield copy

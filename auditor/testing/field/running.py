"""Measure the filings of a folder, in several processes."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING

from auditor.testing.field.measuring import Measured, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from auditor.rules.book import RuleBook
    from auditor.testing.field.measuring import FieldPlan

_books: list[RuleBook] = []  # of this process


def measured(paths: Sequence[Path], book: RuleBook, plan: FieldPlan, jobs: int) -> Iterator[Measured]:
    """Measure files, and yield each as it is done; one that brings its process down is told as not audited."""
    if jobs <= 1:
        yield from (measure(path, book, plan) for path in paths)
        return
    ways = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in ways else "spawn")
    with ProcessPoolExecutor(jobs, context, _books.append, (book,)) as pool:
        waiting = {pool.submit(_one, path, plan): path for path in paths}
        for done in as_completed(waiting):
            fault = done.exception()
            if fault is not None:
                yield Measured(waiting[done].name, f"{type(fault).__name__}: {fault}", {}, {}, [], [])
            else:
                yield done.result()


def _one(path: Path, plan: FieldPlan) -> Measured:
    return measure(path, _books[-1], plan)

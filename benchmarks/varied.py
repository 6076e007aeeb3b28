"""How filings are read as they are, and how varied copies of them: figures read, unread, misread, changed findings.

    python benchmarks/varied.py FOLDER_OR_FILE… [--copies 30] [--seed 0] [--only VARIATION] [--show]

The generator's own documents are varied too. Run on purpose; `tests/end_to_end/test_varied.py` holds a small fixed set.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.model.numbers import State
from auditor.rules.book import load_rules
from auditor.sandbox import read
from auditor.testing.varying.comparing import Judge
from auditor.testing.varying.copies import copies
from auditor.testing.varying.generated import generated
from auditor.testing.varying.sheets import original_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.document import Document
    from auditor.rules.book import RuleBook

GENERATED = 3  # documents of the generator
COUNTS = ("copies", "figures", "read", "unread", "generic", "misread", "silent", "gained", "accused", "acquitted")
LISTS = COUNTS[5:]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("paths", nargs="*", type=Path)
    asked.add_argument("--copies", type=int, default=30)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--show", action="store_true", help="print every difference")
    asked.add_argument("--only", default="", help="copies with this variation only")
    options = asked.parse_args()
    book = load_rules()
    total: Counter[str] = Counter()
    alone: dict[str, Counter[str]] = {}
    as_is: Counter[str] = Counter()
    print(f"{'file':44} {' '.join(f'{name:>9}' for name in COUNTS)}   as it is")
    for name, document in documents(options.paths, book):
        counts = one(name, document, book, options, alone, as_is)
        total.update(counts)
    line("all", total, f"{as_is['read']} read, {as_is['unread']} unread")
    print("\nalone:")
    for name, counts in alone.items():
        line(name, counts)


def documents(paths: list[Path], book: RuleBook) -> Iterator[tuple[str, Document]]:
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix not in (".csv", ".md"):
                yield file.name, read(file)
    for number in range(GENERATED):
        yield f"generated {number}", generated(book.forms, number)


def one(
    name: str,
    document: Document,
    book: RuleBook,
    options: argparse.Namespace,
    alone: dict[str, Counter[str]],
    as_is: Counter[str],
) -> Counter[str]:
    """Vary one document; print its line and return its counts."""
    counts: Counter[str] = Counter()
    try:
        original = original_of(document, book.forms)
    except BadInputError as refused:
        print(f"{name[:44]:44} {refused}")
        return counts
    judge = Judge(original, book)
    for copy in copies(original, options.copies, options.seed):
        if options.only and options.only not in copy.names:
            continue
        result = judge.compare(copy)
        found = {
            "copies": 1,
            "figures": judge.figures,
            "read": result.read,
            "unread": result.unread,
            "generic": result.generic,
            **{kind: len(getattr(result, kind)) for kind in LISTS},
        }
        counts.update(found)
        if len(copy.names) == 1:
            alone.setdefault(copy.names[0], Counter()).update(found)
        if options.show and (result.unread or any(getattr(result, kind) for kind in LISTS)):
            print(f"  -- {name[:30]} {'+'.join(copy.names)}: read {result.read}, unread {result.unread}")
            for kind in LISTS:
                for text in getattr(result, kind)[:6]:
                    print(f"       {kind}: {text}")
    figures = sum(fact.state is State.VALUE for fact in original.filing.facts)
    lost = len(original.filing.unread)
    as_is.update({"read": figures, "unread": lost})
    line(name, counts, f"{figures} read, {lost} unread")
    return counts


def line(name: str, counts: Counter[str], more: str = "") -> None:
    print(f"{name[:44]:44} {' '.join(f'{counts[key]:9}' for key in COUNTS)}   {more}")


if __name__ == "__main__":
    main()

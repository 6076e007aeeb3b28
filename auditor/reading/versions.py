"""Versions of one file: a filing that was corrected and published again is audited once, in its newest version."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.model.filing import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.filing import Filing

SAME = 0.5  # share of tables, figures or sentences from which two files are versions of one
LEFT_OUT = frozenset({"remark.copy", "remark.version_changed", "remark.version_named", "remark.version_last"})
_WORDS = re.compile(
    r"更正|更新|修订|修改|修正|重新公开|重新发布|重发|最终|终稿|定稿|正式|revised|corrected|final", re.IGNORECASE
)
_VERSION = re.compile(r"(?:[vV]|版本)\s*(\d{1,3})(?!\d)|(?<!\d)(\d{1,2})[版稿]")
_DIGITS = re.compile(r"[\d.,，．%％]+")


def newest(parts: Sequence[Filing]) -> list[Filing]:
    """Leave out older versions and copies; what is kept says so in a remark that names them."""
    sets: list[list[Filing]] = []
    near: dict[object, list[list[Filing]]] = {}  # by key, and by the hash of the bytes: where to look
    for part in parts:
        homes = [near.setdefault(where, []) for where in (part.key, part.files[0].sha256)]
        found = next((members for home in homes for members in home if _are_versions(part, members[0])), None)
        if found is None:
            sets.append([part])
            for home in homes:
                home.append(sets[-1])
        else:
            found.append(part)
    return [_chosen(members) if len(members) > 1 else members[0] for members in sets]


def _are_versions(a: Filing, b: Filing) -> bool:
    """Whether two files are the same one, or print mostly the same figures of the same tables under the same key."""
    if a.files[0].sha256 == b.files[0].sha256:
        return True
    if a.key != b.key or not (a.key.entity and a.key.year and a.key.report):
        return False
    tables, others = ({table.table or table.title for table in part.tables} for part in (a, b))
    if not tables and not others:
        return _alike(_prose(a), _prose(b))
    if not _alike(tables, others):
        return False
    figures, other = ({fact.address: fact.value for fact in part.facts if fact.value} for part in (a, b))
    common = figures.keys() & other.keys()
    return sum(figures[name] == other[name] for name in common) > len(common) * SAME


def _alike(a: set[str], b: set[str]) -> bool:
    return len(a & b) > SAME * max(len(a), len(b), 1)


def _prose(part: Filing) -> set[str]:
    """The sentences of a file without their numbers."""
    return {_DIGITS.sub("", item.text) for item in part.texts if _DIGITS.search(item.text)}


def _chosen(versions: list[Filing]) -> Filing:
    """The version that counts: changed last as the files say, else named as the newer, else the last by name."""
    copies = {part.files[0].sha256: part for part in reversed(versions)}
    distinct = [part for part in versions if copies[part.files[0].sha256] is part]
    changed = [part.files[0].modified.ljust(14, "0") for part in distinct]
    named = [_rank(part.files[0].file) for part in distinct]
    if len(distinct) == 1:
        best, key = distinct[0], "remark.copy"
    elif all(part.files[0].modified for part in distinct) and changed.count(max(changed)) == 1:
        best, key = distinct[changed.index(max(changed))], "remark.version_changed"
    elif named.count(max(named)) == 1:
        best, key = distinct[named.index(max(named))], "remark.version_named"
    else:
        best, key = max(distinct, key=lambda part: part.files[0].file), "remark.version_last"
    file = best.files[0].file
    others = "、".join(dict.fromkeys(part.files[0].file for part in versions if part is not best))
    return replace(best, remarks=[*best.remarks, Remark(key, {"file": file, "other": others}, file)])


def _rank(file: str) -> tuple[bool, int]:
    """How new a file's name says it is: a word of correction, and the number of its version.

    >>> _rank("2023决算（更正）.pdf"), _rank("2023决算v2.pdf"), _rank("2023决算.pdf")
    ((True, 0), (False, 2), (False, 0))
    """
    stem = PurePath(file).stem
    numbers = [whole_number(first or second) or 0 for first, second in _VERSION.findall(stem)]
    return bool(_WORDS.search(stem)), max(numbers, default=0)

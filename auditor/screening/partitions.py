"""Which parts are audited together: those of one department in one partition, a few filings in each.

A partition is told by the name of its departments alone, so that a file more or less moves nothing but its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.screening.records import Partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.entities import Entities
    from auditor.screening.job import Job
    from auditor.screening.records import ScreenedFile

SIZE = 8  # parts of filings in a partition, at least on average: enough partitions for all cores
LARGE, MANY = 32, 4096  # from so many parts on larger ones: fewer files


def partitions_of(sources: Iterable[ScreenedFile], job: Job, before: Sequence[str] = ()) -> list[Partition]:
    """Put every part that was read into a partition; `before` are the partitions of the last run."""
    entities = job.entities
    parts = [(source, number) for source in sources for number in range(len(source.parts))]
    bits = _bits(len(parts), before)
    groups: dict[str, list[tuple[ScreenedFile, int]]] = {}
    for source, number in parts:
        groups.setdefault(_name(_cluster(source, number, entities), bits), []).append((source, number))
    return [_partition(name, groups[name], job) for name in sorted(groups)]


def _cluster(source: ScreenedFile, number: int, entities: Entities) -> str:
    """The department whose filings are audited together; a part that tells no entity stands alone."""
    return entities.together(source.parts[number].key.entity) or f"?{source.file}"


def _bits(parts: int, before: Sequence[str]) -> int:
    """How many bits name a partition; as in the last run unless they would be far too many or too few."""
    bits = max(0, (parts // (SIZE if parts < MANY else LARGE)).bit_length() - 1)
    known = {size for name in before if (size := whole_number(name.split("-", 1)[0], 2)) is not None}
    last = next(iter(known)) if len(known) == 1 else None
    return last if last is not None and abs(last - bits) <= 1 else bits


def _name(cluster: str, bits: int) -> str:
    number = int(hashlib.sha256(cluster.encode()).hexdigest()[:8], 16) >> (32 - bits)
    return f"{bits}-{number:0{max(1, -(-bits // 4))}x}"


def is_partition(name: str) -> bool:
    """Whether a folder of results may be that of a partition, by its name."""
    return re.fullmatch(r"\d+-[0-9a-f]+", name) is not None


def _partition(name: str, parts: Sequence[tuple[ScreenedFile, int]], job: Job) -> Partition:
    ordered = sorted(parts, key=lambda item: (item[0].file, item[1]))
    told = [(source.file, number, source.mark, source.parts[number].sha256) for source, number in ordered]
    mark = hashlib.sha256(json.dumps([job.audit_mark, told]).encode()).hexdigest()[:32]
    return Partition(name, mark, tuple((source.file, number) for source, number in ordered))

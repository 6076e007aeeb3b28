"""What all reports of one run share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.findings import Audit
    from auditor.model.filing import Remark
    from auditor.run.originals import Originals


@dataclass(frozen=True)
class Run:
    """The audits of a run, each under the name (stem) of its report, and what is to be said of the run as a whole.

    `failed` are files that could not be audited (name, sentence); `warnings` concern waivers, baselines, and copies
    that could not be annotated. `originals` are the files themselves, where they are at hand. `formats` are those in
    which reports are written.
    """

    audits: Sequence[tuple[str, Audit]]
    tool: dict[str, Any]
    rounding: str
    failed: Sequence[tuple[str, str]] = ()
    warnings: list[Remark] = field(default_factory=list)
    originals: Originals | None = None
    formats: tuple[str, ...] = ("html", "json")

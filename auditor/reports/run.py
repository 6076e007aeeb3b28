"""What all reports of one run share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.results import Audit
    from auditor.filing import Remark


@dataclass(frozen=True)
class Run:
    """The audits of a run, each under the name (stem) of its report, and what is to be said of the run as a whole.

    `failed` are files that could not be audited (name, sentence), `warnings` concern waivers and baselines.
    """

    audits: Sequence[tuple[str, Audit]]
    tool: dict[str, str]
    rounding: str
    failed: Sequence[tuple[str, str]] = ()
    warnings: Sequence[Remark] = field(default=())

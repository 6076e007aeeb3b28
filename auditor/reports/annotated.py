"""Annotated originals: a copy of each PDF, XLSX or DOCX of a filing with a note at every doubtful figure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from auditor.annotate import ENDINGS
from auditor.annotate.notes import MarginNote
from auditor.engine.verdicts import Verdict
from auditor.errors import BadInputError
from auditor.messages import clean, say
from auditor.model.filing import Remark
from auditor.reports.narrate import Narrator, standing_text
from auditor.run.output import stems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.findings import Audit, Finding
    from auditor.model.facts import Place
    from auditor.model.filing import SourceFile
    from auditor.reports.run import Run

MAX_FIGURES = 12  # of one finding that accuses none
ENDING = ".annotated"


def filing_files(stem: str, audit: Audit, run: Run) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each annotated copy; what cannot be annotated becomes a warning of the run."""
    files = audit.filing.files
    named = Counter(file.file for file in files)
    noted = notes_of(audit)
    for part, file in zip(stems(files), files, strict=True):
        notes = noted.get(file.file, []) if named[file.file] == 1 else []
        if not notes or run.originals is None:
            continue
        try:
            copy = run.originals.annotated(file.sha256, notes)
        except BadInputError as error:
            run.warnings.append(Remark(error.key, {k: str(v) for k, v in error.values.items()}, file.file))
            continue
        if copy is None:
            continue
        if copy.placed < len(notes):
            values = {"file": file.file, "count": str(len(notes) - copy.placed)}
            run.warnings.append(Remark("annotate.unplaced", values, file.file))
        if not copy.placed:
            continue
        name = stem if len(files) == 1 else f"{stem}{ENDING}.{part}"
        yield f"{name}{ENDING if len(files) == 1 else ''}{_ending(file, copy.kind)}", copy.data


def _ending(file: SourceFile, kind: str) -> str:
    """The ending of a copy: that of the original where it says more (XLSM has macros)."""
    own = file.file[file.file.rfind(".") :].lower() if "." in file.file else ""
    return own if own in (".xlsm", ".xltx", ".docm", ".dotx") else ENDINGS[kind]


def notes_of(audit: Audit) -> dict[str, list[MarginNote]]:
    """The notes for each file of a filing: one for each doubtful figure and finding, the gravest first."""
    narrator = Narrator(audit)
    notes: dict[str, list[MarginNote]] = {}
    for finding in audit.findings:
        if finding.verdict is Verdict.ROUNDING:
            continue
        for number in _figures(finding, narrator):
            place = narrator.facts[number].place
            note = _note(finding, number, place, narrator)
            if note not in notes.setdefault(place.file, []):
                notes[place.file].append(note)
    return notes


def _figures(finding: Finding, narrator: Narrator) -> list[int]:
    """The figures to mark: those that are accused, or else those that are compared."""
    if finding.suspects:
        return [suspect.fact for suspect in finding.suspects]
    compared = dict.fromkeys(operand.fact for operand in finding.main.operands)
    return [number for number in compared if narrator.facts[number].text.strip()][:MAX_FIGURES]


def _note(finding: Finding, number: int, place: Place, narrator: Narrator) -> MarginNote:
    severity = say(f"severity.{finding.severity.value}")
    if finding.review is not None:
        severity += f" · {standing_text(finding.review)}"
    lines = [say("annotate.note", severity=severity, message=narrator.message(finding))]
    for suspect in finding.suspects:
        if suspect.fact == number and suspect.suggested is not None:
            fact = narrator.facts[number]
            suggested = narrator.as_printed(suspect.suggested, fact)
            lines.append(say("annotate.suggested", printed=narrator.text(fact), suggested=suggested))
    lines.append(say("annotate.fix", fix=narrator.how(finding)))
    lines.append(say("annotate.rule", rule=finding.rule.id, id=finding.id))
    return MarginNote(
        finding.severity.value,
        clean("\n".join(lines)),
        place.page or 0,
        place.bbox,
        place.row or 0,
        place.column or 0,
        place.grid or 0,
        place.paragraph or 0,
    )

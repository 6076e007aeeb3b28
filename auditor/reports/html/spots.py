"""Pictures of the places in the original that findings speak of, with the figures framed."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.annotate.page_pictures import Region
from auditor.engine.findings import Mark
from auditor.messages import say
from auditor.reports.html.atlas import own_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from auditor.annotate.page_pictures import Picture
    from auditor.engine.findings import Finding
    from auditor.reports.html.atlas import Atlas

    Drawing = Callable[[str, Sequence[Region]], Sequence[Picture | None]]  # of regions of the file with a hash

MAX_PICTURES = 40  # of one report
MAX_BYTES = 180_000  # of all pictures of one report
PER_FINDING = 2
AROUND = 34.0  # points shown above and below a figure
TALLEST = 230.0  # points between the first and the last figure of one picture
FRAME = 2.0  # points between a figure and its frame

PictureBox = tuple[float, float, float, float]


class _Framed(NamedTuple):
    fact: int
    page: int
    box: PictureBox


class _Wanted(NamedTuple):
    """A picture that a finding asks for."""

    finding: str
    sha256: str
    region: Region
    framed: tuple[_Framed, ...]


def spots(findings: Sequence[Finding], atlas: Atlas, draw: Drawing | None) -> dict[str, list[dict[str, Any]]]:
    """The pictures of every finding that has a place on a page, within what a report may weigh.

    A finding whose pictures would be too much has an entry without a picture that says so.
    """
    if draw is None:
        return {}
    wanted = [item for finding in findings for item in _wanted(finding, atlas)]
    drawn: list[tuple[_Wanted, Picture | None]] = []
    chosen = wanted[:MAX_PICTURES]
    for sha256 in dict.fromkeys(item.sha256 for item in chosen):
        mine = [item for item in chosen if item.sha256 == sha256]
        drawn += zip(mine, draw(sha256, [item.region for item in mine]), strict=True)
    made = {id(item): picture for item, picture in drawn}
    marks = {finding.id: own_marks(finding, atlas.audit) for finding in findings}
    out: dict[str, list[dict[str, Any]]] = {}
    weight = 0
    for item in wanted:
        picture = made.get(id(item))
        if picture is None and id(item) in made:
            continue  # not a PDF, or it cannot be drawn
        weight += len(picture.png) if picture else 0
        shown = picture if weight <= MAX_BYTES else None
        out.setdefault(item.finding, []).append(_data(item, shown, marks[item.finding]))
    return out


def _wanted(finding: Finding, atlas: Atlas) -> list[_Wanted]:
    """The stretches of pages with the most telling figures of a finding, in order of pages."""
    audit = atlas.audit
    names = Counter(file.file for file in audit.filing.files)
    hashes = {file.file: file.sha256 for file in audit.filing.files if names[file.file] == 1}
    suspects = [suspect.fact for suspect in finding.suspects]
    facts = dict.fromkeys(suspects + [operand.fact for operand in finding.main.operands])
    by_page: dict[tuple[str, int], list[_Framed]] = {}
    for fact in facts:
        place = audit.facts[fact].place
        if place.bbox is not None and place.page is not None and place.file in hashes:
            by_page.setdefault((hashes[place.file], place.page), []).append(_Framed(fact, place.page, place.bbox))
    groups = [(sha256, group) for (sha256, _), framed in by_page.items() for group in _near(framed)]
    groups.sort(key=lambda item: (-len({framed.fact for framed in item[1]} & set(suspects[:1])), -len(item[1])))
    best = sorted(groups[:PER_FINDING], key=lambda item: (item[1][0].page, item[1][0].box[1]))
    return [_Wanted(finding.id, sha256, _region(group), tuple(group)) for sha256, group in best]


def _near(framed: Iterable[_Framed]) -> list[list[_Framed]]:
    """Figures of a page in groups that fit one picture, from the top."""
    groups: list[list[_Framed]] = []
    for item in sorted(framed, key=lambda item: (item.box[1], item.box[0], item.fact)):
        if groups and item.box[3] - groups[-1][0].box[1] <= TALLEST:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _region(group: Sequence[_Framed]) -> Region:
    top, bottom = min(item.box[1] for item in group), max(item.box[3] for item in group)
    return Region(group[0].page, round(top - AROUND, 1), round(bottom + AROUND, 1))


def _data(item: _Wanted, picture: Picture | None, marks: dict[int, Mark]) -> dict[str, Any]:
    page = say("place.page", page=item.region.page)
    if picture is None:
        return {"src": "", "text": say("html.no_room", place=page)}
    x0, y0, x1, y1 = picture.box
    frames = []
    for framed in item.framed:
        left, top, right, bottom = framed.box
        frames.append(
            {
                "left": _share(left - FRAME - x0, x1 - x0),
                "top": _share(top - FRAME - y0, y1 - y0),
                "width": _share(right - left + 2 * FRAME, x1 - x0),
                "height": _share(bottom - top + 2 * FRAME, y1 - y0),
                "suspect": marks.get(framed.fact) is Mark.SUSPECT,
            }
        )
    return {
        "src": f"data:image/png;base64,{base64.b64encode(picture.png).decode()}",
        "width": picture.width,
        "height": picture.height,
        "text": say("html.picture", place=page),
        "frames": frames,
        "legend": len({frame["suspect"] for frame in frames}) == 2,
    }


def _share(part: float, whole: float) -> str:
    """A part of a length in percent, within it."""
    return f"{min(100.0, max(0.0, 100 * part / whole)):.2f}"

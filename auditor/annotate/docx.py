"""Notes in a text document: comments at paragraphs and table cells. The text stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.annotate.notes import AUTHOR
from auditor.annotate.parts import Changed
from auditor.annotate.xlsx import printable_lines
from auditor.digits import whole_number
from auditor.readers.word.docx import elements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.annotate.notes import MarginNote

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"


def annotated(data: bytes, file: str, notes: Sequence[MarginNote]) -> tuple[bytes, int]:
    """A copy of a document with comments, and how many notes were placed. Raises `BadInputError`."""
    with Changed(data, file, "DOCX", _MAIN) as changed:
        root = changed.tree(_MAIN)
        spots = elements_of(root, changed.package, file)
        comments = _comments(changed)
        number = 1 + max((whole_number(c.get(f"{_W}id", ""), 9) or 0 for c in comments), default=-1)
        placed = 0
        for note in notes:
            spot = (0, note.grid, note.row, note.column) if note.grid else (note.paragraph, 0, 0, 0)
            paragraph = _paragraph(spots.get(spot))
            if paragraph is not None:
                _comment(comments, number, note.text)
                _mark(paragraph, number)
                number += 1
                placed += 1
        return changed.written(), placed


def _comments(changed: Changed) -> Any:
    """The part with the comments, new where there is none."""
    from lxml import etree

    for kind, target in changed.package.relations(_MAIN).values():
        if kind == "comments" and changed.tree(target) is not None:
            return changed.tree(target)
    part = changed.free("word/comments{}.xml")
    root = etree.Element(f"{_W}comments", nsmap={"w": _W[1:-1]})
    changed.add_tree(part, root)
    changed.relate(_MAIN, "comments", part)
    changed.declare(part, _COMMENTS)
    return root


def _paragraph(element: Any) -> Any:
    """The paragraph at which a comment can stand: that of a cell, and around a text box that which holds the box."""
    if element is None:
        return None
    paragraph = element if element.tag == f"{_W}p" else next(element.iter(f"{_W}p"), None)
    box = next(paragraph.iterancestors(f"{_W}txbxContent"), None) if paragraph is not None else None
    return paragraph if box is None else next(box.iterancestors(f"{_W}p"), None)


def _comment(comments: Any, number: int, text: str) -> None:
    from lxml import etree

    comment = etree.SubElement(
        comments, f"{_W}comment", {f"{_W}id": str(number), f"{_W}author": AUTHOR, f"{_W}initials": "A"}
    )
    for line in printable_lines(text).split("\n"):
        run = etree.SubElement(etree.SubElement(comment, f"{_W}p"), f"{_W}r")
        written = etree.SubElement(run, f"{_W}t")
        written.text = line
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _mark(paragraph: Any, number: int) -> None:
    """Put the ends of a comment around the content of a paragraph, and its sign behind."""
    from lxml import etree

    identity = {f"{_W}id": str(number)}
    first = 1 if len(paragraph) and paragraph[0].tag == f"{_W}pPr" else 0
    paragraph.insert(first, etree.SubElement(paragraph, f"{_W}commentRangeStart", identity))
    etree.SubElement(paragraph, f"{_W}commentRangeEnd", identity)
    etree.SubElement(etree.SubElement(paragraph, f"{_W}r"), f"{_W}commentReference", identity)

"""Notes in a workbook: comments at the cells. Sheets, formats, formulas and macros stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.annotate.notes import AUTHOR, MAX_TEXT
from auditor.annotate.parts import OFFICE, Changed
from auditor.messages import printable
from auditor.readers.workbook.sheets import cell_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.annotate.notes import MarginNote

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = f"{{{OFFICE}}}"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AFTER = frozenset(  # what stands after `legacyDrawing` in a sheet
    f"{_S}{name}"
    for name in (
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    )
)
_SHAPE = "_x0000_t202"  # a text box, as every spreadsheet program calls it
_TYPE = (
    f'<v:shapetype id="{_SHAPE}" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    "</o:shapelayout></xml>"
)
_END = b"</xml>"


def annotated(data: bytes, file: str, notes: Sequence[MarginNote]) -> tuple[bytes, int]:
    """A copy of a workbook with comments, and how many notes were placed. Raises `BadInputError`."""
    with Changed(data, file, "XLSX", "xl/workbook.xml") as changed:
        root = changed.package.xml("xl/workbook.xml")
        targets = changed.package.relations("xl/workbook.xml")
        placed = 0
        for number, entry in enumerate(root.iter(f"{_S}sheet"), 1):
            texts = _by_cell([note for note in notes if note.page == number and note.row and note.column])
            kind, part = targets.get(entry.get(f"{_R}id", ""), ("", ""))
            if texts and kind == "worksheet" and part in changed.package.names:
                _Sheet(changed, part).comment(texts)
                placed += sum(len(found) for found in texts.values())
        return changed.written(), placed


def _by_cell(notes: Sequence[MarginNote]) -> dict[tuple[int, int], list[str]]:
    texts: dict[tuple[int, int], list[str]] = {}
    for note in sorted(notes, key=lambda note: (note.row, note.column)):
        texts.setdefault((note.row, note.column), []).append(printable_lines(note.text))
    return texts


def printable_lines(text: str) -> str:
    """A text that XML can hold."""
    return "\n".join(printable(line) for line in text[:MAX_TEXT].split("\n"))


class _Sheet:
    """One sheet whose cells get comments, beside those that it has."""

    def __init__(self, changed: Changed, part: str) -> None:
        self.changed, self.part = changed, part
        relations = changed.package.relations(part)
        self.by_id = relations
        self.comments = next((target for kind, target in relations.values() if kind == "comments"), "")

    def comment(self, texts: Mapping[tuple[int, int], Sequence[str]]) -> None:
        """Write comments at cells (row and column, counted from 1)."""
        root = self._list()
        there = {comment.get("ref", ""): comment for comment in root.iter(f"{_S}comment")}
        author, listed = self._author(root), root.find(f"{_S}commentList")
        fresh = []
        for (row, column), found in texts.items():
            name, text = cell_name(row - 1, column - 1), "\n\n".join(found)
            if name in there:
                _append(there[name], text)
            else:
                _append(_sub(listed, "comment", ref=name, authorId=str(author)), text)
                fresh.append((row, column))
        self._draw(fresh)

    def _list(self) -> Any:
        from lxml import etree

        root = self.changed.tree(self.comments) if self.comments else None
        if root is None:
            plain: Any = {None: _S[1:-1]}
            root = etree.Element(f"{_S}comments", nsmap=plain)
            self.comments = self.changed.free("xl/comments{}.xml")
            self.changed.add_tree(self.comments, root)
            self.changed.relate(self.part, "comments", self.comments)
            self.changed.declare(self.comments, _COMMENTS)
        for place, name in enumerate(("authors", "commentList")):
            if root.find(f"{_S}{name}") is None:
                root.insert(place, etree.SubElement(root, f"{_S}{name}"))
        return root

    @staticmethod
    def _author(root: Any) -> int:
        authors = root.find(f"{_S}authors")
        names = [element.text for element in authors]
        if AUTHOR not in names:
            _sub(authors, "author").text = AUTHOR
            names.append(AUTHOR)
        return names.index(AUTHOR)

    def _draw(self, cells: Sequence[tuple[int, int]]) -> None:
        """Add the boxes that show the comments."""
        if not cells:
            return
        part = self._drawing()
        text = self.changed.parts.get(part) or self.changed.package.read(part) or _EMPTY.encode()
        head, end, tail = text.rpartition(_END)
        if not end:
            raise self.changed.package.damaged()
        number, shapes = 1025, "" if _SHAPE.encode() in text else _TYPE
        for row, column in cells:
            while f"_x0000_s{number}".encode() in text:
                number += 1
            shapes += _shape(number, row - 1, column - 1)
            number += 1
        self.changed.parts[part] = head + shapes.encode() + end + tail

    def _drawing(self) -> str:
        """The part that draws the sheet's comments; a new one where there is none."""
        from lxml import etree

        for kind, target in self.by_id.values():
            if kind == "vmlDrawing" and self._is_legacy(target):
                return target
        part = self.changed.free("xl/drawings/vmlDrawing{}.vml")
        self.changed.parts[part] = _EMPTY.encode()
        self.changed.declare_ending("vml", _VML)
        sheet = self.changed.tree(self.part)
        identity = self.changed.relate(self.part, "vmlDrawing", part)
        element = etree.Element(f"{_S}legacyDrawing", {f"{_R}id": identity}, nsmap={"r": OFFICE})
        behind = next((place for place, child in enumerate(sheet) if child.tag in _AFTER), len(sheet))
        sheet.insert(behind, element)
        return part

    def _is_legacy(self, target: str) -> bool:
        """Whether a drawing is the one of the comments (and not that of headers and footers)."""
        return any(
            self.by_id.get(element.get(f"{_R}id", ""), ("", ""))[1] == target
            for element in self.changed.package.xml(self.part).iter(f"{_S}legacyDrawing")
        )


def _append(comment: Any, text: str) -> None:
    """Add a text to a comment, after what it says."""
    body = comment.find(f"{_S}text")
    if body is None:
        body = _sub(comment, "text")
    run = _sub(body, "r") if len(body) else body
    written = _sub(run, "t")
    written.text = f"\n\n{text}" if run is not body else text
    written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _sub(parent: Any, name: str, **attributes: str) -> Any:
    from lxml import etree

    return etree.SubElement(parent, f"{_S}{name}", attributes)


def _shape(number: int, row: int, column: int) -> str:
    """The box of one comment, hidden until one points at its cell."""
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 6}, 31, {max(row - 1, 0) + 7}, 9"
    return (
        f'<v:shape id="_x0000_s{number}" type="#{_SHAPE}" style="position:absolute;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
    )

"""An Office package that is changed in a few parts: all others are copied as they are."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING, Any

from auditor.errors import BadInputError
from auditor.own import COPY
from auditor.readers.office_packages import Package

if TYPE_CHECKING:
    from typing import Self

TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = b"http://purl.oclc.org/ooxml/"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"


class Changed:
    """A package with some parts changed or added. Raises `BadInputError` for one that is not safe to open."""

    def __init__(self, data: bytes, file: str, kind: str, main: str) -> None:
        self.file = file
        self.package = Package(data, file, kind)
        start = self.package.read(main)
        if start is None:
            raise self.package.damaged()
        if _STRICT in start[:4096]:  # names everything by other addresses
            raise BadInputError("annotate.strict", file=file)
        self.parts: dict[str, bytes] = {}
        self._trees: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.package.close()

    def tree(self, name: str) -> Any:
        """The root of a part, to be changed in place; None where there is no such part."""
        if name not in self._trees:
            root = self.package.xml(name)
            if root is None:
                return None
            self._trees[name] = root
        return self._trees[name]

    def add_tree(self, name: str, root: Any) -> None:
        """Add a part."""
        self._trees[name] = root

    def free(self, pattern: str) -> str:
        """A part name like `xl/comments{}.xml` that is not taken."""
        taken = {name.casefold() for name in (*self.package.names, *self.parts, *self._trees)}
        number = 1
        while pattern.format(number).casefold() in taken:
            number += 1
        return pattern.format(number)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Write that a part refers to another; returns the identity of the relation."""
        from lxml import etree

        folder, base = posixpath.split(part)
        name = f"{folder}/_rels/{base}.rels"
        root = self.tree(name)
        if root is None:
            plain: Any = {None: _RELS[1:-1]}
            root = etree.Element(f"{_RELS}Relationships", nsmap=plain)
            self.add_tree(name, root)
        taken = {element.get("Id") for element in root}
        number = len(root) + 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root,
            f"{_RELS}Relationship",
            {"Id": f"rId{number}", "Type": f"{OFFICE}/{kind}", "Target": posixpath.relpath(target, folder)},
        )
        return f"rId{number}"

    def declare(self, part: str, content: str) -> None:
        """Say of what type a part is."""
        self._type("Override", "PartName", f"/{part}", content)

    def declare_ending(self, ending: str, content: str) -> None:
        """Say of what type all parts with an ending are."""
        self._type("Default", "Extension", ending, content)

    def _type(self, tag: str, key: str, value: str, content: str) -> None:
        from lxml import etree

        root = self.tree(TYPES)
        if root is None:
            raise self.package.damaged()
        if not any((element.get(key) or "").casefold() == value.casefold() for element in root.iter(f"{_CT}{tag}")):
            element = etree.SubElement(root, f"{_CT}{tag}", {key: value, "ContentType": content})
            if tag == "Default":
                root.insert(0, element)

    def written(self) -> bytes:
        """The package as bytes: parts in their order, then the new ones."""
        from lxml import etree

        for name, root in self._trees.items():
            self.parts[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, info in self.package.names.items():
                content = self.parts.pop(name, None)
                kept = zipfile.ZipInfo(info.filename, info.date_time)
                kept.compress_type, kept.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
                archive.writestr(kept, content if content is not None else self.package.read(name) or b"")
            for name, content in self.parts.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            archive.comment = COPY
        return out.getvalue()

"""How the runs of a DOCX look, as far as it tells what they say: raised, struck, pale, hidden, how large.

Source: ECMA-376 part 1, 17.3.2 (run properties) and 17.7 (styles).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.readers.printed_runs import Run, is_paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.readers.office_packages import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_STYLES = 20  # that a style may be based on, one on another
_NO_FILL = frozenset({"AUTO", "FFFFFF", "NONE", ""})


class RunLooks:
    """The looks of runs, by their own properties and those of their styles."""

    def __init__(self, package: Package) -> None:
        root = package.xml("word/styles.xml")
        self._properties: dict[str, Any] = {}  # run properties of a style
        self._based: dict[str, str] = {}
        self._shaded: set[str] = set()  # styles of tables that colour cells
        for style in root.iter(f"{_W}style") if root is not None else ():
            name = style.get(f"{_W}styleId", "")
            self._properties[name] = style.find(f"{_W}rPr")
            self._based[name] = _value(style, "basedOn")
            if any(_fills(shading) for shading in style.iter(f"{_W}shd")):
                self._shaded.add(name)

    def of(self, run: Any, paragraph: Any) -> Run:
        """How a run of a paragraph looks; without its text."""
        layers = list(self._layers(run, paragraph))
        if not layers:
            return Run("")
        raised = _first(layers, "vertAlign") in ("superscript", "subscript") or _moved(_first(layers, "position"))
        pale = is_paper(_first(layers, "color")) and not self._on_colour(run, layers)
        size = _first(layers, "sz")
        return Run(
            "",
            raised,
            any(_state(layers, name) for name in ("strike", "dstrike")),
            pale,
            (whole_number(size or "", 4) or 0) * 1.0,
        )

    def is_hidden(self, run: Any, paragraph: Any) -> bool:
        """Whether a run is not printed at all."""
        return _state(list(self._layers(run, paragraph)), "vanish")

    def _layers(self, run: Any, paragraph: Any) -> Iterator[Any]:
        """The properties that hold for a run, the nearest first."""
        own = run.find(f"{_W}rPr")
        if own is not None:
            yield own
            yield from self._of_style(_value(own, "rStyle"))
        about = paragraph.find(f"{_W}pPr")
        if about is not None:
            yield from self._of_style(_value(about, "pStyle"))

    def _of_style(self, name: str) -> Iterator[Any]:
        for _ in range(_MOST_STYLES):
            if not name:
                return
            properties = self._properties.get(name)
            if properties is not None:
                yield properties
            name = self._based.get(name, "")

    def _on_colour(self, run: Any, layers: list[Any]) -> bool:
        """Whether something behind a run may be of another colour than paper."""
        if any(_fills(layer.find(f"{_W}shd")) or layer.find(f"{_W}highlight") is not None for layer in layers):
            return True
        for element in run.iterancestors():
            for about in element.iterchildren(f"{_W}pPr", f"{_W}tcPr", f"{_W}trPr", f"{_W}tblPr"):
                if _fills(about.find(f"{_W}shd")) or _value(about, "tblStyle") in self._shaded:
                    return True
            if element.tag == f"{_W}txbxContent":
                return True  # a drawing has a filling of its own
        return False


def is_on(properties: Any, name: str) -> bool:
    """Whether a property that is on or off is on."""
    return properties is not None and _state([properties], name)


def _state(layers: list[Any], name: str) -> bool:
    for layer in layers:
        element = layer.find(f"{_W}{name}")
        if element is not None:
            return element.get(f"{_W}val", "1") not in ("0", "false", "off")
    return False


def _first(layers: list[Any], name: str) -> str | None:
    for layer in layers:
        element = layer.find(f"{_W}{name}")
        if element is not None:
            return str(element.get(f"{_W}val", ""))
    return None


def _moved(position: str | None) -> bool:
    """Whether text is moved up or down, in half points, by more than what adjusts a line."""
    digits = (position or "").lstrip("-+")
    return (whole_number(digits, 4) or 0) >= 6


def _fills(shading: Any) -> bool:
    return shading is not None and (
        shading.get(f"{_W}fill", "auto").upper() not in _NO_FILL
        or shading.get(f"{_W}themeFill") is not None
        or shading.get(f"{_W}val", "clear") not in ("clear", "nil")
    )


def _value(parent: Any, name: str) -> str:
    element = parent.find(f"{_W}{name}")
    return element.get(f"{_W}val", "") if element is not None else ""

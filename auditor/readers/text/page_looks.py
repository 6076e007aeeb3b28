"""How the text of a web page looks, as far as its elements and their own styles tell what it says.

Style sheets are not followed: what they may colour is taken for visible.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.digits import real_number, whole_number
from auditor.readers.printed_runs import is_paper

if TYPE_CHECKING:
    from auditor.readers.printed_runs import Run

_RAISED = frozenset({"sup", "sub"})
_STRUCK = frozenset({"s", "strike", "del"})
_SIZE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)(pt|px)")
_PER_POINT = {"pt": 1.0, "px": 0.75}
_RGB = re.compile(r"rgba?\(([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3})(?:,[0-9.]+)?\)")


def is_hidden(element: Any) -> bool:
    """Whether an element is not shown."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style or element.get("hidden") is not None


def look_of(element: Any, around: Run) -> Run:
    """The look of the text in an element, by the look of what it stands in."""
    tag = element.tag if isinstance(element.tag, str) else ""
    style = _declared(element.get("style"))
    colour = style.get("color", element.get("color") if tag == "font" else None)
    if not style and colour is None and tag not in _RAISED and tag not in _STRUCK:
        return around
    align = style.get("vertical-align", "")
    lines = style.get("text-decoration", "") + style.get("text-decoration-line", "")
    raised = around.raised or tag in _RAISED or align in ("super", "sub")
    if tag in _RAISED and align == "baseline":
        raised = around.raised
    return around._replace(
        raised=raised,
        struck=around.struck or tag in _STRUCK or "line-through" in lines,
        pale=around.pale if colour is None else _is_white(colour) and not _is_on_colour(element),
        size=_points(style.get("font-size", "")) or around.size,
    )


def _declared(style: str | None) -> dict[str, str]:
    """The declarations of a style attribute."""
    out = {}
    for part in style.split(";") if style else ():
        name, _, value = part.partition(":")
        out[name.strip().lower()] = "".join(value.split()).removesuffix("!important").lower()
    return out


def _points(size: str) -> float:
    found = _SIZE.fullmatch(size)
    return (real_number(found[1]) or 0.0) * _PER_POINT[found[2]] if found is not None else 0.0


def _is_white(colour: str) -> bool:
    found = _RGB.fullmatch(colour)
    if found is not None:
        colour = "".join(f"{min(whole_number(part) or 0, 255):02x}" for part in found.groups())
    return colour == "white" or is_paper(colour)


def _is_on_colour(element: Any) -> bool:
    """Whether something behind an element may be of another colour than paper, as far as to the table it is in."""
    while element is not None:
        if "background" in (element.get("style") or "").lower() or element.get("class") or element.get("bgcolor"):
            return True
        if element.tag in ("table", "body"):
            return False
        element = element.getparent()
    return False

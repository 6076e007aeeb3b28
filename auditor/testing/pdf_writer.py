"""A plain writer of PDF files, for generated filings: text, rulings, boxes, clips, pictures, tables with merged cells.

Chinese is set in a standard font that is not embedded (STSong-Light), so a file is a few hundred bytes and a page
costs well under a millisecond. Positions are points from the top left corner of the page as it is displayed, as the
readers give them back; a page that is turned or cropped is drawn so that it still displays the same. The same calls
give the same bytes.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LEFT, ABOVE = "\x01left", "\x01above"  # a box of a table that belongs to the cell on its left, or above it
PAD = 3.0  # between a cell's text and its rulings
LEADING = 1.3  # of the size of type: from one line of a cell to the next


@dataclass(frozen=True)
class Font:
    """A font by its standard name. `ascent` and `descent` (thousandths) may be absurd, as in real files.

    `says` maps characters that are drawn to what the file says they are (radicals, a lost code: '').
    """

    name: str = "STSong-Light"
    ascent: int = 880
    descent: int = -120
    says: tuple[tuple[str, str], ...] = ()

    @property
    def is_chinese(self) -> bool:
        """Whether text is written by two-byte Unicode codes."""
        return self.name.startswith("ST")

    def encoded(self, text: str) -> str:
        """The operand of a text operator. Raises `UnicodeError` for what the font cannot write."""
        if self.is_chinese:
            if any(ord(char) > 0xFFFF for char in text):
                raise UnicodeEncodeError("UniGB-UCS2-H", text, 0, len(text), "beyond the basic plane")
            return f"<{text.encode('utf-16-be').hex()}>"
        return f"<{text.encode('cp1252').hex()}>"


SONG = Font()
SANS = Font("Helvetica", 718, -207)


def width_of(text: str, size: float) -> float:
    """How wide Chinese type prints a text: Latin letters and digits take half a character."""
    return size * sum(1.0 if char > "\xff" else 0.5 for char in text)


@dataclass
class Page:
    """One page being drawn; `width` and `height` as displayed.

    `turn` is the page's /Rotate, `margins` what the crop box leaves out at left, bottom, right and top.
    """

    width: float = 595.0
    height: float = 842.0
    turn: int = 0
    margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    fonts: dict[Font, str] = field(default_factory=dict)
    pictures: list[tuple[bytes, int, int]] = field(default_factory=list)
    opacities: dict[float, str] = field(default_factory=dict)
    operators: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 10.5,
        font: Font = SONG,
        gray: float = 0.0,
        mode: int = 0,
        spacing: float = 0.0,
    ) -> None:
        """Draw a text with its baseline at `y`. `mode` is the PDF's text render mode (3 paints nothing)."""
        name = self.fonts.setdefault(font, f"F{len(self.fonts)}")
        self.operators.append(
            f"BT /{name} {size:g} Tf {gray:g} g {mode} Tr {spacing:g} Tc {x:g} {self.height - y:g} Td "
            f"{font.encoded(text)} Tj ET"
        )

    def line(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.5, gray: float = 0.0) -> None:
        """Draw a straight line."""
        self.operators.append(f"{gray:g} G {width:g} w {x0:g} {self.height - y0:g} m {x1:g} {self.height - y1:g} l S")

    def box(
        self, x0: float, y0: float, x1: float, y1: float, *, fill: float | None = None, stroke: float | None = None
    ) -> None:
        """Draw a box, filled or ruled in a grey (0 is black, 1 is white)."""
        colours = (f"{fill:g} g " if fill is not None else "") + (f"{stroke:g} G " if stroke is not None else "")
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[fill is not None, stroke is not None]
        self.operators.append(f"{colours}{x0:g} {self.height - y1:g} {x1 - x0:g} {y1 - y0:g} re {paint}")

    @contextmanager
    def clip(self, x0: float, y0: float, x1: float, y1: float) -> Iterator[None]:
        """Show what is drawn inside this block only where it lies in the box."""
        self.operators.append(f"q {x0:g} {self.height - y1:g} {x1 - x0:g} {y1 - y0:g} re W n")
        yield
        self.operators.append("Q")

    @contextmanager
    def opacity(self, share: float) -> Iterator[None]:
        """Draw what is drawn inside this block with an opacity (0 cannot be seen)."""
        self.opacities.setdefault(share, f"G{len(self.opacities)}")
        self.operators.append(f"q /{self.opacities[share]} gs")
        yield
        self.operators.append("Q")

    def picture(self, x0: float, y0: float, x1: float, y1: float, pixels: bytes, width: int, height: int) -> None:
        """Draw a grey picture: one byte per pixel, row by row from the top."""
        self.pictures.append((pixels, width, height))
        self.operators.append(
            f"q {x1 - x0:g} 0 0 {y1 - y0:g} {x0:g} {self.height - y1:g} cm /I{len(self.pictures) - 1} Do Q"
        )

    def table(
        self,
        x: float,
        y: float,
        widths: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        size: float = 9.0,
        height: float = 16.0,
        ruled: bool = True,
    ) -> float:
        """Draw a table and return where it ends; long texts are wrapped, numbers stand at the right.

        `LEFT` and `ABOVE` in place of a text join a box to the cell on its left or above it; a merged cell is a
        rectangle whose first column is made of `ABOVE` and the rest of `LEFT`.
        """
        xs = _sums(x, widths)
        wrapped = [[_wrapped(text, xs, row, n, size) for n, text in enumerate(row)] for row in rows]
        heights = [max(height, LEADING * size * max((len(lines) for lines in row), default=1) + 4) for row in wrapped]
        ys = _sums(y, heights)
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                if text in (LEFT, ABOVE):
                    continue
                right, bottom = c + 1, r + 1
                while right < len(row) and row[right] == LEFT:
                    right += 1
                while bottom < len(rows) and rows[bottom][c] == ABOVE:
                    bottom += 1
                if ruled:
                    self.box(xs[c], ys[r], xs[right], ys[bottom], stroke=0.0)
                self._cell(wrapped[r][c], (xs[c], ys[r], xs[right], ys[bottom]), size)
        return ys[-1]

    def _cell(self, lines: Sequence[str], box: tuple[float, float, float, float], size: float) -> None:
        x0, y0, x1, y1 = box
        base = (y0 + y1) / 2 + size * (0.38 - LEADING * (len(lines) - 1) / 2)
        for line in lines:
            if line:
                number = line.strip()[:1] in "-0123456789" and line.strip()[-1:] in "0123456789%"
                self.text(x1 - PAD - width_of(line, size) if number else x0 + PAD, base, line, size=size)
            base += LEADING * size

    def _content(self) -> bytes:
        """The operators, drawn so that the page displays upright whatever its turn and crop box."""
        wide, high = self.width, self.height
        left, bottom, _, _ = self._crop()
        a, b, c, d, e, f = {
            0: (1, 0, 0, 1, 0.0, 0.0),
            90: (0, 1, -1, 0, high, 0.0),
            180: (-1, 0, 0, -1, wide, high),
            270: (0, -1, 1, 0, 0.0, wide),
        }[self.turn]
        return "\n".join([f"{a} {b} {c} {d} {e + left:g} {f + bottom:g} cm", *self.operators]).encode()

    def _crop(self) -> tuple[float, float, float, float]:
        wide, high = (self.width, self.height) if self.turn % 180 == 0 else (self.height, self.width)
        left, bottom = self.margins[:2]
        return left, bottom, left + wide, bottom + high

    def _boxes(self) -> str:
        crop = self._crop()
        media = (0.0, 0.0, crop[2] + self.margins[2], crop[3] + self.margins[3])
        text = f"/MediaBox [{' '.join(f'{v:g}' for v in media)}]"
        if any(self.margins):
            text += f" /CropBox [{' '.join(f'{v:g}' for v in crop)}]"
        return text + (f" /Rotate {self.turn}" if self.turn else "")


def _sums(start: float, steps: Sequence[float]) -> list[float]:
    out = [start]
    for step in steps:
        out.append(out[-1] + step)
    return out


def _wrapped(text: str, xs: Sequence[float], row: Sequence[str], column: int, size: float) -> list[str]:
    """A cell's text in lines that fit between its rulings; a line feed in it breaks the line."""
    if text in (LEFT, ABOVE, ""):
        return [""]
    right = column + 1
    while right < len(row) and row[right] == LEFT:
        right += 1
    room = xs[right] - xs[column] - 2 * PAD
    out: list[str] = []
    for part in text.split("\n"):
        line = ""
        for char in part:
            if line and width_of(line + char, size) > room:
                out.append(line)
                line = ""
            line += char
        out.append(line)
    return out


def written(
    pages: Sequence[Page],
    *,
    modified: str = "",
    compress: bool = True,
    secured: Callable[[int, bytes], bytes] | None = None,
    trailer: str = "",
) -> bytes:
    """The pages as one PDF file.

    `modified` is a date as digits (YYYYMMDDHHMMSS). `secured` encrypts the bytes of one object, given its number,
    and `trailer` then says how.
    """
    objects: list[bytes] = [b""] * 2  # the catalogue and the list of pages come first
    names: dict[Font, int] = {}

    def added(text: str, stream: bytes | None = None, *, packed: bool = compress) -> int:
        number = len(objects) + 1
        body = text.encode()
        if stream is not None:
            if packed:
                stream, text = zlib.compress(stream, 6), text[:-2] + " /Filter /FlateDecode >>"
            if secured is not None:
                stream = secured(number, stream)
            body = f"{text[:-2]} /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream"
        objects.append(body)
        return number

    kids = []
    for page in pages:
        for font in page.fonts:
            if font not in names:
                names[font] = _add_font(font, added)
        used = " ".join(f"/{name} {names[font]} 0 R" for font, name in page.fonts.items())
        images = [
            added(
                f"<< /Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace /DeviceGray "
                "/BitsPerComponent 8 >>",
                pixels,
                packed=True,
            )
            for pixels, wide, high in page.pictures
        ]
        shown = " ".join(f"/I{n} {number} 0 R" for n, number in enumerate(images))
        states = " ".join(f"/{name} << /ca {share:g} /CA {share:g} >>" for share, name in page.opacities.items())
        content = added("<< >>", page._content())  # noqa: SLF001 — the page's own file
        kids.append(
            added(
                f"<< /Type /Page /Parent 2 0 R {page._boxes()} /Contents {content} 0 R "  # noqa: SLF001
                f"/Resources << /Font << {used} >> /XObject << {shown} >> /ExtGState << {states} >> >> >>"
            )
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    info = added(f"<< /ModDate (D:{modified}) >>") if modified and secured is None else 0
    return _file(objects, (f"/Info {info} 0 R " if info else "") + trailer)


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _add_font(font: Font, added: Callable[..., int]) -> int:
    says = f" /ToUnicode {added('<< >>', _unicode_map(dict(font.says), font))} 0 R" if font.says else ""
    if not font.is_chinese:
        return added(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font.name} /Encoding /WinAnsiEncoding{says} >>")
    about = added(
        f"<< /Type /FontDescriptor /FontName /{font.name} /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        f"/Ascent {font.ascent} /Descent {font.descent} /CapHeight 880 /StemV 93 >>"
    )
    inner = added(
        f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{font.name} /FontDescriptor {about} 0 R /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /W [1 95 500 814 939 500] >>"
    )
    return added(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{font.name} /Encoding /UniGB-UCS2-H "
        f"/DescendantFonts [{inner} 0 R]{says} >>"
    )


def _unicode_map(says: Mapping[str, str], font: Font) -> bytes:
    """A ToUnicode map: what the drawn characters of `says` are said to be."""
    codes = font.encoded
    lines = [f"{codes(char)} <{said.encode('utf-16-be').hex() or '0000'}>" for char, said in says.items()]
    size = "0000 FFFF" if font.is_chinese else "00 FF"
    low, high = size.split()
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def",
            f"1 begincodespacerange <{low}> <{high}> endcodespacerange",
            f"{len(lines)} beginbfchar",
            *lines,
            "endbfchar endcmap CMapName currentdict /CMap defineresource pop end",
        ]
    ).encode()

"""Draw `floors.svg` from the imports: `python docs/drawing.py`; with `--check` only say whether it is still right.

Every package is a row, on the floor that `pyproject.toml` gives it; a square says that it imports from the package of
that column. All squares stand left of the stairs: nothing imports upwards.
"""

import ast
import sys
import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "auditor"
DRAWING = Path(__file__).parent / "floors.svg"
CELL, LEFT, TOP, WIDTH = 22, 118, 112, 1180


def floors() -> list[list[str]]:
    """The packages of each floor, the ground first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(one for one in contracts["contracts"] if one.get("containers") == ["auditor"])["layers"]
    return [[name.strip() for name in layer.split("|")] for layer in reversed(layers)]


def files_of(package: str) -> list[Path]:
    """The modules of a package, or the one file that it is."""
    folder = PACKAGE / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imported_by(package: str) -> set[str]:
    """The other packages of the program that a package imports from, for types and inside functions as well."""
    names: set[str] = set()
    for file in files_of(package):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module} if node.module != "auditor" else {f"auditor.{one.name}" for one in node.names}
            elif isinstance(node, ast.Import):
                names |= {one.name for one in node.names}
    return {name.split(".")[1] for name in names if name.startswith("auditor.")} - {package}


def purpose(package: str) -> str:
    """The first line of a package's docstring."""
    text = ast.get_docstring(ast.parse(files_of(package)[0].read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0]


def drawn() -> str:
    """The drawing as SVG."""
    order = [package for floor in floors() for package in floor]
    ground = {package: number for number, floor in enumerate(floors()) for package in floor}
    high = TOP + CELL * len(order) + 10
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" font-family="sans-serif">',
        "<style>text {font-size: 13px} .told {font-size: 11px; fill: #4a5568}</style>",
        f'<rect width="{WIDTH}" height="{high}" fill="#fff"/>',
    ]
    for number, package in enumerate(order):
        x, y = LEFT + CELL * number, TOP + CELL * (len(order) - 1 - number)
        shade = "#f4f6f8" if ground[package] % 2 else "#fff"
        out.append(f'<rect x="0" y="{y}" width="{WIDTH}" height="{CELL}" fill="{shade}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end" font-weight="600">{escape(package)}</text>')
        out.append(f'<text transform="translate({x + 15},{TOP - 6}) rotate(-60)">{escape(package)}</text>')
        below = imported_by(package)
        out += [
            f'<rect x="{LEFT + CELL * at + 4}" y="{y + 4}" width="14" height="14" rx="2" fill="#2b6cb0">'
            f"<title>{escape(package)} → {escape(other)}</title></rect>"
            for at, other in enumerate(order)
            if other in below
        ]
        out.append(f'<rect x="{x + 4}" y="{y + 4}" width="14" height="14" rx="2" fill="#cbd5e0"/>')
        told = LEFT + CELL * len(order) + 12
        out.append(f'<text x="{told}" y="{y + 16}" class="told">{escape(purpose(package))}</text>')
    return "\n".join([*out, "</svg>", ""])


def main() -> int:
    """Write the drawing, or with `--check` compare; exit status 1 where it is out of date."""
    picture = drawn()
    if "--check" in sys.argv:
        return int(not DRAWING.is_file() or DRAWING.read_text(encoding="utf-8") != picture)
    DRAWING.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Folders of filings for the tests of screening: the examples under other names, with what may go wrong among them."""

from __future__ import annotations

import os
import re
import zipfile
from typing import TYPE_CHECKING

from auditor.screening.job import Job

from tests.conftest import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河")).read_text(encoding="utf-8")
CLEAN = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("青山")).read_text(encoding="utf-8")
WRONG_NAME, CLEAN_NAME = "清河县公共就业服务中心", "青山县社会保险事业中心"


def filing(entity: str, year: int = 2023, *, wrong: bool = False) -> str:
    """The text of a filing of an entity."""
    text, name = (WRONG, WRONG_NAME) if wrong else (CLEAN, CLEAN_NAME)
    assert name in text
    return re.sub("202[23]", lambda found: str(int(found.group()) + year - 2023), text.replace(name, entity))


def write_folder(folder: Path, units: int = 4) -> Path:
    """A folder of filings in folders and an archive, one of them published twice, and a file that is none."""
    for number in range(units):
        inside = folder / f"街道{number % 2}" / "2023"
        inside.mkdir(parents=True, exist_ok=True)
        text = filing(f"某县{'甲乙丙丁'[number]}服务中心", wrong=number % 2 == 1)
        (inside / f"{number}.txt").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(folder / "其他.zip", "w") as archive:
        archive.writestr("甲/决算.txt", filing("某县档案馆"))
        archive.writestr("乙/决算.txt", filing("某县图书馆", wrong=True))
    (folder / "重新公开").mkdir()
    old = filing("某县气象局")
    first = re.sub(r"(\d+\.\d\d)", "1234.56", old, count=1)
    assert first != old
    (folder / "重新公开" / "决算.txt").write_text(first, encoding="utf-8")
    (folder / "重新公开" / "决算（更正）.txt").write_text(old, encoding="utf-8")
    (folder / "坏.pdf").write_bytes(b"%PDF-1.7 nothing here")
    return folder


def job(folder: Path, out: Path, **options: object) -> Job:
    return Job(str(folder), str(out), today="2026-01-01", **options)  # type: ignore[arg-type]


def results(out: Path) -> dict[str, bytes]:
    """What a screening has written of filings: results and reports, by path."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for kind in ("results", "reports")
        for path in sorted((out / kind).rglob("*"))
        if path.is_file()
    }


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}

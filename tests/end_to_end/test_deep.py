"""Folders in folders, streams in streams, names in any order: each costs a sentence, or nothing at all."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from auditor.cli.main import cli
from auditor.errors import BadInputError, RuleError
from auditor.readers import read_bytes
from auditor.rules.book import load_rules
from auditor.run.inputs import MOST_DEPTH, found
from click.testing import CliRunner

from tests.support.screens import filing


@contextmanager
def deep(folder: Path, depth: int) -> Iterator[None]:
    """Folders one within the other, deeper than any path may be long; what clears up after tests finds no end there."""
    first = folder / "d"
    first.mkdir(parents=True)
    here = os.open(first, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        with os.fdopen(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here), "w") as file:
            file.write("x")
    finally:
        os.close(here)
    try:
        yield
    finally:
        _taken_out(first)


def _taken_out(first: Path) -> None:
    while (first / "d").exists():  # take out one folder after the other
        (first / "d" / "d").rename(first / "e") if (first / "d" / "d").exists() else (first / "d" / "a.txt").unlink()
        (first / "d").rmdir()
        if (first / "e").exists():
            (first / "e").rename(first / "d")


@pytest.mark.skipif(os.mkdir not in os.supports_dir_fd, reason="paths longer than the system allows")
@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 2100])
def test_folders_without_end_are_told(depth: int, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("x", encoding="utf-8")
    with deep(tmp_path, depth):
        files, failed = found([str(tmp_path)])
    assert files == [tmp_path / "b.txt"]
    ((_, why),) = failed
    assert str(MOST_DEPTH) in why
    assert len(why) < 500


def test_a_folder_of_rules_without_end_is_told(tmp_path: Path) -> None:
    with deep(tmp_path, 1200), pytest.raises(RuleError):
        load_rules([tmp_path])


@pytest.mark.slow
def test_screening_tells_of_folders_without_end(tmp_path: Path) -> None:
    command = ["screen", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--jobs", "1"]
    with deep(tmp_path / "in", 1500):
        told = CliRunner().invoke(cli, command)
    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert str(MOST_DEPTH) in told.output


@pytest.mark.slow
def test_the_order_in_which_files_are_named_changes_nothing(tmp_path: Path) -> None:
    names = []
    for number in range(3):
        path = tmp_path / str(number) / "决算.txt"
        path.parent.mkdir()
        path.write_text(filing("某县甲服务中心", 2020 + number % 2, wrong=True), encoding="utf-8")
        names.append(str(path))
    written = []
    for number, order in enumerate((names, names[::-1])):
        out = tmp_path / f"out{number}"
        CliRunner().invoke(cli, ["check", *order, "--out", str(out), "--format", "html,json,csv"])
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert len(written[0]) > 3
    assert written[0] == written[1]


def compound(entries: list[tuple[str, int, int, int, int]]) -> bytes:
    """An OLE file whose entries are (name, kind, left, right, child): one sector of directory after another."""
    per = 4
    sectors = -(-len(entries) // per)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    fats = -(-(sectors + 8) // 128) or 1
    head += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += b"".join(struct.pack("<I", at if at < fats else 0xFFFFFFFF) for at in range(109))
    fat = [0xFFFFFFFD] * fats + [*range(fats + 1, fats + sectors), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (fats * 128 - len(fat))
    body = b"".join(struct.pack("<I", value) for value in fat)
    for name, kind, left, right, child in entries:
        text = name.encode("utf-16-le").ljust(64, b"\0")
        body += text + struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, left, right, child) + bytes(36)
        body += struct.pack("<IQ", 0xFFFFFFFE, 0)
    return head + body.ljust(512 * (fats + sectors), b"\0")


NONE = 0xFFFFFFFF


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.et"])
@pytest.mark.parametrize(
    "entries",
    [
        [("Root Entry", 5, NONE, NONE, 1), ("WordDocument", 1, 1, 1, 1)],
        [("Root Entry", 5, NONE, NONE, 0), ("Workbook", 2, 0, 0, 0)],
        [("Root Entry", 5, NONE, NONE, 1), *((f"s{at}", 1, NONE, NONE, at + 1) for at in range(1, 3000)), ("x", 2, NONE, NONE, NONE)],
        [("Root Entry", 5, NONE, NONE, 1), *((f"s{at}", 2, at + 1, NONE, NONE) for at in range(1, 3000)), ("x", 2, NONE, NONE, NONE)],
    ],
    ids=["itself", "root", "nested", "chained"],
)  # fmt: skip
def test_compound_files_in_circles_are_damaged(name: str, entries: list[tuple[str, int, int, int, int]]) -> None:
    began = time.process_time()
    with pytest.raises(BadInputError):
        read_bytes(compound(entries), name)
    assert time.process_time() - began < 5

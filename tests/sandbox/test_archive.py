"""ZIP archives of filings: names in any encoding, bounds, nothing outside."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from auditor.errors import BadInputError
from auditor.sandbox import members, read
from auditor.sandbox.archive import MAX_FILES, Archive
from auditor.testing.drawing import package

TEXT = "收入决算表\n科目\t金额\n合计\t1.50\n".encode()


class Named(zipfile.ZipInfo):
    """A member whose name is stored in another encoding, as Windows and WinRAR in China do."""

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__("x")
        self.raw = name.encode(encoding)

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 — the library's own
        return self.raw, 0


def zipped(*names: str, encoding: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(Named(name, encoding), TEXT)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "gb18030"])
def test_names_are_shown_as_they_were_written(encoding: str) -> None:
    archive = Archive(zipped("2023年决算/收入决算表.txt", "说明.txt", encoding=encoding), "a.zip")
    assert [shown for _, shown in archive.members] == ["2023年决算/收入决算表.txt", "说明.txt"]
    assert all(archive.read(stored, shown) == TEXT for stored, shown in archive.members)


def test_names_with_the_flag_for_utf8_are_taken_as_such() -> None:
    archive = Archive(package({"收入决算表.txt": TEXT, "Übersicht.txt": TEXT}), "a.zip")
    assert {shown for _, shown in archive.members} == {"收入决算表.txt", "Übersicht.txt"}


def test_names_in_no_known_encoding_are_still_names() -> None:
    data = zipped("ab.txt", encoding="ascii").replace(b"ab.txt", b"\xff\xfe.txt")
    ((stored, shown),) = Archive(data, "a.zip").members
    assert shown.endswith(".txt")
    assert Archive(data, "a.zip").read(stored, shown) == TEXT


def test_folders_and_files_of_systems_are_left_out() -> None:
    names = {"决算/": b"", "决算/a.txt": TEXT, "__MACOSX/._a.txt": b"x", ".DS_Store": b"x", "决算/.~lock.docx#": b"x"}
    assert [shown for _, shown in Archive(package(names), "a.zip").members] == ["决算/a.txt"]


def test_files_are_read_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "公开.zip"
    path.write_bytes(zipped("2023年决算/收入决算表.txt", encoding="gbk"))
    found = members(path)
    assert found is not None
    ((stored, shown),) = found
    document = read(path, stored)
    assert document.file == f"公开.zip!{shown}"
    assert len(list(document.grids())) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["公开.zip"]


def test_names_that_lead_outside_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    names = ("../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a/../../evil.txt")
    Path("a.zip").write_bytes(package(dict.fromkeys(names, TEXT)))
    found = members(Path("a.zip"))
    assert found is not None
    for stored, _ in found:
        assert len(list(read(Path("a.zip"), stored).grids())) == 1
    assert [entry.name for entry in tmp_path.rglob("*") if entry.is_file()] == ["a.zip"]


def test_a_file_that_is_no_archive_has_no_members(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    assert members(tmp_path / "a.txt") is None


def test_a_member_that_is_not_there_or_empty_is_told() -> None:
    archive = Archive(package({"a.txt": b" \n"}), "a.zip")
    for stored, key in (("a.txt", "input.empty"), ("b.txt", "input.missing")):
        with pytest.raises(BadInputError) as caught:
            archive.read(stored, f"a.zip!{stored}")
        assert caught.value.key == key
        assert str(caught.value).count(f"a.zip!{stored}") == 1


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (package({f"{n}.txt": b"" for n in range(MAX_FILES + 1)}), "input.bomb"),
        (package({"a.txt": b"\0" * 60_000_000}), "input.bomb"),
        (b"PK\x03\x04 nothing more", "input.damaged"),
        (zipped("a.txt", encoding="ascii")[:-30], "input.damaged"),
    ],
    ids=["many", "bomb", "no end", "cut"],
)
def test_archives_beyond_bounds_are_refused(data: bytes, key: str) -> None:
    with pytest.raises(BadInputError) as caught:
        Archive(data, "a.zip")
    assert caught.value.key == key


def test_a_damaged_member_is_told_and_others_are_read() -> None:
    data = package({"a.txt": TEXT * 50, "b.txt": TEXT})
    at = data.index(b"a.txt") + 5
    archive = Archive(data[: at + 4] + b"\xff\xff\xff\xff" + data[at + 8 :], "a.zip")
    with pytest.raises(BadInputError) as caught:
        archive.read("a.txt", "a.zip!a.txt")
    assert caught.value.key == "input.damaged"
    assert archive.read("b.txt", "a.zip!b.txt") == TEXT

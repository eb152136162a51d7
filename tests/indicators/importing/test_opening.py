"""Hostile files end in a sentence, and leave nothing behind."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from indicators.importing import opening, refusals
from indicators.importing.reading import Unreadable, open_rows, read_cells
from tests.indicators.importing import hostile
from tests.indicators.importing.hostile import HEAD, ROW, packed, parts, sheet, workbook, write


def refusal(folder: Path, data: bytes, name: str = "上报.xlsx") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_cells(write(folder, data, name))
    assert caught.value.zh.endswith("。")
    assert caught.value.en.endswith(".")
    return caught.value


REFUSED: list[tuple[Callable[[], bytes], str]] = [
    (hostile.bomb_by_ratio, "compressed more than 100 to 1"),
    (hostile.many_members, "205 files, 200 at most"),
    (hostile.billion_laughs, "document type or entities"),
    (hostile.foreign_entity, "document type or entities"),
    (hostile.encrypted_member, "password"),
    (hostile.column_past_the_last, "over 16384 columns"),
    (hostile.far_corner, "extends to cell XFD1048576"),
    (hostile.strict, "Strict Open XML"),
    (lambda: packed(parts(sheet(ROW)), comment=b"x"), "follows the archive's directory"),
    (lambda: workbook(ROW) + b"x", "follows the archive's directory"),
    (lambda: workbook(ROW)[:-40], "archive is not whole"),
    (lambda: workbook(ROW)[:300], "archive is not whole"),
    (lambda: b"PK\x05\x06" + bytes(18), "archive is not whole"),
    (lambda: packed({"a.txt": "1"}), "an archive that is no workbook"),
    (lambda: packed({"[Content_Types].xml": "", "word/document.xml": ""}), "a Word document"),
    (lambda: packed({"[Content_Types].xml": "", "ppt/a.xml": ""}), "a presentation"),
    (lambda: packed({"mimetype": "", "content.xml": ""}), "OpenDocument"),
    (lambda: packed({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
    (lambda: packed({"[Content_Types].xml": ""}), "no list of sheets"),
    (lambda: b"", "empty"),
    (lambda: bytes(opening.MAX_FILE + 1), "larger than 10 MiB"),
    (lambda: opening.OLE + bytes(600), "an old .xls workbook"),
    (lambda: opening.OLE + bytes(600) + opening.ENCRYPTED, "password"),
    (lambda: b"\x09\x08\x10\0\0\x06\x05\0", "an old .xls workbook"),
    (lambda: b"%PDF-1.7", "a PDF file"),
    (lambda: b"\x89PNG\r\n\x1a\n", "a picture"),
    (lambda: b"MZ\0\0", "a program"),
    (lambda: b"<!DOCTYPE html><table><tr><td>1", "a web page"),
    (lambda: b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a web page or an XML file"),
]


@pytest.mark.parametrize(("make", "words"), REFUSED)
def test_hostile_file_is_refused_in_words(
    tmp_path: Path, make: Callable[[], bytes], words: str
) -> None:
    start = monotonic()
    assert words in refusal(tmp_path, make()).en
    assert monotonic() - start < 10


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("XL/VBAPROJECT.BIN", "macros"),
        ("../../etc/cron.d/x", "out of the archive"),
        ("xl/..\\..\\x", "out of the archive"),
        ("/etc/passwd", "out of the archive"),
        ("c:/windows/x", "out of the archive"),
    ],
)
def test_part_that_is_never_opened_is_refused(tmp_path: Path, part: str, words: str) -> None:
    assert words in refusal(tmp_path, workbook(ROW, more={part: "x"})).en


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/worksheets/SHEET1.xml"])
def test_two_parts_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    data = packed(parts(sheet(ROW)), again=((name, sheet("")),))
    assert "two parts of one name" in refusal(tmp_path, data).en


def test_sheet_of_macros_by_its_relation_is_refused(tmp_path: Path) -> None:
    members = parts(sheet(ROW))
    relations = str(members["xl/_rels/workbook.xml.rels"]).replace("/worksheet", "/xlMacrosheet", 1)
    data = packed(members | {"xl/_rels/workbook.xml.rels": relations})
    assert "macros" in refusal(tmp_path, data).en


def test_macro_workbook_without_macros_is_read(tmp_path: Path) -> None:
    assert len(read_cells(write(tmp_path, workbook(ROW), "a.xlsm"))) == 2


def test_archive_within_the_archive_stays_closed(tmp_path: Path) -> None:
    inner = packed({f"{n}.bin": bytes(100_000) for n in range(50)})
    data = workbook(ROW, more={"xl/embeddings/a.xlsx": inner})
    assert len(read_cells(write(tmp_path, data))) == 2


def test_archive_that_inflates_past_100_mib_is_refused(tmp_path: Path) -> None:
    assert "more than 100 MiB" in refusal(tmp_path, hostile.bomb_by_size()).en


def test_compression_that_no_workbook_uses_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        for name, text in parts(sheet(ROW)).items():
            archive.writestr(name, text)
    assert "compressed in an unusual way" in refusal(tmp_path, out.getvalue()).en


def test_declaration_across_two_blocks_is_found(tmp_path: Path) -> None:
    for shift in (1, 5, 9):
        filler = os.urandom(opening.BLOCK).hex()[: opening.BLOCK - len(HEAD) - shift]
        text = f"{HEAD}{filler}<!DOCTYPE x><a/>"
        data = workbook(ROW, more={"xl/theme.xml": text})
        assert "document type" in refusal(tmp_path, data).en


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", workbook(ROW), "ends in .csv but its content is an Excel workbook"),
        ("a.xls", workbook(ROW), "ends in .xls but its content is an Excel workbook"),
        ("a.xlsx", b"a,b\n1,2\n", "ends in .xlsx but its content is a text file"),
        ("a.XLSX", b"a,b\n1,2\n", "ends in .xlsx but its content is a text file"),
        ("a.json", b'{"a": 1}', "ends in .json but its content is a text file"),
    ],
)
def test_wrong_extension_is_said_in_words(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    assert words in refusal(tmp_path, data, name).en


def test_name_of_the_upload_counts_and_not_the_place_where_it_lies(tmp_path: Path) -> None:
    path = write(tmp_path, b"a,b\n", "c0ffee.part")
    assert len(read_cells(path, name="上报.csv")) == 2
    with pytest.raises(Unreadable, match=r"ends in \.xlsx"):
        read_cells(path, name="上报.xlsx")


@pytest.mark.parametrize("name", ["a\0.csv", "a.\0", "a.\ud800", "a.表", "", "/", "a."])
def test_odd_name_of_the_upload_is_no_fault(tmp_path: Path, name: str) -> None:
    assert len(read_cells(write(tmp_path, b"a,b\n", "upload"), name=name)) == 2


@pytest.mark.parametrize("path", ["missing.xlsx", "", "a\0b"])
def test_path_that_cannot_be_opened_is_said_in_words(tmp_path: Path, path: str) -> None:
    with pytest.raises(Unreadable, match="cannot be opened"):
        read_cells(f"{tmp_path}/{path}")


def test_content_types_of_a_workbook_that_ends_its_members_early_is_refused(tmp_path: Path) -> None:
    data = bytearray(workbook(ROW))
    start = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    data[start + 20] ^= 0xFF
    assert "cannot be read" in refusal(tmp_path, bytes(data)).en


# Overruns: the child is ended, and says or leaves nothing.


def children() -> set[str]:
    """The processes that this one started and that still are, zombies included."""
    me = str(os.getpid())
    return {
        entry.name
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _parent(entry) == me
    }


def _parent(entry: Path) -> str:
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return ""


def test_child_without_time_is_ended_in_words(tmp_path: Path) -> None:
    path = write(tmp_path, workbook(ROW))
    before = children()
    with pytest.raises(Unreadable, match="took too long"), open_rows(path, seconds=0):
        pass
    assert children() <= before


def test_child_without_memory_is_ended_in_words(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c><c r="C{n}"><v>{n * 104729}</v></c></row>'
        for n in range(1, 200_001)
    )
    path = write(tmp_path, workbook(rows))
    before = children()
    with pytest.raises(Unreadable, match="too much memory"), open_rows(path, mib=40) as reading:
        list(reading)
    assert children() <= before


def test_reading_that_is_left_early_ends_the_child(tmp_path: Path) -> None:
    path = write(tmp_path, ("a,b,c\n" * 300_000).encode(), "a.csv")
    before = children()
    with open_rows(path) as reading:
        next(iter(reading))
    assert children() <= before


def test_child_that_dies_in_the_middle_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    true_popen = subprocess.Popen

    def remember(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(true_popen(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr("indicators.importing.reading.subprocess.Popen", remember)
    path = write(tmp_path, ("abcdefgh,b,c\n" * 500_000).encode(), "a.csv")
    with open_rows(path) as reading:
        started[0].kill()
        with pytest.raises(Unreadable):
            list(reading)
    assert started[0].returncode is not None


def test_nothing_is_left_in_the_folder_of_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    files = [write(tmp_path, make()) for make, _ in REFUSED[:9]]
    for path in files:
        with pytest.raises(Unreadable):
            read_cells(path)
    assert list(scratch.iterdir()) == []


def test_child_knows_neither_django_nor_a_secret(tmp_path: Path) -> None:
    script = (
        "import sys, os; import indicators.importing.child;"
        "sys.exit(any(m.split('.')[0] in {'django', 'psycopg', 'accounts'} for m in sys.modules))"
    )
    import sys

    done = subprocess.run([sys.executable, "-E", "-s", "-c", script], check=False)
    assert done.returncode == 0


def test_child_gets_no_variable_of_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SECRET_KEY", "secret")
    path = write(tmp_path, ("a,b,c\n" * 400_000).encode(), "a.csv")
    before = children()
    with open_rows(path):
        (child,) = children() - before
        assert b"SECRET" not in Path(f"/proc/{child}/environ").read_bytes()
        limits = Path(f"/proc/{child}/limits").read_text()
    assert str(512 * 1024 * 1024) in limits


@pytest.mark.parametrize(
    "refused",
    [
        refusals.too_big(10),
        refusals.absent(),
        refusals.too_long(),
        refusals.too_much_memory(),
        refusals.counts_differ("表", 3, 2, "B2"),
        refusals.too_wide("", "超过 5 行", "has over 5 rows"),
        refusals.bad_record(7),
    ],
)
def test_refusal_is_a_sentence_in_both_languages(refused: Unreadable) -> None:
    assert refused.zh.endswith("。")
    assert refused.en.endswith(".")
    assert str(refused) == refused.en

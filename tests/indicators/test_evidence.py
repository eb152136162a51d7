"""Evidence files: the content says what a file is, drafts alone take it, nothing is lost."""

from __future__ import annotations

import hashlib
import io
import zipfile

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import evidence as files
from indicators.actions.filetypes import LONGEST_NAME, clean_name, type_of
from indicators.errors import Refused
from indicators.models import Evidence, Observation
from tests.indicators import builders as b

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 20


def workbook() -> bytes:
    out, book = io.BytesIO(), openpyxl.Workbook()
    book.active["A1"] = 7
    book.save(out)
    return out.getvalue()


def package(*names: str, types: str, **parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in names:
            archive.writestr(name, "x")
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


DOCX_TYPES = (
    '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def macro() -> bytes:
    return package("word/document.xml", "word/vbaProject.bin", types=DOCX_TYPES)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("公报.pdf", PDF, "application/pdf"),
        ("图.PNG", PNG, "image/png"),
        ("图.jpeg", JPEG, "image/jpeg"),
        ("图.jpg", JPEG, "image/jpeg"),
        ("说明.txt", "年末数。\r\n".encode(), "text/plain"),
        ("说明.txt", "\ufeff年末数".encode(), "text/plain"),
        ("表.csv", "指标,数值\n高企,8000\n".encode("gb18030"), "text/csv"),
        ("表.csv", b"a,b\n1 < 2,3\n", "text/csv"),
    ],
)
def test_allowed_content_is_known_by_itself(name: str, content: bytes, kind: str) -> None:
    assert type_of(name, content) == kind


def test_office_packages_are_known_by_their_parts() -> None:
    assert type_of("表.xlsx", workbook()).endswith("spreadsheetml.sheet")
    document = package("word/document.xml", types=DOCX_TYPES)
    assert type_of("文.docx", document).endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("页.html", b"<html></html>"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("程序.exe", b"MZ\x90\0"),
        ("旧.xls", b"\xd0\xcf\x11\xe0"),
        ("宏.xlsm", b"PK\x03\x04"),
        ("没有扩展名", PDF),
        ("压缩.zip", b"PK\x03\x04"),
        ("", PDF),
    ],
)  # fmt: skip
def test_other_extensions_are_refused_in_words(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="只接受 PDF"):
        type_of(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("假.pdf", b"MZ\x90\0"),
        ("假.pdf", PNG),
        ("假.png", JPEG),
        ("假.xlsx", PDF),
        ("假.docx", workbook()),
        ("假.xlsx", b"PK\x03\x04broken"),
        ("假.xlsx", package("a", types="<Types/>")),
        ("假.xlsx", package("a", types="<!DOCTYPE x [<!ENTITY a 'b'>]>" + DOCX_TYPES)),
        ("假.docx", package("a", types=DOCX_TYPES + " " * (1 << 20))),
        ("假.docx", package(*map(str, range(2001)), types=DOCX_TYPES)),
        ("假.csv", workbook()),
        ("假.txt", b"\0\0\0"),
        ("假.txt", b"\xff\xfe\xff"),
        ("假.txt", b"text \x1b[31m"),
        ("页.txt", b"  <!DOCTYPE html><p>"),
        ("页.csv", b"a,b\n<ScRiPt>alert(1)</script>,2"),
        ("图.txt", b"<?xml version='1.0'?><svg/>"),
    ],
)
def test_content_that_belies_its_name_is_refused_in_words(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="内容却不是这种文件"):
        type_of(name, content)


@pytest.mark.parametrize(
    "content",
    [
        macro(),
        package("xl/activeX/activeX1.xml", types=DOCX_TYPES),
        package("word/embeddings/oleObject1.bin", types=DOCX_TYPES),
        package("a", types=DOCX_TYPES.replace("document.main", "document.macroEnabled.main")),
    ],
)
def test_packages_with_anything_that_runs_are_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="带有宏"):
        type_of("文.docx", content)


def test_encrypted_package_is_refused() -> None:
    content = bytearray(package("word/document.xml", types=DOCX_TYPES))
    # The bit of encryption in the central directory of the first member.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refused, match="内容却不是这种文件"):
        type_of("文.docx", bytes(content))


@given(st.binary(max_size=300), st.sampled_from(["pdf", "png", "xlsx", "docx", "csv", "txt"]))
def test_any_content_ends_in_a_type_or_a_sentence(content: bytes, extension: str) -> None:
    for bytes_ in (content, b"PK\x03\x04" + content, PDF + content):
        try:
            said = type_of(f"a.{extension}", bytes_)
        except Refused as refusal:
            said = str(refusal)
        assert "/" in said or "。" in said


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("公报.pdf", "公报.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\年报 2024.xlsx", "年报 2024.xlsx"),
        ("a\u202egpj.exe.pdf", "agpj.exe.pdf"),
        ("坏\x00\n\t名.csv", "坏名.csv"),
        ("..hidden.txt", "hidden.txt"),
        ('a"b<c>:d|e?f*g%.pdf', "a_b_c__d_e_f_g_.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        (".pdf", "pdf"),
        ("", "附件"),
        ("///", "附件"),
    ],
)
def test_name_is_cleaned(given_: str, kept: str) -> None:
    assert clean_name(given_) == kept


@given(st.text(max_size=300))
def test_cleaned_name_is_safe_short_and_stays_as_it_is(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= LONGEST_NAME
    assert not set(kept) & set('/\\<>:"|?*%\0\r\n\u202e\u2066')
    assert clean_name(kept) == kept


def test_long_name_keeps_its_extension() -> None:
    kept = clean_name("长" * 300 + ".pdf")
    assert (len(kept), kept[-5:]) == (LONGEST_NAME, "长.pdf")


# --- the actions --------------------------------------------------------------------------------


@pytest.fixture
def analyst(db: None) -> User:
    return b.person("analyst", "analyst", at=b.department())


def draft(by: User, state: str = "draft", **facts: object) -> Observation:
    if state == "returned":
        facts |= {"return_reason": "请补来源"}
    return b.actual(b.indicator(), "8000", by=by, review_state=state, **facts)


def attach(by: User, row: Observation, name: str = "公报.pdf", content: bytes = PDF) -> Evidence:
    return actions.attach_evidence(by=by, observation=row, name=name, content=content)


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_file_is_kept_with_who_when_and_digest(analyst: User, state: str) -> None:
    row = draft(analyst, state)
    kept = attach(analyst, row, "x/../年报\u202e.pdf")
    kept.refresh_from_db()
    assert (kept.observation, kept.name, kept.content_type) == (row, "年报.pdf", "application/pdf")
    assert (bytes(kept.content), kept.size) == (PDF, len(PDF))
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert kept.attached_by == analyst
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id) == ("indicators.attach_evidence", str(row.pk))
    assert event.after == {"name": "年报.pdf", "size": len(PDF), "sha256": kept.sha256}
    row.refresh_from_db()
    assert row.version == 1


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_file_for_a_value_that_is_no_draft_is_refused(analyst: User, state: str) -> None:
    row = draft(analyst, state)
    with pytest.raises(Refused, match="只能附在草稿或已退回的数值上"):
        attach(analyst, row)
    assert (Evidence.objects.count(), b.events()) == (0, [])


def test_file_for_a_row_of_the_past_is_refused(analyst: User) -> None:
    row = draft(analyst, superseded_at="2025-01-01T00:00Z")
    with pytest.raises(Refused, match="只能附在草稿"):
        attach(analyst, row)


def test_state_is_read_anew_before_a_file_is_attached(analyst: User) -> None:
    """The page read a draft; it was submitted since."""
    row = draft(analyst)
    read = Observation.objects.get(pk=row.pk)
    actions.submit(by=analyst, observation=row, version=1)
    with pytest.raises(Refused, match="只能附在草稿"):
        attach(analyst, read)


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "文件是空的"), (PDF + b"0" * (5 << 20), "文件超过 5 MiB")]
)
def test_empty_and_large_files_are_refused(analyst: User, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        attach(analyst, draft(analyst), content=content)


def test_largest_file_is_taken(analyst: User) -> None:
    content = PDF + b"0" * ((5 << 20) - len(PDF))
    assert attach(analyst, draft(analyst), content=content).size == files.LARGEST


def test_twenty_first_file_is_refused(analyst: User) -> None:
    row = draft(analyst)
    for number in range(files.MOST):
        attach(analyst, row, content=PDF + bytes([number]))
    with pytest.raises(Refused, match="最多附 20 个文件"):
        attach(analyst, row, content=PDF + b"more")
    removed = Evidence.objects.earliest("pk")
    actions.remove_evidence(by=analyst, evidence=removed, reason="附错")
    attach(analyst, row, content=PDF + b"more")


def test_same_file_twice_is_refused_and_again_after_removal_taken(analyst: User) -> None:
    row = draft(analyst)
    first = attach(analyst, row)
    with pytest.raises(Refused, match=r"同样内容的文件已经附上：公报\.pdf"):
        attach(analyst, row, "另一个名.pdf")
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)
    actions.remove_evidence(by=analyst, evidence=Evidence.objects.get(), reason="附错")
    attach(analyst, row, "另一个名.pdf")
    assert Evidence.objects.count() == 2


def test_removed_file_stays_on_record_with_the_reason(analyst: User) -> None:
    kept = attach(analyst, draft(analyst))
    actions.remove_evidence(by=analyst, evidence=kept, reason=" 附错文件 ")
    kept.refresh_from_db()
    assert (kept.removed_by, bytes(kept.content)) == (analyst, PDF)
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.reason) == ("indicators.remove_evidence", "附错文件")
    assert event.before["sha256"] == kept.sha256
    assert audit.verify() == []
    with pytest.raises(Conflict):
        actions.remove_evidence(by=analyst, evidence=kept, reason="再来")


def test_removal_wants_a_reason_and_a_draft(analyst: User) -> None:
    row = draft(analyst)
    kept = attach(analyst, row)
    with pytest.raises(Refused, match="请写明理由"):
        actions.remove_evidence(by=analyst, evidence=kept, reason=" ")
    actions.submit(by=analyst, observation=row, version=1)
    with pytest.raises(Refused, match="只能附在草稿"):
        actions.remove_evidence(by=analyst, evidence=kept, reason="附错")
    assert Evidence.objects.get().removed_at is None


def test_amended_draft_keeps_its_files(analyst: User) -> None:
    row = draft(analyst)
    attach(analyst, row)
    entry = actions.Entry(
        indicator=b.indicator(), region=b.region(), period="2024", value=b.Decimal(9)
    )
    actions.amend(by=analyst, observation=row, version=1, entry=entry)
    copy = Observation.objects.get(copy_of=row)
    assert (row.evidence.count(), copy.evidence.count(), copy.value) == (1, 0, 8000)

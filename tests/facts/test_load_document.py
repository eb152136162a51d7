"""manage.py load_document: an original text is attached once, and its quotes are found in it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AuditEvent
from targets.extraction.clean import clean
from targets.models import Clause, PolicyDocument
from targets.originals import LIMIT
from tests.conftest import SHARED
from tests.indicators import builders as b

RAW = (
    "試點(diǎn)計劃\r\n"
    "一、總體目標。到二〇二六年，全市科技型企業(yè)數量力爭達到兩萬\r\n"
    "家以上；技術(shù)合同成交額突破 ７００ 億(yì)元；新建市級實驗室３０家。\r\n"
    "二、保障措施。技術合同成交額突破700億元是約束性任務。\r\n"
)
QUOTES = {
    "firms": "科技型企业数量力争达到两万家以上",
    "contract": "技术合同成交额突破700亿元",
    "contract-again": "技术合同成交额突破700亿元",
    "labs": "新建市级实验室30家",
    "absent": "引进一百名人才",
    "silent": "",
}


@pytest.fixture
def document(db: None) -> PolicyDocument:
    made = b.document("trial-plan")
    for key, quote in QUOTES.items():
        b.clause(made, key, quote=quote, locator=f"第{len(key)}条")
    return made


def load(folder: Path, data: str | bytes, key: str = "trial-plan") -> list[str]:
    """The lines that the command prints."""
    path = folder / "原文.txt"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    out = StringIO()
    call_command("load_document", key, str(path), stdout=out)
    return out.getvalue().splitlines()


def test_quotes_are_anchored_through_residue_traditional_characters_and_broken_lines(
    document: PolicyDocument, tmp_path: Path
) -> None:
    assert load(tmp_path, RAW) == [
        "已附上原文：定位引文 4 处，未找到 1 处。",
        "  未找到（第6条）：引进一百名人才",
    ]
    document.refresh_from_db()
    assert document.raw == RAW
    for clause in document.clauses.exclude(text_start=None):
        assert document.text[clause.text_start : clause.text_end] == clause.quote
    places = dict(Clause.objects.values_list("key", "text_start"))
    assert places["contract"] < places["contract-again"]
    assert (places["absent"], places["silent"]) == (None, None)
    # Each character leads back to its own in the raw text.
    assert document.offsets == list(clean(RAW).offsets)
    contract = Clause.objects.get(key="contract")
    raw_words = clean(RAW).raw_span(contract.text_start, contract.text_end)
    assert raw_words == "技術(shù)合同成交額突破 ７００ 億(yì)元"


def test_same_text_again_changes_nothing_and_says_the_same(
    document: PolicyDocument, tmp_path: Path
) -> None:
    first = load(tmp_path, RAW)
    before = (list(Clause.objects.values()), PolicyDocument.objects.values().get())
    assert load(tmp_path, RAW) == first
    assert (list(Clause.objects.values()), PolicyDocument.objects.values().get()) == before
    events = AuditEvent.objects.filter(action="targets.attach_original")
    assert [(event.source, event.after["missing"]) for event in events] == [
        ("command load_document", ["absent"])
    ]


def test_file_in_gb18030_is_the_same_text(document: PolicyDocument, tmp_path: Path) -> None:
    simplified = clean(RAW).text
    assert load(tmp_path, simplified.encode("gb18030"))[0].endswith("定位引文 4 处，未找到 1 处。")
    document.refresh_from_db()
    assert document.raw == simplified


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (RAW + "另一句。", "该文件已附有另一份原文；原文一经附上不再更改。"),
        (b"\x89PNG\0\0", "无法识别文件的编码，请另存为 UTF-8 编码的纯文本后再试。"),
        (b"a" * (LIMIT + 1), "文件超过 512 KiB，请只保留正文后再上传。"),
        ("\n \u3000\n", "该文件已附有另一份原文；原文一经附上不再更改。"),
    ],
)
def test_what_cannot_be_attached_is_refused_and_the_first_text_stays(
    document: PolicyDocument, tmp_path: Path, data: str | bytes, sentence: str
) -> None:
    load(tmp_path, RAW)
    with pytest.raises(CommandError) as refusal:
        load(tmp_path, data)
    assert str(refusal.value) == sentence
    document.refresh_from_db()
    assert document.raw == RAW


@pytest.mark.parametrize("data", ["", "\n \u3000\n\ufeff"])
def test_text_without_words_is_refused(document: PolicyDocument, tmp_path: Path, data: str) -> None:
    with pytest.raises(CommandError, match="文件中没有可读的文字"):
        load(tmp_path, data)
    document.refresh_from_db()
    assert (document.raw, document.text) == ("", "")


def test_unknown_key_names_those_that_are_there(document: PolicyDocument, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有键为“other-plan”的文件。现有：trial-plan"):
        load(tmp_path, RAW, key="other-plan")


def test_missing_file_and_a_folder_are_refused_in_words(
    document: PolicyDocument, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=r"无法读取 none\.txt"):
        call_command("load_document", "trial-plan", str(tmp_path / "none.txt"))
    with pytest.raises(CommandError, match=f"无法读取 {tmp_path.name}"):
        call_command("load_document", "trial-plan", str(tmp_path))


@pytest.mark.shared
@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_every_quote_of_the_five_is_found_in_its_original(
    shared_world: str, tmp_path: Path, number: str
) -> None:
    document = PolicyDocument.objects.get(source_no=number)
    raw = (SHARED / "extraction" / "docs" / f"{number}.txt").read_bytes()
    quotes = document.clauses.exclude(quote="").count()
    assert load(tmp_path, raw, key=document.key) == [
        f"已附上原文：定位引文 {quotes} 处，未找到 0 处。"
    ]
    document.refresh_from_db()
    # As stored and read back, by the database's own characters.
    assert connection.is_usable()
    for clause in document.clauses.exclude(quote=""):
        assert document.text[clause.text_start : clause.text_end] == clause.quote

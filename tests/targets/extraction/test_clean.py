"""Cleaning keeps the words, drops what layout and conversion left, and always knows the place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.extraction.anchor import find_quote
from targets.extraction.clean import CleanError, _converter, clean

SHARED = Path(__file__).parents[3].parent / "shared"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("產(chǎn)業(yè)鏈", "产业链"),
        ("億（yì）元", "亿元"),
        ("產 (chǎn) 業", "产业"),
        ("产(chan)业(ye)", "产业"),
        ("發(fa\u0304)展", "发展"),
        ("創(chuànɡ)新", "创新"),
        ("綠(lǜ)色", "绿色"),
        ("綠(lu\u0308\u0300)色", "绿色"),
        ("產業(chǎn yè)園", "产业园"),
        ("行(háng)(xíng)業", "行业"),
        ("兒(ér)童", "儿童"),
    ],
)
def test_pinyin_residue_is_dropped(raw: str, text: str) -> None:
    assert clean(raw).text == text


@pytest.mark.parametrize(
    "text",
    [
        "人工智能(AI)产业",
        "研发(R&D)经费",
        "选项(a)和选项(b)",
        "面积(ha)",
        "时间(min)",
        "项目(Plan)",
        "企业(bio)",
        "企业(data)",
        "企业(chan-yi)",
        "企业(2024)",
        "企业(市级)",
        "AI(yi)",
        "(yì)元",
        "企业()",
        "企业(AI)(yì)",
    ],
)
def test_real_words_in_parentheses_stay(text: str) -> None:
    assert clean(text).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("全社會研發經費", "全社会研发经费"),
        ("著名品牌", "著名品牌"),
        ("乾(qián)坤與乾(gān)淨", "乾坤与干净"),
        ("已经是简体", "已经是简体"),
        ("⽔利", "水利"),
        ("English only", "English only"),
    ],
)
def test_traditional_becomes_simplified(raw: str, text: str) -> None:
    assert clean(raw).text == text


class LongerPhrases:
    """Behaves as a dictionary whose phrases do not keep their length would."""

    def __init__(self, config: str) -> None:
        self.known = {"電": "电", "腦": "脑子", "學校": "学校"}

    def convert(self, text: str) -> str:
        return self.known.get(text, text if text.isascii() else text + "子")


@pytest.fixture
def _longer_dictionary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("opencc.OpenCC", LongerPhrases)
    _converter.cache_clear()
    yield
    _converter.cache_clear()


@pytest.mark.usefixtures("_longer_dictionary")
def test_conversion_that_changes_the_length_goes_character_by_character() -> None:
    assert clean("電腦 PC 學校").text == "电腦 PC 学校"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("１２３％，ＡＩ；（甲）：！？", "123%,AI;(甲):!?"),
        ("甲\u3000AI", "甲 AI"),
        ("AI\xa0B\u2003C", "AI B C"),
        ("\ufeff新\u200b建\u00ad十\u200d家\ufe0f", "新建十家"),
        ("甲\x07乙", "甲乙"),
        ("。、“”《》—…", "。、“”《》—…"),
        ("家\U000e0101数", "家数"),
    ],
)
def test_width_and_invisible_characters(raw: str, text: str) -> None:
    assert clean(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("超 过 1200 亿元", "超过1200亿元"),
        ("重 点", "重点"),
        ("增长 11 % 以上", "增长11%以上"),
        ("工程, 分别给予", "工程,分别给予"),
        ("100万元、 50万元", "100万元、50万元"),
        ("100万元, 50万元", "100万元,50万元"),
        ("10 — 15家", "10—15家"),
        ("1 200 亿元", "1 200亿元"),
        ("1, 234", "1, 234"),
        ("a  b", "a b"),
        ("采用 AI 技术", "采用 AI 技术"),
        ("  两边  ", "两边"),
        ("指标\t 2024\t2028", "指标\t2024\t2028"),
        (", 5", ", 5"),
    ],
)
def test_blanks(raw: str, text: str) -> None:
    assert clean(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("全市技术合同成交额突破\n700亿元", "全市技术合同成交额突破700亿元"),
        ("全市技术合同成交额突破 700\r\n亿元", "全市技术合同成交额突破700亿元"),
        ("新建市级重点实验室,\n新增企业十家", "新建市级重点实验室,新增企业十家"),
        ("新建市级重点实验室\n、研究院十家", "新建市级重点实验室、研究院十家"),
        ("支持“线上线下融合”\n的服务", "支持“线上线下融合”的服务"),
        ("支持企业牵头建设一批\n“未来工厂”", "支持企业牵头建设一批“未来工厂”"),
        (
            "本市科技企业总数到明年\n底要达到一万家以上其中\n高新技术企业五千家",
            "本市科技企业总数到明年底要达到一万家以上其中高新技术企业五千家",
        ),
        ("科技型企业的总数量要翻\n(fān)一番以上", "科技型企业的总数量要翻一番以上"),
        ("科技型企业的总数量要翻(fān)\n一番以上", "科技型企业的总数量要翻一番以上"),
    ],
)
def test_wrapped_lines_are_joined(raw: str, text: str) -> None:
    assert clean(raw).text == text


@pytest.mark.parametrize(
    "text",
    [
        "新建重点实验室二十家。\n新增企业十家",
        "新建重点实验室二十家;\n新增企业十家",
        "下列单位应当完成任务:\n新增企业十家",
        "新建重点实验室二十家\n\n新增企业十家",
        "重点任务\n新建重点实验室",
        "本市明年科技工作要点\n全市要新建重点实验室二十家以上并且新增高新技术企业一百家",
        "新建重点实验室二十家\n一、新增企业",
        "新建重点实验室二十家\n(二)新增企业",
        "新建重点实验室二十家\n3.新增企业",
        "新建重点实验室二十家\n第三条新增企业",
        "新建重点实验室二十家\n2024-05-01发布",
        "新建重点实验室二十家\n来源:某某日报",
        "信息来源:某某市日报社\n新增企业十家",
        "新建重点实验室二十家\n《条例》",
        "新建重点实验室共2024\n2025年再建",
        "Science and technology\n新增企业",
        "新建重点实验室二十家\nScience",
    ],
)
def test_paragraphs_stay_apart(text: str) -> None:
    assert clean(text).text == text


def test_a_paragraph_without_a_full_stop_is_not_a_wrapped_line() -> None:
    text = "新增企业" * 20 + "\n" + "新建平台" * 20

    assert clean(text).text == text


def test_blank_lines_and_indents_shrink_to_one_blank_line() -> None:
    assert clean("\n 一句话。 \n \n\n\u3000\u3000又一句。\n").text == "一句话。\n\n又一句。"


@pytest.mark.parametrize("char", [chr(0), chr(0xD800), chr(0xDFFF)])
def test_what_is_no_text_is_refused_with_its_place(char: str) -> None:
    with pytest.raises(CleanError) as error:
        clean(f"新增{char}企业")

    assert error.value.zh.startswith(f"第3个字符不是有效的文字（U+{ord(char):04X}）")
    assert error.value.en.startswith(f"Character 3 (U+{ord(char):04X}) is not text")


def test_offsets_lead_to_the_raw_characters() -> None:
    cleaned = clean("\ufeff新 創(chuàng)建 2家")

    assert cleaned.text == "新创建2家"
    assert cleaned.offsets == (1, 3, 12, 14, 15, 16)


@pytest.mark.parametrize(
    ("words", "raw"),
    [
        ("产业", "產(chǎn)業(yè)"),
        ("业产值", "業(yè)產(chǎn)值"),
        ("超过1200亿元", "超 过 1200 亿元"),
        ("以上", "以上"),
        ("值超过", "值超 过"),
    ],
)
def test_raw_span_holds_residue_but_no_blanks_at_its_end(words: str, raw: str) -> None:
    cleaned = clean("規模產(chǎn)業(yè)產(chǎn)值超 过 1200 亿元 以上\u200b\n")
    start = cleaned.text.index(words)

    assert cleaned.raw_span(start, start + len(words)) == raw


def test_raw_span_of_nothing_is_empty_and_outside_the_text_refused() -> None:
    cleaned = clean(" 新建 ")

    assert cleaned.raw_span(1, 1) == ""
    assert cleaned.raw_range(2, 2) == (4, 4)
    with pytest.raises(IndexError):
        cleaned.raw_range(0, 3)
    with pytest.raises(IndexError):
        cleaned.raw_range(-1, 1)


def test_the_empty_text_stays_empty() -> None:
    assert clean("").text == ""
    assert clean("").offsets == (0,)
    assert clean(" \n\u200b").offsets == (3,)


PIECES = st.sampled_from(
    [
        *"產業億乾新建家 \n\t\r,，。、(（)）%;:“”《》—125.Aa\u3000\u200b\ufeff⽔²〇",
        *(
            "(chǎn)",
            "（yi）",
            "(AI)",
            "\n\n",
            "一、",
            "新建重点实验室二十家",
            "全市",
            "\r\n",
            "2024",
        ),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60),
)


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = clean(raw).text

    assert clean(once).text == once


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_offsets_rise_and_stay_inside_the_raw_text(raw: str) -> None:
    cleaned = clean(raw)

    assert len(cleaned.offsets) == len(cleaned.text) + 1
    assert cleaned.offsets[-1] == len(raw)
    assert all(a < b for a, b in pairwise(cleaned.offsets))


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_characters_come_from_where_they_are_said_to_come_from(raw: str) -> None:
    cleaned = clean(raw)

    for index, char in enumerate(cleaned.text):
        origin = raw[cleaned.offsets[index]]
        assert cleaned.raw_span(index, index + 1).startswith(origin)
        if char.isascii() and char.isalnum():
            assert ord(origin) in (ord(char), ord(char) + 0xFEE0)


@settings(deadline=None, max_examples=20)
@given(st.integers(min_value=1, max_value=400), st.sampled_from(["一", "新建平台", "二十"]))
def test_many_short_lines_settle_too(count: int, line: str) -> None:
    once = clean("全市新建重点实验室\n" + f"{line}\n" * count).text

    assert clean(once).text == once


@pytest.mark.shared
@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_every_annotated_span_is_found_where_it_was_annotated(name: str) -> None:
    folder = SHARED / "extraction"
    with (folder / "docs" / f"{name}.txt").open(encoding="utf-8", newline="") as file:
        cleaned = clean(file.read())
    gold = json.loads((folder / "gold" / f"{name}.json").read_text(encoding="utf-8"))

    lost = [
        item["span"]
        for item in gold
        if (item["start"], item["end"])
        not in [cleaned.raw_range(*place) for place in find_quote(cleaned.text, item["span"])]
    ]

    assert gold != []
    assert lost == []

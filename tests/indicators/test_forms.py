"""What a person types becomes an entry in the indicator's unit, or comes back with a sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import User
from indicators.forms.entry import EntryForm, initial_of
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    b.indicator()
    b.indicator("WAN", unit=b.unit("wan-jia", symbol="万家", name_en="10k", exponent=4))
    b.indicator("RD", unit=b.money(), kind="amount", accumulation="flow")
    b.indicator("SHARE", unit=b.percent(), kind="ratio")
    b.indicator("GAP", unit=b.points(), kind="rate")
    b.region()
    return b.person("analyst", "analyst", at=b.department())


def filled(user: User, **fields: str) -> EntryForm:
    data = QueryDict(mutable=True)
    data.update(
        {
            "indicator": "FIRMS",
            "region": "370200",
            "period": "2024",
            "value": "8000",
            "obs_status": "A",
            "vintage": "annual",
            **fields,
        }
    )
    return EntryForm(data, user=user)


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("FIRMS", "8000", "8000"),
        ("FIRMS", "８，０００", "8000"),
        ("FIRMS", "8,000家", "8000"),
        ("FIRMS", "0.8万家", "8000"),
        ("FIRMS", "2.2万", "22000"),
        ("FIRMS", "八千", "8000"),
        ("FIRMS", "0", "0"),
        ("WAN", "2.2", "2.2"),
        ("WAN", "22000家", "2.2"),
        ("WAN", "2.2万家", "2.2"),
        ("WAN", "2.2万", "2.2"),
        ("RD", "395.5", "395.5"),
        ("RD", "395亿", "395"),
        ("RD", "395亿元", "395"),
        ("RD", "3950000万元", "395"),
        ("RD", "1元", "0.00000001"),
        ("RD", "-3.5", "-3.5"),
        ("SHARE", "96.5%", "96.5"),
        ("SHARE", "96.5", "96.5"),
        ("SHARE", "百分之十一", "11"),
        ("GAP", "0.3个百分点", "0.3"),
        ("GAP", "0.3百分点", "0.3"),
    ],
)
def test_typed_value_is_read_in_the_unit_of_the_indicator(
    user: User, code: str, text: str, value: str
) -> None:
    form = filled(user, indicator=code, value=text)
    assert form.is_valid(), form.errors
    assert form.entry().value == Decimal(value)
    assert form.entry().entered_text == text


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [("突破8000家", "above"), ("近8000", "about"), ("约8000", "about"), ("8000", "exact"),
     ("不足8000", "below"), ("8000家以上", "above")],
)  # fmt: skip
def test_words_before_a_number_propose_the_qualifier(user: User, text: str, qualifier: str) -> None:
    form = filled(user, value=text)
    assert form.is_valid(), form.errors
    assert (form.entry().qualifier, form.entry().value) == (qualifier, Decimal(8000))


def test_chosen_qualifier_wins_over_the_words(user: User) -> None:
    form = filled(user, value="突破8000", qualifier="exact")
    assert form.is_valid()
    assert form.entry().qualifier == "exact"


BAD_VALUES = [
    ("FIRMS", "八千左右", "“八千左右”不是确切的数值，请填写具体数字。"),
    ("FIRMS", "八千多", "“八千多”不是确切的数值，请填写具体数字。"),
    ("FIRMS", "NaN", "数值必须是有限的数。"),
    ("FIRMS", "Infinity", "数值必须是有限的数。"),
    ("FIRMS", "1e400", "不接受科学计数法，请写出完整的数字。"),
    ("FIRMS", "1_000", "数字中不能有下划线。"),
    ("FIRMS", "٨٠٠٠", "只接受阿拉伯数字（0至9）或中文数字。"),
    ("FIRMS", "8000 9000", "只能填一个数；也请检查千分位逗号和小数点。"),
    ("FIRMS", "未统计", "“未统计”不是数值；缺数请选择原因（未统计、不适用、保密）。"),
    ("FIRMS", "8000件", "单位“件”与指标的计量单位“家”不同，请换算后再填。"),
    ("RD", "395家", "单位“家”与指标的计量单位“亿元”不同，请换算后再填。"),
    ("SHARE", "0.3个百分点", "单位“个百分点”与指标的计量单位“%”不同，请换算后再填。"),
    ("GAP", "0.3%", "单位“%”与指标的计量单位“个百分点”不同，请换算后再填。"),
    ("FIRMS", "1234567890123456", "有效数字超过15位，请检查是否多写了位数。"),
    ("RD", "1" + "0" * 19, "数值超出可保存的范围（整数15位，小数10位）。"),
    ("RD", "0.001元", "数值超出可保存的范围（整数15位，小数10位）。"),
    ("FIRMS", "", "没有填写数值；没有数据时请选择未统计、不适用或保密。"),
    ("FIRMS", "8" * 61, "确保该变量包含不超过 60 字符 (目前字符数 61)。"),
    ("FIRMS", "8000\x00", "不允许是用空字符串。"),
]


@pytest.mark.parametrize(("code", "text", "sentence"), BAD_VALUES)
def test_bad_value_comes_back_with_its_sentence(
    user: User, code: str, text: str, sentence: str
) -> None:
    form = filled(user, indicator=code, value=text)
    assert form.errors == {"value": [sentence]}


@pytest.mark.parametrize(
    ("text", "period"),
    [("2025", "2025"), ("2025年上半年", "2025-S1"), ("2025-S1", "2025-S1"), ("２０２５年", "2025"),
     ("2025年9月", "2025-09"), ("2025年三季度", "2025-Q3"), ("2021-2025", "2021/2025")],
)  # fmt: skip
def test_period_is_read_from_words(user: User, text: str, period: str) -> None:
    form = filled(user, period=text)
    assert form.is_valid(), form.errors
    assert form.entry().period == period


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (
            "period",
            "去年",
            "“去年”不是报告期，请写成 2024、2024-S1、2024-Q3、2024-09 或 2022-06-07。",
        ),
        ("period", "1066", "报告期的年份应在1900年至2200年之间。"),
        ("period", "", "这个字段是必填项。"),
        ("source_url", "javascript:alert(1)", "链接须以 http:// 或 https:// 开头。"),
        ("source_date", "2025-S1", "来源日期请写成 2025、2025-03 或 2025-03-01。"),
        (
            "source_date",
            "2025-13",
            "“2025-13”不是报告期，请写成 2024、2024-S1、2024-Q3、2024-09 或 2022-06-07。",
        ),
        ("region", "999999", "选择一个有效的选项： 该选择不在可用的选项中。"),
        ("indicator", "FOREIGN", "选择一个有效的选项： 该选择不在可用的选项中。"),
        ("obs_status", "Z", "选择一个有效的选项。 Z 不在可用的选项中。"),
        ("qualifier", "roughly", "选择一个有效的选项。 roughly 不在可用的选项中。"),
    ],
)
def test_bad_field_comes_back_with_its_sentence(
    user: User, field: str, text: str, sentence: str
) -> None:
    b.indicator("FOREIGN", at=b.department("elsewhere"))
    assert filled(user, **{field: text}).errors[field] == [sentence]


@pytest.mark.parametrize("status", ["L", "M", "Q"])
def test_missing_value_is_entered_with_its_reason(user: User, status: str) -> None:
    form = filled(user, value="", obs_status=status, note="当年停止调查")
    assert form.is_valid(), form.errors
    assert (form.entry().value, form.entry().obs_status) == (None, status)


def test_missing_value_without_a_reason_comes_back(user: User) -> None:
    form = filled(user, value="", obs_status="L")
    assert form.errors == {"note": ["没有数值时请在说明中写明原因。"]}


def test_missing_value_beside_a_number_comes_back(user: User) -> None:
    form = filled(user, obs_status="Q", note="涉密")
    assert form.errors == {"value": ["数据状态选择了没有数值，请清空数值，或改选其他状态。"]}


def test_indicator_choice_shows_the_unit(user: User) -> None:
    choices: Any = EntryForm(user=user).fields["indicator"].choices
    assert ("RD", "RD指标（亿元）") in [(str(value), label) for value, label in choices]


def test_english_reader_gets_english_sentences(user: User) -> None:
    from django.utils.translation import override

    with override("en"):
        form = filled(user, value="八千左右")
        assert form.errors["value"] == ["Not an exact number; enter the figure."]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.8万家", "0.8万家"),
        ("8000", "8000"),
        ("", "8000"),
        # A file said 万家 above the column; a text is kept to its sixtieth character.
        ("0.8", "8000"),
        ("8000" + " " * 52 + "家（含", "8000"),
        ("8000万元", "8000"),
    ],
)
def test_value_is_offered_as_typed_only_where_that_still_says_it(
    user: User, text: str, shown: str
) -> None:
    row = b.actual(b.indicator(), "8000", by=user, review_state="draft", entered_text=text)
    assert initial_of(row)["value"] == shown

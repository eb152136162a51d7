"""Codes and lists of the catalogue: what an edit in the admin may put where pages read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from indicators.shapes import CODE, list_of_breaks, list_of_names


@pytest.mark.parametrize("code", ["FIRMS", "370200-GX", "wan_yuan", "0"])
def test_code_of_letters_digits_and_dashes_passes(code: str) -> None:
    assert CODE(code) is None


@pytest.mark.parametrize(
    "code", ["A/B", "A B", "A\nB", "AB\n", "..", "-A", "企业", "", "a\0b", "٣"]
)
def test_code_that_no_address_could_hold_is_refused(code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        CODE(code)
    assert refusal.value.messages == ["代码只能用字母、数字和 - _ ，并以字母或数字开头。"]


@pytest.mark.parametrize("names", [[], ["高企"], ["高企", "高新企业"]])
def test_list_of_names_passes(names: Any) -> None:
    assert list_of_names(names) is None


@pytest.mark.parametrize("names", [5, "高企", {"a": 1}, [5], [None], [" "], [["高企"]], None])
def test_anything_but_a_list_of_names_is_refused(names: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        list_of_names(names)
    assert refusal.value.messages == ['请写成由文字组成的列表，例如 ["名称一", "名称二"]。']


@pytest.mark.parametrize(
    "breaks",
    [[], [{"period": "2022"}], [{"period": "2022-S1", "note": "口径调整", "note_en": "changed"}]],
)
def test_list_of_breaks_passes(breaks: Any) -> None:
    assert list_of_breaks(breaks) is None


@pytest.mark.parametrize(
    "breaks",
    [5, {}, ["2022"], [{}], [{"note": "无期"}], [{"period": 2022}], [{"period": "2022", "x": "y"}],
     [{"period": "2022", "note": 5}]],
)  # fmt: skip
def test_anything_but_a_list_of_breaks_is_refused(breaks: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        list_of_breaks(breaks)
    assert refusal.value.messages == ['请写成列表，每一条为 {"period": "2022", "note": "说明"}。']


def test_break_of_an_unreadable_period_is_refused_with_the_period() -> None:
    with pytest.raises(ValidationError) as refusal:
        list_of_breaks([{"period": "2022"}, {"period": "前年"}])
    assert "前年" in refusal.value.messages[0]

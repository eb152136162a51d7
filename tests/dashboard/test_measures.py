"""The list of qualitative commitments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> None:
    """Measures of two documents, two departments and none, judged and not."""
    plan, old = make.document("plan"), make.document("old", issued="2020-01-01")
    make.measure("a", of=plan, department=make.department(), status="done")
    make.measure("b", of=plan, period_end="2024")
    make.measure("c", of=old, department=make.department("other", "另一局"))


def listed(html: str) -> list[str]:
    return re.findall(r'<th scope="row">(举措\w)', html)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["举措a", "举措b", "举措c"]),
        ("?document=plan", ["举措a", "举措b"]),
        ("?status=done", ["举措a"]),
        ("?status=unjudged", ["举措b", "举措c"]),
        ("?department=other", ["举措c"]),
        ("?department=none", ["举措b"]),
        ("?document=plan&department=bureau&status=done", ["举措a"]),
        ("?document=&status=&department=", ["举措a", "举措b", "举措c"]),
        ("?document=old&status=done", []),
    ],
)
def test_measures_are_filtered(client: Client, query: str, found: list[str]) -> None:
    assert listed(page(client, f"/measures/{query}")) == found


@pytest.mark.usefixtures("three")
def test_a_measure_names_document_department_and_period(client: Client) -> None:
    seen = text_of(page(client, "/measures/?document=plan"))
    assert "已完成 举措a 理由：有材料为证（2025-03-01） 文件plan 第一段 示范局 未注明" in seen
    assert "未评定 举措b 文件plan 第一段 未注明 2024年" in seen


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("query", ["document=x", "status=x", "department=x", "page=2"])
def test_an_unknown_choice_is_404(client: Client, query: str) -> None:
    assert client.get(f"/measures/?{query}").status_code == 404


def test_nothing_is_said_in_words(client: Client) -> None:
    assert "没有符合条件的举措。" in text_of(page(client, "/measures/"))


@pytest.mark.usefixtures("three")
def test_only_a_judge_is_led_to_the_form(client: Client, signed_in: Callable[..., Client]) -> None:
    assert page(client, "/measures/").count("/judge/") == 0
    assert page(signed_in("analyst"), "/measures/").count("/judge/") == 0
    assert page(signed_in("reviewer"), "/measures/").count("/judge/") == 3


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    number: int, django_assert_num_queries: Any, client: Client
) -> None:
    for n in range(number):
        make.measure(f"m{n}", of=make.document(f"d{n}"), department=make.department(f"p{n}"))
    with django_assert_num_queries(3):
        assert client.get("/measures/").status_code == 200

"""Odd bodies and naughty strings: never a 5xx, nothing kept that was not meant, nothing executed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.measuring import UnitError, in_unit_of
from indicators.models import Observation
from indicators.quantities import QuantityError, read_number
from tests.conftest import SHARED
from tests.entry.grid import builders as g
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db

NAUGHTY = SHARED / "badinputs" / "blns" / "blns.json"
SUITE = SHARED / "badinputs" / "jsontestsuite" / "test_parsing"
SPAN = range(1950, 2000)


@pytest.fixture
def client(db: None) -> Client:
    """Answers a fault with 500 instead of raising it."""
    b.region()
    g.firms()
    signed_in = b.client_of(g.analyst())
    signed_in.raise_request_exception = False
    return signed_in


def value_of(text: str) -> Decimal | None:
    """What the number reader makes of a text; None where it is no number of firms."""
    try:
        return in_unit_of(read_number(text.strip()), base="家", exponent=0, symbol="家")
    except (QuantityError, UnitError):
        return None


def naughty() -> list[str]:
    found = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    assert len(found) > 400
    return [text for text in found if isinstance(text, str)]


@pytest.mark.shared
def test_naughty_strings_as_cell_texts_are_read_as_numbers_or_refused(client: Client) -> None:
    texts = naughty()
    for start in range(0, len(texts), len(SPAN)):
        part = texts[start : start + len(SPAN)]
        cells = [
            {"key": f"FIRMS|370200|{year}", "text": text}
            for year, text in zip(SPAN, part, strict=False)
        ]
        answer = g.ask(client, g.READ, {"cells": cells})
        assert answer.status_code == 200, (part, answer.content[:500])
        for found, text in zip(answer.json()["cells"], part, strict=True):
            read = value_of(text)
            assert found["value"] == "" if found["error"] else Decimal(found["value"]) == read, text
            assert bool(found["error"]) == (read is None or len(text) > 60), text


@pytest.mark.shared
def test_naughty_strings_are_never_kept_wrong(client: Client) -> None:
    texts = naughty()
    numbers = [text for text in texts if value_of(text) is not None and len(text) <= 60]
    for year, text in zip(SPAN, numbers, strict=False):
        cell = {"key": f"FIRMS|370200|{year}", "text": text, "explanation": "原样"}
        cell["confirmed"] = g.read(client, cell)[0]["confirmed"]
        assert g.save(client, cell).status_code in (200, 422), text
    rows = Observation.objects.values_list("value", "entered_text")
    assert rows.count() > 5
    assert [(value_of(text), text) for _value, text in rows] == list(rows)


@pytest.mark.shared
def test_naughty_strings_that_are_no_numbers_are_all_refused_by_name(client: Client) -> None:
    texts = [text for text in naughty() if value_of(text) is None]
    assert len(texts) > 300
    for start in range(0, len(texts), len(SPAN)):
        part = zip(SPAN, texts[start : start + len(SPAN)], strict=False)
        cells = [{"key": f"FIRMS|370200|{year}", "text": text} for year, text in part]
        answer = g.save(client, *cells)
        assert answer.status_code == 422, answer.content[:500]
        assert [row["key"] for row in answer.json()["problems"]] == [row["key"] for row in cells]
    assert Observation.objects.count() == 0


@pytest.mark.shared
def test_naughty_strings_as_words_are_kept_and_shown_as_they_are(client: Client) -> None:
    texts = [text.strip() for text in naughty() if "\0" not in text and text.strip()][:50]
    cells = [
        {"key": f"FIRMS|370200|{year}", "text": str(year), "note": text}
        for year, text in zip(SPAN, texts, strict=False)
    ]
    answer = g.save(client, *cells, source={"title": "<script>alert(1)</script>"})
    assert answer.status_code == 200, answer.content[:500]
    kept = dict(Observation.objects.values_list("reference_period", "note"))
    assert kept == {str(year): text for year, text in zip(SPAN, texts, strict=False)}
    body = client.get(f"{g.GRID}?from=1950&to=1999").content.decode()
    assert "<script>alert" not in body
    assert body.count("<script") == body.count("</script>")


@pytest.mark.shared
@pytest.mark.parametrize("url", [g.READ, g.SAVE])
def test_suite_of_json_as_bodies_never_fails_and_never_writes(client: Client, url: str) -> None:
    for path in sorted(SUITE.glob("*.json")):
        answer = client.post(url, path.read_bytes(), content_type="application/json")
        assert answer.status_code == 400, path.name
        assert answer.json()["error"], path.name
    assert Observation.objects.count() == 0


@pytest.mark.parametrize("url", [g.READ, g.SAVE])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{}", "text/html"),
        (b"\xff\xfe", "application/json"),
        (b'{"cells":[],"cells":[]}', "application/json"),
        (b'{"cells":[{"key":"FIRMS|370200|2024","text":NaN}]}', "application/json"),
        (b'{"cells":[{"key":"FIRMS|370200|2024","text":1e400}]}', "application/json"),
        (b'{"cells":[{"key":"FIRMS|370200|2024","text":"\\ud800"}]}', "application/json"),
        (b'{"cells":' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json"),
        (b'{"cells":[],"x":"' + b"a" * 2_000_000 + b'"}', "application/json"),
        (b'{"cells":[],"x":"' + b"a" * 9_000_000 + b'"}', "application/json"),
    ],
    ids=range(10),
)
def test_hostile_bodies_are_400_in_words(
    client: Client, url: str, body: bytes, content_type: str
) -> None:
    answer = client.post(url, body, content_type=content_type)
    assert answer.status_code == 400
    assert answer.json()["error"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "key": st.sampled_from(["FIRMS|370200|2024", "FIRMS|370200|2023", "X|1|2"]) | ANYTHING,
        "text": st.sampled_from(["5", "1.2万", "", "八千左右", "-1"]) | ANYTHING,
        "status": st.sampled_from(["A", "L", "Z"]) | ANYTHING,
        "vintage": st.sampled_from(["annual", "flash"]) | ANYTHING,
        "qualifier": st.sampled_from(["", "above"]) | ANYTHING,
        "token": st.sampled_from(["0.0.0", "1.1.1"]) | ANYTHING,
        "note": ANYTHING,
        "confirmed": ANYTHING,
    },
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(CELL, max_size=3) | ANYTHING,
        "source": ANYTHING,
        "submit": ANYTHING,
        "block": st.lists(st.lists(st.text(max_size=4), max_size=3), max_size=3) | ANYTHING,
        "anchor": st.fixed_dictionaries({"row": st.integers(-1, 2), "column": st.integers(-1, 2)})
        | ANYTHING,
        "rows": st.just(["FIRMS|370200"]) | ANYTHING,
        "columns": st.just(["2023", "2024"]) | ANYTHING,
    },
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=BODY, url=st.sampled_from([g.READ, g.SAVE]))
def test_any_body_is_answered_and_read_never_writes(client: Client, body: Any, url: str) -> None:
    before = Observation.objects.count()
    answer = g.ask(client, url, body)
    assert answer.status_code in (200, 400, 404, 409, 422), answer.content[:500]
    assert isinstance(answer.json(), dict)
    if url == g.READ or answer.status_code != 200:
        assert Observation.objects.count() == before

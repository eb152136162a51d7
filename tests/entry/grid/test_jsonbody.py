"""Strict JSON bodies: what is right is read exactly, all else is refused in words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from qdpolicy.jsonbody import (
    DEEPEST,
    LONGEST,
    BadBody,
    json_answers,
    parse,
    read_json,
    text_in,
)
from tests.conftest import SHARED

SUITE = SHARED / "badinputs" / "jsontestsuite" / "test_parsing"
# RFC 8259 lets a reader refuse names given twice: of two values nobody knows which was meant.
STRICTER = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def request(body: bytes, content_type: str = "application/json") -> HttpRequest:
    return RequestFactory().post("/", body, content_type=content_type)


def cases(kind: str) -> list[Any]:
    paths = sorted(SUITE.glob(f"{kind}_*.json"))
    return [pytest.param(path.read_bytes(), id=path.name) for path in paths]


def read_or_refused(body: bytes) -> Any:
    """What was read, in a text that can be stored; or the refusal, which must be words."""
    try:
        found = parse(body)
    except BadBody as refusal:
        return checked(refusal)
    json.dumps(found, default=str, ensure_ascii=False).encode()
    return found


def checked(refusal: BadBody) -> str:
    assert str(refusal).endswith("。")
    return str(refusal)


# --- the suite of RFC 8259 ----------------------------------------------------------------------


@pytest.mark.shared
def test_suite_is_there_as_a_whole() -> None:
    counted = {kind: len(list(SUITE.glob(f"{kind}_*.json"))) for kind in "yni"}
    assert counted["y"] > 90
    assert counted["n"] > 180
    assert counted["i"] > 30


@pytest.mark.shared
@pytest.mark.parametrize("body", cases("y"))
def test_right_text_is_read(body: bytes, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.id in STRICTER:
        with pytest.raises(BadBody):
            parse(body)
        return
    assert parse(body) == json.loads(body, parse_float=Decimal)


@pytest.mark.shared
@pytest.mark.parametrize("body", cases("n"))
def test_wrong_text_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody):
        parse(body)


@pytest.mark.shared
@pytest.mark.parametrize("body", cases("i"))
def test_text_that_may_be_either_is_read_or_refused_in_words(body: bytes) -> None:
    read_or_refused(body)


# --- what is ours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b'{"a":1,"a":2}',
        b'[{"x":{"a":"","a":""}}]',
        b'["\xff"]',
        "\ufeff{}".encode(),
        "{}".encode("utf-16"),
        '["八千"]'.encode("gb18030"),
        b'["\\ud800"]',
        b'{"\\udfff":1}',
        b"[" + b"9" * 5000 + b"]",
        b"[1e" + b"9" * 101 + b"]",
        b"[" * 100_000,
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'"' + b"a" * LONGEST + b'"',
        b'{"a":1}{"b":2}',
        b"{'a':1}",
        b'{"a":01}',
        b'["a\nb"]',
    ],
    ids=range(21),
)
def test_what_no_script_of_ours_sends_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(BadBody) as refusal:
        parse(body)
    assert str(refusal.value).endswith("。")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"[1e400]", [Decimal("1e400")]),
        (b"[0.1]", [Decimal("0.1")]),
        (b"[-0]", [0]),
        (b'["\\u0000"]', ["\0"]),
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b'{"a":{"a":1}}', {"a": {"a": 1}}),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
        (b' {"text" : "1.2\xe4\xb8\x87"}\n', {"text": "1.2万"}),
    ],
    ids=range(8),
)
def test_numbers_are_exact_and_texts_whole(body: bytes, found: Any) -> None:
    read = parse(body)
    assert found is None or read == found


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_whatever_is_written_is_read_back(value: Any) -> None:
    body = json.dumps(value).encode()
    assert read_or_refused(body) == value or "嵌套" in str(read_or_refused(body))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refused(body)


@given(JSON, st.integers(0, 400), st.binary(max_size=3))
def test_a_spoiled_text_is_read_or_refused(value: Any, at: int, noise: bytes) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    read_or_refused(body[:at] + noise + body[at + len(noise) :])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[]", "application/json"),
        (b'"text"', "application/json"),
        (b"null", "application/json"),
        (b"{}", "text/plain"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"{}", "application/jsonp"),
        (b"x" * 3 * LONGEST, "application/json"),
    ],
)
def test_only_an_object_of_the_right_type_is_a_body(body: bytes, content_type: str) -> None:
    with pytest.raises(BadBody):
        read_json(request(body, content_type))


def test_body_with_a_charset_is_read() -> None:
    body = '{"text":"八千"}'.encode()
    assert read_json(request(body, "application/json; charset=utf-8")) == {"text": "八千"}


@pytest.mark.parametrize("text", [1, None, True, ["a"], {"a": "b"}, "a\0b", "长" * 11])
def test_what_is_no_short_text_is_refused_by_name(text: Any) -> None:
    with pytest.raises(BadBody, match="note"):
        text_in({"note": text}, "note", 10)


def test_text_is_trimmed_unless_it_is_free() -> None:
    found = {"note": " 八千\n", "text": " 八\0千 "}
    assert text_in(found, "note", 10) == "八千"
    assert text_in(found, "text", 10, free=True) == " 八\0千 "
    assert text_in(found, "missing", 10) == ""


def test_refusal_is_answered_as_json() -> None:
    @json_answers
    def view(asked: HttpRequest) -> HttpResponse:
        return HttpResponse(str(read_json(asked)))

    answer = view(request(b"[]"))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert "JSON" in json.loads(answer.content)["error"]

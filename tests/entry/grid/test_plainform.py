"""The form of one indicator, without script: check, then keep; nothing is lost, nothing overwritten."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from indicators.models import Observation
from tests.entry.grid import builders as g
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db

URL = "/actuals/grid/FIRMS/?region=370200&from=2022&to=2024"
_INPUT = re.compile(r'<input[^>]*? name="([^"]+)" value="([^"]*)"', re.DOTALL)
_NAMED = re.compile(r'<input id="[^"]+" name="([^"]+)" value="([^"]*)"')
_SELECT = re.compile(r'<select[^>]*? name="([^"]+)">(.*?)</select>', re.DOTALL)
_AREA = re.compile(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected>')


@pytest.fixture
def analyst() -> User:
    b.region()
    return g.analyst()


@pytest.fixture
def client(analyst: User) -> Client:
    g.firms()
    return b.client_of(analyst)


def form(answer: Any) -> dict[str, str]:
    """What a browser would send back of the page, as it stands."""
    body = answer.content.decode()
    main = body[body.index('<form method="post" class="form form-wide"') :]
    main = main[: main.index("</form>")]
    found = {name: unescape(value) for name, value in _INPUT.findall(main)}
    found |= {name: unescape(value) for name, value in _NAMED.findall(main)}
    found |= {name: unescape(value) for name, value in _AREA.findall(main)}
    for name, options in _SELECT.findall(main):
        (found[name],) = _CHOSEN.findall(options)
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def send(client: Client, filled: dict[str, str], then: str = "check", **changed: str) -> Any:
    changes = {name.replace("__", "-"): value for name, value in changed.items()}
    return client.post(URL, {**filled, **changes, "then": then})


def opened(client: Client) -> dict[str, str]:
    answer = client.get(URL)
    assert answer.status_code == 200
    return form(answer)


def test_form_holds_one_line_for_each_period_with_what_stands_there(
    client: Client, analyst: User
) -> None:
    of = g.firms()
    b.actual(of, "7000", "2022")
    draft = b.actual(of, "7100", "2023", by=analyst, review_state="draft", note="初算")
    found = opened(client)
    assert (found["text-2022"], found["text-2023"], found["text-2024"]) == ("7000", "7100", "")
    assert (found["note-2023"], found["status-2023"]) == ("初算", "A")
    assert found["token-2023"] == f"{draft.pk}.1.0"
    assert "计量单位：家" in client.get(URL).content.decode()


def test_difference_is_shown_before_anything_is_kept(client: Client) -> None:
    b.actual(g.firms(), "7000", "2023")
    answer = send(client, opened(client), text__2024="0.8万")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "核对 1 处改动" in body
    assert "读作 8,000" in body
    assert Observation.objects.in_progress().count() == 0
    assert form(answer)["text-2024"] == "0.8万"


def test_checked_value_is_kept_and_the_others_are_left_alone(client: Client, analyst: User) -> None:
    b.actual(g.firms(), "7000", "2023")
    checked = send(client, opened(client), text__2024="0.8万", source_title="公报")
    answer = send(client, form(checked), then="save")
    assert (answer.status_code, answer["Location"]) == (302, URL)
    row = Observation.objects.in_progress().get()
    assert (row.reference_period, row.value, row.source_title) == ("2024", 8000, "公报")
    assert (row.origin, row.entered_by) == ("grid", analyst)


def test_checked_value_can_be_submitted_at_once(client: Client) -> None:
    checked = send(client, opened(client), text__2024="8000")
    send(client, form(checked), then="submit")
    assert Observation.objects.get().review_state == "submitted"


def test_saving_without_having_seen_the_difference_shows_it_first(client: Client) -> None:
    answer = send(client, opened(client), then="save", text__2024="8000")
    assert answer.status_code == 200
    assert Observation.objects.count() == 0
    other = send(client, form(answer), then="save", text__2024="9000")
    assert other.status_code == 200
    assert Observation.objects.count() == 0


def test_doubt_wants_a_reason_which_stays(client: Client) -> None:
    b.actual(g.firms(), "800", "2023")
    checked = send(client, opened(client), text__2024="8000")
    assert 'class="issue issue-warning"' in checked.content.decode()
    refused = send(client, form(checked), then="save")
    assert "请写明数值为何与提示不同" in refused.content.decode()
    filled = form(refused)
    assert "why-2024" in filled
    send(client, filled, then="save", why__2024="口径扩大")
    row = Observation.objects.in_progress().get()
    assert (row.value, row.explanation) == (8000, "口径扩大")
    assert row.doubts


def test_note_on_a_lower_bound_leaves_it_a_lower_bound(client: Client, analyst: User) -> None:
    b.actual(g.firms(), "7100", "2023", by=analyst, review_state="draft", qualifier="above")
    checked = send(client, opened(client), note__2023="公报原文如此")
    assert send(client, form(checked), then="save").status_code == 302
    row = Observation.objects.in_progress().get()
    assert (row.value, row.qualifier, row.note) == (7100, "above", "公报原文如此")


def test_new_number_over_a_lower_bound_is_what_its_words_say(client: Client, analyst: User) -> None:
    b.actual(g.firms(), "7100", "2023", by=analyst, review_state="draft", qualifier="above")
    checked = send(client, opened(client), text__2023="7200")
    assert send(client, form(checked), then="save").status_code == 302
    row = Observation.objects.in_progress().get()
    assert (row.value, row.qualifier) == (7200, "exact")


def test_error_brings_the_filled_form_back_with_the_sentence(client: Client) -> None:
    answer = send(client, opened(client), text__2023="八千左右", text__2024="8000")
    body = answer.content.decode()
    assert "不是确切的数值" in body
    assert 'aria-invalid="true"' in body
    assert (form(answer)["text-2023"], form(answer)["text-2024"]) == ("八千左右", "8000")
    send(client, form(answer), then="save")
    assert Observation.objects.count() == 0


def test_correction_asks_for_its_reason(client: Client) -> None:
    approved = b.actual(g.firms(), "7000", "2024")
    checked = send(client, opened(client), text__2024="7100")
    assert "why-2024" in form(checked)
    send(client, form(checked), then="save", why__2024="笔误")
    draft = Observation.objects.in_progress().get()
    assert (draft.supersedes, draft.reason) == (approved, "笔误")


def test_missing_value_is_entered_with_its_reason(client: Client) -> None:
    checked = send(client, opened(client), status__2024="L", note__2024="未开展调查")
    send(client, form(checked), then="save")
    row = Observation.objects.get()
    assert (row.value, row.obs_status, row.note) == (None, "L", "未开展调查")


def test_form_that_was_not_changed_keeps_nothing(client: Client) -> None:
    b.actual(g.firms(), "7000", "2024", note=" 第一行\r\n第二行 ")
    # As a browser sends it: it ends lines with CR LF.
    lines = re.compile("\r?\n")
    found = {name: lines.sub("\r\n", text) for name, text in opened(client).items()}
    assert found["note-2024"] == " 第一行\r\n第二行 "
    for then in ("check", "save", "submit"):
        assert send(client, found, then=then).status_code == 302
    assert Observation.objects.count() == 1


def test_second_of_two_sees_the_firsts_value_and_chooses(client: Client) -> None:
    mine = send(client, opened(client), text__2024="8000")
    g.saved(b.client_of(g.analyst("colleague")), {"key": "FIRMS|370200|2024", "text": "8100"})
    answer = send(client, form(mine), then="save")
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "colleague同志 在" in body
    assert "8,100" in body
    assert Observation.objects.get().value == 8100
    chosen = send(client, form(answer))
    assert chosen.status_code == 200
    assert send(client, form(chosen), then="save").status_code == 302
    assert Observation.objects.current().get().value == 8000
    assert Observation.objects.get(copy_of__isnull=False).value == 8100


def test_locked_period_is_shown_without_fields_and_posting_to_it_keeps_nothing(
    client: Client, analyst: User
) -> None:
    row = b.actual(g.firms(), "7000", "2024", by=analyst, review_state="submitted")
    found = opened(client)
    assert "text-2024" not in found
    assert "等待核定" in client.get(URL).content.decode()
    forged = {"text-2024": "1", "token-2024": f"{row.pk}.1.0", "was-2024": "", "status-2024": "A",
              "vintage-2024": "annual", "note-2024": ""}  # fmt: skip
    send(client, {**found, **forged}, then="save")
    row.refresh_from_db()
    assert (row.value, Observation.objects.count()) == (7000, 1)


def test_lent_indicator_shows_the_owed_period_alone(client: Client) -> None:
    g.duty(b.indicator("LENT", at=b.department("elsewhere")), "2023")
    answer = client.get("/actuals/grid/LENT/?from=2022&to=2024")
    assert [field.name for field in answer.context["fields"]] == ["2023"]


@pytest.mark.parametrize(
    "address",
    ["SECRET/", "NOWHERE/", "FIRMS/?region=999999", "FIRMS/?from=x", "FIRMS/?frequency=x"],
)
def test_form_of_something_else_is_404(client: Client, address: str) -> None:
    g.secret()
    assert client.get(f"/actuals/grid/{address}").status_code == 404
    assert client.post(f"/actuals/grid/{address}", {"then": "save"}).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"token__2024": "x"},
        {"token__2024": "9" * 30},
        {"status__2024": "Z"},
        {"vintage__2024": "never"},
        {"text__2024": "长" * 3000},
        {"note__2024": "a\0b"},
        {"source_title": "长" * 3000},
    ],
    ids=range(7),
)
def test_what_no_browser_sends_is_refused_in_words(client: Client, changed: dict[str, str]) -> None:
    answer = send(client, {**opened(client), "text-2024": "5"}, then="save", **changed)
    assert answer.status_code in (200, 302, 400)
    assert Observation.objects.count() == 0


def test_source_that_cannot_be_kept_is_told(client: Client) -> None:
    checked = send(client, opened(client), text__2024="8000", source_url="ftp://x")
    answer = send(client, form(checked), then="save")
    assert "链接须以" in answer.content.decode()
    assert form(answer)["source_url"] == "ftp://x"
    assert Observation.objects.count() == 0


def test_form_costs_the_same_queries_however_many_periods(client: Client) -> None:
    counted = []
    for first in ("2022", "1990"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/actuals/grid/FIRMS/?region=370200&from={first}&to=2024")
        counted.append(len(asked))
    assert counted[0] == counted[1] == 14


def test_parts_and_the_way_to_the_goal_stand_beside_the_field(client: Client) -> None:
    of = g.flow("SPENT")
    for quarter in range(1, 5):
        b.actual(of, "10", f"2024-Q{quarter}")
    b.promise(of, "100", "2030")
    body = client.get("/actuals/grid/SPENT/?from=2024&to=2024").content.decode()
    assert "各分期合计 40" in body
    assert "2030年 达到 100亿元以上" in body

"""Many values at once: the differences come first, then all of them or none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from indicators.models import Duty, Observation, ReportingRound, Upload
from qdpolicy.entry import bulk
from targets.models import StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
SUBMIT, REVIEW = "entry_bulk_submit", "entry_bulk_review"


@pytest.fixture
def analyst() -> User:
    b.indicator("FIRMS", at=b.department("division", parent=b.department("bureau")))
    b.region()
    return b.person("analyst", "analyst", at=b.department("bureau"))


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer", at=b.department("elsewhere"))


@pytest.fixture
def theirs(reviewer: User) -> Client:
    return b.client_of(reviewer)


def row(by: User, value: str = "8000", year: str = "2024", **facts: object) -> Observation:
    of = facts.pop("of", None) or b.indicator("FIRMS")
    return b.actual(of, value, year, by=by, **{"review_state": "draft", **facts})


def rows(by: User, state: str, number: int = 3) -> list[Observation]:
    return [row(by, str(100 + n), str(2010 + n), review_state=state) for n in range(number)]


def boxes(some: list[Observation]) -> list[str]:
    return [f"{each.pk}.{each.version}" for each in some]


def messages_of(answer: object) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- submitting ---------------------------------------------------------------------------------


def test_difference_comes_before_the_submission(client: Client, analyst: User) -> None:
    old = b.actual(b.indicator("FIRMS"), "2000")
    b.actual(b.indicator("FIRMS"), "1900", "2023")
    new = row(analyst, "8000", supersedes=old, reason="公报更正", explanation="口径变了")
    answer = client.post(reverse(SUBMIT), {"row": boxes([new])})
    body = answer.content.decode()
    assert answer.status_code == 200
    for words in ("2,000家", "8,000家", "+6,000家", "更正理由：公报更正", "对提示的说明：口径变了"):
        assert words in body
    assert [issue.code for issue in answer.context["lines"][0].submission.issues] != []
    new.refresh_from_db()
    assert (new.review_state, b.events()) == ("draft", [])


def test_confirmed_rows_are_submitted_together(client: Client, analyst: User) -> None:
    some = rows(analyst, "draft")
    page = client.post(reverse(SUBMIT), {"row": boxes(some)})
    answer = client.post(
        reverse(SUBMIT), {"rows": page.context["rows"], "confirmed": "yes"}, follow=True
    )
    assert messages_of(answer) == ["已提交 3 条。"]
    assert set(Observation.objects.values_list("review_state", flat=True)) == {"submitted"}
    assert b.events() == ["indicators.submit_all"]


def test_row_that_moved_on_holds_all_back_and_the_others_may_go(
    client: Client, analyst: User
) -> None:
    some = rows(analyst, "draft")
    tokens = boxes(some)
    Observation.objects.filter(pk=some[1].pk).update(version=9, value=7)
    answer = client.post(reverse(SUBMIT), {"rows": ",".join(tokens), "confirmed": "yes"})
    assert (answer.status_code, answer.context["left"], answer.context["others"]) == (409, 1, 2)
    first = answer.context["lines"][0]
    assert first.submission.observation.pk == some[1].pk
    assert "在您打开页面之后有改动" in first.sentence
    assert "只处理其余 2 条" in answer.content.decode()
    assert b.events() == []
    done = client.post(
        reverse(SUBMIT),
        {"rows": answer.context["rows"], "confirmed": "yes", "partly": "yes"},
        follow=True,
    )
    assert messages_of(done)[0] == "已提交 2 条。"
    assert "FIRMS指标 青岛市 2011：这条数值在您打开页面之后有改动" in messages_of(done)[1]
    states = dict(Observation.objects.values_list("pk", "review_state"))
    assert [states[each.pk] for each in some] == ["submitted", "draft", "submitted"]


@pytest.mark.parametrize("way", [SUBMIT, "entry_submit"])
def test_draft_that_is_an_error_today_is_not_submitted(
    client: Client, analyst: User, way: str
) -> None:
    wrong, right = row(analyst, "-5", "2022"), row(analyst, "5", "2023")
    if way == SUBMIT:
        data = {"row": boxes([wrong, right]), "confirmed": "yes"}
        answer = client.post(reverse(SUBMIT), data)
        assert answer.status_code == 409
        assert "是负数" in answer.content.decode()
        client.post(reverse(SUBMIT), {**data, "partly": "yes"})
    else:
        for each in (wrong, right):
            client.post(reverse(way, args=(each.pk,)), {"version": each.version})
    for each in (wrong, right):
        each.refresh_from_db()
    assert (wrong.review_state, right.review_state) == ("draft", "submitted")


def test_loaded_draft_with_a_doubt_is_explained_before_it_is_submitted(
    client: Client, analyst: User
) -> None:
    b.actual(b.indicator("FIRMS"), "100", "2022")
    loaded = {"origin": "command", "year": "2023", "value": "900"}
    for key, explanation in (("k1", ""), ("k2", "合并统计")):
        each = row(analyst, **loaded, key=key, explanation=explanation)
        client.post(reverse(SUBMIT), {"row": boxes([each]), "confirmed": "yes"})
        each.refresh_from_db()
        assert each.review_state == ("submitted" if explanation else "draft"), key
    entered = row(analyst, "900", "2024", explanation="")
    client.post(reverse(SUBMIT), {"row": boxes([entered]), "confirmed": "yes"})
    entered.refresh_from_db()
    assert entered.review_state == "submitted"


def test_strangers_row_is_404_and_nothing_is_submitted(client: Client, analyst: User) -> None:
    mine = row(analyst)
    foreign = row(b.person("other"), of=b.indicator("SECRET", at=b.department("elsewhere")))
    answer = client.post(reverse(SUBMIT), {"row": boxes([mine, foreign]), "confirmed": "yes"})
    assert (answer.status_code, b.events()) == (404, [])


@pytest.mark.parametrize("token", ["x", "1", "1.", "1.x", "-1.1", "١.١", "1.1;2.2", "9" * 30])
def test_unreadable_box_is_400(client: Client, token: str) -> None:
    assert client.post(reverse(SUBMIT), {"row": [token]}).status_code == 400
    assert client.post(reverse(SUBMIT), {"rows": f"1.1,{token}"}).status_code == 400


def test_nothing_ticked_goes_back_in_words(client: Client) -> None:
    answer = client.post(reverse(SUBMIT), {}, follow=True)
    assert messages_of(answer) == ["没有选中任何数值。"]


def test_too_many_rows_are_refused(client: Client) -> None:
    rows_ = ",".join(f"{n}.1" for n in range(1, bulk.MOST + 2))
    assert client.post(reverse(SUBMIT), {"rows": rows_}).status_code == 400


def test_bulk_steps_are_for_their_roles_and_never_taken_by_a_get(
    client: Client, theirs: Client, analyst: User
) -> None:
    [mine] = rows(analyst, "draft", 1)
    assert client.get(reverse(SUBMIT)).status_code == 405
    assert theirs.get(reverse(REVIEW)).status_code == 405
    assert theirs.post(reverse(SUBMIT), {"row": boxes([mine])}).status_code == 403
    assert client.post(reverse(REVIEW), {"row": boxes([mine])}).status_code == 403


def test_deputy_submits_what_is_owed_of_another_departments_indicator(analyst: User) -> None:
    of = b.indicator("SECRET", at=b.department("elsewhere"))
    mine = row(analyst, of=of)
    client = b.client_of(analyst)
    assert client.post(reverse(SUBMIT), {"row": boxes([mine])}).status_code == 404
    within = a_round()
    Duty.objects.create(
        round=within, indicator=of, region=b.region(), reference_period="2024",
        department=b.department("elsewhere"), deputy=analyst,
    )  # fmt: skip
    client.post(reverse(SUBMIT), {"row": boxes([mine]), "confirmed": "yes"})
    mine.refresh_from_db()
    assert mine.review_state == "submitted"


def a_round() -> ReportingRound:
    now = timezone.now()
    return ReportingRound.objects.create(
        name="2024年年报", reference_period="2024", opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1), made_by=b.person("maker"), made_at=now,
    )  # fmt: skip


def test_my_work_offers_boxes_for_what_may_be_submitted_only(analyst: User) -> None:
    mine = [
        row(analyst),
        row(analyst, year="2023", review_state="returned", return_reason="缺来源"),
    ]
    row(analyst, year="2022", review_state="submitted")
    row(analyst, year=None, of=b.indicator("FIRMS"))
    row(analyst, of=b.indicator("SECRET", at=b.department("elsewhere")))
    both = b.person("both", "analyst", "reviewer", at=b.department("bureau"))
    for client in (b.client_of(analyst), b.client_of(both)):
        answer = client.get(reverse("entry_list"))
        assert answer.context["submittable"] == {each.pk for each in mine}
        body = answer.content.decode()
        assert body.count('form="bulk-submit" name="row"') == 2
        assert 'id="bulk-submit"' in body
    reading = b.client_of(b.person("auditor", "auditor")).get(reverse("entry_list"))
    assert "bulk-submit" not in reading.content.decode()


# --- reviewing ----------------------------------------------------------------------------------


def test_confirmed_rows_are_approved_together(theirs: Client, analyst: User) -> None:
    b.promise(b.indicator("FIRMS"))
    some = rows(analyst, "submitted")
    page = theirs.post(reverse(REVIEW), {"row": boxes(some), "step": "approve"})
    assert (page.status_code, page.context["step"].name) == (200, "approve")
    data = {"rows": page.context["rows"], "confirmed": "yes", "step": "approve"}
    answer = theirs.post(reverse(REVIEW), data, follow=True)
    assert messages_of(answer) == ["已核定 3 条。相关目标的判定正在更新。"]
    assert Observation.objects.approved().count() == 3
    assert (b.events(), StaleRequest.objects.count()) == (["indicators.approve_all"], 1)


def test_return_wants_one_reason_for_all(theirs: Client, analyst: User) -> None:
    some = rows(analyst, "submitted")
    page = theirs.post(reverse(REVIEW), {"row": boxes(some), "step": "return"})
    assert 'name="reason"' in page.content.decode()
    data = {"rows": page.context["rows"], "confirmed": "yes", "step": "return", "reason": " "}
    refused = theirs.post(reverse(REVIEW), data)
    assert (refused.status_code, refused.context["sentence"]) == (422, "请写明理由。")
    assert refused.context["lines"] != []
    answer = theirs.post(reverse(REVIEW), {**data, "reason": "请补\0来源"}, follow=True)
    assert messages_of(answer) == ["已退回 3 条。"]
    kept = set(Observation.objects.values_list("review_state", "return_reason"))
    assert kept == {("returned", "请补来源")}


def test_own_row_in_an_approval_is_named(settings: object) -> None:
    settings.SELF_APPROVAL = False
    both = b.person("both", "analyst", "reviewer", at=b.department("bureau"))
    b.indicator("FIRMS", at=b.department("bureau"))
    [mine] = rows(both, "submitted", 1)
    data = {"row": boxes([mine]), "step": "approve", "confirmed": "yes"}
    answer = b.client_of(both).post(reverse(REVIEW), data)
    assert answer.status_code == 409
    assert "不能核定自己录入的数值" in answer.context["lines"][0].sentence
    assert answer.context["others"] == 0
    assert "只处理其余" not in answer.content.decode()


@pytest.mark.parametrize("kind", ["indicator", "department", "round", "upload"])
def test_queue_is_grouped_and_a_whole_group_may_be_taken(
    kind: str, theirs: Client, analyst: User
) -> None:
    upload = Upload.objects.create(
        by=analyst, at=timezone.now(), name="年报.xlsx", size=1, sha256="0" * 64, content=b"x"
    )
    far = b.indicator("FAR", at=b.department("elsewhere"))
    mine = [
        row(analyst, "1", "2024", review_state="submitted", upload=upload),
        row(analyst, "2", "2023", review_state="submitted", upload=upload),
    ]
    other = row(analyst, "3", "2022", review_state="submitted", of=far)
    within = a_round()
    for each in mine:
        Duty.objects.create(
            round=within, indicator=each.indicator, region=each.region,
            reference_period=each.reference_period, department=b.department("bureau"),
        )  # fmt: skip
    queue = theirs.get(reverse("review_queue"), {"by": kind})
    groups = {group.name: group for group in queue.context["groups"]}
    names = {
        "indicator": {"FIRMS指标": 2, "FAR指标": 1},
        "department": {"division处室": 2, "elsewhere处室": 1},
        "round": {"2024年年报": 2, "其他": 1},
        "upload": {"年报.xlsx": 2, "其他": 1},
    }[kind]
    assert {name: group.count for name, group in groups.items()} == names
    first, second = names
    shown = theirs.get(reverse("review_queue"), {"by": kind, "group": groups[second].token})
    assert [item.observation for item in shown.context["submissions"]] == [other]
    page = theirs.post(reverse(REVIEW), {"group": groups[first].token, "step": "approve"})
    assert {line.submission.observation for line in page.context["lines"]} == set(mine)
    theirs.post(reverse(REVIEW), {"rows": page.context["rows"], "confirmed": "yes"})
    assert set(Observation.objects.approved()) == set(mine)


@pytest.mark.parametrize("group", ["x", "x-1", "indicator-x", "indicator-", "department-1", "-"])
def test_group_that_cannot_be_is_refused(theirs: Client, group: str) -> None:
    assert theirs.get(reverse("review_queue"), {"group": group}).status_code == 404
    if group != "department-1":
        assert theirs.post(reverse(REVIEW), {"group": group}).status_code == 400


def test_group_that_is_too_large_is_taken_in_turns_and_says_so(
    theirs: Client, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    some = rows(analyst, "submitted", 3)
    group = f"indicator-{some[0].indicator_id}"
    page = theirs.post(reverse(REVIEW), {"group": group, "step": "approve"})
    assert page.context["rows"] == ",".join(boxes(some)[:2])
    assert messages_of(page) == ["所选的组共 3 条；这里列出等待最久的 2 条，其余的请随后再选。"]


def test_unknown_grouping_is_404(theirs: Client) -> None:
    assert theirs.get(reverse("review_queue"), {"by": "region"}).status_code == 404


def test_own_rows_are_in_no_group(analyst: User) -> None:
    both = b.person("both", "reviewer")
    row(both, review_state="submitted")
    answer = b.client_of(both).get(reverse("review_queue"))
    assert (answer.context["groups"], answer.context["own"]) == ([], 1)


def test_queue_shows_the_doubts_with_their_explanation(theirs: Client, analyst: User) -> None:
    b.actual(b.indicator("FIRMS"), "2000", "2023")
    row(analyst, review_state="submitted", doubts=["jump"], explanation="统计办法变了")
    answer = theirs.get(reverse("review_queue"))
    body = answer.content.decode()
    assert answer.context["submissions"][0].issues != []
    assert "对提示的说明：统计办法变了" in body
    assert "合理性检查没有发现问题" not in body


@pytest.mark.parametrize("name", [SUBMIT, REVIEW])
@pytest.mark.parametrize("confirmed", ["", "yes"])
def test_page_and_step_cost_the_same_queries_with_one_and_three_rows(
    name: str, confirmed: str, client: Client, theirs: Client, analyst: User
) -> None:
    state, asking = ("draft", client) if name == SUBMIT else ("submitted", theirs)
    counts = []
    for number, first in ((1, 2000), (1, 2001), (3, 2010)):
        some = [row(analyst, "7", str(first + n), review_state=state) for n in range(number)]
        data = {"row": boxes(some), "confirmed": confirmed}
        asking.post(reverse(name), data) if not confirmed else None
        with CaptureQueriesContext(connection) as queries:
            answer = asking.post(reverse(name), data)
        assert answer.status_code == (302 if confirmed else 200)
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[2] <= 30


def test_forms_work_without_script_and_say_what_is_chosen(theirs: Client, analyst: User) -> None:
    [one] = rows(analyst, "submitted", 1)
    body = theirs.get(reverse("review_queue")).content.decode()
    assert 'id="bulk-review"' in body
    assert f'form="bulk-review" name="row" value="{one.pk}.1"' in body
    assert 'aria-label="选中 FIRMS指标 青岛市 2010年"' in body
    assert 'name="step" value="approve"' in body

"""Notes on promises that are behind: asked for, written, rewritten, shown, kept."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Department, User
from accounts.versions import Conflict
from indicators.models import Duty, Indicator, ReportingRound
from qdpolicy.entry.rounds.asked import asked_notes
from targets import actions
from targets.errors import Refused
from targets.models import Target, TargetNote
from tests.dashboard.builders import snapshot
from tests.indicators import builders as b
from tests.indicators.roundworld import delivered, duty, lead, reporting_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau() -> Department:
    return b.department("bureau")


@pytest.fixture
def firms(bureau: Department) -> Indicator:
    return b.indicator("FIRMS", at=bureau)


@pytest.fixture
def analyst(bureau: Department) -> User:
    return b.person("analyst", "analyst", at=bureau)


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


@pytest.fixture
def late(firms: Indicator) -> Target:
    target = b.promise(firms, key="late")
    snapshot(target, "off_track", "red")
    return target


@pytest.fixture
def round_(firms: Indicator) -> ReportingRound:
    return duty(reporting_round(), firms).round


def write(
    by: User, target: Target, of: ReportingRound | None, version: int = 0, **words: str
) -> TargetNote:
    given = {"why": "新认定企业减少", "next_step": "三季度组织申报", **words}
    return actions.write_note(by=by, target=target, round_=of, version=version, **given)


# --- the action ---------------------------------------------------------------------------------


def test_note_is_kept_with_its_event(analyst: User, late: Target, round_: ReportingRound) -> None:
    note = write(analyst, late, round_)
    assert (note.why, note.next_step, note.version) == ("新认定企业减少", "三季度组织申报", 1)
    event = AuditEvent.objects.get()
    assert (event.action, event.object_label) == (
        "targets.write_note",
        "FIRMS指标目标 2024年度填报",
    )
    assert event.after == {"why": "新认定企业减少", "next_step": "三季度组织申报"}


@pytest.mark.parametrize("words", [{"why": " "}, {"next_step": ""}])
def test_note_says_both(
    analyst: User, late: Target, round_: ReportingRound, words: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="都请填写"):
        write(analyst, late, round_, **words)
    assert (TargetNote.objects.count(), b.events()) == (0, [])


@pytest.mark.parametrize("with_round", [True, False])
def test_changed_note_is_a_new_row_and_the_old_one_stays(
    analyst: User, late: Target, round_: ReportingRound, with_round: bool
) -> None:
    of = round_ if with_round else None
    first = write(analyst, late, of)
    second = write(analyst, late, of, version=1, why="统计口径收紧")
    first.refresh_from_db()
    assert (first.why, first.superseded_at is None) == ("新认定企业减少", False)
    assert (second.version, second.superseded_at) == (2, None)
    with pytest.raises(Conflict) as caught:
        write(analyst, late, of, version=1, why="另一种说法")
    assert caught.value.current == second
    with pytest.raises(Conflict):
        write(analyst, late, of, version=0)
    assert TargetNote.objects.filter(superseded_at=None).count() == 1


def test_notes_of_two_rounds_stand_beside_each_other(
    analyst: User, late: Target, round_: ReportingRound
) -> None:
    write(analyst, late, round_)
    write(analyst, late, reporting_round("下一轮"))
    write(analyst, late, None)
    assert TargetNote.objects.filter(superseded_at=None).count() == 3


# --- what is asked for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "light", "asked"),
    [("lagging", "yellow", True), ("missed", "red", True), ("regressing", "red", True),
     ("on_track", "green", False), ("no_data", "grey", False)],
)  # fmt: skip
def test_note_is_asked_for_what_is_behind(
    firms: Indicator, analyst: User, round_: ReportingRound, status: str, light: str, asked: bool
) -> None:
    snapshot(b.promise(firms), status, light)
    delivered(firms, analyst)
    assert bool(asked_notes(Duty.objects.all())) is asked


@pytest.mark.parametrize(
    ("upto", "asked"), [("draft", False), ("returned", False), ("submitted", True), ("approved", True)]
)  # fmt: skip
def test_note_is_asked_for_once_the_value_was_handed_in(
    firms: Indicator, analyst: User, late: Target, round_: ReportingRound, upto: str, asked: bool
) -> None:
    delivered(firms, analyst, upto=upto)
    found = asked_notes(Duty.objects.all())
    assert [(item.target, item.round, item.note) for item in found] == (
        [(late, round_, None)] if asked else []
    )


def test_two_periods_of_an_indicator_ask_once(
    firms: Indicator, analyst: User, late: Target, round_: ReportingRound
) -> None:
    duty(round_, firms, period="2023")
    delivered(firms, analyst)
    delivered(firms, analyst, period="2023")
    assert len(asked_notes(Duty.objects.all())) == 1


def test_target_of_another_region_is_not_asked_about(
    firms: Indicator, analyst: User, round_: ReportingRound
) -> None:
    other = b.promise(firms, region=b.region("370202", "市南区", "district"))
    snapshot(other, "missed", "red")
    delivered(firms, analyst)
    assert asked_notes(Duty.objects.all()) == []


# --- the pages ----------------------------------------------------------------------------------


def test_note_is_written_on_the_page_and_shown_on_the_round_and_the_target(
    client: Client, firms: Indicator, analyst: User, late: Target, round_: ReportingRound
) -> None:
    delivered(firms, analyst, upto="submitted")
    url = reverse("round_note", args=[round_.pk, late.pk])
    page = reverse("round", args=[round_.pk])
    assert url in client.get(page).content.decode()
    data = {"why": "新认定企业减少", "next_step": "三季度组织申报", "version": "0"}
    assert client.post(url, data)["Location"] == page
    goal = reverse("target", args=[late.document.key, late.key])
    for shown in (page, goal, url):
        body = client.get(shown).content.decode()
        assert "新认定企业减少" in body
        assert "三季度组织申报" in body
    assert client.get("/actuals/").context["mine"].notes == []


def test_note_of_no_round_is_written_from_the_target(
    client: Client, late: Target, firms: Indicator
) -> None:
    goal = reverse("target", args=[late.document.key, late.key])
    url = reverse("target_note", args=[late.pk])
    assert url in client.get(goal).content.decode()
    data = {"why": "原因一", "next_step": "下一步一", "version": "0"}
    assert client.post(url, data)["Location"] == goal
    assert TargetNote.objects.get().round is None


def test_reader_without_an_account_sees_no_note(
    client: Client, analyst: User, late: Target
) -> None:
    write(analyst, late, None)
    goal = reverse("target", args=[late.document.key, late.key])
    assert "新认定企业减少" in client.get(goal).content.decode()
    assert "新认定企业减少" not in Client().get(goal).content.decode()


def test_second_writer_sees_the_first_ones_note_and_chooses(
    client: Client, analyst: User, late: Target, round_: ReportingRound
) -> None:
    url = reverse("round_note", args=[round_.pk, late.pk])
    write(b.person("second", "analyst", at=analyst.department), late, round_)
    mine = {"why": "我的原因", "next_step": "我的打算", "version": "0"}
    answer = client.post(url, mine)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "新认定企业减少" in body
    assert "我的原因" in body
    client.post(url, mine | {"version": answer.context["form"]["version"].value()})
    assert TargetNote.objects.get(superseded_at=None).why == "我的原因"
    assert TargetNote.objects.count() == 2


@pytest.mark.parametrize("field", ["why", "next_step"])
def test_empty_note_comes_back_with_what_was_filled(
    client: Client, late: Target, round_: ReportingRound, field: str
) -> None:
    url = reverse("round_note", args=[round_.pk, late.pk])
    data = {"why": "原因一", "next_step": "下一步一", "version": "0"}
    answer = client.post(url, data | {field: ""})
    assert (answer.status_code, TargetNote.objects.count()) == (200, 0)
    assert {"why": "下一步一", "next_step": "原因一"}[field] in answer.content.decode()


def test_strangers_promise_is_404(client: Client, round_: ReportingRound) -> None:
    far = b.promise(b.indicator("SECRET", at=b.department("elsewhere")), key="far")
    for url in (
        reverse("round_note", args=[round_.pk, far.pk]),
        reverse("target_note", args=[far.pk]),
    ):
        assert client.get(url).status_code == 404
        assert client.post(url, {"why": "一", "next_step": "二", "version": 0}).status_code == 404
    assert TargetNote.objects.count() == 0


def test_department_of_the_promise_and_the_deputy_may_explain_it(
    bureau: Department, round_: ReportingRound
) -> None:
    about = b.indicator("FAR", at=b.department("elsewhere"))
    target = b.promise(about, key="far")
    url = reverse("target_note", args=[target.pk])
    helper = b.person("helper", "analyst", at=b.department("far"))
    owner = b.person("owner", "analyst", at=bureau)
    assert [b.client_of(user).get(url).status_code for user in (helper, owner)] == [404, 404]
    Target.objects.filter(pk=target.pk).update(department=bureau)
    duty(round_, about, deputy=helper)
    assert [b.client_of(user).get(url).status_code for user in (helper, owner)] == [200, 200]


def test_reviewer_reads_notes_and_writes_none(
    analyst: User, firms: Indicator, late: Target, round_: ReportingRound
) -> None:
    delivered(firms, analyst)
    write(analyst, late, round_)
    boss = b.client_of(lead())
    body = boss.get(reverse("round", args=[round_.pk])).content.decode()
    assert "新认定企业减少" in body
    url = reverse("round_note", args=[round_.pk, late.pk])
    assert url not in body
    assert boss.get(url).status_code == 403

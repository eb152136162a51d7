"""What is locked, by which rule, who may lift it, and in how many queries that is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Department, User
from indicators import actions, locks
from indicators.errors import Refused
from indicators.importing.staging import stage_upload
from indicators.models import (
    Indicator,
    LockException,
    Observation,
    Place,
    ReportingRound,
)
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, entry, lead, reporting_round

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


def place(of: Indicator, period: str = "2024") -> Place:
    return (of.pk, b.region().pk, period)


def rule(of: Indicator, by: User, period: str = "2024") -> str | None:
    """The rule that locks a cell, as `locked` and `require_open` agree on it."""
    found = locks.locked([place(of, period)], by=by).get(place(of, period))
    try:
        locks.require_open(by=by, place=place(of, period))
        refused = ""
    except Refused as refusal:
        refused = str(refusal)
    # A submitted value is refused by the steps themselves, which know its state.
    hours = found if found is not None and found.rule != "submitted" else None
    assert refused == ("" if hours is None else str(hours))
    return None if found is None else found.rule


def test_cell_that_no_round_asks_for_is_free(firms: Indicator, analyst: User) -> None:
    closed = reporting_round(opens=-9 * DAY, closes=-DAY)
    duty(closed, firms, period="2023")
    assert rule(firms, analyst) is None
    assert rule(firms, analyst, "2023") == "closed"


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [(-DAY, DAY, None), (DAY, 2 * DAY, "not_open"), (-2 * DAY, -DAY, "closed")],
)
def test_hours_of_a_round_lock_its_cells(
    firms: Indicator, analyst: User, opens: timedelta, closes: timedelta, expected: str | None
) -> None:
    duty(reporting_round(opens=opens, closes=closes), firms)
    assert rule(firms, analyst) == expected


def test_round_is_open_from_its_first_second_to_its_last(firms: Indicator, analyst: User) -> None:
    now = timezone.now()
    row = reporting_round(now=now)
    duty(row, firms)

    def at(moment: object) -> str | None:
        found = locks.locked([place(firms)], by=analyst, now=moment).get(place(firms))
        return None if found is None else found.rule

    second = timedelta(seconds=1)
    assert at(row.opens_at - second) == "not_open"
    assert at(row.opens_at) is None
    assert at(row.closes_at - second) is None
    assert at(row.closes_at) == "closed"


def test_another_round_that_is_open_frees_the_cell(firms: Indicator, analyst: User) -> None:
    duty(reporting_round("旧一轮", opens=-9 * DAY, closes=-DAY), firms)
    duty(reporting_round("新一轮"), firms)
    assert rule(firms, analyst) is None


def test_published_round_locks_nothing(firms: Indicator, analyst: User) -> None:
    row = reporting_round(opens=-9 * DAY, closes=-DAY)
    duty(row, firms)
    actions.publish_round(by=lead(), round_=row, version=row.version, reason="按期发布")
    assert rule(firms, analyst) is None


def test_sentence_names_the_rule_the_time_and_who_lifts_it(firms: Indicator, analyst: User) -> None:
    row = reporting_round(opens=-9 * DAY, closes=-DAY)
    duty(row, firms)
    lock = locks.locked([place(firms)], by=analyst)[place(firms)]
    closed = timezone.localtime(row.closes_at).strftime("%Y-%m-%d %H:%M")
    assert lock.sentence == f"“2024年度填报”已于 {closed} 截止填报，还没有发布，现在不能录入。"
    assert lock.who == "如需补报，请审核员写明理由和期限，批准例外许可。"
    assert str(lock) == lock.sentence + lock.who
    with override("en"):
        assert str(lock) == (
            f"The round “2024年度填报” closed at {closed} and is not published yet."
            " A reviewer may grant an exception, with a reason and an end."
        )


def test_lock_before_the_opening_says_until_when(firms: Indicator, analyst: User) -> None:
    row = reporting_round(opens=DAY, closes=2 * DAY)
    duty(row, firms)
    assert locks.locked([place(firms)], by=analyst)[place(firms)].until == row.opens_at


def test_every_writing_step_is_refused_after_the_close(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    duty(row, firms, period="2023")
    draft = actions.enter(by=analyst, entry=entry(firms))
    type(row).objects.update(closes_at=timezone.now())
    for step in (
        lambda: actions.enter(by=analyst, entry=entry(firms, period="2023")),
        lambda: actions.amend(
            by=analyst, observation=draft, version=draft.version, entry=entry(firms, "8001")
        ),
        lambda: actions.submit(by=analyst, observation=draft, version=draft.version),
        lambda: actions.withdraw(
            by=analyst, observation=draft, version=draft.version, reason="不要了"
        ),
    ):
        with pytest.raises(Refused, match="截止填报"):
            step()
    draft.refresh_from_db()
    assert (draft.review_state, draft.value, Observation.objects.count()) == ("draft", 8000, 1)


def test_draft_cannot_be_moved_into_a_locked_cell(firms: Indicator, analyst: User) -> None:
    duty(reporting_round(opens=-9 * DAY, closes=-DAY), firms)
    draft = actions.enter(by=analyst, entry=entry(firms, period="2030"))
    with pytest.raises(Refused, match="截止填报"):
        actions.amend(
            by=analyst, observation=draft, version=draft.version, entry=entry(firms, period="2024")
        )


def test_draft_without_a_period_is_in_no_round(firms: Indicator, analyst: User) -> None:
    duty(reporting_round(opens=-9 * DAY, closes=-DAY), firms)
    assert actions.enter(by=analyst, entry=entry(firms, period=None)).pk


def test_submitted_value_is_locked_by_the_review(firms: Indicator, analyst: User) -> None:
    duty(reporting_round(), firms)
    delivered(firms, analyst, upto="submitted")
    lock = locks.locked([place(firms)], by=analyst)[place(firms)]
    assert (lock.rule, lock.who) == ("submitted", "需要修改时，请审核员退回。")


def test_returned_value_stays_open_after_the_close(firms: Indicator, analyst: User) -> None:
    """The reviewers asked for it, with a reason; the end of that is the publication."""
    row = reporting_round()
    duty(row, firms)
    value = delivered(firms, analyst, upto="returned")
    type(row).objects.update(closes_at=timezone.now())
    assert rule(firms, analyst) is None
    actions.amend(by=analyst, observation=value, version=value.version, entry=entry(firms, "8100"))
    actions.submit(by=analyst, observation=value, version=value.version)
    assert value.review_state == "submitted"


# --- exceptions -----------------------------------------------------------------------------------


def late(firms: Indicator) -> object:
    row = reporting_round(opens=-9 * DAY, closes=-DAY)
    duty(row, firms)
    return row


def grant(row: object, firms: Indicator, **facts: object) -> LockException:
    given = {"department": firms.department, "reason": "系统故障", "ends_at": timezone.now() + DAY}
    return actions.grant_exception(by=lead(), round_=row, **(given | facts))  # type: ignore[arg-type]


def test_exception_opens_the_cells_of_its_department(firms: Indicator, analyst: User) -> None:
    row = late(firms)
    other = b.indicator("OTHER", at=b.department("elsewhere"))
    duty(row, other)  # type: ignore[arg-type]
    grant(row, firms)
    stranger = b.person("stranger-analyst", "analyst", at=b.department("elsewhere"))
    assert (rule(firms, analyst), rule(other, stranger)) == (None, "closed")
    assert actions.enter(by=analyst, entry=entry(firms)).pk


def test_exception_is_for_people_who_owe_the_value(firms: Indicator, analyst: User) -> None:
    grant(late(firms), firms)
    assert rule(firms, b.person("outsider", "analyst", at=b.department("elsewhere"))) == "closed"


def test_exception_covers_the_deputy(firms: Indicator) -> None:
    deputy = b.person("deputy", "analyst", at=b.department("elsewhere"))
    row = reporting_round(opens=-9 * DAY, closes=-DAY)
    duty(row, firms, deputy=deputy)
    grant(row, firms)
    assert rule(firms, deputy) is None


def test_exception_for_one_indicator_leaves_the_others_locked(
    firms: Indicator, analyst: User, bureau: Department
) -> None:
    row = late(firms)
    second = b.indicator("SECOND", at=bureau)
    duty(row, second)  # type: ignore[arg-type]
    grant(row, firms, indicator=firms)
    assert (rule(firms, analyst), rule(second, analyst)) == (None, "closed")


def test_exception_ends_by_itself_and_when_it_is_taken_back(
    firms: Indicator, analyst: User
) -> None:
    leave = grant(late(firms), firms)
    end = leave.ends_at
    assert locks.locked([place(firms)], by=analyst, now=end - timedelta(seconds=1)) == {}
    assert locks.locked([place(firms)], by=analyst, now=end)[place(firms)].rule == "closed"
    actions.revoke_exception(by=lead(), leave=leave, version=leave.version)
    assert rule(firms, analyst) == "closed"
    assert b.events() == ["indicators.grant_exception", "indicators.revoke_exception"]
    with pytest.raises(Refused, match="到期或收回"):
        actions.revoke_exception(by=lead(), leave=leave, version=leave.version)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"reason": " "}, "请写明理由"),
        ({"ends_at": timezone.now() - DAY}, "晚于现在"),
        ({"department": "elsewhere"}, "没有这项填报任务"),
        ({"indicator": "SECOND"}, "没有这项填报任务"),
    ],
)
def test_exception_wants_a_reason_an_end_and_a_duty(
    firms: Indicator, facts: dict[str, object], words: str
) -> None:
    if facts.get("department"):
        facts = {"department": b.department("elsewhere")}
    if facts.get("indicator"):
        facts = {"indicator": b.indicator("SECOND")}
    with pytest.raises(Refused, match=words):
        grant(late(firms), firms, **facts)
    assert (LockException.objects.count(), b.events()) == (0, [])


# --- publication and cost ----------------------------------------------------------------------


def test_only_cells_of_unpublished_rounds_await_publication(firms: Indicator) -> None:
    row = reporting_round()
    duty(row, firms)
    asked = [place(firms), place(firms, "2023"), (firms.pk, b.region().pk, None)]
    assert locks.awaiting_publication(asked) == {place(firms)}
    type(row).objects.update(published_at=timezone.now(), published_by=lead())
    assert locks.awaiting_publication(asked) == set()


def test_thousand_cells_cost_as_many_queries_as_one(firms: Indicator, analyst: User) -> None:
    row = reporting_round(opens=-9 * DAY, closes=-DAY)
    duty(row, firms)
    analyst.has_perm("indicators.enter_observation")
    cells = [place(firms, str(year)) for year in range(1000, 2000)] + [place(firms)]
    locks.locked(cells, by=analyst)
    counts = []
    for asked in ([place(firms)], cells):
        with CaptureQueriesContext(connection) as queries:
            found = locks.locked(asked, by=analyst)
        counts.append(len(queries))
        assert list(found) == [place(firms)]
    assert counts == [4, 4]


def test_files_of_a_draft_are_locked_with_it(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    draft = actions.enter(by=analyst, entry=entry(firms))
    text = "核对记录".encode()
    kept = actions.attach_evidence(by=analyst, observation=draft, name="a.txt", content=text)
    ReportingRound.objects.update(closes_at=timezone.now())
    with pytest.raises(Refused, match="截止填报"):
        actions.attach_evidence(by=analyst, observation=draft, name="b.txt", content=text + b"2")
    with pytest.raises(Refused, match="截止填报"):
        actions.remove_evidence(by=analyst, evidence=kept, reason="换新的")
    assert list(draft.evidence.filter(removed_at=None)) == [kept]


def test_upload_is_not_undone_after_the_close(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    upload = actions.receive_upload(
        by=analyst, name="a.csv", content="指标,地区,报告期,数值\nFIRMS,青岛市,2024,120\n".encode()
    )
    stage_upload(upload)
    upload.refresh_from_db()
    upload = actions.apply_upload(by=analyst, upload=upload, version=upload.version)
    assert actions.merge_upload(upload=upload)
    upload.refresh_from_db()
    ReportingRound.objects.update(closes_at=timezone.now())
    with pytest.raises(Refused, match="截止填报"):
        actions.undo_upload(by=analyst, upload=upload, version=upload.version, reason="传错了")
    upload.refresh_from_db()
    assert (upload.state, Observation.objects.current().count()) == ("applied", 1)

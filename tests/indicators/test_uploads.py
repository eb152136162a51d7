"""The life of an upload: received, compared, applied, undone, dropped."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Job, User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import moving
from indicators.errors import Refused
from indicators.importing.staging import stage_upload
from indicators.models import Evidence, Observation, ReportingRound, StagedCell, Upload
from qdpolicy.jobs import run_due_jobs
from tests.indicators import builders

pytestmark = pytest.mark.django_db
Outcome = StagedCell.Outcome
HEADER = "指标,地区,报告期,数值,来源,说明\n"
LONG = HEADER + "FIRMS,青岛市,2023,100,公报,\nFIRMS,青岛市,2024,120,公报,\n"


@pytest.fixture
def ana() -> User:
    builders.indicator()
    builders.region()
    return builders.person("ana", "analyst", at=builders.department())


def staged(by: User, text: str, name: str = "a.csv") -> Upload:
    upload = actions.receive_upload(by=by, name=name, content=text.encode())
    stage_upload(upload)
    upload.refresh_from_db()
    return upload


def applied(by: User, upload: Upload, **kwargs: object) -> Upload:
    upload = actions.apply_upload(by=by, upload=upload, version=upload.version, **kwargs)
    assert actions.merge_upload(upload=upload)
    return upload


def outcomes(upload: Upload) -> list[str]:
    return list(upload.cells.order_by("sheet", "row", "column").values_list("outcome", flat=True))


def values() -> list[tuple[str, Decimal]]:
    rows = Observation.objects.current().order_by("reference_period", "pk")
    return [(row.reference_period or "", row.value) for row in rows if row.value is not None]


# --- receiving --------------------------------------------------------------------------------


def test_receive_keeps_file_and_asks_for_job(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="../c:\\d\\表\x00.csv", content=b"a")
    assert (upload.name, upload.size, upload.state) == ("表.csv", 1, "received")
    assert upload.job is not None
    assert (upload.job.kind, upload.job.params) == ("read_upload", {"upload": upload.pk})
    assert "indicators.receive_upload" in builders.events()


@pytest.mark.parametrize("content", [b"", b"x" * (10 * 2**20 + 1)])
def test_receive_refuses_empty_and_too_large(ana: User, content: bytes) -> None:
    with pytest.raises(Refused):
        actions.receive_upload(by=ana, name="a.csv", content=content)
    assert not Upload.objects.exists()


def test_long_name_keeps_its_extension(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="很" * 200 + ".xlsx", content=b"a")
    assert len(upload.name) <= 120
    assert upload.name.endswith(".xlsx")


def test_file_without_table_is_refused_and_emptied(ana: User) -> None:
    upload = staged(ana, "今天,天气\n晴,好\n")
    assert (upload.state, bytes(upload.content)) == ("refused", b"")
    assert "没有找到可识别的表头" in upload.refusal
    assert upload.refusal_en
    assert not upload.cells.exists()


def test_unreadable_file_is_refused_in_words(ana: User) -> None:
    upload = staged(ana, "not a workbook", name="a.xlsx")
    assert upload.state in ("refused", "staged")
    assert upload.refusal or upload.counts


def test_jobs_read_and_apply(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="a.csv", content=LONG.encode())
    assert run_due_jobs() == 1
    upload.refresh_from_db()
    assert upload.state == "staged"
    assert upload.job is not None
    assert upload.job.done == upload.job.total == 16
    actions.apply_upload(by=ana, upload=upload, version=upload.version)
    assert run_due_jobs() == 1
    upload.refresh_from_db()
    assert (upload.state, upload.job.state) == ("applied", Job.State.DONE)
    assert upload.job.done == upload.job.total == 6
    assert values() == [("2023", Decimal(100)), ("2024", Decimal(120))]


# --- applying ---------------------------------------------------------------------------------


def test_new_cells_become_drafts_with_their_place(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    first, second = Observation.objects.order_by("reference_period")
    assert (first.origin, first.origin_place, first.upload_id) == ("workbook", "D2", upload.pk)
    assert (second.entered_text, second.source_title) == ("120", "公报")
    assert (first.review_state, first.entered_by, first.version) == ("draft", ana, 1)
    assert upload.applied_at is not None


def test_one_audit_event_tells_the_whole_apply(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    (event,) = AuditEvent.objects.filter(action="indicators.apply_upload")
    assert event.actor_id == ana.pk
    assert (event.after["entered"], event.after["amended"]) == (2, 0)
    assert event.after["sha256"] == upload.sha256


def test_same_file_again_changes_nothing(ana: User) -> None:
    applied(ana, staged(ana, LONG))
    again = staged(ana, LONG)
    assert outcomes(again) == [Outcome.UNCHANGED] * 2
    with pytest.raises(Refused, match="没有要保存"):
        actions.apply_upload(by=ana, upload=again, version=again.version)
    assert Observation.objects.count() == 2


def test_changed_own_draft_keeps_what_it_said(ana: User) -> None:
    applied(ana, staged(ana, LONG))
    upload = staged(ana, LONG.replace(",120,", ",130,"))
    assert outcomes(upload) == [Outcome.UNCHANGED, Outcome.CHANGED]
    applied(ana, upload)
    row = Observation.objects.current().get(reference_period="2024")
    copy = Observation.objects.get(copy_of=row)
    assert (row.value, row.version, row.upload_id) == (130, 2, upload.pk)
    assert (copy.value, copy.version) == (120, 1)
    assert copy.superseded_at == upload.applied_at or copy.superseded_at is not None


def test_correction_of_approved_value_wants_a_reason(ana: User) -> None:
    old = builders.actual(builders.indicator(), "90", "2023")
    upload = staged(ana, LONG)
    assert outcomes(upload) == [Outcome.CHANGED, Outcome.NEW]
    assert "更正已核定的数值：由90改为100" in upload.cells.get(row=2).sentence
    with pytest.raises(Refused, match="请写明理由"):
        actions.apply_upload(by=ana, upload=upload, version=upload.version)
    applied(ana, upload, reason="统计局修订", explanation="已核对")
    draft = Observation.objects.get(value=100)
    assert (draft.supersedes, draft.reason) == (old, "统计局修订")
    assert Observation.objects.approved().get() == old


def test_missing_value_wants_note_or_reason(ana: User) -> None:
    bare = staged(ana, HEADER + "FIRMS,青岛市,2024,未统计,,\n")
    with pytest.raises(Refused, match="请写明理由"):
        actions.apply_upload(by=ana, upload=bare, version=bare.version)
    applied(ana, staged(ana, HEADER + "FIRMS,青岛市,2024,未统计,,普查年份以外不统计\n"))
    row = Observation.objects.get()
    assert (row.value, row.obs_status, row.note) == (None, "L", "普查年份以外不统计")


def test_errors_stop_unless_left_behind(ana: User) -> None:
    upload = staged(ana, LONG + "FIRMS,青岛市,2022,八千左右,,\n")
    assert upload.counts["error"] == 1
    with pytest.raises(Refused, match="还有错误"):
        actions.apply_upload(by=ana, upload=upload, version=upload.version)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version, leave_errors=True)
    assert upload.job is not None
    assert upload.job.params["leave_errors"] is True
    run_due_jobs()
    assert len(values()) == 2
    event = AuditEvent.objects.get(action="indicators.apply_upload")
    assert event.after["leave_errors"] is True
    assert event.after["left"] == {"error": 1, "conflict": 0}


def test_doubt_wants_an_explanation_which_stays(ana: User) -> None:
    builders.actual(builders.indicator(), "100", "2022")
    upload = staged(ana, HEADER + "FIRMS,青岛市,2023,900,,\n")
    cell = upload.cells.get()
    assert [warning["code"] for warning in cell.warnings] == ["jump"]
    assert "900" in cell.warnings[0]["zh"]
    with pytest.raises(Refused, match="说明"):
        actions.apply_upload(by=ana, upload=upload, version=upload.version)
    applied(ana, upload, explanation="并入了两个区")
    row = Observation.objects.get(value=900)
    assert (row.doubts, row.explanation) == (["jump"], "并入了两个区")


def test_note_of_the_row_explains_its_doubt(ana: User) -> None:
    builders.actual(builders.indicator(), "100", "2022")
    upload = staged(ana, HEADER + "FIRMS,青岛市,2023,900,,口径扩大\n")
    applied(ana, upload)
    assert Observation.objects.get(value=900).explanation == "口径扩大"


def test_earlier_values_of_the_file_itself_count_for_doubts(ana: User) -> None:
    upload = staged(ana, HEADER + "FIRMS,青岛市,2023,900,,\nFIRMS,青岛市,2022,100,,\n")
    assert [bool(cell.warnings) for cell in upload.cells.order_by("row")] == [True, False]


def test_draft_of_somebody_else_is_a_conflict_to_choose(ana: User) -> None:
    bob = builders.person("bob", "analyst", at=builders.department())
    builders.actual(builders.indicator(), "77", "2023", by=bob, review_state="draft")
    upload = staged(ana, LONG)
    cell = upload.cells.get(row=2)
    assert cell.outcome == Outcome.CONFLICT
    assert "bob同志" in cell.sentence
    assert "77" in cell.sentence
    upload = applied(ana, upload)
    assert values() == [("2023", Decimal(77)), ("2024", Decimal(120))]


def test_chosen_conflict_is_written_and_the_other_value_kept(ana: User) -> None:
    bob = builders.person("bob", "analyst", at=builders.department())
    builders.actual(builders.indicator(), "77", "2023", by=bob, review_state="draft")
    upload = staged(ana, LONG)
    keys = [cell.pk for cell in upload.cells.filter(outcome=Outcome.CONFLICT)]
    upload = actions.choose_conflicts(by=ana, upload=upload, cells=keys, version=upload.version)
    applied(ana, upload)
    assert values() == [("2023", Decimal(100)), ("2024", Decimal(120))]
    assert Observation.objects.get(copy_of__isnull=False).value == 77


def test_choice_on_an_old_version_is_a_conflict(ana: User) -> None:
    upload = staged(ana, LONG)
    with pytest.raises(Conflict):
        actions.choose_conflicts(by=ana, upload=upload, cells=[], version=upload.version - 1)


def test_cell_that_moved_since_staging_stops_everything(ana: User) -> None:
    upload = staged(ana, LONG)
    bob = builders.person("bob", "analyst", at=builders.department())
    builders.actual(builders.indicator(), "77", "2023", by=bob, review_state="draft")
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    assert not actions.merge_upload(upload=upload)
    upload.refresh_from_db()
    assert (upload.state, upload.applied_at) == ("staged", None)
    assert outcomes(upload) == [Outcome.CONFLICT, Outcome.NEW]
    assert upload.found["moved"] == 1
    assert values() == [("2023", Decimal(77))]
    assert "indicators.apply_upload" not in builders.events()
    applied(ana, upload)
    assert values() == [("2023", Decimal(77)), ("2024", Decimal(120))]


def test_cell_that_moved_to_the_same_value_is_unchanged(ana: User) -> None:
    upload = staged(ana, LONG)
    builders.actual(
        builders.indicator(), "100", "2023", by=ana, review_state="draft", source_title="公报"
    )
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    assert not actions.merge_upload(upload=upload)
    assert outcomes(upload) == [Outcome.UNCHANGED, Outcome.NEW]


def test_amended_draft_of_another_version_is_noticed(ana: User) -> None:
    applied(ana, staged(ana, LONG))
    upload = staged(ana, LONG.replace(",120,", ",130,"))
    Observation.objects.filter(reference_period="2024").update(version=5, value=125)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    assert not actions.merge_upload(upload=upload)
    assert outcomes(upload) == [Outcome.UNCHANGED, Outcome.CONFLICT]


def test_two_uploads_of_the_same_cells_one_wins(ana: User) -> None:
    one, other = staged(ana, LONG), staged(ana, LONG.replace("100", "101"))
    one = actions.apply_upload(by=ana, upload=one, version=one.version)
    other = actions.apply_upload(by=ana, upload=other, version=other.version)
    assert actions.merge_upload(upload=one)
    assert not actions.merge_upload(upload=other)
    assert values()[0] == ("2023", Decimal(100))
    assert outcomes(other) == [Outcome.CONFLICT, Outcome.UNCHANGED]


def test_round_that_closed_since_staging_locks(ana: User) -> None:
    upload = staged(ana, LONG)
    now = timezone.now()
    made = ReportingRound.objects.create(
        name="年报", reference_period="2023", opens_at=now - timedelta(2),
        closes_at=now - timedelta(1), made_by=ana, made_at=now,
    )  # fmt: skip
    made.duties.create(
        indicator=builders.indicator(), region=builders.region(), reference_period="2023",
        department=builders.department(),
    )  # fmt: skip
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    assert not actions.merge_upload(upload=upload)
    assert outcomes(upload) == [Outcome.ERROR, Outcome.NEW]
    assert "截止" in upload.cells.get(row=2).sentence


def test_person_who_left_the_department_writes_nothing(ana: User) -> None:
    upload = staged(ana, LONG)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    User.objects.filter(pk=ana.pk).update(department=None)
    upload = Upload.objects.get(pk=upload.pk)
    assert not actions.merge_upload(upload=upload)
    assert not Observation.objects.exists()
    assert outcomes(upload) == [Outcome.ERROR] * 2


def test_merge_of_a_job_that_comes_twice_writes_once(ana: User) -> None:
    upload = staged(ana, LONG)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    stale = Upload.objects.get(pk=upload.pk)
    assert actions.merge_upload(upload=upload)
    assert not actions.merge_upload(upload=stale)
    assert Observation.objects.count() == 2


def test_apply_can_be_asked_again_where_its_job_was_lost(ana: User) -> None:
    upload = staged(ana, LONG)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    with pytest.raises(Refused):
        actions.apply_upload(by=ana, upload=upload, version=upload.version)
    Job.objects.filter(pk=upload.job_id).update(state="failed", finished_at=timezone.now())
    upload = Upload.objects.get(pk=upload.pk)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    run_due_jobs()
    assert len(values()) == 2


# --- dropping ---------------------------------------------------------------------------------


def test_drop_empties_and_stops_a_waiting_merge(ana: User) -> None:
    upload = staged(ana, LONG)
    upload = actions.apply_upload(by=ana, upload=upload, version=upload.version)
    merging = Upload.objects.get(pk=upload.pk)
    upload = actions.drop_upload(by=ana, upload=upload, version=upload.version)
    assert (upload.state, bytes(upload.content), upload.cells.count()) == ("dropped", b"", 0)
    assert not actions.merge_upload(upload=merging)
    assert not Observation.objects.exists()


def test_drop_while_reading_leaves_no_cells(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="a.csv", content=LONG.encode())

    def beat(done: int, total: int) -> None:
        if done == total:
            fresh = Upload.objects.get(pk=upload.pk)
            actions.drop_upload(by=ana, upload=fresh, version=fresh.version)

    stage_upload(Upload.objects.get(pk=upload.pk), beat=beat)
    upload.refresh_from_db()
    assert (upload.state, upload.cells.count()) == ("dropped", 0)


def test_other_people_cannot_touch_an_upload(ana: User) -> None:
    upload = staged(ana, LONG)
    bob = builders.person("bob", "analyst", at=builders.department())
    for action in (actions.apply_upload, actions.drop_upload):
        with pytest.raises(Refused, match="上传人"):
            action(by=bob, upload=upload, version=upload.version)
    with pytest.raises(Refused, match="上传人"):
        actions.choose_conflicts(by=bob, upload=upload, cells=[], version=upload.version)
    with pytest.raises(Refused, match="上传人"):
        actions.undo_upload(by=bob, upload=upload, version=upload.version, reason="x")


def test_note_that_stood_there_before_explains_no_new_value(ana: User) -> None:
    for period, value in (("2022", "100"), ("2023", "101")):
        builders.actual(builders.indicator(), value, period, note="年末数")
    changed = [
        staged(ana, f"{HEADER}FIRMS,青岛市,2023,900,,{note}\n") for note in ("年末数", "合并统计")
    ]
    assert [upload.cells.get().explanation for upload in changed] == ["", "合并统计"]
    assert all(upload.cells.get().warnings for upload in changed)
    with pytest.raises(Refused, match="说明"):
        actions.apply_upload(
            by=ana, upload=changed[0], version=changed[0].version, reason="年报更正"
        )


# --- undoing ----------------------------------------------------------------------------------


def test_undo_withdraws_new_drafts(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    upload = actions.undo_upload(by=ana, upload=upload, version=upload.version, reason="传错了")
    assert (upload.state, upload.undone_by) == ("undone", ana)
    rows = list(Observation.objects.all())
    assert {row.withdraw_reason for row in rows} == {"传错了"}
    assert all(row.superseded_at and row.withdrawn_by == ana for row in rows)
    event = AuditEvent.objects.get(action="indicators.undo_upload")
    assert event.after == {"withdrawn": 2, "restored": 0}
    assert outcomes(staged(ana, LONG)) == [Outcome.NEW] * 2


def test_undo_gives_changed_drafts_their_content_back(ana: User) -> None:
    first = applied(ana, staged(ana, LONG))
    upload = applied(ana, staged(ana, LONG.replace(",120,公报", ",130,年鉴")))
    actions.undo_upload(by=ana, upload=upload, version=upload.version, reason="传错了")
    row = Observation.objects.current().get(reference_period="2024")
    assert (row.value, row.source_title, row.version, row.upload_id) == (120, "公报", 3, first.pk)
    assert sorted(Observation.objects.filter(copy_of=row).values_list("version", "value")) == [
        (1, 120),
        (2, 130),
    ]


def test_undo_of_an_earlier_upload_is_possible_after_that_of_a_later_one(ana: User) -> None:
    applied(ana, staged(ana, LONG))
    upload = applied(ana, staged(ana, LONG.replace(",120,", ",130,")))
    actions.undo_upload(by=ana, upload=upload, version=upload.version, reason="传错了")
    assert values() == [("2023", Decimal(100)), ("2024", Decimal(120))]


def test_undo_wants_a_reason_and_the_newest_version(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    with pytest.raises(Refused, match="请写明理由"):
        actions.undo_upload(by=ana, upload=upload, version=upload.version, reason=" ")
    with pytest.raises(Conflict):
        actions.undo_upload(by=ana, upload=upload, version=upload.version - 1, reason="x")


@pytest.mark.parametrize(
    ("state", "words"), [("submitted", "已经提交"), ("returned", "退回"), ("withdrawn", "撤回")]
)
def test_undo_is_refused_where_somebody_built_on_it(ana: User, state: str, words: str) -> None:
    upload = applied(ana, staged(ana, LONG))
    row = Observation.objects.get(reference_period="2024")
    if state == "withdrawn":
        actions.withdraw(by=ana, observation=row, version=row.version, reason="重复")
    else:
        row = actions.submit(by=ana, observation=row, version=row.version)
    if state == "returned":
        rev = builders.person("rev", "reviewer")
        actions.return_(by=rev, observation=row, version=row.version, reason="核对")
    with pytest.raises(Refused, match="不能撤销"):
        actions.undo_upload(by=ana, upload=upload, version=upload.version, reason="x")
    upload.refresh_from_db()
    assert upload.state == "applied"
    (hindrance,) = moving.hindrances(upload)
    assert words in hindrance.zh
    assert "2024" in hindrance.label
    assert Observation.objects.current().filter(reference_period="2023").exists()


def test_undo_is_refused_after_an_amendment_and_names_who(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    row = Observation.objects.get(reference_period="2024")
    entry = actions.Entry(
        indicator=row.indicator, region=row.region, period="2024", value=Decimal(5)
    )
    actions.amend(by=ana, observation=row, version=row.version, entry=entry)
    (hindrance,) = moving.hindrances(upload)
    assert "ana同志" in hindrance.zh


def test_undo_is_refused_where_evidence_is_attached(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    row = Observation.objects.get(reference_period="2024")
    Evidence.objects.create(
        observation=row, name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        content=b"x", attached_by=ana, attached_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="佐证材料"):
        actions.undo_upload(by=ana, upload=upload, version=upload.version, reason="x")


def test_undo_is_refused_after_approval(ana: User) -> None:
    upload = applied(ana, staged(ana, LONG))
    rev = builders.person("rev", "reviewer")
    row = Observation.objects.get(reference_period="2024")
    row = actions.submit(by=ana, observation=row, version=row.version)
    actions.approve(by=rev, observation=row, version=row.version)
    with pytest.raises(Refused, match="已经核定"):
        actions.undo_upload(by=ana, upload=upload, version=upload.version, reason="x")

"""A staged table of awards written as one, refused as one, taken back as one, and sent again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions
from indicators.errors import Refused
from indicators.models import Upload
from programs.models import Award, Payment, Program, Recipient, YearTotal
from tests.indicators import builders as b
from tests.programs import builders as p
from tests.programs.importing.files import (
    CODE,
    HEADER,
    OTHER_CODE,
    applied,
    line,
    outcomes,
    rows,
    sent,
    sentences,
)

pytestmark = pytest.mark.django_db
PAID = [*HEADER, "拨付日期", "拨付金额（万元）"]


@pytest.fixture
def eva() -> User:
    p.item()
    return p.editor()


def award(number: str = "LX-1") -> Award:
    return Award.objects.select_related("recipient", "region").get(number=number)


def undone(upload: Upload, reason: str = "传错了") -> Upload:
    return actions.undo_upload(by=upload.by, upload=upload, version=upload.version, reason=reason)


def committed() -> dict[int, Decimal]:
    return dict(YearTotal.objects.filter(awards__gt=0).values_list("year", "committed"))


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("pk"))


# --- writing --------------------------------------------------------------------------------------


def test_applying_enters_every_award_with_its_recipient_in_one_event(eva: User) -> None:
    district = p.district()
    upload = applied(
        sent(
            eva,
            line("A", 100, region=district.name, industry="示范产业", note="一"),
            line("B", 30.5, code=OTHER_CODE, recipient="示范乙公司", investment=200),
        )
    )
    assert (upload.state, upload.counts["new"]) == ("applied", 2)
    first, second = award("A"), award("B")
    assert (first.amount, first.region, first.industry, first.note, first.upload) == (
        Decimal(1_000_000), district, "示范产业", "一", upload,
    )  # fmt: skip
    assert (second.amount, second.investment) == (Decimal(305_000), Decimal(2_000_000))
    assert [r.name for r in Recipient.objects.order_by("name")] == ["示范乙公司", "示范甲公司"]
    assert (first.recipient.credit_code, first.entered_by, first.ceiling) == (
        CODE, eva, p.yuan(500),
    )  # fmt: skip
    assert committed() == {2025: Decimal(1_305_000)}
    (event,) = events("programs.enter_awards")
    assert event.after["numbers"] == ["A", "B"]
    (told,) = events("indicators.apply_upload")
    assert (told.after["entered"], told.after["amended"]) == (2, 0)
    assert events("programs.enter_award") == []


def test_applying_changes_awards_and_the_trail_keeps_what_they_said(eva: User) -> None:
    applied(sent(eva, line("A"), line("B")))
    upload = applied(sent(eva, line("A", 120, note="补充"), line("B")), reason="按批复更正")
    assert (award("A").amount, award("A").note, award("B").amount) == (
        Decimal(1_200_000), "补充", Decimal(1_000_000),
    )  # fmt: skip
    told = events("indicators.apply_upload")[-1]
    assert (told.reason, told.after["amended"]) == ("按批复更正", 1)
    assert told.after["changes"] == {
        "A": {"amount": ["1000000.00", "1200000.00"], "note": ["", "补充"]}
    }
    assert committed() == {2025: Decimal(2_200_000)}
    assert upload.counts["unchanged"] == 1


def test_change_without_a_reason_is_refused(eva: User) -> None:
    applied(sent(eva, line("A")))
    upload = sent(eva, line("A", 120))
    with pytest.raises(Refused, match="请写明理由"):
        applied(upload)
    assert award("A").amount == Decimal(1_000_000)


def test_errors_stay_behind_only_where_somebody_says_so(eva: User) -> None:
    upload = sent(eva, line("A"), line("B", 600))
    with pytest.raises(Refused, match="文件中还有错误"):
        applied(upload)
    assert not Award.objects.exists()
    applied(upload, leave_errors=True)
    assert [row.number for row in Award.objects.all()] == ["A"]


def test_file_without_anything_new_is_refused(eva: User) -> None:
    applied(sent(eva, line("A")))
    with pytest.raises(Refused, match="没有要保存的内容"):
        applied(sent(eva, line("A")))


def test_status_and_instalment_come_with_the_award(eva: User) -> None:
    applied(sent(eva, [*line("A", status="已验收"), date(2025, 4, 1), 40], header=PAID))
    assert (award("A").status, award("A").paid) == ("completed", Decimal(400_000))
    assert Payment.objects.get().paid_on == date(2025, 4, 1)
    total = YearTotal.objects.get(year=2025)
    assert (total.paid, total.committed) == (Decimal(400_000), Decimal(1_000_000))


def test_award_that_somebody_changed_meanwhile_stops_all_and_is_named(eva: User) -> None:
    applied(sent(eva, line("A"), line("B")))
    upload = sent(eva, line("A", 120), line("B", 130), line("C"))
    p.payment(award("A"), p.yuan(10))
    back = applied(upload, reason="更正")
    assert (back.state, back.found["moved"]) == ("staged", 1)
    assert outcomes(back) == ["conflict", "changed", "new"]
    assert "被他人改动" in sentences(back)[0]
    assert [row.amount for row in Award.objects.order_by("number")] == [Decimal(1_000_000)] * 2
    # The others can be written without it.
    assert applied(back, reason="更正", leave_errors=True).state == "applied"
    assert [row.amount for row in Award.objects.order_by("number")] == [
        Decimal(1_000_000), Decimal(1_300_000), Decimal(1_000_000),
    ]  # fmt: skip


def test_number_that_somebody_entered_meanwhile_stops_all(eva: User) -> None:
    upload = sent(eva, line("A"), line("B"))
    p.award(number="B")
    back = applied(upload)
    assert (back.state, outcomes(back)) == ("staged", ["new", "conflict"])
    assert not Award.objects.filter(number="A").exists()


def test_headroom_that_somebody_took_meanwhile_stops_all_with_the_sentence(eva: User) -> None:
    of = p.item("firm", per="enterprise", payout="yearly", cap=p.yuan(100))
    upload = sent(
        eva,
        line("A", 60, item="firm资助", code=OTHER_CODE, recipient="示范乙公司"),
        line("B", 60, item="firm资助"),
    )
    assert outcomes(upload) == ["new", "new"]
    p.award(of, p.yuan(50), recipient=p.recipient("示范甲公司", credit_code=CODE))
    back = applied(upload)
    assert (back.state, back.found["moved"], outcomes(back)) == ("staged", 1, ["new", "error"])
    assert "还可立项 50万元，本次 60万元，超出 10万元" in sentences(back)[1]
    assert rows(back)[1].sentence_en
    assert Award.objects.count() == 1


def test_program_that_went_to_another_department_stops_all(eva: User) -> None:
    upload = sent(eva, line("A"))
    Program.objects.update(department=b.department("elsewhere"))
    back = applied(upload)
    assert (back.state, outcomes(back)) == ("staged", ["conflict"])
    assert not Award.objects.exists()


def test_code_that_somebody_registered_under_another_name_stops_all(eva: User) -> None:
    upload = sent(eva, line("A"))
    p.recipient("示范丁公司", credit_code=CODE)
    back = applied(upload)
    assert (back.state, outcomes(back)) == ("staged", ["error"])
    assert "已登记为“示范丁公司”" in sentences(back)[0]
    assert not Award.objects.exists()


def test_stacking_within_a_file_is_refused_where_it_is_read(eva: User) -> None:
    p.item("one", not_with=["chain/two"], not_with_for="year")
    p.item("two")
    upload = sent(eva, line("A", item="one资助"), line("B", item="two资助"),
                  line("C", item="two资助", code=OTHER_CODE, recipient="示范乙公司"))  # fmt: skip
    assert outcomes(upload) == ["new", "error", "new"]
    assert "不得与“one资助”同享" in sentences(upload)[1]


# --- undoing --------------------------------------------------------------------------------------


def test_undoing_withdraws_what_is_new_and_restores_what_was_changed(eva: User) -> None:
    first = applied(sent(eva, line("A", note="原文")))
    upload = applied(
        sent(eva, line("A", 120, note="补充", code=OTHER_CODE, recipient="示范乙公司"), line("B")),
        reason="更正",
    )
    assert undone(upload).state == "undone"
    old, new = award("A"), award("B")
    assert (old.amount, old.note, old.recipient.credit_code, old.status, old.upload) == (
        Decimal(1_000_000), "原文", CODE, "approved", first,
    )  # fmt: skip
    assert (new.status, new.status_reason, new.amount) == (
        "withdrawn", "撤销上传：传错了", Decimal(1_000_000),
    )  # fmt: skip
    assert committed() == {2025: Decimal(1_000_000)}
    (told,) = events("indicators.undo_upload")
    assert (told.after, told.reason) == ({"withdrawn": 1, "restored": 1}, "传错了")


def test_number_of_an_undone_upload_is_used_again_in_the_same_row(eva: User) -> None:
    undone(applied(sent(eva, line("A"))))
    key = award("A").pk
    again = sent(eva, line("A", 80))
    assert outcomes(again) == ["changed"]
    applied(again, reason="改好再传")
    assert (award("A").pk, award("A").status, award("A").amount, award("A").status_reason) == (
        key, "approved", Decimal(800_000), "",
    )  # fmt: skip
    assert Award.objects.count() == 1
    # And undone once more it is withdrawn once more.
    undone(Upload.objects.select_related("by").get(pk=again.pk))
    assert award("A").status == "withdrawn"


def test_undoing_takes_instalments_and_statuses_back(eva: User) -> None:
    applied(sent(eva, line("A")))
    upload = applied(
        sent(
            eva,
            [*line("A", status="已验收"), date(2025, 4, 1), 40],
            [*line("B"), date(2025, 4, 1), 30],
            header=PAID,
        ),
        reason="拨付",
    )
    undone(upload)
    assert [(row.number, row.status, row.paid) for row in Award.objects.order_by("number")] == [
        ("A", "approved", 0), ("B", "withdrawn", 0),
    ]  # fmt: skip
    assert Payment.objects.filter(voided_at=None).count() == 0
    assert Payment.objects.filter(void_reason="撤销上传：传错了").count() == 2


@pytest.mark.parametrize("how", ["paid", "completed"])
def test_undoing_is_refused_where_somebody_built_on_it(eva: User, how: str) -> None:
    upload = applied(sent(eva, line("A"), line("B")))
    if how == "paid":
        p.payment(award("B"), p.yuan(10))
    else:
        p.closed(award("B"), "completed")
    with pytest.raises(Refused, match="不能撤销：1 笔立项在保存之后又有改动或拨付，例如 B。"):
        undone(upload)
    assert award("A").status == "approved"
    assert Upload.objects.get(pk=upload.pk).state == "applied"


def test_undoing_wants_a_reason_and_the_version_that_was_seen(eva: User) -> None:
    upload = applied(sent(eva, line("A")))
    with pytest.raises(Refused, match="请写明理由"):
        undone(upload, " ")
    with pytest.raises(Conflict):
        actions.undo_upload(by=eva, upload=upload, version=upload.version - 1, reason="理由")
    assert award("A").status == "approved"


def test_dropping_forgets_the_rows(eva: User) -> None:
    upload = sent(eva, line("A"))
    actions.drop_upload(by=eva, upload=upload, version=upload.version)
    assert rows(upload) == []
    assert not Award.objects.exists()


def test_queries_of_a_row_do_not_grow_with_the_rows_before_it(eva: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(number: int) -> int:
        with CaptureQueriesContext(connection) as found:
            sent(eva, *(line(f"N{number}-{i}", 1) for i in range(number)))
        return len(found)

    few, many = asked(20), asked(80)
    assert (many - few) / 60 <= 8


def test_everything_that_a_file_does_not_name_is_untouched(eva: User) -> None:
    other = p.award(number="Z", amount=p.yuan(7))
    before = {field: getattr(other, field) for field in ("amount", "version", "note", "status")}
    undone(applied(sent(eva, line("A"))))
    other.refresh_from_db()
    now: dict[str, Any] = {field: getattr(other, field) for field in before}
    assert now == before

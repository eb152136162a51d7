"""One of everything, so that every address of the site has something to show."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.models import Department, Job
from indicators.models import (
    Duty,
    Evidence,
    Indicator,
    LockException,
    Observation,
    Region,
    ReportingRound,
    StagedCell,
    SupervisionEntry,
    SupervisionOrder,
    SupervisionRule,
    Unit,
    Upload,
)
from programs.models import (
    Award,
    Budget,
    EditionDraft,
    Payment,
    Program,
    ProgramEdition,
    ProgramLink,
    Recipient,
    SupportItem,
    YearTotal,
)
from targets.models import (
    Clause,
    Measure,
    PolicyDocument,
    RuleSet,
    StaleRequest,
    Target,
    TargetVersion,
)
from targets.recompute import recompute

DIGEST = "示范市承诺：示范指标超过一百家。"


def user(username: str, department: Department | None = None) -> Any:
    """An active user without roles."""
    return get_user_model().objects.create(
        username=username, full_name=f"测试{username}", department=department
    )


def build() -> dict[str, Any]:
    """Catalogue, a document with a judged target, a program, actuals in two states, a job."""
    home = Department.objects.create(code="home", name="示范局", name_en="Example bureau")
    writer, checker = user("writer", home), user("checker", home)
    unit = Unit.objects.create(
        code="jia", symbol="家", name_en="units", base="家", exponent=0, dimension="count"
    )
    region = Region.objects.create(code="370200", name="示范市", name_en="Example", kind="city")
    indicator = Indicator.objects.create(
        code="EXAMPLE", name="示范指标", name_en="Example indicator", definition="示范口径", unit=unit,
        kind="count", accumulation="stock", direction="increase", aggregation="sum",
        department=home,
    )  # fmt: skip
    now = timezone.now()
    approved = Observation.objects.create(
        indicator=indicator, region=region, reference_period="2023", value=Decimal(90),
        review_state="approved", entered_by=writer, entered_at=now, approved_by=checker,
        approved_at=now, published_at=now, source_title="示范公报",
    )  # fmt: skip
    submitted = Observation.objects.create(
        indicator=indicator, region=region, reference_period="2024", value=Decimal(101),
        review_state="submitted", entered_by=writer, entered_at=now, submitted_at=now,
    )  # fmt: skip
    evidence = Evidence.objects.create(
        observation=submitted, name="示范.txt", content_type="text/plain", size=2, content=b"ok",
        sha256="0" * 64, attached_by=writer, attached_at=now,
    )  # fmt: skip
    document = PolicyDocument.objects.create(
        key="example-plan", title="示范计划", title_en="Example plan", issuer="示范局",
        kind="plan", issued="2024", region=region, digest=DIGEST, department=home,
    )  # fmt: skip
    clause = Clause.objects.create(
        document=document, key="firms", locator="正文", start=6, end=15, quote="示范指标超过100家"
    )
    target = Target.objects.create(
        document=document, key="firms", name="示范目标", name_en="Example target",
        indicator=indicator, region=region, department=home, clause=clause,
    )  # fmt: skip
    TargetVersion.objects.create(
        target=target, measure="level", comparator="more_than", value=Decimal(100), unit=unit,
        direction="increase", commitment="firm", period_start="2024", period_end="2024",
        baseline_period="2023", baseline_provenance="observed", review_state="approved",
        entered_by=writer, entered_at=now, approved_by=checker, approved_at=now, effective_at=now,
    )  # fmt: skip
    recompute([target], as_of=date(2026, 1, 1), now=now)
    change = TargetVersion.objects.create(
        target=target, measure="level", comparator="more_than", value=Decimal(90), unit=unit,
        direction="increase", commitment="firm", period_start="2024", period_end="2024",
        baseline_period="2023", baseline_provenance="observed", review_state="submitted",
        change="corrected", reason="示范理由", supersedes=target.versions.get(),
        entered_by=writer, entered_at=now, submitted_at=now,
    )  # fmt: skip
    # The row that the migration made; a test that empties all tables took it along.
    rules, _new = RuleSet.objects.get_or_create(
        version=1,
        defaults={
            "on_track": Decimal("0.95"), "lagging": Decimal("0.6"), "ahead": Decimal("1.05"),
            "about_tolerance": Decimal("0.02"), "nearly_share": Decimal("0.9"),
            "in_force_from": date(2000, 1, 1), "review_state": "approved",
        },
    )  # fmt: skip
    measure = Measure.objects.create(
        document=document, key="build", clause=clause, text="建设一处示范平台", department=home
    )
    program = Program.objects.create(
        key="example", name="示范计划", name_en="Example program", objective="示范目的"
    )
    edition = ProgramEdition.objects.create(
        program=program, key="example-2024", name="示范计划（2024）", document=document,
        valid_from=date(2024, 1, 1),
    )  # fmt: skip
    ProgramEdition.objects.create(
        program=program, key="example-2022", name="示范计划（2022）", document=document,
        valid_from=date(2022, 1, 1), valid_to=date(2023, 12, 31),
    )  # fmt: skip
    item = SupportItem.objects.create(
        edition=edition, key="grant", name="攻关项目", name_en="Project grant", tier="攻关项目",
        kind="project_grant", comparator="at_most", cap=Decimal(5_000_000), clause=clause,
    )  # fmt: skip
    recipient = Recipient.objects.create(
        name="示范公司", kind="enterprise", credit_code="91999999000000001K"
    )
    award = Award.objects.create(
        number="LX-1", project="示范项目", project_code="LX-1", recipient=recipient,
        program=program, item=item, item_key=item.key, year=2025, decided_on=date(2025, 3, 10),
        amount=Decimal(1_000_000), paid=Decimal(500_000), ceiling=Decimal(5_000_000),
        entered_by=writer, entered_at=now,
    )  # fmt: skip
    payment = Payment.objects.create(
        award=award, amount=Decimal(500_000), paid_on=date(2025, 4, 1), entered_by=writer,
        entered_at=now,
    )  # fmt: skip
    budget = Budget.objects.create(
        program=program, year=2025, amount=Decimal(800_000), source_title="示范预算批复",
        set_by=writer, set_at=now,
    )  # fmt: skip
    YearTotal.objects.create(
        program=program, year=2025, awards=1, committed=Decimal(1_000_000), paid=Decimal(500_000)
    )
    ProgramLink.objects.create(program=program, target=target, kind="named", words="示范指标")
    edition_draft = EditionDraft.objects.create(
        program=program, change="amended", based_on=edition, entered_by=writer, entered_at=now
    )
    job = Job.objects.create(
        kind="recompute_all", state="failed", finished_at=now, error="示范错误", attempts=5
    )
    stale = StaleRequest.objects.create(
        indicator=indicator, region=region, cause="observation", queued_at=now, attempts=5,
        last_error="示范错误", parked_at=now,
    )  # fmt: skip
    upload = Upload.objects.create(
        by=writer, at=now, name="示范.xlsx", size=4, sha256="0" * 64, content=b"none",
        state="staged", found={"kind": "template", "sheets": [{"number": 1, "name": "填报"}]},
        counts={"changed": 1},
    )  # fmt: skip
    StagedCell.objects.create(
        upload=upload, row=4, column=5, indicator=indicator, region=region,
        reference_period="2023", text="91", value=Decimal(91), seen_approved=approved.pk,
        outcome="changed",
    )  # fmt: skip
    round_ = ReportingRound.objects.create(
        name="示范填报", reference_period="2024", opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=2), made_by=checker, made_at=now,
    )  # fmt: skip
    duty = Duty.objects.create(
        round=round_, indicator=indicator, region=region, reference_period="2024", department=home
    )
    leave = LockException.objects.create(
        round=round_, department=home, reason="示范理由", ends_at=now + timedelta(days=1),
        granted_by=checker, granted_at=now,
    )  # fmt: skip
    supervision, _new = SupervisionRule.objects.get_or_create(
        version=1, defaults={"remind_days": 3, "yellow_days": 1, "red_days": 7}
    )
    order = SupervisionOrder.objects.create(duty=duty, rule=supervision, opened_at=now)
    SupervisionEntry.objects.create(order=order, at=now, light="yellow", text="示范记录")
    return {
        "home": home, "writer": writer, "checker": checker, "unit": unit, "region": region,
        "indicator": indicator, "approved": approved, "submitted": submitted,
        "document": document, "target": target, "measure": measure, "program": program,
        "edition_draft": edition_draft,
        "job": job, "stale": stale, "change": change, "rules": rules,
        "upload": upload, "evidence": evidence,
        "recipient": recipient, "award": award, "payment": payment, "budget": budget,
        "round": round_, "duty": duty, "leave": leave, "order": order,
    }  # fmt: skip

"""The workflow of actuals: what each step keeps, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.versions import Conflict, clashes
from indicators import actions, errors
from indicators.actions import Entry, observations
from indicators.errors import Refused
from indicators.models import Indicator, Observation, Region, Unit
from indicators.periods import PeriodError
from targets.models import StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
STATES = ("draft", "submitted", "returned", "approved")


@pytest.fixture
def analyst() -> User:
    return b.person("analyst", "analyst", at=b.department())


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer", at=b.department())


class PowerCutError(Exception):
    """The machine stops before the commit."""


def entry(value: str | None = "8000", period: str | None = "2024", **facts: object) -> Entry:
    return Entry(
        indicator=b.indicator(),
        region=b.region(),
        period=period,
        value=None if value is None else Decimal(value),
        **facts,  # type: ignore[arg-type]
    )


def submitted(by: User, value: str = "8000") -> Observation:
    row = actions.enter(by=by, entry=entry(value), reason="首次公布后更正")
    return actions.submit(by=by, observation=row, version=row.version)


def in_state(state: str, by: User) -> Observation:
    facts = {"return_reason": "缺来源"} if state == "returned" else {}
    return b.actual(b.indicator(), "8000", by=by, review_state=state, **facts)


def test_life_from_draft_to_approved_keeps_who_and_when(analyst: User, reviewer: User) -> None:
    row = submitted(analyst)
    actions.approve(by=reviewer, observation=row, version=row.version)
    row.refresh_from_db()
    assert (row.review_state, row.entered_by, row.approved_by) == ("approved", analyst, reviewer)
    assert row.approved_at is not None
    assert row.published_at == row.approved_at
    assert row.version == 3
    assert b.events() == ["indicators.enter", "indicators.submit", "indicators.approve"]


def test_returned_value_keeps_its_reason_until_it_is_submitted_again(
    analyst: User, reviewer: User
) -> None:
    row = submitted(analyst)
    actions.return_(by=reviewer, observation=row, version=row.version, reason=" 缺少来源 ")
    assert (row.review_state, row.return_reason) == ("returned", "缺少来源")
    actions.amend(by=analyst, observation=row, version=row.version, entry=entry("8001"))
    actions.submit(by=analyst, observation=row, version=row.version)
    assert (row.review_state, row.return_reason, row.value) == (
        "submitted", "缺少来源", Decimal("8001"),
    )  # fmt: skip


ALLOWED = {
    "submit": {"draft", "returned"},
    "amend": {"draft", "returned"},
    "return_": {"submitted"},
    "approve": {"submitted"},
    "correct": {"approved"},
}


@pytest.mark.parametrize("step", sorted(ALLOWED))
@pytest.mark.parametrize("state", STATES)
def test_step_is_refused_from_every_state_but_its_own(
    step: str, state: str, analyst: User, reviewer: User
) -> None:
    row = in_state(state, analyst)
    more = {
        "submit": {"by": analyst, "version": row.version},
        "amend": {"by": analyst, "version": row.version, "entry": entry("8100")},
        "return_": {"by": reviewer, "version": row.version, "reason": "请补来源"},
        "approve": {"by": reviewer, "version": row.version},
        "correct": {"by": analyst, "entry": entry("8100"), "reason": "公报更正"},
    }[step]
    if state in ALLOWED[step]:
        getattr(actions, step)(observation=row, **more)
        assert len(b.events()) == 1
        return
    with pytest.raises(Refused) as refusal:
        getattr(actions, step)(observation=row, **more)
    row.refresh_from_db()
    assert row.get_review_state_display() in str(refusal.value)
    assert (row.review_state, row.version, b.events()) == (state, 1, [])


def test_own_entry_is_not_approved_by_its_author(settings: object) -> None:
    settings.SELF_APPROVAL = False
    both = b.person("both", "analyst", "reviewer", at=b.department())
    row = submitted(both)
    with pytest.raises(Refused, match="不能核定自己录入的数值"):
        actions.approve(by=both, observation=row, version=row.version)
    row.refresh_from_db()
    assert row.review_state == "submitted"


def test_own_entry_with_self_approval_is_marked(settings: object) -> None:
    settings.SELF_APPROVAL = True
    both = b.person("both", "analyst", "reviewer", at=b.department())
    row = submitted(both)
    actions.approve(by=both, observation=row, version=row.version)
    assert (row.review_state, row.self_approved) == ("approved", True)


def test_approval_by_another_is_not_marked_as_own(
    settings: object, analyst: User, reviewer: User
) -> None:
    settings.SELF_APPROVAL = True
    row = submitted(analyst)
    actions.approve(by=reviewer, observation=row, version=row.version)
    assert row.self_approved is False


def test_database_itself_refuses_an_unmarked_own_approval(analyst: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        b.actual(
            b.indicator(), "1", by=analyst, approved_by=analyst, approved_at="2024-01-01T00:00Z"
        )


def test_correction_supersedes_the_value_it_corrects(analyst: User, reviewer: User) -> None:
    old = submitted(analyst)
    actions.approve(by=reviewer, observation=old, version=old.version)
    draft = actions.correct(by=analyst, observation=old, entry=entry("8050"), reason="公报更正")
    old.refresh_from_db()
    assert (draft.supersedes, old.superseded_at) == (old, None)
    actions.submit(by=analyst, observation=draft, version=draft.version)
    actions.approve(by=reviewer, observation=draft, version=draft.version)
    old.refresh_from_db()
    assert old.superseded_at == draft.approved_at
    assert list(Observation.objects.approved()) == [draft]
    assert AuditEvent.objects.filter(action="indicators.enter").last().reason == "公报更正"


def test_correction_without_a_reason_is_refused(analyst: User) -> None:
    b.actual(b.indicator(), "8000")
    with pytest.raises(Refused, match="请写明理由"):
        actions.enter(by=analyst, entry=entry("8050"))
    assert Observation.objects.count() == 1


def test_correction_of_a_superseded_value_is_refused(analyst: User) -> None:
    old = b.actual(b.indicator(), "7000", superseded_at="2024-05-01T00:00Z")
    with pytest.raises(Refused, match="已有他人核定"):
        actions.correct(by=analyst, observation=old, entry=entry(), reason="公报更正")


def test_second_draft_of_a_cell_is_refused(analyst: User) -> None:
    actions.enter(by=analyst, entry=entry())
    with pytest.raises(Refused, match="已有一条待处理的数值"):
        actions.enter(by=analyst, entry=entry("8001"))
    actions.enter(by=analyst, entry=entry("8001", "2023"))
    assert list(Observation.objects.values_list("reference_period", flat=True)) == ["2023", "2024"]


def test_missing_value_wants_a_reason(analyst: User) -> None:
    with pytest.raises(Refused, match="请写明理由"):
        actions.enter(by=analyst, entry=entry(None, obs_status="L"))
    row = actions.enter(by=analyst, entry=entry(None, obs_status="L", note="当年停止调查"))
    assert (row.value, row.obs_status, row.is_missing) == (None, "L", True)
    with pytest.raises(Refused, match="请写明理由"):
        actions.amend(by=analyst, observation=row, version=1, entry=entry(None, obs_status="Q"))


def test_zero_is_a_value(analyst: User) -> None:
    row = actions.enter(by=analyst, entry=entry("0"))
    row.refresh_from_db()
    assert (row.value, row.is_missing) == (Decimal(0), False)


def test_return_without_a_reason_is_refused(analyst: User, reviewer: User) -> None:
    row = submitted(analyst)
    with pytest.raises(Refused, match="请写明理由"):
        actions.return_(by=reviewer, observation=row, version=row.version, reason="  ")


def test_draft_without_a_period_is_not_submitted(analyst: User) -> None:
    row = actions.enter(by=analyst, entry=entry(period=None))
    with pytest.raises(Refused, match="报告期未知"):
        actions.submit(by=analyst, observation=row, version=row.version)


def test_unreadable_period_leaves_nothing(analyst: User) -> None:
    with pytest.raises(PeriodError):
        actions.enter(by=analyst, entry=entry(period="去年"))
    assert (Observation.objects.count(), b.events()) == (0, [])


def test_two_editors_the_second_sees_both_values(analyst: User) -> None:
    second = b.person("second", "analyst", at=b.department())
    row = actions.enter(by=analyst, entry=entry("8000"))
    theirs = Observation.objects.get(pk=row.pk)
    actions.amend(by=analyst, observation=row, version=1, entry=entry("8010"))
    with pytest.raises(Conflict) as conflict:
        actions.amend(by=second, observation=theirs, version=1, entry=entry("8020"))
    both = {clash.field: (clash.current, clash.attempted) for clash in clashes(conflict.value)}
    assert both["value"] == (Decimal("8010"), Decimal("8020"))
    row.refresh_from_db()
    assert (row.value, row.entered_by, row.version) == (Decimal("8010"), analyst, 2)
    assert b.events() == ["indicators.enter", "indicators.amend"]


@pytest.mark.parametrize("step", ["submit", "return_", "approve"])
def test_step_on_an_older_version_conflicts(step: str, analyst: User, reviewer: User) -> None:
    row = in_state("draft" if step == "submit" else "submitted", analyst)
    Observation.objects.filter(pk=row.pk).update(version=5)
    by = analyst if step == "submit" else reviewer
    more = {"reason": "请补来源"} if step == "return_" else {}
    with pytest.raises(Conflict):
        getattr(actions, step)(by=by, observation=row, version=1, **more)
    assert b.events() == []


def test_value_approved_meanwhile_stops_the_older_draft(analyst: User, reviewer: User) -> None:
    row = submitted(analyst)
    b.actual(
        b.indicator(), "8100", by=analyst, approved_by=reviewer, approved_at="2025-01-01T00:00Z"
    )
    with pytest.raises(Refused, match="已有他人核定"):
        actions.approve(by=reviewer, observation=row, version=row.version)


def test_amended_period_follows_the_value_it_would_replace(analyst: User, reviewer: User) -> None:
    standing = b.actual(b.indicator(), "7000", "2023")
    row = actions.enter(by=analyst, entry=entry("7100"))
    with pytest.raises(Refused, match="请写明理由"):
        actions.amend(by=analyst, observation=row, version=1, entry=entry("7100", "2023"))
    actions.amend(
        by=analyst, observation=row, version=1, entry=entry("7100", "2023"), reason="年份写错"
    )
    assert row.supersedes == standing
    actions.submit(by=analyst, observation=row, version=row.version)
    actions.approve(by=reviewer, observation=row, version=row.version)
    standing.refresh_from_db()
    assert standing.superseded_at == row.approved_at


def test_amended_period_does_not_meet_another_draft(analyst: User) -> None:
    actions.enter(by=analyst, entry=entry("1", "2023"))
    row = actions.enter(by=analyst, entry=entry("2", "2024"))
    with pytest.raises(Refused, match="已有一条待处理的数值"):
        actions.amend(by=analyst, observation=row, version=1, entry=entry("2", "2023"))


def test_approval_queues_the_verdicts_of_its_cell_only(analyst: User, reviewer: User) -> None:
    b.promise(b.indicator())
    b.promise(b.indicator("OTHER"))
    b.promise(b.indicator(), region=b.region("370202", "市南区", "district"))
    row = submitted(analyst)
    assert StaleRequest.objects.count() == 0
    actions.approve(by=reviewer, observation=row, version=row.version)
    queued = list(StaleRequest.objects.values_list("indicator__code", "region__code", "cause"))
    assert queued == [("FIRMS", "370200", "observation")]


def test_approved_growth_rate_queues_the_level_it_is_the_rate_of(
    analyst: User, reviewer: User
) -> None:
    level = b.indicator("LEVEL")
    rate = b.indicator("RATE", rate_of=level, kind="rate", unit=b.percent())
    b.promise(level)
    row = actions.enter(by=analyst, entry=replace(entry("11"), indicator=rate))
    actions.submit(by=analyst, observation=row, version=row.version)
    actions.approve(by=reviewer, observation=row, version=row.version)
    # The rate itself is queued as well: whether it is promised, the sweep finds out.
    assert {request.indicator for request in StaleRequest.objects.all()} == {level, rate}


def test_rolled_back_approval_leaves_neither_value_nor_queue_nor_event(
    analyst: User, reviewer: User
) -> None:
    b.promise(b.indicator())
    row = submitted(analyst)
    before = b.events()

    def approve_and_lose_power() -> None:
        with audit.transaction():
            actions.approve(by=reviewer, observation=row, version=row.version)
            assert StaleRequest.objects.count() == 1
            raise PowerCutError

    with pytest.raises(PowerCutError):
        approve_and_lose_power()
    row.refresh_from_db()
    assert (row.review_state, StaleRequest.objects.count()) == ("submitted", 0)
    assert b.events() == before


def test_loaded_figures_are_not_loaded_twice_and_take_no_cell(analyst: User) -> None:
    checker = b.person("loader-checker")
    b.actual(b.indicator(), "7000", "2023")
    loads = [
        (entry("7500", "2023", key="k-2023"), True),
        (entry("8000", "2024", key="k-2024"), True),
        (entry("1", None, key="k-none"), False),
    ]
    assert actions.load_observations(by=analyst, verifier=checker, entries=loads) == 3
    assert actions.load_observations(by=analyst, verifier=checker, entries=loads) == 0
    states = dict(Observation.objects.exclude(key=None).values_list("key", "review_state"))
    assert states == {"k-2023": "draft", "k-2024": "approved", "k-none": "draft"}
    assert b.events() == ["indicators.load_observations"]


def test_catalogue_edit_on_an_older_version_conflicts(reviewer: User) -> None:
    row = b.indicator()
    facts = {"before": {"name": "旧名"}, "after": {"name": "新名"}, "reason": "统一口径"}
    row.name = "新名"
    actions.save_catalogue_entry(by=reviewer, entry=row, version=1, **facts)
    row.refresh_from_db()
    assert (row.name, row.version) == ("新名", 2)
    row.name = "另一个名"
    with pytest.raises(Conflict):
        actions.save_catalogue_entry(by=reviewer, entry=row, version=1, **facts)
    row.refresh_from_db()
    assert (row.name, b.events()) == ("新名", ["indicators.save_catalogue_entry"])


def test_catalogue_edit_of_an_indicator_asks_for_new_verdicts(reviewer: User) -> None:
    row = b.indicator()
    b.promise(row)
    b.actual(row, "8000")
    actions.save_catalogue_entry(
        by=reviewer, entry=row, before={}, after={"direction": "increase"}, reason="核对", version=1
    )
    assert StaleRequest.objects.filter(indicator=row).count() == 1


def test_second_open_draft_of_a_cell_is_refused_by_the_database_in_words() -> None:
    """Two first drafts at the same moment: neither saw the other, and one is told."""
    firms, person = b.indicator("FIRMS"), b.person("entering")
    entry = actions.Entry(indicator=firms, region=b.region(), period="2024", value=Decimal(7))
    first = actions.enter(by=person, entry=entry)
    rival = Observation(
        indicator=firms, region=first.region, reference_period="2024", value=Decimal(8),
        entered_by=person, entered_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        rival.save()
    with pytest.raises(Refused) as refusal, observations.one_of_a_cell(errors.already_there):
        rival.save()
    assert str(refusal.value) == str(errors.already_there())
    assert list(Observation.objects.values_list("value", flat=True)) == [Decimal(7)]


def test_other_broken_rules_are_not_taken_for_a_rival() -> None:
    firms, person = b.indicator("FIRMS"), b.person("entering")
    nameless = Observation(
        indicator=firms, region=b.region(), reference_period="2024", value=None,
        entered_by=person, entered_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), observations.one_of_a_cell(errors.already_there):
        nameless.save()


def test_load_catalogue_leaves_an_indicator_that_a_person_edited() -> None:
    firms, person = b.indicator("FIRMS"), b.person("loading")
    Indicator.objects.filter(pk=firms.pk).update(name="编辑过的名称", version=2)
    row = {
        "code": "FIRMS", "name": "文件里的名称", "unit": firms.unit.code, "rate_of": None,
    }  # fmt: skip
    assert actions.load_catalogue(by=person, units=[], regions=[], indicators=[row]) == 0
    firms.refresh_from_db()
    assert firms.name == "编辑过的名称"


def test_load_catalogue_leaves_units_and_regions_that_a_person_edited() -> None:
    person, jia, city = b.person("loading"), b.unit(), b.region()
    Unit.objects.filter(pk=jia.pk).update(symbol="户", version=2)
    Region.objects.filter(pk=city.pk).update(name="编辑过的市", version=2)
    rows = {
        "units": [{"code": jia.code, "symbol": "家"}],
        "regions": [
            {"code": city.code, "name": "文件里的市", "parent": None, "overlaps": [city.code]}
        ],
    }
    assert actions.load_catalogue(by=person, indicators=[], **rows) == 0
    city.refresh_from_db()
    assert (Unit.objects.get(pk=jia.pk).symbol, city.name) == ("户", "编辑过的市")
    assert list(city.overlaps.all()) == []


def test_load_catalogue_asks_for_the_verdicts_of_what_it_changes() -> None:
    firms, person = b.indicator("FIRMS"), b.person("loading")
    target = b.promise(firms)

    def load(accumulation: str, exponent: int) -> int:
        code = firms.unit.code
        row = {"code": "FIRMS", "accumulation": accumulation, "unit": code, "rate_of": None}
        unit = {"code": code, "exponent": exponent}
        return actions.load_catalogue(by=person, units=[unit], regions=[], indicators=[row])

    assert (load("stock", 0), StaleRequest.objects.count()) == (0, 0)
    assert (load("flow", 0), StaleRequest.objects.count()) == (1, 1)
    assert (load("flow", 4), StaleRequest.objects.count()) == (1, 2)
    pairs = set(StaleRequest.objects.values_list("indicator", "region"))
    assert pairs == {(firms.pk, target.region_id)}


def test_step_on_a_version_newer_than_the_checked_row_conflicts(
    analyst: User, reviewer: User
) -> None:
    """The request read a submitted row; it is returned since, and the version sent is that one."""
    row = b.actual(b.indicator(), "8000", by=analyst, review_state="submitted")
    read = Observation.objects.get(pk=row.pk)
    actions.return_(by=reviewer, observation=row, version=1, reason="请补来源")
    with pytest.raises(Conflict):
        actions.approve(by=reviewer, observation=read, version=2)
    row.refresh_from_db()
    assert (row.review_state, row.version, row.approved_by) == ("returned", 2, None)


def test_unit_of_stored_actuals_cannot_change(reviewer: User) -> None:
    """A number without its unit means something else: 700 亿元 would become 700 万元."""
    firms, other = b.indicator("FIRMS"), b.percent()
    b.actual(firms, "7", "2024")
    firms.unit = other
    with pytest.raises(Refused, match="该计量单位已有实绩使用"):
        actions.save_catalogue_entry(by=reviewer, entry=firms, before={}, after={}, reason="试改")
    firms.refresh_from_db()
    unit = firms.unit
    unit.exponent += 4
    with pytest.raises(Refused, match="该计量单位已有实绩使用"):
        actions.save_catalogue_entry(by=reviewer, entry=unit, before={}, after={}, reason="试改")
    unit.refresh_from_db()
    unit.name_en = "another word"
    actions.save_catalogue_entry(by=reviewer, entry=unit, before={}, after={}, reason="改译名")
    assert list(AuditEvent.objects.values_list("reason", flat=True)) == ["改译名"]


def test_unit_that_nothing_is_counted_in_may_change(reviewer: User) -> None:
    firms, other = b.indicator("FIRMS"), b.percent()
    firms.unit = other
    actions.save_catalogue_entry(by=reviewer, entry=firms, before={}, after={}, reason="改单位")
    firms.refresh_from_db()
    assert firms.unit == other

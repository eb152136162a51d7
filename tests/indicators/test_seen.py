"""What a person saw in a cell: values go over that, and over nothing else."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import Entry, Seen, seen
from indicators.errors import Refused
from indicators.models import Observation
from indicators.periods import PeriodError
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return b.person("anna", "analyst", at=b.department())


@pytest.fixture
def bert() -> User:
    return b.person("bert", "analyst", at=b.department())


def entry(value: str = "8000", period: str | None = "2024", **facts: Any) -> Entry:
    return Entry(
        indicator=b.indicator(), region=b.region(), period=period, value=Decimal(value), **facts
    )


def look(period: str = "2024") -> actions.Standing:
    return actions.standing_in(b.indicator().pk, b.region().pk, period)


@given(st.builds(Seen, *[st.integers(0, 10**18 - 1)] * 3))
def test_token_reads_back(token: Seen) -> None:
    assert Seen.parse(str(token)) == token


@pytest.mark.parametrize(
    "text", ["", "1.2", "1.2.3.4", "a.1.1", "-1.0.0", "1.0.٣", "1..2", " 1.2.3", "9" * 30 + ".1.1"]
)
def test_other_tokens_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        Seen.parse(text)


def test_standing_names_the_open_and_the_approved_row(anna: User) -> None:
    assert (look().seen, look().latest) == (Seen(), None)
    approved = b.actual(b.indicator(), "7000")
    assert (look().seen, look().latest) == (Seen(approved=approved.pk), approved)
    draft = actions.enter(by=anna, entry=entry(), reason="公报更正")
    assert (look().seen, look().latest) == (Seen(draft.pk, 1, approved.pk), draft)


def test_loaded_draft_does_not_stand_in_the_cell(anna: User) -> None:
    b.actual(b.indicator(), "2053", by=anna, review_state="draft", key="k1")
    assert look().seen == Seen()
    actions.keep(by=anna, entry=entry(), seen=Seen())
    assert look().open.value == 8000


def test_standings_of_many_cells_cost_one_query(anna: User) -> None:
    for year in range(2001, 2011):
        b.actual(b.indicator(), "1", str(year), by=anna)
    with CaptureQueriesContext(connection) as queries:
        assert len(actions.standings(Observation.objects.all())) == 10
    assert len(queries) == 1


def test_second_of_two_is_told_the_first_value_and_chooses(anna: User, bert: User) -> None:
    at = look().seen
    actions.keep(by=anna, entry=entry("8000"), seen=at)
    with pytest.raises(Conflict) as conflict:
        actions.keep(by=bert, entry=entry("8100"), seen=at)
    theirs = conflict.value.current
    assert (theirs.value, theirs.entered_by, theirs.entered_at is not None) == (8000, anna, True)
    row = actions.keep(by=bert, entry=entry("8100"), seen=look().seen)
    assert (row.value, row.entered_by) == (8100, bert)
    assert Observation.objects.get(copy_of=row).value == 8000


def test_value_over_one_that_was_withdrawn_meanwhile_conflicts(anna: User, bert: User) -> None:
    row = actions.keep(by=anna, entry=entry(), seen=Seen())
    at = look().seen
    actions.withdraw(by=anna, observation=row, version=1, reason="填错")
    with pytest.raises(Conflict) as conflict:
        actions.keep(by=bert, entry=entry("8100"), seen=at)
    assert conflict.value.current is None


def test_value_over_one_that_was_submitted_as_seen_is_refused(anna: User) -> None:
    row = actions.keep(by=anna, entry=entry(), seen=Seen())
    actions.submit(by=anna, observation=row, version=1)
    with pytest.raises(Refused, match="待核定"):
        actions.keep(by=anna, entry=entry("8100"), seen=look().seen)


def test_value_that_is_approved_under_the_writer_is_a_conflict(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the write a loaded value was approved: nobody has seen it."""
    enter = seen.enter

    def enter_late(**arguments: Any) -> Observation:
        b.actual(b.indicator(), "7000")
        return enter(**arguments)

    monkeypatch.setattr(seen, "enter", enter_late)
    with pytest.raises(Conflict):
        actions.keep(by=anna, entry=entry(), seen=Seen(), reason="公报更正")
    assert Observation.objects.in_progress().count() == 0


def test_refusal_of_a_draft_that_came_meanwhile_is_a_conflict(
    anna: User, bert: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = seen.enter

    def enter_late(**arguments: Any) -> Observation:
        enter(by=bert, entry=entry("8100"))
        return enter(**arguments)

    monkeypatch.setattr(seen, "enter", enter_late)
    with pytest.raises(Conflict) as conflict:
        actions.keep(by=anna, entry=entry(), seen=Seen())
    assert conflict.value.current.value == 8100


def test_amended_draft_over_a_value_approved_since_wants_a_reason(anna: User) -> None:
    row = actions.enter(by=anna, entry=entry())
    approved = b.actual(b.indicator(), "7000")
    with pytest.raises(Refused, match="请写明理由"):
        actions.amend(by=anna, observation=row, version=1, entry=entry("8100"))
    actions.amend(by=anna, observation=row, version=1, entry=entry("8100"), reason="公报更正")
    assert (row.supersedes, row.reason) == (approved, "公报更正")


def test_value_without_a_period_is_refused_and_a_bad_one_is_no_fault(anna: User) -> None:
    with pytest.raises(Refused, match="报告期未知"):
        actions.keep(by=anna, entry=entry(period=None), seen=Seen())
    with pytest.raises(PeriodError):
        actions.keep(by=anna, entry=entry(period="去年"), seen=Seen())
    assert Observation.objects.count() == 0


def test_block_is_kept_in_the_order_given(anna: User) -> None:
    years = ("2024", "2021", "2023", "2022")
    stated = [(entry(year, year), Seen(), "") for year in years]
    kept = actions.keep_all(by=anna, stated=stated)
    assert [row.reference_period for row in kept.rows] == list(years)
    assert kept.conflicts == []


def test_block_with_one_conflict_keeps_nothing_and_names_it(anna: User, bert: User) -> None:
    theirs = actions.keep(by=bert, entry=entry("1", "2022"), seen=Seen())
    stated = [(entry("9", year), Seen(), "") for year in ("2021", "2022", "2023")]
    kept = actions.keep_all(by=anna, stated=stated)
    assert kept.rows == []
    assert [(e.period, current) for e, current in kept.conflicts] == [("2022", theirs)]
    assert Observation.objects.count() == 1
    assert b.events() == ["indicators.enter"]


def test_block_with_one_refusal_keeps_nothing(anna: User) -> None:
    old = b.actual(b.indicator(), "7000", "2022")
    stated = [(entry("9", "2021"), Seen(), ""), (entry("9", "2022"), Seen(approved=old.pk), "")]
    with pytest.raises(Refused, match="请写明理由"):
        actions.keep_all(by=anna, stated=stated)
    assert Observation.objects.count() == 1


# --- bringing back ------------------------------------------------------------------------------


def test_everything_that_was_stated_comes_back(anna: User, bert: User) -> None:
    stated = entry(
        qualifier="above", obs_status="P", vintage="flash", entered_text="突破8000",
        source_title="公报", source_url="https://example.org/1", source_date="2025-03",
        reliability="A", note="年末数", doubts=("jump",), explanation="口径变了",
    )  # fmt: skip
    row = actions.enter(by=anna, entry=stated)
    actions.withdraw(by=anna, observation=row, version=1, reason="填错")
    back = actions.bring_back(by=bert, row=row, seen=Seen(), reason="其实没错")
    for name in (*seen._STATED, "reference_period"):
        assert getattr(back, name) == getattr(row, name), name
    assert (back.origin, back.origin_place, back.entered_by) == ("restored", f"#{row.pk}", bert)
    assert (back.review_state, back.reason, back.key) == ("draft", "其实没错", None)


def test_missing_value_comes_back_with_its_reason(anna: User) -> None:
    none = Entry(
        indicator=b.indicator(), region=b.region(), period="2024", value=None, obs_status="L",
        note="当年停止调查",
    )  # fmt: skip
    row = actions.enter(by=anna, entry=none)
    actions.withdraw(by=anna, observation=row, version=1, reason="填错")
    back = actions.bring_back(by=anna, row=row, seen=Seen(), reason="恢复")
    assert (back.value, back.obs_status, back.note) == (None, "L", "当年停止调查")


def test_bringing_back_wants_a_reason_a_period_and_a_past(anna: User) -> None:
    row = actions.enter(by=anna, entry=entry())
    with pytest.raises(Refused, match="不需要恢复"):
        actions.bring_back(by=anna, row=row, seen=look().seen, reason="恢复")
    with pytest.raises(Refused, match="请写明理由"):
        actions.bring_back(by=anna, row=row, seen=look().seen, reason=" ")
    nowhere = b.actual(b.indicator(), "1", None, by=anna, review_state="draft", key="k")
    with pytest.raises(Refused, match="报告期未知"):
        actions.bring_back(by=anna, row=nowhere, seen=Seen(), reason="恢复")


def block(count: int) -> list[tuple[Entry, Seen, str]]:
    return [(entry("1", str(2001 + place)), Seen(), "") for place in range(count)]


def test_fresh_cells_of_a_block_cost_the_same_statements_however_many(anna: User) -> None:
    actions.keep(by=anna, entry=entry(period="2040"), seen=Seen())  # the trail has its head
    costs = []
    for cells in (block(1), [(entry("2", str(1950 + n)), Seen(), "") for n in range(20)]):
        with CaptureQueriesContext(connection) as queries:
            assert len(actions.keep_all(by=anna, stated=cells).rows) == len(cells)
        costs.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))
    assert costs[0] == costs[1]


def test_each_value_of_a_block_has_its_event_as_if_it_came_alone(anna: User) -> None:
    b.actual(b.indicator(), "5", "2002")
    approved = Observation.objects.get().pk
    stated = [*block(1), (entry("3", "2002"), Seen(approved=approved), "年报更正")]
    kept = actions.keep_all(by=anna, stated=stated)
    told = {
        event.object_id: (event.action, event.after["value"], event.reason)
        for event in AuditEvent.objects.filter(action="indicators.enter")
    }
    assert told == {
        str(kept.rows[0].pk): ("indicators.enter", "1", ""),
        str(kept.rows[1].pk): ("indicators.enter", "3", "年报更正"),
    }
    assert kept.rows[1].supersedes_id == approved


def test_block_that_names_a_cell_twice_is_refused_and_leaves_no_trace(anna: User) -> None:
    with pytest.raises(Refused, match="已有一条待处理"):
        actions.keep_all(by=anna, stated=[*block(1), *block(1)])
    draft = actions.enter(by=anna, entry=entry("7", "2001"))
    told = AuditEvent.objects.count()
    twice = [(entry(text, "2001"), Seen(draft.pk, 1), "") for text in ("8", "9")]
    with pytest.raises(Refused, match="已有一条待处理"):
        actions.keep_all(by=anna, stated=twice)
    draft.refresh_from_db()
    assert (draft.value, draft.version, Observation.objects.count()) == (7, 1, 1)
    assert AuditEvent.objects.count() == told


def test_correction_of_a_block_without_a_reason_keeps_nothing(anna: User) -> None:
    approved = b.actual(b.indicator(), "5", "2002")
    stated = [*block(1), (entry("3", "2002"), Seen(approved=approved.pk), " ")]
    with pytest.raises(Refused, match="请写明理由"):
        actions.keep_all(by=anna, stated=stated)
    assert Observation.objects.get() == approved
    assert not AuditEvent.objects.exists()


# --- whose number it is -------------------------------------------------------------------------


def noted(by: User, over: Observation, value: str = "8000") -> Observation:
    """A colleague's version of the draft, submitted."""
    stated = entry(value, note="补充口径说明")
    row = actions.amend(by=by, observation=over, version=over.version, entry=stated)
    return actions.submit(by=by, observation=row, version=row.version)


@pytest.mark.parametrize("way", ["alone", "in bulk"])
def test_number_is_not_approved_by_who_gave_it_though_another_added_a_note(
    way: str, bert: User
) -> None:
    both = b.person("both", "analyst", "reviewer", at=b.department())
    row = noted(bert, actions.enter(by=both, entry=entry()))
    if way == "alone":
        with pytest.raises(Refused, match="不能核定自己录入的数值"):
            actions.approve(by=both, observation=row, version=row.version)
    else:
        (left,) = actions.approve_all(by=both, seen={row.pk: row.version}).left
        assert "不能核定自己录入的数值" in left.sentence
    row.refresh_from_db()
    assert row.review_state == "submitted"


def test_number_that_a_colleague_put_in_its_place_is_the_colleagues(bert: User) -> None:
    both = b.person("both", "analyst", "reviewer", at=b.department())
    row = noted(bert, actions.enter(by=both, entry=entry("7999")))
    actions.approve(by=both, observation=row, version=row.version)
    assert (row.review_state, row.self_approved) == ("approved", False)


def test_own_number_behind_a_colleagues_note_is_marked_where_offices_are_small(
    bert: User, settings: Any
) -> None:
    settings.SELF_APPROVAL = True
    both = b.person("both", "analyst", "reviewer", at=b.department())
    first = noted(bert, actions.enter(by=both, entry=entry()))
    actions.approve_all(by=both, seen={first.pk: first.version})
    first.refresh_from_db()
    assert (first.review_state, first.self_approved) == ("approved", True)


def test_brought_back_value_has_todays_doubts_and_the_reason_explains_them(anna: User) -> None:
    row = actions.enter(by=anna, entry=entry(doubts=("jump",), explanation=""))
    actions.withdraw(by=anna, observation=row, version=1, reason="填错")
    back = actions.bring_back(
        by=anna, row=row, seen=Seen(), reason="核对过公报", doubts=["negative"]
    )
    assert (back.doubts, back.explanation) == (["negative"], "核对过公报")
    quiet = actions.bring_back(by=anna, row=row, seen=look().seen, reason="再次恢复")
    assert (quiet.doubts, quiet.explanation) == ([], "")

"""Any order of steps by several people keeps the promises of the architecture.

Each run is a transaction of its own, which is taken back at its end.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import Entry, Seen
from indicators.errors import Refused
from indicators.models import Duty, Evidence, Observation, ReportingRound
from targets.models import StaleRequest
from tests.indicators import builders as b

State = Observation.ReviewState
PERIODS = ("2021", "2022", "2023")
CODES = ("FIRMS", "PATENTS")
REASONS = st.sampled_from(("公报更正", "请补来源", "年报核实", ""))
FITS = st.sampled_from((True, True, True, True, False))
OPEN = {"superseded_at": None, "review_state__in": (State.DRAFT, State.RETURNED)}
WAITING = {"superseded_at": None, "review_state": State.SUBMITTED}
COUNTS = {"superseded_at": None, "review_state": State.APPROVED}
PLACES = st.tuples(st.sampled_from(CODES), st.sampled_from(PERIODS))
PERSON = st.integers(0, 3)
PICK = st.integers(0, 10_000)
PARTLY = st.booleans()


class Workflow(RuleBasedStateMachine):
    """Two who enter, two who approve (one of them enters too), six cells, one round."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.numbers = iter(range(1, 100_000))
        self.acknowledged: list[tuple[str, str, Decimal]] = []
        self.rows = 0
        self.approved_pairs: set[tuple[int, int]] = set()
        self.tokens: dict[tuple[str, str], list[Seen]] = {}

    @initialize()
    def people(self) -> None:
        home = b.department()
        self.people_: list[User] = [
            b.person("anna", "analyst", at=home),
            b.person("bert", "analyst", at=home),
            b.person("cara", "analyst", "reviewer", at=home),
            b.person("dora", "reviewer", at=home),
        ]
        self.indicators = {code: b.indicator(code) for code in CODES}
        b.region()
        # One cell in each state, so that every step has something to do from the first on.
        for place, steps in (
            (("FIRMS", "2021"), "sa"),
            (("FIRMS", "2022"), "s"),
            (("FIRMS", "2023"), ""),
            (("PATENTS", "2021"), "sr"),
            (("PATENTS", "2022"), "saes"),
        ):
            self.lead(place, steps)

    def lead(self, place: tuple[str, str], steps: str) -> None:
        """Bring a new value of a cell so far: submitted, approved, returned, entered once more."""
        anna, dora, why = self.people_[0], self.people_[3], "公报更正"
        entry = self.entry(place)
        row = actions.enter(by=anna, entry=entry)
        self.note(row, entry.value)
        for step in steps:
            if step == "s":
                actions.submit(by=anna, observation=row, version=row.version)
            elif step == "r":
                actions.return_(by=dora, observation=row, version=row.version, reason=why)
            elif step == "a":
                actions.approve(by=dora, observation=row, version=row.version)
                self.approved_pairs.add((row.indicator_id, row.region_id))
            else:
                entry = self.entry(place)
                row = actions.enter(by=anna, entry=entry, reason=why)
                self.note(row, entry.value)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- what a person does ---

    def entry(self, place: tuple[str, str]) -> Entry:
        code, period = place
        return Entry(
            indicator=self.indicators[code], region=b.region(), period=period,
            value=Decimal(next(self.numbers)),
        )  # fmt: skip

    def attempt(self, action: Any, **arguments: Any) -> Any:
        """What the action answers, None where it refuses; a refusal writes nothing."""
        before = (Observation.objects.count(), AuditEvent.objects.count())
        try:
            return action(**arguments)
        except (Refused, Conflict):
            assert (Observation.objects.count(), AuditEvent.objects.count()) == before
            return None

    def note(self, row: Observation | None, value: Decimal | None) -> None:
        """A value that was acknowledged must be found for ever."""
        if row is not None:
            assert value is not None
            assert (row.value, row.entered_by_id is not None) == (value, True)
            place = (row.indicator.code, str(row.reference_period))
            self.acknowledged.append((*place, value))

    def some(self, pick: int, fits: bool = True, **facts: Any) -> Observation | None:
        """One of the rows that fit, or of all."""
        rows = Observation.objects.filter(**(facts if fits else {})).order_by("pk")
        number = rows.count()
        return rows[pick % number] if number else None

    @rule(who=PERSON, place=PLACES, reason=REASONS)
    def enter(self, who: int, place: tuple[str, str], reason: str) -> None:
        entry = self.entry(place)
        row = self.attempt(actions.enter, by=self.people_[who], entry=entry, reason=reason)
        self.note(row, entry.value)

    @rule(place=PLACES)
    def look(self, place: tuple[str, str]) -> None:
        standing = actions.standing_in(self.indicators[place[0]].pk, b.region().pk, place[1])
        self.tokens.setdefault(place, []).append(standing.seen)

    @rule(who=PERSON, place=PLACES, pick=PICK, reason=REASONS)
    def keep_with_a_token_of_some_time(
        self, who: int, place: tuple[str, str], pick: int, reason: str
    ) -> None:
        tokens = self.tokens.get(place, [Seen()])
        seen, entry = tokens[pick % len(tokens)], self.entry(place)
        now = actions.standing_in(entry.indicator.pk, entry.region.pk, place[1]).seen
        row = self.attempt(
            actions.keep, by=self.people_[who], entry=entry, seen=seen, reason=reason
        )
        # Nothing is written over a value that the writer has not seen.
        assert row is None or seen == now
        self.note(row, entry.value)

    @rule(who=PERSON, pick=PICK, stale=st.booleans(), reason=REASONS, place=PLACES)
    def amend(self, who: int, pick: int, stale: bool, reason: str, place: tuple[str, str]) -> None:
        row = self.some(pick, copy_of=None)
        if row is None:
            return
        entry = self.entry((row.indicator.code, place[1] if stale else str(row.reference_period)))
        version = row.version - 1 if stale and pick % 2 else row.version
        kept = self.attempt(
            actions.amend, by=self.people_[who], observation=row, version=version, entry=entry,
            reason=reason,
        )  # fmt: skip
        assert kept is None or version == row.version - 1
        self.note(kept, entry.value)

    @rule(who=PERSON, pick=PICK, fits=FITS, reason=REASONS)
    def correct(self, who: int, pick: int, fits: bool, reason: str) -> None:
        row = self.some(pick, fits, **COUNTS)
        if row is not None:
            entry = self.entry((row.indicator.code, str(row.reference_period)))
            kept = self.attempt(
                actions.correct, by=self.people_[who], observation=row, entry=entry, reason=reason
            )
            assert kept is None or (reason and kept.supersedes_id == row.pk)
            self.note(kept, entry.value)

    @rule(who=PERSON, pick=PICK, fits=FITS)
    def submit(self, who: int, pick: int, fits: bool) -> None:
        if row := self.some(pick, fits, **OPEN):
            version = row.version + (not fits and pick % 2)
            self.attempt(actions.submit, by=self.people_[who], observation=row, version=version)

    @rule(pick=PICK, who=st.integers(2, 3), fits=FITS, reason=REASONS)
    def return_(self, pick: int, who: int, fits: bool, reason: str) -> None:
        if row := self.some(pick, fits, **WAITING):
            before = row.return_reason
            done = self.attempt(
                actions.return_, by=self.people_[who], observation=row, version=row.version,
                reason=reason,
            )  # fmt: skip
            # An earlier reason stays, in the row or in a copy of it.
            if done and before:
                kept = Observation.objects.filter(copy_of=row, return_reason=before)
                assert kept.exists()

    @rule(pick=PICK, who=st.integers(2, 3), fits=FITS)
    def approve(self, pick: int, who: int, fits: bool) -> None:
        row = self.some(pick, fits, **WAITING)
        if row is not None:
            version = row.version + (not fits and pick % 2)
            by = self.people_[who]
            done = self.attempt(actions.approve, by=by, observation=row, version=version)
            if done is not None:
                assert version == row.version - 1
                self.approved_pairs.add((row.indicator_id, row.region_id))

    @rule(pick=PICK, who=PERSON, fits=FITS, reason=REASONS)
    def withdraw(self, pick: int, who: int, fits: bool, reason: str) -> None:
        if row := self.some(pick, fits, **OPEN):
            self.attempt(
                actions.withdraw, by=self.people_[who], observation=row, version=row.version,
                reason=reason,
            )  # fmt: skip

    @rule(pick=PICK, who=PERSON, reason=REASONS, at=PICK)
    def bring_back(self, pick: int, who: int, reason: str, at: int) -> None:
        row = self.some(pick, superseded_at__isnull=False)
        if row is None:
            return
        place = (row.indicator.code, str(row.reference_period))
        standing = actions.standing_in(row.indicator_id, row.region_id, place[1])
        tokens = [standing.seen, standing.seen, *self.tokens.get(place, [])]
        seen = tokens[at % len(tokens)]
        back = self.attempt(
            actions.bring_back, by=self.people_[who], row=row, seen=seen, reason=reason
        )
        if back is not None:
            assert (back.origin, back.value, seen) == ("restored", row.value, standing.seen)
            self.note(back, row.value)

    # --- many at once ---

    def chosen(self, pick: int, fits: bool, facts: dict[str, Any]) -> dict[int, int]:
        """Some of the rows that fit; or of all, one of them on a version that is none."""
        rows = Observation.objects.filter(**(facts if fits else {})).order_by("pk")
        seen = {row.pk: row.version for row in rows if not (pick >> row.pk % 5) & 1}
        if seen and not fits and pick % 2:
            seen[min(seen)] += 1
        return seen

    def bulk(self, action: Any, seen: dict[int, int], **arguments: Any) -> actions.Outcome:
        outcome = self.attempt(action, seen=seen, **arguments) or actions.Outcome()
        left = {row.pk for row in outcome.left}
        assert not left & set(outcome.done)
        if outcome.done:
            assert left | set(outcome.done) == set(seen)
            assert arguments["partly"] or not left
        return outcome

    @rule(who=PERSON, pick=PICK, fits=FITS, partly=PARTLY)
    def submit_all(self, who: int, pick: int, fits: bool, partly: bool) -> None:
        seen = self.chosen(pick, fits, OPEN)
        self.bulk(actions.submit_all, seen, by=self.people_[who], partly=partly)

    @rule(who=st.integers(2, 3), pick=PICK, fits=FITS, partly=PARTLY, reason=REASONS)
    def return_all(self, who: int, pick: int, fits: bool, partly: bool, reason: str) -> None:
        seen, by = self.chosen(pick, fits, WAITING), self.people_[who]
        self.bulk(actions.return_all, seen, by=by, partly=partly, reason=reason)

    @rule(who=st.integers(2, 3), pick=PICK, fits=FITS, partly=PARTLY)
    def approve_all(self, who: int, pick: int, fits: bool, partly: bool) -> None:
        seen, by = self.chosen(pick, fits, WAITING), self.people_[who]
        outcome = self.bulk(actions.approve_all, seen, by=by, partly=partly)
        rows = Observation.objects.filter(pk__in=outcome.done)
        self.approved_pairs |= set(rows.values_list("indicator", "region"))

    # --- files, loaded values, rounds ---

    @rule(who=PERSON, pick=PICK, kind=st.integers(0, 5), fits=FITS)
    def attach(self, who: int, pick: int, kind: int, fits: bool) -> None:
        if row := self.some(pick, fits, **OPEN):
            self.attempt(
                actions.attach_evidence, by=self.people_[who], observation=row, name="a.pdf",
                content=b"%PDF-" + bytes([kind]),
            )  # fmt: skip

    @rule(who=PERSON, pick=PICK, reason=REASONS)
    def remove(self, who: int, pick: int, reason: str) -> None:
        files = list(Evidence.objects.order_by("pk"))
        if files:
            self.attempt(
                actions.remove_evidence, by=self.people_[who], evidence=files[pick % len(files)],
                reason=reason,
            )  # fmt: skip

    @rule(place=PLACES, approved=st.booleans())
    def load(self, place: tuple[str, str], approved: bool) -> None:
        entry = self.entry(place)
        entry = Entry(**{**vars(entry), "key": f"k{entry.value}"})
        by, checker = self.people_[0], self.people_[3]
        actions.load_observations(by=by, verifier=checker, entries=[(entry, approved)])
        row = Observation.objects.get(key=entry.key)
        self.note(row, entry.value)
        if row.review_state == State.APPROVED:
            self.approved_pairs.add((row.indicator_id, row.region_id))

    @precondition(lambda self: not ReportingRound.objects.exists())
    @rule(places=st.sets(PLACES, min_size=1), opens=st.integers(-3, 1))
    def collect(self, places: set[tuple[str, str]], opens: int) -> None:
        now, day = timezone.now(), timedelta(days=1)
        within = ReportingRound.objects.create(
            name="轮次", reference_period="2022", opens_at=now + opens * day,
            closes_at=now + (opens + 2) * day, made_by=self.people_[3], made_at=now,
        )  # fmt: skip
        Duty.objects.bulk_create(
            Duty(
                round=within, indicator=self.indicators[code], region=b.region(),
                reference_period=period, department=b.department(),
            )
            for code, period in sorted(places)
        )  # fmt: skip

    @precondition(lambda self: ReportingRound.objects.unpublished().exists())
    @rule(hours=st.integers(-60, 60))
    def move_the_hours(self, hours: int) -> None:
        """What a reviewer may do; and the clock goes on."""
        shift = timedelta(hours=hours)
        ReportingRound.objects.update(
            opens_at=F("opens_at") + shift, closes_at=F("closes_at") + shift
        )

    @precondition(lambda self: ReportingRound.objects.unpublished().exists())
    @rule(who=st.integers(2, 3), reason=REASONS)
    def publish(self, who: int, reason: str) -> None:
        within = ReportingRound.objects.get()
        done = self.attempt(
            actions.publish_round, by=self.people_[who], round_=within, version=within.version,
            reason=reason,
        )  # fmt: skip
        if done is not None:
            owed = Duty.objects.values_list("indicator", "region", "reference_period")
            rows = Observation.objects.approved().filter(published_at=None)
            held = set(rows.values_list("indicator", "region", "reference_period"))
            assert not held & set(owed)

    # --- what always holds ---

    @invariant()
    def a_cell_has_one_approved_value_and_one_open_row(self) -> None:
        cells = Observation.objects.current().values("indicator", "region", "reference_period")
        approved = cells.filter(review_state=State.APPROVED)
        opened = cells.exclude(review_state=State.APPROVED).filter(key=None)
        for rows in (approved, opened):
            assert not rows.order_by().annotate(n=Count("pk")).filter(n__gt=1).exists()

    @invariant()
    def whoever_entered_never_approved(self) -> None:
        own = Observation.objects.filter(approved_by=F("entered_by"))
        assert not own.exists()

    @invariant()
    def history_only_grows(self) -> None:
        rows = Observation.objects.count()
        assert rows >= self.rows
        self.rows = rows

    @invariant()
    def every_acknowledged_value_is_found(self) -> None:
        there = set(Observation.objects.values_list("indicator__code", "reference_period", "value"))
        assert [told for told in self.acknowledged if told not in there] == []

    @invariant()
    def steps_have_their_reasons_and_people(self) -> None:
        rows = Observation.objects
        assert not rows.filter(review_state=State.RETURNED, return_reason="").exists()
        assert not rows.filter(withdrawn_by__isnull=False, withdraw_reason="").exists()
        unexplained = rows.filter(
            Q(supersedes__isnull=False), reason="", key=None, supersedes__key=None
        )
        assert not unexplained.exists()
        past = rows.filter(copy_of__isnull=False) | rows.filter(withdrawn_by__isnull=False)
        assert not past.filter(superseded_at=None).exists()

    @invariant()
    def files_stay_with_open_work(self) -> None:
        sums = Evidence.objects.filter(removed_at=None).order_by()
        twice = sums.values("observation", "sha256").annotate(n=Count("pk")).filter(n__gt=1)
        assert not twice.exists()

    @invariant()
    def trail_is_whole(self) -> None:
        assert audit.verify() == []

    @invariant()
    def approvals_ask_for_verdicts(self) -> None:
        queued = set(StaleRequest.objects.values_list("indicator", "region"))
        assert self.approved_pairs <= queued


def run(runs: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Workflow,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_no_order_of_steps_breaks_a_promise() -> None:
    run(30, 30)


@pytest.mark.soak
@pytest.mark.django_db
def test_no_order_of_steps_breaks_a_promise_in_the_long_run() -> None:
    run(2000, 50)

"""The fixtures as they are: everything is loaded once, and a second load changes nothing."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from accounts.models import AuditEvent
from indicators.models import Observation
from programs.models import SupportItem
from qdpolicy.facts.loading import load_facts
from targets.models import Clause, PolicyDocument, StaleRequest, Target, TargetVersion

FIXTURES = settings.BASE_DIR / "fixtures"
OURS = ("accounts", "indicators", "targets", "programs")


def row_counts() -> dict[str, int]:
    """Rows of every table of ours, those between many and many included."""
    return {
        model._meta.db_table: model._default_manager.count()
        for app in OURS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def test_load_facts_twice_changes_nothing_the_second_time(empty_world: str) -> None:
    first = load_facts(FIXTURES)
    assert first == {"catalogue": 174, "documents": 389, "programs": 74, "actuals": 277}
    queued = set(StaleRequest.objects.values_list("indicator", "region"))
    assert queued >= set(Target.objects.values_list("indicator", "region"))
    counts, events = row_counts(), list(AuditEvent.objects.values_list("action", flat=True))
    assert load_facts(FIXTURES) == dict.fromkeys(first, 0)
    assert list(AuditEvent.objects.order_by("id")[len(events) :]) == []
    assert row_counts() == counts


def test_promises_of_the_five_documents_are_those_of_the_rule_book(shared_world: str) -> None:
    promises = Target.objects.promises().values_list("document__source_no", flat=True)
    counted = Counter(promises)
    assert {number: counted[number] for number in ("000", "001", "002", "003", "004")} == {
        "000": 14, "001": 0, "002": 10, "003": 7, "004": 11,
    }  # fmt: skip
    five = Target.objects.exclude(document__source_no="")
    assert five.count() == 49
    assert PolicyDocument.objects.exclude(source_no="").count() == 5


def test_each_target_has_one_version_in_force_approved_by_the_checker(shared_world: str) -> None:
    rows = TargetVersion.objects.values_list(
        "review_state", "superseded_at", "entered_by__username", "approved_by__username"
    )
    ((state, superseded, entered, approved),) = set(rows)
    assert (state, superseded) == ("approved", None)
    assert entered != approved
    assert TargetVersion.objects.count() == Target.objects.count()


def test_support_items_are_twenty_six_caps_and_one_without(shared_world: str) -> None:
    items = SupportItem.objects.filter(edition__document__source_no="004")
    assert items.exclude(comparator="uncapped").count() == 26
    assert list(items.filter(comparator="uncapped").values_list("cap", flat=True)) == [None]


def test_observations_are_277_and_only_sound_ones_are_approved(shared_world: str) -> None:
    assert Observation.objects.count() == 277
    approved = Observation.objects.approved()
    assert approved.filter(reference_period=None).count() == 0
    assert approved.filter(reliability="C").count() == 0
    # There are such rows, so that the two lines above could fail.
    assert Observation.objects.filter(reference_period=None).exists()
    assert Observation.objects.filter(reliability="C").exists()
    cells = list(approved.values_list("indicator", "region", "reference_period"))
    assert len(cells) == len(set(cells))
    assert len(cells) > 200


def test_quotes_are_short_and_the_digest_holds_every_stretch(shared_world: str) -> None:
    clauses = Clause.objects.select_related("document")
    assert [str(clause) for clause in clauses if len(clause.quote) > 40] == []
    stretches = [clause.document.digest[clause.start : clause.end] for clause in clauses]
    assert all(stretch.strip() for stretch in stretches)
    assert not any("{" in clause.document.digest for clause in clauses)


@pytest.mark.parametrize("model", [Observation, TargetVersion])
def test_every_loaded_number_is_held_unrounded(shared_world: str, model: type) -> None:
    for row in model.objects.all():
        again = model.objects.filter(pk=row.pk, value=row.value).exists()
        assert again or row.value is None


def test_command_prints_how_many_rows_changed_by_kind(shared_world: str) -> None:
    out = StringIO()
    call_command("load_facts", stdout=out)
    assert out.getvalue() == "数据已装载，没有变动\n"


def test_command_names_what_was_new(empty_world: str) -> None:
    out = StringIO()
    call_command("load_facts", stdout=out)
    assert out.getvalue() == (
        "数据已装载：目录 174 行，文件与目标 389 行，计划 74 行，实绩 277 行\n"
    )

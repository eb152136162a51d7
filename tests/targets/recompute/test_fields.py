"""The compact columns of a snapshot: every word, figure, reason and key comes back as it went in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models, transaction

from targets.models import ProgressSnapshot, Target
from targets.models.fields import (
    CodeField,
    FigureField,
    FlagsField,
    IdsField,
    ReasonsField,
    reasons_of,
    reasons_text,
)
from targets.models.verdicts import STATUSES
from targets.progress.verdict import FLAGS
from tests.indicators import builders as b
from tests.targets.recompute.worlds import NOW

pytestmark = pytest.mark.django_db
FIELDS = {field.name: field for field in ProgressSnapshot._meta.concrete_fields}
CODES = [name for name, field in FIELDS.items() if isinstance(field, CodeField)]
FIGURES = [name for name, field in FIELDS.items() if isinstance(field, FigureField)]


@pytest.fixture
def target(db: None) -> Target:
    return b.promise(b.indicator(), "9000", "2026")


def snapshot(target: Target, **facts: Any) -> ProgressSnapshot:
    return ProgressSnapshot(**{
        "target": target, "version": target.versions.get(), "as_of": date(2024, 6, 1),
        "status": "lagging", "light": "yellow", "promise_status": "lagging",
        "promise_light": "yellow", "rule_version": 1, "digest": 5, "computed_at": NOW, **facts,
    })  # fmt: skip


def returned(target: Target, **facts: Any) -> ProgressSnapshot:
    snapshot(target, **facts).save()
    return ProgressSnapshot.objects.get(target=target)


@pytest.mark.parametrize("name", CODES)
def test_every_word_comes_back_and_is_found(target: Target, name: str) -> None:
    words = FIELDS[name].words
    assert len(words) >= 4
    for word in words:
        row = returned(target, **{name: word})
        assert getattr(row, name) == word
        assert ProgressSnapshot.objects.filter(**{name: word}).count() == 1
        assert not ProgressSnapshot.objects.exclude(**{name: word}).exists()
        others = [other for other in words if other != word]
        assert not ProgressSnapshot.objects.filter(**{f"{name}__in": others}).exists()
    assert list(ProgressSnapshot.objects.values_list(name, flat=True)) == [words[-1]]


@pytest.mark.parametrize("name", CODES)
def test_unknown_word_is_refused_on_save_and_matches_nothing(target: Target, name: str) -> None:
    returned(target)
    with pytest.raises(ValueError, match=name), transaction.atomic():
        snapshot(target, **{name: "绿"}).save()
    with pytest.raises(ValueError, match=name), transaction.atomic():
        ProgressSnapshot.objects.bulk_create([snapshot(target, **{name: "done"})])
    assert not ProgressSnapshot.objects.filter(**{name: "done"}).exists()
    assert not ProgressSnapshot.objects.filter(**{f"{name}__in": ["done", "绿"]}).exists()
    assert ProgressSnapshot.objects.exclude(**{name: "done"}).count() == 1


def test_flags_come_back_in_the_order_of_the_list_in_every_combination(target: Target) -> None:
    combinations = [[], *([flag] for flag in FLAGS), list(FLAGS), [FLAGS[0], FLAGS[-1]]]
    for flags in combinations:
        assert returned(target, flags=flags[::-1]).flags == flags
    twice = returned(target, flags=[FLAGS[2], FLAGS[2]])
    assert twice.flags == [FLAGS[2]]
    with pytest.raises(ValueError, match="not in"), transaction.atomic():
        snapshot(target, flags=["unheard_of"]).save()
    assert ProgressSnapshot.objects.get(target=target).flags == [FLAGS[2]]


EXACT = [
    "0", "1", "-1", "0.1", "-0.3", "123456789012345", "-999999999999999", "0.000000000000001",
    "1E-10", "-3.00000000000001E-10", "99.6", "100.000000000001", "9.99999999999999E+23", "1E+23",
    "123456789.012345", "0.333333333333333", "8999999.99999999", "4503599627370.49",
]  # fmt: skip


@pytest.mark.parametrize("text", EXACT)
def test_figure_of_fifteen_digits_comes_back_exactly(target: Target, text: str) -> None:
    figure = Decimal(text)
    row = returned(target, **dict.fromkeys(FIGURES, figure))
    for name in FIGURES:
        found = getattr(row, name)
        assert isinstance(found, Decimal)
        assert found == figure
    assert ProgressSnapshot.objects.filter(pace=figure, gap__gte=figure, goal__lte=figure).exists()
    assert not ProgressSnapshot.objects.filter(pace__gt=figure).exists()


def test_figure_of_one_to_fifteen_digits_comes_back_exactly(target: Target) -> None:
    for digits in range(1, 16):
        for exponent in (-12, -3, 0, 8):
            figure = Decimal("8765432198765439"[:digits]).scaleb(exponent)
            for signed in (figure, -figure):
                assert returned(target, pace=signed).pace == signed


def test_none_stays_none_and_zero_stays_zero(target: Target) -> None:
    empty = returned(target)
    assert [getattr(empty, name) for name in FIGURES] == [None] * len(FIGURES)
    assert (empty.attained, empty.flags, empty.reasons, empty.inputs) == (None, [], [], [])
    nothing = returned(target, pace=Decimal("-0"), gap=Decimal("0.00"), attained=False)
    assert (nothing.pace, nothing.gap, nothing.attained) == (0, 0, False)
    assert str(nothing.pace) == "0"
    assert ProgressSnapshot.objects.filter(completion=None, pace=0, gap__isnull=False).exists()


REASONS: list[list[dict[str, Any]]] = [
    [],
    [{"code": "no_actual", "params": {}}],
    [{"code": "stale_data", "params": {"period": "2018-11/2019-02"}}, {"code": "a", "params": {}}],
    [
        {"code": "figure", "params": {"value": "-1.5E+20", "period": "", "名": "甲"}},
        {"code": "figure", "params": {"value": "0"}},
        {"code": "figure", "params": {"value": "0"}},
    ],
]


@pytest.mark.parametrize("reasons", REASONS, ids=len)
def test_reasons_come_back_in_their_order_with_their_words(target: Target, reasons: Any) -> None:
    assert reasons_of(reasons_text(reasons)) == reasons
    row = returned(target, reasons=reasons)
    assert row.reasons == reasons
    assert [list(reason["params"]) for reason in row.reasons] == [
        list(reason["params"]) for reason in reasons
    ]


@pytest.mark.parametrize(
    "keys", [[], [1], [3, 1, 2], [2**62, 2**63 - 1, 0, 2**31, 255, 256], list(range(1000))], ids=len
)
def test_keys_come_back_in_their_order(target: Target, keys: list[int]) -> None:
    assert returned(target, inputs=keys).inputs == keys
    assert returned(target, inputs=tuple(keys)).inputs == keys


def test_row_read_and_saved_again_is_the_same_row(target: Target) -> None:
    row = returned(
        target, flags=list(FLAGS[:2]), reasons=REASONS[3], inputs=[2**62, 7],
        pace=Decimal("0.95"), attained=True, trend="up", position="inside", actual_qualifier="above",
    )  # fmt: skip
    before = ProgressSnapshot.objects.filter(target=target).values().get()
    row.save()
    assert ProgressSnapshot.objects.filter(target=target).values().get() == before
    row.refresh_from_db()
    assert row.pace == Decimal("0.95")


def test_words_can_be_set_by_an_update_and_ordered_by_their_place(target: Target) -> None:
    returned(target)
    other = returned(b.promise(b.indicator("OTHER"), "1"), status="not_due", pace=Decimal(2))
    ProgressSnapshot.objects.filter(target=target).update(
        status="attained", flags=[FLAGS[1]], inputs=[4, 5], reasons=REASONS[1], pace=Decimal("0.1")
    )
    row = ProgressSnapshot.objects.get(target=target)
    assert (row.status, row.flags, row.inputs, row.pace) == (
        "attained", [FLAGS[1]], [4, 5], Decimal("0.1"),
    )  # fmt: skip
    assert row.reasons == REASONS[1]
    ordered = ProgressSnapshot.objects.order_by("status").values_list("status", flat=True)
    assert list(ordered) == ["not_due", "attained"]
    assert [STATUSES.index(word) for word in ordered] == sorted(map(STATUSES.index, ordered))
    assert other.status == "not_due"


@pytest.mark.parametrize(
    "field",
    [
        CodeField(words=("a", "b"), default="a"), FlagsField(words=("x", "y"), default=list),
        FigureField(null=True), ReasonsField(default=list), IdsField(default=list),
    ],
    ids=lambda field: type(field).__name__,
)  # fmt: skip
def test_field_can_be_made_again_from_what_a_migration_keeps(field: models.Field) -> None:
    _name, path, args, options = field.deconstruct()
    again = type(field)(*args, **options)
    assert again.deconstruct()[1:] == (path, args, options)
    assert path == f"targets.models.fields.{type(field).__name__}"
    assert getattr(again, "words", None) == getattr(field, "words", None)

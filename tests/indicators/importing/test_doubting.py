"""The doubts about the values of a file: what is known, what the file adds, and no odd one missed."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from indicators.importing import doubting
from indicators.importing.checking import Checker
from indicators.importing.matching import Catalogue
from indicators.importing.reading import Chunk
from indicators.importing.tables import recognise
from indicators.models import Indicator, PlausibilityRule, Region
from tests.indicators import builders
from tests.indicators.importing.files import cells, stage

pytestmark = pytest.mark.django_db
HEADER = ("指标", "地区", "报告期", "数值", "数据批次", "来源", "限定")
TODAY = date(2025, 3, 1)


@pytest.fixture
def ana() -> User:
    city = builders.region()
    for number in range(3):
        builders.region(f"37021{number}", f"区{number}", "district", parent=city)
    builders.region("370280", "高新区", "zone", parent=city)
    builders.indicator("FIRMS", aggregation="sum")
    builders.indicator("RD", unit=builders.money(), kind="amount")
    rate = builders.indicator("RDRATE", unit=builders.percent(), kind="rate")
    Indicator.objects.filter(pk=rate.pk).update(rate_of=builders.indicator("RD"))
    builders.indicator("SHARE", unit=builders.percent(), kind="ratio")
    return builders.person("ana", "analyst", at=builders.department())


def checked(by: User, rows: list[tuple[Any, ...]]) -> Checker:
    names = Catalogue(by)
    layout = recognise([HEADER, *rows], 1, "", names)
    assert layout is not None
    checker = Checker(1, by, names)
    checker.compare(checker.prepare(Chunk(1, 1, [HEADER, *rows]), layout))
    return checker


def codes(upload: Any) -> list[list[str]]:
    return [[warning["code"] for warning in cell.warnings] for cell in cells(upload)]


def world(chance: random.Random, by: User) -> list[tuple[Any, ...]]:
    """Approved values, and a file that goes on with them, here and there oddly."""
    regions = list(Region.objects.all())
    periods = [
        "2019",
        "2020",
        "2021",
        "2022",
        "2023",
        "2024",
        "2025",
        "2024-S1",
        "2023-S1",
        "2024-Q3",
    ]
    rows: list[tuple[Any, ...]] = []
    for of in Indicator.objects.all():
        for area in regions:
            level = chance.choice([20.0, 300.0, 50.0])
            for period in periods:
                level *= chance.choice([1.0, 1.05, 1.1, 0.97, 3.0, 1.0, 1e4, 1e-4, 1.02])
                level = min(max(level, 1e-3), 1e9)
                value = float(f"{level:.6g}") if of.code != "FIRMS" else float(round(level))
                if chance.random() < 0.3:
                    status = {"source_title": chance.choice(["", "公报"])}
                    builders.actual(of, f"{value:f}", period, region=area, **status)
                if chance.random() < 0.1:
                    builders.actual(
                        of, f"{value:f}", period, region=area, review_state="draft",
                        key=f"k{of.code}{area.code}{period}",
                    )  # fmt: skip
                if chance.random() < 0.6:
                    shown: Any = chance.choice([value] * 8 + [round(value * 1.5), -value, "未统计"])
                    rows.append((
                        of.code, area.code, period, shown, chance.choice(["", "", "预计"]),
                        chance.choice(["", "公报"]), chance.choice(["", "约数"]),
                    ))  # fmt: skip
    chance.shuffle(rows)
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_no_odd_value_is_missed(ana: User, seed: int) -> None:
    if seed % 2:
        PlausibilityRule.objects.create(
            code="out_of_bounds", severity="error", parameters={"min": "1", "max": "100000"},
            indicator=builders.indicator("RD") if seed == 3 else None,
        )  # fmt: skip
    checker = checked(ana, world(random.Random(seed), ana))
    quick = dict(doubting.doubted(checker, TODAY))
    slow = dict(doubting.doubted(checker, TODAY, every=True))
    assert quick == slow
    assert len(slow) > 20


def test_rule_that_staff_has_set_is_obeyed(ana: User) -> None:
    PlausibilityRule.objects.create(code="jump", severity="error", is_active=False)
    rows = [HEADER[:4], ("RD", "青岛市", "2022", 10), ("RD", "青岛市", "2023", 90)]
    assert codes(stage(ana, rows)) == [[], []]
    PlausibilityRule.objects.update(is_active=True)
    assert [cell.outcome for cell in cells(stage(ana, rows))] == ["new", "error"]


def test_districts_of_the_file_are_added_up(ana: User) -> None:
    rows = [HEADER[:4], ("FIRMS", "青岛市", "2023", 100)]
    rows += [("FIRMS", f"区{number}", "2023", 50) for number in range(3)]
    rows += [("FIRMS", "高新区", "2023", 40)]
    found = codes(stage(ana, rows))
    assert "parts_do_not_add_up" in found[0]
    assert found[-1] == []
    fine = [HEADER[:4], ("FIRMS", "青岛市", "2023", 150), *rows[2:]]
    assert codes(stage(ana, fine)) == [[]] * 5


def test_growth_of_the_file_is_held_against_its_levels(ana: User) -> None:
    rows = [HEADER[:4], ("RD", "青岛市", "2022", 100), ("RD", "青岛市", "2023", 110)]
    good = stage(ana, [*rows, ("RDRATE", "青岛市", "2023", 10)])
    assert codes(good) == [[], [], []]
    odd = codes(stage(ana, [*rows, ("RDRATE", "青岛市", "2023", 25)]))
    assert "growth_against_levels" in odd[2]


def test_value_of_the_file_stands_for_the_approved_one_it_replaces(ana: User) -> None:
    builders.actual(builders.indicator("RD"), "10", "2022")
    rows = [HEADER[:4], ("RD", "青岛市", "2022", 80), ("RD", "青岛市", "2023", 90)]
    first, second = codes(stage(ana, rows))
    assert "earlier_value_changed" in first
    assert second == []

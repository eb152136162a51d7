"""Editions as they stand to a day, and the cards of their items."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from programs.models import Program, ProgramEdition, SupportItem
from programs.reading import Phases, card_of, cards_of, names_of_items, phases_of
from tests.programs import builders as p

pytestmark = pytest.mark.django_db


def of_keys(phases: Phases) -> tuple[str | None, list[str], list[str]]:
    """In force, to come and former, by the keys of the editions."""
    force = phases.in_force
    return (
        None if force is None else force.edition.key,
        [row.edition.key for row in phases.scheduled],
        [row.edition.key for row in phases.former],
    )


def three() -> list[ProgramEdition]:
    """One edition for 2022 alone, one from 2024 to 2028, one from 2026 on without an end."""
    p.edition(begins=date(2022, 1, 1), key="early", valid_to=date(2022, 12, 31))
    p.edition(begins=date(2024, 1, 1), key="tiers", valid_to=date(2028, 12, 31))
    p.edition(begins=date(2026, 1, 1), key="later")
    return list(ProgramEdition.objects.all())


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2021, 12, 31), (None, ["early", "tiers", "later"], [])),
        (date(2022, 1, 1), ("early", ["tiers", "later"], [])),
        (date(2022, 12, 31), ("early", ["tiers", "later"], [])),
        (date(2023, 6, 1), (None, ["tiers", "later"], ["early"])),
        (date(2024, 1, 1), ("tiers", ["later"], ["early"])),
        (date(2025, 12, 31), ("tiers", ["later"], ["early"])),
        (date(2026, 1, 1), ("later", [], ["tiers", "early"])),
        (date(2030, 1, 1), ("later", [], ["tiers", "early"])),
    ],
)
def test_phases_are_those_of_the_day(
    day: date, expected: tuple[str | None, list[str], list[str]]
) -> None:
    assert of_keys(phases_of(three(), day)) == expected


@pytest.mark.parametrize("year", range(2021, 2031))
def test_phases_agree_with_the_query(year: int) -> None:
    rows = three()
    for day in (date(year, 1, 1), date(year, 12, 31)):
        asked = list(ProgramEdition.objects.in_force_on(day).values_list("key", flat=True))
        force = phases_of(rows, day).in_force
        assert ([] if force is None else [force.edition.key]) == asked


def test_edition_that_ended_does_not_come_back_after_the_one_that_took_its_place() -> None:
    p.edition(begins=date(2024, 1, 1), key="long")
    p.edition(begins=date(2025, 1, 1), key="short", valid_to=date(2025, 6, 30))

    phases = phases_of(ProgramEdition.objects.all(), date(2025, 7, 1))

    assert of_keys(phases) == (None, [], ["short", "long"])
    assert (phases.any, phases.count) == (True, 2)


def test_program_without_an_edition_has_no_phase() -> None:
    assert (phases_of([], date(2025, 1, 1)).any, phases_of([], date(2025, 1, 1)).count) == (
        False,
        0,
    )


def test_card_says_kind_bodies_and_what_it_excludes() -> None:
    held = p.item(
        comparator="fixed", bodies=["enterprise", "person"], not_with=["other/grant", "gone/x"]
    )

    card = card_of(held, {"other/grant": "另一计划的资助"})

    assert (card.kind, card.is_open) == ("定额", False)
    assert card.bodies == ["企业", "个人"]
    assert card.excluded == ("另一计划的资助", "gone/x")


def test_card_without_cap_is_open_and_one_left_empty_is_not() -> None:
    assert card_of(SupportItem(comparator="uncapped")).is_open
    assert not card_of(SupportItem(comparator="at_most", cap=None)).is_open


def test_card_of_an_item_that_is_not_saved_has_no_further_places(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert card_of(SupportItem(comparator="at_most", not_with=["a/b"])).places == []


def test_card_has_further_places() -> None:
    held = p.item()
    place = p.clause(quote="另见此处")
    held.also_in.add(place)

    assert card_of(held).places == [place]


def test_edition_has_its_cards_in_order_and_its_industries() -> None:
    home = p.edition(industries=["甲业", "乙业"], industries_en=["trade A"])
    p.item("b", of=home)
    p.item("a", of=home)

    cards = cards_of(home)

    assert [card.item.key for card in cards.cards] == ["b", "a"]
    assert cards.industries == ["甲业", "乙业"]


def test_names_of_items_are_those_of_the_latest_edition_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    home = p.program("other", name="另一计划")
    p.item("grant", of=p.edition(home, date(2022, 1, 1)), name="旧名")
    p.item("grant", of=p.edition(home, date(2024, 1, 1)), name="新名")
    p.item("grant", of=p.edition(p.program("third")), name="无关")

    with django_assert_num_queries(1):
        names = names_of_items(["other/grant", "other/none", "nonsense", "other/grant"])

    assert names == {"other/grant": "另一计划的新名"}


def test_names_of_no_items_cost_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert names_of_items(["nonsense"]) == {}


def test_program_is_unchanged_by_reading() -> None:
    three()
    before = list(Program.objects.values())
    phases_of(ProgramEdition.objects.all(), date(2025, 1, 1))
    assert list(Program.objects.values()) == before

"""What a recipient has got, what is left under the caps of today, and what excludes what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from accounts.models import User
from programs import caps
from programs.actions.checking import terms_of
from programs.errors import scope_words
from programs.models import Award, AwardQuerySet, Program, ProgramEdition, Recipient, SupportItem
from programs.sums import bound, in_fen, yuan
from programs.views.sight import visible_awards, visible_programs

_BY_BODY = (caps.Scope.RECIPIENT, caps.Scope.RECIPIENT_YEAR)
NotWith = SupportItem.NotWith


@dataclass(frozen=True, slots=True)
class Got:
    """What was granted under a program in a year, in 元."""

    program: Program
    year: int
    number: int
    committed: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Room:
    """What is left for the body under an item in force; `others` stand in the way of it."""

    item: SupportItem
    scope: str
    granted: Decimal
    left: Decimal
    others: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two awards of which one says that it may not be had beside the other."""

    one: Award
    other: Award


def got_by(rows: AwardQuerySet) -> list[Got]:
    """The sums by year and program, the latest first; two queries."""
    found = list(
        rows.annotate(binds=bound())
        .order_by("-year", "program")
        .values("program", "year")
        .annotate(
            number=Count("pk", filter=~Q(status=Award.Status.WITHDRAWN)),
            committed=in_fen("binds"),
            paid_fen=in_fen("paid", filter=~Q(status=Award.Status.WITHDRAWN)),
        )
    )
    programs = Program.objects.in_bulk({row["program"] for row in found})
    return [
        Got(
            programs[row["program"]],
            row["year"],
            row["number"],
            yuan(row["committed"]),
            yuan(row["paid_fen"]),
        )
        for row in found
    ]


def rooms(recipient: Recipient, user: User, awards: Sequence[Award], today: date) -> list[Room]:
    """What is left under each cap per body of the programs I see; three queries.

    A share of an investment is not counted: it is known only with the declared sum. `awards` are
    all of the recipient that still bind.
    """
    editions = ProgramEdition.objects.in_force_on(today).filter(program__in=visible_programs(user))
    items = (
        SupportItem.objects.filter(edition__in=editions, cap__isnull=False)
        .select_related("edition__program", "clause__document")
        .order_by("edition__program", "pk")
    )
    found = []
    for item in items:
        scope = caps.scope_of(terms_of(item))
        fits = not item.bodies or recipient.kind in item.bodies
        if scope in _BY_BODY and fits and item.comparator != SupportItem.Comparator.AT_LEAST:
            found.append(_room(item, scope, awards, today))
    return found


def _room(item: SupportItem, scope: caps.Scope, awards: Sequence[Award], today: date) -> Room:
    assert item.cap is not None
    own = [award for award in awards if _name(award.item) == _name(item)]
    if scope is caps.Scope.RECIPIENT_YEAR:
        own = [award for award in own if award.year == today.year]
    granted = sum((binding(award) for award in own), Decimal(0))
    others = tuple(award for award in awards if _in_the_way(item, award, today.year))
    return Room(item, scope_words(scope), granted, item.cap - granted, others)


def binding(award: Award) -> Decimal:
    """What an award binds, in 元: of a terminated one what was paid."""
    return award.paid if award.status == Award.Status.TERMINATED else award.amount


def pairs(awards: Sequence[Award]) -> list[Pair]:
    """The awards that stand beside one another though an item excludes it."""
    listing = [award for award in awards if award.item.not_with]
    return [
        Pair(one, other)
        for one in listing
        for other in awards
        if other.pk != one.pk
        and _lists(one.item, other.item)
        and _within(one.item.not_with_for, one, other)
        # Of two that list one another the pair is told once.
        and not (_lists(other.item, one.item) and other.pk < one.pk)
    ]


def binding_awards(recipient: Recipient) -> list[Award]:
    """All awards of a recipient that still bind, in every program; one query."""
    rows = Award.objects.counting().filter(recipient=recipient)
    rows = rows.exclude(status=Award.Status.TERMINATED, paid=0)
    return list(rows.select_related("item__edition__program", "program").order_by("decided_on"))


def seen_of(awards: Iterable[Award], user: User) -> set[int]:
    """Ids of those that the person may open; one query."""
    rows = visible_awards(user).filter(pk__in=[award.pk for award in awards])
    return set(rows.values_list("pk", flat=True))


def _name(item: SupportItem) -> str:
    return f"{item.edition.program.key}/{item.key}"


def _lists(item: SupportItem, other: SupportItem) -> bool:
    return _name(other) in item.not_with


def _within(reach: str, one: Award, other: Award) -> bool:
    """Whether two awards of one body are as near as the exclusion reaches; silent means ever."""
    if reach == NotWith.PROJECT:
        return one.project_code == other.project_code
    return reach != NotWith.YEAR or one.year == other.year


def _in_the_way(item: SupportItem, award: Award, year: int) -> bool:
    """Whether the award keeps the body from the item in this year, for whatever project."""
    reaches = []
    if _lists(item, award.item):
        reaches.append(item.not_with_for)
    if _lists(award.item, item):
        reaches.append(award.item.not_with_for)
    return any(
        reach != NotWith.PROJECT and (reach != NotWith.YEAR or award.year == year)
        for reach in reaches
    )

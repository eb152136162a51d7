"""Editions and their items as cards: nothing here needs a request, so a preview shows the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.language import in_language
from programs.models import Program, ProgramEdition, SupportItem
from targets.models import Clause

NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Card:
    """A support item, saved or not, and the names of the items that it excludes."""

    item: SupportItem
    excluded: tuple[str, ...] = ()

    @property
    def places(self) -> list[Clause]:
        """Further places that say the same; a query where they are not prefetched."""
        return list(self.item.also_in.all()) if self.item.pk else []

    @property
    def is_open(self) -> bool:
        """Whether the document says 不设上限, which is neither zero nor a sum left out."""
        return self.item.comparator == SupportItem.Comparator.UNCAPPED

    @property
    def kind(self) -> str:
        """最高, 定额, 最低 or 不设上限."""
        return self.item.get_comparator_display()

    @property
    def bodies(self) -> list[str]:
        """Which kinds of bodies it is for, in words; empty where the document names none."""
        return [str(SupportItem.Body(code).label) for code in self.item.bodies]


@dataclass(frozen=True, slots=True)
class EditionCards:
    """An edition with what it pays for; `cards` is empty where the document names no sum."""

    edition: ProgramEdition
    cards: tuple[Card, ...] = ()

    @property
    def industries(self) -> list[str]:
        """Whom the edition is for, in the reader's language."""
        return industries_of(self.edition)


@dataclass(frozen=True, slots=True)
class Phases:
    """The editions of a program as they stand to a day: in force, yet to begin, former."""

    in_force: EditionCards | None = None
    scheduled: tuple[EditionCards, ...] = ()
    """The next one first."""
    former: tuple[EditionCards, ...] = ()
    """The latest first."""

    @property
    def any(self) -> bool:
        """Whether the program has an edition at all."""
        return self.in_force is not None or bool(self.scheduled or self.former)

    @property
    def count(self) -> int:
        """How many editions there are."""
        return len(self.scheduled) + len(self.former) + (self.in_force is not None)


def card_of(item: SupportItem, names: Mapping[str, str] = NO_NAMES) -> Card:
    """The card of an item; `names` are those of the items it excludes, else their keys stand."""
    return Card(item, tuple(names.get(key, key) for key in item.not_with))


def cards_of(edition: ProgramEdition, names: Mapping[str, str] = NO_NAMES) -> EditionCards:
    """The cards of an edition; no query where its items are prefetched."""
    return EditionCards(edition, tuple(card_of(item, names) for item in edition.items.all()))


def phases_of(
    editions: Iterable[ProgramEdition], day: date, names: Mapping[str, str] = NO_NAMES
) -> Phases:
    """The editions of one program, none of them superseded, as they stand to a day.

    Of those that had begun the latest counts until its own end, as ProgramEdition.in_force_on has
    it; the one before it does not come back.
    """
    rows = sorted(editions, key=lambda row: (row.valid_from, row.pk))
    begun = [row for row in rows if row.valid_from <= day]
    later = [row for row in rows if row.valid_from > day]
    latest = begun[-1] if begun else None
    if latest is not None and (latest.valid_to is None or latest.valid_to >= day):
        begun.pop()
    else:
        latest = None
    return Phases(
        None if latest is None else cards_of(latest, names),
        tuple(cards_of(row, names) for row in later),
        tuple(cards_of(row, names) for row in reversed(begun)),
    )


def names_of_items(keys: Iterable[str]) -> dict[str, str]:
    """The names of items by "program-key/item-key", as the latest edition calls them.

    One query; none where no key is asked for. An unknown key is left out.
    """
    pairs = {tuple(key.split("/", 1)) for key in keys if "/" in key}
    if not pairs:
        return {}
    wanted = Q()
    for program, item in pairs:
        wanted |= Q(edition__program__key=program, key=item)
    rows = (
        SupportItem.objects.filter(wanted, edition__superseded_at=None)
        .select_related("edition__program")
        .order_by("edition__valid_from")
    )
    return {
        f"{row.edition.program.key}/{row.key}": _("%(program)s的%(item)s")
        % {"program": row.edition.program, "item": row}
        for row in rows
    }


def industries_of(row: Program | ProgramEdition) -> list[str]:
    """The industries one by one in the reader's language; Chinese where an English name lacks."""
    pairs = zip_longest(row.industries, row.industries_en[: len(row.industries)], fillvalue="")
    return [in_language(chinese, english) for chinese, english in pairs]

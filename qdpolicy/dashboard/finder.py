"""Which support fits me: the items in force on the day, by whom, what for, and how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import reading
from programs.exporting import Table
from programs.forms.money import MoneyField
from programs.models import ProgramEdition, SupportItem
from programs.reading import Card, EditionCards, cards_of, industries_of, names_of_items
from qdpolicy.dashboard.downloads import handed_out, notes_of
from qdpolicy.dashboard.known import known_for
from qdpolicy.dashboard.promises import page_of
from qdpolicy.dashboard.support import support_table
from qdpolicy.knowledge import Knowledge, knowledge_of

ANY = ("", gettext_lazy("不限"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for; "" and None are no wish. `amount` in 元."""

    body: str = ""
    stage: str = ""
    field: str = ""
    amount: Decimal | None = None
    text: str = ""

    @property
    def made(self) -> list[str]:
        """The names of the wishes that are made."""
        nothing = Wish()
        return [
            field.name
            for field in fields(self)
            if getattr(self, field.name) != getattr(nothing, field.name)
        ]


@dataclass(frozen=True, slots=True)
class Found:
    """An item that fits; `unsure` names the wishes that its document says nothing about."""

    edition: ProgramEdition
    card: Card
    industries: tuple[str, ...]
    unsure: tuple[str, ...] = ()

    @property
    def unsure_words(self) -> list[str]:
        """What the document leaves open of the wish, in words."""
        words = {"body": _("适用主体"), "stage": _("环节"), "field": _("产业领域")}
        return [words[name] for name in self.unsure]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A wish that could be given up, by the name of its field, and how many items there are then."""

    name: str
    number: int
    label: str = ""
    address: str = ""


class WishForm(forms.Form):
    """The filters; the industries offered are those of the items in force."""

    body = forms.ChoiceField(
        label=gettext_lazy("我是"), required=False, choices=[ANY, *SupportItem.Body.choices]
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("环节"), required=False, choices=[ANY, *SupportItem.Stage.choices]
    )
    field = forms.ChoiceField(label=gettext_lazy("产业领域"), required=False)
    amount = MoneyField(label=gettext_lazy("需要的金额"), required=False)
    text = forms.CharField(label=gettext_lazy("包含的词"), required=False, max_length=60)

    def __init__(self, data: QueryDict | None, industries: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["field"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *industries]

    @property
    def wish(self) -> Wish:
        """What is looked for, once the form is checked; a wish in error is none."""
        asked = getattr(self, "cleaned_data", {})
        known = {field.name: asked[field.name] for field in fields(Wish) if field.name in asked}
        return Wish(**known)


@dataclass(frozen=True)
class Offer:
    """Everything that is in force on a day."""

    editions: Sequence[EditionCards]

    @cached_property
    def items(self) -> list[Found]:
        """The items one by one; their industries are those of the edition, else of the program."""
        return [
            Found(
                row.edition, card, tuple(row.edition.industries or row.edition.program.industries)
            )
            for row in self.editions
            for card in row.cards
        ]

    @property
    def industries(self) -> list[tuple[str, str]]:
        """Every industry once, as it is stored and in the reader's language."""
        found: dict[str, str] = {}
        for row in self.editions:
            home = row.edition if row.edition.industries else row.edition.program
            found |= dict(zip(home.industries, industries_of(home), strict=True))
        return sorted(found.items())

    def fitting(self, wish: Wish) -> list[Found]:
        """The items that fit; those whose document leaves a wish open come after the others."""
        found = [held for item in self.items if (held := fit(item, wish)) is not None]
        return sorted(found, key=lambda held: len(held.unsure))

    def relaxed(self, wish: Wish) -> list[Relaxed]:
        """Each wish that could be given up for a result, the one that gains the most first."""
        tried = [Relaxed(name, len(self.fitting(_without(wish, name)))) for name in wish.made]
        return sorted((row for row in tried if row.number), key=lambda row: -row.number)


@reading
@require_safe
def support_finder(request: HttpRequest) -> HttpResponse:
    """The filters, and a card for every item that fits; works without script."""
    known = known_for(request)
    knowledge = knowledge_of(request)
    offer = offered(known.as_of, knowledge)
    form = WishForm(request.GET, offer.industries)
    form.is_valid()
    wish = form.wish
    found = offer.fitting(wish)
    table = partial(_table, found, notes_of(known.as_of, knowledge, _("各政策文件原文")))
    tables: dict[str, Callable[[], Table]] = {"support": table}
    answer = handed_out(request, tables, {})
    if answer is not None:
        return answer
    page = page_of([held.card.item for held in found], request.GET)
    first = page.start_index() - 1 if found else 0
    context = {
        "form": form,
        "wish": wish,
        "page": page,
        "rows": found[first : first + len(page.object_list)],
        "number": len(found),
        "offered": len(offer.items),
        "relaxed": [] if found else _ways_out(offer.relaxed(wish), form, request.GET),
        "day": known.as_of,
    }
    return render(request, "dashboard/finder.html", context)


def offered(day: date, knowledge: Knowledge | None) -> Offer:
    """The editions in force on a day, as known then, with their items; four queries and a half."""
    known_on = None if knowledge is None else knowledge.known_on
    items = SupportItem.objects.select_related("clause__document").prefetch_related(
        "also_in__document"
    )
    rows = list(
        ProgramEdition.objects.in_force_on(day, known_on=known_on)
        .select_related("program", "document", "clause")
        .prefetch_related(Prefetch("items", items))
        .order_by("program", "pk")
    )
    names = names_of_items(key for row in rows for item in row.items.all() for key in item.not_with)
    return Offer([cards_of(row, names) for row in rows])


def fit(item: Found, wish: Wish) -> Found | None:
    """The item with what its document leaves open of the wish; None where it does not fit."""
    held = item.card.item
    unsure: list[str] = []
    for name, wanted, stated in (
        ("body", wish.body, held.bodies),
        ("stage", wish.stage, [held.stage] if held.stage else []),
        ("field", wish.field, item.industries),
    ):
        if wanted and not stated:
            unsure.append(name)
        elif wanted and wanted not in stated:
            return None
    if not reaches(held, wish.amount) or not _says(item, wish.text):
        return None
    return replace(item, unsure=tuple(unsure))


def reaches(item: SupportItem, amount: Decimal | None) -> bool:
    """Whether an item can give so much: what has no cap or only a lower bound always can."""
    if amount is None or item.cap is None:
        return True
    return item.comparator == SupportItem.Comparator.AT_LEAST or amount <= item.cap


def _says(item: Found, text: str) -> bool:
    """Whether every word looked for stands somewhere in what is told of the item."""
    held, edition = item.card.item, item.edition
    told = " ".join(
        (
            held.name, held.name_en, held.tier, held.tier_en, held.beneficiary,
            held.beneficiary_en, held.condition, held.condition_en, held.clause.quote,
            edition.program.name, edition.program.name_en, edition.name, edition.name_en,
            held.get_kind_display(), *item.industries,
        )
    ).casefold()  # fmt: skip
    return all(word in told for word in text.casefold().split())


def _without(wish: Wish, name: str) -> Wish:
    return replace(wish, **{name: getattr(Wish(), name)})


def _ways_out(rows: Iterable[Relaxed], form: WishForm, query: QueryDict) -> list[Relaxed]:
    """The same with the label of the field, and the address that asks without it."""
    return [
        replace(row, label=str(form.fields[row.name].label), address=_query(query, row.name))
        for row in rows
    ]


def _query(query: QueryDict, without: str) -> str:
    kept = query.copy()
    for name in (without, "page"):
        kept.pop(name, None)
    return f"?{kept.urlencode()}"


def _table(found: Sequence[Found], notes: tuple[str, ...]) -> Table:
    rows = [EditionCards(held.edition, (held.card,)) for held in found]
    return support_table("support", _("符合条件的支持事项"), rows, notes)

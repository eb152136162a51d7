"""What a draft would look like: the public card, what differs in words, what still has to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from programs.contents import Meant, content_of, meant_by
from programs.drafting.content import Content, ItemContent
from programs.drafting.problems import Problem, problems
from programs.drafting.reading import read_day, read_number
from programs.models import EditionDraft, Program, ProgramEdition, SupportItem
from programs.reading import Card, EditionCards, card_of, names_of_items
from programs.wording import cap_words, changes_in_words, problem_words
from targets.models import Clause

Change = EditionDraft.Change
_TEXTS = (
    "name", "name_en", "objective", "objective_en", "contact_url", "rhythm", "rhythm_en", "note",
    "note_en",
)  # fmt: skip
_ITEM_TEXTS = (
    "key", "name", "name_en", "tier", "tier_en", "kind", "comparator", "rate_of", "rate_of_en",
    "per", "payout", "stage", "not_with_for", "beneficiary", "beneficiary_en", "condition",
    "condition_en", "per_stated", "yearly_call",
)  # fmt: skip

# An item without exclusions has no boxes of them, but always the field that adds one.
_WHERE_TYPED = {"not_with": "not_with_more"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem in words, with the id of the field where it can be put right."""

    sentence: str
    place: str
    item: int | None
    field: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside the form: `against` is the edition that `changes` compares with."""

    against: ProgramEdition | None
    changes: Sequence[str]
    faults: Sequence[Fault]
    shown: EditionCards
    titles: Sequence[tuple[str, str, str]]
    """Of each item the number of its row, its name and its cap in words."""

    @property
    def wrong(self) -> dict[int | None, dict[str, list[str]]]:
        """The sentences by item (its place; None is the edition) and field."""
        found: dict[int | None, dict[str, list[str]]] = {}
        for fault in self.faults:
            found.setdefault(fault.item, {}).setdefault(fault.field, []).append(fault.sentence)
        return found


def panel_of(draft: EditionDraft, content: Content, rows: Sequence[str] = ()) -> Panel:
    """Everything about a content beside its form; `rows` are the numbers of the item rows."""
    program = draft.program
    meant = meant_by(content, program)
    against = draft.based_on or _latest(program)
    old = Content() if against is None else content_of(against)
    found = [*problems(content, program.key), *meant.problems]
    numbers = rows or [str(place) for place in range(len(content.items))]
    return Panel(
        against,
        [] if against is None else changes_in_words(old, content, draft.change),
        [_fault(problem, content, numbers) for problem in found],
        preview_of(content, program, meant),
        [(row, *title_of(item)) for row, item in zip(numbers, content.items, strict=False)],
    )


def title_of(item: ItemContent) -> tuple[str, str]:
    """How the form heads an item: its name, and its cap in words where one is stated."""
    name = " · ".join(text for text in (item.tier, item.name) if text)
    stated = item.comparator == SupportItem.Comparator.UNCAPPED or item.cap
    return name or _("未命名的事项"), cap_words(item) if stated else ""


def _latest(program: Program) -> ProgramEdition | None:
    """The edition that a new one is compared with: the one in force, else the last one."""
    current = ProgramEdition.objects.current().filter(program=program)
    begun = current.filter(valid_from__lte=timezone.localdate())
    return begun.order_by("-valid_from").first() or current.order_by("-valid_from").first()


def _fault(problem: Problem, content: Content, rows: Sequence[str]) -> Fault:
    sentence, place = problem_words(problem, content), problem.place
    if place is None:
        return Fault(sentence, f"id_{problem.field}", None, problem.field)
    row = rows[place] if place < len(rows) else str(place)
    # The key stands in a hidden field, which nobody can be led to.
    name = _WHERE_TYPED.get(problem.field, problem.field)
    target = f"row-{row}" if name == "key" else f"id_item-{row}-{name}"
    return Fault(sentence, target, place, name)


def preview_of(content: Content, program: Program, meant: Meant) -> EditionCards:
    """The rows that approval would write, unsaved and as complete as the content is."""
    texts: dict[str, Any] = {name: getattr(content, name) for name in _TEXTS}
    # A day that is not typed yet is none, which only a saved row may not have.
    texts |= {name: read_day(getattr(content, name)) for name in ("valid_from", "valid_to")}
    edition = ProgramEdition(
        **texts,
        program=program,
        document=meant.document,
        clause=meant.clause,
        department=meant.department,
        industries=list(content.industries),
        industries_en=list(content.industries_en),
    )
    edition.name = edition.name or _("还没有名称的版本")
    names = names_of_items(key for item in content.items for key in item.not_with)
    cards = [
        _card(edition, item, clause, names)
        for item, clause in zip(content.items, meant.clauses, strict=True)
    ]
    return EditionCards(edition, tuple(cards))


def _card(
    edition: ProgramEdition,
    item: ItemContent,
    clause: Clause | None,
    names: dict[str, str],
) -> Card:
    texts: dict[str, Any] = {name: getattr(item, name) for name in _ITEM_TEXTS}
    row = SupportItem(
        **texts,
        edition=edition,
        cap=None if item.comparator == "uncapped" else read_number(item.cap),
        rate=read_number(item.rate),
        bodies=[code for code in item.bodies if code in SupportItem.Body.values],
        not_with=list(item.not_with),
        clause=clause,
    )
    row.name = row.name or _("未命名的事项")
    return card_of(row, names)

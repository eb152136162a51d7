"""What the texts of a table of awards mean here: programs, items in force, districts, bodies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from accounts.models import User
from indicators.importing.matching import codes_of_words, folded
from indicators.models import Region
from programs import creditcode
from programs.importing.scalars import Fault
from programs.models import Award, Program, ProgramEdition, Recipient, SupportItem

SHOWN = 8
"""Names that a sentence lists."""

Found = TypeVar("Found")


@dataclass
class Names:
    """The names for one person's file; what a query found is kept."""

    by: User
    recipients: dict[str, Recipient] = field(default_factory=dict)
    _programs: dict[str, list[Program]] = field(default_factory=dict)
    _mine: set[int] = field(default_factory=set)
    _regions: dict[str, list[Region]] = field(default_factory=dict)
    _items: dict[tuple[int, date], list[SupportItem] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        programs = list(Program.objects.prefetch_related("editions"))
        for program in programs:
            editions = [row for row in program.editions.all() if row.superseded_at is None]
            names = {program.key, program.name, program.name_en}
            names |= {text for row in editions for text in (row.key, row.name, row.name_en)}
            for name in {folded(name) for name in names if name}:
                self._programs.setdefault(name, []).append(program)
        self._mine = set(Program.objects.editable_by(self.by).values_list("pk", flat=True))
        for region in Region.objects.order_by("pk"):
            names = {region.code, region.name, region.name_en, *region.aliases}
            for name in {folded(name) for name in names if name}:
                self._regions.setdefault(name, []).append(region)
        self.kinds = codes_of_words(Recipient.Kind.choices) | {
            code: code for code in Recipient.Kind
        }
        self.statuses = codes_of_words(Award.Status.choices) | {code: code for code in Award.Status}

    def program(self, text: str) -> Program:
        """By name, English name or key, or those of an edition; raises Fault."""
        found = _one(
            self._programs.get(folded(text), []),
            (f"没有名为“{text[:40]}”的计划，请改写为计划的名称。",
             f"There is no single program “{text[:40]}”; write its name."),
        )  # fmt: skip
        if found.pk not in self._mine:
            raise Fault(
                f"计划“{found.name}”不在您的登记范围内。",
                f"The program “{found.name_en}” is not among those that you may enter.",
            )
        return found

    def item(self, program: Program, text: str, day: date) -> SupportItem:
        """By name or key, with its tier in front where names repeat, in the edition of the day."""
        items = self._in_force(program, day)
        if items is None:
            raise Fault(
                f"{day} 没有适用的“{program.name}”版本，不能立项。",
                f"No edition of “{program.name_en}” applied on {day}.",
            )
        wanted = folded(text)
        hits = [
            item
            for item in items
            if wanted
            in {
                folded(name)
                for name in (item.key, item.name, item.name_en, f"{item.tier}{item.name}",
                             f"{item.tier}·{item.name}", f"{item.tier}/{item.name}")
            }
        ]  # fmt: skip
        names = [f"{item.tier}·{item.name}" if item.tier else item.name for item in hits or items]
        listed = "、".join(dict.fromkeys(names[:SHOWN])) + ("等" if len(names) > SHOWN else "")
        english = ", ".join(item.key for item in (hits or items)[:SHOWN])
        if len(hits) > 1:
            raise Fault(
                f"“{text[:40]}”是几个支持事项共用的名称，请写明是哪一个：{listed}。",
                f"“{text[:40]}” is a name of several items; write which: {english}.",
            )
        if not hits:
            raise Fault(
                f"{day} 适用的“{program.name}”中没有支持事项“{text[:40]}”，有：{listed}。",
                f"The edition of “{program.name_en}” on {day} has no item “{text[:40]}”, but:"
                f" {english}.",
            )
        return hits[0]

    def region(self, text: str) -> Region:
        """By code, name or alias; raises Fault."""
        return _one(
            self._regions.get(folded(text), []),
            (f"没有名为“{text[:40]}”的区市，请改写为区市的名称或代码。",
             f"There is no single district “{text[:40]}”; write its name or code."),
        )  # fmt: skip

    def kind(self, text: str) -> str:
        """The code of a kind of body; raises Fault."""
        return self._word(text, self.kinds, Recipient.Kind.labels, "单位类别", "kind of body")

    def status(self, text: str) -> str:
        """The code of a status; raises Fault."""
        return self._word(text, self.statuses, Award.Status.labels, "状态", "status")

    def _word(
        self, text: str, codes: dict[str, str], labels: Iterable[object], zh: str, en: str
    ) -> str:
        found = codes.get(folded(text))
        if found is None:
            words = "、".join(str(label) for label in labels)
            raise Fault(
                f"“{text[:20]}”不是{zh}，请写：{words}。", f"“{text[:20]}” is no {en} here."
            )
        return found

    def load(self, codes: set[str]) -> None:
        """Read the recipients of these normalised codes that are not here yet; one query."""
        wanted = codes - self.recipients.keys()
        for row in Recipient.objects.filter(credit_code__in=wanted):
            self.recipients[row.credit_code or ""] = row

    def recipient(self, name: str, code: str, kind: str) -> Recipient:
        """The stored recipient of a code or, of a person, of a name; else one that is not saved.

        The key of a new one is negative, so that two rows of one new body know it for the same.
        """
        wanted = creditcode.normalise(code)
        place = wanted or f"person {name}"
        known = self.recipients.get(place)
        if known is None and not wanted and kind == Recipient.Kind.PERSON:
            people = Recipient.objects.filter(kind=kind, name=name, region=None)
            known = people.order_by("pk").first()
        if known is None:
            known = Recipient(
                pk=-1 - len(self.recipients), name=name, credit_code=wanted or None, kind=kind
            )
        self.recipients[place] = known
        return known

    def _in_force(self, program: Program, day: date) -> list[SupportItem] | None:
        place = (program.pk, day)
        if place not in self._items:
            edition = ProgramEdition.objects.in_force_on(day).filter(program=program).first()
            items = SupportItem.objects.filter(edition=edition) if edition else None
            self._items[place] = None if items is None else list(items)
        return self._items[place]


def _one(found: list[Found], words: tuple[str, str]) -> Found:
    if len(found) != 1:
        raise Fault(*words)
    return found[0]

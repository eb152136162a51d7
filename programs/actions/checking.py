"""An award held against the item in force on its day: what is left, and what forbids it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programs import caps, errors
from programs.actions.earlier import Earlier
from programs.actions.entries import AwardEntry, ItemName, excluded, require_sound, shared
from programs.models import Award, Program, ProgramEdition, Recipient, SupportItem
from programs.sums import bound, in_fen, yuan


@dataclass(frozen=True, kw_only=True)
class AwardCheck:
    """What the rules say of an entry; money in 元, None where nothing bounds it from above.

    `sentence` says what is left, or why the award is refused; `refusal` is None where it is not.
    """

    item: SupportItem
    scope: caps.Scope
    ceiling: Decimal | None
    granted: Decimal
    headroom: Decimal | None
    over_by: Decimal | None
    stacking: list[Award]
    sentence: str
    refusal: errors.Refused | None = None

    @property
    def refused(self) -> bool:
        """Whether only an override with a reason would let it through."""
        return self.refusal is not None


def item_in_force(program: Program, item_key: str, day: date) -> SupportItem:
    """The item of the edition that applied on a day; raises Refused in words where there is none."""
    editions = ProgramEdition.objects.in_force_on(day).filter(program=program)
    items = SupportItem.objects.filter(edition__in=editions, key=item_key)
    found = items.select_related("edition__program", "clause__document").first()
    if found is not None:
        return found
    if editions.exists():
        raise errors.no_item(program, item_key, day)
    raise errors.no_edition(program, day)


class Rules:
    """The items and what they exclude, read once for all rows of a table."""

    def __init__(self) -> None:
        self._items: dict[tuple[ItemName, date], SupportItem] = {}

    def item(self, entry: AwardEntry) -> SupportItem:
        """The item that binds the entry; raises Refused where there is none."""
        place = entry.name, entry.decided_on
        if place not in self._items:
            program = entry.program or Program.objects.get(pk=entry.name[0])
            self._items[place] = item_in_force(program, entry.name[1], entry.decided_on)
        return self._items[place]

    @cached_property
    def excluding(self) -> list[tuple[int, list[str], str]]:
        """The rows of items that exclude others: their keys, what they name, how far it reaches."""
        rows = SupportItem.objects.exclude(not_with=[]).order_by("pk")
        return list(rows.values_list("pk", "not_with", "not_with_for"))


def check_award(
    entry: AwardEntry,
    *,
    besides: Award | None = None,
    earlier: Earlier | None = None,
    rules: Rules | None = None,
) -> AwardCheck:
    """Hold an entry against the rules without writing, and without locks: for a preview.

    `besides` is the award that the entry would change, which does not count against itself;
    `earlier` holds the rows of the same table that come before it, and `rules` what is the same
    for all its rows. Raises Refused where the entry cannot be checked at all: no item in force, a
    sum that is none, a missing investment.
    """
    require_sound(entry)
    rules = rules or Rules()
    item = rules.item(entry)
    terms = terms_of(item)
    scope = caps.scope_of(terms)
    granted = _granted(entry, item, scope, besides)
    if earlier is not None:
        granted += earlier.taken(entry, item, scope)
    try:
        limit = caps.ceiling(terms, entry.investment)
        left = caps.headroom(terms, granted, entry.investment)
        found = caps.verdict(
            terms, amount=entry.amount, granted=granted, investment=entry.investment
        )
    except caps.MissingInvestment as missing:
        raise errors.needs_investment(item) from missing
    stacking = _stacking(entry, item, besides, rules)
    if earlier is not None:
        stacking += earlier.stacking(entry, item)
    refusal = _refusal(entry, item, scope, found, stacking)
    return AwardCheck(
        item=item, scope=scope, ceiling=limit, granted=granted, headroom=left,
        over_by=found.over_by if isinstance(found, caps.Over) else None, stacking=stacking,
        refusal=refusal,
        sentence=str(refusal) if refusal else _room_words(item, scope, limit, granted, left),
    )  # fmt: skip


def terms_of(item: SupportItem) -> caps.Terms:
    """What binds of an item."""
    return caps.Terms(item.comparator, item.cap, item.rate, item.per, item.payout)


def lock_for(entries: Iterable[AwardEntry], *also: Recipient) -> None:
    """Hold what the checks of these entries read until the end of the transaction, in one order.

    Recipients first: two clerks who each see the last headroom of one body, also where an edition
    approved this moment has just made their items exclude each other. Then the rows of the items,
    of all editions, with the items that must not be had beside them: two recipients of one project
    or of one year's item, or two items that exclude each other. The check comes after.
    SQLite needs neither, since its transaction is IMMEDIATE: the second clerk waits at its start.
    """
    stated = list(entries)
    recipients = {entry.recipient.pk for entry in stated} | {row.pk for row in also}
    items = _touched({entry.name for entry in stated})
    _hold(Recipient.objects.filter(pk__in=recipients))
    _hold(SupportItem.objects.filter(pk__in=items))


def _hold(rows: QuerySet[Recipient] | QuerySet[SupportItem]) -> None:
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _touched(names: set[ItemName]) -> set[int]:
    """The rows of these items in all editions, and of those that exclude or are excluded by them."""
    rows = SupportItem.objects.values_list(
        "pk", "edition__program_id", "edition__program__key", "key", "not_with"
    )
    own, texts, wanted, listing = set(), set(), set(), {}
    for pk, program, program_key, key, not_with in rows:
        text = f"{program_key}/{key}"
        listing[pk] = text, frozenset(not_with)
        if (program, key) in names:
            own.add(pk)
            texts.add(text)
            wanted |= {*not_with}
    return own | {pk for pk, (text, lists) in listing.items() if text in wanted or lists & texts}


def _granted(
    entry: AwardEntry, item: SupportItem, scope: caps.Scope, besides: Award | None
) -> Decimal:
    """What counts under the cap already, in 元."""
    common = shared(entry, scope)
    if common is None:
        return Decimal(0)
    rows = Award.objects.counting().filter(
        **common, program=item.edition.program, item_key=item.key
    )
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return yuan(rows.annotate(binds=bound()).aggregate(fen=in_fen("binds"))["fen"])


def _stacking(
    entry: AwardEntry, item: SupportItem, besides: Award | None, rules: Rules
) -> list[Award]:
    """The awards beside which this one may not be had, whichever of the two items says so."""
    own = f"{item.edition.program.key}/{item.key}"
    conditions = [
        Q(item=pk, **excluded(entry, reach)) for pk, lists, reach in rules.excluding if own in lists
    ]
    for name in item.not_with:
        program_key, _slash, key = name.partition("/")
        common = excluded(entry, item.not_with_for)
        conditions.append(Q(program__key=program_key, item_key=key, **common))
    if not conditions:
        return []
    # What was terminated before anything was paid is no support that was had.
    rows = Award.objects.counting().exclude(status=Award.Status.TERMINATED, paid=0)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    found = rows.filter(reduce(or_, conditions)).select_related("item__clause__document")
    return list(found.order_by("decided_on", "pk"))


def _refusal(
    entry: AwardEntry,
    item: SupportItem,
    scope: caps.Scope,
    found: caps.Over | caps.Under | caps.NotFixed | None,
    stacking: list[Award],
) -> errors.Refused | None:
    if isinstance(found, caps.Over):
        return errors.over_cap(item, entry.amount, found, scope)
    if isinstance(found, caps.Under):
        return errors.under_least(item, entry.amount, found)
    if isinstance(found, caps.NotFixed):
        return errors.not_fixed(item, entry.amount, found)
    if stacking:
        return errors.stacked(item, stacking)
    # An item that names no body is for all: the text is silent, and silence forbids nothing.
    if item.bodies and entry.recipient.kind not in item.bodies:
        return errors.not_for(item, entry.recipient)
    return None


def _room_words(
    item: SupportItem,
    scope: caps.Scope,
    limit: Decimal | None,
    granted: Decimal,
    left: Decimal | None,
) -> str:
    if limit is None or left is None:
        if item.cap is None:
            return _("不设上限，%(scope)s已立项 %(granted)s。") % {
                "scope": errors.scope_words(scope), "granted": errors.money_words(granted),
            }  # fmt: skip
        return _("最低 %(limit)s，没有上限。") % {"limit": errors.money_words(item.cap)}
    return _("上限 %(limit)s（%(scope)s），已立项 %(granted)s，还可立项 %(headroom)s。") % {
        "limit": errors.money_words(limit), "scope": errors.scope_words(scope),
        "granted": errors.money_words(granted), "headroom": errors.money_words(left),
    }  # fmt: skip

"""Whether a draft fits beside the other editions and above what was granted, told in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.language import in_language
from programs.caps import MissingInvestment, Scope, Terms, ceiling, scope_of
from programs.contents import problems_of
from programs.drafting.content import Content, ItemContent
from programs.drafting.reading import read_day, read_number
from programs.drafting.spans import (
    Span,
    amendment_clash,
    applying,
    correction_clash,
    first_clash,
)
from programs.errors import money_words, scope_words
from programs.models import Award, EditionDraft, ProgramEdition, SupportItem
from programs.wording import days_words, item_words, problem_words

Change = EditionDraft.Change
NUMBERS_NAMED = 5


def obstacles(draft: EditionDraft) -> list[str]:
    """Everything that keeps a draft from being approved; days and money only of a sound content."""
    content = Content.from_json(draft.content)
    faults = problems_of(content, draft.program)
    if faults:
        return [problem_words(fault, content) for fault in faults]
    begins, ends = read_day(content.valid_from), read_day(content.valid_to)
    if begins is None:
        return []
    new = Span(content.name, begins, ends)
    rows = list(ProgramEdition.objects.current().filter(program=draft.program))
    others = [row for row in rows if row.pk != draft.based_on_id]
    clash = _clash(draft, new, [_span(row) for row in others])
    if clash:
        return [clash]
    if draft.change == Change.AMENDED:
        others = rows
    return list(_below_granted(draft, content, new, others))


def _span(edition: ProgramEdition) -> Span:
    return Span(str(edition), edition.valid_from, edition.valid_to)


def _clash(draft: EditionDraft, new: Span, others: Sequence[Span]) -> str:
    """A sentence where the days are another edition's, else nothing."""
    if draft.based_on is None:
        found = first_clash(new, others)
    else:
        base = _span(draft.based_on)
        if draft.change == Change.CORRECTED:
            found = correction_clash(new, base, others)
        else:
            found = amendment_clash(new, base, others)
            if found == base:
                return _(
                    "调整须晚于“%(edition)s”开始的 %(day)s 生效；要改那一天起的内容，请更正录入。"
                ) % {
                    "edition": base.name,
                    "day": base.begins.isoformat(),
                }
    if found is None:
        return ""
    return _("适用日期 %(days)s 与“%(edition)s”（%(other)s）重叠。") % {
        "days": days_words(new.begins, new.ends),
        "edition": found.name,
        "other": days_words(found.begins, found.ends),
    }


@dataclass(frozen=True)
class _Held:
    """What an award binds under an item of the draft."""

    award: Award
    item: ItemContent
    terms: Terms

    @property
    def sum(self) -> Decimal:
        """Of a terminated award what was paid; of an approved or finished one all of it."""
        terminated = self.award.status == Award.Status.TERMINATED
        return self.award.paid if terminated else self.award.amount

    @property
    def scope(self) -> Hashable:
        """With what it is added up."""
        award = self.award
        return {
            Scope.SINGLE: award.pk,
            Scope.PROJECT: award.project_code,
            Scope.PROJECT_YEAR: (award.project_code, award.year),
            Scope.RECIPIENT: award.recipient_id,
            Scope.RECIPIENT_YEAR: (award.recipient_id, award.year),
            Scope.ITEM_YEAR: award.year,
        }[scope_of(self.terms)]


def _below_granted(
    draft: EditionDraft, content: Content, new: Span, others: Sequence[ProgramEdition]
) -> Iterable[str]:
    """A sentence for each item that awards of these days have outgrown, or that is not there.

    Awards granted over their cap with a reason are left out: they were over it on purpose. So are
    those whose terms do not change.
    """
    after = next(span for span in applying([*map(_span, others), new]) if span.begins == new.begins)
    lost: list[Award] = []
    held: dict[str, list[_Held]] = defaultdict(list)
    for award in _awards(draft, after):
        item = content.item(award.item_key)
        if item is None or not after.holds(award.decided_on):
            lost.append(award)
        elif award.overridden_by_id is None and (terms := _terms(item)) != _terms_of(award.item):
            held[item.key].append(_Held(award, item, terms))
    for key in dict.fromkeys(award.item_key for award in lost):
        yield _lost_words([award for award in lost if award.item_key == key], after)
    for rows in held.values():
        yield from _outgrown(rows, content)


def _awards(draft: EditionDraft, after: Span) -> Iterable[Award]:
    """What was granted on the days of the edition, and under the one that it corrects."""
    days = Q(decided_on__gte=after.begins)
    if after.ends is not None:
        days &= Q(decided_on__lte=after.ends)
    if draft.change == Change.CORRECTED and draft.based_on is not None:
        days |= Q(item__edition__in=_line_of(draft.based_on))
    rows = Award.objects.counting().filter(days, program=draft.program)
    return rows.select_related("item").order_by("pk").iterator()


def _line_of(edition: ProgramEdition) -> list[int]:
    """The edition with those that it took the place of: awards keep the item they were held to."""
    line: list[int] = []
    row: ProgramEdition | None = edition
    while row is not None:
        line.append(row.pk)
        row = row.replaces
    return line


def _outgrown(rows: Sequence[_Held], content: Content) -> Iterable[str]:
    """A sentence where the biggest sum of a scope, or an award's share, is over the new terms."""
    groups: dict[Hashable, list[_Held]] = defaultdict(list)
    for row in rows:
        groups[row.scope].append(row)
    worst: tuple[Decimal, Decimal, list[_Held]] | None = None
    for group in groups.values():
        granted = sum((row.sum for row in group), Decimal(0))
        limit = _limit(group)
        if limit is None or granted <= limit:
            continue
        if worst is None or granted - limit > worst[0] - worst[1]:
            worst = granted, limit, group
    if worst is not None:
        granted, limit, group = worst
        yield _("%(item)s上限 %(limit)s 低于已立项的 %(granted)s（%(scope)s，%(awards)s）。") % {
            "item": item_words(group[0].item, content),
            "limit": money_words(limit),
            "granted": money_words(granted),
            "scope": scope_words(scope_of(group[0].terms)),
            "awards": _numbers([row.award for row in group]),
        }


def _limit(group: Sequence[_Held]) -> Decimal | None:
    """The most that the new terms allow the group; a share of what nobody declared binds nothing."""
    terms = group[0].terms
    declared = [row.award.investment for row in group if row.award.investment is not None]
    try:
        return ceiling(terms, sum(declared, Decimal(0)) if declared else None)
    except MissingInvestment:
        return terms.cap


def _lost_words(awards: Sequence[Award], after: Span) -> str:
    return _(
        "“%(item)s”已有立项（%(awards)s），其立项日期须有这一事项适用，"
        "不能取消，也不能移出 %(days)s。"
    ) % {
        "item": awards[0].item,
        "awards": _numbers(awards),
        "days": days_words(after.begins, after.ends),
    }


def _numbers(awards: Sequence[Award]) -> str:
    named = in_language("、", ", ").join(award.number for award in awards[:NUMBERS_NAMED])
    if len(awards) <= NUMBERS_NAMED:
        return named
    return _("%(named)s 等 %(count)s 笔") % {"named": named, "count": len(awards)}


def _terms(item: ItemContent) -> Terms:
    return Terms(
        item.comparator, read_number(item.cap), read_number(item.rate), item.per, item.payout
    )


def _terms_of(item: SupportItem) -> Terms:
    return Terms(item.comparator, item.cap, item.rate, item.per, item.payout)

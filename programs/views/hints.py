"""What the rules say of an award that is being typed: what is left, by which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import User
from programs import actions
from programs.actions import AwardCheck, AwardEntry
from programs.errors import Refused, scope_words
from programs.forms.awards import AwardForm
from programs.models import Award, Program, Recipient
from programs.views.sight import Named, named, visible_awards

_LEAST = Decimal("0.01")
"""Stands for a sum that was not typed yet."""


@dataclass(frozen=True, slots=True)
class Beside:
    """An award that excludes the one being typed; without `award` it is not the person's to see."""

    award: Award | None
    number: str
    item: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What is shown beside the form; sums in 元, None where nothing bounds the award.

    `state` is "fits", "refused", "incomplete" (no sum yet) or "unknown" (cannot be checked).
    """

    state: str
    sentence: str
    check: AwardCheck | None = None
    scope: str = ""
    amount: Decimal | None = None
    recipient: Named | None = None
    beside: tuple[Beside, ...] = ()


def entry_of(form: AwardForm, program: Program, day: date, recipient: Recipient) -> AwardEntry:
    """What a valid form states."""
    data = form.cleaned_data
    return AwardEntry(
        number=data["number"],
        project=data["project"],
        project_code=data["project_code"],
        recipient=recipient,
        program=program,
        item_key=data["item"],
        year=data["year"],
        decided_on=day,
        amount=data["amount"],
        investment=data["investment"],
        industry=data["industry"],
        region=data["region"],
        note=data["note"],
    )


def hint_of(
    form: AwardForm, program: Program, day: date, award: Award | None, user: User
) -> Hint | None:
    """What the rules say of what was typed so far; None before an item is chosen."""
    form.is_valid()
    data, item = form.cleaned_data, form.chosen_item()
    if item is None:
        return None
    amount = data.get("amount")
    who = named(form.recipient, user) if form.recipient else None
    entry = AwardEntry(
        number=data.get("number") or "—",
        project=data.get("project") or "—",
        project_code=data.get("project_code") or "",
        # A body that is not stored yet has received nothing: no row has this key.
        recipient=form.recipient or Recipient(pk=0),
        item=item,
        year=data.get("year") or day.year,
        decided_on=day,
        amount=_LEAST if amount is None else amount,
        investment=data.get("investment"),
    )
    try:
        check = actions.check_award(entry, besides=award)
    except Refused as refusal:
        return Hint("unknown", str(refusal), recipient=who)
    return Hint(
        _state(check, amount),
        check.sentence if amount is not None or check.stacking else "",
        check,
        scope_words(check.scope),
        amount,
        who,
        _beside(check, user),
    )


def _state(check: AwardCheck, amount: Decimal | None) -> str:
    if check.refused and (amount is not None or check.stacking):
        return "refused"
    return "incomplete" if amount is None else "fits"


def _beside(check: AwardCheck, user: User) -> tuple[Beside, ...]:
    """The awards in the way; those of others' programs by number alone."""
    mine = set(
        visible_awards(user)
        .filter(pk__in=[award.pk for award in check.stacking])
        .values_list("pk", flat=True)
    )
    return tuple(
        Beside(award if award.pk in mine else None, award.number, str(award.item))
        for award in check.stacking
    )

"""What a person may see and change of awards, and how much of a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import ROLES
from indicators.models import subtree_of
from programs.masking import masked_code, masked_name
from programs.models import Award, AwardQuerySet, Program, Recipient

SEE, ENTER, OVERRIDE, OPEN_NAMES = (
    "programs.view_award",
    "programs.enter_award",
    "programs.override_cap",
    "programs.view_recipient",
)


MOST_ASKED = 5
"""As many names tell whom to ask."""


def sees_all(user: User) -> bool:
    """Whether a person looks at the awards of every program: reviewers and auditors do."""
    return user.has_perm(SEE) and (user.has_perm(OVERRIDE) or not user.has_perm(ENTER))


def visible_awards(user: User) -> AwardQuerySet:
    """All awards for reviewers and auditors; those of the own programs for who enters them."""
    return Award.objects.all() if sees_all(user) else Award.objects.enterable_by(user)


def visible_programs(user: User) -> QuerySet[Program]:
    """The programs whose awards and budgets a person may look at."""
    return Program.objects.all() if sees_all(user) else Program.objects.editable_by(user)


def visible_recipients(user: User) -> QuerySet[Recipient]:
    """Who received something that the person may see, and who has received nothing yet."""
    if sees_all(user):
        return Recipient.objects.all()
    theirs = Award.objects.filter(recipient=OuterRef("pk"))
    return Recipient.objects.filter(
        Q(Exists(theirs.filter(pk__in=visible_awards(user).values("pk")))) | ~Q(Exists(theirs))
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A recipient as the person may know it; `code` is empty for a person without one."""

    name: str
    code: str
    open: bool


def named(recipient: Recipient, user: User) -> Named:
    """Name and code in full with the right to them, else masked."""
    code = recipient.credit_code or ""
    if user.has_perm(OPEN_NAMES):
        return Named(recipient.name, code, True)
    return Named(masked_name(recipient.name), masked_code(code) if code else "", False)


def page_of(request: HttpRequest, rows: Any, size: int, number: int | None = None) -> Page[Any]:
    """A page of a list; an unknown page is the nearest there is.

    `number` is how many rows there are, where that is known already; else it costs a query.
    """
    paginator = Paginator(rows, size)
    if number is not None:
        paginator.__dict__["count"] = number
    return paginator.get_page(request.GET.get("page"))


def overriders(program: Program) -> list[User]:
    """Whom to ask where a cap is in the way: who may grant an award of the program over it."""
    roles = [code for code, role in ROLES.items() if OVERRIDE in role.permissions]
    people = User.objects.people().active().filter(grants__role__in=roles).distinct()
    near = [
        person
        for person in people.select_related("department").order_by("full_name", "username")
        if program.department_id is None or program.department_id in subtree_of(person)
    ]
    return near[:MOST_ASKED]

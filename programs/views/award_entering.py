"""Awards entered and changed by form: program and day first, then an item in force that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import acting_user, requires
from accounts.models import User
from accounts.versions import Conflict
from programs import actions
from programs.errors import Refused
from programs.forms.awards import AwardForm, ChooseForm, initial_of
from programs.models import Award, Program, ProgramEdition, Recipient, SupportItem
from programs.views.clashing import both_sides
from programs.views.hints import Hint, entry_of, hint_of
from programs.views.sight import ENTER, OVERRIDE, named, overriders

POSTED = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Ground:
    """What an award stands on: the program, the day, and the items in force that day."""

    program: Program
    day: date
    edition: ProgramEdition
    items: list[SupportItem]


@requires(ENTER)
@never_cache
@require_http_methods(POSTED)
def award_new(request: HttpRequest) -> HttpResponse:
    """Enter an award; ?program=&decided_on= say under which items."""
    choose, ground = _ground(request, None)
    if ground is None:
        return _show(request, choose, None, None, None, status=_unchosen(request))
    initial = {"year": ground.day.year}
    form = _form(request, ground, None, request.POST or None, initial)
    return _handle(request, choose, ground, form, None)


@requires(ENTER)
@never_cache
@require_http_methods(POSTED)
def award_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an award, with the reason; ?program=&decided_on= move it under other items."""
    award = _own(request, pk)
    choose, ground = _ground(request, award)
    if ground is None:
        return _show(request, choose, None, None, award, status=_unchosen(request))
    initial = initial_of(award, names=named(award.recipient, acting_user(request)).open)
    form = _form(request, ground, award, request.POST or None, initial)
    return _handle(request, choose, ground, form, award)


@requires(ENTER)
@never_cache
@require_POST
def award_check(request: HttpRequest) -> JsonResponse:
    """What the rules say of the form so far: {"state", "html"}; nothing is kept."""
    pk = request.POST.get("award", "")
    known = pk.isascii() and pk.isdigit() and len(pk) < 12
    award = _own(request, int(pk)) if known else None
    _choose, ground = _ground(request, award)
    hint = None
    if ground is not None:
        form = _form(request, ground, award, request.POST, {})
        hint = _hint(form, ground, award, acting_user(request))
    html = render_to_string("programs/_award_hint.html", {"hint": hint}, request)
    return JsonResponse(
        {"state": hint.state if hint else "none", "html": html},
        json_dumps_params={"ensure_ascii": False},
    )


def _own(request: HttpRequest, pk: int) -> Award:
    """An award of a program that the acting person answers for; any other is 404."""
    rows = Award.objects.enterable_by(acting_user(request)).select_related(
        "recipient", "program", "item", "region"
    )
    return get_object_or_404(rows, pk=pk)


def _ground(request: HttpRequest, award: Award | None) -> tuple[ChooseForm, Ground | None]:
    """The choice of program and day, and what it leads to; None where it leads nowhere yet."""
    programs = list(Program.objects.editable_by(acting_user(request)))
    data: Any = None
    if "program" in request.GET or "decided_on" in request.GET:
        data = request.GET
    elif award is not None:
        data = {"program": award.program.key, "decided_on": award.decided_on.isoformat()}
    today = timezone.localdate()
    choose = ChooseForm(data, programs=programs, initial={"decided_on": today})
    if not choose.is_valid():
        return choose, None
    program, day = choose.chosen()
    edition = (
        ProgramEdition.objects.in_force_on(day)
        .filter(program=program)
        .select_related("document", "clause", "program")
        .first()
    )
    if edition is None:
        choose.add_error(None, _("这一天没有适用的版本，不能立项；请核对计划和日期。"))
        return choose, None
    items = list(edition.items.select_related("clause__document"))
    if not items:
        choose.add_error(None, _("这一天适用的版本没有列出支持事项，不能立项。"))
        return choose, None
    return choose, Ground(program, day, edition, items)


def _unchosen(request: HttpRequest) -> int:
    """The status of the page without a choice: nothing can be saved on it."""
    return 400 if request.method == "POST" else 200


def _form(
    request: HttpRequest, ground: Ground, award: Award | None, data: Any, initial: dict[str, Any]
) -> AwardForm:
    return AwardForm(
        data,
        items=ground.items,
        override=request.user.has_perm(OVERRIDE),
        award=award,
        initial=initial,
    )


def _handle(
    request: HttpRequest, choose: ChooseForm, ground: Ground, form: AwardForm, award: Award | None
) -> HttpResponse:
    """Show the form, or keep what it says; refusals and conflicts bring it back as typed."""
    if request.method == "GET":
        return _show(request, choose, ground, form, award)
    if not form.is_valid():
        return _show(request, choose, ground, form, award, status=400)
    by = acting_user(request)
    try:
        kept = _keep(by, form, ground, award)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        hint = _hint(form, ground, award, by)
        return _show(request, choose, ground, form, award, status=409, hint=hint)
    except Conflict as conflict:
        data = request.POST.copy()
        data["version"] = str(getattr(conflict.current, "version", ""))
        again = _form(request, ground, award, data, {})
        found = both_sides(conflict, acting_user(request))
        return _show(request, choose, ground, again, award, status=409, clashes=found)
    messages.success(request, _("已保存。"))
    return redirect("award", kept.pk)


def _keep(by: User, form: AwardForm, ground: Ground, award: Award | None) -> Award:
    """Keep the award, with its recipient where that is new: both or none."""
    data = form.cleaned_data
    with audit.transaction():
        recipient = form.recipient or _new_recipient(by, data)
        entry = entry_of(form, ground.program, ground.day, recipient)
        override = data.get("override_reason", "")
        if award is None:
            return actions.enter_award(by=by, entry=entry, override_reason=override)
        return actions.amend_award(
            by=by,
            award=award,
            version=data["version"],
            entry=entry,
            override_reason=override,
            reason=data["reason"],
        )


def _new_recipient(by: User, data: dict[str, Any]) -> Recipient:
    return actions.find_or_add_recipient(
        by=by,
        name=data["recipient_name"],
        credit_code=data["credit_code"],
        kind=data["recipient_kind"],
        region=data["recipient_region"],
    )


def _hint(form: AwardForm, ground: Ground, award: Award | None, user: User) -> Hint | None:
    """What the rules say of what was typed so far."""
    return hint_of(form, ground.program, ground.day, award, user)


def _show(
    request: HttpRequest,
    choose: ChooseForm,
    ground: Ground | None,
    form: AwardForm | None,
    award: Award | None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of the form: the choice first, then what stands on it."""
    may_override = request.user.has_perm(OVERRIDE)
    context = {
        "choose": choose,
        "ground": ground,
        "form": form,
        "award": award,
        "may_override": may_override,
        "hint": None,
        **more,
    }
    if ground is not None and context["hint"] is not None and not may_override:
        context["ask"] = overriders(ground.program)
    return render(request, "programs/award_form.html", context, status=status)

"""The page on which a draft is written: one form, saved however incomplete, with its preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import acting_user, requires
from accounts.models import Department
from accounts.versions import Conflict
from indicators.models import in_language
from programs import actions
from programs.actions.drafts import history_of
from programs.drafting.content import Content, NotContent
from programs.errors import Refused
from programs.forms.draftfields import (
    EditionFields,
    ItemFields,
    Offered,
    edition_fields,
    item_fields,
)
from programs.forms.drafts import content_of_form, rows_of, stepped, with_keys
from programs.models import EditionDraft, SupportItem
from programs.views.draftscope import may_write, visible_drafts, writable_drafts
from programs.views.previewing import Panel, panel_of, title_of
from programs.wording import changes_in_words
from targets.models import Clause, PolicyDocument

LONGEST_REASON = 2000
BLANK_ROW = "new-row"
"""Stands for the number of a row in the pattern that the script copies."""

_EDITION_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    ("", ("name", "valid_from", "valid_to", "document", "clause", "objective", "industries")),
    ("", ("department", "rhythm", "contact_url", "note")),
    (
        gettext_lazy("英文名称与说明"),
        ("name_en", "objective_en", "industries_en", "rhythm_en", "note_en"),
    ),
)
_ITEM_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    ("", ("name", "tier", "kind", "comparator", "cap", "per", "payout")),
    ("", ("per_stated", "yearly_call")),
    ("", ("clause", "stage", "beneficiary", "condition", "bodies")),
    (gettext_lazy("比例上限"), ("rate", "rate_of")),
    (gettext_lazy("不得同享"), ("not_with_for", "not_with_more", "not_with")),
    (gettext_lazy("另见的条款"), ("also_in", "also_in_more")),
    (
        gettext_lazy("英文名称与说明"),
        ("name_en", "tier_en", "rate_of_en", "beneficiary_en", "condition_en"),
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with the sentences against it; `kind` says how its label stands."""

    bound: BoundField
    kind: str
    wrong: str
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; one with a title is folded while nothing in it asks for eyes."""

    title: Any
    fields: Sequence[Shown]
    is_open: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One support item in the form."""

    number: int | str
    form: ItemFields
    groups: Sequence[Group]
    name: str
    cap: str
    tier: str
    opens_tier: bool
    is_open: bool


@require_GET
@requires("programs.view_edition_change")
def edition_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for whoever may write the draft now; everybody else reads it."""
    user = acting_user(request)
    draft = get_object_or_404(visible_drafts(user), pk=pk)
    if not may_write(user, draft):
        return redirect("edition_review", pk)
    opened = request.GET.get("open", "")
    context = form_context(draft, Content.from_json(draft.content), opened=opened)
    return render(request, "programs/edition_draft.html", context)


@require_POST
@requires("programs.propose_edition")
def edition_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed, after the step of a row that was asked for; nothing typed is lost."""
    user = acting_user(request)
    draft = get_object_or_404(writable_drafts(user), pk=pk)
    content, place = _posted_content(request, draft)
    reason = posted_reason(request)
    version = posted_version(request)
    try:
        actions.save_draft(
            by=user, draft=draft, version=version, content=content.to_json(), reason=reason
        )
    except Refused as refusal:
        context = form_context(draft, content, reason=reason, refusal=str(refusal))
        return render(request, "programs/edition_draft.html", context, status=400)
    except Conflict as conflict:
        return _conflict(request, draft, conflict, content, reason)
    if request.POST.get("step", "") == "review":
        return redirect("edition_review", pk)
    if place is None:
        messages.success(request, _("已保存。"))
        return redirect("edition_draft", pk)
    return redirect(f"{reverse('edition_draft', args=[pk])}?open={place}#row-{place}")


@require_POST
@requires("programs.propose_edition")
def edition_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands beside the form, for what is typed and not saved; writes nothing."""
    draft = get_object_or_404(writable_drafts(acting_user(request)), pk=pk)
    content = content_of_form(request.POST)
    try:
        Content.from_json(content.to_json())
    except NotContent as error:
        raise BadRequest(_("内容太长，不能预览。")) from error
    panel = panel_of(draft, content, rows_of(request.POST))
    return render(request, "programs/_panel.html", {"panel": panel, "draft": draft})


def posted_version(request: HttpRequest) -> int:
    """The version that the person saw; raises BadRequest where none was sent."""
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
    return int(version)


def posted_reason(request: HttpRequest) -> str:
    """Why, as far as a reason goes; without NUL, which no database keeps."""
    return request.POST.get("reason", "").replace("\0", "")[:LONGEST_REASON]


def _posted_content(request: HttpRequest, draft: EditionDraft) -> tuple[Content, int | None]:
    """What was typed with a key for every item, after its step, and the place to look at."""
    typed = content_of_form(request.POST)
    content, place = stepped(typed, request.POST.get("step", ""), rows_of(request.POST))
    rows = SupportItem.objects.filter(edition__program=draft.program_id)
    # A key of an item that was taken out meanwhile is not given to another.
    saved = {item["key"] for item in draft.content.get("items", ()) if "key" in item}
    taken = {*rows.values_list("key", flat=True), *saved}
    return with_keys(content, taken, f"{draft.program.key}-item"), place


def _conflict(
    request: HttpRequest, draft: EditionDraft, conflict: Conflict, mine: Content, reason: str
) -> HttpResponse:
    """The form as it was typed, with what differs from what the other person saved."""
    theirs = EditionDraft.objects.select_related("program").get(pk=draft.pk)
    between = changes_in_words(Content.from_json(theirs.content), mine, EditionDraft.Change.FIRST)
    context = form_context(theirs, mine, reason=reason, refusal=str(conflict))
    context["conflict"] = {"changes": between, "version": theirs.version}
    return render(request, "programs/edition_draft.html", context, status=409)


def form_context(
    draft: EditionDraft,
    content: Content,
    *,
    opened: str = "",
    reason: str | None = None,
    refusal: str = "",
) -> dict[str, Any]:
    """Everything the page of a draft shows; `opened` is the place of an item to unfold."""
    panel = panel_of(draft, content)
    offered = _offered(draft, content)
    wrong = panel.wrong
    edition = edition_fields(content, offered, wrong.get(None, {}))
    return {
        "draft": draft,
        "program": draft.program,
        "panel": panel,
        "groups": _groups(edition, _EDITION_GROUPS, wrong.get(None, {}), offered),
        "rows": _rows(content, panel, offered, opened),
        "blank": _row(BLANK_ROW, Content.from_json({"items": [{}]}), 0, {}, offered),
        "quotes": offered.quotes,
        "others": offered.others.items(),
        "history": history_of(draft),
        "reason": draft.reason if reason is None else reason,
        "refusal": refusal,
        "conflict": None,
    }


def _rows(content: Content, panel: Panel, offered: Offered, opened: str) -> list[ItemRow]:
    few = len(content.items) <= 1
    return [
        _row(
            place, content, place, panel.wrong.get(place, {}), offered, few or opened == str(place)
        )
        for place in range(len(content.items))
    ]


def _row(
    number: int | str,
    content: Content,
    place: int,
    wrong: dict[str, list[str]],
    offered: Offered,
    is_open: bool = True,
) -> ItemRow:
    item = content.items[place]
    form = item_fields(item, number, offered, wrong)
    name, cap = title_of(item)
    before = content.items[place - 1].tier if place else None
    groups = _groups(form, _ITEM_GROUPS, wrong, offered)
    opens = item.tier != before
    return ItemRow(number, form, groups, name, cap, item.tier, opens, is_open or bool(wrong))


def _groups(
    form: EditionFields | ItemFields,
    groups: Sequence[tuple[Any, Sequence[str]]],
    wrong: dict[str, list[str]],
    offered: Offered,
) -> list[Group]:
    shown = []
    for title, names in groups:
        fields = [_shown(form, name, wrong, offered) for name in names if _has(form, name)]
        filled = title and any(form[name].value() for name in names if not name.endswith("_en"))
        shown.append(Group(title, fields, bool(filled) or any(name in wrong for name in names)))
    return shown


def _has(form: EditionFields | ItemFields, name: str) -> bool:
    """A list without anything to tick is left out."""
    widget = form.fields[name].widget
    return not isinstance(widget, forms.CheckboxSelectMultiple) or bool(list(widget.choices))


def _shown(
    form: EditionFields | ItemFields, name: str, wrong: dict[str, list[str]], offered: Offered
) -> Shown:
    kinds = {"BooleanField": "flag", "MultipleChoiceField": "checks"}
    bound = form[name]
    kind = kinds.get(type(form.fields[name]).__name__, "plain")
    quote = offered.quotes.get(str(bound.value() or ""), "") if name == "clause" else None
    return Shown(bound, kind, " ".join(wrong.get(name, ())), quote)


def _offered(draft: EditionDraft, content: Content) -> Offered:
    """The lists of the form: four queries, however many items."""
    documents = PolicyDocument.objects.only("key", "title", "title_en", "issued")
    clauses = list(Clause.objects.filter(document__key=content.document).order_by("start", "pk"))
    places = [
        (row.key, f"{in_language(row.locator, row.locator_en)} {row.quote}".strip())
        for row in clauses
    ]
    items = (
        SupportItem.objects.filter(edition__superseded_at=None)
        .select_related("edition__program")
        .order_by("edition__program_id", "edition__valid_from", "pk")
    )
    others = {
        f"{row.edition.program.key}/{row.key}": f"{row.edition.program} · {row}" for row in items
    }
    others |= {
        f"{draft.program.key}/{item.key}": f"{draft.program} · {item.name}"
        for item in content.items
        if item.key
    }
    return Offered(
        [
            (row.key, in_language(f"{row}（{row.issued}）", f"{row} ({row.issued})"))
            for row in documents
        ],
        places,
        [
            (row.code, in_language(row.name, row.name_en))
            for row in Department.objects.order_by("code")
        ],
        others,
        {row.key: row.quote for row in clauses},
    )

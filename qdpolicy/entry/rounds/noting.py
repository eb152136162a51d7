"""The note on a promise that is behind: why, and what comes next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import acting_user, requires
from indicators.forms.rounds import NoteForm
from qdpolicy.entry.rounds.scope import notable_by, rounds_of
from qdpolicy.entry.rounds.steps import save, version_seen
from targets import actions
from targets.models import TargetNote


@require_http_methods(["GET", "POST"])
@requires("targets.write_note")
def note(request: HttpRequest, target: int, pk: int | None = None) -> HttpResponse:
    """Write or rewrite the note on a promise, for a round or for none; earlier ones stay."""
    user = acting_user(request)
    about = get_object_or_404(notable_by(user), pk=target)
    round_ = None if pk is None else get_object_or_404(rounds_of(user), pk=pk)
    written = TargetNote.objects.filter(target=about, round=round_).select_related("written_by")
    notes = list(written.order_by("-pk"))
    standing = next((row for row in notes if row.superseded_at is None), None)
    initial = {
        "why": standing.why if standing else "",
        "next_step": standing.next_step if standing else "",
        "version": standing.version if standing else 0,
    }
    form = NoteForm(request.POST if request.method == "POST" else None, initial=initial)

    def leave(_note: TargetNote) -> HttpResponse:
        messages.success(request, _("说明已保存，以前的说明仍可查看。"))
        if round_ is None:
            return redirect("target", about.document.key, about.key)
        return redirect("round", round_.pk)

    return save(
        request,
        "rounds/note_form.html",
        form,
        lambda: actions.write_note(
            by=user,
            target=about,
            round_=round_,
            why=form.cleaned_data["why"],
            next_step=form.cleaned_data["next_step"],
            version=version_seen(form),
        ),
        leave,
        {"target": about, "round": round_, "notes": notes},
    )

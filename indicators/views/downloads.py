"""Workbooks to take along: the template of my indicators, and my own file with notes.

What writes workbooks is imported where it is used: openpyxl brings numpy along, and the web
process starts without either.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from accounts.models import User
from indicators import uploadkinds
from indicators.errors import Refused
from indicators.exporting.planning import Asked, plan
from indicators.importing.reading import Reading, Unreadable, open_rows
from indicators.models import Duty, Indicator, Upload, in_language
from indicators.periods import PeriodError, read_period
from indicators.views.showing import visible_uploads

MOST_NOTES = 10_000
LARGE = 60_000
"""Cells of a file whose whole workbook would take longer to write than a person waits."""
TOP = 40
"""Rows in which titles and headers stand."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires("indicators.enter_observation")
def upload_template(request: HttpRequest) -> HttpResponse:
    """The template; ?period=2025&indicators=A,B&region=370200 narrow it, each may come again."""
    user = acting_user(request)
    asked = _asked(request, user)
    now = timezone.localtime()
    try:
        planned = plan(user, asked, today=now.date())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("uploads")
    from indicators.exporting.template import template

    name = _("实绩填报表")
    return _workbook(f"{name}-{now:%Y%m%d-%H%M}.xlsx", template(planned, title=name, now=now))


@require_GET
@requires("indicators.view_upload")
def upload_annotated(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own file, with notes where something needs work."""
    upload = get_object_or_404(visible_uploads(acting_user(request)), pk=pk)
    content = bytes(upload.content)
    if not content or upload.state == Upload.State.REFUSED:
        messages.error(request, _("这个文件的内容没有保留，不能附上批注。"))
        return redirect("upload", upload.pk)
    try:
        book = _noted(upload, content)
    except Unreadable as unreadable:
        messages.error(request, in_language(unreadable.zh, unreadable.en))
        return redirect("upload", upload.pk)
    return _workbook(f"{Path(upload.name).stem}-{_('批注')}.xlsx", book)


def _asked(request: HttpRequest, user: User) -> Asked:
    """What the address asks for; 404 where it names a period that is none, or a stranger's."""
    try:
        periods = tuple(dict.fromkeys(read_period(text) for text in _list(request, "period")))
    except PeriodError as error:
        raise Http404(error.zh) from error
    codes = _list(request, "indicators")
    wanted = Asked(codes, _list(request, "region"), periods)
    if codes and not _all_mine(user, set(codes)):
        raise Http404(_("没有这个指标，或它不由您的部门负责。"))
    return wanted


def _list(request: HttpRequest, name: str) -> tuple[str, ...]:
    """The values of a parameter, repeated or with commas between."""
    texts = ",".join(request.GET.getlist(name)).split(",")
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _all_mine(user: User, codes: set[str]) -> bool:
    """Whether a person may enter something of every one of these indicators."""
    mine = Indicator.objects.enterable_by(user).filter(code__in=codes)
    owed = Duty.objects.unpublished().owed_by(user).filter(indicator__code__in=codes)
    known = {*mine.values_list("code", flat=True), *owed.values_list("indicator__code", flat=True)}
    return known == codes


def _noted(upload: Upload, content: bytes) -> bytes:
    """The workbook itself with notes, or the same cells in a new one; raises Unreadable.

    Of a very large file the new one has the top and the rows with notes, all at their places.
    """
    from indicators.exporting.annotated import TooHard, annotated, rebuilt

    notes = uploadkinds.kind(upload.kind).notes(upload, MOST_NOTES)
    with NamedTemporaryFile(suffix=Path(upload.name).suffix[:10]) as file:
        file.write(content)
        file.flush()
        with open_rows(file.name, name=upload.name) as reading:
            large = sum(sheet.cells for sheet in reading.sheets) > LARGE
            if reading.kind == "xlsx" and not large:
                try:
                    return annotated(content, notes)
                except TooHard:
                    pass  # the same cells in a new workbook are better than nothing
            names = {sheet.number: sheet.name for sheet in reading.sheets}
            wanted = {(note.sheet, note.row) for note in notes} if large else None
            return rebuilt(_rows(reading, wanted), notes, names)


def _rows(
    reading: Reading, wanted: set[tuple[int, int]] | None
) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """Sheet, row number and values of every row, or of the top ones and those wanted."""
    for chunk in reading:
        for number, row in enumerate(chunk.rows, chunk.first_row):
            if wanted is None or number <= TOP or (chunk.sheet, number) in wanted:
                yield chunk.sheet, number, row


def _workbook(name: str, content: bytes) -> HttpResponse:
    """A download that no browser opens in place; the name survives every browser (RFC 5987)."""
    disposition = content_disposition_header(True, name)
    assert disposition is not None
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )

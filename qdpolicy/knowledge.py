"""Earlier days: /known-on/2024-06-30/… before the address of any reading page asks for that day.

The prefix becomes a part of the script name, so every address that a page builds keeps the day by
itself, and the page is a permalink. Nothing can be written under it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from indicators.periods import FIRST_YEAR

SAFE = ("GET", "HEAD")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PREFIX = re.compile(r"(/known-on/([^/]+)(?:/as-of/([^/]+))?)(/.*)?", re.DOTALL)


class DayError(ValueError):
    """A text that is no day a page can be asked for; says why in the reader's language."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Which knowledge a page shows: what was approved by one day, judged as of another."""

    known_on: date
    as_of: date

    @property
    def prefix(self) -> str:
        """What stands before the address of a page; as_of only where it is another day."""
        known = f"/known-on/{self.known_on.isoformat()}"
        return known if self.as_of == self.known_on else f"{known}/as-of/{self.as_of.isoformat()}"

    @property
    def end(self) -> datetime:
        """The first moment after the day of knowledge, here."""
        return timezone.make_aware(datetime.combine(self.known_on + timedelta(days=1), time.min))


def read_day(text: str, *, today: date) -> date:
    """A day from 1900 to today, written 2024-06-30; DayError in words for everything else."""
    shown = {"text": text[:20]}
    if not _DAY.fullmatch(text):
        raise DayError(_("“%(text)s”不是日期，请写成 2024-06-30 的样子。") % shown)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise DayError(_("没有 %(text)s 这一天。") % shown) from error
    if day.year < FIRST_YEAR:
        raise DayError(_("日期不能早于 %(year)s 年。") % {"year": FIRST_YEAR})
    if day > today:
        raise DayError(_("%(text)s 还没有到，请选今天或更早的日期。") % shown)
    return day


def knowledge_of(request: HttpRequest) -> Knowledge | None:
    """The earlier day a request asks for; None is the present."""
    found: Knowledge | None = getattr(request, "knowledge", None)
    return found


def root_of(request: HttpRequest) -> str:
    """What stands before every address of the site, without an earlier day."""
    knowledge = knowledge_of(request)
    script = str(request.META.get("SCRIPT_NAME", ""))
    return script if knowledge is None else script.removesuffix(knowledge.prefix)


def address_below(request: HttpRequest) -> str:
    """The page with its query as it stands below any day; never one that names another host."""
    return escape_leading_slashes(request.get_full_path_info())


def present_address(request: HttpRequest) -> str:
    """The same page of today, with its query."""
    return root_of(request) + address_below(request)


def present_url(request: HttpRequest, name: str) -> str:
    """The address of a named page of today."""
    return f"{root_of(request)}/{reverse(name).removeprefix(get_script_prefix())}"


def asked_by(request: HttpRequest) -> Knowledge | None:
    """As `knowledge_of`, for a page that heeds the answer: it may be asked for an earlier day."""
    request.heeds_days = True  # type: ignore[attr-defined]
    return knowledge_of(request)


def heeds_days(request: HttpRequest) -> bool:
    """Whether the page that answers asked which day it is to show."""
    return getattr(request, "heeds_days", False)


class KnownOn:
    """Middleware: takes the day off the address before the address is looked up.

    Only views classified as reading that heed the day answer under it: any other would show the
    present under the name of a day. It answers with the way to its present self, and what would
    write is refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on under its day; Http404 in words for a day there cannot be."""
        match = _PREFIX.fullmatch(request.path_info)
        if match is None:
            return self.get_response(request)
        written, known_on, as_of, rest = match.groups()
        knowledge = _knowledge(known_on, as_of or known_on)
        script = str(request.META.get("SCRIPT_NAME", ""))
        if rest is None or written != knowledge.prefix:
            request.path_info = rest or "/"
            return HttpResponseRedirect(script + knowledge.prefix + request.get_full_path_info())
        request.knowledge = knowledge  # type: ignore[attr-defined]
        request.path_info = request.META["PATH_INFO"] = rest
        request.META["SCRIPT_NAME"] = script + knowledge.prefix
        with _addresses_below(f"{script}{knowledge.prefix}/"):
            response = self.get_response(request)
        if response.status_code == HTTPStatus.OK and not heeds_days(request):
            return HttpResponseRedirect(present_address(request))
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Let reading pages pass, lead from others to the present, refuse to write."""
        if knowledge_of(request) is None:
            return None
        if request.method not in SAFE:
            raise Http404(_("按过去某日所知的页面只供查看，不能在这里改动；请回到现在再操作。"))
        access = getattr(view, "access", None)
        if access is not None and access.kind == "reading":
            return None
        return HttpResponseRedirect(present_address(request))


def _knowledge(known_on: str, as_of: str) -> Knowledge:
    today = timezone.localdate()
    try:
        return Knowledge(read_day(known_on, today=today), read_day(as_of, today=today))
    except DayError as error:
        raise Http404(str(error)) from error


@contextmanager
def _addresses_below(prefix: str) -> Iterator[None]:
    """Addresses are built below a prefix; the thread serves others afterwards, so it is undone."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(before)

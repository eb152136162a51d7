"""What a practice site hands out says that it is made up: in the file, and in the file's name."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import cast
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from qdpolicy.madeup import BANNER, BANNER_EN, PREFIX

BOM = "\ufeff".encode()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "练习数据"
EXPORTED = re.compile(r"text/csv|" + re.escape(XLSX))
_PLAIN, _ENCODED = (
    re.compile(r'filename="((?:[^"\\]|\\.)*)"'),
    re.compile(r"filename\*=utf-8''(\S+)"),
)


class MarkDownloads:
    """Marks every download of a practice site; a real site's pass as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, its file marked where it is one."""
        response = self.get_response(request)
        disposition = response.headers.get("Content-Disposition", "")
        if settings.PRACTICE and disposition.startswith("attachment"):
            _mark(response, disposition)
        return response


def name_of(disposition: str) -> str:
    """The file name that a header of a download gives."""
    if found := _ENCODED.search(disposition, re.IGNORECASE):
        return unquote(found[1])
    plain = _PLAIN.search(disposition)
    return re.sub(r"\\(.)", r"\1", plain[1]) if plain else ""


def _mark(response: HttpResponseBase, disposition: str) -> None:
    """The name in front of the file's own, and the first line or sheet of what we wrote."""
    named = content_disposition_header(True, PREFIX + name_of(disposition))
    assert named is not None
    response.headers["Content-Disposition"] = named
    kind = response.headers.get("Content-Type", "")
    if not EXPORTED.match(kind):
        return
    if isinstance(response, StreamingHttpResponse):
        if kind.startswith("text/csv"):
            # The site answers over WSGI: what it streams is no asynchronous iterator.
            parts = cast("Iterable[bytes]", response.streaming_content)
            response.streaming_content = _first_line(parts)
        return
    content: bytes = response.content  # type: ignore[attr-defined]  # not streaming
    marked = _line_before(content) if kind.startswith("text/csv") else _sheet_before(content)
    response.content = marked  # type: ignore[attr-defined]
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(marked))


def line() -> bytes:
    """The first line of a table."""
    return f'"{BANNER} · {BANNER_EN}"\r\n'.encode()


def _line_before(content: bytes) -> bytes:
    """The line behind the mark of UTF-8, before the table."""
    return BOM + line() + content.removeprefix(BOM)


def _first_line(parts: Iterable[bytes]) -> Iterator[bytes]:
    yield BOM + line()
    for number, part in enumerate(parts):
        yield part.removeprefix(BOM) if number == 0 else part


def _sheet_before(content: bytes) -> bytes:
    """The workbook with a sheet of its own in front; the others keep their names and places."""
    from openpyxl import load_workbook  # imported late: it brings numpy along

    book = load_workbook(io.BytesIO(content))
    sheet = book.create_sheet(SHEET, 0)
    sheet["A1"], sheet["A2"] = BANNER, BANNER_EN
    sheet.column_dimensions["A"].width = 70
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

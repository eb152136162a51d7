"""Strict JSON bodies: what a script of ours sends, and nothing else; refusals are words."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

LONGEST = 1024 * 1024
"""Bytes of a body."""

DEEPEST = 20
"""Lists and objects inside one another."""


class BadBody(Exception):  # noqa: N818 - an answer to a person, not a fault
    """A body that is not what an address takes; the message is a sentence for people."""


def json_answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer BadBody with 400 and Http404 with 404, each as {"error": sentence}."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadBody as error:
            return json_answer({"error": str(error)}, status=400)
        except Http404 as error:
            return json_answer({"error": str(error)}, status=404)

    return answering


def json_answer(found: dict[str, Any], status: int = 200) -> JsonResponse:
    """An answer in UTF-8, a third as long in Chinese as one in escapes."""
    return JsonResponse(found, status=status, json_dumps_params={"ensure_ascii": False})


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object in the body of a request; raises BadBody for everything else."""
    if request.content_type != "application/json":
        raise BadBody(_("请求的类型须为 application/json。"))
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise _too_long() from error
    except UnreadablePostError as error:
        raise BadBody(_("请求没有传完，请再试一次。")) from error
    found = parse(body)
    if not isinstance(found, dict):
        raise BadBody(_("请求的内容须为一个 JSON 对象。"))
    return found


def parse(body: bytes) -> Any:
    """The one value of a JSON text (RFC 8259) in UTF-8; numbers are int or Decimal.

    Raises BadBody for more than LONGEST bytes, more than DEEPEST levels, a name given twice in an
    object, NaN, Infinity, a number beyond all measure, and half of a surrogate pair.
    """
    if len(body) > LONGEST:
        raise _too_long()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadBody(_("请求的内容须用 UTF-8 编码。")) from error
    try:
        found = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
        _inspect(found)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BadBody(_("请求的内容不是正确的 JSON。")) from error
    return found


def text_in(found: dict[str, Any], name: str, longest: int, *, free: bool = False) -> str:
    """A text of a body, empty where it is left out; `free` ones may hold control characters."""
    text = found.get(name, "")
    if not isinstance(text, str):
        raise BadBody(_("请求中的“%(name)s”须为文字。") % {"name": name})
    if len(text) > longest:
        said = {"name": name, "longest": longest}
        raise BadBody(_("请求中的“%(name)s”超过%(longest)s个字。") % said)
    if "\0" in text and not free:
        raise BadBody(_("请求中的“%(name)s”含有看不见的控制字符。") % {"name": name})
    return text if free else text.strip()


def _number(digits: str) -> int | Decimal:
    """A number as it was written; one too long to be meant is refused."""
    if len(digits) > 100:
        raise BadBody(_("请求中有超出范围的数字。"))
    return int(digits) if digits.lstrip("-").isdigit() else Decimal(digits)


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each given once: of two, readers would take different ones."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadBody(_("请求中同一个名称出现了两次。"))
    return found


def _inspect(found: Any) -> None:
    """Refuse what is nested too deep, and text that no encoding can hold."""
    level = [found]
    for depth in range(DEEPEST + 1):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str):
                value.encode("utf-8")  # half of a surrogate pair is a ValueError
            elif isinstance(value, list | dict):
                if depth == DEEPEST:
                    raise _too_deep()
                inner += value
                inner += value.values() if isinstance(value, dict) else ()
        level = inner


def _too_deep() -> BadBody:
    return BadBody(_("请求的内容嵌套过深。"))


def _too_long() -> BadBody:
    return BadBody(_("请求的内容超过 1 MiB，请分几次保存。"))

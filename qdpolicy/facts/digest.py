"""A digest with marked stretches: `…{key:文字}…` becomes plain text and offsets (PURE)."""

from __future__ import annotations

import re

MARK = re.compile(r"\{(?P<key>[a-z0-9-]+):(?P<text>[^{}]+)\}")


class DigestError(ValueError):
    """A digest whose marks cannot be read; the message is a sentence for people."""


def unmark(marked: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """The plain text, and for each key the (start, end) of its stretch in it.

    Raises DigestError for a key marked twice or a brace that belongs to no mark.
    """
    stretches: dict[str, tuple[int, int]] = {}
    pieces: list[str] = []
    length = position = 0
    for mark in MARK.finditer(marked):
        before, text, key = marked[position : mark.start()], mark["text"], mark["key"]
        if key in stretches:
            raise DigestError(f"摘要中条款“{key}”标了两次")
        start = length + len(before)
        stretches[key] = (start, start + len(text))
        pieces += [before, text]
        length, position = start + len(text), mark.end()
    plain = "".join([*pieces, marked[position:]])
    if "{" in plain or "}" in plain:
        raise DigestError("摘要中有不成对的花括号，或条款键含有小写字母、数字、连字符以外的字符")
    return plain, stretches

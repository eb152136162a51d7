"""Names and codes of recipients as those see them who may not know them."""

from __future__ import annotations

from programs import creditcode

_HIDDEN = "***"


def masked_name(name: str) -> str:
    """The first and the last character, and never how many stand between them: 青***司.

    Of a name of one or two characters only the first, since both would be all of it.
    """
    whole = name.strip()
    if len(whole) < 3:
        return f"{whole[:1]}{_HIDDEN}"
    return f"{whole[0]}{_HIDDEN}{whole[-1]}"


def masked_code(code: str | None) -> str:
    """The first four and the last two characters of a credit code; a person has none."""
    if not code:
        return ""
    hidden = "*" * (creditcode.LENGTH - 6)
    return f"{code[:4]}{hidden}{code[-2:]}" if len(code) == creditcode.LENGTH else hidden

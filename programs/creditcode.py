"""统一社会信用代码 by GB 32100-2015: 18 characters, the last of which checks the others."""

from __future__ import annotations

import unicodedata

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 symbols in the order of their values: no I, O, S, V, Z, which look like others."""

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MODULUS = len(ALPHABET)
_WEIGHTS = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))


def normalise(code: str) -> str:
    """As it is stored: half-width capitals without blanks, dashes or invisible characters."""
    folded = unicodedata.normalize("NFKC", code).upper()
    return "".join(
        char for char in folded if char != "-" and unicodedata.category(char)[0] not in "ZC"
    )


def problem(code: str) -> str | None:
    """The fault of a normalised code: "length", "alphabet" or "check"; None for a sound one."""
    if len(code) != LENGTH:
        return "length"
    if any(symbol not in _VALUE for symbol in code):
        return "alphabet"
    return None if check_symbol(code[:-1]) == code[-1] else "check"


def check_symbol(body: str) -> str:
    """The last symbol that belongs to the first 17 (GB 32100-2015, 4.2.5 and annex B)."""
    total = sum(_VALUE[symbol] * weight for symbol, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % _MODULUS]

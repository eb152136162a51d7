"""Columns of a snapshot: compact in the database, in the words of the rule book in Python.

A snapshot is a cache that is written a million at a time (PROGRESS.md 7), so it keeps codes as
small integers and figures as float8. A figure has at most 15 significant digits, and float8 gives
each decimal of 15 digits back as it was: nothing is rounded that the record holds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Code = models.SmallIntegerField[str, str]
    _Flags = models.SmallIntegerField[Sequence[str], list[str]]
    _Figure = models.FloatField[Decimal | None, Decimal | None]
    _Reasons = models.TextField[Sequence[dict[str, Any]], list[dict[str, Any]]]
    _Ids = models.BinaryField[Sequence[int], list[int]]
else:
    _Code = _Flags = models.SmallIntegerField
    _Figure, _Reasons, _Ids = models.FloatField, models.TextField, models.BinaryField

DIGITS = 15  # significant digits that float8 and SQLite's decimals both keep


class CodeField(_Code):
    """One of a fixed list of words, stored as its place in the list."""

    def __init__(self, *args: Any, words: Sequence[str], **options: Any) -> None:
        self.words = tuple(words)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """With the words, since a stored place means nothing without them."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "words": self.words}

    def from_db_value(self, value: int | None, *_rest: Any) -> str | None:
        """The word of a place."""
        return None if value is None else self.words[value]

    def to_python(self, value: Any) -> str | None:
        """The word itself."""
        return self.words[value] if isinstance(value, int) else value

    def get_prep_value(self, value: Any) -> int | None:
        """The place of a word; a word that is not in the list matches no row."""
        if value is None or isinstance(value, int):
            return value
        return self.words.index(value) if value in self.words else -1

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """The place of a word; raises ValueError for a word that is not in the list."""
        if isinstance(value, str) and value not in self.words:
            raise ValueError(f"{self.name}: {value!r} is none of {self.words}")
        return super().get_db_prep_save(value, connection)


class FlagsField(_Flags):
    """Some of a fixed list of words, in its order, stored as a bit for each."""

    def __init__(self, *args: Any, words: Sequence[str], **options: Any) -> None:
        self.words = tuple(words)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """With the words, since a bit means nothing without them."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "words": self.words}

    def bits(self, words: Iterable[str]) -> int:
        """The words as bits; raises ValueError for one that is not in the list."""
        return sum({1 << self.words.index(word) for word in words})

    def from_db_value(self, value: int | None, *_rest: Any) -> list[str] | None:
        """The words of the bits, in the order of the list."""
        if value is None:
            return None
        return [word for place, word in enumerate(self.words) if value >> place & 1]

    def get_prep_value(self, value: Any) -> int | None:
        """The bits of the words."""
        return value if value is None or isinstance(value, int) else self.bits(value)


class FigureField(_Figure):
    """A figure of a verdict: float8 in the database, a Decimal of 15 significant digits here."""

    def from_db_value(self, value: float | None, *_rest: Any) -> Decimal | None:
        """The decimal that was stored."""
        return None if value is None else decimal_of(value)

    def to_python(self, value: Any) -> Decimal | None:
        """A decimal of whatever number is given."""
        if value is None or isinstance(value, Decimal):
            return value
        return decimal_of(float(value))


def decimal_of(value: float) -> Decimal:
    """The decimal of 15 significant digits that a float8 stands for."""
    number = Decimal(format(value, f".{DIGITS}g"))
    return number if number else Decimal(0)


class ReasonsField(_Reasons):
    """Reasons in their order: `code name=value name=value;code`, a mapping of each in Python."""

    def from_db_value(self, value: str | None, *_rest: Any) -> list[dict[str, Any]] | None:
        """The reasons of a text."""
        return None if value is None else reasons_of(value)

    def get_prep_value(self, value: Any) -> str | None:
        """The text of the reasons."""
        return value if value is None or isinstance(value, str) else reasons_text(value)


def reasons_text(reasons: Iterable[dict[str, Any]]) -> str:
    """Reasons as text. Codes, names and canonical values hold no blank, `=` or `;`."""
    return ";".join(
        " ".join([row["code"], *(f"{name}={value}" for name, value in row["params"].items())])
        for row in reasons
    )


def reasons_of(text: str) -> list[dict[str, Any]]:
    """Reasons of a text, as `Reason.from_row` takes them."""
    found = []
    for part in text.split(";") if text else []:
        code, *params = part.split(" ")
        found.append({"code": code, "params": dict(p.split("=", 1) for p in params)})
    return found


class IdsField(_Ids):
    """Primary keys in their order, eight bytes each."""

    def from_db_value(self, value: Any, *_rest: Any) -> list[int] | None:
        """The keys of the bytes."""
        if value is None:
            return None
        held = bytes(value)
        return list(struct.unpack(f">{len(held) // 8}q", held))

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """The bytes of the keys."""
        if isinstance(value, list | tuple):
            value = struct.pack(f">{len(value)}q", *value)
        return super().get_db_prep_value(value, connection, prepared)

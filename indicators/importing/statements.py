"""What the columns beside a value say: qualifier, status, vintage and source, read once each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from indicators.importing.matching import as_text, folded, word_tables
from indicators.models import Observation
from indicators.periods import PeriodError, ReferencePeriod

_LINK = re.compile(r"https?://\S+")
_KEPT = 20_000  # distinct combinations that are remembered
_LENGTHS = {"source_title": 200, "source_url": 500}
_LABELS = {
    "qualifier": ("限定", "qualifier"),
    "status": ("数据状态", "status"),
    "vintage": ("数据批次", "vintage"),
    "source_title": ("来源", "source"),
    "source_url": ("来源链接", "link"),
}


class Attributes(NamedTuple):
    """What stands beside a value, with the defaults where nothing does; `given` are those stated.

    In our template (`whole`) an empty cell states that there is nothing.
    """

    qualifier: str = str(Observation.Qualifier.EXACT)
    status: str = str(Observation.Status.NORMAL)
    vintage: str = str(Observation.Vintage.ANNUAL)
    source_title: str = ""
    source_url: str = ""
    source_date: str = ""
    given: frozenset[str] = frozenset()
    error: tuple[str, str] | None = None
    whole: bool = False
    plain: bool = True

    @property
    def missing(self) -> bool:
        """Whether the status says that there is no value."""
        return self.status in Observation.MISSING

    @property
    def early(self) -> bool:
        """Whether the value is said to be a forecast."""
        return (
            self.vintage == Observation.Vintage.FORECAST
            or self.status == Observation.Status.ESTIMATED
        )

    @property
    def sourced(self) -> bool:
        """Whether more is said than what the template writes itself."""
        return bool(self.given - {"qualifier", "status", "vintage"})


BLANK = Attributes()


class Statements:
    """Reads the columns beside the values; what repeats is read once."""

    def __init__(self) -> None:
        self._words = word_tables()
        self._known: dict[Any, Attributes] = {}
        self.words_of_missing = {
            word: code
            for word, code in self._words["status"].items()
            if code in Observation.MISSING
        }

    def missing(self, raw: Any) -> bool:
        """Whether a cell of the column of statuses says that there is no value."""
        return raw != "" and folded(as_text(raw)) in self.words_of_missing

    def of(
        self, names: Sequence[str], rows: Sequence[tuple[Any, ...]], *, template: bool
    ) -> list[Attributes]:
        """The attributes of each row of cells; nothing for rows without such columns."""
        if not names:
            return []
        if len(self._known) > _KEPT:
            self._known.clear()
        known, kinds = self._known, (tuple(names), template)
        found = []
        for row in rows:
            key = (kinds, row)
            attributes = known.get(key)
            if attributes is None:
                attributes = known[key] = self._read(dict(zip(names, row, strict=True)), template)
            found.append(attributes)
        return found

    def _read(self, cells: dict[str, Any], template: bool) -> Attributes:
        texts = {name: as_text(raw) for name, raw in cells.items()}
        given = {name: text for name, text in texts.items() if text}
        problems: list[tuple[str, str]] = []
        stated: dict[str, Any] = {}
        for name, text in given.items():
            stated[name], problem = self._value(name, text)
            problems += [problem] if problem else []
        error = None
        if problems:
            error = "".join(zh for zh, _ in problems), " ".join(en for _, en in problems)
            stated = {name: stated[name] for name in stated if stated[name] is not None}
        read = Attributes(
            **stated, given=frozenset(given), error=error, whole=template, plain=False
        )
        return read._replace(plain=error is None and not read.missing)

    def _value(self, name: str, text: str) -> tuple[str | None, tuple[str, str] | None]:
        """What a cell states, and what is wrong with it."""
        if name in self._words:
            code = self._words[name].get(folded(text))
            if code is None:
                zh, en = _LABELS[name]
                return None, (
                    f"{zh}“{text[:20]}”不在可选的词中。",
                    f"“{text[:20]}” is none of the words for the {en}.",
                )
            return code, None
        if name == "source_date":
            return _date(text)
        if len(text) > _LENGTHS[name]:
            zh, en = _LABELS[name]
            return None, (
                f"{zh}超过{_LENGTHS[name]}字，请缩短。",
                f"The {en} is longer than {_LENGTHS[name]} characters.",
            )
        if name == "source_url" and not _LINK.fullmatch(text):
            return None, (
                "链接须以 http:// 或 https:// 开头。",
                "A link starts with http:// or https://.",
            )
        return text, None


def _date(text: str) -> tuple[str | None, tuple[str, str] | None]:
    """A year, a month or a day in its canonical text; a date cell gives its day."""
    day = re.sub(r"[ T]00:00(:00)?$", "", text)
    try:
        if ReferencePeriod.parse(day).kind in ("year", "month", "day"):
            return day, None
    except PeriodError:
        pass
    return None, (
        "来源日期请写成 2025、2025-03 或 2025-03-01。",
        "Write the source date as 2025, 2025-03 or 2025-03-01.",
    )

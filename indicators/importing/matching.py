"""Which indicator, region, period, unit or code a text of a file means; every text is read once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import translation

from accounts.models import User
from indicators.measuring import same_unit
from indicators.models import Duty, Indicator, Observation, Region, Unit
from indicators.periods import FIRST_YEAR, LAST_YEAR, PeriodError, ReferencePeriod, read_period
from indicators.quantities import split_unit

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
UNIT_IN_NAME = re.compile(r"^(.+?)\s*[（(\[【]\s*(?:单位[:：]?)?\s*([^（）()\[\]【】]+)[）)\]】]$")


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """An indicator as the reading of a file needs it; `number` counts those of the catalogue."""

    pk: int
    number: int
    code: str
    name: str
    name_en: str
    symbol: str
    symbol_en: str
    base: str
    exponent: int
    mine: bool
    indicator: Indicator


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A region of the catalogue."""

    pk: int
    number: int
    code: str
    name: str
    region: Region


@dataclass(frozen=True, slots=True)
class When:
    """A period of the file: its canonical text, and the number under which it is known here."""

    text: str
    number: int
    period: ReferencePeriod


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text that means nothing here, or too much; `zh` and `en` say so."""

    zh: str
    en: str


def folded(text: str) -> str:
    """One spelling of a name: half-width, without spaces, without case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def as_text(raw: Any) -> str:
    """A cell as a person would type it, without the apostrophe before what looks like a formula."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return unquoted(str(raw)).strip()


def unquoted(text: str) -> str:
    """The text without the apostrophe that an export puts before what looks like a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text


@dataclass
class Catalogue:
    """The names of the catalogue for one person's file; each lookup is kept."""

    by: User
    city: Place | None = None
    abouts: dict[int, About] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    owed: set[tuple[int, int, str]] = field(default_factory=set)
    about_of: dict[int, About] = field(default_factory=dict)
    place_of: dict[int, Place] = field(default_factory=dict)
    whens: dict[Any, When | Unknown] = field(default_factory=dict)
    by_number: list[When] = field(default_factory=list)
    _indicators: dict[str, list[About]] = field(default_factory=dict)
    _regions: dict[str, list[Place]] = field(default_factory=dict)
    _found: dict[Any, About | Unknown] = field(default_factory=dict)
    _where: dict[Any, Place | Unknown] = field(default_factory=dict)
    _shifts: dict[tuple[str, int], int | Unknown] = field(default_factory=dict)
    _units: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mine = set(Indicator.objects.enterable_by(self.by).values_list("pk", flat=True))
        rows = Indicator.objects.select_related("unit").order_by("pk")
        for number, row in enumerate(rows):
            about = About(
                row.pk, number, row.code, row.name, row.name_en, row.unit.symbol,
                row.unit.name_en, row.unit.base, row.unit.exponent, row.pk in mine, row,
            )  # fmt: skip
            self.abouts[row.pk] = about
            for name in {folded(n) for n in (row.code, row.name, row.name_en, *row.aliases)}:
                self._indicators.setdefault(name, []).append(about)
        for number, area in enumerate(Region.objects.order_by("pk")):
            place = Place(area.pk, number, area.code, area.name, area)
            self.places[area.pk] = place
            for name in {folded(n) for n in (area.code, area.name, area.name_en, *area.aliases)}:
                self._regions.setdefault(name, []).append(place)
        self._units = {(folded(u.name_en), u.base): u.exponent for u in Unit.objects.all()}
        self.about_of = {about.number: about for about in self.abouts.values()}
        self.place_of = {place.number: place for place in self.places.values()}
        cities = [p for p in self.places.values() if p.region.kind == Region.Kind.CITY]
        self.city = cities[0] if len(cities) == 1 else None
        self.owed = set(
            Duty.objects.unpublished().owed_by(self.by).values_list(
                "indicator", "region", "reference_period"
            )
        )  # fmt: skip

    def enterable(self, about: About, place: Place, period: str) -> bool:
        """Whether the person may enter this cell."""
        return about.mine or (about.pk, place.pk, period) in self.owed

    def indicator(self, raw: Any) -> About | Unknown:
        """By code, name or alias, with or without its unit in brackets behind."""
        found = self._found.get(raw)
        if found is None:
            text = as_text(raw)
            hits = self._indicators.get(folded(text), [])
            if not hits and (split := UNIT_IN_NAME.match(text)):
                hits = self._indicators.get(folded(split[1]), [])
            if len(hits) == 1:
                found = hits[0]
            elif hits:
                codes = "、".join(sorted(about.code for about in hits))
                found = Unknown(
                    f"“{text[:40]}”是几个指标共用的名称（{codes}），请改写指标代码。",
                    f"“{text[:40]}” is a name of several indicators ({codes}); write the code.",
                )
            else:
                found = Unknown(
                    f"指标目录中没有“{text[:40]}”，请改写为目录中的名称或代码。",
                    f"There is no indicator “{text[:40]}”; write its name or code.",
                )
            self._found[raw] = found
        return found

    def region(self, raw: Any) -> Place | Unknown:
        """By code, name or alias."""
        found = self._where.get(raw)
        if found is None:
            text = as_text(raw)
            hits = self._regions.get(folded(text), [])
            if len(hits) == 1:
                found = hits[0]
            else:
                found = Unknown(
                    f"没有名为“{text[:40]}”的地区，请改写为地区的名称或代码。",
                    f"There is no single region “{text[:40]}”; write its name or code.",
                )
            self._where[raw] = found
        return found

    def period(self, raw: Any) -> When | Unknown:
        """A period in words or as a bare year; a date or another number is refused in words."""
        found = self.whens.get(raw)
        if found is None or type(raw) is bool:
            found = self._when(raw)
            self.whens[raw] = found
        return found

    def _when(self, raw: Any) -> When | Unknown:
        if isinstance(raw, datetime | date | time | timedelta | bool):
            return Unknown(
                f"报告期“{raw}”是日期格式的单元格，看不出指一年、一月还是一天，请改为文本，"
                "如 2024、2024-S1、2024-09。",
                f"The period “{raw}” is a date cell; write it as text, such as 2024 or 2024-09.",
            )
        text = as_text(raw)
        if isinstance(raw, int | float) and not (
            text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR
        ):
            return Unknown(
                f"报告期“{text[:40]}”是一个数字，可能是以数字保存的日期，请写成 2024、2024-09。",
                f"The period “{text[:40]}” is a number, perhaps a date kept as one; write 2024.",
            )
        try:
            period = read_period(text)
        except PeriodError as error:
            return Unknown(error.zh, error.en)
        for when in self.by_number:
            if when.period == period:
                return when
        when = When(str(period), len(self.by_number), period)
        self.by_number.append(when)
        return when

    def is_period(self, raw: Any) -> bool:
        """Whether a cell of a header names a period."""
        return raw != "" and isinstance(self._when_quietly(raw), When)

    def _when_quietly(self, raw: Any) -> When | Unknown | None:
        if isinstance(raw, str) and (len(raw) > 30 or not re.search(r"[0-9０-９]{4}", raw)):
            return None
        return self.period(raw)

    def shift(self, unit: str, about: About) -> int | Unknown:
        """The power of ten from a unit that the file names to that of the indicator."""
        key = (unit, about.pk)
        found = self._shifts.get(key)
        if found is None:
            found = self._shifts[key] = self._shift(unit, about)
        return found

    def _shift(self, unit: str, about: About) -> int | Unknown:
        text = as_text(unit)
        own = {folded(about.symbol), folded(about.symbol_en), folded(about.indicator.unit.code)}
        if not text or folded(text) in own:
            return 0
        exponent, base = split_unit(text)
        if same_unit(base) == about.base:
            return exponent - about.exponent
        exponent_of = self._units.get((folded(text), about.base))
        if exponent_of is not None:
            return exponent_of - about.exponent
        return Unknown(
            f"单位“{text[:20]}”与指标的计量单位“{about.symbol}”不同，请换算后再填。",
            f"The unit “{text[:20]}” is not that of the indicator, “{about.symbol_en}”; convert it.",
        )


def codes_of_words(choices: Any) -> dict[str, str]:
    """The codes of a list of choices by their words in both languages, and by themselves."""
    found: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for code, label in choices:
                found[folded(str(label))] = str(code)
    return found


def word_tables() -> dict[str, dict[str, str]]:
    """The words of qualifiers, statuses and vintages that a file may hold."""
    tables = {
        "qualifier": codes_of_words(Observation.Qualifier.choices),
        "status": codes_of_words(Observation.Status.choices),
        "vintage": codes_of_words(Observation.Vintage.choices),
    }
    more = {
        "qualifier": {"突破": "above", "超过": "above", "下限": "above", "不足": "below",
                      "上限": "below", "约": "about", "左右": "about"},
        "status": {"初步": "P", "预计": "E", "缺失": "L"},
        "vintage": {"预计数": "forecast", "快报数": "flash", "年报数": "annual", "核实数": "verified"},
    }  # fmt: skip
    for name, words in more.items():
        for word, code in words.items():
            tables[name].setdefault(folded(word), code)
    return tables

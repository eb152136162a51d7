"""Which rows and columns of a sheet say what: our template, a long table, a wide one, a turned one.

A layout says which columns name a row (`rows`: indicator, region, period, unit) and which columns
hold values (`blocks`), each with what its header names already. A long table has one block that
names nothing; a wide table has a block for each period, a turned one for each indicator, a table of
districts for each region. What neither row nor block names comes from the title above the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from indicators import layout as template
from indicators.importing.matching import (
    UNIT_IN_NAME,
    About,
    Catalogue,
    Place,
    When,
    as_text,
    folded,
)

LOOKED_AT = 40
"""Rows in which the header of a table is looked for."""

HEADERS: dict[str, str] = {
    folded(word): field_name
    for field_name, words in {
        "key": (template.KEY_HEADER,),
        "code": ("指标代码", "指标编码", "indicator code", "indicator_code", "代码", "code"),
        "indicator": ("指标", "指标名称", "项目", "名称", "indicator", "indicators", "indicator name"),
        "region_code": ("地区代码", "区划代码", "行政区划代码", "region code", "region_code"),
        "region": ("地区", "地区名称", "区市", "区域", "region", "regions", "district", "area"),
        "period": ("报告期", "年份", "年度", "期间", "时间", "时期", "年", "period", "year",
                   "reference period", "time"),
        "value": ("数值", "实绩", "值", "数据", "完成值", "实际值", "实际数", "指标值", "value",
                  "actual", "obs_value"),
        "unit": ("单位", "计量单位", "unit", "unit of measure"),
        "qualifier": ("限定", "限定词", "qualifier"),
        "status": ("数据状态", "状态", "data status", "status", "obs_status"),
        "vintage": ("数据批次", "批次", "口径批次", "data vintage", "vintage"),
        "source_title": ("来源", "数据来源", "资料来源", "出处", "source", "source title"),
        "source_url": ("来源链接", "链接", "网址", "source link", "source url", "link", "url"),
        "source_date": ("来源日期", "发布日期", "source date"),
        "note": ("说明", "备注", "注释", "note", "notes", "remark", "remarks", "comment"),
    }.items()
    for word in words
}  # fmt: skip
ATTRIBUTES = ("qualifier", "status", "vintage", "source_title", "source_url", "source_date", "note")
NAMING = ("key", "code", "indicator", "region_code", "region", "period", "unit")
_NOTE_ROW = re.compile(
    r"^\s*(?:注|备注|说明|数据来源|资料来源|来源|note|source)\s*[:：]?", re.IGNORECASE
)
_YEAR_IN_TITLE = re.compile(
    r"[0-9０-９]{4}\s*年?(?:度|全年|[上下]半年|第?[一二三四1-4]季度|[0-9]{1,2}月)?"
)


@dataclass(frozen=True)
class Block:
    """Columns (from 0) of values and what belongs to them, with what their header names."""

    columns: dict[str, int]
    about: About | None = None
    place: Place | None = None
    when: When | None = None
    unit: str = ""


@dataclass
class Layout:
    """How one sheet is to be read; `first` is the first row (from 1) below the header."""

    kind: str  # "template" | "long" | "wide"
    first: int
    rows: dict[str, int]
    blocks: list[Block]
    when: When | None = None
    about: About | None = None
    place: Place | None = None
    unit: str = ""
    unknown: list[tuple[int, int, str]] = field(default_factory=list)  # header cells: row, column

    @property
    def columns(self) -> set[int]:
        """The columns (from 0) that are read."""
        return set(self.rows.values()) | {
            column for block in self.blocks for column in block.columns.values()
        }


def recognise(
    rows: Sequence[tuple[Any, ...]], first_row: int, sheet: str, names: Catalogue
) -> Layout | None:
    """The layout of a sheet by its first rows (of which `first_row` is the first), or None."""
    if sheet == template.DATA_SHEET and (found := _template(rows, first_row, names)):
        return found
    for at, row in enumerate(rows[:LOOKED_AT]):
        found = _long(row) or _crossed(row, rows[at + 1 : at + 1 + LOOKED_AT], names)
        if found is not None:
            found.first = first_row + at + 1
            _from_title(found, rows[:at], sheet, names)
            found.unknown = [
                (first_row + at, column + 1, as_text(raw))
                for column, raw in enumerate(row)
                if raw != "" and column not in found.columns
            ]
            if found.first - first_row < len(rows):
                _unit_row(found, rows[at + 1])
            return found
    return None


def is_note(row: Sequence[Any]) -> bool:
    """Whether a row below a table is a remark and no data."""
    said = [raw for raw in row if raw != ""]
    return bool(said) and isinstance(said[0], str) and bool(_NOTE_ROW.match(said[0]))


def _template(rows: Sequence[tuple[Any, ...]], first_row: int, names: Catalogue) -> Layout | None:
    """Our own sheet: one block for each period named in the row above the header."""
    for at in range(1, min(len(rows), LOOKED_AT)):
        header = [as_text(raw) for raw in rows[at]]
        if template.KEY_HEADER not in header or header.count(template.GROUP[0][1]) < 1:
            continue
        above = [*rows[at - 1], *[""] * len(header)]
        blocks: list[Block] = []
        when: When | None = None
        columns: dict[str, int] = {}
        for column, word in enumerate(header):
            if above[column] != "":
                found = names.period(above[column])
                if isinstance(found, When):
                    when, columns = found, {}
                    blocks.append(Block(columns, when=when))
            name = HEADERS.get(folded(word))
            if when is not None and name in ("value", *ATTRIBUTES):
                columns.setdefault(name, column)
        naming = {
            name: header.index(word)
            for name, word in zip(
                ("key", "indicator", "region", "unit"), template.LEADING, strict=True
            )
            if word in header
        }
        blocks = [block for block in blocks if "value" in block.columns]
        if blocks:
            return Layout("template", first_row + at + 1, naming, blocks)
    return None


def _long(row: Sequence[Any]) -> Layout | None:
    """A header that names a column of values and one of indicators or periods."""
    columns = _headers(row)
    if "value" not in columns or not ({"indicator", "code", "period"} & columns.keys()):
        return None
    naming = {name: columns.pop(name) for name in NAMING if name in columns}
    return Layout("long", 0, naming, [Block(columns)])


def _headers(row: Sequence[Any]) -> dict[str, int]:
    """The fields that the cells of a row name, the first of each."""
    found: dict[str, int] = {}
    for column, raw in enumerate(row):
        if isinstance(raw, str) and raw != "":
            name = HEADERS.get(folded(raw))
            if name is None and (split := UNIT_IN_NAME.match(raw.strip())):
                name = HEADERS.get(folded(split[1]))
            if name is not None:
                found.setdefault(name, column)
    return found


def _crossed(
    row: Sequence[Any], below: Sequence[tuple[Any, ...]], names: Catalogue
) -> Layout | None:
    """A header of periods, indicators or regions across; what is down stands in the first columns."""
    headers = _headers(row)
    for kind in ("when", "about", "place"):
        blocks = _across(row, kind, headers, names)
        if not blocks:
            continue
        naming = {name: headers[name] for name in NAMING if name in headers}
        start = min(column for block in blocks for column in block.columns.values())
        _guess_naming(naming, start, kind, below, names)
        down = {
            "when": {"indicator", "code"},
            "about": {"period"},
            "place": {"indicator", "code", "period"},
        }[kind]
        if down & naming.keys() or (kind == "when" and {"region", "region_code"} & naming.keys()):
            for name in ("source_title", "source_url", "source_date", "note", "vintage"):
                if name in headers:
                    for block in blocks:
                        block.columns[name] = headers[name]
            return Layout("wide", 0, naming, blocks)
    return None


def _across(
    row: Sequence[Any], kind: str, headers: dict[str, int], names: Catalogue
) -> list[Block]:
    """One block for every cell of a header that names a period, an indicator or a region."""
    blocks = []
    for column, raw in enumerate(row):
        if raw == "" or column in headers.values():
            continue
        unit = ""
        text = raw
        if isinstance(raw, str) and (split := UNIT_IN_NAME.match(raw.strip())):
            if kind != "about" and names.is_period(split[1]):
                text, unit = split[1], split[2]
            elif kind == "about":
                unit = split[2]
        if kind == "when" and names.is_period(text):
            found = names.period(text)
            assert isinstance(found, When)
            blocks.append(Block({"value": column}, when=found, unit=unit))
        elif kind == "about" and isinstance(about := names.indicator(raw), About):
            blocks.append(Block({"value": column}, about=about, unit=unit))
        elif kind == "place" and isinstance(place := names.region(raw), Place):
            blocks.append(Block({"value": column}, place=place))
    return blocks


def _guess_naming(
    naming: dict[str, int],
    start: int,
    kind: str,
    below: Sequence[tuple[Any, ...]],
    names: Catalogue,
) -> None:
    """Columns before the values without a header of ours: what do their cells name?"""
    for column in range(start):
        if column in naming.values():
            continue
        cells = [row[column] for row in below if len(row) > column and row[column] != ""]
        if not cells:
            continue
        tests = {
            "indicator": lambda raw: isinstance(names.indicator(raw), About),
            "region": lambda raw: isinstance(names.region(raw), Place),
            "period": names.is_period,
        }
        for name, fits in tests.items():
            if name in naming or (name == "period" and kind == "when"):
                continue
            if 2 * sum(bool(fits(raw)) for raw in cells) >= len(cells):
                naming[name] = column
                break


def _from_title(
    found: Layout, above: Sequence[tuple[Any, ...]], sheet: str, names: Catalogue
) -> None:
    """What neither rows nor blocks name, from the rows above the table, else the sheet's name."""
    texts = [as_text(raw) for row in above for raw in row if isinstance(raw, str) and raw != ""]
    texts.append(sheet)
    block = found.blocks[0]
    if "period" not in found.rows and block.when is None:
        found.when = next((w for text in texts if (w := _when_in(text, names))), None)
    if not {"indicator", "code", "key"} & found.rows.keys() and block.about is None:
        for text in texts:
            for part in (text, *re.split(r"[\s：:（()）—-]+", text)):
                if part and isinstance(about := names.indicator(part), About):
                    found.about = found.about or about
    if not {"region", "region_code", "key"} & found.rows.keys() and block.place is None:
        found.place = names.city
    unit = re.search(r"单位\s*[:：]\s*([^\s，,；;）)]+)", " ".join(texts))
    if unit and "unit" not in found.rows:
        found.unit = unit[1]


def _when_in(text: str, names: Catalogue) -> When | None:
    """The one period that a title names, or None."""
    if names.is_period(text):
        whole = names.period(text)
        return whole if isinstance(whole, When) else None
    hits = _YEAR_IN_TITLE.findall(text)
    if len(hits) != 1:
        return None
    found = names.period(hits[0])
    return found if isinstance(found, When) else None


def _unit_row(found: Layout, row: Sequence[Any]) -> None:
    """A row of units right under the header: each block takes its own."""
    cells = [row[b.columns["value"]] if len(row) > b.columns["value"] else "" for b in found.blocks]
    if not cells or not all(isinstance(raw, str) and raw for raw in cells):
        return
    texts = [as_text(raw).strip("（）()") for raw in cells]
    if found.kind != "wide" or any(re.search(r"\d", text) for text in texts):
        return
    if all(
        b.about is not None and b.about.base in text
        for b, text in zip(found.blocks, texts, strict=True)
    ):
        found.blocks = [
            Block(b.columns, b.about, b.place, b.when, text)
            for b, text in zip(found.blocks, texts, strict=True)
        ]
        found.first += 1

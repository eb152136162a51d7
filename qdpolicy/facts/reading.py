"""Reads the fixture files into rows, and says in words what is wrong with which row."""

from __future__ import annotations

import csv
import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

Row = dict[str, Any]
# Digits only: Decimal() itself also reads 1_000, 1e3 and the digits of other scripts.
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class FactsError(Exception):
    """The fixtures cannot be loaded; `problems` has one sentence for each row that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Problems:
    """Collects what is wrong, so that a person sees all of it at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, sentence: str) -> None:
        """One more thing that is wrong at a place such as `actuals.csv a017`."""
        self.found.append(f"{where}：{sentence}")

    @contextmanager
    def at(self, where: str, *errors: type[Exception]) -> Iterator[None]:
        """Turn the named errors of one row into its sentence, and go on."""
        try:
            yield
        except errors as error:
            self.add(where, getattr(error, "zh", None) or str(error))

    def stop_if_any(self) -> None:
        """Raise FactsError where anything was found."""
        if self.found:
            raise FactsError(self.found)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C is faster
    """YAML in which a number or a day stays the text it was written as, and no field stands twice.

    YAML itself reads 010 as 8, 1:30 as 90, 2024-02-23 as a date object, and of two equal fields
    it silently keeps the last.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - the shape that PyYAML asks for
        first: [(tag, form) for tag, form in forms if tag.rpartition(":")[2] in ("null", "bool")]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        fields = [key.value for key, _value in node.value]
        for place, field in enumerate(fields):
            if field in fields[:place]:
                mark = node.value[place][0].start_mark
                raise yaml.MarkedYAMLError(problem=f"“{field}”写了两次", problem_mark=mark)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return found


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; FactsError with the line where it cannot be read.

    Scalars are text, true, false or null: a number stays as it was written.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise FactsError([f"{path.name}：文件不存在"]) from None
    except UnicodeDecodeError:
        raise FactsError([f"{path.name}：不是 UTF-8 编码"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else "某处"
        told = getattr(error, "problem", None) or ""
        reason = told if told.startswith("“") else "YAML 格式有误"
        raise FactsError([f"{path.name} {line}：{reason}"]) from None


def read_rows(path: Path, required: Mapping[str, Any], problems: Problems) -> list[Row]:
    """A YAML list of mappings, each with every field of `required` (its default where it is left out).

    A default of `...` means the field must stand there. Unknown fields are named as problems.
    """
    content = read_yaml(path)
    if not isinstance(content, list):
        raise FactsError([f"{path.name}：应为一个列表"])
    return [
        complete(row, required, f"{path.name} 第 {number} 条", problems)
        for number, row in enumerate(content, start=1)
    ]


def complete(row: Any, required: Mapping[str, Any], where: str, problems: Problems) -> Row:
    """A row with its defaults filled in; what is missing or unknown becomes a problem."""
    if not isinstance(row, dict):
        problems.add(where, "应为“字段: 值”的形式")
        row = {}
    name = f"{where}（{row.get('key') or row.get('code') or '?'}）"
    for field in sorted(map(str, row.keys() - required.keys())):
        problems.add(name, f"没有“{field}”这个字段")
    found: Row = {}
    for field, default in required.items():
        value = row.get(field)
        if default is ... and value is None:
            problems.add(name, f"缺少“{field}”")
        elif value is not None and isinstance(value, list) != isinstance(default, list):
            problems.add(name, f"“{field}”{'不应' if isinstance(value, list) else '应'}为列表")
            value = None
        found[field] = value if value is not None else (None if default is ... else default)
    return found


def repeated(values: list[Any]) -> list[Any]:
    """The values that stand more than once, each as often as it is one too many."""
    return [value for place, value in enumerate(values) if value in values[:place]]


def read_table(path: Path, columns: list[str]) -> list[Row]:
    """A CSV table as rows of text; FactsError where its columns are others."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise FactsError([f"{path.name}：文件不存在"]) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise FactsError([f"{path.name}：不是可读的 UTF-8 CSV 表格"]) from None
    if list(frame.columns) != columns:
        raise FactsError([f"{path.name}：表头应为 {','.join(columns)}"])
    # pandas fills a short row up, and takes the first column for row names where all are too long.
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if row and len(row) != len(columns):
                raise FactsError(
                    [f"{path.name} 第 {number} 条：应有 {len(columns)} 列，实有 {len(row)} 列"]
                )
    return [dict(zip(columns, row, strict=True)) for row in frame.itertuples(index=False)]


def decimal(text: Any) -> Decimal | None:
    """An exact number written as text; None for an empty one; ValueError in words otherwise."""
    if text is None or text == "":
        return None
    if NUMBER.fullmatch(str(text)) is None:
        raise ValueError(f"“{text}”不是数值")
    return held(Decimal(str(text)))


def held(number: Decimal, places: int = 10) -> Decimal:
    """The number itself where both databases keep it unrounded; ValueError in words otherwise."""
    whole, _point, part = format(number.copy_abs(), "f").partition(".")
    whole, part = whole.lstrip("0"), part.rstrip("0")
    if len((whole + part).strip("0")) > 15 or len(whole) > 15 or len(part) > places:
        raise ValueError(f"“{number:f}”超出可保存的范围（最多 15 位有效数字、{places} 位小数）")
    return number

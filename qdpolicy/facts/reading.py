"""Reads the fixture files into rows, and says in words what is wrong with which row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

Row = dict[str, Any]


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


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; FactsError with the line where it cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FactsError([f"{path.name}：文件不存在"]) from None
    except UnicodeDecodeError:
        raise FactsError([f"{path.name}：不是 UTF-8 编码"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else "某处"
        raise FactsError([f"{path.name} {line}：YAML 格式有误"]) from None


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
    for field in row.keys() - required.keys():
        problems.add(name, f"没有“{field}”这个字段")
    for field, default in required.items():
        if default is ... and row.get(field) is None:
            problems.add(name, f"缺少“{field}”")
    return {
        field: row[field] if row.get(field) is not None else (None if default is ... else default)
        for field, default in required.items()
    }


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
    return [dict(zip(columns, row, strict=True)) for row in frame.itertuples(index=False)]


def decimal(text: Any) -> Decimal | None:
    """An exact number written as text; None for an empty one; ValueError in words otherwise."""
    if text is None or text == "":
        return None
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"“{text}”不是数值") from None
    if not number.is_finite():
        raise ValueError(f"“{text}”不是有限的数值")
    _sign, digits, exponent = number.normalize().as_tuple()
    places = -exponent if isinstance(exponent, int) else 0
    if len(digits) > 15 or places > 10 or len(digits) - places > 15:
        raise ValueError(f"“{text}”超出可保存的范围（最多 15 位有效数字、10 位小数）")
    return number

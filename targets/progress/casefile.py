"""A file of worked cases: JSON in, JSON out, and each case that cannot be read told in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from targets.progress.cases import CaseError, judge_case
from targets.progress.rules import DEFAULT_RULES, Rules


class Written(str):
    """A piece of JSON as it stands in the file: the number 700.10 stays 700.10."""

    __slots__ = ()


class _Flawed:
    """What the notation cannot say: NaN, or a key that stands twice."""

    def __init__(self, error: CaseError, fields: Mapping[str, object] | None = None) -> None:
        self.error = error
        self.fields = fields


def judge_file(raw: bytes, rules: Rules = DEFAULT_RULES) -> tuple[str, int]:
    """The verdicts on a JSON list of cases as the text of a JSON list, and how many were refused.

    A malformed case becomes `{id, error}` in its place. Raises CaseError where the file as a
    whole cannot be read.
    """
    results = [_judged(case, rules) for case in _cases(raw)]
    refused = sum("error" in outcome for _, outcome in results)
    rows = [f'{{"id": {json_text(name)}, {_plain(outcome)[1:]}' for name, outcome in results]
    return ("[\n" + ",\n".join(rows) + "\n]" if rows else "[]"), refused


def _cases(raw: bytes) -> list[object]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError(
            f"文件不是 UTF-8 编码（第{error.start + 1}个字节），请另存为 UTF-8。",
            f"The file is not UTF-8 (byte {error.start + 1}); save it as UTF-8.",
        ) from error
    if not text.strip():
        raise CaseError("文件是空的。", "The file is empty.")
    try:
        cases = json.loads(
            text,
            parse_int=Written,
            parse_float=Written,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise CaseError(
            f"文件不是有效的 JSON：第{error.lineno}行第{error.colno}列。",
            f"The file is not valid JSON: line {error.lineno}, column {error.colno}.",
        ) from error
    except RecursionError as error:
        raise CaseError("JSON 嵌套过深。", "The JSON is nested too deeply.") from error
    if not isinstance(cases, list):
        raise CaseError("JSON 应为案例的列表。", "The JSON must be a list of cases.")
    return cases


def _constant(name: str) -> _Flawed:
    return _Flawed(CaseError(f"{name} 不是 JSON 数字。", f"{name} is not a JSON number."))


def _object(pairs: list[tuple[str, object]]) -> object:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    seen: set[str] = set()
    twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    error = CaseError(f"键 {twice[:40]} 出现了两次。", f"The key {twice[:40]} stands twice.")
    return _Flawed(error, fields)


def _judged(case: object, rules: Rules) -> tuple[object, dict[str, object]]:
    """The id of a case, and what came out."""
    fields = case.fields if isinstance(case, _Flawed) else case
    given = fields.get("id") if isinstance(fields, Mapping) else None
    name = None if any(_flaws(given)) else given
    try:
        for flaw in _flaws(case):
            raise flaw.error
        outcome = judge_case(case, rules)
    except CaseError as error:
        return name, {"error": str(error)}
    del outcome["id"]
    return name, outcome


def _flaws(value: object) -> Iterator[_Flawed]:
    """Every flaw in a JSON value, however deep, the nearest first."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, _Flawed):
            yield found
        elif isinstance(found, Mapping):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def json_text(value: object) -> str:
    """The JSON of a value that was read here, its numbers as they were written; any depth."""
    pieces: list[str] = []
    waiting = [value]  # what is still to be written, the next one last
    while waiting:
        item = waiting.pop()
        if isinstance(item, Written):
            pieces.append(item)
        elif isinstance(item, Mapping):
            held = [(Written(f"{_plain(name)}: "), value) for name, value in item.items()]
            waiting += reversed([Written("{"), *_with_commas(held), Written("}")])
        elif isinstance(item, list):
            held = [(Written(), value) for value in item]
            waiting += reversed([Written("["), *_with_commas(held), Written("]")])
        else:
            pieces.append(_plain(item))
    return "".join(pieces)


def _with_commas(held: list[tuple[Written, object]]) -> list[object]:
    comma = Written(", ")
    return [piece for pair in held for piece in (comma, *pair)][1:]


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

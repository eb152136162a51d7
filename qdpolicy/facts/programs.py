"""The programs of the fixtures, with editions and support items."""

from __future__ import annotations

import calendar
import re
from datetime import date
from pathlib import Path
from typing import Any

from accounts.models import Department, User
from programs.actions import EditionRow, ItemRow, ProgramRow, load_program
from programs.drafting.content import EDITION_FIELDS, ITEM_FIELDS, Content
from programs.drafting.problems import problems as problems_in
from programs.drafting.spans import Span
from programs.models import ProgramEdition, ProgramLink, SupportItem
from programs.wording import days_words, problem_words
from qdpolicy.facts.reading import Problems, Row, complete, decimal, held, read_rows, repeated
from targets.models import Clause, PolicyDocument, Target

PROGRAM: Row = {
    "key": ..., "name": ..., "name_en": ..., "objective": ..., "objective_en": "",
    "industries": [], "industries_en": [], "department": None, "serves": [], "editions": [],
}  # fmt: skip
EDITION: Row = {
    "key": ..., "name": ..., "name_en": "", "document": ..., "clause": None, "valid_from": ...,
    "valid_to": "", "objective": "", "objective_en": "", "department": None, "contact_url": "",
    "rhythm": "", "rhythm_en": "", "industries": [], "industries_en": [],
    "note": "", "note_en": "", "items": [],
}  # fmt: skip
ITEM: Row = {
    "key": ..., "name": ..., "name_en": ..., "tier": ..., "tier_en": "", "kind": ...,
    "comparator": ..., "cap": None, "rate": None, "rate_of": "", "rate_of_en": "", "per": "",
    "per_stated": False, "payout": "", "yearly_call": False, "stage": "", "bodies": [],
    "not_with": [], "not_with_for": "", "beneficiary": "", "beneficiary_en": "", "condition": "",
    "condition_en": "", "clause": ..., "also_in": [],
}  # fmt: skip
LINK: Row = {"target": ..., "kind": ..., "words": ..., "words_en": "", "note": "", "note_en": ""}
_INNER = ("serves", "editions", "items")


class Known:
    """What a program refers to, by key."""

    def __init__(self) -> None:
        self.documents = {row.key: row for row in PolicyDocument.objects.all()}
        self.clauses = {
            (clause.document.key, clause.key): clause
            for clause in Clause.objects.select_related("document")
        }
        self.targets = {
            f"{target.document.key}/{target.key}": target
            for target in Target.objects.select_related("document")
        }
        self.departments: dict[str | None, Department | None] = {
            row.code: row for row in Department.objects.all()
        }
        self.departments[None] = None


def load(folder: Path, *, by: User) -> int:
    """Load programs.yaml; the number of rows that changed. Raises FactsError in words."""
    problems, known = Problems(), Known()
    rows = read_rows(folder / "programs.yaml", PROGRAM, problems)
    problems.stop_if_any()
    for field, word in (("key", "键"), ("name", "名称")):
        for value in repeated([row[field] for row in rows]):
            problems.add("programs.yaml", f"计划的{word}“{value}”重复")
    programs = [_program(row, known, problems) for row in rows]
    editions = [edition.key for program in programs for edition in program.editions]
    for key in repeated(editions):
        problems.add("programs.yaml", f"版本键“{key}”重复")
    for program in programs:
        _overlaps(program, problems)
    problems.stop_if_any()
    return sum(load_program(by=by, row=program)[1] for program in programs)


def _program(row: Row, known: Known, problems: Problems) -> ProgramRow:
    where = f"programs.yaml（{row['key']}）"
    if row["department"] not in known.departments:
        problems.add(where, f"没有代码为“{row['department']}”的部门")
    editions = [
        _edition(complete(edition, EDITION, f"{where} 版本", problems), known, where, problems)
        for edition in row["editions"]
    ]
    serves = []
    for link in (complete(link, LINK, f"{where} 服务目标", problems) for link in row["serves"]):
        target = known.targets.get(link["target"])
        if target is None or link["kind"] not in ProgramLink.Kind.values:
            problems.add(
                where, f"没有“{link['target']}”这一目标，或关系“{link['kind']}”不在可选值之内"
            )
            continue
        serves.append((target, {name: link[name] for name in LINK if name != "target"}))
    for target in repeated([target for target, _fields in serves]):
        problems.add(where, f"服务目标“{target.document.key}/{target.key}”写了两次")
    _industries(row, where, problems)
    fields = {name: row[name] for name in PROGRAM if name not in ("key", "department", *_INNER)}
    fields["department"] = known.departments.get(row["department"])
    return ProgramRow(
        key=row["key"],
        fields=fields,
        editions=[edition for edition in editions if edition],
        serves=serves,
    )


def _edition(row: Row, known: Known, where: str, problems: Problems) -> EditionRow | None:
    where = f"{where} 版本（{row['key']}）"
    before = len(problems.found)
    document = known.documents.get(row["document"])
    if document is None:
        problems.add(where, f"没有键为“{row['document']}”的文件")
        return None
    begins, ends = _day(row["valid_from"], last=False), _day(row["valid_to"], last=True)
    if begins is None or (row["valid_to"] and ends is None):
        problems.add(where, "日期请写成 2024、2024-03 或 2024-03-05")
    if begins and ends and ends < begins:
        problems.add(where, "结束日期早于开始日期")
    if row["department"] not in known.departments:
        problems.add(where, f"没有代码为“{row['department']}”的部门")
    if not row["clause"]:
        problems.add(where, "没有写明条款：每个版本都要有出处")
    clause = known.clauses.get((document.key, row["clause"])) if row["clause"] else None
    if row["clause"] and clause is None:
        problems.add(where, f"没有键为“{row['clause']}”的条款")
    _industries(row, where, problems)
    written = [complete(item, ITEM, f"{where} 事项", problems) for item in row["items"]]
    items = [_item(item, document, known, where, problems) for item in written]
    for key in repeated([item.key for item in items if item]):
        problems.add(where, f"事项键“{key}”重复")
    fields = {
        name: row[name] for name in EDITION if name not in ("key", "document", "clause", *_INNER)
    }
    fields |= {"document": document, "clause": clause, "valid_from": begins, "valid_to": ends}
    if len(problems.found) == before:
        _as_drafts_are(row, written, begins, ends, where, problems)
    fields["department"] = known.departments.get(row["department"])
    return EditionRow(
        key=row["key"],
        fields=fields,
        items=[item for item in items if item],
    )


def _as_drafts_are(
    row: Row,
    items: list[Row],
    begins: date | None,
    ends: date | None,
    where: str,
    problems: Problems,
) -> None:
    """Hold an edition against the rules that a draft of a person must meet as well."""
    program = where.partition("（")[2].partition("）")[0]
    told = {name: row[name] for name in EDITION_FIELDS} | {
        "valid_from": "" if begins is None else begins.isoformat(),
        "valid_to": "" if ends is None else ends.isoformat(),
        "items": [{name: _typed(item[name]) for name in ITEM_FIELDS} for item in items],
    }
    content = Content.from_json(
        {name: value if name == "items" else _typed(value) for name, value in told.items()}
    )
    for problem in problems_in(content, program):
        problems.add(where, problem_words(problem, content))


def _typed(value: Any) -> Any:
    """A value of the file as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if isinstance(value, bool | str) else str(value)


def _overlaps(program: ProgramRow, problems: Problems) -> None:
    """Editions of one program with a day in common, of the file or with one that a person approved.

    An edition that is stored already is only held against the file: an adjustment of it, which a
    person approved since, overlaps it by its nature.
    """
    where = f"programs.yaml（{program.key}）"
    spans = [
        Span(row.key, row.fields["valid_from"], row.fields["valid_to"])
        for row in program.editions
        if row.fields["valid_from"] is not None
    ]
    stored = ProgramEdition.objects.filter(program__key=program.key)
    known = set(stored.values_list("key", flat=True))
    others = [
        Span(row.key, row.valid_from, row.valid_to)
        for row in stored.current().exclude(key__in=[span.name for span in spans])
    ]
    for place, span in enumerate(spans):
        rivals = spans[place + 1 :] + ([] if span.name in known else others)
        for other in rivals:
            if span.meets(other):
                facts = (span.name, days_words(span.begins, span.ends), other.name)
                told = days_words(other.begins, other.ends)
                problems.add(where, "版本“{}”（{}）与“{}”（{}）的日期重叠".format(*facts, told))


def _day(text: str, *, last: bool) -> date | None:
    """The first or last day of 2024, 2024-03 or 2024-03-05; None where it is none of these."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", str(text or ""))
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or (12 if last else 1))
    try:
        return date(
            year, month, int(found[3] or (calendar.monthrange(year, month)[1] if last else 1))
        )
    except ValueError:
        return None


def _industries(row: Row, where: str, problems: Problems) -> None:
    """The English names of the industries stand one by one beside the Chinese, or not at all."""
    if row["industries_en"] and len(row["industries_en"]) != len(row["industries"]):
        problems.add(where, "industries_en 须与 industries 逐项对应")


def _item(
    row: Row, document: PolicyDocument, known: Known, where: str, problems: Problems
) -> ItemRow | None:
    where = f"{where} 事项（{row['key']}）"
    before = len(problems.found)
    clauses: list[Clause] = []
    for key in [row["clause"], *row["also_in"]]:
        clause = known.clauses.get((document.key, key))
        if clause is None:
            problems.add(where, f"没有键为“{key}”的条款")
        else:
            clauses.append(clause)
    for field, choices, optional in (
        ("kind", SupportItem.Kind, False),
        ("comparator", SupportItem.Comparator, False),
        ("per", SupportItem.Per, True),
        ("payout", SupportItem.Payout, True),
        ("stage", SupportItem.Stage, True),
        ("not_with_for", SupportItem.NotWith, True),
    ):
        if row[field] not in choices.values and (row[field] or not optional):
            problems.add(where, f"{field} 的“{row[field]}”不在可选值之内")
    cap: Any = None
    rate: Any = None
    with problems.at(where, ValueError):
        rate = decimal(row["rate"])
    with problems.at(where, ValueError):
        cap = decimal(row["cap"])
        if cap is not None:
            held(cap, places=2)
    if (cap is None) != (row["comparator"] == "uncapped") or (cap is not None and cap <= 0):
        problems.add(where, "支持上限须为正数；不设上限的事项不写数额")
    if len(problems.found) > before:
        return None
    fields = {name: row[name] for name in ITEM if name not in ("key", "clause", "also_in")}
    return ItemRow(
        key=row["key"],
        fields={**fields, "cap": cap, "rate": rate, "clause": clauses[0]},
        also_in=clauses[1:],
    )

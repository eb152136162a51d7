"""The programs of the fixtures, with editions and support items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accounts.models import Department, User
from programs.actions import EditionRow, ItemRow, ProgramRow, load_program
from programs.models import ProgramLink, SupportItem
from qdpolicy.facts.reading import Problems, Row, complete, decimal, held, read_rows, repeated
from targets.models import Clause, PolicyDocument, Target

PROGRAM: Row = {
    "key": ..., "name": ..., "name_en": ..., "objective": ..., "objective_en": "",
    "industries": [], "industries_en": [], "department": None, "serves": [], "editions": [],
}  # fmt: skip
EDITION: Row = {
    "key": ..., "name": ..., "name_en": "", "document": ..., "clause": None, "valid_from": ...,
    "valid_to": "", "rhythm": "", "rhythm_en": "", "industries": [], "industries_en": [],
    "note": "", "note_en": "", "items": [],
}  # fmt: skip
ITEM: Row = {
    "key": ..., "name": ..., "name_en": ..., "tier": ..., "tier_en": "", "kind": ...,
    "comparator": ..., "cap": None, "per": "", "per_en": "", "per_stated": False,
    "yearly_call": False, "beneficiary": "", "beneficiary_en": "", "condition": "",
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
    document = known.documents.get(row["document"])
    if document is None:
        problems.add(where, f"没有键为“{row['document']}”的文件")
        return None
    if row["valid_to"] and row["valid_to"] < (row["valid_from"] or ""):
        problems.add(where, "结束日期早于开始日期")
    clause = known.clauses.get((document.key, row["clause"])) if row["clause"] else None
    if row["clause"] and clause is None:
        problems.add(where, f"没有键为“{row['clause']}”的条款")
    _industries(row, where, problems)
    items = [
        _item(complete(item, ITEM, f"{where} 事项", problems), document, known, where, problems)
        for item in row["items"]
    ]
    for key in repeated([item.key for item in items if item]):
        problems.add(where, f"事项键“{key}”重复")
    fields = {
        name: row[name] for name in EDITION if name not in ("key", "document", "clause", *_INNER)
    }
    return EditionRow(
        key=row["key"],
        fields={**fields, "document": document, "clause": clause},
        items=[item for item in items if item],
    )


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
    for field, choices in (("kind", SupportItem.Kind), ("comparator", SupportItem.Comparator)):
        if row[field] not in choices.values:
            problems.add(where, f"{field} 的“{row[field]}”不在可选值之内")
    cap: Any = None
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
        fields={**fields, "cap": cap, "clause": clauses[0]},
        also_in=clauses[1:],
    )

"""The policy documents of the fixtures: data, digest, clauses, targets, measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accounts.models import Department, User
from indicators.models import Indicator, Region, Unit
from indicators.periods import PeriodError, ReferencePeriod
from indicators.quantities import convert
from qdpolicy.facts.digest import DigestError, unmark
from qdpolicy.facts.reading import (
    FactsError,
    Problems,
    Row,
    complete,
    decimal,
    held,
    read_yaml,
    repeated,
)
from targets.actions import (
    ClauseRow,
    DocumentRow,
    MeasureRow,
    TargetRow,
    link_succession,
    load_document,
)
from targets.models import Clause, PolicyDocument, Target, TargetVersion

DOCUMENT: Row = {
    "key": ..., "source_no": "", "title": ..., "title_en": ..., "issuer": ...,
    "issuer_department": None, "publication": "", "kind": ..., "issued": ..., "period_start": "",
    "period_end": "", "region": ..., "source_url": "", "reliability": "", "note": "", "note_en": "",
    "digest": ..., "digest_en": "", "clauses": [], "targets": [], "measures": [],
}  # fmt: skip
CLAUSE: Row = {
    "key": ...,
    "locator": ...,
    "locator_en": "",
    "quote": "",
    "role": "body",
    "same_as": None,
}
TARGET: Row = {
    "key": ..., "name": ..., "name_en": ..., "clause": ..., "also_in": [], "indicator": ...,
    "region": ..., "department": None, "part_of": None, "measure": ..., "comparator": ...,
    "value": ..., "upper": None, "tolerance": None, "unit": ..., "direction": ...,
    "commitment": ..., "binding": "unstated", "period_start": "", "period_end": "",
    "cadence": "by_end", "path": "linear", "baseline": None, "succeeds": None, "note": "",
    "note_en": "",
}  # fmt: skip
BASELINE: Row = {"period": ..., "value": None, "provenance": ..., "note": "", "note_en": ""}
MEASURE: Row = {
    "key": ..., "clause": ..., "text": ..., "text_en": "", "department": None, "period_end": ""
}  # fmt: skip
CHOICES = {
    "measure": TargetVersion.Measure,
    "comparator": TargetVersion.Comparator,
    "commitment": TargetVersion.Commitment,
    "binding": TargetVersion.Binding,
    "cadence": TargetVersion.Cadence,
    "path": TargetVersion.Path,
    "direction": Indicator.Direction,
}
# Measures whose value is in the indicator's own unit, so that the two must be convertible.
IN_INDICATOR_UNIT = {"level", "increment", "cumulative", "share"}


class Known:
    """The catalogue by code, as a document refers to it."""

    def __init__(self) -> None:
        self.indicators = {
            row.code: row for row in Indicator.objects.select_related("unit", "department")
        }
        self.regions = {row.code: row for row in Region.objects.all()}
        self.units = {row.code: row for row in Unit.objects.all()}
        self.departments: dict[str | None, Department | None] = {
            row.code: row for row in Department.objects.all()
        }
        self.departments[None] = None


def load(folder: Path, *, by: User, verifier: User) -> int:
    """Load every document; the number of rows that changed. Raises FactsError in words."""
    problems, known = Problems(), Known()
    rows = []
    for path in sorted((folder / "documents").glob("*.yaml")):
        content = complete(read_yaml(path), DOCUMENT, path.name, problems)
        rows.append((path.name, content))
    if not rows:
        raise FactsError(["documents：没有任何文件"])
    for key in repeated([row["key"] for _name, row in rows]):
        problems.add("documents", f"文件键“{key}”重复")
    documents = [_document(name, row, known, problems) for name, row in rows]
    problems.stop_if_any()
    changed = sum(load_document(by=by, verifier=verifier, row=row)[1] for row in documents if row)
    pairs = _successions(rows, problems)
    problems.stop_if_any()
    return changed + link_succession(by=by, successions=pairs)


def _document(name: str, row: Row, known: Known, problems: Problems) -> DocumentRow | None:
    """A document as the action takes it, or None where something in it is wrong."""
    before = len(problems.found)
    with problems.at(name, DigestError):
        digest, stretches = unmark(row["digest"] or "")
        clauses = [complete(clause, CLAUSE, f"{name} 条款", problems) for clause in row["clauses"]]
        targets = [complete(target, TARGET, f"{name} 目标", problems) for target in row["targets"]]
        measures = [
            complete(measure, MEASURE, f"{name} 举措", problems) for measure in row["measures"]
        ]
        if len(problems.found) > before:
            return None
        _check_document(name, row, known, problems)
        for word, listed in (("条款", clauses), ("目标", targets), ("举措", measures)):
            for key in repeated([item["key"] for item in listed]):
                problems.add(f"{name} {word}（{key}）", "键重复")
        keys = {clause["key"] for clause in clauses}
        for key in sorted(stretches.keys() - keys):
            problems.add(name, f"摘要标出了“{key}”，但没有这一条款")
        clause_rows = [_clause(name, clause, stretches, problems) for clause in clauses]
        target_rows = [_target(name, target, keys, known, problems) for target in targets]
        _check_parts(name, targets, problems)
        measure_rows = [_measure(name, measure, keys, known, problems) for measure in measures]
        if len(problems.found) > before:
            return None
        fields = {
            **{
                field: row[field]
                for field in DOCUMENT
                if field not in ("key", "issuer_department", "clauses", "targets", "measures")
            },
            "digest": digest,
            "region": known.regions[row["region"]],
            "department": known.departments[row["issuer_department"]],
        }
        return DocumentRow(
            key=row["key"],
            fields=fields,
            clauses=[clause for clause in clause_rows if clause],
            targets=[target for target in target_rows if target],
            measures=[measure for measure in measure_rows if measure],
        )
    return None


def _check_document(name: str, row: Row, known: Known, problems: Problems) -> None:
    if row["region"] not in known.regions:
        problems.add(name, f"没有代码为“{row['region']}”的地区")
    if row["issuer_department"] not in known.departments:
        problems.add(name, f"没有代码为“{row['issuer_department']}”的部门")
    if row["kind"] not in PolicyDocument.Kind.values:
        problems.add(name, f"kind 的“{row['kind']}”不在可选值之内")
    for field in ("issued", "period_start", "period_end"):
        if row[field]:
            with problems.at(name, PeriodError):
                ReferencePeriod.parse(str(row[field]))


def _clause(
    name: str, row: Row, stretches: dict[str, tuple[int, int]], problems: Problems
) -> ClauseRow | None:
    where = f"{name} 条款（{row['key']}）"
    marked = row["same_as"] or row["key"]
    if marked not in stretches:
        problems.add(where, f"摘要里没有标出“{marked}”")
        return None
    if row["role"] not in Clause.Role.values:
        problems.add(where, f"role 的“{row['role']}”不在可选值之内")
    if len(row["quote"]) > 40:
        problems.add(where, "引文超过 40 个字")
    start, end = stretches[marked]
    return ClauseRow(
        key=row["key"],
        locator=row["locator"],
        locator_en=row["locator_en"],
        role=row["role"],
        start=start,
        end=end,
        quote=row["quote"],
    )


def _target(
    name: str, row: Row, clauses: set[str], known: Known, problems: Problems
) -> TargetRow | None:
    where = f"{name} 目标（{row['key']}）"
    before = len(problems.found)
    for field, codes, word in (
        ("indicator", known.indicators, "指标"),
        ("region", known.regions, "地区"),
        ("unit", known.units, "计量单位"),
        ("department", known.departments, "部门"),
    ):
        if row[field] not in codes:
            problems.add(where, f"没有代码为“{row[field]}”的{word}")
    for field, choices in CHOICES.items():
        if row[field] not in choices.values:
            problems.add(where, f"{field} 的“{row[field]}”不在可选值之内")
    for key in [row["clause"], *row["also_in"]]:
        if key not in clauses:
            problems.add(where, f"没有键为“{key}”的条款")
    meaning: dict[str, Any] = {}
    with problems.at(where, ValueError, PeriodError):
        meaning = _meaning(row, known, where, problems)
    if len(problems.found) > before:
        return None
    indicator, unit = known.indicators[row["indicator"]], known.units[row["unit"]]
    if row["measure"] in IN_INDICATOR_UNIT and unit.base != indicator.unit.base:
        problems.add(where, f"单位“{unit.symbol}”与指标的单位“{indicator.unit.symbol}”不能换算")
        return None
    if row["measure"] in IN_INDICATOR_UNIT - {"share"}:
        for number in (
            meaning["value"],
            meaning["upper"],
            meaning["tolerance"],
            meaning["baseline_value"],
        ):
            with problems.at(where, ValueError):
                if number is not None:
                    held(convert(number, unit.exponent, indicator.unit.exponent))
    about = {
        "name": row["name"],
        "name_en": row["name_en"],
        "indicator": indicator,
        "region": known.regions[row["region"]],
        # Who answers for a promise: the department it names, else the indicator's.
        "department": known.departments[row["department"]] or indicator.department,
        "note": row["note"],
        "note_en": row["note_en"],
    }
    return TargetRow(
        key=row["key"],
        clause=row["clause"],
        about=about,
        meaning=meaning,
        also_in=row["also_in"],
        part_of=row["part_of"],
    )


def _meaning(row: Row, known: Known, where: str, problems: Problems) -> dict[str, Any]:
    """The version fields of a target; ValueError or PeriodError in words."""
    start, end = (
        ReferencePeriod.parse(row[field]) if row[field] else None
        for field in ("period_start", "period_end")
    )
    if start is not None and end is not None and start.first_day > end.last_day:
        raise ValueError("起始期晚于期限")
    value, upper = decimal(row["value"]), decimal(row["upper"])
    if row["comparator"] == "between" and (upper is None or value is None or upper < value):
        raise ValueError("区间目标须有不小于下限的上限")
    if row["comparator"] != "between" and upper is not None:
        raise ValueError("只有区间目标可以写上限")
    meaning = {
        field: row[field]
        for field in (
            "measure", "comparator", "direction", "commitment", "binding", "period_start",
            "period_end", "cadence", "path",
        )
    }  # fmt: skip
    meaning |= {
        "value": value,
        "upper": upper,
        "tolerance": decimal(row["tolerance"]),
        "unit": known.units.get(row["unit"]),
    }
    if row["baseline"] is None:
        # Said in full, so that a corrected file can also take a baseline away.
        return meaning | {
            "baseline_period": "",
            "baseline_value": None,
            "baseline_provenance": "",
            "baseline_note": "",
            "baseline_note_en": "",
        }
    baseline = complete(row["baseline"], BASELINE, f"{where} 基期", problems)
    ReferencePeriod.parse(str(baseline["period"]))
    number = decimal(baseline["value"])
    if baseline["provenance"] not in TargetVersion.Provenance.values:
        raise ValueError(f"基期来源“{baseline['provenance']}”不在可选值之内")
    if number is None and baseline["provenance"] != "observed":
        raise ValueError("写明或推得的基期须有数值")
    return meaning | {
        "baseline_period": baseline["period"],
        "baseline_value": number,
        "baseline_provenance": baseline["provenance"],
        "baseline_note": baseline["note"],
        "baseline_note_en": baseline["note_en"],
    }


def _check_parts(name: str, targets: list[Row], problems: Problems) -> None:
    """A part stands after its head, and a head is no part itself."""
    heads: set[str] = set()
    for row in targets:
        where = f"{name} 目标（{row['key']}）"
        if row["part_of"] is None:
            heads.add(row["key"])
        elif row["part_of"] not in heads:
            problems.add(where, f"所属的“{row['part_of']}”须是排在前面的一项承诺")


def _measure(
    name: str, row: Row, clauses: set[str], known: Known, problems: Problems
) -> MeasureRow | None:
    where = f"{name} 举措（{row['key']}）"
    if row["clause"] not in clauses:
        problems.add(where, f"没有键为“{row['clause']}”的条款")
        return None
    if row["department"] not in known.departments:
        problems.add(where, f"没有代码为“{row['department']}”的部门")
        return None
    if row["period_end"]:
        with problems.at(where, PeriodError):
            ReferencePeriod.parse(str(row["period_end"]))
    return MeasureRow(
        key=row["key"],
        clause=row["clause"],
        fields={
            "text": row["text"],
            "text_en": row["text_en"],
            "department": known.departments[row["department"]],
            "period_end": row["period_end"],
        },
    )


def _successions(rows: list[tuple[str, Row]], problems: Problems) -> list[tuple[Target, Target]]:
    """The pairs (later, earlier) that the files name as `document/target`."""
    targets = {
        f"{target.document.key}/{target.key}": target
        for target in Target.objects.select_related("document")
    }
    pairs = []
    for name, row in rows:
        for target in row["targets"]:
            if not target.get("succeeds"):
                continue
            if target["succeeds"] not in targets:
                problems.add(
                    f"{name} 目标（{target['key']}）", f"没有“{target['succeeds']}”这一目标"
                )
                continue
            pairs.append((targets[f"{row['key']}/{target['key']}"], targets[target["succeeds"]]))
    return pairs

"""Budgets, recipients, awards and payments of the fixtures: four tables, a row each."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

from accounts.models import User
from accounts.versions import Conflict
from indicators.models import Region
from programs.actions import (
    AwardEntry,
    close_award,
    enter_awards,
    find_or_add_recipient,
    pay,
    set_budget,
)
from programs.errors import Refused
from programs.models import Award, Budget, Payment, Program, Recipient
from qdpolicy.facts.reading import FactsError, Problems, Row, decimal, held, read_table, repeated
from targets.models import Clause

RECIPIENTS = ["key", "name", "credit_code", "kind", "region"]
AWARDS = [
    "number", "project", "project_code", "recipient", "program", "item", "year", "decided_on",
    "amount", "investment", "industry", "region", "status", "status_reason", "note",
]  # fmt: skip
PAYMENTS = ["award", "amount", "paid_on", "note"]
BUDGETS = ["program", "year", "amount", "document", "clause", "source_title", "note"]
Bodies = dict[str, Recipient]


class Known:
    """What the tables refer to, by code or key."""

    def __init__(self) -> None:
        self.programs = {row.key: row for row in Program.objects.all()}
        self.regions = {row.code: row for row in Region.objects.all()}
        self.clauses = {
            (clause.document.key, clause.key): clause
            for clause in Clause.objects.select_related("document")
        }


def load(folder: Path, *, by: User) -> int:
    """Load the four tables through the actions; the number of new rows.

    An award that is there already is left as it is, whatever a person made of it since; so is a
    budget. Raises FactsError with file and line.
    """
    known = Known()
    bodies, added = _recipients(folder, known, by)
    return added + _budgets(folder, known, by) + _awards(folder, known, bodies, by)


def there(folder: Path) -> bool:
    """Whether a folder of fixtures has tables of money at all."""
    return (folder / "awards.csv").exists()


def _at(name: str, place: int) -> str:
    """Where a row stands: the header is line 1."""
    return f"{name} 第 {place + 2} 行"


def _recipients(folder: Path, known: Known, by: User) -> tuple[Bodies, int]:
    """The recipients by the key that the other tables use, and how many were added."""
    name, problems = "recipients.csv", Problems()
    rows = read_table(folder / name, RECIPIENTS)
    for key in repeated([row["key"] for row in rows]):
        problems.add(name, f"键“{key}”重复")
    before = Recipient.objects.count()
    found: Bodies = {}
    for place, row in enumerate(rows):
        with problems.at(_at(name, place), ValueError, Refused):
            found[row["key"]] = find_or_add_recipient(
                by=by,
                name=row["name"],
                credit_code=row["credit_code"],
                kind=row["kind"],
                region=_region(row, known),
            )
    problems.stop_if_any()
    return found, Recipient.objects.count() - before


def _budgets(folder: Path, known: Known, by: User) -> int:
    """The envelopes that are not there yet; their number."""
    name, problems, count = "budgets.csv", Problems(), 0
    standing = set(Budget.objects.values_list("program__key", "year"))
    for place, row in enumerate(read_table(folder / name, BUDGETS)):
        with problems.at(_at(name, place), ValueError, Refused, Conflict):
            program, year = _program(row, known), _whole(row["year"])
            amount = _money(row["amount"])
            clause = known.clauses.get((row["document"], row["clause"]))
            if clause is None and row["clause"]:
                raise ValueError(f"没有“{row['document']}/{row['clause']}”这一条款")
            if (program.key, year) in standing:
                continue
            set_budget(
                by=by, program=program, year=year, amount=amount, clause=clause,
                source_title=row["source_title"], note=row["note"],
            )  # fmt: skip
            count += 1
    problems.stop_if_any()
    return count


def _awards(folder: Path, known: Known, bodies: Bodies, by: User) -> int:
    """New awards in one go, then what was paid for them, then how they ended."""
    name, problems = "awards.csv", Problems()
    rows = read_table(folder / name, AWARDS)
    for number in repeated([row["number"] for row in rows]):
        problems.add(name, f"立项编号“{number}”重复")
    entries: list[tuple[int, AwardEntry]] = []
    for place, row in enumerate(rows):
        with problems.at(_at(name, place), ValueError):
            if row["status"] not in Award.Status.values:
                raise ValueError(f"status 的“{row['status']}”不在可选值之内")
            entries.append((place, _entry(row, known, bodies)))
    problems.stop_if_any()
    standing = set(Award.objects.values_list("number", flat=True))
    new = [(place, entry) for place, entry in entries if entry.number not in standing]
    try:
        enter_awards(by=by, entries=[entry for _place, entry in new])
    except Refused as refusal:
        place = new[refusal.row][0] if refusal.row is not None else 0
        raise FactsError([f"{_at(name, place)}：{refusal}"]) from refusal
    paid = _payments(folder, {row["number"] for row in rows}, by)
    _close([(place, rows[place]) for place, _entry in new], by)
    return len(new) + paid


def _entry(row: Row, known: Known, bodies: Bodies) -> AwardEntry:
    """A row as a clerk would state it; ValueError in words for what is unknown."""
    if row["recipient"] not in bodies:
        raise ValueError(f"recipients.csv 里没有“{row['recipient']}”")
    return AwardEntry(
        number=row["number"],
        project=row["project"],
        project_code=row["project_code"],
        recipient=bodies[row["recipient"]],
        program=_program(row, known),
        item_key=row["item"],
        year=_whole(row["year"]),
        decided_on=_day(row["decided_on"]),
        amount=_money(row["amount"]),
        investment=_money(row["investment"]) if row["investment"] else None,
        industry=row["industry"],
        region=_region(row, known),
        note=row["note"],
    )


def _payments(folder: Path, numbers: set[str], by: User) -> int:
    """Instalments that are not on record yet, in the order of the table; their number.

    Those taken back count as on record, so that loading again does not pay them again.
    """
    name, problems, count = "payments.csv", Problems(), 0
    known = Counter(Payment.objects.values_list("award__number", "amount", "paid_on"))
    awards = {row.number: row for row in Award.objects.filter(number__in=numbers)}
    for place, row in enumerate(read_table(folder / name, PAYMENTS)):
        with problems.at(_at(name, place), ValueError, Refused):
            amount, paid_on = _money(row["amount"]), _day(row["paid_on"])
            award = awards.get(row["award"])
            if award is None:
                raise ValueError(f"awards.csv 里没有编号“{row['award']}”")
            if known[award.number, amount, paid_on]:
                known[award.number, amount, paid_on] -= 1
                continue
            pay(
                by=by, award=award, version=award.version, amount=amount, paid_on=paid_on,
                note=row["note"],
            )  # fmt: skip
            award.refresh_from_db(fields=["version"])
            count += 1
    problems.stop_if_any()
    return count


def _close(rows: list[tuple[int, Row]], by: User) -> None:
    """Give new awards the status that their row says."""
    problems = Problems()
    closed = {row["number"]: place for place, row in rows if row["status"] != Award.Status.APPROVED}
    said = {row["number"]: row for _place, row in rows}
    awards = Award.objects.filter(number__in=closed).select_related(
        "recipient", "program", "region"
    )
    for award in awards.order_by("pk"):
        row = said[award.number]
        with problems.at(_at("awards.csv", closed[award.number]), Refused):
            close_award(
                by=by, award=award, version=award.version, status=row["status"],
                reason=row["status_reason"],
            )  # fmt: skip
    problems.stop_if_any()


def _program(row: Row, known: Known) -> Program:
    if row["program"] not in known.programs:
        raise ValueError(f"没有键为“{row['program']}”的计划")
    return known.programs[row["program"]]


def _region(row: Row, known: Known) -> Region | None:
    if not row["region"]:
        return None
    if row["region"] not in known.regions:
        raise ValueError(f"没有代码为“{row['region']}”的地区")
    return known.regions[row["region"]]


def _money(text: str) -> Decimal:
    """A sum in 元, exact to 分; ValueError in words for anything else."""
    found = decimal(text)
    if found is None:
        raise ValueError("缺少金额")
    return held(found, places=2)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"“{text}”不是年度")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是日期（年-月-日）") from None

"""Between the rows of editions and what a draft says: keys to rows and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Department
from programs.drafting.content import Content, ItemContent
from programs.drafting.problems import Problem, problems
from programs.drafting.reading import read_day, read_number
from programs.models import Program, ProgramEdition, SupportItem
from targets.models import Clause, PolicyDocument

EDITION_TEXTS = (
    "name", "name_en", "objective", "objective_en", "contact_url", "rhythm", "rhythm_en", "note",
    "note_en",
)  # fmt: skip
ITEM_TEXTS = (
    "key", "name", "name_en", "tier", "tier_en", "kind", "comparator", "rate_of", "rate_of_en",
    "per", "payout", "stage", "not_with_for", "beneficiary", "beneficiary_en", "condition",
    "condition_en",
)  # fmt: skip
LISTS_OF_EDITION = ("industries", "industries_en")


@dataclass(frozen=True)
class Meant:
    """The rows that a content names, None where there are none, and a problem for each of those."""

    document: PolicyDocument | None
    clause: Clause | None
    department: Department | None
    clauses: tuple[Clause | None, ...]
    also_in: tuple[tuple[Clause, ...], ...]
    problems: tuple[Problem, ...]


def content_of(edition: ProgramEdition) -> Content:
    """What an edition says, as a draft would say it."""
    items = edition.items.order_by("pk").select_related("clause__document")
    rows = items.prefetch_related("also_in__document")
    return content_from(edition, [(item, list(item.also_in.all())) for item in rows])


def content_from(
    edition: ProgramEdition, items: Iterable[tuple[SupportItem, Iterable[Clause]]]
) -> Content:
    """The same of rows that need not be stored: each item with the clauses that mention it too."""
    home = edition.document
    return Content(
        **{name: getattr(edition, name) for name in EDITION_TEXTS},
        industries=tuple(edition.industries),
        industries_en=tuple(edition.industries_en),
        document=home.key,
        clause=_clause_key(edition.clause, home),
        valid_from=edition.valid_from.isoformat(),
        valid_to="" if edition.valid_to is None else edition.valid_to.isoformat(),
        department="" if edition.department is None else edition.department.code,
        items=tuple(_item_content(item, also_in, home) for item, also_in in items),
    )


def _item_content(
    item: SupportItem, also_in: Iterable[Clause], home: PolicyDocument
) -> ItemContent:
    return ItemContent(
        **{name: getattr(item, name) for name in ITEM_TEXTS},
        per_stated=item.per_stated,
        yearly_call=item.yearly_call,
        cap="" if item.cap is None else _plain(item.cap),
        rate="" if item.rate is None else _plain(item.rate),
        bodies=tuple(item.bodies),
        not_with=tuple(item.not_with),
        clause=_clause_key(item.clause, home),
        also_in=tuple(sorted(_clause_key(clause, home) for clause in also_in)),
    )


def _plain(number: Any) -> str:
    """A number without the noughts that its column adds: 5000000.00 is 5000000."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _clause_key(clause: Clause | None, home: PolicyDocument) -> str:
    if clause is None:
        return ""
    return clause.key if clause.document_id == home.pk else f"{clause.document.key}/{clause.key}"


def problems_of(content: Content, program: Program) -> list[Problem]:
    """Every fault of a content, those that only the rows can tell included."""
    return [*problems(content, program.key), *meant_by(content, program).problems]


def meant_by(content: Content, program: Program) -> Meant:
    """The rows that a content names; five queries, however many items."""
    faults: list[Problem] = []
    document = PolicyDocument.objects.filter(key=content.document).first()
    if content.document.strip() and document is None:
        faults.append(Problem("no_document", None, "document", {"text": content.document}))
    department = Department.objects.filter(code=content.department).first()
    if content.department.strip() and department is None:
        faults.append(Problem("no_department", None, "department", {"text": content.department}))
    clauses = _clauses(content)

    def found(text: str, item: ItemContent | None, name: str, place: int | None) -> Clause | None:
        clause = clauses.get(_full(text, content))
        if text.strip() and clause is None and document is not None:
            key = None if item is None else item.key
            faults.append(Problem("no_clause", key, name, {"text": text}, place))
        return clause

    clause = found(content.clause, None, "clause", None)
    named, also = [], []
    for place, item in enumerate(content.items):
        named.append(found(item.clause, item, "clause", place))
        rows = (found(text, item, "also_in", place) for text in item.also_in)
        also.append(tuple(row for row in rows if row is not None))
    faults += _strange_items(content, program)
    return Meant(document, clause, department, tuple(named), tuple(also), tuple(faults))


def _full(text: str, content: Content) -> tuple[str, str]:
    document, slash, key = text.partition("/")
    return (document, key) if slash else (content.document, text)


def _clauses(content: Content) -> dict[tuple[str, str], Clause]:
    texts = {content.clause, *(item.clause for item in content.items)}
    texts |= {text for item in content.items for text in item.also_in}
    named = {_full(text, content) for text in texts}
    rows = Clause.objects.filter(
        document__key__in={document for document, _key in named}, key__in={key for _d, key in named}
    )
    return {(row.document.key, row.key): row for row in rows.select_related("document")}


def _strange_items(content: Content, program: Program) -> list[Problem]:
    """A problem for each item that may not stand beside one that exists nowhere."""
    others = {text for item in content.items for text in item.not_with}
    if not others:
        return []
    known = {f"{program.key}/{item.key}" for item in content.items}
    rows = SupportItem.objects.filter(key__in={text.partition("/")[2] for text in others})
    for of, key in rows.values_list("edition__program__key", "key"):
        known.add(f"{of}/{key}")
    return [
        Problem("unknown_item", item.key, "not_with", {"text": text}, place)
        for place, item in enumerate(content.items)
        for text in item.not_with
        if "/" in text and text not in known
    ]


def edition_fields(content: Content, meant: Meant) -> dict[str, Any]:
    """The columns of an edition; the content has no problem."""
    return {
        **{name: getattr(content, name).strip() for name in EDITION_TEXTS},
        **{name: _lines(getattr(content, name)) for name in LISTS_OF_EDITION},
        "document": meant.document,
        "clause": meant.clause,
        "department": meant.department,
        "valid_from": read_day(content.valid_from),
        "valid_to": read_day(content.valid_to),
    }


def item_fields(item: ItemContent, clause: Clause | None) -> dict[str, Any]:
    """The columns of a support item; the content has no problem."""
    return {
        **{name: getattr(item, name).strip() for name in ITEM_TEXTS},
        "per_stated": item.per_stated,
        "yearly_call": item.yearly_call,
        "cap": read_number(item.cap),
        "rate": read_number(item.rate),
        "bodies": list(dict.fromkeys(item.bodies)),
        "not_with": list(item.not_with),
        "clause": clause,
    }


def _lines(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines]

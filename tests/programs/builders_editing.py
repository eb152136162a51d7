"""Drafts of editions, and what the page of a draft posts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from programs import actions
from programs.contents import content_of
from programs.drafting.content import EDITION_LISTS, FLAGS, ITEM_LISTS, Content, ItemContent
from programs.forms.drafts import money_shown
from programs.models import EditionDraft, Program, ProgramEdition
from tests.dashboard.test_indicators import Text
from tests.indicators import builders as b
from tests.programs import builders as p

AMENDED, CORRECTED, FIRST = (
    EditionDraft.Change.AMENDED,
    EditionDraft.Change.CORRECTED,
    EditionDraft.Change.FIRST,
)
FROM_2026 = "2026-01-01"


def sound_edition(
    of: Program | None = None, begins: date = p.BEGINS, **facts: Any
) -> ProgramEdition:
    """An edition with a project grant of 500万元 and a demonstration of 1,000万元."""
    edition = p.edition(of, begins, **facts)
    p.item("grant", of=edition, name="攻关项目资助", tier="攻关项目")
    p.item(
        "demo",
        of=edition,
        cap=p.yuan(1000),
        name="科技示范工程",
        tier="示范工程",
        kind="demonstration",
    )
    return edition


def draft(
    of: ProgramEdition | None = None,
    change: str = AMENDED,
    by: User | None = None,
    begins: str = FROM_2026,
    **demo: Any,
) -> EditionDraft:
    """A draft with a reason that raises the demonstration to 1,500万元 from 2026 on."""
    base = of or sound_edition()
    author = by or p.editor()
    side = "copy_from" if change == FIRST else "based_on"
    started = actions.start_draft(
        by=author,
        program=base.program,
        change=change,
        **{side: base},  # type: ignore[arg-type]
    )
    content = content_of(base).with_item("demo", **({"cap": "15000000"} | demo)).to_json()
    if begins:
        content |= {"valid_from": begins, "name": f"{base.name}调整"}
    return actions.save_draft(
        by=author, draft=started, version=started.version, content=content, reason="按新文件调整"
    )


def submitted(of: ProgramEdition | None = None, **facts: Any) -> EditionDraft:
    """The same, handed to the reviewers."""
    made = draft(of, **facts)
    return actions.submit_draft(by=made.entered_by, draft=made, version=made.version)


def approved(of: ProgramEdition | None = None, **facts: Any) -> EditionDraft:
    """The same, approved by the reviewer."""
    made = submitted(of, **facts)
    return actions.approve_draft(by=p.reviewer(), draft=made, version=made.version)


def client(person: User) -> Client:
    return b.client_of(person)


def stranger(name: str = "stranger", role: str = "program_editor") -> User:
    """An editor of a department that answers for other programs."""
    elsewhere, _new = Department.objects.get_or_create(
        code="elsewhere", defaults={"name": "别处局", "name_en": "Elsewhere"}
    )
    return p.person(name, role, at=elsewhere)


def posted(of: EditionDraft, content: Content | None = None, **fields: Any) -> dict[str, Any]:
    """What the form of a draft posts: every field of its content, with other fields given."""
    told = Content.from_json(of.content) if content is None else content
    form: dict[str, Any] = {"version": str(of.version), "reason": of.reason, "step": "save"}
    for name, value in told.to_json().items():
        if name != "items":
            form[name] = "\r\n".join(value) if name in EDITION_LISTS else value
    form["item"] = [str(number) for number in range(len(told.items))]
    for number, item in enumerate(told.to_json()["items"]):
        for name, value in item.items():
            if name in FLAGS and not value:
                continue
            shown = money_shown(value) if name == "cap" else "on" if name in FLAGS else value
            form[f"item-{number}-{name}"] = list(shown) if name in ITEM_LISTS else shown
    return form | fields


def items_posted(items: tuple[ItemContent, ...]) -> dict[str, Any]:
    """What a form posts of these items in place of its own."""
    form: dict[str, Any] = {"item": [str(number) for number in range(len(items))]}
    for number, item in enumerate(items):
        told = {"key": item.key, "name": item.name, "clause": item.clause}
        form |= {f"item-{number}-{name}": value for name, value in told.items()}
    return form


def save(who: Client, of: EditionDraft, **fields: Any) -> Any:
    """Post the form of a draft as the page now fills it, with other fields given."""
    of.refresh_from_db()
    return who.post(reverse("edition_save", args=[of.pk]), posted(of, **fields))


def saved(of: EditionDraft) -> Content:
    """What the draft says now."""
    of.refresh_from_db()
    return Content.from_json(of.content)


def words(who: Client, address: str) -> str:
    """What a page says in its main part, blanks as one."""
    html = who.get(address).content.decode()
    return str(Text(html[html.index("<main") : html.index("</main>")]))

"""Which targets and indicators a program says it serves, with the words; never a causal share."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict
from indicators.models import Indicator
from programs.errors import Refused
from programs.models import Program, ProgramLink
from targets.models import Clause, Target

_LONGEST = {"words": 80, "words_en": 160, "note": 200, "note_en": 400}


def link_program(
    *,
    by: User,
    program: Program,
    kind: str,
    words: str,
    target: Target | None = None,
    indicator: Indicator | None = None,
    clause: Clause | None = None,
    note: str = "",
    words_en: str = "",
    note_en: str = "",
) -> ProgramLink:
    """Say that a program serves a target or an indicator, by which words of which clause.

    Refused in words: both ends or none, no words, an unknown kind, an indicator without a clause
    (a target has its own), a link that is there.
    """
    texts = {
        "words": words.strip(),
        "words_en": words_en.strip(),
        "note": note.strip(),
        "note_en": note_en.strip(),
    }
    _check(kind, texts, target, indicator, clause)
    with audit.transaction():
        try:
            with transaction.atomic():
                link = ProgramLink.objects.create(
                    program=program,
                    target=target,
                    indicator=indicator,
                    clause=clause,
                    kind=kind,
                    **texts,
                )
        except IntegrityError as error:
            raise Refused(_("这一关联已经登记。")) from error
        audit.record(
            by=by,
            action="programs.link_program",
            target=link,
            label=_label(link),
            after=facts_of(link),
        )
    return link


def drop_link(*, by: User, link: ProgramLink, version: int, reason: str) -> None:
    """Take a link back with a reason; the trail keeps all that it said. Conflict where it moved on.

    Loading the fixtures again does not bring it back.
    """
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    with audit.transaction():
        before, label = facts_of(link), _label(link)
        rows = ProgramLink.objects.filter(pk=link.pk, version=version)
        standing = link.version == version and rows.select_for_update().first()
        if not standing:
            raise Conflict(ProgramLink.objects.filter(pk=link.pk).first(), {})
        audit.record(
            by=by,
            action="programs.drop_link",
            target=link,
            label=label,
            before=before,
            reason=reason.strip(),
        )
        rows.delete()


def facts_of(link: ProgramLink) -> dict[str, Any]:
    """A link as the trail keeps it: both ends by their keys."""
    target = link.target
    return {
        "program": link.program.key,
        "target": None if target is None else f"{target.document.key}/{target.key}",
        "indicator": None if link.indicator is None else link.indicator.code,
        "clause": None if link.clause is None else link.clause.key,
        "kind": link.kind,
        "words": link.words,
        "words_en": link.words_en,
        "note": link.note,
        "note_en": link.note_en,
    }


def _check(
    kind: str,
    texts: dict[str, str],
    target: Target | None,
    indicator: Indicator | None,
    clause: Clause | None,
) -> None:
    if (target is None) == (indicator is None):
        raise Refused(_("请选择一个目标或一个指标。"))
    if kind not in ProgramLink.Kind.values:
        raise Refused(_("请选择关系：文件点名或目的相同。"))
    if not texts["words"]:
        raise Refused(_("请写明依据：文件里的哪几个字。"))
    if indicator is not None and clause is None:
        raise Refused(_("与指标的关联须写明条款。"))
    if any(len(text) > _LONGEST[name] for name, text in texts.items()):
        raise Refused(_("文字过长：依据最多80个字，说明最多200个字。"))


def _label(link: ProgramLink) -> str:
    return f"{link.program.name} → {link.target or link.indicator}"

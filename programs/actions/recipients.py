"""Who receives money: found by the credit code, or added."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from indicators.models import Region
from programs import creditcode, errors
from programs.actions.entries import require_text
from programs.models import Recipient

Kind = Recipient.Kind


def find_or_add_recipient(
    *, by: User, name: str, credit_code: str, kind: str, region: Region | None = None
) -> Recipient:
    """The recipient of a credit code, added where it is new; what is stored is never changed.

    A person has no code: the same name in the same district is the same person, so namesakes need
    a name that tells them apart. Raises Refused for a wrong code, and for a code that is stored
    with another name or kind, the stored name told only to who may see recipients.
    """
    wanted, code = name.strip(), checked_code(credit_code, kind)
    require_text(Recipient, "name", wanted)
    with audit.transaction():
        found = _found(wanted, code, region)
        if found is not None:
            return _same(by, found, wanted, kind)
        recipient = Recipient(credit_code=code, name=wanted, kind=kind, region=region)
        try:
            with transaction.atomic():
                recipient.save()
        except IntegrityError as error:
            # Another clerk added the same code between the look and the save.
            found = _found(wanted, code, region)
            if found is None:
                raise
            return _same(by, found, wanted, kind, error)
        audit.record(
            by=by, action="programs.find_or_add_recipient", target=recipient,
            after=_facts(recipient),
        )  # fmt: skip
    return recipient


def save_recipient(
    *,
    by: User,
    recipient: Recipient,
    version: int,
    name: str,
    credit_code: str,
    kind: str,
    region: Region | None = None,
    reason: str = "",
) -> Recipient:
    """Change what is stored of a recipient; raises Refused, and Conflict where it moved on."""
    code = checked_code(credit_code, kind)
    require_text(Recipient, "name", name)
    with audit.transaction():
        before = _facts(Recipient.objects.get(pk=recipient.pk))
        try:
            with transaction.atomic():
                compare_and_set(
                    Recipient, recipient.pk, version, name=name.strip(), credit_code=code,
                    kind=kind, region=region,
                )  # fmt: skip
        except IntegrityError as error:
            raise errors.code_taken() from error
        changed = Recipient.objects.select_related("region").get(pk=recipient.pk)
        audit.record(
            by=by, action="programs.save_recipient", target=changed, before=before,
            after=_facts(changed), reason=reason.strip(),
        )  # fmt: skip
    return changed


def checked_code(credit_code: str, kind: str) -> str | None:
    """The code as it is stored, None for a person; raises Refused in words for a wrong one."""
    if kind not in Kind.values:
        raise errors.needs_text(_("类别"))
    code = creditcode.normalise(credit_code)
    if kind == Kind.PERSON:
        if code:
            raise errors.bad_code("person")
        return None
    fault = creditcode.problem(code) if code else "empty"
    if fault is not None:
        raise errors.bad_code(fault)
    return code


def _found(name: str, code: str | None, region: Region | None) -> Recipient | None:
    if code is not None:
        return Recipient.objects.filter(credit_code=code).first()
    # Nothing in the database makes a person unique, so those who add one do it one after another.
    Region.objects.select_for_update(no_key=True).order_by("pk").first()
    people = Recipient.objects.filter(kind=Kind.PERSON, name=name, region=region)
    return people.order_by("pk").first()


def _same(
    by: User, found: Recipient, name: str, kind: str, cause: Exception | None = None
) -> Recipient:
    if (found.name, found.kind) != (name, kind):
        named = by.has_perm("programs.view_recipient")
        raise errors.code_of_another(found, named=named) from cause
    return found


def _facts(recipient: Recipient) -> dict[str, Any]:
    return {
        "name": recipient.name, "credit_code": recipient.credit_code, "kind": recipient.kind,
        "region": recipient.region_id,
    }  # fmt: skip

"""Writes of departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Department, User
from accounts.versions import compare_and_set

from .storing import save_new


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One department of a list to load; the parent is named by its code."""

    code: str
    name: str
    name_en: str = ""
    parent_code: str = ""


def create_department(
    *,
    by: User | None,
    code: str,
    name: str,
    name_en: str = "",
    parent: Department | None = None,
) -> Department:
    """Add a department; raises ValidationError for a code that exists."""
    with audit.transaction():
        department = Department(code=code, name=name, name_en=name_en, parent=parent)
        save_new(department)
        audit.record(
            by=by, action="accounts.create_department", target=department, after=_facts(department)
        )
    return department


def change_department(
    *, by: User | None, department: Department, version: int, **changes: Any
) -> Department:
    """Change code, name, name_en, parent or is_active on the version that was read.

    Raises Conflict for another version, ValidationError for a cycle or a broken rule.
    """
    unknown = set(changes) - {"code", "name", "name_en", "parent", "is_active"}
    if unknown:
        raise TypeError(f"not a field of a department that can be changed: {sorted(unknown)}")
    with audit.transaction():
        # Locks the tree, so that two moves at once cannot close a circle together.
        rows = Department.objects.select_for_update().values_list("pk", "parent_id")
        tree: dict[int, int | None] = dict(rows)
        before = Department.objects.select_related("parent").get(pk=department.pk)
        after = Department.objects.select_related("parent").get(pk=department.pk)
        for name, value in changes.items():
            setattr(after, name, value)
        if _is_below(after.parent_id, after.pk, tree):
            raise ValidationError({"parent": _("上级部门不能是本部门的下级。")})
        after.full_clean()
        after.version = compare_and_set(Department, after.pk, version, **changes)
        audit.record(
            by=by,
            action="accounts.change_department",
            target=after,
            before=_facts(before),
            after=_facts(after),
        )
    return after


def load_departments(
    *, by: User | None, rows: Iterable[DepartmentRow], reason: str = ""
) -> dict[str, int]:
    """Bring the departments in line with a list; safe to repeat, never removes one.

    Two passes, so a parent may stand below its child in the list. Returns the counts
    {"created", "changed", "unchanged"}; raises ValidationError for an unknown parent.
    """
    listed = list(rows)
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    with audit.transaction():
        known = {item.code: item for item in Department.objects.select_for_update()}
        new = {row.code for row in listed if row.code not in known}
        for row in listed:
            if row.code not in known:
                known[row.code] = Department(code=row.code, name=row.name, name_en=row.name_en)
                save_new(known[row.code])
        for row in listed:
            changed = _align(known[row.code], row, known)
            kind = "created" if row.code in new else "changed" if changed else "unchanged"
            counts[kind] += 1
        if counts["created"] or counts["changed"]:
            audit.record(
                by=by,
                action="accounts.load_departments",
                target=Department,
                after=dict(counts),
                reason=reason,
            )
    return counts


def _align(department: Department, row: DepartmentRow, known: dict[str, Department]) -> bool:
    """Write what differs from the row and say whether anything did."""
    if row.parent_code and row.parent_code not in known:
        raise ValidationError(
            _("部门 %(code)s 的上级 %(parent)s 不存在。")
            % {"code": row.code, "parent": row.parent_code}
        )
    parent = known[row.parent_code] if row.parent_code else None
    wanted = {"name": row.name, "name_en": row.name_en, "parent": parent}
    changes = {name: value for name, value in wanted.items() if getattr(department, name) != value}
    if not changes:
        return False
    for name, value in changes.items():
        setattr(department, name, value)
    tree = {item.pk: item.parent_id for item in known.values()}
    if _is_below(department.parent_id, department.pk, tree):
        raise ValidationError(_("部门 %(code)s 的上级成了循环。") % {"code": row.code})
    department.full_clean()
    department.version = compare_and_set(Department, department.pk, department.version, **changes)
    return True


def _is_below(pk: int | None, top: int, tree: Mapping[int, int | None]) -> bool:
    """Whether walking up from `pk` meets `top`."""
    seen: set[int] = set()
    while pk is not None and pk not in seen:
        if pk == top:
            return True
        seen.add(pk)
        pk = tree.get(pk)
    return False


def _facts(department: Department) -> dict[str, Any]:
    return {
        "code": department.code,
        "name": department.name,
        "name_en": department.name_en,
        "parent": str(department.parent) if department.parent else None,
        "is_active": department.is_active,
    }

"""One account per role for an embedded run; production refuses their password."""

from __future__ import annotations

from django.conf import settings

from accounts.actions import load_demo_users
from accounts.models import Department
from accounts.roles import ROLES
from qdpolicy.madeup import home_department


def load_demo() -> list[tuple[str, str]]:
    """Make the demo accounts where they are missing; (username, role) of each, or none at all."""
    if settings.PRODUCTION or not settings.DEMO_PASSWORD:
        return []
    department = Department.objects.filter(code=home_department()).first()
    users = load_demo_users(password=settings.DEMO_PASSWORD, department=department)
    names = {role: str(ROLES[role].name) for role in ROLES}
    return [
        (user.username, "、".join(names[role] for role in sorted(user.roles))) for user in users
    ]

"""What people did in the practice city: drafts, rounds, changes and decisions on fixed days.

Fixtures hold facts alone; who proposed, returned and approved is done here by the demo accounts,
through the same actions as on the pages. Once done it is not done again.
"""

from __future__ import annotations

from django.conf import settings

from accounts import audit
from accounts.models import AuditEvent
from qdpolicy.jobs import run_due_jobs
from qdpolicy.practice import actuals, money, programs, promises, rounds, uploads
from qdpolicy.practice.people import People, people

MARK = "command practice"
"""The source of the audit events: one of them says that the city has been acted out."""


def act() -> bool:
    """Act the practice city out; False where it was done before. Only where PRACTICE is on.

    Raises RuntimeError in a real run: its database must never hold any of this.
    """
    if not settings.PRACTICE:
        raise RuntimeError("练习内容只写入练习库 (PRACTICE is off)")
    if AuditEvent.objects.filter(source=MARK).exists():
        return False
    # One transaction: acted out as a whole, or not at all.
    with audit.transaction(source=MARK):
        cast = people()
        for scene in (actuals, rounds, promises, programs, money):
            scene.act(cast)
        for step in uploads.STEPS:
            step(cast)
            while run_due_jobs():
                pass
    return True


__all__ = ["MARK", "People", "act"]

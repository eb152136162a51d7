"""Users, departments, role grants, the audit chain and background jobs."""

from __future__ import annotations

from .jobs import Job
from .people import Department, RoleGrant, User
from .trail import AuditError, AuditEvent, AuditHead

__all__ = ["AuditError", "AuditEvent", "AuditHead", "Department", "Job", "RoleGrant", "User"]

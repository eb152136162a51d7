"""People: users, departments, roles, the audit trail."""

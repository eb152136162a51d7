"""Pages of programs alone: editing, awards, recipients, budgets."""

"""All the fixtures in their order, in one transaction: everything or nothing."""

from __future__ import annotations

from pathlib import Path

from accounts import audit
from accounts.actions import ensure_system_users
from qdpolicy.facts import actuals, catalogue, documents, programs


def load_facts(folder: Path) -> dict[str, int]:
    """Load catalogue, documents, programs and actuals; rows changed by kind.

    Loading again changes nothing. Raises FactsError with every sentence about what is wrong, and
    then nothing is written.
    """
    with audit.transaction(source="command load_facts"):
        importer, verifier = ensure_system_users()
        return {
            "catalogue": catalogue.load(folder, by=importer),
            "documents": documents.load(folder, by=importer, verifier=verifier),
            "programs": programs.load(folder, by=importer),
            "actuals": actuals.load(folder, by=importer, verifier=verifier),
        }

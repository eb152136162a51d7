"""All the fixtures in their order, in one transaction: everything or nothing."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError

from accounts import audit
from accounts.actions import ensure_system_users
from qdpolicy.facts import actuals, awards, catalogue, documents, programs
from qdpolicy.facts.reading import FactsError


def load_facts(folder: Path) -> dict[str, int]:
    """Load catalogue, documents, programs, actuals, and money where there is any; rows by kind.

    Loading again changes nothing. Raises FactsError with every sentence about what is wrong, and
    then nothing is written.
    """
    try:
        with audit.transaction(source="command load_facts"):
            importer, verifier = ensure_system_users()
            rows = {
                "catalogue": catalogue.load(folder, by=importer),
                "documents": documents.load(folder, by=importer, verifier=verifier),
                "programs": programs.load(folder, by=importer),
                "actuals": actuals.load(folder, by=importer, verifier=verifier),
            }
            # The published facts have no money; the practice city has.
            if awards.there(folder):
                rows["money"] = awards.load(folder, by=importer)
            return rows
    except ValidationError as error:
        raise FactsError(list(error.messages)) from error
    except (DataError, IntegrityError) as error:
        # What a constraint refuses although every row looked right, such as a text too long.
        raise FactsError([f"数据库拒绝了这些数据：{error}".strip()]) from error

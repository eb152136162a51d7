"""Writes a first .env with random secrets: `python -m qdpolicy.secrets_file .env`."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path


def contents() -> str:
    """The variables an embedded run needs; nothing in them is a default known to others."""
    return (
        "# Written by `make setup`; .env.example explains every variable.\n"
        f"SECRET_KEY={secrets.token_urlsafe(60)}\n"
        f"AUDIT_KEY={secrets.token_urlsafe(60)}\n"
        f"DEMO_PASSWORD=qd-{secrets.token_hex(6)}\n"
    )


def write(path: Path) -> None:
    """Create the file, readable by its owner only; FileExistsError where there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(contents())


if __name__ == "__main__":
    write(Path(sys.argv[1]))

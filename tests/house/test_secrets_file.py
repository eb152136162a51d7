"""The first .env: random each time, readable by its owner only, never overwritten."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from qdpolicy import secrets_file


def values(text: str) -> dict[str, str]:
    rows = (line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))
    return dict(rows)  # type: ignore[arg-type]


def test_contents_has_fresh_secrets_each_time() -> None:
    first, second = values(secrets_file.contents()), values(secrets_file.contents())
    assert set(first) == {"SECRET_KEY", "AUDIT_KEY", "DEMO_PASSWORD"}
    assert len(set(first.values()) | set(second.values())) == 6
    assert all(len(first[name]) >= 50 for name in ("SECRET_KEY", "AUDIT_KEY"))


def test_write_makes_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    secrets_file.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(values(path.read_text())) == {"SECRET_KEY", "AUDIT_KEY", "DEMO_PASSWORD"}


def test_write_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY=mine\n")
    with pytest.raises(FileExistsError):
        secrets_file.write(path)
    assert path.read_text() == "SECRET_KEY=mine\n"

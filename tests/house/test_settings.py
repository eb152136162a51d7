"""Production refuses to start on a loose setting; an embedded run starts on none at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY": "s" * 25 + "t" * 30 + "0123456789", "AUDIT_KEY": "a" * 25 + "b" * 30}
SOUND = {
    **SECRETS,
    "PRODUCTION": "true",
    "ALLOWED_HOSTS": "policy.example.internal",
    "DEMO_PASSWORD": "",
    "DATABASE_URL": "postgres://qdpolicy@127.0.0.1:5432/qdpolicy",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
}


def check(*flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with these variables and nothing of this machine's own."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    # An empty value stands in front of .env, which a developer's checkout has.
    blank = {"DEMO_PASSWORD": "", "DATABASE_URL": "", "CELERY_BROKER_URL": ""}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", *flags],
        cwd=ROOT,
        env={**kept, **blank, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "true", "DEBUG 必须关闭"),
        ("SECRET_KEY", "change-me", "SECRET_KEY 须为 50 位以上的随机串"),
        ("SECRET_KEY", "short", "SECRET_KEY 须为 50 位以上的随机串"),
        ("AUDIT_KEY", "change-me", "AUDIT_KEY 须为 50 位以上的随机串"),
        ("AUDIT_KEY", SECRETS["SECRET_KEY"], "AUDIT_KEY 不得与 SECRET_KEY 相同"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS 必须逐个列出主机名"),
        ("ALLOWED_HOSTS", ".internal", "ALLOWED_HOSTS 必须逐个列出主机名"),
        ("DEMO_PASSWORD", "known", "DEMO_PASSWORD 不得设置"),
    ],
)
def test_production_refuses_a_loose_setting(name: str, value: str, sentence: str) -> None:
    answer = check(**{**SOUND, name: value})
    assert answer.returncode != 0
    assert "生产环境拒绝启动" in answer.stderr
    assert sentence in answer.stderr


def test_check_deploy_is_clean_for_a_sound_production() -> None:
    answer = check("--deploy", "--fail-level", "WARNING", **SOUND)
    assert (answer.returncode, answer.stdout) == (
        0,
        "System check identified no issues (1 silenced).\n",
    ), answer.stderr


def test_check_deploy_refuses_an_embedded_run() -> None:
    answer = check("--deploy", **SECRETS)
    assert answer.returncode != 0
    assert "qdpolicy.E001" in answer.stderr


def test_check_deploy_refuses_sqlite_and_a_missing_broker() -> None:
    loose = {**SOUND, "DATABASE_URL": "sqlite:////tmp/unused.sqlite3", "CELERY_BROKER_URL": ""}
    answer = check("--deploy", **loose)
    assert answer.returncode != 0
    assert "qdpolicy.E002" in answer.stderr
    assert "qdpolicy.E003" in answer.stderr


def test_plain_http_is_allowed_and_said_loudly() -> None:
    answer = check("--deploy", **{**SOUND, "PLAIN_HTTP": "true"})
    assert answer.returncode == 0, answer.stderr
    assert "qdpolicy.W001" in answer.stderr
    assert "口令与会话在网络上不加密" in answer.stderr


def test_embedded_run_starts_with_secrets_alone() -> None:
    answer = check(**SECRETS)
    assert answer.returncode == 0, answer.stderr


def test_every_variable_of_the_settings_is_in_the_example() -> None:
    import re

    used = set(
        re.findall(
            r'env\.[a-z]+\(\s*"([A-Z_]+)"', (ROOT / "qdpolicy/settings.py").read_text("utf-8")
        )
    )
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    assert used == named

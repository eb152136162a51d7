"""The web process stays light: neither pandas nor plotly nor celery's worker is loaded by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "qdpolicy.settings"
from qdpolicy.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns
get_resolver().reverse_dict
print(sorted({"pandas", "plotly", "numpy"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded() -> str:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def test_web_process_loads_none_of_the_heavy_libraries(loaded: str) -> None:
    assert loaded == "[]"

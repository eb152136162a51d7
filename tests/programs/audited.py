"""One call of every action on programs and money, collected from the files beside this one.

Each `audited_*.py` exports CASES (name of the action -> its arguments, made for the person who
acts), and where it has them READING, BY_THE_SYSTEM and TOLD_AS, as `tests/indicators/audited.py`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from accounts.models import User

HERE = Path(__file__).parent
_PARTS = [
    import_module(f"tests.programs.{module.name}")
    for module in pkgutil.iter_modules([str(HERE)])
    if module.name.startswith("audited_")
]
CASES: dict[str, Callable[[User], dict[str, Any]]] = {
    name: case for part in _PARTS for name, case in part.CASES.items()
}
READING: set[str] = {name for part in _PARTS for name in getattr(part, "READING", ())}
"""Public functions that only read."""
BY_THE_SYSTEM: dict[str, str] = {
    name: file for part in _PARTS for name, file in getattr(part, "BY_THE_SYSTEM", {}).items()
}
"""What is done in nobody's name, and the file of tests here that calls it by its name."""
TOLD_AS: dict[str, str] = {
    name: told for part in _PARTS for name, told in getattr(part, "TOLD_AS", {}).items()
}
"""Actions that are told as the one that they are made of."""

"""The house: what stands at the top, how long a module is, which names it may have."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = {
    "accounts", "indicators", "targets", "programs", "qdpolicy", "templates", "static", "fixtures",
    "tests", ".ci",
}  # fmt: skip
FORBIDDEN = re.compile(r"(^|/)(utils?|helpers?|common|services|managers|misc)(\.py|/)")
LONGEST = 400


def tracked() -> list[str]:
    """Every file of the project, tracked or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


FILES = tracked()
MODULES = [name for name in FILES if name.endswith(".py") and "/migrations/" not in name]
SOURCES = [name for name in MODULES if not name.startswith("tests/")]


def test_top_level_holds_the_given_folders_and_single_files() -> None:
    assert {Path(name).parts[0] for name in FILES if "/" in name} == TOP


@pytest.mark.parametrize("name", MODULES)
def test_module_is_short_enough_to_read_in_one_sitting(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").count("\n")
    assert lines <= (LONGEST if name in SOURCES else 2 * LONGEST), f"{name}: {lines} lines"


@pytest.mark.parametrize("name", FILES)
def test_file_is_named_for_what_it_holds(name: str) -> None:
    assert FORBIDDEN.search(name) is None


def test_tests_are_at_least_as_many_lines_as_the_code() -> None:
    def lines(names: list[str]) -> int:
        return sum((ROOT / name).read_text(encoding="utf-8").count("\n") for name in names)

    assert lines([name for name in MODULES if name.startswith("tests/")]) >= lines(SOURCES)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_pins_with_hashes_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://|file:|--index-url|--extra-index-url|--find-links", text) == []
    pins = re.findall(
        r"^[A-Za-z0-9._-]+(?:\[[a-z,]+\])?==\S+ \\\n(?:    # .*\n)*    --hash=sha256:", text, re.M
    )
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9]", text, re.M)) > 20


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.findall(
        r'^    "[A-Za-z][^"]*(?:>=|<)[^"]*",?(.*)$|^    "types-[^"]*",?(.*)$', text, re.M
    )
    assert len(listed) >= 25
    assert [row for row in listed if "#" not in "".join(row)] == []


def test_no_code_of_others_stands_in_the_project() -> None:
    strangers = re.compile(r"\.min\.(js|css)$|(^|/)(vendor|node_modules)/")
    assert [name for name in FILES if strangers.search(name)] == []


def test_nothing_is_left_open_in_the_code() -> None:
    marks = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")))
    marks_in_tests = re.compile(r"pytest\.(skip|xfail)|mark\.(skip|xfail)")
    for name in MODULES:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert marks.search(text) is None, name
        assert name == "tests/house/test_layout.py" or marks_in_tests.search(text) is None, name


def test_templates_carry_no_inline_style_or_script() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=|<style"
    )
    for name in FILES:
        if name.endswith(".html"):
            found = inline.search((ROOT / name).read_text(encoding="utf-8"))
            assert found is None, f"{name}: {found}"


def test_nothing_names_a_host_to_load_from() -> None:
    loads = re.compile(
        r"""(?:src|href|action)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|fetch\(["']https?:"""
    )
    for name in FILES:
        if name.endswith((".html", ".js", ".css")):
            assert loads.search((ROOT / name).read_text(encoding="utf-8")) is None, name

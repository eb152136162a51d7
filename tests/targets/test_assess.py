"""manage.py assess: JSON in, JSON out, and no database behind it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from targets.management.commands import assess
from targets.progress.cases import judge_case

ROOT = Path(__file__).resolve().parents[2]
WORKED = ROOT / "tests/targets/progress/data/worked_cases.json"
CASE = {
    "id": "一",
    "measure": "level",
    "comparator": "at_least",
    "value": 100,
    "period_end": "2028",
    "series": {"2028": 100},
}


def run(
    *arguments: str, given: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, with a database that does not exist."""
    return subprocess.run(
        [sys.executable, "manage.py", "assess", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        env={
            **os.environ,
            "DATABASE_URL": "postgres://nobody@no-such-host.invalid:1/nothing",
            **variables,
        },
        check=False,
    )


def called(file: Path | str) -> str:
    out = io.StringIO()
    call_command("assess", json=str(file), stdout=out)
    return out.getvalue()


def test_worked_cases_are_judged_without_a_database() -> None:
    done = run("--json", str(WORKED))
    assert (done.returncode, done.stderr) == (0, b"")
    expected = [judge_case(case) for case in json.loads(WORKED.read_text(encoding="utf-8"))]
    assert json.loads(done.stdout) == expected
    assert "符合预期" not in done.stdout.decode()
    assert "已完成，无需再增" in done.stdout.decode()


def test_standard_input_is_read_and_a_malformed_case_ends_in_status_one() -> None:
    done = run("--json", "-", given=json.dumps([{"id": 7}, CASE]).encode())
    rows = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, b"")
    assert rows[0] == {"id": 7, "error": "缺少目标值 value。 The goal's value is missing."}
    assert (rows[1]["id"], rows[1]["status"]) == ("一", "attained")


def test_file_that_is_no_json_is_one_sentence_on_the_error_stream() -> None:
    done = run("--json", "-", given="[亿".encode("gb18030"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().strip() == (
        "CommandError: 文件不是 UTF-8 编码（第2个字节），请另存为 UTF-8。"
        " The file is not UTF-8 (byte 2); save it as UTF-8."
    )


@pytest.mark.parametrize("encoding", ["ascii", "gb18030", "utf-8"])
def test_output_is_json_in_every_encoding_of_the_terminal(encoding: str) -> None:
    case = CASE | {"id": "\ud800𠮷一"}
    done = run("--json", "-", given=json.dumps([case]).encode(), PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode(encoding)) == [judge_case(case)]


def test_reader_that_stops_early_gets_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "many.json"
    file.write_text(json.dumps([CASE] * 2000), encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "manage.py", "assess", "--json", str(file)],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_output_is_one_json_list_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([CASE, CASE | {"id": "2"}]), encoding="utf-8")
    assert json.loads(called(file)) == [judge_case(CASE), judge_case(CASE | {"id": "2"})]
    assert called(file).count("\n") == 4


@pytest.mark.parametrize("name", ["nowhere.json", ".", "a\0b"])
def test_file_that_cannot_be_read_is_told_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError) as caught:
        called(f"{tmp_path}/{name}")
    assert str(caught.value).startswith(f"无法读取 {tmp_path}/{name}：")
    assert str(caught.value).endswith(" (The file cannot be read.)")


def test_file_that_is_too_large_is_refused_before_it_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assess, "LARGEST", 2 << 20)
    file = tmp_path / "cases.json"
    file.write_bytes(b"[]".ljust(2 << 20))
    assert called(file) == "[]\n"
    file.write_bytes(b"[]".ljust((2 << 20) + 1))
    with pytest.raises(CommandError) as caught:
        called(file)
    assert str(caught.value) == (
        "文件超过 2 MB，请分成几份。 (The file is larger than 2 MB; split it.)"
    )


def test_command_line_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="--json"):
        call_command("assess")


def test_refused_cases_end_in_status_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"[1]")))
    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("assess", json="-", stdout=out)
    assert caught.value.code == 1
    assert json.loads(out.getvalue())[0]["id"] is None

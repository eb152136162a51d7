"""manage.py assess --json FILE: judge cases from a file, without the database."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from targets.progress.casefile import judge_file
from targets.progress.cases import CaseError

LARGEST = 64 * 1024 * 1024


class Command(BaseCommand):
    """Prints one JSON list; exit code 1 where a case was refused or the file cannot be read."""

    help = (
        "评估 JSON 文件中的案例，不读写数据库；有案例无法读取时退出码为 1。"
        " (Judge the cases of a JSON file without the database; exit 1 where one is malformed.)"
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - the framework's own type

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json",
            required=True,
            metavar="FILE",
            help="案例列表，- 为标准输入。 (A list of cases, - for standard input.)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            verdicts, refused = judge_file(_read(options["json"]))
        except CaseError as error:
            raise CommandError(str(error)) from error
        self._print(verdicts)
        if refused:
            sys.exit(1)

    def _print(self, verdicts: str) -> None:
        try:
            verdicts.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            # A half of a surrogate pair, or a terminal that cannot show Chinese.
            verdicts = _escaped(verdicts)
        try:
            self.stdout.write(verdicts)
            self.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough. What is left must not fail again at the exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


def _escaped(text: str) -> str:
    """The JSON text in ASCII: outside its strings it has no other characters."""
    units = (json.dumps(c)[1:-1] if ord(c) > 126 else c for c in text)
    return "".join(units)


def _read(name: str) -> bytes:
    """The bytes of a file, or of the standard input. Raises CommandError."""
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"无法读取 {name}：{cause} (The file cannot be read.)") from error
    if len(raw) > LARGEST:
        raise CommandError(
            f"文件超过 {LARGEST >> 20} MB，请分成几份。"
            f" (The file is larger than {LARGEST >> 20} MB; split it.)"
        )
    return raw

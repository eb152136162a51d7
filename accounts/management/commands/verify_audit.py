"""Check the audit trail for tampering."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import audit


class Command(BaseCommand):
    """Prints the head of the chain and every finding; exit code 1 where there is one."""

    help = "核验审计链，发现篡改时退出码为 1。 (Verify the audit chain; exit 1 on tampering.)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect-head",
            metavar="COUNT:HASH",
            help="以前记下的链末端，用于发现截断。 (An earlier head, to notice a truncation.)",
        )

    def handle(self, *args: Any, expect_head: str | None = None, **options: Any) -> None:
        try:
            expected = audit.Head.parse(expect_head) if expect_head else None
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        findings = audit.verify(expected)
        self.stdout.write(f"链末端 (head) {audit.head()}")
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            sys.exit(1)
        self.stdout.write("未发现篡改。 (No tampering found.)")

"""manage.py load_document KEY FILE: attach an original text that a user has."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.actions import ensure_system_users
from targets.actions import attach_original
from targets.errors import Refused
from targets.models import PolicyDocument
from targets.originals import UnreadableError, decode


class Command(BaseCommand):
    help = "为一份政策文件附上原文，并在原文中定位引文；找不到的引文会列出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="文件的键，例如 qd-sti-meeting-2024")
        parser.add_argument("file", type=Path, help="原文文件（.txt，UTF-8 或 GB18030）")

    def handle(self, *_args: Any, key: str, file: Path, **_options: Any) -> None:
        document = PolicyDocument.objects.filter(key=key).first()
        if document is None:
            keys = "、".join(PolicyDocument.objects.values_list("key", flat=True))
            raise CommandError(f"没有键为“{key}”的文件。现有：{keys or '无'}")
        importer, _verifier = ensure_system_users()
        try:
            with audit.source("command load_document"):
                missing = attach_original(
                    by=importer, document=document, raw=decode(file.read_bytes())
                )
        except OSError as error:
            raise CommandError(f"无法读取 {file.name}：{error.strerror}") from error
        except (UnreadableError, Refused) as error:
            raise CommandError(str(error)) from error
        found = document.clauses.exclude(text_start=None).count()
        self.stdout.write(f"已附上原文：定位引文 {found} 处，未找到 {len(missing)} 处。")
        for clause in document.clauses.filter(key__in=missing):
            self.stdout.write(f"  未找到（{clause.locator}）：{clause.quote}")

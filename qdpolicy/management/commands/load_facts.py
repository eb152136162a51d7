"""manage.py load_facts: the fixtures into the database, once or again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qdpolicy import madeup
from qdpolicy.facts.loading import load_facts
from qdpolicy.facts.reading import FactsError


class Command(BaseCommand):
    help = "装载 fixtures/ 中的部门、指标、文件、计划与实绩；重复运行不会重复添加。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=None)

    def handle(self, *_args: Any, folder: Path | None, **_options: Any) -> None:
        try:
            changed = load_facts(folder or madeup.folder())
        except FactsError as error:
            raise CommandError(
                "装载失败，未写入任何数据：\n" + "\n".join(error.problems)
            ) from error
        words = {
            "catalogue": "目录",
            "documents": "文件与目标",
            "programs": "计划",
            "actuals": "实绩",
            "money": "预算、立项与拨付",
        }
        news = "，".join(f"{words[name]} {rows} 行" for name, rows in changed.items() if rows)
        self.stdout.write(f"数据已装载：{news}" if news else "数据已装载，没有变动")

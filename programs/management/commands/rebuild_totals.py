"""manage.py rebuild_totals: make the yearly totals of the programs anew from the awards."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from programs.actions import rebuild_totals


class Command(BaseCommand):
    help = "由立项与拨付记录重建各计划的年度合计。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        number = rebuild_totals()
        self.stdout.write(f"年度合计已重建：{number} 行。 ({number} yearly totals were made anew)")

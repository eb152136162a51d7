"""manage.py rebuild_read_models: make PostgreSQL's float8 tables anew from the record."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from targets.recompute import read_model


class Command(BaseCommand):
    help = "由记录重建目标与实绩的读模型（仅 PostgreSQL；读模型随时可以删除重建）。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write("此数据库没有读模型，无需重建。 (no read models on this database)")
            return
        read_model.rebuild()
        self.stdout.write("读模型已重建。 (the read models were made anew)")

"""Practice or real: which of the two a run is, and that the two never stand in one database.

The practice city is made up. Its regions carry `made_up`; a database holds either such regions or
real ones, and the setting PRACTICE says which of them a process expects.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import Error

from indicators.models import Region

CITY, HOME = "370200", "qd-stb"
"""The city that the pages are about, and the bureau that answers for most of its indicators."""
PRACTICE_CITY, PRACTICE_HOME = "999900", "sl-stb"

BANNER = "示例市：练习数据，全部虚构"
BANNER_EN = "Practice city: every figure, body and document is made up"
PREFIX = "示例市-练习数据-"
"""Stands before the name of every file that a practice site hands out."""

REAL_HERE = (
    "数据库里是真实地区（{name}），不能用作练习库：请给练习另设 DATABASE_URL。"
    " (This database holds real regions; the practice city needs a database of its own.)"
)
MADE_UP_HERE = (
    "数据库里是练习用的虚构地区（{name}），不能存放真实数据：请换一个 DATABASE_URL，"
    "或以 make practice 启动。"
    " (This database holds the made-up practice city; real data need another one.)"
)
MIXED = "真实地区与虚构地区不能写在一处，made_up 须全部为 true 或全部不写"
FACTS_MADE_UP = "这些数据是虚构的，只能以 PRACTICE=true 装载：请运行 make practice"
FACTS_REAL = "这些数据是真实的，练习模式（PRACTICE=true）不装载"


def folder() -> Path:
    """The fixtures of this run."""
    facts: Path = settings.BASE_DIR / "fixtures"
    return facts / "practice" if settings.PRACTICE else facts


def home_region() -> str:
    """The code of the city that the pages are about."""
    return PRACTICE_CITY if settings.PRACTICE else CITY


def home_department() -> str:
    """The code of the bureau that answers for most indicators."""
    return PRACTICE_HOME if settings.PRACTICE else HOME


def stranger(made_up: bool) -> str:
    """Why rows of this kind may not stand in the database; empty where they may."""
    other = Region.objects.exclude(made_up=made_up).order_by("code").first()
    if other is None:
        return ""
    return (REAL_HERE if made_up else MADE_UP_HERE).format(name=other.name)


def disagreement() -> str:
    """Why the setting PRACTICE and the database do not go together; empty where they do.

    A database that cannot be asked, such as one without tables, disagrees with nothing.
    """
    try:
        return stranger(settings.PRACTICE)
    except Error:
        return ""

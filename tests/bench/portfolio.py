"""The pages of money over 100,000 awards on PostgreSQL: `python -m tests.bench.portfolio [AWARDS]`.

One JSON line a page: the milliseconds that its statements took in the database, how many they
were, and how that compares with one bare SELECT over the totals and budgets. Asked for: the
portfolio under 50 ms. The database is made for the run and dropped afterwards.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from tests.bench import server
from tests.bench.reporting import line

AWARDS = 100_000
ROUNDS = 15
NAME = "portfolio"
ASKED = 50
"""Milliseconds of the database for the portfolio."""
FIRST, LAST = 2017, 2026
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
PROGRAMS = 30
BATCH = 5_000
BARE = """SELECT t.program_id, t.year, t.awards, t.committed, t.paid, t.capped, t.ceilings,
 t.at_ceiling, t.overridden, b.amount FROM programs_yeartotal t
 LEFT JOIN programs_budget b ON b.program_id = t.program_id AND b.year = t.year"""


def main(number: int) -> None:
    server.create(NAME)
    try:
        server.connect(NAME)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        fill(number)
        measure()
    finally:
        server.drop(NAME)


def fill(number: int) -> None:
    """Programs with an edition and an item each, budgets, and the awards by bulk insert."""
    from django.db import connection

    from programs.actions import rebuild_totals
    from programs.models import Award, Budget

    by, items, recipients, regions = grounds()
    Budget.objects.bulk_create(
        Budget(program=item.edition.program, year=year, amount=Decimal(90_000_000),
               source_title="基准", set_by=by, set_at=MOMENT)
        for item in items for year in range(FIRST, LAST + 1)
    )  # fmt: skip
    rows = awards(number, by, items, recipients, regions)
    while batch := list(islice(rows, BATCH)):
        Award.objects.bulk_create(batch)
    pairs = rebuild_totals()
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    line(awards=Award.objects.count(), programs=len(items), programs_and_years=pairs)


def awards(number: int, by: Any, items: Any, recipients: Any, regions: Any) -> Iterator[Any]:
    """Awards over ten years, a tenth at their ceiling, the same in every run."""
    from programs.models import Award

    chance = random.Random(5)
    for turn in range(number):
        item = chance.choice(items)
        amount = item.cap if turn % 10 == 0 else Decimal(chance.randrange(1, 500_000_000)) / 100
        year = chance.randrange(FIRST, LAST + 1)
        yield Award(
            number=f"B{turn:07}", project=f"基准项目{turn}", project_code=f"B{turn:07}",
            recipient=chance.choice(recipients), program=item.edition.program, item=item,
            item_key=item.key, year=year, decided_on=date(year, chance.randrange(1, 13), 1),
            amount=amount, paid=amount / 2 if turn % 2 else Decimal(0), ceiling=item.cap,
            industry=f"产业{turn % 12}", region=chance.choice(regions), entered_by=by,
            entered_at=MOMENT,
        )  # fmt: skip


def grounds() -> tuple[Any, list[Any], list[Any], list[Any]]:
    """Who enters, what is granted, to whom and where: rows of no real place."""
    from accounts.models import User
    from indicators.models import Region
    from programs.models import Program, ProgramEdition, Recipient, SupportItem
    from targets.models import Clause, PolicyDocument

    by = User.objects.create(username="bench", full_name="基准")
    region = Region.objects.create(code="990000", name="示例市", name_en="Example", kind="city")
    regions = [
        Region.objects.create(
            code=f"9900{n:02}", name=f"{n}号区", name_en=f"No. {n}", kind="district"
        )
        for n in range(1, 13)
    ]
    home = PolicyDocument.objects.create(
        key="bench", title="基准文件", title_en="Bench", issuer="示例市", kind="plan",
        issued="2016-01-01", region=region, digest="最高500万元",
    )  # fmt: skip
    clause = Clause.objects.create(
        document=home, key="c1", locator="第一条", quote="最高500万元", start=0, end=7
    )
    items = []
    for turn in range(PROGRAMS):
        program = Program.objects.create(
            key=f"p{turn}", name=f"计划{turn}", name_en=f"Program {turn}", objective="基准"
        )
        edition = ProgramEdition.objects.create(
            program=program, key=f"p{turn}-e", name=f"计划{turn}", document=home, clause=clause,
            valid_from=date(2016, 1, 1),
        )  # fmt: skip
        items.append(
            SupportItem.objects.create(
                edition=edition, key="grant", name="资助", name_en="Grant", tier="市级",
                kind="project_grant", comparator="at_most", cap=Decimal(5_000_000), per="project",
                clause=clause,
            )
        )  # fmt: skip
    recipients = Recipient.objects.bulk_create(
        Recipient(name=f"个人{n}", kind="person") for n in range(2_000)
    )
    return by, items, recipients, regions


def measure() -> None:
    """The best of several rounds of each page, and of the bare statement."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    settings.PUBLIC_READING = True
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE)
            cursor.fetchall()

    client = Client()
    yardstick, _statements = best(connection, bare)
    for page in ("/portfolio/", "/programs/", "/programs/p0/", "/support/"):
        assert client.get(page).status_code == 200
        spent, statements = best(connection, lambda page=page: client.get(page))
        line(measurement=f"{page} over the awards, time in the database",
             milliseconds=round(spent * 1000, 2), statements=statements,
             yardstick="one bare SELECT over totals and budgets",
             yardstick_milliseconds=round(yardstick * 1000, 2), ratio=round(spent / yardstick, 2),
             **({"asked_milliseconds": ASKED} if page == "/portfolio/" else {}))  # fmt: skip


def best(connection: Any, run: Any) -> tuple[float, int]:
    """The least seconds that the statements of a run took together, and how many they were."""
    found = []
    for _ in range(ROUNDS):
        with server.timed(connection) as spent:
            run()
        found.append((sum(seconds for _sql, seconds in spent), len(spent)))
    return min(found)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else AWARDS)

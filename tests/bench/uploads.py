"""An upload of 100,000 rows beside bare calamine and one merge: `python -m tests.bench.uploads`.

The yardstick reads the same workbook with calamine in this process, copies its six columns into a
temporary table and writes them into the table of actuals with one INSERT ... SELECT: no child, no
check, no sentence, no difference, no undoing. Ours is the whole way from the bytes of the file to
drafts: kept, opened in the child with the independent count, compared, doubted, staged with a
sentence each, merged. Both commit; the rounds take turns. `one` runs ours alone, for the memory.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.reporting import line
from tests.bench.server import SERVER

ROWS = int(os.environ.get("BENCH_UPLOAD_ROWS", 100_000))
ROUNDS = int(os.environ.get("BENCH_UPLOAD_ROUNDS", 5))
DATABASE = "qdpolicy_bench_uploads"
INDICATORS, REGIONS = 100, 100


def main() -> None:
    if len(sys.argv) > 2:
        connect(sys.argv[1])
        return one(Path(sys.argv[2]))
    kinds = [sys.argv[1]] if len(sys.argv) > 1 else ["sqlite", "postgresql"]
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["BENCH_UPLOAD_FOLDER"] = folder
            subprocess.run([sys.executable, "-c", f"from tests.bench import uploads; uploads.measure('{kind}')"], check=True)  # fmt: skip
    return None


def connect(kind: str) -> None:
    """Set Django up on the database of this kind."""
    folder = os.environ["BENCH_UPLOAD_FOLDER"]
    os.environ["DATABASE_URL"] = (
        f"{SERVER}/{DATABASE}" if kind == "postgresql" else f"sqlite:///{folder}/bench.sqlite3"
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "qdpolicy.settings"
    import django

    django.setup()


def measure(kind: str) -> None:
    """Both ways in turn, and the memory of ours in a process of its own."""
    if kind == "postgresql":
        _create()
    connect(kind)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill()
    path = Path(os.environ["BENCH_UPLOAD_FOLDER"]) / "table.xlsx"
    workbook(path)
    ways = {"yardstick": yardstick, "ours": ours}
    took: dict[str, list[float]] = {name: [] for name in ways}
    try:
        for _ in range(ROUNDS):
            for name, run in ways.items():
                empty()
                gc.collect()
                start = time.perf_counter()
                run(path)
                took[name].append(time.perf_counter() - start)
                assert written() == ROWS, (name, written())
        best = {name: min(times) for name, times in took.items()}
        line(
            measurement=f"upload of {ROWS} rows, {kind}",
            rows_a_second=round(ROWS / best["ours"]),
            yardstick="bare calamine and one merge",
            yardstick_rows_a_second=round(ROWS / best["yardstick"]),
            ratio=round(best["yardstick"] / best["ours"], 2),
            seconds=[round(s, 2) for s in took["ours"]],
            yardstick_seconds=[round(s, 2) for s in took["yardstick"]],
            phases={name: round(s, 2) for name, s in PHASES.items()},
        )
        empty()
        from django.db import connection

        connection.close()
        subprocess.run([sys.executable, "-m", "tests.bench.uploads", kind, str(path)], check=True)
    finally:
        if kind == "postgresql":
            _drop()


def one(path: Path) -> None:
    """Ours alone, in a fresh process: the peaks of memory of it and of the child that reads."""
    ours(path)
    child = subprocess.run(
        [sys.executable, "-S", "-c", _CHILD, str(path)], capture_output=True, text=True, check=True
    )
    mib = {"parent": _peak(), "child": round(int(child.stdout) / 1024)}
    line(measurement=f"memory of an upload of {ROWS} rows", mib=mib)


# A peak is inherited from whoever starts a process: the child is started from a small one.
_CHILD = f"""
import resource, subprocess, sys
subprocess.run(
    [{sys.executable!r}, "-m", "indicators.importing.child", sys.argv[1], ".xlsx", "9", "512"],
    stdout=subprocess.DEVNULL, check=True,
)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _peak() -> int:
    """The most memory that this process held since it began, MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024)


def fill() -> None:
    """The catalogue that the file speaks about, and the person who uploads it."""
    from accounts.models import Department, RoleGrant, User
    from indicators.models import Indicator, Region, Unit

    at = Department.objects.create(code="d", name="处室")
    user = User.objects.create(username="u", full_name="上传人", department=at)
    RoleGrant.objects.create(user=user, role="analyst", granted_by=None)
    unit = Unit.objects.create(
        code="yi", symbol="亿元", name_en="100 million yuan", base="元", exponent=8,
        dimension="money",
    )  # fmt: skip
    Region.objects.bulk_create(
        Region(code=f"R{i:03d}", name=f"地区{i}", name_en=f"Region {i}", kind="district")
        for i in range(REGIONS)
    )
    Indicator.objects.bulk_create(
        Indicator(
            code=f"I{i:03d}", name=f"指标{i}", name_en=f"Indicator {i}", definition="口径",
            unit=unit, kind="amount", accumulation="flow", direction="increase",
            aggregation="none", department=at,
        )
        for i in range(INDICATORS)
    )  # fmt: skip


def workbook(path: Path) -> None:
    """A long table: code, region, period, value, source, note; series that grow by some per cent."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append(["指标代码", "地区代码", "报告期", "数值", "来源", "说明"])
    for i in range(ROWS):
        year, rest = 2024 - i % 10, i // 10
        value = round((50 + rest % 977) * 1.07 ** (year - 2015), 2)
        sheet.append(
            [f"I{rest % INDICATORS:03d}", f"R{rest // INDICATORS:03d}", year, value,
             f"统计公报{year}", f"第{i}行"]
        )  # fmt: skip
    book.save(path)


def empty() -> None:
    """No actuals, no uploads; the tables as fresh as they were."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("indicators_stagedcell", "indicators_observation", "indicators_upload"):
            if connection.vendor == "postgresql":
                cursor.execute(f"TRUNCATE {table} CASCADE")
            else:
                cursor.execute(f"DELETE FROM {table}")
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")


def written() -> int:
    from indicators.models import Observation

    return Observation.objects.count()


PHASES: dict[str, float] = {}


def ours(path: Path) -> None:
    """From the bytes of the file to drafts, by the product's own actions."""
    from accounts.models import User
    from indicators import actions
    from indicators.importing.staging import stage_upload

    by = User.objects.get(username="u")
    start = time.perf_counter()
    upload = actions.receive_upload(by=by, name=path.name, content=path.read_bytes())
    received = time.perf_counter()
    stage_upload(upload)
    upload.refresh_from_db()
    assert upload.counts["new"] == ROWS, (upload.refusal, upload.counts)
    compared = time.perf_counter()
    upload = actions.apply_upload(
        by=by, upload=upload, version=upload.version, explanation="逐项核对无误"
    )
    assert actions.merge_upload(upload=upload)
    PHASES.update(
        received=received - start,
        compared=compared - received,
        merged=time.perf_counter() - compared,
    )


def yardstick(path: Path) -> None:
    """Bare calamine, a temporary table, one INSERT ... SELECT."""
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows = iter(sheet.iter_rows())
    next(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bare (code text, region text, period text, value numeric,"
            " source text, note text)"
        )
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bare FROM STDIN") as copy:
                copy.write(
                    "".join(f"{c}\t{r}\t{p:.0f}\t{v}\t{s}\t{n}\n" for c, r, p, v, s, n in rows)
                )
        else:
            cursor.executemany(
                "INSERT INTO bare VALUES (%s, %s, %s, %s, %s, %s)",
                ((c, r, f"{p:.0f}", v, s, n) for c, r, p, v, s, n in rows),
            )
        cursor.execute(
            """INSERT INTO indicators_observation (indicator_id, region_id, reference_period, value,
                qualifier, obs_status, vintage, entered_text, source_title, source_url, source_date,
                reliability, note, reason, doubts, explanation, origin, origin_place, review_state,
                entered_by_id, entered_at, return_reason, self_approved, withdraw_reason, version)
            SELECT i.id, r.id, b.period, b.value, 'exact', 'A', 'annual', '', b.source, '', '', '',
                b.note, '', '[]', '', 'workbook', '', 'draft', u.id, CURRENT_TIMESTAMP, '', false,
                '', 1
            FROM bare b JOIN indicators_indicator i ON i.code = b.code
            JOIN indicators_region r ON r.code = b.region
            JOIN accounts_user u ON u.username = 'u'"""
        )
        cursor.execute("DROP TABLE bare")


def _create() -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        server.execute(f"CREATE DATABASE {DATABASE}")


def _drop() -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main()

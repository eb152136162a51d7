"""The practice city and real data never stand in one database, whichever comes first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import audit
from accounts.actions import ensure_system_users
from accounts.models import AuditEvent, Department, User
from indicators.actions import save_catalogue_entry
from indicators.errors import Refused
from indicators.models import Region
from programs.models import Award, Budget, Payment, Recipient
from qdpolicy import madeup, practice
from qdpolicy.checks import practice_and_database
from qdpolicy.demo import load_demo
from qdpolicy.facts import awards, catalogue
from qdpolicy.facts.loading import load_facts
from qdpolicy.facts.reading import FactsError
from tests.facts.practiceworld import facts_template
from tests.house.test_settings import ROOT, SECRETS, SOUND, check
from tests.work import worlds

REAL, PRACTICE = ROOT / "fixtures", ROOT / "fixtures" / "practice"


def region(code: str = "370200", *, made_up: bool = False) -> Region:
    return Region.objects.create(
        code=code, name=f"测试市{code}", name_en="Test", kind="city", made_up=made_up
    )


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(FactsError) as error:
        load_facts(folder)
    return error.value.problems


@pytest.mark.django_db
def test_practice_facts_are_refused_beside_real_regions(settings: Any) -> None:
    settings.PRACTICE = True
    region()
    (sentence,) = problems_of(PRACTICE)
    assert "数据库里是真实地区（测试市370200），不能用作练习库" in sentence
    assert "This database holds real regions" in sentence
    assert set(Region.objects.values_list("code", flat=True)) == {"370200"}


@pytest.mark.django_db
def test_real_facts_are_refused_beside_made_up_regions(settings: Any) -> None:
    region("999900", made_up=True)
    (sentence,) = problems_of(REAL)
    assert "数据库里是练习用的虚构地区（测试市999900），不能存放真实数据" in sentence
    assert "This database holds the made-up practice city" in sentence
    assert set(Region.objects.values_list("code", flat=True)) == {"999900"}


@pytest.mark.django_db
def test_facts_are_refused_in_a_run_of_the_other_kind(settings: Any) -> None:
    assert problems_of(PRACTICE) == [madeup.FACTS_MADE_UP]
    settings.PRACTICE = True
    assert problems_of(REAL) == [madeup.FACTS_REAL]
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_facts_that_mix_both_are_refused(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(PRACTICE, folder)
    regions = folder / "regions.yaml"
    text = regions.read_text("utf-8")
    regions.write_text(text.replace("made_up: true}", "made_up: false}", 1), encoding="utf-8")
    settings.PRACTICE = True
    assert problems_of(folder) == [f"regions.yaml：{madeup.MIXED}"]


@pytest.mark.django_db
@pytest.mark.parametrize("made_up", [True, False])
def test_catalogue_refuses_a_region_of_the_other_kind(
    made_up: bool, make_user: Callable[..., Any]
) -> None:
    region("999900" if made_up else "370200", made_up=made_up)
    facts = {"by": make_user("system_admin"), "before": {}, "after": {}, "reason": "新增"}
    other = Region(code="1", name="他市", name_en="Other", kind="city", made_up=not made_up)
    with pytest.raises(Refused, match="虚构地区与真实地区不能放在同一个数据库里"):
        save_catalogue_entry(entry=other, **facts)
    same = Region(code="2", name="同类市", name_en="Like", kind="city", made_up=made_up)
    save_catalogue_entry(entry=same, **facts)
    assert set(Region.objects.values_list("made_up", flat=True)) == {made_up}


@pytest.mark.django_db
def test_first_region_may_be_of_either_kind_and_stays_so(make_user: Callable[..., Any]) -> None:
    by = make_user("system_admin")
    only = region()
    only.made_up = True
    save_catalogue_entry(entry=only, by=by, before={}, after={}, reason="改错", version=1)
    assert Region.objects.get().made_up


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "made_up", "sentence"),
    [
        (True, False, "数据库里是真实地区"),
        (False, True, "数据库里是练习用的虚构地区"),
        (True, True, ""),
        (False, False, ""),
    ],
)
def test_check_and_prepare_refuse_a_database_of_the_other_kind(
    setting: bool, made_up: bool, sentence: str, settings: Any
) -> None:
    settings.PRACTICE = setting
    region(made_up=made_up)
    found = practice_and_database()
    assert [(each.id, sentence in each.msg) for each in found] == (
        [("qdpolicy.E004", True)] if sentence else []
    )
    if sentence:
        with pytest.raises(CommandError, match=sentence):
            call_command("prepare")
    else:
        call_command("prepare")


@pytest.mark.django_db
def test_empty_database_agrees_with_both(settings: Any) -> None:
    for setting in (True, False):
        settings.PRACTICE = setting
        assert madeup.disagreement() == ""


@pytest.fixture
def facts_alone(django_db_blocker: Any) -> Iterator[str]:
    """The facts of the city in a database of this test alone."""
    with django_db_blocker.unblock(), worlds.opened(facts_template()) as url:
        yield url


@pytest.fixture(scope="module")
def facts(django_db_blocker: Any) -> Iterator[str]:
    """The same for all tests that must write nothing, and say so."""
    with django_db_blocker.unblock(), worlds.opened(facts_template()) as url:
        yield url


def started(url: str, practice_is: str) -> subprocess.CompletedProcess[str]:
    """The web server's entry, with a database and a setting."""
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        **SECRETS, "DATABASE_URL": url, "PRACTICE": practice_is, "CELERY_BROKER_URL": "",
    }  # fmt: skip
    command = [sys.executable, "-c", "import qdpolicy.wsgi; print('serving')"]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_web_process_does_not_serve_the_city_without_its_mark(facts_alone: str) -> None:
    assert started(facts_alone, "true").stdout == "serving\n"
    refused = started(facts_alone, "false")
    assert refused.returncode != 0
    assert "数据库里是练习用的虚构地区（练习省），不能存放真实数据" in refused.stderr


def test_production_refuses_practice() -> None:
    answer = check(**{**SOUND, "PRACTICE": "true"})
    assert answer.returncode != 0
    assert "PRACTICE 不得开启" in answer.stderr


def test_practice_has_a_database_and_cookies_of_its_own() -> None:
    program = (
        "from qdpolicy import settings as s; "
        "print(s.DATABASES['default']['NAME'].rpartition('/')[2], s.SESSION_ENGINE[-2:],"
        " getattr(s, 'SESSION_COOKIE_NAME', 'sessionid'), getattr(s, 'CSRF_COOKIE_NAME', 'csrftoken'))"
    )
    for practice_is, printed in (
        ("true", "practice.sqlite3 db practice_sessionid practice_csrftoken\n"),
        ("false", "db.sqlite3 db sessionid csrftoken\n"),
    ):
        env = {**os.environ, **SECRETS, "DATABASE_URL": "", "PRACTICE": practice_is}
        found = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert found.stdout == printed


def test_make_practice_names_no_service_of_the_real_site() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    recipe = text[text.index("\npractice: setup") :].split("\n\n")[0]
    for blank in ("CELERY_BROKER_URL= ", "CACHE_URL= ", "EMAIL_URL= ", "SITE_URL= "):
        assert blank in recipe
    assert "PRACTICE=true" in recipe
    assert "DATABASE_URL=$(PRACTICE_DATABASE_URL) " in recipe
    assert "practice.sqlite3*" in (ROOT / ".gitignore").read_text("utf-8")


@pytest.mark.django_db
def test_a_real_run_never_acts() -> None:
    with pytest.raises(RuntimeError, match="练习内容只写入练习库"):
        practice.act()
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_acting_wants_the_demo_accounts(settings: Any) -> None:
    settings.PRACTICE = True
    with pytest.raises(RuntimeError, match="没有演示账号"):
        practice.act()
    assert AuditEvent.objects.count() == 0


def test_demo_accounts_belong_to_the_bureau_of_the_city(facts_alone: str, settings: Any) -> None:
    settings.PRACTICE, settings.DEMO_PASSWORD = True, "practice only"
    assert len(load_demo()) == 7
    home = Department.objects.get(code="sl-stb")
    demo = User.objects.filter(username__startswith="demo-")
    assert {user.department for user in demo} == {home}


def test_command_loads_the_city_and_says_so(facts_alone: str, settings: Any) -> None:
    settings.PRACTICE = True
    out = StringIO()
    call_command("load_facts", stdout=out)
    assert out.getvalue() == "数据已装载，没有变动\n"


# What is wrong with a row of the tables of money is said with file and line.


def load_money(folder: Path) -> int:
    """The tables of money alone, as the loading of all does it: all or nothing."""
    importer, _verifier = ensure_system_users()
    with audit.transaction():
        return awards.load(folder, by=importer)


def counts() -> list[int]:
    return [model._default_manager.count() for model in (Recipient, Award, Payment, Budget)]


def refusals(folder: Path) -> list[str]:
    """What the loader says; nothing of the money is written."""
    before = counts()
    with pytest.raises(FactsError) as error:
        load_money(folder)
    assert counts() == before
    return error.value.problems


def changed(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """The tables of the city with the first `old` of one file changed."""
    folder = tmp_path / "changed"
    shutil.copytree(PRACTICE, folder)
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


NEW = (
    "SL-2026-801,新项目,,{body},{program},{item},2026,{day},{amount},{investment},"
    "新型材料,{region},{status},{why},"
)
SOUND_ROW = {
    "body": "e01", "program": "shilian", "item": "chain-project", "day": "2026-04-01",
    "amount": "1000000", "investment": "4000000", "region": "999901", "status": "approved",
    "why": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"body": "e99"}, "recipients.csv 里没有“e99”"),
        ({"program": "no"}, "没有键为“no”的计划"),
        ({"region": "370200"}, "没有代码为“370200”的地区"),
        ({"day": "2026-13-01"}, "“2026-13-01”不是日期（年-月-日）"),
        ({"amount": "1.005"}, "超出可保存的范围"),
        ({"amount": ""}, "缺少金额"),
        ({"amount": "一百万"}, "“一百万”不是数值"),
        ({"status": "done"}, "status 的“done”不在可选值之内"),
        ({"amount": "6000000.01", "investment": "90000000"}, "上限 600万元"),
        ({"amount": "2000000.01"}, "上限 200万元"),
        ({"item": "no-item"}, "no-item"),
        ({"day": "2099-01-01"}, "立项日期"),
        ({"status": "terminated"}, "请写明"),
    ],
)
def test_wrong_award_is_refused_with_file_and_line(
    facts: str, tmp_path: Path, wrong: dict[str, str], sentence: str
) -> None:
    row = NEW.format(**{**SOUND_ROW, **wrong})
    folder = changed(tmp_path, "awards.csv", "\nSL-2016-001,", f"\n{row}\nSL-2016-001,")
    (told,) = refusals(folder)
    assert told.startswith("awards.csv 第 2 行：")
    assert sentence in told


def test_sound_new_award_is_loaded_beside_the_old(facts_alone: str, tmp_path: Path) -> None:
    row = NEW.format(**SOUND_ROW)
    folder = changed(tmp_path, "awards.csv", "\nSL-2016-001,", f"\n{row}\nSL-2016-001,")
    before = Award.objects.count()
    assert load_money(folder) == 1
    assert Award.objects.count() == before + 1
    assert Award.objects.get(number="SL-2026-801").amount == Decimal(1_000_000)
    assert load_money(folder) == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("awards.csv", "\nSL-2016-003,", "\nSL-2016-001,", "立项编号“SL-2016-001”重复"),
        ("recipients.csv", "\ne02,", "\ne01,", "键“e01”重复"),
        ("recipients.csv", "91999900DEME00001W", "91999900DEME00001X", "recipients.csv 第 2 行：统一社会信用代码"),
        ("payments.csv", "award,", "number,", "payments.csv：表头应为"),
        ("payments.csv", "\nSL-2016-001,", "\nSL-1916-001,", "payments.csv 第 2 行：awards.csv 里没有编号“SL-1916-001”"),
        ("payments.csv", "\nSL-2016-001,1", "\nSL-2016-001,9", "payments.csv 第 2 行："),
        ("budgets.csv", ",sea-person,", ",sea-nobody,", "没有“sl-actions-2023-2030/sea-nobody”这一条款"),
        ("budgets.csv", "haixin,2023,", "haixin,23年,", "budgets.csv 第 2 行：“23年”不是年度"),
    ],
)  # fmt: skip
def test_wrong_table_is_refused_in_words(
    facts: str, tmp_path: Path, name: str, old: str, new: str, sentence: str
) -> None:
    told = refusals(changed(tmp_path, name, old, new))
    assert any(sentence in each for each in told), told


def test_what_a_person_made_of_award_and_budget_stays(facts_alone: str) -> None:
    Award.objects.filter(number="SL-2016-001").update(project="改过的名称", version=2)
    Budget.objects.filter(program__key="haixin", year=2023).update(amount=1, version=2)
    paid = Payment.objects.count()
    assert load_money(PRACTICE) == 0
    assert Award.objects.get(number="SL-2016-001").project == "改过的名称"
    assert Budget.objects.get(program__key="haixin", year=2023).amount == 1
    assert (Payment.objects.count(), Recipient.objects.count()) == (paid, 79)


def test_folder_without_tables_of_money_has_none() -> None:
    assert awards.there(PRACTICE)
    assert not awards.there(REAL)
    assert catalogue.REGION["made_up"] is False

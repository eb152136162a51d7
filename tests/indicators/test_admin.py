"""The catalogue in the stock admin: who sees what, what a save leaves, what is refused."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from indicators.models import Indicator, Observation, Region, Unit
from targets.models import Measure, StaleRequest, Target
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)")


@pytest.fixture
def keeper() -> Client:
    return b.client_of(b.person("keeper", "system_admin"))


def typed(row: Indicator | None = None, **fields: str) -> dict[str, str]:
    """What the form of an indicator posts."""
    return {
        "code": "FIRMS", "name": "FIRMS指标", "name_en": "FIRMS indicator", "aliases": "[]",
        "definition": "年末登记在册的数量。", "definition_en": "", "unit": str(b.unit().pk),
        "kind": "count", "accumulation": "stock", "direction": "increase", "aggregation": "none",
        "rate_of": "", "source": "", "source_en": "", "frequency": "year", "release_month": "",
        "department": str(b.department().pk), "breaks": "[]", "reason": "统一口径",
        "seen_version": "" if row is None else str(row.version), **fields,
    }  # fmt: skip


def change(row: Indicator) -> str:
    return reverse("admin:indicators_indicator_change", args=[row.pk])


def errors_of(answer: object) -> list[str]:
    form = answer.context["adminform"].form
    return [error for found in form.errors.values() for error in found]


def test_edit_keeps_both_sides_the_reason_and_who(keeper: Client) -> None:
    row = b.indicator()
    b.promise(row)
    b.actual(row, "8000")
    answer = keeper.post(change(row), typed(row, name="高新技术企业数", release_month="3"))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.release_month, row.version) == ("高新技术企业数", 3, 2)
    event = AuditEvent.objects.get(action="indicators.save_catalogue_entry")
    assert (event.actor_name, event.reason, event.source) == (
        "keeper同志", "统一口径", f"web {change(row)}",
    )  # fmt: skip
    assert event.before == {"name": "FIRMS指标", "release_month": None}
    assert event.after == {"name": "高新技术企业数", "release_month": 3}
    assert StaleRequest.objects.filter(indicator=row).count() == 1


def test_new_unit_is_kept_with_one_event(keeper: Client) -> None:
    data = {
        "code": "tai", "symbol": "台", "name_en": "sets", "base": "台", "exponent": "0",
        "dimension": "count", "reason": "新增设备类指标",
    }  # fmt: skip
    keeper.post(reverse("admin:indicators_unit_add"), data)
    assert Unit.objects.get(code="tai").symbol == "台"
    assert b.events() == ["indicators.save_catalogue_entry"]
    event = AuditEvent.objects.get(action="indicators.save_catalogue_entry")
    assert (event.before, event.after["symbol"], event.object_id) == (
        {}, "台", str(Unit.objects.get(code="tai").pk),
    )  # fmt: skip


def test_related_rows_are_named_in_the_trail(keeper: Client) -> None:
    city, zone = b.region(), b.region("370271", "高新区", "zone")
    data = {
        "code": "370271", "name": "高新区", "name_en": "高新区", "aliases": "[]", "kind": "zone",
        "parent": str(city.pk), "overlaps": [str(city.pk)], "valid_from": "", "valid_to": "",
        "reason": "补上级", "seen_version": "1",
    }  # fmt: skip
    keeper.post(reverse("admin:indicators_region_change", args=[zone.pk]), data)
    zone.refresh_from_db()
    assert (zone.parent, list(zone.overlaps.all())) == (city, [city])
    event = AuditEvent.objects.get(action="indicators.save_catalogue_entry")
    assert event.before == {"parent": None, "overlaps": []}
    assert event.after == {"parent": "青岛市", "overlaps": ["青岛市"]}


def test_edit_without_a_reason_is_refused(keeper: Client) -> None:
    row = b.indicator()
    answer = keeper.post(change(row), typed(row, name="新名", reason=" "))
    assert errors_of(answer) == ["这个字段是必填项。"]
    assert (Indicator.objects.get().name, b.events()) == ("FIRMS指标", [])


@pytest.mark.parametrize("seen", ["1", "", "99"])
def test_edit_of_an_older_version_is_refused_in_words(keeper: Client, seen: str) -> None:
    row = b.indicator()
    Indicator.objects.update(version=2, name="先改的名")
    answer = keeper.post(change(row), typed(row, name="后改的名", seen_version=seen))
    assert len(errors_of(answer)) == 1
    assert errors_of(answer)[0].startswith("这条记录刚刚被他人修改，未覆盖对方的值。")
    assert (Indicator.objects.get().name, b.events()) == ("先改的名", [])


def test_save_that_changes_nothing_leaves_no_event(keeper: Client) -> None:
    row = b.indicator()
    keeper.post(change(row), typed(row))
    row.refresh_from_db()
    assert (row.version, b.events()) == (1, [])


def test_nothing_in_the_catalogue_is_deleted(keeper: Client) -> None:
    row = b.indicator()
    url = reverse("admin:indicators_indicator_delete", args=[row.pk])
    assert keeper.post(url, {"post": "yes"}).status_code == 403
    listing = reverse("admin:indicators_indicator_changelist")
    keeper.post(listing, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert Indicator.objects.count() == 1


def apps_of(role: str) -> dict[str, list[str]]:
    client = b.client_of(b.person(f"{role}-person".replace("_", "-"), role, at=b.department()))
    answer = client.get(reverse("admin:index"))
    return {
        app["app_label"]: sorted(model["object_name"] for model in app["models"])
        for app in answer.context["app_list"]
    }


CATALOGUE = ["Indicator", "Region", "Unit"]
PROGRAMS = ["Program", "ProgramEdition", "ProgramLink"]


@pytest.mark.parametrize(
    ("role", "apps"),
    [
        ("system_admin", {"accounts": ["Department"], "indicators": CATALOGUE}),
        ("program_editor", {"programs": PROGRAMS}),
        ("reviewer", {"indicators": CATALOGUE}),
        ("analyst", {"indicators": CATALOGUE}),
        ("auditor", {"accounts": ["Department"], "indicators": CATALOGUE, "programs": PROGRAMS}),
    ],
)
def test_role_sees_its_own_part_of_the_admin(role: str, apps: dict[str, list[str]]) -> None:
    assert apps_of(role) == apps


@pytest.mark.parametrize("role", ["official", "security_admin"])
def test_role_without_admin_rights_stays_outside(role: str) -> None:
    client = b.client_of(b.person("outsider", role))
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_reader_of_the_catalogue_cannot_write(role: str) -> None:
    row = b.indicator()
    client = b.client_of(b.person("reader", role, at=b.department()))
    assert client.get(change(row)).status_code == 200
    assert client.post(change(row), typed(row, name="新名")).status_code == 403
    assert client.get(reverse("admin:indicators_indicator_add")).status_code == 403
    assert Indicator.objects.get().name == "FIRMS指标"


def test_actuals_and_promises_are_not_edited_in_the_admin() -> None:
    registered = set(admin.site._registry)
    assert registered.isdisjoint({Observation, Target, Measure})
    assert {Indicator, Region, Unit} <= registered


@pytest.mark.parametrize("model", ["indicator", "region", "unit"])
@pytest.mark.parametrize("page", ["changelist", "add", "change"])
def test_page_of_the_admin_keeps_the_strict_policy(keeper: Client, model: str, page: str) -> None:
    rows = {"indicator": b.indicator(), "region": b.region(), "unit": b.unit()}
    arguments = [rows[model].pk] if page == "change" else []
    answer = keeper.get(reverse(f"admin:indicators_{model}_{page}", args=arguments))
    assert answer.status_code == 200
    assert INLINE.findall(answer.content.decode()) == []
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("model", ["indicator", "region", "unit"])
def test_list_of_the_admin_costs_the_same_queries_with_one_and_three_rows(
    keeper: Client, model: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse(f"admin:indicators_{model}_changelist")
    counts = []
    for place in range(3):
        unit = b.unit(f"u{place}")
        b.region(f"37020{place}", f"区{place}", "district", parent=b.region())
        b.indicator(f"I{place}", unit=unit)
        keeper.get(url)
        with CaptureQueriesContext(connection) as queries:
            keeper.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[2]
    assert counts[0] <= 12


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "A/B"),
        ("code", "A\nB"),
        ("aliases", "5"),
        ("aliases", '["\\u0000"]'),
        ("aliases", '["\\ud800"]'),
        ("aliases", "[" * 100_000),
        ("aliases", f"[{'9' * 5000}]"),
        ("breaks", "5"),
        ("breaks", '["2022"]'),
        ("breaks", '[{"period": "前年"}]'),
        ("breaks", '[{"period": "2022", "note": 5}]'),
    ],
)
def test_edit_that_would_break_a_page_is_refused_in_words(
    keeper: Client, field: str, value: str
) -> None:
    row = b.indicator()
    answer = keeper.post(change(row), typed(row, **{field: value}))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert re.search("[\u4e00-\u9fff]", errors_of(answer)[0])
    row.refresh_from_db()
    assert (row.code, row.aliases, row.breaks, row.version) == ("FIRMS", [], [], 1)


def test_emptied_list_is_stored_as_an_empty_list(keeper: Client) -> None:
    row = b.indicator(aliases=["旧称"])
    assert keeper.post(change(row), typed(row, aliases="")).status_code == 302
    row.refresh_from_db()
    assert (row.aliases, row.version) == ([], 2)


def unit_form(row: Unit, **fields: str) -> dict[str, str]:
    return {
        "code": row.code, "symbol": row.symbol, "name_en": row.name_en, "base": row.base,
        "exponent": str(row.exponent), "dimension": row.dimension, "reason": "统一写法",
        "seen_version": str(row.version), **fields,
    }  # fmt: skip


def test_second_of_two_edits_of_a_unit_does_not_undo_the_first(keeper: Client) -> None:
    row = b.unit()
    url = reverse("admin:indicators_unit_change", args=[row.pk])
    first, second = unit_form(row, name_en="firms"), unit_form(row, symbol="户")
    assert keeper.post(url, first).status_code == 302
    answer = keeper.post(url, second)
    assert errors_of(answer)[0].startswith("这条记录刚刚被他人修改，未覆盖对方的值。")
    row.refresh_from_db()
    assert (row.name_en, row.symbol, row.version) == ("firms", "家", 2)


def test_rescaled_unit_asks_for_the_verdicts_that_read_it(keeper: Client) -> None:
    row = b.unit()
    measured, elsewhere = b.promise(b.indicator()), b.promise(b.indicator("RD", unit=b.money()))
    url = reverse("admin:indicators_unit_change", args=[row.pk])
    assert keeper.post(url, unit_form(row, exponent="4")).status_code == 302
    queued = list(StaleRequest.objects.values_list("indicator", flat=True))
    assert measured.indicator_id in queued
    versions = elsewhere.versions.values_list("unit", flat=True)
    assert (elsewhere.indicator_id in queued) == (row.pk in versions)

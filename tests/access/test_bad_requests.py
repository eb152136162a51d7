"""Hostile addresses, query strings and forms: never a 5xx, and a refusal writes nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import RoleGrant
from accounts.roles import ROLES
from tests.access import world
from tests.access.test_urls import ALL, ARGUMENTS, Address, admin_names

pytestmark = pytest.mark.django_db

HUGE = "9" * 20
LONG = "长" * 3000
# As they stand in an address: NUL, half of a surrogate pair, a digit of another script, …
VALUES = ("%00", "%D9%A3", "abc%ED%A0%80", HUGE)
SCOPE = ("year", "document", "region", "department", "light", "status")
# What an address reads of its query; every address is asked for a page as well.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "overview": SCOPE,
    "targets": (*SCOPE, "sort", "group"),
    "indicators": ("department", "kind"),
    "indicator": ("region",),
    "indicator_chart": ("region",),
    "indicator_csv": ("region",),
    "target_whatif": (
        "value",
        "upper",
        "comparator",
        "period_end",
        "milestones",
        "baseline_value",
        "as_of",
        "actual-2023",
        "actual-2023-qualifier",
        "new1",
        "new1-period",
        "solve",
    ),
    "findings": ("kind", "document", "indicator"),
    "measures": ("document", "status", "department"),
    "programs": ("department",),
    "regions": ("indicator", "period", "sort"),
    "choose_day": ("known_on", "as_of", "next"),
    "entry_list": ("state",),
    "entry_new": ("indicator", "region", "period"),
    "grid": (
        "region",
        "frequency",
        "from",
        "to",
        "q",
        "department",
        "duties",
        "by",
        "indicator",
    ),
    "grid_row": ("region", "frequency", "from", "to"),
    **dict.fromkeys(
        ("awards", "award_csv", "award_xlsx"),
        ("q", "program", "item", "year", "status", "region", "industry", "over", "sort"),
    ),
    **dict.fromkeys(("award_new", "award_edit"), ("program", "decided_on")),
    "recipients": ("q", "kind"),
    "budget_new": ("year",),
    "users": ("department", "role", "active"),
    "audit_trail": ("action", "actor", "object_type", "object_id", "since", "until", "before"),
    "login": ("next",),
}
ODD_QUERIES: dict[str, tuple[str, ...]] = {
    "audit_trail": ("since=0001-01-01", "until=9999-12-31", "since=0001-01-01&until=0001-01-01"),
    "overview": ("&&==&%", f"year={'A' * 3000}", "&".join(f"a{n}=1" for n in range(2500))),
}
# A form that its address takes; each field in turn is then left out or replaced by a hostile one.
ENTRY = {
    "indicator": "EXAMPLE", "region": "370200", "period": "2025", "value": "105",
    "obs_status": "A", "vintage": "annual", "qualifier": "", "source_title": "示范公报",
    "source_url": "", "source_date": "", "note": "", "reason": "示范理由", "version": "1",
    "then": "submit", "confirmed": "",
}  # fmt: skip
STEP = {"version": "1", "reason": "示范理由", "seen": "101"}
FORMS: dict[str, dict[str, str]] = {
    "entry_new": ENTRY,
    "entry_edit": ENTRY,
    "grid_row": {
        "text-2025": "105", "status-2025": "A", "vintage-2025": "annual", "note-2025": "",
        "token-2025": "0.0.0", "was-2025": "", "confirmed-2025": "105", "why-2025": "示范理由",
        "source_title": "示范公报", "source_url": "", "source_date": "", "then": "submit",
    },
    "entry_submit": STEP,
    "entry_return": STEP,
    "entry_approve": STEP,
    "measure_judge": {"status": "done", "reason": "示范理由", "version": "1"},
    "attach_original": {"pasted": "示范指标超过100家。"},
    "award_edit": {
        "item": "grant", "number": "LX-1", "project": "示范项目", "project_code": "", "year": "2025",
        "amount": "90", "investment": "", "credit_code": "", "recipient_name": "",
        "recipient_kind": "", "recipient_region": "", "industry": "", "region": "", "note": "",
        "reason": "示范理由", "version": "1",
    },
    "award_pay": {"amount": "10", "paid_on": "2025-05-01", "note": "", "version": "1"},
    "award_status": {"status": "completed", "reason": "示范理由", "version": "1"},
    "payment_void": {"reason": "示范理由"},
    "recipient_edit": {
        "name": "示范公司", "kind": "enterprise", "credit_code": "91999999000000001K", "region": "",
        "reason": "示范理由", "version": "1",
    },
    "budget_new": {
        "year": "2026", "amount": "100", "source_title": "示范批复", "clause": "",
        "note": "",
    },
    "budget_edit": {
        "amount": "100", "source_title": "示范批复", "clause": "", "note": "",
        "reason": "示范理由", "version": "1",
    },
    "department_create": {"code": "new", "name": "新部门", "name_en": "New", "parent": ""},
    "department_edit": {"code": "home", "name": "示范局", "parent": "", "version": "1"},
    "user_create": {
        "username": "fresh", "full_name": "新人", "email": "", "department": "", "roles": "analyst",
    },
    "user_edit": {"full_name": "改名", "email": "", "department": "", "version": "1"},
    "password_change": {
        "old_password": "old", "new_password1": "correct horse 9", "new_password2": "x",
    },
    "login": {"username": "writer", "password": "wrong", "next": "//evil.example/"},
    "set_language": {"language": "en", "next": "//evil.example/"},
    "user_grant": {"reason": "示范理由", "role": "analyst"},
    "user_hand_over": {"reason": "示范理由", "successor": "1"},
    "user_disable": {"reason": "示范理由"},
    "user_reset_password": {"reason": "示范理由"},
}  # fmt: skip
PARTS = ("0", HUGE, "9" * 5000, "%00", "a%00b", "%ED%A0%80", "%D9%A3", "-1", "..%2F")
TYPED = ("a\0b", LONG)
NUMBERS = {
    "amount",
    "investment",
    "paid_on",
    "year",
    "recipient_region",
    "region",
    "version",
    "period",
    "value",
    "department",
    "parent",
    "successor",
    "source_date",
}
OURS = ("accounts", "indicators", "targets", "programs", "admin")
CHINESE = re.compile("[\u4e00-\u9fff]")


class Site:
    """One of everything, and for each address somebody signed in who may open it."""

    def __init__(self) -> None:
        self.built = world.build()
        self.clients: dict[str, Client] = {}

    def client(self, address: Address) -> Client:
        """Signed in with a role that the address wants; the login page is asked by a stranger."""
        permission = address.access.permission if address.access else ""
        holders = [code for code, role in ROLES.items() if permission in {"", *role.permissions}]
        return self.signed_in("" if address.name == "login" else holders[0])

    def signed_in(self, role: str) -> Client:
        """Answers a fault with 500 instead of raising it."""
        if role not in self.clients:
            self.clients[role] = client = Client(raise_request_exception=False)
            if role:
                account = world.user(f"hostile-{role}".replace("_", "-"), self.built["home"])
                RoleGrant.objects.create(user=account, role=role)
                client.force_login(account, backend="accounts.backends.RoleBackend")
        return self.clients[role]

    def url(self, name: str) -> str:
        """The address with the arguments of the role table."""
        return reverse(name, kwargs=ARGUMENTS[name](self.built) if name in ARGUMENTS else {})


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    """Signed in before anything is compared: an account and its session are no refused write."""
    found = Site()
    for role in ("", *ROLES):
        found.signed_in(role)
    logging.disable()  # a line for each refusal would cost more than the request
    yield found
    logging.disable(logging.NOTSET)


def stored() -> dict[str, list[Any]]:
    """Every row of every table that a refused request must leave alone."""
    return {
        model._meta.label_lower: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.app_label in OURS
    }


def faults(answers: Iterator[tuple[str, Any]]) -> list[str]:
    """What was asked where the answer was a 5xx, or a refusal without a word of Chinese."""
    found = []
    for asked, response in answers:
        speaks = CHINESE.search(response.content.decode("utf-8", "replace"))
        if response.status_code >= 500:
            found.append(f"{response.status_code} {asked[:120]!r}")
        elif response.status_code in (400, 403, 404, 409) and not speaks:
            found.append(f"{response.status_code} without words {asked[:120]!r}")
    return found


def test_hostile_query_string_is_no_fault_and_writes_nothing(site: Site) -> None:
    before = stored()

    def answers() -> Iterator[tuple[str, Any]]:
        for address in ALL:
            client, url = site.client(address), site.url(address.name)
            if client.get(url).status_code == 405 or address.name == "healthz":
                continue
            names = (*PARAMETERS.get(address.name, ()), "page")
            queries = [f"{name}={value}" for name in names for value in VALUES]
            for query in (*queries, *ODD_QUERIES.get(address.name, ())):
                yield f"{url}?{query}", client.get(f"{url}?{query}")

    assert faults(answers()) == []
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_hostile_path_is_no_fault_and_writes_nothing(site: Site, method: str) -> None:
    before = stored()

    def answers() -> Iterator[tuple[str, Any]]:
        for address in ALL:
            if "<" not in address.route:
                continue
            for part in PARTS:
                url = "/" + re.sub("<[^>]+>", part, address.route)
                form = FORMS.get(address.name, {}) if method == "post" else {}
                yield url, getattr(site.client(address), method)(url, form)

    assert faults(answers()) == []
    assert stored() == before


def bodies(form: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Nothing at all, and the form with one field after another gone or hostile."""
    yield {}
    for name in form:
        yield {field: value for field, value in form.items() if field != name}
        for value in (*TYPED, *(("٣", HUGE) if name in NUMBERS else ())):
            yield {**form, name: value}


def refused(response: Any) -> bool:
    """Whether the answer says that nothing was done: no redirect, and no one-time password."""
    shown = {template.name for template in response.templates}
    return response.status_code != 302 and "accounts/one_time_password.html" not in shown


def test_hostile_form_is_no_fault_and_a_refusal_writes_nothing(site: Site) -> None:
    before, written = stored(), []

    def answers() -> Iterator[tuple[str, Any]]:
        for address in ALL:
            client, url = site.client(address), site.url(address.name)
            if address.name in ("logout", "healthz"):
                continue
            for body in bodies(FORMS.get(address.name, {})):
                asked = f"POST {url} {body}"
                with transaction.atomic():
                    response = client.post(url, body)
                    # The trail tells of a failed login; of other refusals it has nothing to tell.
                    fault = response.status_code >= 500 or address.name == "login"
                    if not fault and refused(response) and stored() != before:
                        written.append(asked)
                    transaction.set_rollback(True)
                yield asked, response
                if response.status_code == 405:
                    break

    assert faults(answers()) == []
    assert written == []


ADMIN_QUERIES = (
    "q=%00", "q=abc", "p=abc", "p=" + HUGE, "o=abc", "o=99.-99", "e=1", "all=", "_to_field=abc",
    "_popup=1", "kind__exact=%00", "code__startswith=a", "password=a", "%00=%00",
)  # fmt: skip
ADMIN_KEEPERS = {"accounts": "system_admin", "indicators": "reviewer", "programs": "program_editor"}


def test_hostile_request_to_the_stock_admin_is_no_fault_and_writes_nothing(site: Site) -> None:
    before = stored()

    def answers() -> Iterator[tuple[str, Any]]:
        for name, _route in admin_names():
            app, model, page = [*name.split("_"), "", ""][:3]
            if app not in ADMIN_KEEPERS or not model:
                continue
            client = site.signed_in(ADMIN_KEEPERS[app])
            if page == "changelist":
                url = reverse(f"admin:{name}")
                for query in ADMIN_QUERIES:
                    yield f"{url}?{query}", client.get(f"{url}?{query}", follow=True)
                yield f"POST {url}", client.post(url, {"action": "x", "_selected_action": "\0"})
            elif page == "add":
                yield f"POST {name}", client.post(reverse(f"admin:{name}"), {})
            elif page in ("change", "history"):
                for part in ("0", HUGE, "%00", "abc", "_5F", "%D9%A3"):
                    url = reverse(f"admin:{name}", args=["1"]).replace("/1/", f"/{part}/")
                    yield url, client.get(url, follow=True)

    assert faults(answers()) == []
    assert stored() == before


@pytest.mark.parametrize(
    "cookie",
    ['sessionid="abc\\000defghijk"', 'django_language="\\000"', 'csrftoken="\\000"', "=;;=,"],
)
def test_hostile_cookie_is_no_fault(site: Site, cookie: str) -> None:
    stranger = Client(raise_request_exception=False)
    for name in ("overview", "login"):
        response = stranger.get(reverse(name), headers={"cookie": cookie})
        assert response.status_code in (200, 400), name


@pytest.mark.parametrize(
    ("address", "cookie"),
    [
        ("/documents/%00/", ""),
        ("/?year=%00", ""),
        ("/?%00=2024", ""),
        ("/", 'sessionid="abc\\000defghijk"'),
    ],
)
def test_nul_is_refused_in_words_before_any_table_is_asked(
    site: Site, django_assert_num_queries: Any, address: str, cookie: str
) -> None:
    with django_assert_num_queries(0):
        response = Client().get(address, headers={"cookie": cookie})
    assert response.status_code == 400
    assert CHINESE.search(response.content.decode())

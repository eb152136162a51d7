"""Every URL x every role, generated from the URLconf: unclassified or unasked fails the build."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.access import Access
from accounts.models import RoleGrant
from accounts.roles import EVERYBODY, ROLES, permissions_of
from tests.access import world

ANONYMOUS = "anonymous"
PEOPLE = [ANONYMOUS, "no role", *ROLES]
# What an address with arguments is asked with; a new one must be added here to pass.
ARGUMENTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "document": lambda w: {"key": w["document"].key},
    "attach_original": lambda w: {"key": w["document"].key},
    "indicator": lambda w: {"code": w["indicator"].code},
    "indicator_chart": lambda w: {"code": w["indicator"].code},
    "indicator_csv": lambda w: {"code": w["indicator"].code},
    "target": lambda w: {"document_key": w["document"].key, "key": w["target"].key},
    "target_whatif": lambda w: {"document_key": w["document"].key, "key": w["target"].key},
    "program": lambda w: {"key": w["program"].key},
    **{
        name: lambda w: {"key": w["program"].key}
        for name in ("program_edit", "edition_start", "editions_compare")
    },
    "editions_compare_file": lambda w: {"key": w["program"].key, "kind": "csv"},
    "applied_on": lambda w: {"day": "2025-06-30"},
    "applied_file": lambda w: {"day": "2025-06-30", "kind": "csv"},
    **{
        name: lambda w: {"pk": w["edition_draft"].pk}
        for name in (
            "edition_draft", "edition_save", "edition_preview", "edition_review", "edition_undo",
            "edition_redo", "edition_submit", "edition_return", "edition_approve", "edition_drop",
        )
    },
    "measure_judge": lambda w: {"pk": w["measure"].pk},
    **{
        name: lambda w: {"pk": w["award"].pk}
        for name in ("award", "award_edit", "award_pay", "award_status")
    },
    "payment_void": lambda w: {"pk": w["award"].pk, "payment": w["payment"].pk},
    "recipient": lambda w: {"pk": w["recipient"].pk},
    "recipient_edit": lambda w: {"pk": w["recipient"].pk},
    "budgets": lambda w: {"key": w["program"].key},
    "budget_new": lambda w: {"key": w["program"].key},
    "budget_edit": lambda w: {"key": w["program"].key, "year": w["budget"].year},
    "doubt_rule": lambda w: {"code": "jump"},
    "entry": lambda w: {"pk": w["submitted"].pk},
    "entry_edit": lambda w: {"pk": w["submitted"].pk},
    "entry_submit": lambda w: {"pk": w["submitted"].pk},
    "entry_return": lambda w: {"pk": w["submitted"].pk},
    "entry_approve": lambda w: {"pk": w["submitted"].pk},
    "entry_attach": lambda w: {"pk": w["submitted"].pk},
    "entry_withdraw": lambda w: {"pk": w["submitted"].pk},
    "entry_bring_back": lambda w: {"pk": w["submitted"].pk},
    "evidence_file": lambda w: {"pk": w["evidence"].pk},
    "evidence_remove": lambda w: {"pk": w["evidence"].pk},
    "grid_row": lambda w: {"code": w["indicator"].code},
    "change_new": lambda w: {"document_key": w["document"].key, "key": w["target"].key},
    **{
        name: lambda w: {"pk": w["change"].pk}
        for name in (
            "change", "change_edit", "change_submit", "change_drop", "change_return",
            "change_approve",
        )
    },
    **{
        name: lambda w: {"version": w["rules"].version}
        for name in ("rule_set", "rules_submit", "rules_return", "rules_approve")
    },
    **{
        name: lambda w: {"pk": w["upload"].pk}
        for name in (
            "upload", "upload_state", "upload_choose", "upload_apply", "upload_undo",
            "upload_drop", "upload_annotated",
        )
    },
    **{
        name: lambda w: {"pk": w["round"].pk}
        for name in (
            "round", "round_edit", "round_publish", "round_duties", "round_copy", "exception_new",
        )
    },
    **{
        name: lambda w: {"pk": w["duty"].pk} for name in ("duty_edit", "duty_drop", "order_open")
    },
    **{
        name: lambda w: {"pk": w["order"].pk} for name in ("order", "order_note", "order_close")
    },
    "exception_revoke": lambda w: {"pk": w["leave"].pk},
    "round_note": lambda w: {"pk": w["round"].pk, "target": w["target"].pk},
    "target_note": lambda w: {"target": w["target"].pk},
    "job_state": lambda w: {"pk": w["job"].pk},
    "job_retry": lambda w: {"pk": w["job"].pk},
    "stale_retry": lambda w: {"pk": w["stale"].pk},
    "department_edit": lambda w: {"pk": w["home"].pk},
    **{
        name: lambda w: {"pk": w["checker"].pk}
        for name in (
            "user_page", "user_edit", "user_disable", "user_enable", "user_hand_over",
            "user_grant", "user_revoke", "user_reset_password", "user_unlock",
        )
    },
}  # fmt: skip
# Addresses whose first answer depends on more than the role, by name.
QUERIES = {"entry_new": "?indicator=EXAMPLE&region=370200&period=2025"}


@dataclass(frozen=True)
class Address:
    """A view of the URLconf outside the stock admin."""

    name: str
    route: str
    access: Access | None


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[Address]:
    """Every named view, depth first."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield Address(pattern.name or "", route, getattr(pattern.callback, "access", None))


ALL = list(addresses())


def admin_names() -> Iterator[tuple[str, str]]:
    """(url name, route) of the stock admin."""
    (admin,) = [
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and pattern.namespace == "admin"
    ]

    def walk(resolver: URLResolver) -> Iterator[tuple[str, str]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern)
            else:
                yield pattern.name or "", str(pattern.pattern)

    return walk(admin)


@pytest.mark.parametrize("address", ALL, ids=lambda address: address.route)
def test_url_is_named_and_classified(address: Address) -> None:
    assert address.name, f"{address.route} has no name"
    assert isinstance(address.access, Access), f"{address.route} is not classified"


def test_names_are_unique() -> None:
    names = [address.name for address in ALL]
    assert sorted(names) == sorted(set(names))


def expected(access: Access, person: str, *, public_reading: bool) -> str:
    """open, login or forbidden."""
    if access.kind == "public" or (access.kind == "reading" and public_reading):
        return "open"
    if person == ANONYMOUS:
        return "login"
    held = EVERYBODY if person == "no role" else permissions_of([person])
    if access.kind == "requires" and access.permission not in held:
        return "forbidden"
    return "open"


def client_of(person: str, home: Any) -> Client:
    client = Client()
    if person != ANONYMOUS:
        account = world.user(f"table-{person}".replace(" ", "-"), home)
        if person in ROLES:
            RoleGrant.objects.create(user=account, role=person)
        client.force_login(account, backend="accounts.backends.RoleBackend")
    return client


def ask(client: Client, name: str, built: dict[str, Any]) -> str:
    """How an address answers: open, login or forbidden; any 5xx is an error."""
    kwargs = ARGUMENTS[name](built) if name in ARGUMENTS else {}
    url = reverse(name, kwargs=kwargs) + QUERIES.get(name, "")
    response = client.get(url)
    if response.status_code == 405:
        response = client.post(url)
    assert response.status_code < 500, f"{url}: {response.status_code}"
    # Signing out may end at the login page as well; being sent there names where to go on.
    if response.status_code == 302 and response.url.startswith(reverse("login") + "?next="):
        return "login"
    return "forbidden" if response.status_code == 403 else "open"


@pytest.mark.django_db
@pytest.mark.parametrize("public_reading", [True, False], ids=["open reading", "closed"])
@pytest.mark.parametrize("person", PEOPLE)
def test_every_url_answers_a_person_as_classified(
    person: str, public_reading: bool, settings: Any
) -> None:
    settings.PUBLIC_READING = public_reading
    built = world.build()
    client = client_of(person, built["home"])
    wanted, found = {}, {}
    # Signing out comes last: everything before it is asked as the person.
    for address in sorted(ALL, key=lambda address: address.name == "logout"):
        assert address.access is not None
        assert "<" not in address.route or address.name in ARGUMENTS, (
            f"{address.route}: tell ARGUMENTS what to ask it with"
        )
        wanted[address.name] = expected(address.access, person, public_reading=public_reading)
        found[address.name] = ask(client, address.name, built)
    assert found == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
def test_admin_opens_to_whoever_may_work_there(person: str) -> None:
    built = world.build()
    client = client_of(person, built["home"])
    held = permissions_of([person]) if person in ROLES else frozenset()
    for name, route in admin_names():
        if not name.endswith("_changelist"):
            continue
        app, model = name.removesuffix("_changelist").split("_", 1)
        response = client.get(reverse(f"admin:{name}"))
        may = any(f"{app}.{verb}_{model}" in held for verb in ("view", "change"))
        staff = person in ROLES and built and response.wsgi_request.user.is_staff
        wanted = 200 if may and staff else 403 if staff else 302
        assert response.status_code == wanted, (person, route, response.status_code)


@pytest.mark.django_db
def test_admin_never_deletes() -> None:
    world.build()
    account = world.user("everything")
    for role in ("reviewer", "program_editor"):
        RoleGrant.objects.create(user=account, role=role)
    client = Client()
    client.force_login(account, backend="accounts.backends.RoleBackend")
    for name, _route in admin_names():
        if name.endswith("_delete"):
            assert client.get(reverse(f"admin:{name}", args=["1"])).status_code in (302, 403, 404)

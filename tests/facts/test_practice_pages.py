"""Every page and every file of the practice city is there and says that it is made up."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.template import loader
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.access import Access
from accounts.models import Department, Job, User
from accounts.roles import EVERYBODY, permissions_of
from indicators.models import (
    Duty,
    Evidence,
    Indicator,
    LockException,
    Observation,
    Region,
    ReportingRound,
    SupervisionOrder,
    Unit,
    Upload,
)
from programs.models import Award, Budget, EditionDraft, Payment, Program, Recipient
from qdpolicy import madeup
from qdpolicy.marking import name_of
from targets.models import Measure, PolicyDocument, RuleSet, Target, TargetVersion
from tests.access.test_urls import ALL, ARGUMENTS, QUERIES, Address, admin_names
from tests.work.test_serve import serving

# Rows of each kind that pages are asked for; some kinds have hundreds that look the same.
MOST = 6
FIRST_CHOICE = (
    "reviewer", "program_editor", "analyst", "auditor", "system_admin", "security_admin",
)  # fmt: skip
# Answers that lead elsewhere or are no pages.
NO_PAGES = {"healthz", "logout", "set_language", "admin_login", "admin_password_change"}

# Every row of these has its page.
WHOLE = {
    "document", "indicator", "indicator_chart", "indicator_csv", "target", "program", "award",
    "recipient", "budgets", "entry", "change", "upload", "round", "order",
}  # fmt: skip


# Addresses that lead to a page instead of being one.
LEADS_ON = {"applied", "upload_new"}


# Others read these through another page.
ASKED_AS = {"edition_draft": "demo-program-editor"}


class Rows(dict[str, Any]):
    """The rows that addresses are asked with; a key that is not known here is added below."""

    def __missing__(self, key: str) -> Any:
        raise AssertionError(f"tests.facts.test_practice_pages: say which row is “{key}”")


def rows_of(number: int) -> Rows:
    """One row of every kind, for each number below MOST another, from the first to the last."""

    def one(rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return found[number * (len(found) - 1) // (MOST - 1)]

    demo = User.objects.filter(username="demo-analyst").get()
    award = one(Award.objects.exclude(payments=None))
    budget = one(Budget.objects.select_related("program"))
    draft = one(EditionDraft.objects.all())
    return Rows(
        document=one(PolicyDocument.objects.all()),
        indicator=one(Indicator.objects.all()),
        target=one(Target.objects.filter(versions__change="first").distinct()),
        measure=one(Measure.objects.all()),
        program=budget.program if number % 2 else one(Program.objects.all()),
        submitted=one(Observation.objects.in_progress().filter(key=None)),
        approved=one(Observation.objects.approved()),
        evidence=one(Evidence.objects.all()),
        change=one(TargetVersion.objects.exclude(change="first")),
        rules=one(RuleSet.objects.all()),
        upload=one(Upload.objects.all()),
        round=one(ReportingRound.objects.all()),
        duty=one(Duty.objects.all()),
        order=one(SupervisionOrder.objects.all()),
        leave=one(LockException.objects.all()),
        job=one(Job.objects.all()),
        home=one(Department.objects.all()),
        checker=demo,
        writer=demo,
        unit=one(Unit.objects.all()),
        region=one(Region.objects.all()),
        award=award,
        payment=one(Payment.objects.filter(award=award)),
        recipient=one(Recipient.objects.all()),
        budget=budget,
        draft=draft,
        edition_draft=draft,
        edition=one(Program.objects.get(key="shilian").editions.all()),
    )


def person_for(access: Access) -> str:
    """The demo account that may see it; empty where nobody need sign in."""
    if access.kind in ("public", "reading"):
        return ""
    held = {role: permissions_of([role]) for role in FIRST_CHOICE}
    if access.kind == "requires" and access.permission not in EVERYBODY:
        role = next(role for role in FIRST_CHOICE if access.permission in held[role])
    else:
        role = "analyst"
    return f"demo-{role.replace('_', '-')}"


def clients() -> Callable[[str], Client]:
    """A client for each account, signed in once."""
    known: dict[str, Client] = {}

    def of(username: str) -> Client:
        if username not in known:
            known[username] = Client()
            if username:
                account = User.objects.get(username=username)
                known[username].force_login(account, backend="accounts.backends.RoleBackend")
        return known[username]

    return of


def addresses_of(address: Address, worlds: list[Rows]) -> list[str]:
    """The addresses of a view: one, or one for each of the first rows."""
    query = QUERIES.get(address.name, "").replace("EXAMPLE", "SME").replace("370200", "999900")
    if address.name not in ARGUMENTS:
        return [reverse(address.name) + query]
    found = []
    for rows in worlds:
        # The two parts of a target's address belong together; a stale queue that is empty has none.
        if address.name == "stale_retry":
            continue
        arguments = dict(ARGUMENTS[address.name](rows))
        if address.name == "budget_edit":
            arguments["key"] = rows["budget"].program.key
        if "document_key" in arguments:
            arguments["document_key"] = rows["target"].document.key
        found.append(reverse(address.name, kwargs=arguments) + query)
    return list(dict.fromkeys(found))


def answers(
    worlds: list[Rows], username: Callable[[Access], str]
) -> Iterator[tuple[str, str, Any]]:
    """Name, address and answer of every view outside the stock admin."""
    of = clients()
    for address in sorted(ALL, key=lambda address: address.name):
        if address.name in NO_PAGES:
            continue
        assert address.access is not None
        client = of(ASKED_AS.get(address.name) or username(address.access))
        for url in addresses_of(address, worlds):
            yield address.name, url, client.get(url)


def is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def is_file(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Disposition", "").startswith("attachment")


def body(response: Any) -> bytes:
    content: bytes = b"".join(response) if response.streaming else response.content
    return content


def is_marked(content: bytes) -> bool:
    """Whether a page has the banner once, in both languages."""
    text = content.decode()
    banner = re.findall(r'<p class="banner banner-practice" data-practice="[^"]+">.*?</p>', text)
    return len(banner) == 1 and madeup.BANNER in banner[0] and madeup.BANNER_EN in banner[0]


def test_every_page_answers_and_is_marked(city: str) -> None:
    worlds = [rows_of(number) for number in range(MOST)]
    statuses: dict[str, dict[str, int]] = {}
    unmarked, files = [], {}
    pages = 0
    for name, url, response in answers(worlds, person_for):
        statuses.setdefault(name, {})[url] = response.status_code
        if is_file(response) and response.status_code == 200:
            files.setdefault(name, []).append((url, response))
        elif is_page(response) and response.content:
            pages += 1
            if not is_marked(response.content):
                unmarked.append(url)
    wrong = {
        name: found
        for name, found in statuses.items()
        # 405: the address only takes a form. 302 and 404: a step that this row does not offer.
        if not set(found.values()) <= {200, 302, 404, 405}
        or (name not in LEADS_ON and not set(found.values()) & {200, 405})
        or (name in WHOLE and set(found.values()) != {200})
    }
    assert wrong == {}
    assert unmarked == []
    assert pages > 150
    assert set(files) >= {"indicator_csv", "upload_annotated", "upload_template", "evidence_file"}
    for name, found in files.items():
        for url, response in found:
            check_file(name, url, response)


def check_file(name: str, url: str, response: Any) -> None:
    """A download says in its name, and in its first line or sheet, that it is made up."""
    named = name_of(response.headers["Content-Disposition"])
    assert named.startswith(madeup.PREFIX), url
    assert named.removeprefix(madeup.PREFIX), url
    content = body(response)
    kind = response.headers["Content-Type"]
    if kind.startswith("text/csv"):
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert rows[0] == [f"{madeup.BANNER} · {madeup.BANNER_EN}"], url
        assert len(rows[1]) > 2, url
    elif "spreadsheetml" in kind:
        book = load_workbook(io.BytesIO(content))
        assert book.sheetnames[0] == "练习数据", url
        assert book.worksheets[0]["A1"].value == madeup.BANNER, url
        assert len(book.sheetnames) > 1, url
    else:
        # What a person attached stays as it was; its name says where it comes from.
        assert name == "evidence_file", url


def test_pages_of_the_stock_admin_are_marked(city: str) -> None:
    client = clients()("demo-system-admin")
    seen = 0
    for name, _route in admin_names():
        if name.endswith(("_changelist", "_add")) or name in ("index", "password_change"):
            response = client.get(reverse(f"admin:{name}"))
            if response.status_code == 200:
                seen += 1
                assert is_marked(response.content), name
    assert seen > 5


def test_pages_of_faults_are_marked(city: str) -> None:
    anonymous, analyst = Client(), clients()("demo-analyst")
    assert is_marked(anonymous.get("/nowhere/").content)
    assert is_marked(analyst.get(reverse("users")).content)
    assert is_marked(anonymous.get("/targets/?year=%00").content)
    guarded = Client(enforce_csrf_checks=True)
    refused = guarded.post(reverse("login"), {"username": "a", "password": "b"})
    assert refused.status_code == 403
    assert is_marked(refused.content)
    assert "这张表单不是从本站刚打开的页面提交的" in refused.content.decode()
    assert is_marked(anonymous.get(reverse("login")).content)
    assert is_marked(loader.get_template("500.html").render().encode())
    assert is_marked(loader.get_template("409.html").render({}, HttpRequest()).encode())


def test_pages_in_english_and_of_an_earlier_day_are_marked(city: str) -> None:
    client = Client(headers={"accept-language": "en"})
    assert is_marked(client.get("/").content)
    assert is_marked(Client().get("/known-on/2020-06-30/").content)


def test_template_of_the_city_can_be_uploaded_with_its_mark(own_city: str) -> None:
    from indicators.actions import receive_upload
    from indicators.importing.staging import stage_upload

    user = User.objects.get(username="demo-analyst")
    client = clients()(user.username)
    book = client.get(reverse("upload_template") + "?indicators=SME&period=2025")
    upload = receive_upload(by=user, name="填好的.xlsx", content=book.content)
    stage_upload(upload)
    upload.refresh_from_db()
    assert upload.state == Upload.State.STAGED, upload.refusal
    assert upload.counts["unchanged"] > 0
    assert upload.counts["error"] == 0


def test_serve_says_which_city_it_is_and_shows_it(own_city: str, tmp_path: Path) -> None:
    with serving(own_city, tmp_path, PRACTICE="true") as (served, _process):
        assert f"\n{madeup.BANNER}（" in served.printed
        status, page = served.get("/")
        assert (status, is_marked(page.encode())) == (200, True)

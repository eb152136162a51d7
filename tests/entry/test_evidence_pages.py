"""Evidence on the pages of a value: attached in the form, served as a download to few."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from indicators import actions
from indicators.models import Evidence, Observation
from qdpolicy.entry import evidence as pages
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nworld"


@pytest.fixture
def analyst() -> User:
    b.indicator("FIRMS", at=b.department("division", parent=b.department("bureau")))
    b.region()
    return b.person("analyst", "analyst", at=b.department("bureau"))


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


@pytest.fixture
def draft(analyst: User) -> Observation:
    return b.actual(b.indicator("FIRMS"), "8000", by=analyst, review_state="draft")


def upload(name: str = "统计公报.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def attached(by: User, to: Observation, name: str = "统计公报.pdf") -> Evidence:
    return actions.attach_evidence(by=by, observation=to, name=name, content=PDF)


def form_data(**fields: Any) -> dict[str, Any]:
    return {
        "indicator": "FIRMS", "region": "370200", "period": "2024", "value": "8000",
        "obs_status": "A", "vintage": "annual", **fields,
    }  # fmt: skip


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_files_are_attached_together(client: Client, draft: Observation) -> None:
    files = [upload(), upload("说明.txt", "年末数".encode())]
    answer = client.post(reverse("entry_attach", args=[draft.pk]), {"evidence": files}, follow=True)
    assert messages_of(answer) == ["已附上佐证材料。"]
    assert set(Evidence.objects.values_list("name", flat=True)) == {"统计公报.pdf", "说明.txt"}
    body = answer.content.decode()
    for file in Evidence.objects.all():
        assert reverse("evidence_file", args=[file.pk]) in body


def test_one_bad_file_keeps_all_out(client: Client, draft: Observation) -> None:
    files = [upload(), upload("页.html", b"<html>")]
    answer = client.post(reverse("entry_attach", args=[draft.pk]), {"evidence": files}, follow=True)
    assert "只接受 PDF" in messages_of(answer)[0]
    assert (Evidence.objects.count(), b.events()) == (0, [])


def test_attaching_nothing_says_so(client: Client, draft: Observation) -> None:
    answer = client.post(reverse("entry_attach", args=[draft.pk]), {}, follow=True)
    assert messages_of(answer) == ["没有选择文件。"]


def test_large_file_is_refused_before_it_is_read(
    client: Client, draft: Observation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LARGEST", 10)
    answer = client.post(
        reverse("entry_attach", args=[draft.pk]), {"evidence": upload()}, follow=True
    )
    assert messages_of(answer) == ["文件超过 5 MiB。"]
    assert Evidence.objects.count() == 0


def test_entry_form_keeps_value_and_file_together(client: Client) -> None:
    client.post(reverse("entry_new"), form_data(evidence=upload(), then="submit"))
    row = Observation.objects.get()
    assert (row.review_state, row.evidence.get().name) == ("submitted", "统计公报.pdf")
    assert b.events() == [
        "indicators.enter", "indicators.attach_evidence", "indicators.submit",
    ]  # fmt: skip


def test_entry_form_with_a_bad_file_keeps_neither(client: Client) -> None:
    data = form_data(evidence=upload("图.svg", b"<svg/>"))
    answer = client.post(reverse("entry_new"), data)
    assert "只接受 PDF" in answer.context["form"].non_field_errors()[0]
    assert (Observation.objects.count(), Evidence.objects.count()) == (0, 0)


def test_forms_of_files_are_multipart(client: Client, draft: Observation) -> None:
    for page in (
        client.get(reverse("entry", args=[draft.pk])),
        client.get(reverse("entry_new")),
        client.get(reverse("entry_edit", args=[draft.pk])),
    ):
        body = page.content.decode()
        assert 'enctype="multipart/form-data"' in body
        assert 'type="file"' in body


def test_file_is_a_download_that_nothing_runs(
    client: Client, analyst: User, draft: Observation
) -> None:
    file = attached(analyst, draft)
    answer = client.get(reverse("evidence_file", args=[file.pk]))
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E7%BB%9F%E8%AE%A1%E5%85%AC%E6%8A%A5.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "private" in answer["Cache-Control"]
    assert answer["ETag"] == f'"{file.sha256}"'


def test_known_file_is_not_sent_again(client: Client, analyst: User, draft: Observation) -> None:
    file = attached(analyst, draft)
    url = reverse("evidence_file", args=[file.pk])
    again = client.get(url, headers={"if-none-match": f'"{file.sha256}"'})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Content-Security-Policy"].startswith("sandbox")
    other = client.get(url, headers={"if-none-match": '"another"'})
    assert other.status_code == 200
    assert client.head(url).status_code == 200
    assert client.post(url).status_code == 405


def test_file_of_a_strangers_value_is_404(analyst: User, draft: Observation) -> None:
    file = attached(analyst, draft)
    stranger = b.client_of(b.person("far", "analyst", at=b.department("elsewhere")))
    assert stranger.get(reverse("evidence_file", args=[file.pk])).status_code == 404
    data = {"reason": "试试"}
    assert stranger.post(reverse("evidence_remove", args=[file.pk]), data).status_code == 404
    known = {"if-none-match": f'"{file.sha256}"'}
    answer = stranger.get(reverse("evidence_file", args=[file.pk]), headers=known)
    assert answer.status_code == 404
    file.refresh_from_db()
    assert file.removed_at is None


@pytest.mark.parametrize(
    ("role", "status"), [("reviewer", 200), ("auditor", 200), ("official", 403)]
)
def test_whoever_sees_every_value_sees_its_files(
    role: str, status: int, analyst: User, draft: Observation
) -> None:
    file = attached(analyst, draft)
    client = b.client_of(b.person("looking", role))
    assert client.get(reverse("evidence_file", args=[file.pk])).status_code == status


def test_removed_file_is_no_longer_served_but_told(
    client: Client, analyst: User, draft: Observation
) -> None:
    file = attached(analyst, draft)
    url = reverse("evidence_remove", args=[file.pk])
    assert messages_of(client.post(url, {"reason": ""}, follow=True)) == ["请写明理由。"]
    page = client.post(url, {"reason": "附错"}, follow=True)
    assert messages_of(page) == ["已移除；记录仍然保留。"]
    assert client.get(reverse("evidence_file", args=[file.pk])).status_code == 404
    assert client.post(url, {"reason": "附错"}).status_code == 404
    assert page.context["files"] == []
    labels = [moment.label for moment in page.context["life"].moments]
    assert labels[:2] == ["移除佐证材料", "附上佐证材料"]


def test_correction_shows_the_files_of_the_value_it_corrects(
    client: Client, analyst: User, draft: Observation
) -> None:
    file = attached(analyst, draft)
    actions.submit(by=analyst, observation=draft, version=1)
    actions.approve(by=b.person("judge"), observation=draft, version=2)
    entry = actions.Entry(
        indicator=draft.indicator, region=draft.region, period="2024", value=b.Decimal(8050)
    )
    new = actions.correct(by=analyst, observation=draft, entry=entry, reason="公报更正")
    page = client.get(reverse("entry", args=[new.pk]))
    body = page.content.decode()
    assert page.context["files"] == [file]
    assert "附在本单元格的另一版本上" in body
    assert reverse("evidence_remove", args=[file.pk]) not in body
    old = client.get(reverse("entry", args=[draft.pk])).content.decode()
    assert "已核定的数值不再附加文件" in old


def test_queue_says_that_there_is_evidence(
    client: Client, analyst: User, draft: Observation
) -> None:
    attached(analyst, draft)
    client.post(reverse("entry_submit", args=[draft.pk]), {"version": "1"})
    theirs = b.client_of(b.person("judge", "reviewer"))
    body = theirs.get(reverse("review_queue")).content.decode()
    assert f"{reverse('entry', args=[draft.pk])}#evidence" in body


def test_hostile_name_is_shown_as_text(client: Client, analyst: User, draft: Observation) -> None:
    attached(analyst, draft, "a&b'<img src=x>\r\nX-Evil: 1.pdf")
    body = client.get(reverse("entry", args=[draft.pk])).content.decode()
    assert "<img" not in body
    answer = client.get(reverse("evidence_file", args=[Evidence.objects.get().pk]))
    assert "X-Evil" not in answer.headers
    assert "\n" not in answer["Content-Disposition"]

"""Template, then upload: on any world every cell comes back as "unchanged", saved again or not."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import User
from indicators import actions, layout
from indicators.exporting.planning import Asked, plan
from indicators.exporting.template import template
from indicators.importing.staging import stage_upload
from indicators.models import Indicator, Observation, StagedCell, Upload
from indicators.periods import ReferencePeriod
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30)
PERIODS = ("2025", "2024", "2026-S1", "2026-S2", "2026-Q2", "2026-Q4", "2026-09", "2026-11")
ASKED = Asked(periods=tuple(ReferencePeriod.parse(text) for text in PERIODS))


def analyst_of(bureau_code: str = "bureau") -> User:
    return User.objects.filter(username="analyst").first() or b.person(
        "analyst", "analyst", at=b.department(bureau_code)
    )


def template_of(user: User, asked: Asked = ASKED) -> bytes:
    return template(plan(user, asked, today=TODAY), title="实绩填报表", now=NOW)


def saved_again(content: bytes) -> bytes:
    """As another program would write it: other parts, shared strings, no inline texts."""
    out = io.BytesIO()
    load_workbook(io.BytesIO(content)).save(out)
    return out.getvalue()


def uploaded(user: User, content: bytes, name: str = "填报.xlsx") -> Upload:
    upload = actions.receive_upload(by=user, name=name, content=content)
    stage_upload(upload)
    upload.refresh_from_db()
    return upload


def others(upload: Upload) -> list[tuple[Any, ...]]:
    """What is not unchanged, in words that help."""
    assert upload.state == "staged", upload.refusal
    cells = upload.cells.exclude(outcome=StagedCell.Outcome.UNCHANGED)
    return list(cells.values_list("outcome", "reference_period", "text", "note", "sentence"))


# Texts as the forms keep them: without blanks at the ends.
TEXTS = (
    st.one_of(
        st.sampled_from(["", "=1+1", "@示范", "-3", "+5", "'=x", "2024", "1e5", "<b>", "一\n二"]),
        st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12),
    )
    .map(str.strip)
    .filter(lambda text: text[:1] != "'")
)
VALUES = st.decimals(
    min_value=Decimal("-999999999"), max_value=Decimal("999999999"), places=4
) | st.sampled_from(["0", "0.0000000001", "999999999999999", "-0.1", "12345.6789"]).map(Decimal)
CELLS = st.fixed_dictionaries(
    {
        "of": st.integers(0, 2),
        "where": st.integers(0, 1),
        "period": st.sampled_from(PERIODS),
        "value": st.none() | VALUES,
        "state": st.sampled_from(["approved", "draft", "returned", "submitted", "loaded", "both"]),
        "qualifier": st.sampled_from(Observation.Qualifier.values),
        "status": st.sampled_from(["A", "P", "E", "B"]),
        "missing": st.sampled_from(["L", "M", "Q"]),
        "vintage": st.sampled_from(Observation.Vintage.values),
        "texts": st.tuples(TEXTS, TEXTS),
        "url": st.sampled_from(["", "https://example.org/a?b=1&c=2"]),
        "date": st.sampled_from(["", "2025", "2025-03", "2025-03-15"]),
    }
)


def build(user: User, cells: list[dict[str, Any]]) -> None:
    """A world: each cell once, with what stands in it in one of the states."""
    kinds = ("year", "half", "month")
    about = [
        b.indicator(f"I-{n}", at=user.department, frequency=kind) for n, kind in enumerate(kinds)
    ]
    places = [b.region(), b.region("370211", "黄岛区", "district")]
    for cell in {(c["of"], c["where"], c["period"]): c for c in cells}.values():
        facts = {
            "region": places[cell["where"]],
            "obs_status": cell["missing"] if cell["value"] is None else cell["status"],
            "qualifier": cell["qualifier"], "vintage": cell["vintage"],
            "source_title": cell["texts"][0], "note": cell["texts"][1],
            "source_url": cell["url"], "source_date": cell["date"], "by": user,
        }  # fmt: skip
        if cell["state"] == "returned":
            facts["return_reason"] = "请补来源"
        if cell["state"] == "loaded":
            facts |= {"key": f"k-{Observation.objects.count()}"}
        state = {"loaded": "draft", "both": "draft"}.get(cell["state"], cell["state"])
        value = None if cell["value"] is None else str(cell["value"])
        b.actual(about[cell["of"]], value, cell["period"], review_state=state, **facts)
        if cell["state"] == "both":
            b.actual(about[cell["of"]], "1", cell["period"], region=facts["region"])


@settings(
    max_examples=25, deadline=None, phases=[Phase.generate],  # shrinking takes minutes here
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(cells=st.lists(CELLS, min_size=1, max_size=12), again=st.booleans())
def test_template_of_any_world_uploads_as_unchanged(
    db: None, cells: list[dict[str, Any]], again: bool
) -> None:
    with transaction.atomic():
        user = analyst_of()
        build(user, cells)
        content = template_of(user)
        upload = uploaded(user, saved_again(content) if again else content)
        assert others(upload) == []
        standing = plan(user, ASKED, today=TODAY).standing
        assert upload.cells.count() == len(standing)
        assert upload.found["unused"] == []
        transaction.set_rollback(True)


# --- one by one -----------------------------------------------------------------------------------


@pytest.fixture
def analyst() -> User:
    user = analyst_of()
    b.region()
    b.indicator("FIRMS", at=user.department)
    return user


def filled(content: bytes, **cells: Any) -> bytes:
    """The template with these fields of the period 2025 filled in, as in a spreadsheet."""
    book = load_workbook(io.BytesIO(content))
    sheet = book[layout.DATA_SHEET]
    column = next(c for c in range(1, 200) if sheet.cell(layout.PERIOD_ROW, c).value == "2025年")
    fields = [name for name, _header in layout.GROUP]
    for field, value in cells.items():
        sheet.cell(layout.FIRST_ROW, column + fields.index(field)).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def the_cell(upload: Upload) -> StagedCell:
    assert upload.state == "staged", upload.refusal
    (cell,) = upload.cells.all()
    return cell


@pytest.mark.parametrize("typed", [8000, 8000.0, "8000", "８，０００", "0.8万家", "8,000家"])
def test_filled_cell_is_new_however_it_is_typed(analyst: User, typed: Any) -> None:
    cell = the_cell(uploaded(analyst, filled(template_of(analyst), value=typed)))
    assert (cell.outcome, cell.value, cell.reference_period) == ("new", 8000, "2025")
    assert (cell.row, cell.sheet) == (layout.FIRST_ROW, 1)


def test_filled_words_of_every_list_are_understood(analyst: User) -> None:
    content = template_of(analyst)
    for field, words, name in (
        ("qualifier", layout.QUALIFIERS, "qualifier"),
        ("vintage", layout.VINTAGES, "vintage"),
    ):
        for word, code in words.items():
            cell = the_cell(uploaded(analyst, filled(content, value=5, **{field: word})))
            assert getattr(cell, name) == code
    for word in layout.MISSING:
        cell = the_cell(uploaded(analyst, filled(content, status=word, note="尚未公布")))
        assert (cell.obs_status, cell.value, cell.outcome) == (
            layout.STATUSES[word], None, "new",
        )  # fmt: skip


def test_filled_vague_number_is_an_error_on_its_cell(analyst: User) -> None:
    cell = the_cell(uploaded(analyst, filled(template_of(analyst), value="八千左右")))
    assert cell.outcome == "error"
    assert "八千左右" in cell.sentence


def test_changed_value_of_mine_is_changed_and_of_another_since_is_a_conflict(
    analyst: User,
) -> None:
    of = Indicator.objects.get(code="FIRMS")
    row = b.actual(of, "7000", "2025", by=analyst, review_state="draft")
    content = filled(template_of(analyst), value=8000)
    assert the_cell(uploaded(analyst, content)).outcome == "changed"
    Observation.objects.filter(pk=row.pk).update(value=7500, version=2)
    assert the_cell(uploaded(analyst, content)).outcome == "conflict"


def test_template_of_another_version_is_refused_in_words(analyst: User) -> None:
    book = load_workbook(io.BytesIO(template_of(analyst)))
    book[layout.TOKEN_SHEET]["B1"].value = layout.VERSION + 1
    out = io.BytesIO()
    book.save(out)
    upload = uploaded(analyst, out.getvalue())
    assert upload.state == "refused"
    assert "模板" in upload.refusal

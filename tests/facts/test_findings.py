"""The findings about the documents of the fixtures, each checked by hand against their words."""

from __future__ import annotations

from django.test import Client

from qdpolicy.dashboard.finding_rows import Row, findings_of, readings
from targets.models import Target

# Kind, indicator, and the documents (the earlier first) with what each asks for.
FOUND = {
    ("legs_differ", "STI_FIRM", "2024-2028 x2", "2024-2028 22000"),
    ("legs_differ", "RD_EXP", "2024-2028 x2", "2024-2028 800"),
    ("legs_differ", "PROV_PLATFORM", "2024-2028 x2", "2024-2028 200"),
    ("legs_differ", "TECH_CONTRACT", "2024-2028 x2", "2024-2028 1200"),
    ("legs_differ", "TECH_BROKER", "2024-2028 x2", "2024-2028 3400"),
    ("milestone_above_goal", "HT_OUTPUT_SHARE", "innocity 65", "meeting-2024 67"),
    ("raised", "HT_OUTPUT_SHARE", "innocity 65", "meeting-2024 67"),
    ("raised", "TECH_CONTRACT", "goals-2017 120", "meeting-2018 140"),
    ("raised", "TECH_CONTRACT", "meeting-2018 140", "transfer-zone 200"),
    ("raised", "TECH_CONTRACT", "transfer-zone 200", "workplan-2022 350"),
    ("raised", "TECH_CONTRACT", "workplan-2022 350", "meeting-2024 700"),
    ("raised", "TECH_CONTRACT", "meeting-2024 700", "2024-2028 1200"),
    ("raised", "HNTE", "goals-2017 1600", "meeting-2018 2500"),
    ("raised", "HNTE", "meeting-2018 2500", "interview-2020 4000"),
    ("raised", "HNTE", "interview-2020 4000", "workplan-2022 6400"),
    ("raised", "HNTE", "workplan-2022 6400", "innocity 10000"),
    ("raised", "HNTE", "workplan-2022 6400", "meeting-2024 9000"),
    ("raised", "RD_INTENSITY", "goals-2017 2.87", "meeting-2018 2.88"),
    ("raised", "RD_INTENSITY", "meeting-2018 2.88", "innocity 3.2"),
    ("raised", "RD_UNIT_COVERAGE", "workplan-2022 65", "meeting-2024 100"),
    ("raised", "LISTED_HNTE_NEW", "interview-2020 5", "workplan-2022 6"),
    ("raised", "PATENT_10K", "meeting-2018 25", "transfer-zone 30"),
    ("raised", "NKL_NEWSYS", "meeting-2024 10", "2024-2028 15"),
    ("repeated", "CKL", "meeting-2024 300", "2024-2028 300"),
}
NAMES = {
    "qd-sti-goals-2017": "goals-2017", "qd-sti-meeting-2018": "meeting-2018",
    "qd-transfer-zone-2018": "transfer-zone", "qd-stb-interview-2020": "interview-2020",
    "qd-stb-workplan-2022": "workplan-2022", "qd-innocity-2022-2026": "innocity",
    "qd-sti-meeting-2024": "meeting-2024", "qd-sti-plan-2024-2028": "2024-2028",
}  # fmt: skip


def rows() -> list[Row]:
    return findings_of(readings(None))


def told(row: Row) -> tuple[str, ...]:
    goals = [
        f"{NAMES[v.target.document.key]} {'x' if v.measure == 'multiple' else ''}"
        f"{v.value.normalize():f}"
        for v in row.versions
    ]
    return (row.kind, row.indicator.code, *goals)


def test_the_documents_give_these_findings_and_no_others(shared_world: str) -> None:
    found = [told(row) for row in rows()]
    assert len(found) == len(set(found)) == 24
    assert set(found) == FOUND


def test_the_doubling_of_contracts_binds_by_the_growth_published_for_2024(
    shared_world: str,
) -> None:
    (row,) = (r for r in rows() if told(r)[:2] == ("legs_differ", "TECH_CONTRACT"))
    # 709.58 / 1.1221 = 632.37; twice that is 1264.74.
    assert row.notes == (
        "2023年没有公布数，由2024年的实绩和公布的增速推得约632.4亿元，照此“比基期翻一番”须达到约"
        "1,265亿元。",
        "高于“突破 1,200亿元”64.74亿元（5.4%），以“比基期翻一番”为准。",
    )


def test_the_other_doublings_hang_on_an_unpublished_base(shared_world: str) -> None:
    implied = {
        row.indicator.code: row.notes[0]
        for row in rows()
        if row.kind == "legs_differ" and row.indicator.code != "TECH_CONTRACT"
    }
    for code, base in (
        ("STI_FIRM", "11,000家"), ("RD_EXP", "400亿元"), ("PROV_PLATFORM", "100家"),
        ("TECH_BROKER", "1,700名"),
    ):  # fmt: skip
        assert f"两种说法在基期为{base}时一致" in implied.pop(code)
    assert implied == {}


def test_each_target_can_be_tried_and_is_judged_as_stored(
    shared_world: str, client: Client
) -> None:
    for target in Target.objects.select_related("document", "snapshot"):
        address = f"/targets/{target.document.key}/{target.key}/what-if/"
        response = client.get(address, {"solve": "1"})
        assert response.status_code == 200, address
        assert dict(response.context["form"].errors) == {}, address
        now, then = response.context["now"].snapshot, response.context["then"].snapshot
        names = ["status", "actual", "pace", "goal", "reasons", "inputs"]
        if target.part_of_id is None:  # of a part the page shows its whole promise beside it
            names.append("promise_status")
        for name in names:
            stored = getattr(target.snapshot, name)
            assert getattr(now, name) == getattr(then, name) == stored, (address, name)
        assert response.context["changes"] == [], address

"""Reading cells for the script: values, differences, doubts, blocks; nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from indicators.models import Observation
from tests.entry.grid import builders as g
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> User:
    b.region()
    return g.analyst()


@pytest.fixture
def client(analyst: User) -> Client:
    g.firms()
    return b.client_of(analyst)


def one(client: Client, text: str, period: str = "2024", **cell: Any) -> dict[str, Any]:
    return g.read(client, {"key": f"FIRMS|370200|{period}", "text": text, **cell})[0]


# --- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("12000", "12000", "exact"),
        ("1.2万", "12000", "exact"),
        ("１２，０００家", "12000", "exact"),
        ("12,000", "12000", "exact"),
        ("一万二千", "12000", "exact"),
        ("突破12000", "12000", "above"),
        ("不足1.2万家", "12000", "below"),
        ("约12000", "12000", "about"),
        ("0", "0", "exact"),
    ],
)
def test_texts_are_read_as_people_write_them(
    client: Client, text: str, value: str, qualifier: str
) -> None:
    found = one(client, text)
    assert (found["ok"], found["value"], found["qualifier"]) == (True, value, qualifier)
    assert (found["error"], found["unit"], found["text"]) == ("", "家", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("八千左右", "不是确切的数值"),
        ("八千多", "不是确切的数值"),
        ("N/A", "缺数请选择原因"),
        ("-", "缺数请选择原因"),
        ("—", "缺数请选择原因"),
        ("", "没有填写数值"),
        ("  ", "没有填写数值"),
        ("NaN", "有限"),
        ("1e400", "科学计数法"),
        ("1\0", "控制字符"),
        ("12亿元", "计量单位"),
        ("1" * 61, "60个字"),
        ("1234567890123456789", "15位"),
        ("0.123456789012", "10"),
        ("=1+1", "不是"),
        ("8000 9000", "一个数"),
    ],
)
def test_what_is_no_number_is_refused_in_words(client: Client, text: str, words: str) -> None:
    found = one(client, text)
    assert (found["ok"], found["value"], found["shown"]) == (False, "", "")
    assert words in found["error"]


def test_qualifier_that_was_chosen_stays_unless_the_words_say_otherwise(client: Client) -> None:
    assert one(client, "12000", qualifier="below")["qualifier"] == "below"
    assert one(client, "突破12000", qualifier="exact")["qualifier"] == "above"
    assert one(client, "12000", qualifier="above")["shown"] == "超过 12,000"


def test_missing_value_has_no_number_and_asks_for_a_note(client: Client) -> None:
    found = one(client, "", status="L")
    assert (found["ok"], found["shown"], found["needs_note"]) == (True, "未统计", True)
    assert "请清空数值" in one(client, "5", status="Q")["error"]


def test_difference_is_to_what_stands_there_and_tells_whose_it_is(
    client: Client, analyst: User
) -> None:
    b.actual(g.firms(), "12000", "2024")
    found = one(client, "1.152万")
    assert (found["difference"], found["needs_reason"]) == ("\u2212480", True)
    assert found["standing"]["shown"] == "12,000"
    assert found["standing"]["by"] == "stranger同志"
    approved = Observation.objects.get()
    b.actual(g.firms(), "11000", "2024", by=analyst, review_state="draft", supersedes=approved)
    found = one(client, "1.152万")
    assert (found["difference"], found["needs_reason"]) == ("+520", False)
    assert (found["standing"]["state"], found["unchanged"]) == ("draft", False)


def test_same_value_written_otherwise_is_no_change(client: Client) -> None:
    b.actual(g.firms(), "12000", "2024")
    assert one(client, "1.2万")["unchanged"]
    assert not one(client, "1.2万", note="新的说明")["unchanged"]
    assert not one(client, "1.2万", vintage="verified")["unchanged"]


def test_doubts_come_in_words_with_what_confirms_them(client: Client) -> None:
    b.actual(g.firms(), "7000", "2023")
    found = one(client, "7000万")
    (slip,) = found["issues"]
    assert (slip["code"], slip["severity"]) == ("unit_slip_up_4", "warning")
    assert slip["needs_reason"]
    assert "一万倍" in slip["sentence"]
    assert found["confirmed"] == "70000000|unit_slip_up_4"
    assert found["ok"]


def test_error_of_plausibility_is_not_ok(client: Client) -> None:
    found = one(client, "-5")
    assert (found["ok"], found["error"]) == (False, "")
    assert [issue["severity"] for issue in found["issues"]] == ["error"]


def test_locked_cell_says_why(client: Client) -> None:
    b.actual(g.firms(), "1", "2024", review_state="submitted")
    assert "等待核定" in one(client, "5")["error"]


def test_reading_writes_nothing(client: Client) -> None:
    before = AuditEvent.objects.count()
    one(client, "5")
    assert (Observation.objects.count(), AuditEvent.objects.count()) == (0, before)


def codes(found: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {cell["key"][-4:]: [issue["code"] for issue in cell["issues"]] for cell in found}


def test_values_of_a_block_are_held_against_one_another(client: Client) -> None:
    block = [(2021, "100"), (2022, "110"), (2023, "1200000"), (2024, "130")]
    cells = [{"key": f"FIRMS|370200|{year}", "text": text} for year, text in block]
    found = codes(g.read(client, *cells))
    assert (found["2021"], found["2022"]) == ([], [])
    assert "unit_slip_up_4" in found["2023"]
    assert found["2024"]
    assert codes(g.read(client, *(cells[:2] + cells[3:]))) == {"2021": [], "2022": [], "2024": []}


def test_series_that_replaces_another_is_compared_with_itself_but_told_of_the_change(
    client: Client,
) -> None:
    for year in ("2021", "2022", "2023"):
        b.actual(g.firms(), "100", year)
    years = ("2021", "2022", "2023")
    cells = [{"key": f"FIRMS|370200|{year}", "text": f"{year}000"} for year in years]
    found = codes(g.read(client, *cells))
    assert found == {
        "2021": ["earlier_value_changed"], "2022": ["earlier_value_changed"], "2023": [],
    }  # fmt: skip


def test_doubts_do_not_depend_on_what_is_sent_along_unchanged(client: Client) -> None:
    b.actual(g.firms(), "100", "2022")
    b.actual(g.firms(), "100", "2023", review_state="draft")
    changed = {"key": "FIRMS|370200|2024", "text": "500"}
    same = {"key": "FIRMS|370200|2023", "text": "100"}
    alone, together = g.read(client, changed), g.read(client, same, changed)
    assert alone[0]["confirmed"] == together[1]["confirmed"]


@pytest.mark.parametrize("number", [1, 3, 40])
def test_reading_costs_the_same_queries_for_one_cell_and_for_forty(
    client: Client, number: int
) -> None:
    keys = [g.key(g.firms(f"I{position}")) for position in range(number)]
    with CaptureQueriesContext(connection) as asked:
        found = g.read(client, *({"key": key, "text": "5"} for key in keys))
    assert len(found) == number
    assert len(asked) == QUERIES, "\n".join(query["sql"][:160] for query in asked)


QUERIES = 18  # three of them keep the session


# --- blocks -------------------------------------------------------------------------------------------


def paste(client: Client, block: Any, **more: Any) -> Any:
    body = {
        "block": block, "anchor": {"row": 0, "column": 0}, "rows": ["FIRMS|370200"],
        "columns": ["2022", "2023", "2024"], **more,
    }  # fmt: skip
    return g.ask(client, g.READ, body)


def cells(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.content.decode()
    return {cell["key"]: cell["value"] for cell in answer.json()["cells"]}


def test_block_lies_where_it_was_pasted(client: Client) -> None:
    answer = paste(client, [["8000", "0.9万"]], anchor={"row": 0, "column": 1})
    assert cells(answer) == {"FIRMS|370200|2023": "8000", "FIRMS|370200|2024": "9000"}
    first, second = answer.json()["cells"]
    assert (first["source_row"], first["source_column"]) == (0, 0)
    assert (second["text"], second["source_column"]) == ("0.9万", 1)


def test_block_with_headings_is_laid_by_them_and_says_what_is_left_out(client: Client) -> None:
    block = [["指标", "2023年", "2024年"], ["FIRMS指标", "8000", "9000"], ["注：年末数", "", ""]]
    answer = paste(client, block)
    assert cells(answer) == {"FIRMS|370200|2023": "8000", "FIRMS|370200|2024": "9000"}
    assert any("注" in note for note in answer.json()["notes"])


def test_regions_as_rows_are_found_by_their_names(client: Client) -> None:
    b.region("370202", "市南区", "district", parent=b.region())
    rows = ["FIRMS|370200", "FIRMS|370202"]
    answer = paste(client, [["", "2024年"], ["市南区", "80"], ["青岛市", "90"]], rows=rows)
    assert cells(answer) == {"FIRMS|370202|2024": "80", "FIRMS|370200|2024": "90"}


def test_cells_of_a_lent_indicator_beside_the_owed_one_are_refused(client: Client) -> None:
    g.duty(b.indicator("LENT", at=b.department("elsewhere")), "2023")
    answer = paste(client, [["1", "2", "3"]], rows=["LENT|370200"])
    found = {cell["key"]: cell["ok"] for cell in answer.json()["cells"]}
    assert found == {
        "LENT|370200|2023": True, "LENT|370200|2022": False, "LENT|370200|2024": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"block": "8000"},
        {"block": ["8000"]},
        {"block": [[8000]]},
        {"block": [["1"] * 20_001]},
        {"block": [["1"] * 200, *[["1"]] * 200]},
        {"anchor": None},
        {"anchor": {"row": 0}},
        {"anchor": {"row": 0, "column": 3}},
        {"anchor": {"row": -1, "column": 0}},
        {"anchor": {"row": True, "column": 0}},
        {"anchor": {"row": "0", "column": 0}},
        {"rows": []},
        {"rows": [1]},
        {"columns": "2024"},
        {"columns": ["2024年"]},
        {"columns": ["2024", "x"]},
    ],
    ids=range(16),
)
def test_what_is_no_block_is_refused_in_words(client: Client, more: dict[str, Any]) -> None:
    answer = paste(client, more.pop("block", [["8000"]]), **more)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_block_over_a_strangers_row_is_404(client: Client) -> None:
    g.secret()
    answer = paste(client, [["8000"]], rows=["SECRET|370200"])
    assert answer.status_code == 404
    assert "SECRET" not in answer.json()["error"]


def test_empty_block_gives_no_cells(client: Client) -> None:
    assert cells(paste(client, [])) == {}
    assert cells(paste(client, [["", ""]])) == {}


# --- bodies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        {"text": 5},
        {"text": None},
        {"text": "长" * 2001},
        {"key": 1},
        {"status": "Z"},
        {"status": ""},
        {"vintage": "later"},
        {"qualifier": "perhaps"},
        {"token": "1.2"},
        {"token": "1.2.x"},
        {"token": "\u0663.0.0"},
        {"note": "a\0b"},
        {"explanation": ["a"]},
        {"reason": "长" * 2001},
    ],
    ids=range(14),
)
@pytest.mark.parametrize("url", [g.READ, g.SAVE])
def test_wrong_parts_of_a_cell_are_400_in_words(
    client: Client, url: str, cell: dict[str, Any]
) -> None:
    body = {"cells": [{"key": "FIRMS|370200|2024", "text": "5", **cell}]}
    answer = g.ask(client, url, body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert Observation.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cells": None},
        {"cells": {}},
        {"cells": ["FIRMS|370200|2024"]},
        {"cells": [{"key": "FIRMS|370200|2024"}] * 2},
        {"cells": [{"key": "FIRMS|370200|2024", "text": "1"}] * 2001},
    ],
    ids=range(6),
)
@pytest.mark.parametrize("url", [g.READ, g.SAVE])
def test_what_holds_no_cells_is_400_in_words(client: Client, url: str, body: Any) -> None:
    answer = g.ask(client, url, body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "key",
    [
        "", "FIRMS", "FIRMS|370200", "FIRMS|370200|", "FIRMS|370200|2024年", "FIRMS|370200|2024-1",
        "FIRMS|999999|2024", "firms|370200|2024", "SECRET|370200|2024", "FIRMS|370200|2024|1",
        "FIRMS|370200|0001", "\0|370200|2024", "FIRMS|370200|2024-13",
    ],
)  # fmt: skip
@pytest.mark.parametrize("url", [g.READ, g.SAVE])
def test_cell_that_is_not_mine_is_404_without_telling_why(
    client: Client, url: str, key: str
) -> None:
    g.secret()
    cells = [{"key": "FIRMS|370200|2024", "text": "5"}, {"key": key, "text": "5"}]
    answer = g.ask(client, url, {"cells": cells})
    assert answer.status_code in ((404,) if "\0" not in key else (400, 404))
    assert "SECRET" not in answer.content.decode()
    assert Observation.objects.filter(indicator__code="FIRMS").count() == 0


@pytest.mark.parametrize("url", [g.READ, g.SAVE])
def test_only_posts_of_those_who_enter_are_taken(client: Client, url: str) -> None:
    assert client.get(url).status_code == 405
    reviewer = b.client_of(b.person("reviewer", "reviewer"))
    assert g.ask(reviewer, url, {"cells": []}).status_code == 403
    assert g.ask(Client(), url, {"cells": []}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="analyst"), backend=b.BACKEND)
    assert g.ask(strict, url, {"cells": []}).status_code == 403

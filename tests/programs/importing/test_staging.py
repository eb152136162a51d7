"""A table of awards as it is staged: recognised, read, compared with what stands, held to the rules."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from indicators.models import Upload
from programs.importing import staging
from programs.models import Award, Recipient, StagedAward
from tests.indicators import builders as b
from tests.indicators.importing.files import accounted, stage
from tests.programs import builders as p
from tests.programs.importing.files import (
    CODE,
    HEADER,
    OTHER_CODE,
    line,
    outcomes,
    rows,
    sent,
    sentences,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva() -> User:
    p.item()
    return p.editor()


def only(upload: Upload) -> StagedAward:
    (row,) = rows(upload)
    return row


# --- what it is -----------------------------------------------------------------------------------


def test_table_of_awards_is_recognised_by_its_headings(eva: User) -> None:
    upload = sent(eva, line())
    assert (upload.kind, upload.state, upload.refusal) == ("awards", "staged", "")
    assert upload.counts == {"new": 1, "changed": 0, "unchanged": 0, "conflict": 0, "error": 0}
    assert only(upload).fields == {
        "number": "LX-1", "project": "LX-1项目", "project_code": "", "recipient": "示范甲公司",
        "credit_code": CODE, "kind": "enterprise", "program": p.program().pk, "item_key": "grant",
        "year": 2025, "decided_on": "2025-03-10", "amount": "1000000", "investment": None,
        "industry": "", "region": None, "note": "", "status": "", "paid_amount": None,
        "paid_on": None,
    }  # fmt: skip
    assert accounted(upload)
    assert not Award.objects.exists()
    assert not Recipient.objects.exists()


def test_titles_above_synonyms_and_full_width_headings_are_understood(eva: User) -> None:
    header = ["资助编号", "课题名称", "受助单位", "社会信用代码", "所属计划", "支持类别", "立项年度",
              "批复日期", "资助金额（万元）", "总投入(元)"]  # fmt: skip
    upload = stage(
        eva,
        [
            ["２０２５年立项资助一览表"],
            ["填表单位：示范局"],
            header,
            ["LX-1", "甲项目", "示范甲公司", CODE, "CHAIN试验计划", "ＧＲＡＮＴ资助", "2025年度",
             "2025年3月10日", "１００", 3_000_000],
            ["合计", None, None, None, None, None, None, None, 100, None],
            ["备注：以上为示范数据。"],
        ],
    )  # fmt: skip
    row = only(upload)
    assert (row.outcome, row.fields["amount"], row.fields["investment"]) == (
        "new", "1000000", "3000000",
    )  # fmt: skip
    assert [part["why"] for part in upload.found["unused"]] == ["note", "note"]
    assert accounted(upload)


@pytest.mark.parametrize(
    ("heading", "typed", "yuan"),
    [
        ("立项金额（万元）", 100, "1000000"),
        ("立项金额(元)", 100, "100"),
        ("立项金额:万元", 100, "1000000"),
        ("立项金额（亿元）", "0.01", "1000000"),
        ("立项金额（元）", "100万元", "1000000"),
        ("立项金额（万元）", "1,234.567899", "12345678.99"),
        ("立项金额（万元）", 0.000001, "0.01"),
    ],
)
def test_unit_of_the_heading_decides(eva: User, heading: str, typed: Any, yuan: str) -> None:
    p.item(comparator="uncapped", key="free")
    header = [heading if name.startswith("立项金额") else name for name in HEADER]
    row = only(sent(eva, line(amount=typed, item="free资助"), header=header))
    assert (row.outcome, row.fields.get("amount")) == ("new", yuan), row.sentence


def test_unit_above_the_table_counts_for_its_sums(eva: User) -> None:
    header = ["立项金额" if name.startswith("立项金额") else name for name in HEADER]
    header[9] = "申报投入（元）"
    upload = stage(eva, [["单位：万元"], header, line(investment=5)])
    assert (only(upload).fields["amount"], only(upload).fields["investment"]) == ("1000000", "5")


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (["立项金额" if name.startswith("立项金额") else name for name in HEADER],
         "没有写明单位。请把表头写成“立项金额（万元）”"),
        (["立项金额（美元）" if name.startswith("立项金额") else name for name in HEADER],
         "单位“美元”不是元或万元"),
        (["文号" if name == "立项编号" else name for name in HEADER], "缺少这些列：立项编号。"),
        (["代码" if name == "统一社会信用代码" else name for name in HEADER],
         "缺少这些列：统一社会信用代码。"),
    ],
    ids=["no unit", "foreign", "no number", "no code"],
)  # fmt: skip
def test_table_that_lacks_what_it_needs_is_refused_in_words(
    eva: User, header: list[str], sentence: str
) -> None:
    upload = sent(eva, line(), header=header)
    assert (upload.state, upload.kind, bytes(upload.content)) == ("refused", "awards", b"")
    assert sentence in upload.refusal
    assert upload.refusal_en
    assert rows(upload) == []


def test_actuals_are_refused_to_an_editor_of_programs(eva: User) -> None:
    b.indicator()
    b.region()
    table = [["指标", "地区", "报告期", "数值"], ["企业数", "青岛市", "2024", 8000]]
    upload = stage(eva, table)
    assert (upload.kind, upload.state) == ("actuals", "refused")
    assert "您的角色不能录入实绩" in upload.refusal
    assert not upload.cells.exists()
    # The same file of somebody who may.
    taken = stage(p.person("ana", "analyst", at=b.department()), table)
    assert (taken.kind, taken.state, taken.cells.count()) == ("actuals", "staged", 1)


def test_awards_are_refused_to_an_analyst(eva: User) -> None:
    upload = sent(p.person("ana", "analyst", at=b.department()), line())
    assert (upload.kind, upload.state) == ("awards", "refused")
    assert "您的角色不能登记立项" in upload.refusal
    assert rows(upload) == []


def test_file_of_neither_kind_is_refused_with_the_headings_that_the_person_may_send(
    eva: User,
) -> None:
    table = [["甲", "乙"], [1, 2]]
    of_editor, of_analyst = (
        stage(by, table).refusal for by in (eva, p.person("ana", "analyst", at=b.department()))
    )
    assert "立项编号" in of_editor
    assert "指标" not in of_editor
    assert "指标" in of_analyst
    assert "立项编号" not in of_analyst


def test_table_on_the_second_sheet_is_found_and_the_rest_is_accounted_for(eva: User) -> None:
    upload = stage(
        eva, {"说明": [["示范说明"]], "附表": [["指标", "数值"]], "立项": [HEADER, line()]}
    )
    assert (upload.kind, outcomes(upload), rows(upload)[0].sheet) == ("awards", ["new"], 3)
    assert [part["why"] for part in upload.found["unused"]] == ["sheet", "sheet"]
    assert accounted(upload)
    assert not upload.cells.exists()


def test_too_many_rows_are_refused(eva: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MOST_ROWS", 2)
    assert sent(eva, line("A"), line("B")).state == "staged"
    refused = sent(eva, line("A"), line("B"), line("C"))
    assert "最多登记 2 笔立项" in refused.refusal
    assert rows(refused) == []


# --- one row --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": -5}, "“立项金额”是负数（-50000元）。"),
        ({"amount": 0}, "“立项金额”必须大于 0。"),
        ({"amount": "0.0000001"}, "“立项金额”换算后是 0.001 元，不足一分的零头不能登记。"),
        ({"amount": "约100"}, "“立项金额”的“约100”不是确切的金额，请只写数字。"),
        ({"amount": "八千左右"}, "“八千左右”不是确切的数值"),
        ({"amount": date(2025, 1, 1)}, "“立项金额”的“2025-01-01”不是数"),
        ({"amount": None}, "没有填写“立项金额”。"),
        ({"number": None}, "没有填写“立项编号”。"),
        ({"number": 12345678901234567}, "末几位已经丢失"),
        ({"code": 913702000000000000}, "末几位已经丢失"),
        ({"code": CODE[:-1]}, "统一社会信用代码应为 18 位。"),
        ({"code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "校验位不符"),
        ({"code": None}, "请填写统一社会信用代码。"),
        ({"program": "没有的计划"}, "没有名为“没有的计划”的计划"),
        ({"item": "没有的事项"}, "没有支持事项“没有的事项”，有：市级·grant资助。"),
        ({"region": "没有的区"}, "没有名为“没有的区”的区市"),
        ({"status": "在途"}, "“在途”不是状态，请写：已立项、已验收、已终止、已撤销。"),
        ({"status": "已终止"}, "终止和撤销要写明原因"),
        ({"day": 45726}, "可能是以数字保存的日期"),
        ({"day": "2025-02-30"}, "“2025-02-30”不是日期"),
        ({"day": date(2999, 1, 1), "year": 2999}, "立项日期不能晚于今天"),
        ({"day": date(2023, 5, 5), "year": 2023}, "2023-05-05 没有适用的“chain试验计划”版本"),
        ({"year": 2021}, "年度 2021 与立项日期 2025-03-10 不符"),
        ({"year": "去年"}, "“去年”不是年份"),
        ({"amount": 501}, "超出“grant资助”的支持上限。"),
    ],
)
def test_cell_that_cannot_be_taken_is_an_error_in_words(
    eva: User, changes: dict[str, Any], sentence: str
) -> None:
    upload = sent(eva, line(**changes), line("LX-2"))
    assert outcomes(upload) == ["error", "new"]
    assert sentence in sentences(upload)[0]
    assert rows(upload)[0].sentence_en
    assert accounted(upload)


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 3, 10), datetime(2025, 3, 10), "2025-03-10", "2025/3/10", "2025.3.10",
        "2025年3月10日", "20250310", "２０２５－０３－１０", "2025-03-10 00:00:00", 20250310,
    ],
)  # fmt: skip
def test_day_is_read_however_it_is_written(eva: User, day: Any) -> None:
    row = only(sent(eva, line(day=day)))
    assert (row.outcome, row.fields["decided_on"]) == ("new", "2025-03-10")


def test_over_the_cap_quotes_the_clause_and_says_what_is_left(eva: User) -> None:
    p.award(amount=p.yuan(450), project_code="甲")
    header = [*HEADER, "项目编号"]
    upload = sent(eva, [*line(amount=60), "甲"], header=header)
    assert outcomes(upload) == ["error"]
    assert "“最高500万元”" in sentences(upload)[0]
    assert "还可立项 50万元，本次 60万元，超出 10万元。" in sentences(upload)[0]


def test_second_row_counts_what_the_first_would_take(eva: User) -> None:
    p.item("firm", per="enterprise", payout="yearly", cap=p.yuan(100))
    upload = sent(
        eva,
        line("A", 70, item="firm资助"),
        line("B", 40, item="firm资助"),
        line("C", 30, item="firm资助"),
        line("D", 40, item="firm资助", code=OTHER_CODE, recipient="示范乙公司"),
        line("E", 40, item="firm资助", year=2024, day=date(2024, 12, 1)),
    )
    assert outcomes(upload) == ["new", "error", "new", "new", "new"]
    assert "已立项 70万元，还可立项 30万元" in sentences(upload)[1]


def test_share_of_the_investment_is_the_cap(eva: User) -> None:
    p.item("share", rate=Decimal(30), rate_of="投入", cap=p.yuan(500))
    upload = sent(
        eva,
        line("A", 30, item="share资助", investment=100),
        line("B", "30.000001", item="share资助", investment=100),
        line("C", 30, item="share资助"),
    )
    assert outcomes(upload) == ["new", "error", "error"]
    assert "请填写申报投入" in sentences(upload)[2]


def test_number_twice_in_the_file_names_the_other_place(eva: User) -> None:
    upload = sent(eva, line("A"), line("B"), line("A", 50))
    assert outcomes(upload) == ["new", "new", "error"]
    assert sentences(upload)[2] == "立项编号与表 A2重复，请只保留一行。"


def test_code_of_another_name_is_an_error(eva: User) -> None:
    p.recipient("示范甲公司", credit_code=CODE)
    upload = sent(eva, line("A"), line("B", recipient="示范丙公司"),
                  line("C", code=OTHER_CODE, recipient="新公司"),
                  line("D", code=OTHER_CODE, recipient="新公司（改名）"))  # fmt: skip
    assert outcomes(upload) == ["new", "error", "new", "error"]
    assert "已登记为“示范甲公司”（企业）" in sentences(upload)[1]
    assert "已登记为“新公司”（企业）" in sentences(upload)[3]


def test_code_in_lower_case_and_full_width_is_the_same(eva: User) -> None:
    known = p.recipient("示范甲公司", credit_code=CODE)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in CODE.lower())
    row = only(sent(eva, line(code=wide)))
    assert (row.outcome, row.fields["credit_code"]) == ("new", known.credit_code)


def test_person_has_no_code(eva: User) -> None:
    header = [*HEADER, "单位类别"]
    upload = sent(
        eva,
        [*line("A", recipient="甲同志", code=None), "个人"],
        [*line("B", recipient="乙同志"), "个人"],
        [*line("C"), "行业协会"],
        header=header,
    )
    assert outcomes(upload) == ["new", "error", "error"]
    assert rows(upload)[0].fields["kind"] == "person"
    assert "个人不登记统一社会信用代码" in sentences(upload)[1]
    assert "“行业协会”不是单位类别" in sentences(upload)[2]


def test_program_of_another_department_is_no_program_to_enter(eva: User) -> None:
    foreign = p.program("other", department=b.department("elsewhere"))
    p.item(of=p.edition(foreign))
    upload = sent(eva, line("A", program=foreign.name), line("B"))
    assert outcomes(upload) == ["error", "new"]
    assert "不在您的登记范围内" in sentences(upload)[0]


def test_award_of_a_foreign_program_is_neither_shown_nor_changed(eva: User) -> None:
    foreign = p.program("other", department=b.department("elsewhere"))
    secret = p.award(p.item(of=p.edition(foreign)), number="LX-1", project="秘密项目")
    row = only(sent(eva, line("LX-1")))
    assert (row.outcome, row.award) == ("error", None)
    assert row.sentence == "这个编号的立项不在您的登记范围内。"
    assert secret.project not in row.sentence


def test_tier_tells_items_of_one_name_apart(eva: User) -> None:
    p.item("one", name="攻关", tier="国家级")
    p.item("two", name="攻关", tier="省级")
    upload = sent(eva, line("A", item="攻关"), line("B", item="省级·攻关"), line("C", item="one"))
    assert outcomes(upload) == ["error", "new", "new"]
    assert (
        "几个支持事项共用的名称，请写明是哪一个：国家级·攻关、省级·攻关。" in sentences(upload)[0]
    )
    assert [row.fields.get("item_key") for row in rows(upload)] == [None, "two", "one"]


def test_item_is_that_of_the_edition_in_force_on_the_day(eva: User) -> None:
    later = p.edition(begins=date(2025, 6, 1))
    p.item("new", of=later)
    upload = sent(
        eva, line("A", item="new资助"), line("B", item="new资助", day=date(2025, 6, 1)),
        line("C", day=date(2025, 6, 1)),
    )  # fmt: skip
    assert outcomes(upload) == ["error", "new", "error"]


# --- against what stands --------------------------------------------------------------------------


def stands(**facts: Any) -> Award:
    """The award that `line()` states."""
    facts = {"number": "LX-1", "project": "LX-1项目", "amount": p.yuan(100), **facts}
    return p.award(
        recipient=p.recipient("示范甲公司", credit_code=CODE), **facts
    )  # fmt: skip


def test_row_like_what_stands_is_unchanged(eva: User) -> None:
    award = stands()
    row = only(sent(eva, line()))
    assert (row.outcome, row.award, row.seen_version) == ("unchanged", award, award.version)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 120}, {"note": "新备注"}, {"investment": 300}, {"industry": "示范产业"},
        {"code": OTHER_CODE, "recipient": "示范乙公司"}, {"status": "已验收"},
        {"year": 2024}, {"day": date(2025, 3, 11)},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_row_that_says_something_else_is_a_change(eva: User, changes: dict[str, Any]) -> None:
    stands()
    assert outcomes(sent(eva, line(**changes))) == ["changed"]


def test_column_that_is_not_there_says_nothing_and_an_empty_one_does(eva: User) -> None:
    stands(note="原备注", industry="原产业")
    without = [name for name in HEADER if name not in ("备注", "产业")]
    cells = [cell for name, cell in zip(HEADER, line(), strict=True) if name in without]
    assert outcomes(sent(eva, cells, header=without)) == ["unchanged"]
    assert outcomes(sent(eva, line())) == ["changed"]


def test_changed_award_does_not_count_against_itself(eva: User) -> None:
    stands(amount=p.yuan(450))
    assert outcomes(sent(eva, line(amount=500))) == ["changed"]
    assert outcomes(sent(eva, line(amount=501))) == ["error"]


def test_room_that_an_earlier_row_gives_back_is_there_for_the_next(eva: User) -> None:
    of = p.item("firm", per="enterprise", payout="yearly", cap=p.yuan(100))
    stands(of=of, amount=p.yuan(90))
    less, more = line(amount=40, item="firm资助"), line("LX-2", 60, item="firm资助")
    assert outcomes(sent(eva, less, more)) == ["changed", "new"]
    assert outcomes(sent(eva, more, less)) == ["error", "changed"]


def test_terminated_award_is_not_changed_by_a_file(eva: User) -> None:
    p.closed(stands(), "terminated")
    upload = sent(eva, line(amount=50))
    assert outcomes(upload) == ["error"]
    assert "已终止" in sentences(upload)[0]


def test_withdrawn_number_may_be_used_again(eva: User) -> None:
    p.closed(stands(), "withdrawn")
    upload = sent(eva, line(amount=50))
    assert (outcomes(upload), sentences(upload)) == (
        ["changed"], ["恢复已撤销的立项，以文件里的内容为准。"],
    )  # fmt: skip


def test_amount_below_what_was_paid_is_an_error(eva: User) -> None:
    p.payment(stands(), p.yuan(60))
    upload = sent(eva, line(amount=50))
    assert outcomes(upload) == ["error"]
    assert "已拨付 60万元" in sentences(upload)[0]


# --- instalments ----------------------------------------------------------------------------------

PAID = [*HEADER, "拨付日期", "拨付金额（万元）"]


def test_instalment_beside_a_new_award(eva: User) -> None:
    row = only(sent(eva, [*line(), date(2025, 4, 1), 30], header=PAID))
    assert (row.outcome, row.fields["paid_amount"], row.fields["paid_on"]) == (
        "new", "300000", "2025-04-01",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "amount", "sentence"),
    [
        (date(2025, 4, 1), None, "要一起填写"),
        (None, 30, "要一起填写"),
        (date(2025, 1, 1), 30, "不能早于立项日期"),
        (date(2999, 1, 1), 30, "拨付日期不能晚于今天"),
        (date(2025, 4, 1), 101, "本次 101万元 超出"),
    ],
)
def test_instalment_that_cannot_be_is_an_error(
    eva: User, day: Any, amount: Any, sentence: str
) -> None:
    upload = sent(eva, [*line(), day, amount], header=PAID)
    assert outcomes(upload) == ["error"]
    assert sentence in sentences(upload)[0]


def test_instalment_on_record_is_not_paid_twice(eva: User) -> None:
    p.payment(stands(), p.yuan(30), paid_on=date(2025, 4, 1))
    same, second = [*line(), date(2025, 4, 1), 30], [*line(), date(2025, 5, 1), 30]
    assert outcomes(sent(eva, same, header=PAID)) == ["unchanged"]
    assert outcomes(sent(eva, second, header=PAID)) == ["changed"]


# --- what files bring -----------------------------------------------------------------------------


def test_formula_and_markup_stay_texts(eva: User) -> None:
    row = only(sent(eva, line(note="<script>alert(1)</script>", project="'=1+1"), name="a.csv"))
    assert (row.fields["note"], row.fields["project"]) == ("<script>alert(1)</script>", "=1+1")


def test_csv_is_read_like_a_workbook(eva: User) -> None:
    taken = line(day="2025-03-10")
    upload = sent(eva, ["" if cell is None else cell for cell in taken], name="立项.csv")
    assert outcomes(upload) == ["new"]


def test_second_try_begins_anew(eva: User) -> None:
    upload = sent(eva, line())
    Upload.objects.filter(pk=upload.pk).update(state="received", kind="actuals")
    from indicators.importing.staging import stage_upload

    stage_upload(Upload.objects.select_related("by").get(pk=upload.pk))
    assert outcomes(upload) == ["new"]

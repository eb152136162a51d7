"""What the difference says about a cell, and that the quick way says what the slow one says."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import User
from indicators import layout as template
from indicators.actions import merge_upload, standings
from indicators.exporting import observations_csv
from indicators.importing import doubting
from indicators.importing.checking import Checker
from indicators.importing.matching import Catalogue
from indicators.importing.reading import Chunk
from indicators.importing.tables import recognise
from indicators.models import Observation, ReportingRound, StagedCell
from tests.indicators import builders
from tests.indicators.importing.files import accounted, cells, errors, said, stage, xlsx_of

pytestmark = pytest.mark.django_db
CITY = "青岛市"
HEADER = ["指标", "地区", "报告期", "数值"]


@pytest.fixture
def ana() -> User:
    builders.region()
    builders.region("370202", "市南区", "district")
    builders.indicator("FIRMS", aliases=["高企"])
    builders.indicator("RD", unit=builders.money(), kind="amount")
    builders.indicator("SHARE", unit=builders.percent(), kind="ratio")
    builders.indicator("RATE", unit=builders.percent(), kind="rate")
    return builders.person("ana", "analyst", at=builders.department())


def one(by: User, value: Any, *, of: str = "FIRMS", period: Any = "2024") -> StagedCell:
    """The staged cell of a workbook with one value."""
    (cell,) = cells(stage(by, [HEADER, [of, CITY, period, value]]))
    return cell


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "of", "kept"),
    [
        (5600, "FIRMS", "5600"), (0, "FIRMS", "0"), ("0", "FIRMS", "0"), (-3.5, "RATE", "-3.5"),
        (0.1, "SHARE", "0.1"), ("５，６００家", "FIRMS", "5600"), ("2.2万家", "FIRMS", "22000"),
        ("700亿元", "RD", "700"), ("7,000,000万元", "RD", "700"), ("11%", "SHARE", "11"),
        ("百分之十一", "SHARE", "11"), (123456789012345, "RD", "123456789012345"),
    ],
)  # fmt: skip
def test_value_is_read_exactly(ana: User, value: Any, of: str, kept: str) -> None:
    cell = one(ana, value, of=of)
    assert cell.outcome == "new", cell.sentence
    assert format(cell.value.normalize(), "f") == kept


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("八千左右", "不是确切的数值"), ("NaN", "有限的数"), ("1e400", "科学计数法"), ("约", "不是数值"),
        ("5600万元", "不同"), ("#DIV/0!", "不"), (date(2024, 1, 1), "日期格式"), (True, "逻辑值"),
        ("1234567890123456.5", "15位"), (datetime(2024, 1, 1, 8), "日期格式"),
        ("1_000", "下划线"),
    ],
)  # fmt: skip
def test_value_that_is_none_is_an_error_in_words(ana: User, value: Any, words: str) -> None:
    cell = one(ana, value)
    assert cell.outcome == "error"
    assert words in cell.sentence
    assert cell.sentence_en
    assert (cell.value, cell.text != "") == (None, True)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (45000, "以数字保存的日期"), (date(2024, 1, 1), "日期格式"), ("去年", "不是报告期"),
        (2024.5, "数字"), ("2024-13", "不是报告期"),
    ],
)  # fmt: skip
def test_period_that_is_none_is_an_error_in_words(ana: User, period: Any, words: str) -> None:
    rows = [[HEADER[0], HEADER[2], HEADER[3]], ["RD", period, 5600], ["高企", "2023", 5]]
    (found,) = errors(stage(ana, rows))
    assert words in found


def test_missing_period_is_an_error_and_one_from_above_is_said(ana: User) -> None:
    rows = [
        [HEADER[0], HEADER[2], HEADER[3]],
        ["高企", None, 1],
        ["高企", "2023", 2],
        ["RD", None, 3],
    ]
    upload = stage(ana, rows)
    assert errors(upload) == ["没有写明报告期。"]
    assert "取自上面的单元格" in cells(upload)[2].sentence


def test_value_that_a_rule_stops_is_an_error(ana: User) -> None:
    cell = one(ana, 1.5)
    assert cell.outcome == "error"
    assert "整数" in cell.sentence


def test_odd_value_that_stands_already_raises_no_doubt(ana: User) -> None:
    builders.actual(builders.indicator(), "1.5", "2024", by=ana, review_state="draft")
    assert (one(ana, 1.5).outcome, one(ana, 1.5).warnings) == ("unchanged", [])


def test_unknown_indicator_and_region_are_named(ana: User) -> None:
    upload = stage(ana, [HEADER, ["不知道", "火星", "2024", 1], ["高企", CITY, "2024", 1]])
    assert "不知道" in errors(upload)[0]
    assert "火星" in errors(upload)[0]


def test_decimals_beyond_the_tenth_are_rounded_with_a_remark(ana: User) -> None:
    cell = one(ana, 1 / 3, of="SHARE")
    assert str(cell.value) == "0.3333333333"
    assert "0.333333333333333的小数超过10位" in cell.sentence


def test_noise_of_binary_numbers_is_none(ana: User) -> None:
    cell = one(ana, 0.1 + 0.2, of="SHARE")
    assert (str(cell.value.normalize()), cell.text) == ("0.3", "0.3")


@pytest.mark.parametrize(
    ("word", "code"), [("未统计", "L"), ("不适用", "M"), ("Confidential", "Q")]
)
def test_word_for_missing_in_the_value_column(ana: User, word: str, code: str) -> None:
    cell = one(ana, word)
    assert (cell.outcome, cell.value, cell.obs_status) == ("new", None, code)


def test_columns_beside_the_value_are_kept(ana: User) -> None:
    header = [*HEADER, "限定", "数据状态", "数据批次", "来源", "来源链接", "来源日期", "说明"]
    row = [
        "高企",
        CITY,
        "2024",
        5600,
        "约数",
        "初步数",
        "快报",
        "公报",
        "https://a.b/c",
        "2025-03",
        "注",
    ]
    (cell,) = cells(stage(ana, [header, row]))
    assert (cell.qualifier, cell.obs_status, cell.vintage) == ("about", "P", "flash")
    assert (cell.source_title, cell.source_url, cell.source_date, cell.note) == (
        "公报", "https://a.b/c", "2025-03", "注",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("限定", "差不多", "不在可选的词中"), ("数据状态", "好", "不在可选的词中"),
        ("来源链接", "javascript:x", "http"), ("来源日期", "昨天", "来源日期"),
        ("来源", "长" * 201, "200"), ("数据状态", "未统计", "没有数值"),
    ],
)  # fmt: skip
def test_columns_beside_the_value_are_checked(ana: User, name: str, text: str, words: str) -> None:
    upload = stage(ana, [[*HEADER, name], ["高企", CITY, "2024", 5600, text]])
    assert words in errors(upload)[0]


def test_words_around_the_number_are_its_qualifier(ana: User) -> None:
    assert one(ana, "突破5600家").qualifier == "above"


def test_formula_is_marked_and_one_without_result_refused(ana: User) -> None:
    (cell,) = cells(stage(ana, xlsx_of([HEADER, ["高企", CITY, "2024", "=1+1"]])))
    assert cell.outcome == "error"
    assert "公式没有保存计算结果" in cell.sentence


# --- the difference ---------------------------------------------------------------------------


def test_same_cell_twice_with_two_values_names_both_places(ana: User) -> None:
    upload = stage(ana, [HEADER, ["高企", CITY, "2024", 1], ["FIRMS", CITY, "2024年", 2]])
    first, second = errors(upload)
    assert "表 D3" in first
    assert "表 D2" in second


def test_same_cell_twice_with_one_value_is_kept_once(ana: User) -> None:
    upload = stage(ana, [HEADER, ["高企", CITY, "2024", 1], ["FIRMS", CITY, "2024年", "1家"]])
    assert [cell.outcome for cell in cells(upload)] == ["new", "unchanged"]
    assert "表 D2" in cells(upload)[1].sentence


def test_cell_of_strangers_is_an_error_that_tells_nothing(ana: User) -> None:
    theirs = builders.indicator("SECRET", at=builders.department("other"))
    builders.actual(theirs, "4711", "2024", review_state="draft")
    upload = stage(ana, [HEADER, ["SECRET", CITY, "2024", 1]])
    (words,) = errors(upload)
    assert "不在您的填报范围" in words
    assert "4711" not in str(cells(upload)[0].__dict__)


def test_duty_of_a_round_opens_its_cell_alone(ana: User) -> None:
    theirs = builders.indicator("THEIRS", at=builders.department("other"))
    now = timezone.now()
    made = ReportingRound.objects.create(
        name="年报", reference_period="2024", opens_at=now - timedelta(1),
        closes_at=now + timedelta(1), made_by=ana, made_at=now,
    )  # fmt: skip
    made.duties.create(
        indicator=theirs, region=builders.region(), reference_period="2024",
        department=builders.department(),
    )  # fmt: skip
    upload = stage(ana, [HEADER, ["THEIRS", CITY, "2024", 1], ["THEIRS", CITY, "2023", 1]])
    assert [cell.outcome for cell in cells(upload)] == ["new", "error"]


def test_locked_cell_says_which_rule_locks_it(ana: User) -> None:
    now = timezone.now()
    made = ReportingRound.objects.create(
        name="年报", reference_period="2024", opens_at=now - timedelta(2),
        closes_at=now - timedelta(1), made_by=ana, made_at=now,
    )  # fmt: skip
    made.duties.create(
        indicator=builders.indicator(), region=builders.region(), reference_period="2024",
        department=builders.department(),
    )  # fmt: skip
    upload = stage(ana, [HEADER, ["FIRMS", CITY, "2024", 1], ["FIRMS", CITY, "2023", 1]])
    assert "“年报”已于" in errors(upload)[0]
    assert len(said(upload)) == 1


def test_submitted_value_is_locked(ana: User) -> None:
    builders.actual(builders.indicator(), "5", "2024", by=ana, review_state="submitted")
    assert "等待核定" in one(ana, 6).sentence


def test_numbers_are_compared_as_numbers(ana: User) -> None:
    builders.actual(builders.indicator(), "5600", "2024", by=ana, review_state="draft")
    assert [one(ana, value).outcome for value in (5600.0, "5,600家", "0.56万", 5601)] == [
        "unchanged", "unchanged", "unchanged", "changed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "word"),
    [("数据批次", "核实"), ("数据状态", "初步数"), ("来源", "年鉴"), ("限定", "约数")],
)
def test_other_statement_about_the_same_number_is_a_change(ana: User, name: str, word: str) -> None:
    builders.actual(builders.indicator(), "5", "2024", by=ana, review_state="draft")
    upload = stage(ana, [[*HEADER, name], ["FIRMS", CITY, "2024", 5, word]])
    (cell,) = cells(upload)
    assert cell.outcome == "changed"
    assert "不变" in cell.sentence


def test_table_that_is_silent_about_status_and_vintage_leaves_them(ana: User) -> None:
    builders.actual(
        builders.indicator(), "5", "2024", by=ana, review_state="draft", vintage="forecast",
        obs_status="E", qualifier="about", source_title="公报", note="说明",
    )  # fmt: skip
    assert one(ana, 5).outcome == "unchanged"
    cell = one(ana, 6)
    assert (cell.outcome, cell.vintage, cell.obs_status) == ("changed", "forecast", "E")
    # The source of the old number is none for the new one.
    assert (cell.source_title, cell.note, cell.qualifier) == ("", "", "exact")


def test_loaded_draft_stands_beside_and_is_not_the_open_row(ana: User) -> None:
    builders.actual(builders.indicator(), "5", "2024", by=ana, review_state="draft", key="k")
    assert one(ana, 6).outcome == "new"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_own_export_reads_back_unchanged(ana: User, language: str) -> None:
    firms, rd, share = (builders.indicator(code) for code in ("FIRMS", "RD", "SHARE"))
    facts: list[tuple[Any, str | None, str, dict[str, Any]]] = [
        (
            firms,
            "5600",
            "2024",
            {"source_title": "=公报", "note": "@注\n第二行", "qualifier": "above"},
        ),
        (firms, None, "2023", {"obs_status": "Q", "note": "-保密"}),
        (rd, "286.4", "2022-S1", {"vintage": "flash", "source_url": "https://a.b/c"}),
        (share, "-3.5", "2024", {"obs_status": "B", "source_date": "2025-03", "note": "'引号"}),
        (share, "0", "2023", {"qualifier": "about"}),
    ]
    for of, value, period, more in facts:
        builders.actual(of, value, period, by=ana, review_state="draft", **more)
    rows = Observation.objects.select_related("indicator__unit", "region")
    with translation.override(language):
        text = observations_csv(rows)
    upload = stage(ana, text.encode(), "导出.csv")
    assert [(cell.outcome, cell.sentence) for cell in cells(upload)] == [
        ("unchanged", "与现有数值相同。")
    ] * 5
    assert accounted(upload)


# --- our template -----------------------------------------------------------------------------


def template_of(rows: list[tuple[str, str, str, Any, str]], **beside: str) -> dict[str, Any]:
    """A template of (indicator, region code, period, value, token) with one period a column group."""
    periods = sorted({row[2] for row in rows})
    lines = sorted({(row[0], row[1]) for row in rows})
    width = len(template.GROUP)
    above: list[Any] = [None] * 4
    header: list[Any] = list(template.LEADING)
    for period in periods:
        above += [period, *[None] * (width - 1)]
        header += [word for _name, word in template.GROUP]
    body = []
    for indicator, region in lines:
        line: list[Any] = [template.row_key(indicator, region), indicator, region, "家"]
        for period in periods:
            found = [r for r in rows if r[:3] == (indicator, region, period)]
            line += [found[0][3] if found else None]
            line += [beside.get(name) for name, _word in template.GROUP[1:]]
        body.append(line)
    tokens = [[template.row_key(i, r), p, token] for i, r, p, _v, token in rows]
    return {
        template.DATA_SHEET: [["模板"], above, header, *body],
        template.HELP_SHEET: [["怎样填写"]],
        template.TOKEN_SHEET: [[template.MARK, template.VERSION], [], *tokens],
    }


def token_of(of: str, period: str) -> str:
    found = standings(Observation.objects.filter(indicator__code=of).for_period(period))
    return str(next(iter(found.values())).seen) if found else "0.0.0"


def test_template_compares_with_what_its_maker_saw(ana: User) -> None:
    bob = builders.person("bob", "analyst", at=builders.department())
    row = builders.actual(builders.indicator(), "5", "2024", by=bob, review_state="draft")
    seen = token_of("FIRMS", "2024")
    made = template_of([("FIRMS", "370200", "2024", 6, seen)])
    upload = stage(ana, made)
    assert upload.found["kind"] == "template"
    assert [cell.outcome for cell in cells(upload)] == ["changed"]
    assert accounted(upload)
    Observation.objects.filter(pk=row.pk).update(version=2, value=7)
    (cell,) = cells(stage(ana, made))
    assert cell.outcome == "conflict"
    assert "bob同志" in cell.sentence
    assert cell.seen_open_version == 2


def test_template_whose_value_became_the_present_one_is_unchanged(ana: User) -> None:
    builders.actual(builders.indicator(), "6", "2024", by=ana, review_state="draft")
    (cell,) = cells(stage(ana, template_of([("FIRMS", "370200", "2024", 6, "0.0.0")])))
    assert cell.outcome == "unchanged"


def test_template_over_a_value_withdrawn_since_is_a_conflict(ana: User) -> None:
    (cell,) = cells(stage(ana, template_of([("FIRMS", "370200", "2024", 6, "77.1.0")])))
    assert (cell.outcome, cell.seen_open) == ("conflict", 0)
    assert "撤回" in cell.sentence


def test_emptied_cell_of_a_template_takes_nothing_away(ana: User) -> None:
    builders.actual(builders.indicator(), "5", "2024", by=ana, review_state="draft")
    (cell,) = cells(stage(ana, template_of([("FIRMS", "370200", "2024", None, "1.1.0")])))
    assert (cell.outcome, "不受影响" in cell.sentence) == ("unchanged", True)


def test_template_cell_with_a_source_but_no_value_is_an_error(ana: User) -> None:
    upload = stage(
        ana, template_of([("FIRMS", "370200", "2024", None, "0.0.0")], source_title="公报")
    )
    assert "没有填写数值" in errors(upload)[0]


def test_template_of_another_version_is_refused(ana: User) -> None:
    made = template_of([("FIRMS", "370200", "2024", 6, "0.0.0")])
    made[template.TOKEN_SHEET][0][1] = template.VERSION + 1
    upload = stage(ana, made)
    assert upload.state == "refused"
    assert "旧版本" in upload.refusal


def test_damaged_token_is_compared_without_one(ana: User) -> None:
    (cell,) = cells(stage(ana, template_of([("FIRMS", "370200", "2024", 6, "x")])))
    assert cell.outcome == "new"


# --- quick and slow ---------------------------------------------------------------------------

VALUES: list[Any] = [
    1.0, 5600.0, 0.5, 1e20, "12", "1,200", "八千", "", -3.0, "-0", "5.10", "007", float("inf"), 3,
    "未统计", True, date(2024, 1, 1), 99999999999.25, 1e-7,
]  # fmt: skip


def table(chance: random.Random, rows: int) -> list[tuple[Any, ...]]:
    """Rows of a long table with everything that occurs, most of it plain."""
    header = ("指标", "地区", "报告期", "数值", "单位", "来源", "说明", "数据批次")
    made: list[tuple[Any, ...]] = [header]
    for _ in range(rows):
        made.append((
            chance.choice(["FIRMS", "RD", "高企", "SHARE", "SECRET", "", "不知道"]),
            chance.choice(["370200", "市南区", "火星", 370200.0]),
            chance.choice(["2023", 2024.0, "2022年", 45000.0, "2024-S1", ""]),
            chance.choice(VALUES) if chance.random() < 0.4 else float(chance.randrange(9999)),
            chance.choice(["", "", "家", "亿元", "万元"]),
            chance.choice(["", "公报", "=x", "年鉴\t二"]),
            chance.choice(["", "注", "'=a", " b "]),
            chance.choice(["", "年报", "预计", "什么"]),
        ))  # fmt: skip
    return made


@pytest.mark.parametrize("seed", range(12))
def test_quick_way_says_what_the_slow_one_says(ana: User, seed: int) -> None:
    builders.indicator("SECRET", at=builders.department("other"))
    builders.actual(builders.indicator("RD"), "5", "2023", by=ana)
    rows = table(random.Random(seed), 60)
    names = Catalogue(ana)
    found = {}
    for plain in (True, False):
        layout = recognise(rows, 1, "", names)
        assert layout is not None
        checker = Checker(7, ana, names, plain=plain)
        staged = []
        for first in range(0, len(rows), 25):
            part = Chunk(1, first + 1, rows[first : first + 25])
            staged += checker.compare(checker.prepare(part, layout))
        doubts = sorted(doubting.findings(checker, date(2025, 1, 1)))
        found[plain] = staged, doubts, checker.unused.report()
    assert found[True] == found[False]
    assert len(found[True][0]) > 20


def test_apply_of_a_corrected_file_after_errors(ana: User) -> None:
    upload = stage(ana, [HEADER, ["高企", CITY, "2024", "八千"], ["RD", CITY, "2024", 3]])
    assert [cell.outcome for cell in cells(upload)] == ["new", "new"]
    assert not merge_upload(upload=upload)  # nobody asked for it yet

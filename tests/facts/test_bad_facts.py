"""Fixtures with one thing wrong: each has its own sentence, and nothing is half written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts import audit
from accounts.actions import ensure_system_users
from indicators.models import Indicator
from qdpolicy.facts import actuals, catalogue, documents, programs
from qdpolicy.facts.loading import load_facts
from qdpolicy.facts.reading import FactsError
from tests.facts.test_loading import row_counts

FIXTURES = settings.BASE_DIR / "fixtures"
MEETING = "documents/qd-sti-meeting-2024.yaml"
Change = tuple[str, str, str]  # file, the text to replace (once), its replacement


def loaders() -> dict[str, Callable[[Path], int]]:
    importer, verifier = ensure_system_users()
    return {
        "catalogue": lambda folder: catalogue.load(folder, by=importer),
        "documents": lambda folder: documents.load(folder, by=importer, verifier=verifier),
        "programs": lambda folder: programs.load(folder, by=importer),
        "actuals": lambda folder: actuals.load(folder, by=importer, verifier=verifier),
    }


def changed(folder: Path, *changes: Change) -> Path:
    """The real fixtures with these changes, in a folder of the test."""
    copy = folder / "fixtures"
    shutil.copytree(FIXTURES, copy)
    for name, old, new in changes:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} 中没有 {old}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def refused(kind: str, folder: Path) -> list[str]:
    """The sentences of a refusal; everything is as it was before."""
    before = row_counts()
    with pytest.raises(FactsError) as error, audit.transaction():
        loaders()[kind](folder)
    assert row_counts() == before
    return error.value.problems


A_ROW = "a001,RD_PERS,370200,2015,71210,ren,exact,A,annual,approved,A,"
CAP = 'cap: "5000000"'
CATALOGUE = [
    (("units.yaml", "code: wan-yuan", "code: yuan"), "units.yaml（yuan）：代码重复"),
    (
        ("indicators.yaml", "code: PKL_REORG", "code: PKL/REORG"),
        "indicators.yaml（PKL/REORG）：代码只能用字母、数字和 - _ ，并以字母或数字开头。",
    ),
    (("units.yaml", "exponent: 4", "exponent: 四"), "units.yaml（wan-yuan）：exponent 的“四”应为 -12 至 12 的整数"),
    (("units.yaml", "exponent: 4", "exponent: 99"), "units.yaml（wan-yuan）：exponent 的“99”应为 -12 至 12 的整数"),
    (("units.yaml", "dimension: money", "dimension: gold"), "units.yaml（yuan）：dimension 的“gold”不在可选值之内：money、count、percent、point、multiple、other"),
    (("units.yaml", "symbol: 元,", ""), "units.yaml 第 1 条（yuan）：缺少“symbol”"),
    (("departments.yaml", "parent: qd-gov", "parent: nobody"), "departments.yaml（qd-gov-office）：没有代码为“nobody”的部门"),
    (("regions.yaml", 'parent: "370000"', 'parent: "990000"'), "regions.yaml（370200）：没有代码为“990000”的地区"),
    (("regions.yaml", 'valid_from: "2017-10-30"', 'valid_from: "2017-13-30"'), "regions.yaml（370215）：“2017-13-30”不是日期（年-月-日）"),
    (("regions.yaml", 'valid_from: "2017-10-30", valid_to: null', 'valid_from: "2017-10-30", valid_to: "2017-01-01"'), "regions.yaml（370215）：停用日期早于启用日期"),
    (("indicators.yaml", "unit: yi-yuan", "unit: yi-dollar"), "indicators.yaml（RD_EXP）：没有代码为“yi-dollar”的计量单位"),
    (("indicators.yaml", "department: qd-stb", "department: qd-none"), "indicators.yaml（RD_EXP）：没有代码为“qd-none”的部门"),
    (("indicators.yaml", "rate_of: RD_EXP", "rate_of: RD_NONE"), "indicators.yaml（RD_EXP_G）：没有代码为“RD_NONE”的指标"),
    (("indicators.yaml", "release_month: 10", "release_month: 13"), "indicators.yaml（RD_EXP）：release_month 的“13”应为 1 至 12 的整数"),
    (("indicators.yaml", "name: 全社会研发经费增速", "name: 全社会研发经费（R&D）"), "indicators.yaml：名称“全社会研发经费（R&D）”重复"),
    (("indicators.yaml", "breaks: []", "breaks: [{period: 去年}]"), "indicators.yaml（RD_EXP）：“去年”不是报告期"),
    (("indicators.yaml", "breaks: []", "breaks: [去年]"), "indicators.yaml（RD_EXP）：breaks 的每一条应为“字段: 值”的形式"),
]  # fmt: skip
TARGET = f"{MEETING[10:]} 目标（rd-growth）"
DOCUMENTS = [
    ((MEETING, "indicator: RD_EXP", "indicator: RD_NONE"), f"{TARGET}：没有代码为“RD_NONE”的指标"),
    ((MEETING, '    region: "370200"', '    region: "999999"'), f"{TARGET}：没有代码为“999999”的地区"),
    ((MEETING, "unit: percent", "unit: per-mille"), f"{TARGET}：没有代码为“per-mille”的计量单位"),
    ((MEETING, "    department: null", "    department: qd-none"), f"{TARGET}：没有代码为“qd-none”的部门"),
    ((MEETING, "    clause: rd-growth", "    clause: rd-shrink"), f"{TARGET}：没有键为“rd-shrink”的条款"),
    ((MEETING, 'value: "11"', "value: 八千左右"), f"{TARGET}：“八千左右”不是数值"),
    ((MEETING, 'value: "11"', "value: .nan"), f"{TARGET}：“.nan”不是数值"),
    ((MEETING, 'value: "11"', 'value: "NaN"'), f"{TARGET}：“NaN”不是数值"),
    ((MEETING, 'value: "11"', 'value: "1234567890123456"'), f"{TARGET}：“1234567890123456”超出可保存的范围（最多 15 位有效数字、10 位小数）"),
    ((MEETING, 'period_end: "2024"\n    cadence', 'period_end: "去年"\n    cadence'), f"{TARGET}：“去年”不是报告期"),
    ((MEETING, 'period_start: "2024"\n    period_end: "2024"\n    cadence', 'period_start: "2025"\n    period_end: "2024"\n    cadence'), f"{TARGET}：起始期晚于期限"),
    ((MEETING, "comparator: at_least", "comparator: exceeds"), f"{TARGET}：comparator 的“exceeds”不在可选值之内"),
    ((MEETING, "comparator: at_least", "comparator: between"), f"{TARGET}：区间目标须有不小于下限的上限"),
    ((MEETING, "upper: null", 'upper: "12"'), f"{TARGET}：只有区间目标可以写上限"),
    ((MEETING, 'upper: "2"', 'upper: "0.5"'), f"{MEETING[10:]} 目标（plab-new）：区间目标须有不小于下限的上限"),
    ((MEETING, "key: nkl-total\n    name", "key: rd-growth\n    name"), f"{TARGET}：键重复"),
    ((MEETING, "part_of: nkl-total", "part_of: tech-sme"), f"{MEETING[10:]} 目标（nkl-new）：所属的“tech-sme”须是排在前面的一项承诺"),
    ((MEETING, "unit: yi-yuan", "unit: jia"), f"{MEETING[10:]} 目标（contract）：单位“家”与指标的单位“亿元”不能换算"),
    ((MEETING, "succeeds: qd-stb-workplan-2022/hnte", "succeeds: qd-stb-workplan-2022/nothing"), f"{MEETING[10:]} 目标（hnte）：没有“qd-stb-workplan-2022/nothing”这一目标"),
    ((MEETING, "provenance: observed", "provenance: guessed"), f"{MEETING[10:]} 目标（nkl-total）：基期来源“guessed”不在可选值之内"),
    ((MEETING, "provenance: observed", "provenance: stated"), f"{MEETING[10:]} 目标（nkl-total）：写明或推得的基期须有数值"),
    ((MEETING, "quote: 全社会研发经费投入增长11%以上", "quote: " + "长" * 41), f"{MEETING[10:]} 条款（rd-growth）：引文超过 40 个字"),
    ((MEETING, "role: body", "role: footnote"), f"{MEETING[10:]} 条款（rd-growth）：role 的“footnote”不在可选值之内"),
    ((MEETING, "- key: rd-growth\n    locator", "- key: rd-growths\n    locator"), f"{MEETING[10:]}：摘要标出了“rd-growth”，但没有这一条款"),
    ((MEETING, "- key: nkl-new\n    locator", "- key: rd-growth\n    locator"), f"{MEETING[10:]} 条款（rd-growth）：键重复"),
    ((MEETING, "{rd-growth:全社会", "{rd-growth:全社会}{"), f"{MEETING[10:]}：摘要中有不成对的花括号，或条款键含有小写字母、数字、连字符以外的字符"),
    ((MEETING, 'source_no: "000"', "colour: 红"), f"{MEETING[10:]}（qd-sti-meeting-2024）：没有“colour”这个字段"),
    ((MEETING, "key: qd-sti-meeting-2024", "key: qd-sti-meeting-2018"), "documents：文件键“qd-sti-meeting-2018”重复"),
    ((MEETING, "kind: press_report", "kind: rumour"), f"{MEETING[10:]}：kind 的“rumour”不在可选值之内"),
    ((MEETING, "issuer_department: qd-stb", "issuer_department: qd-none"), f"{MEETING[10:]}：没有代码为“qd-none”的部门"),
    ((MEETING, "key: qd-sti-meeting-2024", "key: [x"), f"{MEETING[10:]} 第 2 行：YAML 格式有误"),
    (("documents/qd-stb-workplan-2022.yaml", "measures:\n", "measures:\n  - {key: x, clause: none, text: 字}\n"), "qd-stb-workplan-2022.yaml 举措（x）：没有键为“none”的条款"),
]  # fmt: skip
EDITION = "programs.yaml（qianglian） 版本（qianglian-2024）"
PROGRAMS = [
    (("programs.yaml", 'valid_to: "2028"', 'valid_to: "2023"'), f"{EDITION}：结束日期早于开始日期"),
    (("programs.yaml", CAP, 'cap: "-5"'), f"{EDITION} 事项（qianglian-project）：支持上限须为正数；不设上限的事项不写数额"),
    (("programs.yaml", CAP, 'cap: "0"'), f"{EDITION} 事项（qianglian-project）：支持上限须为正数；不设上限的事项不写数额"),
    (("programs.yaml", CAP, "cap: null"), f"{EDITION} 事项（qianglian-project）：支持上限须为正数；不设上限的事项不写数额"),
    (("programs.yaml", "comparator: at_most", "comparator: uncapped"), f"{EDITION} 事项（qianglian-project）：支持上限须为正数；不设上限的事项不写数额"),
    (("programs.yaml", CAP, "cap: 五百万"), f"{EDITION} 事项（qianglian-project）：“五百万”不是数值"),
    (("programs.yaml", CAP, 'cap: "0.001"'), f"{EDITION} 事项（qianglian-project）：“0.001”超出可保存的范围（最多 15 位有效数字、2 位小数）"),
    (("programs.yaml", "kind: project_grant", "kind: gift"), f"{EDITION} 事项（qianglian-project）：kind 的“gift”不在可选值之内"),
    (("programs.yaml", "clause: m-4-1", "clause: m-none"), "programs.yaml（qianglian） 版本（qianglian-2022）：没有键为“m-none”的条款"),
    (("programs.yaml", "document: qd-stb-workplan-2022", "document: nothing"), "programs.yaml（qianglian） 版本（qianglian-2022）：没有键为“nothing”的文件"),
    (("programs.yaml", "key: qianglian-2024", "key: qianglian-2022"), "programs.yaml：版本键“qianglian-2022”重复"),
    (("programs.yaml", "key: qianglian-demo", "key: qianglian-project"), f"{EDITION}：事项键“qianglian-project”重复"),
    (("programs.yaml", "department: qd-stb", "department: qd-none"), "programs.yaml（qianglian）：没有代码为“qd-none”的部门"),
    (("programs.yaml", "per_stated: false", "per_told: false"), f"{EDITION} 事项（qianglian-project）：没有“per_told”这个字段"),
    (("programs.yaml", "clause: m-4-1", "clause: null"), "programs.yaml（qianglian） 版本（qianglian-2022）：没有写明条款：每个版本都要有出处"),
    (("programs.yaml", 'valid_to: "2022"', 'valid_to: "2024"'), "programs.yaml（qianglian）：版本“qianglian-2022”（2022—2024）与“qianglian-2024”（2024—2028）的日期重叠"),
    (("programs.yaml", 'valid_to: "2022"', 'valid_to: ""'), "programs.yaml（qianglian）：版本“qianglian-2022”（2022—今）与“qianglian-2024”（2024—2028）的日期重叠"),
    (("programs.yaml", CAP, f'{CAP}\n          rate: "130"'), f"{EDITION}：攻关项目：比例须大于0、不超过100%。"),
    (("programs.yaml", CAP, f'{CAP}\n          bodies: [city]'), f"{EDITION}：攻关项目：适用主体的“city”不在可选值之内。"),
    (("programs.yaml", CAP, f'{CAP}\n          payout: weekly'), f"{EDITION} 事项（qianglian-project）：payout 的“weekly”不在可选值之内"),
    (("programs.yaml", CAP, f'{CAP}\n          not_with_for: year\n          not_with: [qianglian/qianglian-project]'), f"{EDITION}：攻关项目：事项不能与自己不得同享。"),
    (("programs.yaml", "rhythm: null", "contact_url: kjj"), "programs.yaml（qianglian） 版本（qianglian-2022）：联系页面请写成以 http:// 或 https:// 开头的网址。"),
]  # fmt: skip
ACTUALS = [
    (("actuals.csv", A_ROW, A_ROW.replace("RD_PERS", "RD_NONE")), "actuals.csv（a001）：没有代码为“RD_NONE”的指标"),
    (("actuals.csv", A_ROW, A_ROW.replace("370200", "999999")), "actuals.csv（a001）：没有代码为“999999”的地区"),
    (("actuals.csv", A_ROW, A_ROW.replace(",ren,", ",heads,")), "actuals.csv（a001）：没有代码为“heads”的计量单位"),
    (("actuals.csv", A_ROW, A_ROW.replace(",ren,", ",jia,")), "actuals.csv（a001）：单位“家”与指标的单位“人”不能换算"),
    (("actuals.csv", A_ROW, A_ROW.replace("2015", "去年")), "actuals.csv（a001）：“去年”不是报告期"),
    (("actuals.csv", A_ROW, A_ROW.replace("2015", "2015-Q5")), "actuals.csv（a001）：“2015-Q5”不是报告期"),
    (("actuals.csv", A_ROW, A_ROW.replace("71210", "八千左右")), "actuals.csv（a001）：“八千左右”不是数值"),
    (("actuals.csv", A_ROW, A_ROW.replace("71210", "NaN")), "actuals.csv（a001）：“NaN”不是数值"),
    (("actuals.csv", A_ROW, A_ROW.replace("71210", "9" * 16)), "actuals.csv（a001）：“9999999999999999”超出可保存的范围（最多 15 位有效数字、10 位小数）"),
    (("actuals.csv", A_ROW, A_ROW.replace(",71210,ren,", f",{'9' * 15},wan-ren,")), "actuals.csv（a001）：“9999999999999990000”超出可保存的范围（最多 15 位有效数字、10 位小数）"),
    (("actuals.csv", A_ROW, A_ROW.replace("71210", "")), "actuals.csv（a001）：没有数值，也没有写明缺数的原因"),
    (("actuals.csv", A_ROW, A_ROW.replace("exact,A,", "exact,Q,")), "actuals.csv（a001）：写明缺数的一行不应再有数值"),
    (("actuals.csv", A_ROW, A_ROW.replace("exact", "roughly")), "actuals.csv（a001）：qualifier 的“roughly”不在可选值之内：exact、above、below、about"),
    (("actuals.csv", A_ROW, A_ROW.replace("approved", "sure")), "actuals.csv（a001）：review 只能是 approved 或 draft"),
    (("actuals.csv", A_ROW, A_ROW.replace("approved,A,", "approved,C,")), "actuals.csv（a001）：可靠性为 C 的数值只能是草稿"),
    (("actuals.csv", A_ROW, A_ROW.replace(",2015,", ",,")), "actuals.csv（a001）：报告期未知的数值只能是草稿"),
    (("actuals.csv", "a002,RD_FTE", "a001,RD_FTE"), "actuals.csv（a001）：缺少键，或键重复"),
    (("actuals.csv", "a001,", ","), "actuals.csv（?）：缺少键，或键重复"),
    (("actuals.csv", "a002,", "a900,RD_PERS,370200,2015,1,ren,exact,A,annual,approved,A,,,,\na002,"), "actuals.csv（a900）：同一指标、地区和报告期已有一个已核定的数值，第二个只能是草稿"),
    (("actuals.csv", "a002,", "a900,RD_PERS,370200,2015-01/2015-12,1,ren,exact,A,annual,approved,A,,,,\na002,"), "actuals.csv（a900）：同一指标、地区和报告期已有一个已核定的数值，第二个只能是草稿"),
    (("actuals.csv", "https://m.ajunews.com", "javascript:m.ajunews.com"), "actuals.csv（a001）：链接“javascript:m.ajunews.com/amp/20161012143158097”须以 http:// 或 https:// 开头"),
    (("actuals.csv", "key,indicator", "id,indicator"), "actuals.csv：表头应为 " + ",".join(actuals.COLUMNS)),
]  # fmt: skip
CASES = [
    pytest.param(kind, change, sentence, id=f"{kind}-{place}")
    for kind, cases in (
        ("catalogue", CATALOGUE), ("documents", DOCUMENTS), ("programs", PROGRAMS),
        ("actuals", ACTUALS),
    )
    for place, (change, sentence) in enumerate(cases)
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "sentence"), CASES)
def test_bad_row_is_refused_in_its_own_words_and_nothing_is_written(
    shared_world: str, tmp_path: Path, kind: str, change: Change, sentence: str
) -> None:
    problems = refused(kind, changed(tmp_path, change))
    assert [problem for problem in problems if problem.startswith(sentence)] != [], problems


def test_command_says_all_that_is_wrong_at_once_and_writes_nothing(
    shared_world: str, tmp_path: Path
) -> None:
    folder = changed(
        tmp_path,
        ("actuals.csv", A_ROW, A_ROW.replace("71210", "约七万")),
        ("actuals.csv", "a002,RD_FTE", "a002,RD_NONE"),
        # Good rows before them: they must not stay.
        ("units.yaml", "name_en: yuan,", "name_en: renminbi,"),
        (MEETING, 'value: "11"', 'value: "12"'),
    )
    before = row_counts()
    with pytest.raises(CommandError) as refusal:
        call_command("load_facts", str(folder))
    assert str(refusal.value).splitlines() == [
        "装载失败，未写入任何数据：",
        "actuals.csv（a001）：“约七万”不是数值",
        "actuals.csv（a002）：没有代码为“RD_NONE”的指标",
    ]
    assert row_counts() == before
    assert set(load_facts(FIXTURES).values()) == {0}


@pytest.mark.parametrize(
    "name", ["units.yaml", "regions.yaml", "indicators.yaml", "departments.yaml", "programs.yaml", "actuals.csv"]
)  # fmt: skip
def test_missing_file_is_named_and_nothing_is_written(
    shared_world: str, tmp_path: Path, name: str
) -> None:
    folder = changed(tmp_path)
    (folder / name).unlink()
    before = row_counts()
    with pytest.raises(FactsError) as error:
        load_facts(folder)
    assert error.value.problems == [f"{name}：文件不存在"]
    assert row_counts() == before


def test_folder_without_documents_is_refused(shared_world: str, tmp_path: Path) -> None:
    folder = changed(tmp_path)
    shutil.rmtree(folder / "documents")
    assert refused("documents", folder) == ["documents：没有任何文件"]


def test_departments_in_a_circle_are_refused_in_words(shared_world: str, tmp_path: Path) -> None:
    government = "Qingdao Municipal People's Government, parent: "
    folder = changed(
        tmp_path, ("departments.yaml", f"{government}null", f"{government}qd-gov-office")
    )
    before = row_counts()
    with pytest.raises(FactsError) as error:
        load_facts(folder)
    assert error.value.problems == ["部门 qd-gov 的上级成了循环。"]
    assert row_counts() == before


def test_what_only_the_database_refuses_is_a_sentence_too(world: str, tmp_path: Path) -> None:
    """A name that a person gave to another indicator in the meantime."""
    folder = changed(tmp_path, ("indicators.yaml", "name: 全社会研发经费增速", "name: 新名称"))
    before = row_counts()
    Indicator.objects.filter(code="TALENT").update(name="新名称")
    with pytest.raises(FactsError) as error:
        load_facts(folder)
    (sentence,) = error.value.problems
    assert sentence.startswith("数据库拒绝了这些数据：")
    assert row_counts() == before

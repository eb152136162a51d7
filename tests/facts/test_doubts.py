"""What is odd in the fixtures, by the rules as they are built in: few doubts, and the real ones."""

from __future__ import annotations

from collections import Counter
from datetime import date

from indicators.doubts import Oddity, oddities, stored_rows
from indicators.models import Observation

TODAY = date(2026, 11, 23)
QINGDAO = "370200"


def found() -> list[Oddity]:
    rows = Observation.objects.order_by("indicator__code", "region__code", "reference_period", "id")
    return oddities(stored_rows(rows), TODAY)


def about(code: str, period: str) -> Oddity:
    (odd,) = (
        odd
        for odd in found()
        if (odd.row.indicator.code, odd.row.region.code) == (code, QINGDAO)
        and odd.row.reference_period == period
    )
    return odd


def test_the_two_numbers_of_high_tech_firms_of_2017_are_found(shared_world: str) -> None:
    odd = about("HNTE", "2017")

    assert odd.issue.code == "two_values"
    assert (odd.issue.evidence["value"], odd.issue.evidence["other"]) == ("2053", "2039")
    assert "2,039家" in odd.issue.zh
    assert "与2,053家相差14家" in odd.issue.zh


def test_spending_printed_for_2017_and_for_2016_is_found(shared_world: str) -> None:
    odd = about("RD_EXP", "2017")

    assert odd.issue.code == "near_repeat"
    assert "286.4亿元与上期（2016）的286亿元四舍五入后相同" in odd.issue.zh
    assert odd.issue.evidence == {"value": "286.4", "other": "286", "period": "2016"}


def test_the_break_of_the_share_of_high_tech_output_is_found(shared_world: str) -> None:
    odd = about("HT_OUTPUT_SHARE", "2019")

    assert odd.issue.code == "jump_in_points"
    assert "上期（2017）42.51%，本期53.33%，上升了10.82个百分点" in odd.issue.zh


def test_all_other_doubts_about_the_fixtures_are_these(shared_world: str) -> None:
    odd = found()

    # Growth of GDP is in constant prices, levels are not; two of five years show it.
    assert Counter(one.issue.code for one in odd) == {
        "two_values": 6,
        "growth_against_levels": 2,
        "jump_in_points": 1,
        "near_repeat": 1,
        "same_as_last_year": 1,
    }
    assert {
        (one.row.indicator.code, one.row.region.code, one.row.reference_period)
        for one in odd
        if one.issue.code not in ("jump_in_points", "near_repeat")
    } == {
        ("GDP", QINGDAO, "2013"), ("GDP", QINGDAO, "2015"), ("GDP", QINGDAO, "2016"),
        ("HNTE", QINGDAO, "2017"), ("HNTE", "370100", "2019"), ("RD_INTENSITY", QINGDAO, "2015"),
        ("GDP_G", QINGDAO, "2021"), ("GDP_G", "370211", "2017"), ("NKL", QINGDAO, "2018"),
    }  # fmt: skip


def test_few_of_the_stored_numbers_are_doubted(shared_world: str) -> None:
    rows = stored_rows(Observation.objects.all())

    assert len(rows) == 273
    assert len(found()) == 11

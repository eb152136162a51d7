"""Reference periods: canonical texts, order, lengths, and the words people write."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.periods import PeriodError, ReferencePeriod, read_period

parse = ReferencePeriod.parse


@pytest.mark.parametrize(
    ("text", "kind", "first", "last", "months", "zh", "en"),
    [
        ("2024", "year", "2024-01-01", "2024-12-31", 12, "2024年", "2024"),
        ("2024-S1", "half", "2024-01-01", "2024-06-30", 6, "2024年上半年", "first half of 2024"),
        ("2024-S2", "half", "2024-07-01", "2024-12-31", 6, "2024年下半年", "second half of 2024"),
        ("2024-Q1", "quarter", "2024-01-01", "2024-03-31", 3, "2024年一季度", "Q1 2024"),
        ("2024-Q3", "quarter", "2024-07-01", "2024-09-30", 3, "2024年三季度", "Q3 2024"),
        ("2024-09", "month", "2024-09-01", "2024-09-30", 1, "2024年9月", "September 2024"),
        ("2024-02", "month", "2024-02-01", "2024-02-29", 1, "2024年2月", "February 2024"),
        ("2022-06-07", "day", "2022-06-07", "2022-06-07", 0, "2022年6月7日", "7 June 2022"),
        (
            "2016-01/2016-09",
            "months",
            "2016-01-01",
            "2016-09-30",
            9,
            "2016年1—9月",
            "January to September 2016",
        ),
        (
            "2015-10/2016-03",
            "months",
            "2015-10-01",
            "2016-03-31",
            6,
            "2015年10月—2016年3月",
            "October 2015 to March 2016",
        ),
        ("2021/2024", "years", "2021-01-01", "2024-12-31", 48, "2021—2024年", "2021 to 2024"),
        ("1900", "year", "1900-01-01", "1900-12-31", 12, "1900年", "1900"),
        ("2200", "year", "2200-01-01", "2200-12-31", 12, "2200年", "2200"),
    ],
)
def test_parse_reads_a_canonical_text(text, kind, first, last, months, zh, en) -> None:
    period = parse(text)
    assert str(period) == text
    assert (period.kind, period.months) == (kind, months)
    assert (period.first_day.isoformat(), period.last_day.isoformat()) == (first, last)
    assert (period.label_zh, period.label_en) == (zh, en)
    assert period.year == date.fromisoformat(last).year


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2024-01/2024-06", "2024-S1"),
        ("2024-07/2024-09", "2024-Q3"),
        ("2024-05/2024-05", "2024-05"),
        ("2024-01/2024-12", "2024"),
        ("2024/2024", "2024"),
        ("2023-01/2024-12", "2023/2024"),
        ("2024-02/2024-04", "2024-02/2024-04"),
    ],
)
def test_parse_gives_one_stretch_of_time_one_text(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert parse(text) == parse(canonical)
    assert hash(parse(text)) == hash(parse(canonical))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2024",
        "2024\n",
        "24",
        "02024",
        "2024-S0",
        "2024-S3",
        "2024-Q0",
        "2024-Q5",
        "2024-0",
        "2024-00",
        "2024-13",
        "2024-9",
        "2024-02-30",
        "2024-13-01",
        "2024-s1",
        "2024/",
        "/2024",
        "2024/2025/2026",
        "2024-Q1/2024-Q2",
        "2024/2025-01",
        "2024-01-01/2024-02-01",
        "٢٠٢٤",
        "２０２４",
        "2024年",
        "None",
    ],
)
def test_parse_refuses_any_other_text(text: str) -> None:
    with pytest.raises(PeriodError) as caught:
        parse(text)
    assert caught.value.zh == (
        f"“{text}”不是报告期，请写成 2024、2024-S1、2024-Q3、2024-09 或 2022-06-07。"
    )
    assert caught.value.en.endswith("write 2024, 2024-S1, 2024-Q3, 2024-09 or 2022-06-07.")
    assert str(caught.value) == f"{caught.value.zh} {caught.value.en}"


@pytest.mark.parametrize("text", ["1899", "2201", "0000", "9999-12", "1899-12-31", "2200/2201"])
def test_parse_refuses_a_year_outside_the_calendar(text: str) -> None:
    with pytest.raises(PeriodError):
        parse(text)


def test_parse_says_that_a_period_runs_backwards() -> None:
    for text in ("2024/2021", "2024-09/2024-01"):
        with pytest.raises(PeriodError) as caught:
            parse(text)
        assert caught.value.zh == "报告期的开始晚于结束，请对调。"
        assert caught.value.en == "The reference period starts after its end; swap the two."


@pytest.mark.parametrize("thing", [None, 2024, 2024.5, b"2024", ["2024"], date(2024, 1, 1)])
def test_neither_reader_takes_what_is_no_text(thing: object) -> None:
    for reader in (parse, read_period):
        with pytest.raises(PeriodError):
            reader(thing)  # type: ignore[operator]


def test_parse_cuts_a_long_text_in_its_message() -> None:
    with pytest.raises(PeriodError) as caught:
        parse("x" * 10_000)
    assert f"“{'x' * 40}”" in caught.value.zh


def test_a_period_is_a_day_or_whole_months() -> None:
    with pytest.raises(PeriodError) as caught:
        ReferencePeriod(date(2024, 6, 29), date(2024, 1, 1))
    assert caught.value.zh == "报告期应为某一天，或从月初到月末的整月。"
    with pytest.raises(PeriodError):
        ReferencePeriod(date(2024, 6, 30), date(2024, 1, 2))


def test_of_months_refuses_months_that_do_not_exist() -> None:
    for months in ((2024, 0, 2024, 1), (2024, 1, 2024, 13), (0, 1, 2024, 1)):
        with pytest.raises(PeriodError):
            ReferencePeriod.of_months(*months)


def test_periods_are_ordered_by_their_end_and_then_by_their_start() -> None:
    texts = ["2023", "2024-Q1", "2024-05-31", "2024-S1", "2024-Q2", "2024", "2024-Q4", "2024-12"]
    expected = [parse(text) for text in texts]
    assert [parse(text) for text in sorted(texts, key=parse)] == expected


def test_covers_needs_every_day() -> None:
    year = parse("2024")
    inside = ["2024", "2024-S1", "2024-Q4", "2024-02", "2024-12-31", "2024-02/2024-11"]
    outside = ["2023", "2025-01", "2023/2024", "2023-12/2024-02", "2023-12-31"]
    assert [t for t in inside + outside if year.covers(parse(t))] == inside
    assert not parse("2024-Q4").covers(year)


def test_overlaps_needs_one_shared_day() -> None:
    half = parse("2024-S1")
    touching = ["2024", "2024-Q2", "2024-06/2024-07", "2024-06-30", "2020/2025"]
    apart = ["2024-S2", "2023", "2024-07-01"]
    assert [t for t in touching + apart if half.overlaps(parse(t))] == touching


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2024", "2023"),
        ("2024-S1", "2023-S1"),
        ("2024-Q3", "2023-Q3"),
        ("2024-02", "2023-02"),
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-28"),
        ("2016-01/2016-09", "2015-01/2015-09"),
        ("2021/2024", "2020/2023"),
    ],
)
def test_year_before_is_the_same_stretch(text: str, before: str) -> None:
    assert str(parse(text).year_before()) == before


def test_year_before_stops_at_the_start_of_the_calendar() -> None:
    for text in ("1900", "1900-06", "1900-06-07"):
        with pytest.raises(PeriodError):
            parse(text).year_before()


@pytest.mark.parametrize(
    ("text", "over"),
    [("2024-06-07", 5), ("2024-06-30", 6), ("2024-01-30", 0), ("2024-S1", 6), ("2024", 12)],
)
def test_end_month_counts_the_months_that_are_over(text: str, over: int) -> None:
    assert parse(text).end_month - parse("2024").start_month == over


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2024-Q3", "2024-Q3"),
        (" 2024 ", "2024"),
        ("２０２４", "2024"),
        ("２０２４－０９", "2024-09"),
        ("2024年", "2024"),
        ("2024 年", "2024"),
        ("2024年度", "2024"),
        ("2024年全年", "2024"),
        ("2024年末", "2024"),
        ("2024年底", "2024"),
        ("2024年上半年", "2024-S1"),
        ("2024下半年", "2024-S2"),
        ("2024H1", "2024-S1"),
        ("2024-h2", "2024-S2"),
        ("2024q4", "2024-Q4"),
        ("2024年三季度", "2024-Q3"),
        ("2024年第3季度", "2024-Q3"),
        ("2024年第四季度", "2024-Q4"),
        ("2024年前三季度", "2024-01/2024-09"),
        ("2024年前两季度", "2024-S1"),
        ("2024年前两个季度", "2024-S1"),
        ("2024年9月", "2024-09"),
        ("2024年09月份", "2024-09"),
        ("2024年九月", "2024-09"),
        ("2024年十二月", "2024-12"),
        ("2024年前9个月", "2024-01/2024-09"),
        ("2016年1-9月", "2016-01/2016-09"),
        ("2016年1—9月", "2016-01/2016-09"),
        ("2016年一月至九月", "2016-01/2016-09"),
        ("2015年10月到2016年3月", "2015-10/2016-03"),
        ("2022年6月7日", "2022-06-07"),
        ("2022年6月7号", "2022-06-07"),
        ("2022/6/7", "2022-06-07"),
        ("2022-6-7", "2022-06-07"),
        ("2024/9", "2024-09"),
        ("2021—2024年", "2021/2024"),
        ("2021年至2024年", "2021/2024"),
        ("2021~2024", "2021/2024"),
    ],
)
def test_read_period_understands_what_people_write(text: str, canonical: str) -> None:
    assert str(read_period(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "今年",
        "去年",
        "24年",
        "2024年五季度",
        "2024年13月",
        "2024年2月30日",
        "2024-6/7",
        "2024年上",
        "上半年",
        "2024年9",
        "2024年—",
        "二〇二四年",
        "2024.9",
    ],
)
def test_read_period_refuses_what_leaves_a_doubt(text: str) -> None:
    with pytest.raises(PeriodError) as caught:
        read_period(text)
    assert caught.value.zh.startswith(f"“{text}”不是报告期")


def test_read_period_says_that_a_span_runs_backwards() -> None:
    with pytest.raises(PeriodError) as caught:
        read_period("2028—2024年")
    assert caught.value.zh == "报告期的开始晚于结束，请对调。"


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=20))
def test_both_readers_answer_or_refuse_any_text(text: str) -> None:
    for reader in (parse, read_period):
        try:
            period = reader(text)
        except PeriodError as error:
            refusal = (error.zh, error.en)
        else:
            refusal = ("", "")
            assert parse(str(period)) == period
        assert all(refusal) or refusal == ("", "")


@settings(deadline=None, max_examples=150)
@given(
    st.integers(1901, 2200), st.integers(1, 12), st.integers(0, 60), st.sampled_from([0, 1, 2, 5])
)
def test_text_and_labels_lead_back_to_the_period(year, month, length, shift) -> None:
    end = min(year * 12 + month - 1 + length, 2200 * 12 + 11)
    start = max(year * 12 + month - 1 - shift, 1901 * 12)
    period = ReferencePeriod.of_months(
        start // 12, start % 12 + 1, max(start, end) // 12, max(start, end) % 12 + 1
    )
    assert parse(str(period)) == period
    assert read_period(period.label_zh) == period
    assert period.year_before().end_month == period.end_month - 12
    assert period.year_before() < period
    assert period.covers(period)

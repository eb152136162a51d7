"""The words of statuses, lights, flags and reasons, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Literal

from indicators.periods import PeriodError, ReferencePeriod
from targets.progress.arithmetic import plain
from targets.progress.reasons import Reason

Language = Literal["zh", "en"]
# The params that are amounts in the unit of the verdict.
AMOUNTS = frozenset({"value", "base", "goal", "expected", "gap"})
Words = tuple[str, str]

STATUS_WORDS: dict[str, Words] = {
    "not_quantified": ("定性目标", "not quantified"),
    "not_due": ("尚未开始", "not due yet"),
    "no_data": ("暂无数据", "no data"),
    "attained": ("已完成", "attained"),
    "missed": ("未完成", "missed"),
    "not_assessable": ("无法评估", "not assessable"),
    "regressing": ("倒退", "regressing"),
    "on_track": ("符合预期", "on track"),
    "lagging": ("略有滞后", "lagging"),
    "off_track": ("明显滞后", "off track"),
}
LIGHT_WORDS: dict[str, Words] = {
    "green": ("绿", "green"),
    "yellow": ("黄", "yellow"),
    "red": ("红", "red"),
    "grey": ("灰", "grey"),
}
FLAG_WORDS: dict[str, Words] = {
    "early": ("提前完成", "attained early"),
    "ahead": ("快于预期", "ahead"),
    "awaiting_actual": ("等待期末实绩", "awaiting the final actual"),
    "base_substituted": ("基期已替换", "baseline substituted"),
    "implied_baseline": ("基期由目标推出", "baseline implied"),
    "provisional": ("初步数", "provisional"),
    "stale_data": ("数据陈旧", "stale data"),
    "path_forced_linear": ("改按线性路径", "linear path forced"),
}
FIELD_WORDS: dict[str, Words] = {
    "measure": ("目标类型", "measure"),
    "comparator": ("比较方式", "comparator"),
    "direction": ("指标方向", "direction"),
    "accumulation": ("累计方式", "accumulation"),
    "cadence": ("考核频次", "cadence"),
    "path": ("推进路径", "path"),
    "value": ("目标值", "value"),
    "upper": ("目标上限", "upper end"),
    "tolerance": ("容差", "tolerance"),
    "period_start": ("起始期", "start"),
    "milestones": ("里程碑", "milestones"),
    "profile": ("季节分布", "seasonal profile"),
    "baseline": ("基期", "baseline"),
    "completion": ("完成率", "completion"),
    "share_done": ("已走路程", "share done"),
    "pace": ("进度", "pace"),
    "expected_now": ("当前应达值", "expected now"),
    "gap": ("差距", "gap"),
    "needed": ("每年尚需", "still needed"),
    "actual_rate": ("实际速度", "actual rate"),
    "required_rate": ("所需速度", "required rate"),
}

# {name:n} a number, {name:p} a period, {name:w} a word of FIELD_WORDS.
SENTENCES: dict[str, Words] = {
    "not_quantified": (
        "目标没有数字，按举措的里程碑评估。",
        "The promise has no number; it is judged by its milestones.",
    ),
    "goal_malformed": (
        "目标的“{field:w}”不成立，请核对。",
        "The goal's {field:w} cannot be right; please check it.",
    ),
    "not_due": ("目标从{period:p}开始。", "The goal starts in {period:p}."),
    "no_actual": ("目标期内还没有实绩。", "There is no actual within the goal's time yet."),
    "confidential": ("{period:p}的数据保密。", "The figure of {period:p} is confidential."),
    "not_applicable": ("{period:p}不适用该指标。", "The indicator does not apply to {period:p}."),
    "no_start": ("累计目标没有起始期。", "The cumulative goal has no start."),
    "growth_not_computable": (
        "{period:p}有数值，但由此算不出增速。",
        "{period:p} has a value, but no growth can be computed from it.",
    ),
    "criterion_needs_baseline": (
        "目标相对基期而定，缺少观测或公布的基期值，不能判断是否完成。",
        "The goal is measured from its baseline; without an observed or stated one it"
        " cannot be judged.",
    ),
    "base_not_positive": (
        "基期值{value:n}不大于0，倍数和百分比没有意义。",
        "The baseline {value:n} is not above 0; multiples and percentages of it mean nothing.",
    ),
    "no_baseline": ("没有基期，不能评估进度。", "Without a baseline the pace is not known."),
    "baseline_missing": (
        "基期{period:p}没有数据，之后也没有可替代的一期。",
        "The baseline of {period:p} is missing, and no later period can stand in.",
    ),
    "baseline_not_before_end": (
        "基期{period:p}不早于目标期末，未采用。",
        "The baseline {period:p} is not before the goal's end and was not used.",
    ),
    "base_substituted": (
        "基期{period:p}没有数据，改用其后最早的{used:p}。",
        "The baseline of {period:p} is missing; {used:p}, the first after it, stands in.",
    ),
    "implied_baseline": (
        "{period:p}的基期值{value:n}由目标反推，并非实测。",
        "The baseline {value:n} of {period:p} is implied by the goal, not measured.",
    ),
    "one_point": (
        "只有一个数据点，能判断是否完成，不能评估进度。",
        "One point shows whether the goal is attained, not how fast.",
    ),
    "baseline_equals_goal": (
        "基期值就是目标值，没有路程可量。",
        "The baseline is the goal; there is no way to measure along.",
    ),
    "baseline_already_met": (
        "基期已经达标，不计算路程和进度。",
        "The baseline already met the goal; there is no way to measure along.",
    ),
    "cap_on_running_sum": (
        "累计值受上限约束，期满才能判断。",
        "A sum under a cap can be judged only when its period is over.",
    ),
    "bound_proves_nothing": (
        "{period:p}只公布了界限值{value:n}，既不能证明完成，也不能证明未完成。",
        "Only the bound {value:n} of {period:p} is known; it proves neither success nor failure.",
    ),
    "sum_incomplete": (
        "累计值缺少其中{days:n}天的数据。",
        "The sum lacks the figures of {days:n} days.",
    ),
    "no_deadline": ("目标没有期限，不评估进度。", "The goal has no deadline, so no pace."),
    "no_time_left": ("目标期已满，没有剩余时间。", "The goal's time is over; none is left."),
    "already_attained": ("目标已完成，无需再增。", "The goal is attained; nothing more is needed."),
    "goal_is_zero": ("目标值为0，没有完成率。", "The goal is 0, so there is no completion rate."),
    "nothing_expected_yet": (
        "按路径此时应为{expected:n}，尚不要求向目标推进，只看是否达到该值。",
        "The path asks for {expected:n} now and no progress yet; only that value is compared.",
    ),
    "beyond_the_goal": (
        "实绩已越过目标值{gap:n}，更快并不更好。",
        "The actual is {gap:n} past the goal; faster is not better here.",
    ),
    "linear_for_sign": (
        "基期值{base:n}与目标值{goal:n}之间不能用增速表示，改按线性路径。",
        "No growth rate leads from {base:n} to {goal:n}; the path is linear.",
    ),
    "linear_for_small_base": (
        "基期值{base:n}不到目标值{goal:n}的一成，改按线性路径。",
        "The baseline {base:n} is below a tenth of the goal {goal:n}; the path is linear.",
    ),
    "growth_is_not_summed": (
        "增速目标按当期增速判断，没有路程和余量。",
        "Growth is judged by the rate itself; there is no way done or left.",
    ),
    "average_is_not_summed": (
        "年均增速期满才判断，按平均增速计进度。",
        "Average growth is judged at the end; its pace is the average so far.",
    ),
    "rate_without_pace": (
        "增速目标{goal:n}是界限，不计算进度。",
        "A rate goal of {goal:n} is a limit and has no pace.",
    ),
    "each_year_kept": (
        "应考核{years:n}年，已有{judged:n}年数据，其中{kept:n}年达标。",
        "Of {years:n} years {judged:n} have figures; {kept:n} of them kept the goal.",
    ),
    "no_pace_each_year": (
        "每年单独考核，不计进度。",
        "Each year counts by itself; there is no pace.",
    ),
    "year_failed": (
        "{period:p}实绩{value:n}，没有达标。",
        "With {value:n} the year {period:p} did not keep the goal.",
    ),
    "years_missing": ("有{count:n}年没有数据。", "{count:n} years have no figures."),
    "awaiting_actual": (
        "{period:p}已结束，期末实绩尚未公布。",
        "{period:p} is over; its actual is not out yet.",
    ),
    "stale_data": ("最新实绩是{period:p}的。", "The latest actual is that of {period:p}."),
    "provisional_actual": (
        "{period:p}为初步数或估计数，可能修订。",
        "The figure of {period:p} is provisional or estimated and may be revised.",
    ),
    "approximate_actual": (
        "{period:p}为约数，按所给数字判断。",
        "The figure of {period:p} is approximate; it is judged as given.",
    ),
    "series_break": (
        "{period:p}数据口径有变，前后比较须谨慎。",
        "The series breaks at {period:p}; compare with care.",
    ),
    "group_worst_part": (
        "共{parts:n}项并列要求，其中{count:n}项决定了结论。",
        "Of {parts:n} joint parts {count:n} decide the status.",
    ),
    "group_empty": ("没有任何一项要求可评估。", "There is no part to judge."),
    "parts_have_figures": (
        "并列要求各有数值，合并后没有单一数值。",
        "Each joint part has figures of its own; the whole has none.",
    ),
    "figure_out_of_range": (
        "“{field:w}”超出 JSON 数字的范围。",
        "The {field:w} is outside the range of a JSON number.",
    ),
    "figure_undefined": ("“{field:w}”算不出有限的数。", "No finite {field:w} can be computed."),
}
_UNKNOWN: Words = ("原因未知。", "The reason is not known.")
_HOLE = re.compile(r"\{([a-z_]+):([npw])\}")
_SHOWN_PLACES = Decimal("0.000001")


def sentence(
    reason: Reason, language: Language, show: Callable[[Decimal], str] | None = None
) -> str:
    """One sentence for a reason; figures and periods only, never a text from elsewhere.

    `show` writes the amounts in it, which are in the unit of the verdict, with that unit.
    """
    chosen = 0 if language == "zh" else 1
    params = dict(reason.params)

    def fill(hole: re.Match[str]) -> str:
        text = params.get(hole[1], "")
        number = _number(text) if hole[1] in AMOUNTS and show is not None else None
        if show is not None and number is not None:
            return show(number)
        return _shown(text, hole[2], chosen)

    return _HOLE.sub(fill, SENTENCES.get(reason.code, _UNKNOWN)[chosen])


def status_word(status: str, language: Language) -> str:
    """The word of a status."""
    return _word(STATUS_WORDS, status, language)


def light_word(light: str, language: Language) -> str:
    """The word of a light."""
    return _word(LIGHT_WORDS, light, language)


def flag_word(flag: str, language: Language) -> str:
    """The word of a flag."""
    return _word(FLAG_WORDS, flag, language)


def _word(words: dict[str, Words], code: str, language: Language) -> str:
    return words.get(code, ("—", "—"))[0 if language == "zh" else 1]


def _number(text: str) -> Decimal | None:
    """The finite number of a param, or None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _shown(text: str, kind: str, chosen: int) -> str:
    """A param in words; what is no figure, period or known word is a dash."""
    if kind == "w":
        return FIELD_WORDS.get(text, ("—", "—"))[chosen]
    if kind == "p":
        try:
            period = ReferencePeriod.parse(text)
        except PeriodError:
            return "—"
        return (period.label_zh, period.label_en)[chosen]
    number = _number(text)
    if number is None:
        return "—"
    if isinstance(number.as_tuple().exponent, int) and abs(number.adjusted()) <= 20:
        # A long fraction is cut for reading, never a short one: 699.96 stays 699.96.
        short = number.quantize(_SHOWN_PLACES) if number.as_tuple().exponent < -6 else number  # type: ignore[operator]
        return plain(short)
    return plain(number)

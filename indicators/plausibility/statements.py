"""Rules of several statements of one cell: one source with two numbers, two sources apart."""

from __future__ import annotations

from decimal import Decimal

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import EXACT, Candidate, Context, Statement
from indicators.plausibility.parameters import Parameter
from indicators.plausibility.rules import Rule, Setting, stored_value
from indicators.quantities import plain


def _named(source: tuple[str, ...]) -> bool:
    return bool(source and source[0])


def _one_source(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    value = stored_value(candidate)
    for other in context.statements:
        same = _named(candidate.source) and other.source == candidate.source
        if same and other.value != value:
            title = candidate.source[0]
            return Said(
                "same_source_differs",
                f"同一来源“{title}”在这里还被引用为{context.shown(other.value)}，"
                f"现为{context.shown(value)}。",
                f"The same source (“{title}”) is also cited here for {context.shown(other.value)}; "
                f"now it is {context.shown(value)}.",
                {"value": plain(value), "other": plain(other.value), "source": title},
            )
    return None


def _two_values(candidate: Candidate, context: Context, setting: Setting) -> Said | None:
    value, tolerance = stored_value(candidate), setting.number("tolerance")
    for other in context.statements:
        if not other.replaced and contradict(candidate, other, tolerance):
            title = other.source[0] if _named(other.source) else ""
            zh_gap, en_gap = context.apart(abs(EXACT.subtract(value, other.value)))
            zh_of, en_of = (f"（{title}）", f" ({title})") if title else ("", "")
            return Said(
                "two_values",
                f"这一格另有一个数{context.shown(other.value)}{zh_of}，"
                f"与{context.shown(value)}相差{zh_gap}。",
                f"Another number is stated here: {context.shown(other.value)}{en_of}, "
                f"{en_gap} from {context.shown(value)}.",
                {"value": plain(value), "other": plain(other.value), "source": title},
            )
    return None


def contradict(candidate: Candidate, other: Statement, tolerance: Decimal) -> bool:
    """Whether two statements cannot both hold: above 400 and 538 can, 2039 and 2053 cannot."""
    # An early estimate and what came out are two things.
    if candidate.forecast != other.forecast:
        return False
    one, two = stored_value(candidate), other.value
    kinds = {candidate.qualifier, other.qualifier}
    if "about" in kinds:
        return abs(one - two) > tolerance * max(abs(one), abs(two))
    if candidate.qualifier == other.qualifier:
        return one != two and kinds == {"exact"}
    lowest, highest = _range(candidate.qualifier, one)
    low, high = _range(other.qualifier, two)
    return max(lowest, low) > min(highest, high)


def _range(qualifier: str, value: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the most that a statement allows."""
    infinite = Decimal("Infinity")
    return (
        -infinite if qualifier == "below" else value,
        infinite if qualifier == "above" else value,
    )


SAME_SOURCE_DIFFERS = Rule(
    "same_source_differs",
    "同一来源两个数",
    "One source, two numbers",
    Severity.WARNING,
    "同一来源在同一格只引用为一个数。",
    "One source is cited for one number in a cell.",
    "请对照来源原文，改正其中一个。",
    "Compare the source's own words and correct one of the two.",
    _one_source,
)
TWO_VALUES = Rule(
    "two_values",
    "同格两个数",
    "Two values",
    Severity.WARNING,
    "同一格没有互相矛盾的两个数。",
    "A cell has no two numbers that contradict each other.",
    "请核对两个来源，写明采用哪一个、为什么。",
    "Compare the two sources and say which one stands, and why.",
    _two_values,
    (Parameter("tolerance", "约数允许的相差（0.05 即 5%）",
               "Tolerated gap of an approximate number (0.05 is 5 %)", Decimal("0.05"),
               least=Decimal(0), most=Decimal(1)),),
    unless=("same_source_differs",),
)  # fmt: skip

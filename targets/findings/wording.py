"""The words of findings, in Chinese and in English: whole sentences with holes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal, Protocol

from indicators.periods import ReferencePeriod
from indicators.quantities import display, plain
from targets.findings.finding import Finding, Kind, Promise
from targets.findings.legs import asked_for

Language = Literal["zh", "en"]
Words = tuple[str, str]


class Voice(Protocol):
    """How a page writes what a finding speaks of."""

    def document(self, promise: Promise) -> str:
        """The title of its document."""

    def goal(self, promise: Promise) -> str:
        """What it asks for: 突破 700亿元."""

    def amount(self, value: Decimal, promise: Promise) -> str:
        """A value in the unit of the promise."""

    def apart(self, value: Decimal, promise: Promise) -> str:
        """A distance in the unit of the promise; between percentages in points."""


KIND_WORDS: Mapping[Kind, Words] = {
    "contradicted": ("要求不一致", "Contradictory"),
    "legs_differ": ("两种说法", "Two legs"),
    "milestone_above_goal": ("阶段高于终期", "Interim above final"),
    "below_actual": ("低于现值", "Below the actual"),
    "superseded": ("取代", "Superseded"),
    "raised": ("提高", "Raised"),
    "lowered": ("降低", "Lowered"),
    "repeated": ("重申", "Repeated"),
    "restated": ("改变表述", "Restated"),
}

# {earlier} and {later}: goal and deadline. {earlier_document}: the title. {by}: the distance, with
# its per cent where there is one.
SENTENCES: Mapping[str, Words] = {
    "raised_up": (
        "{later_document}把目标由“{earlier}”提高到“{later}”，高出{by}。",
        "{later_document} raises the goal from “{earlier}” to “{later}”, by {by}.",
    ),
    "raised_down": (
        "{later_document}把目标由“{earlier}”收紧到“{later}”，再降{by}。",
        "{later_document} tightens the goal from “{earlier}” to “{later}”, lower by {by}.",
    ),
    "lowered_down": (
        "{later_document}把目标由“{earlier}”降低到“{later}”，少{by}。",
        "{later_document} lowers the goal from “{earlier}” to “{later}”, by {by}.",
    ),
    "lowered_up": (
        "{later_document}把目标由“{earlier}”放宽到“{later}”，放宽{by}。",
        "{later_document} relaxes the goal from “{earlier}” to “{later}”, by {by}.",
    ),
    "repeated": (
        "{later_document}重申{earlier_document}的数：原为“{earlier}”，现为“{later}”。",
        "{later_document} repeats the number of {earlier_document}: it was “{earlier}”"
        " and is now “{later}”.",
    ),
    "restated": (
        "{later_document}换了一种说法：{earlier_document}为“{earlier}”，现为“{later}”，"
        "两个数不能直接比较。",
        "{later_document} puts it in another way: {earlier_document} had “{earlier}”, it is now"
        " “{later}”; the two numbers do not compare.",
    ),
    "superseded_raised": (
        "期限相同，{later_document}的“{later}”取代{earlier_document}的“{earlier}”，要求提高{by}。",
        "For the same deadline “{later}” of {later_document} takes the place of “{earlier}” of"
        " {earlier_document}: it asks {by} more.",
    ),
    "superseded_lowered": (
        "期限相同，{later_document}的“{later}”取代{earlier_document}的“{earlier}”，要求降低{by}。",
        "For the same deadline “{later}” of {later_document} takes the place of “{earlier}” of"
        " {earlier_document}: it asks {by} less.",
    ),
    "contradicted": (
        "同一期限有两个都有效的要求：{earlier_document}为“{earlier}”，{later_document}为“{later}”，"
        "相差{by}；没有写明以哪个为准。",
        "Two goals for one deadline are both in force: “{earlier}” in {earlier_document} and"
        " “{later}” in {later_document}, {by} apart; neither says which of them counts.",
    ),
    "milestone_above_goal": (
        "{later_document}要求“{later}”，期限更早，却比{earlier_document}的“{earlier}”还高{by}；"
        "期限更晚的目标已落在后面。",
        "{later_document} asks for “{later}”: sooner, and yet {by} more than “{earlier}” of"
        " {earlier_document}; the goal that is due later has fallen behind.",
    ),
    "milestone_below_goal": (
        "{later_document}要求“{later}”，期限更早，却比{earlier_document}的“{earlier}”还低{by}（越低越难）；"
        "期限更晚的目标已落在后面。",
        "{later_document} asks for “{later}”: sooner, and yet lower by {by} than “{earlier}” of"
        " {earlier_document}, where lower is harder; the goal that is due later has fallen behind.",
    ),
    "below_actual": (
        "{later_document}提出“{later}”，而发文前{period}的实绩为{base}，已经满足。",
        "{later_document} asks for “{later}”, which {base}, the actual of {period} before its"
        " issue, met already.",
    ),
    "legs_differ": (
        "{later_document}同时要求“{earlier}”和“{later}”。",
        "{later_document} asks for both “{earlier}” and “{later}”.",
    ),
}
NOTES: Mapping[str, Words] = {
    "deadline_later": (
        "期限由{before}推后到{after}。",
        "The deadline moves from {before} to {after}.",
    ),
    "deadline_sooner": (
        "期限由{before}提前到{after}。",
        "The deadline comes forward from {before} to {after}.",
    ),
    "deadline_dropped": (
        "不再写明期限（原为{before}）。",
        "No deadline is given (it was {before}).",
    ),
    "deadline_set": ("补上了期限：{after}。", "A deadline is given: {after}."),
    "test_excludes": ("达到这个数还不算，须越过它。", "Reaching the number is no longer enough."),
    "test_includes": ("达到这个数即可，不必越过。", "Reaching the number is enough now."),
    "test_rougher": ("由确数改为约数。", "An exact number becomes an approximate one."),
    "test_exact": ("由约数改为确数。", "An approximate number becomes exact."),
    "test_changed": ("比较的说法也变了。", "The wording of the test changes as well."),
    "softer": ("语气由确定改为力争。", "What was firm becomes an aspiration."),
    "firmer": ("语气由力争改为确定。", "What was an aspiration becomes firm."),
    "observed": (
        "{period}实绩为{base}，照此“{relative}”须达到{asked}。",
        "The actual of {period} was {base}; “{relative}” therefore asks for {asked}.",
    ),
    "stated": (
        "文件写明{period}为{base}，照此“{relative}”须达到{asked}。",
        "The document states {base} for {period}; “{relative}” therefore asks for {asked}.",
    ),
    "derived": (
        "{period}没有公布数，由{used}的实绩和公布的增速推得约{base}，照此“{relative}”须达到约{asked}。",
        "Nothing is published for {period}; the actual of {used} and the growth published put it"
        " at about {base}, so “{relative}” asks for about {asked}.",
    ),
    "implied": (
        "{period}没有公布数；由“{level}”倒推，两种说法在基期为{base}时一致：实际基期更高，"
        "则“{relative}”要求更高；更低，则“{level}”要求更高。",
        "Nothing is published for {period}. Both ask for the same if it was {base}, as “{level}”"
        " implies: above that “{relative}” asks for more, below it “{level}” does.",
    ),
    "relative_binds": (
        "高于“{level}”{by}，以“{relative}”为准。",
        "That is {by} above “{level}”: “{relative}” is the leg that binds.",
    ),
    "level_binds": (
        "低于“{level}”{by}，以“{level}”为准。",
        "That is {by} below “{level}”: “{level}” is the leg that binds.",
    ),
    "nobody_binds": (
        "基期只有界限值，不能断定以哪个为准。",
        "Only a bound of the base is known, so neither is sure to bind.",
    ),
}
QUALIFIED: Mapping[str, Words] = {
    "above": ("超过{}", "more than {}"),
    "below": ("不足{}", "less than {}"),
    "about": ("约{}", "about {}"),
}
_DUE: Words = ("{goal}，{when}", "{goal}, {when}")
_SHARE: Words = ("{}（{}%）", "{} ({} %)")
_TITLE: Words = ("《{}》", "{}")
_HOLE = re.compile(r"\{([a-z_]+)\}")


def sentences(finding: Finding, language: Language, voice: Voice) -> tuple[str, ...]:
    """What a finding says: the sentence itself, then one for each thing more to know."""
    chosen = 0 if language == "zh" else 1
    known = _known(finding, voice, chosen)
    found = [_filled(SENTENCES[_shape(finding)][chosen], known)]
    if finding.kind == "legs_differ" and finding.base is not None:
        found += [_filled(NOTES[code][chosen], known) for code in _on_legs(finding)]
    for note in finding.notes:
        periods = {name: _in_words(period, chosen) for name, period in note.periods}
        found.append(_filled(NOTES[note.code][chosen], periods))
    return tuple(found)


def kind_word(kind: Kind, language: Language) -> str:
    """The word of a kind: 提高."""
    return KIND_WORDS[kind][0 if language == "zh" else 1]


def _shape(finding: Finding) -> str:
    """Which sentence tells the finding."""
    rising = finding.later.value > finding.earlier.value
    if finding.kind in ("raised", "lowered"):
        return f"{finding.kind}_{'up' if rising else 'down'}"
    if finding.kind == "superseded":
        return f"superseded_{finding.change}"
    if finding.kind == "milestone_above_goal" and not rising:
        return "milestone_below_goal"
    return finding.kind


def _on_legs(finding: Finding) -> tuple[str, ...]:
    """The codes of what is said of the base and of the leg that binds."""
    assert finding.base is not None
    if finding.base.source == "implied":
        return ("implied",)
    if finding.binding is None:
        return (finding.base.source, "nobody_binds")
    binds = "relative_binds" if finding.binding == finding.earlier.id else "level_binds"
    return (finding.base.source, binds)


def _known(finding: Finding, voice: Voice, chosen: int) -> dict[str, str]:
    """The words for every hole of the sentence."""
    earlier, later = finding.earlier, finding.later
    known = {
        "earlier": _due(earlier, voice, chosen),
        "later": _due(later, voice, chosen),
        "earlier_document": _TITLE[chosen].format(voice.document(earlier)),
        "later_document": _TITLE[chosen].format(voice.document(later)),
        "relative": voice.goal(earlier),
        "level": voice.goal(later),
    }
    if finding.distance is not None:
        by = voice.apart(finding.distance, later)
        if finding.percent is not None:
            by = _SHARE[chosen].format(by, _per_cent(finding.percent))
        known["by"] = by
    base = finding.base
    if base is not None:
        known["period"] = _in_words(base.period, chosen)
        known["used"] = "" if base.used is None else _in_words(base.used, chosen)
        certainty = "exact" if base.source == "derived" else base.certainty
        known["base"] = _qualified(voice.amount(base.value, later), certainty, chosen)
        asked = asked_for(earlier, base) if len(finding.promises) > 1 else None
        if asked is not None:
            known["asked"] = _qualified(voice.amount(asked, later), certainty, chosen)
    return known


def _due(promise: Promise, voice: Voice, chosen: int) -> str:
    """Goal and deadline."""
    end = promise.goal.period_end
    if end is None:
        return voice.goal(promise)
    return _DUE[chosen].format(goal=voice.goal(promise), when=_in_words(end, chosen))


def _qualified(amount: str, certainty: str, chosen: int) -> str:
    pattern = QUALIFIED.get(certainty)
    return amount if pattern is None else pattern[chosen].format(amount)


def _per_cent(share: Decimal) -> str:
    """One decimal, and more where that would show none of it."""
    text = plain(share)
    return text if len(text.partition(".")[2]) <= 1 else display(share, 1, [Decimal(0)])


def _in_words(period: ReferencePeriod, chosen: int) -> str:
    return (period.label_zh, period.label_en)[chosen]


def _filled(pattern: str, known: Mapping[str, str]) -> str:
    """The pattern with its holes filled once: what stands in a title is never read as a hole."""
    fill: Callable[[re.Match[str]], str] = lambda hole: known.get(hole[1], "—")  # noqa: E731
    return _HOLE.sub(fill, pattern)

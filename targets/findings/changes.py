"""What a later promise made of an earlier one about the same thing."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from targets.findings.finding import Finding, Note, Promise
from targets.findings.relation import Relation, relation
from targets.progress.arithmetic import CONTEXT, HUNDRED, ratio

_ROUGH = frozenset({"about", "nearly"})
# Numbers of these differ in points or places: a per cent of them would mislead.
_IN_POINTS = frozenset({"share", "growth", "average_growth", "rank"})


def changes(line: Sequence[Promise], known: Mapping[Hashable, Promise]) -> Iterator[Finding]:
    """A finding for each promise of a line that takes up an earlier one.

    `line` are the sound promises about one indicator in one region; `known` holds all sound
    promises by id, since a promise may take up one that stands elsewhere.
    """
    for promise in sorted(line, key=lambda p: p.order):
        follows = known.get(promise.follows) if promise.follows is not None else None
        if follows is not None:
            yield compared(follows, promise, declared=True)
        else:
            earlier = _before(promise, line)
            if earlier is not None:
                yield compared(earlier, promise, declared=False)


def related(earlier: Promise, later: Promise) -> Relation:
    """How the later one relates to the earlier; of another meaning it is a restatement."""
    if earlier.meaning != later.meaning or earlier.indicator != later.indicator:
        return "restated"
    return relation(earlier.step, later.step)


def same_deadline(first: Promise, second: Promise) -> bool:
    """Whether both are due in one year."""
    ends = first.goal.period_end, second.goal.period_end
    return ends[0] is not None and ends[1] is not None and ends[0].year == ends[1].year


def clashing(first: Promise, second: Promise) -> bool:
    """Whether both are in force and ask for different numbers by one deadline."""
    return (
        first.in_force
        and second.in_force
        and same_deadline(first, second)
        and related(first, second) in ("raised", "lowered")
    )


def distance_of(earlier: Promise, later: Promise) -> tuple[Decimal, Decimal | None]:
    """By how much two numbers differ, and by how many per cent of the earlier one; no sign."""
    with localcontext(CONTEXT):
        distance = abs(later.value - earlier.value)
        share = ratio(distance, abs(earlier.value))
        if share is None or later.goal.measure in _IN_POINTS:
            return distance, None
        return distance, share * HUNDRED


def compared(earlier: Promise, later: Promise, *, declared: bool) -> Finding:
    """The finding about a pair; `declared` says that the later one names the earlier."""
    word = related(earlier, later)
    notes = tuple(_notes(earlier, later))
    if word == "restated":
        return Finding(kind="restated", promises=(earlier, later), change=word, notes=notes)
    distance, percent = distance_of(earlier, later)
    replaced = word != "repeated" and same_deadline(earlier, later)
    return Finding(
        kind="superseded" if replaced and (declared or not earlier.in_force) else word,
        promises=(earlier, later),
        change=word,
        distance=distance,
        percent=percent,
        notes=notes,
    )


def _before(promise: Promise, line: Sequence[Promise]) -> Promise | None:
    """The promise of an earlier document that this one is the next of.

    That is the one due last among those due no later than this one. Where all are due later, the
    nearest of them counts only if this one asks for as much already: else it is a step on the way.
    What it contradicts is no predecessor.
    """
    others = [
        other
        for other in line
        if other.order < promise.order
        and other.document != promise.document
        and other.meaning == promise.meaning
        and not clashing(other, promise)
    ]
    due = [other for other in others if other.deadline <= promise.deadline]
    if due:
        return max(due, key=lambda p: (p.deadline, p.in_force, p.order))
    if not others:
        return None
    nearest = min(others, key=lambda p: (p.deadline, not p.in_force, p.order))
    return None if related(nearest, promise) == "lowered" else nearest


def _notes(earlier: Promise, later: Promise) -> Iterator[Note]:
    """What else changed: the deadline, the test, how firmly it was said."""
    ends = earlier.goal.period_end, later.goal.period_end
    if ends[0] is not None and ends[1] is not None and ends[0].last_day != ends[1].last_day:
        code = "deadline_later" if ends[1].last_day > ends[0].last_day else "deadline_sooner"
        yield Note(code, (("before", ends[0]), ("after", ends[1])))
    elif ends[0] is not None and ends[1] is None:
        yield Note("deadline_dropped", (("before", ends[0]),))
    elif ends[0] is None and ends[1] is not None:
        yield Note("deadline_set", (("after", ends[1]),))
    tests = [(p.goal.comparator, p.goal.upper, p.goal.tolerance) for p in (earlier, later)]
    if tests[0] != tests[1] and earlier.goal.measure == later.goal.measure:
        yield Note(_test_note(tests[0][0], tests[1][0]))
    if earlier.goal.commitment != later.goal.commitment:
        yield Note("firmer" if later.goal.commitment == "firm" else "softer")


def _test_note(before: str, after: str) -> str:
    """What became of the test itself: 以上 includes the number, 突破 does not, 左右 is about."""
    if (before, after) in (("at_least", "more_than"), ("at_most", "less_than")):
        return "test_excludes"
    if (before, after) in (("more_than", "at_least"), ("less_than", "at_most")):
        return "test_includes"
    if (before in _ROUGH) != (after in _ROUGH):
        return "test_rougher" if after in _ROUGH else "test_exact"
    return "test_changed"

"""What a judgement gathers on its way."""

from __future__ import annotations

from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.known import Reading
from targets.progress.notes import Notes
from targets.progress.reasons import reason

YEAR = ReferencePeriod.of_year(2025)


def test_notes_of_a_trial_are_added_to_what_is_there() -> None:
    notes, trial = Notes(), Notes()
    notes.flag("early")
    notes.say("no_actual")
    notes.touched(Reading(YEAR, Decimal(1), ids=("a",)))
    trial.used(Reading(YEAR, Decimal(2), provisional=True, ids=("b", "a")))
    notes.take(trial)
    assert notes.flags == ("early", "provisional")
    assert notes.reasons == (reason("no_actual"), reason("provisional_actual", period=YEAR))
    assert notes.inputs == ("a", "b")
    assert trial.inputs == ("b", "a")

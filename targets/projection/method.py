"""The numbers of the method: what is asked of a series, and how the method did where it was set.

The rule for one series, in full:
1. It has at least MIN_POINTS yearly figures since its last break.
2. From every year on that has FIRST_ORIGIN figures up to it, the later figures of the next HORIZON
   years are forecast with what was known then, and nothing else. There are at least
   LEAST_FORECASTS of such forecasts.
3. Their mean absolute error is lower than that of "the last value stays" and lower than that of
   the least-squares line through all figures known then.
4. At least COVERAGE[0] of the forecast figures lie in their 80 % band. No upper limit is asked of
   one series: of ten forecasts all ten may lie in an honest band. Over all series together the
   share lies within COVERAGE, both ends; a test of the published series holds it there.
A series that fails shows no projection, and the page says which of these it failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

METHOD = "local-trends-1"
MIN_POINTS = 4
FIRST_ORIGIN = 3
LEAST_FORECASTS = 3
HORIZON = 5
"""Years ahead that are tested, and so the furthest that is projected."""
SHOWN_YEARS = 3
"""Years ahead that are shown where no goal asks for more."""
LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
COVERAGE = (Decimal("0.7"), Decimal("0.9"))

# Why a series shows no projection; the first that applies.
Refusal = Literal[
    "too_short", "no_test", "last_value_better", "line_better", "band_missed", "beyond_figures"
]
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)

# Why a goal has no chance worked out.
NoChance = Literal[
    "no_projection",
    "not_quantified",
    "no_deadline",
    "goal_past",
    "too_far",
    "part_year_goal",
    "each_year",
    "single_value",
    "no_base",
    "gap_in_sum",
    "no_level",
]
NO_CHANCES: tuple[NoChance, ...] = get_args(NoChance)


@dataclass(frozen=True, slots=True)
class Record:
    """How the method did on a set of series: counts, and errors as means over the series.

    `to_last` and `to_line` are geometric means of the error against that of the yardstick;
    `covered` is the share of all forecasts that lie in their 80 % band.
    """

    series: int
    tested: int
    shown: int
    forecasts: int
    covered: Decimal
    to_last: Decimal
    to_line: Decimal


PUBLISHED = Record(
    series=188,
    tested=148,
    shown=78,
    forecasts=10550,
    covered=Decimal("0.816"),
    to_last=Decimal("0.500"),
    to_line=Decimal("0.592"),
)
"""The series beside the verdicts that statistical offices published: where the method was set."""

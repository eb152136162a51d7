"""Changes of what later growth rates rest on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from indicators.plausibility import (
    Severity,
)
from tests.indicators.plausibility.cases import (
    COUNT,
    codes,
    only,
    year,
)


def test_a_changed_earlier_value_wants_a_reason() -> None:
    context = replace(COUNT, stored=Decimal(900), later_periods=True)
    issue = only(year("950"), context)

    assert issue.code == "earlier_value_changed"
    assert issue.severity is Severity.WARNING
    assert issue.zh == (
        "改动了以往的数据：原为900家，现为950家，以后各期的增速也会变。确需更正的，写明依据。"
    )
    assert issue.evidence == {"value": "950", "stored": "900"}
    assert codes(year("900.00"), context) == []
    assert codes(year("950"), replace(context, later_periods=False)) == []
    assert codes(year("950"), replace(context, stored=None)) == []

"""Verdicts that statistical offices and others published, against ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from targets.progress.cases import judge_case

PUBLISHED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "published_verdicts.json").read_text(encoding="utf-8")
)
BY_ID = {entry["id"]: entry for entry in PUBLISHED}
RATIOS = [e for e in PUBLISHED if e["group"] in ("statcan_target", "opensdg_feature_test")]
SHARES = [e for e in PUBLISHED if e["group"] == "unescap_current_status_unicef"]
PATHS = [e for e in PUBLISHED if e["group"] == "who_required_path"]

# Their base is under a tenth of a rising goal: a growth rate from there says little, so our
# path is linear and the verdict stricter.
SMALL_BASES = {
    "statcan-cif-0015": "off_track",
    "statcan-cif-0036": "lagging",
    "statcan-cif-0138": "off_track",
}
# Not verdicts of our kind, with the reason.
NOT_OURS = {
    "who-linear-2018": "the year of the baseline itself: no way has been made yet",
    "who-aroc-target-up-2018": "the year of the baseline itself",
    "who-aroc-target-down-2018": "the year of the baseline itself",
    "who-percent-baseline-pos": "a path that starts in another year than its baseline",
    "who-percent-baseline-neg": "a path that starts in another year than its baseline",
    "who-percent-floor": "a path that starts in another year than its baseline, with a floor",
    "who-aroc-latest-up80": "a projection of the latest rate, not a promise",
    "who-aroc-latest-down100": "a projection of the latest rate, not a promise",
}

REQUIRED = [e for e in PATHS if e["id"] not in NOT_OURS]
YEARBOOK = ["cn-yc1", "cn-yc2", "cn-yc3"]
LEVELS = [("cn-hb1", "at_least"), ("cn-hb2", "at_most")]
SHARE = ["cn-rd2009", "cn-rd2010"]


def as_case(entry: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A published entry in the form of a worked case."""
    given = entry["inputs"]
    base = {
        "period": str(given["baseline_year"]),
        "value": given["baseline_value"],
        "provenance": "stated",
    }
    return {
        "measure": "level",
        "comparator": "at_least" if given["direction"] == "increase" else "at_most",
        "value": given["target"],
        "period_end": str(given["target_year"]),
        "baseline": base,
        **fields,
    }


def now(entry: dict[str, Any]) -> dict[str, Any]:
    return {str(entry["inputs"]["current_year"]): entry["inputs"]["current_value"]}


def test_published_verdicts_are_all_there() -> None:
    assert (len(RATIOS), len(SHARES), len(PATHS), len(PUBLISHED)) == (43, 139, 23, 214)
    assert set(NOT_OURS) < set(BY_ID)


@pytest.mark.parametrize("entry", RATIOS, ids=lambda entry: entry["id"])
def test_ratio_of_growth_rates_agrees_with_the_office(entry: dict[str, Any]) -> None:
    if entry["id"] not in SMALL_BASES:
        agrees_with_the_office(entry)
        return
    out = judge_case(as_case(entry, path="compound", series=now(entry)))
    assert out["status"] == SMALL_BASES[entry["id"]] != entry["expected"]["status"]
    assert out["flags"] == ["path_forced_linear"]


def agrees_with_the_office(entry: dict[str, Any]) -> None:
    out = judge_case(as_case(entry, path="compound", series=now(entry)))
    expected = entry["expected"]
    assert out["status"] == expected["status"]
    codes = {reason["code"] for reason in out["reasons"]}
    if not codes & {"baseline_already_met", "one_point"}:
        assert out["pace"] == pytest.approx(expected["ratio"], rel=1e-9)


@pytest.mark.parametrize("entry", SHARES, ids=lambda entry: entry["id"])
def test_share_of_the_way_agrees_with_the_commission(entry: dict[str, Any]) -> None:
    out = judge_case(as_case(entry, series=now(entry)))
    expected = entry["expected"]
    codes = {reason["code"] for reason in out["reasons"]}
    if codes & {"baseline_already_met", "baseline_equals_goal"}:
        # They call the share 1 or turn its sign; we call it undefined and say why.
        status = "attained" if expected["share"] == 1 else "regressing"
        assert (out["status"], out["share_done"]) == (status, None)
    elif expected["share"] == 1:
        # They stop counting at the goal.
        assert (out["status"], out["share_done"] >= 1) == ("attained", True)
    else:
        assert out["share_done"] == pytest.approx(expected["share"], abs=1e-6)
        assert out["attained"] is False


@pytest.mark.parametrize("entry", REQUIRED, ids=lambda entry: entry["id"])
def test_required_value_agrees_with_the_health_organization(entry: dict[str, Any]) -> None:
    given = entry["inputs"]
    series = {str(given["at_year"]): given["baseline_value"]}
    percent = given.get("percent_change_of_baseline")
    if percent is not None:
        given = {**given, "target": abs(percent), "direction": "increase"}
    case = as_case({**entry, "inputs": given}, series=series)
    if percent is not None:
        direction = "increase" if percent > 0 else "decrease"
        case |= {"measure": "change", "unit": "percent", "direction": direction}
    case["path"] = "linear" if entry["method"].startswith("linear") else "compound"
    out = judge_case(case)
    assert out["expected_now"] == pytest.approx(entry["expected"]["required_value"], rel=1e-9)


@pytest.mark.parametrize("name", YEARBOOK)
def test_closing_verdict_agrees_with_the_yearbook(name: str) -> None:
    given = BY_ID[name]["inputs"]
    end = str(given["target_year"])
    out = judge_case(
        {
            "measure": "level",
            "comparator": "at_least",
            "value": given["target"],
            "period_end": end,
            "series": {end: given["current_value"]},
            "as_of": f"{given['target_year'] + 1}-06-30",
        }
    )
    assert (out["status"], out["attained"]) == ("attained", True)


@pytest.mark.parametrize(("name", "comparator"), LEVELS)
def test_midterm_verdict_of_a_level_agrees_with_the_province(name: str, comparator: str) -> None:
    given = BY_ID[name]["inputs"]
    series = {period.replace("H", "-S"): value for period, value in given["series"].items()}
    case = {
        "measure": "level",
        "comparator": comparator,
        "value": given["target"],
        "period_start": "2016",
        "period_end": "2020",
        "series": series,
        "as_of": "2018-06-30",
    }
    out = judge_case(case)
    assert (out["attained"], out["flags"]) == (True, ["early"])


def test_midterm_verdict_of_a_sum_agrees_with_the_province() -> None:
    entry = BY_ID["cn-hb3"]
    given = entry["inputs"]
    out = judge_case(
        {
            "measure": "cumulative",
            "comparator": "at_least",
            "value": given["target"],
            "period_start": "2016",
            "period_end": "2020",
            "series": {p.replace("H", "-S"): value for p, value in given["flows"].items()},
            "as_of": given["as_of"],
        }
    )
    assert (out["status"], out["flags"]) == (entry["expected"]["status_common"], ["ahead"])
    assert out["pace"] == pytest.approx(entry["expected"]["derived"]["pace_ratio"])


@pytest.mark.parametrize("name", SHARE)
def test_verdict_of_research_intensity_agrees_with_the_bureau(name: str) -> None:
    entry = BY_ID[name]
    case = as_case(entry, measure="share", series=now(entry))
    out = judge_case(case | {"as_of": f"{entry['inputs']['current_year']}-12-31"})
    derived = entry["expected"]["derived"]
    assert out["status"] == entry["expected"]["status_common"]
    assert out["share_done"] == pytest.approx(derived["share_of_required_change"])
    pace = derived.get("linear_pace_ratio", derived["share_of_required_change"])
    assert out["pace"] == pytest.approx(pace)


def test_doubling_agrees_with_the_newspaper() -> None:
    given = BY_ID["cn-qd5"]["inputs"]
    given = {**given, "target": 2, "target_year": given["current_year"]}
    entry = {"inputs": given}
    out = judge_case(as_case(entry, measure="multiple", series=now(entry)))
    assert (out["status"], out["attained"]) == ("attained", True)

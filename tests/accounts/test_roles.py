"""Roles, their permissions and the separation of duties."""

from __future__ import annotations

from itertools import combinations

import pytest

from accounts.roles import EVERYBODY, ROLE_CHOICES, ROLES, excluding_role, permissions_of

WRITES = (
    "add_", "change_", "delete_", "enter_", "approve_", "judge_", "load_", "retry_", "propose_",
)  # fmt: skip


def test_roles_are_the_seven_of_the_design() -> None:
    assert list(ROLES) == [
        "official",
        "analyst",
        "reviewer",
        "program_editor",
        "auditor",
        "system_admin",
        "security_admin",
    ]
    assert [code for code, _name in ROLE_CHOICES] == list(ROLES)


def test_role_has_name_and_sentence() -> None:
    for role in ROLES.values():
        assert str(role.name) != ""
        assert role.name_en != ""
        assert str(role.sentence).endswith("。")


def test_permissions_without_role_are_those_of_everybody() -> None:
    assert permissions_of([]) == EVERYBODY == {"targets.view_policy"}


def test_permissions_with_unknown_role_add_nothing() -> None:
    assert permissions_of(["emperor"]) == EVERYBODY


def test_permissions_of_two_roles_are_joined() -> None:
    both = permissions_of(["analyst", "reviewer"])
    assert both == permissions_of(["analyst"]) | permissions_of(["reviewer"])


def test_official_only_reads() -> None:
    assert ROLES["official"].permissions == EVERYBODY


def test_auditor_holds_no_write() -> None:
    verbs = {perm.split(".")[1] for perm in ROLES["auditor"].permissions}
    assert [verb for verb in verbs if verb.startswith(WRITES)] == []


def test_nobody_may_delete() -> None:
    every = permissions_of(ROLES)
    assert [perm for perm in every if ".delete_" in perm] == []


@pytest.mark.parametrize(
    ("permission", "holders"),
    [
        ("indicators.enter_observation", {"analyst"}),
        ("indicators.approve_observation", {"reviewer"}),
        ("targets.judge_measure", {"reviewer"}),
        ("targets.load_original", {"analyst"}),
        ("targets.propose_version", {"analyst", "reviewer"}),
        ("targets.approve_version", {"reviewer"}),
        ("targets.view_change", {"analyst", "reviewer", "auditor"}),
        ("targets.change_ruleset", {"reviewer"}),
        ("programs.change_program", {"program_editor"}),
        ("indicators.view_draft", {"analyst", "reviewer", "auditor"}),
        ("indicators.change_indicator", {"reviewer", "system_admin"}),
        ("accounts.view_auditevent", {"auditor"}),
        ("accounts.view_user", {"auditor", "security_admin"}),
        ("accounts.change_user", {"security_admin"}),
        ("accounts.change_department", {"system_admin"}),
        ("accounts.view_job", {"system_admin"}),
        ("accounts.retry_job", {"system_admin"}),
    ],
)
def test_permission_is_held_by(permission: str, holders: set[str]) -> None:
    assert {code for code, role in ROLES.items() if permission in role.permissions} == holders


ADMINISTRATORS = {"auditor", "system_admin", "security_admin"}


@pytest.mark.parametrize("pair", list(combinations(ROLES, 2)))
def test_pair_with_an_administrator_is_excluded(pair: tuple[str, str]) -> None:
    excluding = excluding_role(pair)
    expected = bool(ADMINISTRATORS & set(pair))
    assert (excluding is not None) is expected
    if excluding is not None:
        assert excluding.code in ADMINISTRATORS & set(pair)


@pytest.mark.parametrize("code", list(ROLES))
def test_single_role_is_allowed(code: str) -> None:
    assert excluding_role([code, code]) is None


def test_business_roles_go_together() -> None:
    assert excluding_role(["official", "analyst", "reviewer", "program_editor"]) is None

"""Recipients: found by their code, added once, never changed by an award."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEvent
from accounts.versions import Conflict
from programs import actions, errors
from programs.models import Recipient
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
CODE = p.credit_code(1)
NAME = "示范一号公司"


def find(name: str = NAME, code: str = CODE, kind: str = "enterprise", **facts: Any) -> Recipient:
    return actions.find_or_add_recipient(
        **{"by": p.editor(), "name": name, "credit_code": code, "kind": kind} | facts
    )


def test_a_new_code_is_added_and_a_known_one_found() -> None:
    made = find(region=p.district())
    assert (made.name, made.credit_code, made.kind) == (NAME, CODE, "enterprise")
    event = AuditEvent.objects.get()
    assert (event.action, event.after["credit_code"]) == ("programs.find_or_add_recipient", CODE)
    # Typed otherwise, and without the district, it is the same; nothing is told twice.
    assert find(f" {NAME} ", f" {CODE[:9]} {CODE[9:].lower()}") == made
    assert find(region=None).region == p.district()
    assert AuditEvent.objects.count() == 1


def test_a_known_code_with_another_name_is_refused() -> None:
    find()
    with pytest.raises(errors.Refused) as caught:
        find("示范二号公司")
    assert str(caught.value) == (
        f"这个统一社会信用代码已登记为“{NAME}”（企业），请核对代码与名称。"
    )
    with pytest.raises(errors.Refused, match=NAME):
        find(kind="institution")


def test_the_stored_name_is_not_told_to_who_may_not_see_recipients() -> None:
    find()
    stranger = p.person("stranger", "analyst")
    with pytest.raises(errors.Refused) as caught:
        find("示范二号公司", by=stranger)
    assert str(caught.value) == "这个统一社会信用代码已以另一名称或类别登记，请核对代码与名称。"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code": ""}, "code_empty"),
        ({"code": CODE[:-1]}, "code_length"),
        ({"code": f"O{CODE[1:]}"}, "code_alphabet"),
        ({"code": f"8{CODE[1:]}"}, "code_check"),
        ({"name": " "}, "empty"),
        ({"name": "长" * 121}, "long"),
        ({"kind": "ghost"}, "empty"),
        ({"kind": "person"}, "code_person"),
    ],
)
def test_bad_input_is_refused(facts: dict[str, str], code: str) -> None:
    with pytest.raises(errors.Refused) as caught:
        find(**facts)
    assert caught.value.code == code
    assert Recipient.objects.count() == 0


def test_a_person_has_no_code_and_is_told_apart_by_name_and_district() -> None:
    p.b.region()
    one = find("甲某", "", "person", region=p.district())
    assert one.credit_code is None
    assert find("甲某", " ", "person", region=p.district()) == one
    assert find("甲某", "", "person") != one
    assert find("甲某（海洋所）", "", "person", region=p.district()) != one
    # A firm of the same name is no person.
    assert find("甲某") != one


def save(of: Recipient, **facts: Any) -> Recipient:
    return actions.save_recipient(
        **{"by": p.editor(), "recipient": of, "version": of.version, "name": of.name,
           "credit_code": of.credit_code or "", "kind": of.kind, "region": of.region} | facts
    )  # fmt: skip


def test_a_recipient_is_changed_with_both_sides_in_the_trail() -> None:
    made = find()
    changed = save(made, name=" 新名公司 ", region=p.district(), reason=" 更名 ")
    assert (changed.name, changed.region, changed.version) == ("新名公司", p.district(), 2)
    event = AuditEvent.objects.order_by("-pk")[0]
    assert (event.before["name"], event.after["name"], event.reason) == (NAME, "新名公司", "更名")
    with pytest.raises(Conflict):
        save(made, version=1, name="另一名")


def test_a_change_keeps_codes_sound_and_single() -> None:
    made, other = find(), find("示范二号公司", p.credit_code(2))
    with pytest.raises(errors.Refused, match="校验位不符"):
        save(made, credit_code=f"8{CODE[1:]}")
    with pytest.raises(errors.Refused, match="已用于另一单位"):
        save(other, credit_code=CODE)
    with pytest.raises(errors.Refused, match="请填写名称"):
        save(made, name="")
    other.refresh_from_db()
    assert (other.credit_code, other.version) == (p.credit_code(2), 1)

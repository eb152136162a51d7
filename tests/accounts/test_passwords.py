"""One-time passwords and the length of a password."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.passwords import ALPHABET, LENGTH, LongEnough, one_time_password


def test_one_time_passwords_are_long_and_readable() -> None:
    password = one_time_password()
    assert len(password) == LENGTH
    assert set(password) <= set(ALPHABET)
    assert set(ALPHABET) & set("0O1lioI") == set()


def test_one_time_passwords_differ() -> None:
    assert len({one_time_password() for _turn in range(200)}) == 200


def test_one_time_passwords_keep_the_rules() -> None:
    for _turn in range(50):
        validate_password(one_time_password())


def test_short_password_is_refused_in_the_readers_language() -> None:
    rule = LongEnough(min_length=10)
    with pytest.raises(ValidationError) as refusal:
        rule.validate("123456789")
    assert refusal.value.messages == ["密码太短，至少要 10 个字符。"]
    assert rule.get_help_text() == "密码至少要 10 个字符。"


def test_password_of_just_the_length_passes() -> None:
    assert LongEnough(min_length=10).validate("1234567890") is None

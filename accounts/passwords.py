"""One-time passwords, and the length of a password in words that Django has in English only."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No 0 O 1 l i o I, since a one-time password is read out or copied from paper."""

LENGTH = 14


def one_time_password() -> str:
    """A random password of 14 characters (80 bits), to be changed at the first sign-in."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


class LongEnough(MinimumLengthValidator):
    """Django's check of the length with a sentence in the reader's language."""

    def get_error_message(self) -> str:
        """What a password that is too short is answered with."""
        return _("密码太短，至少要 %d 个字符。") % self.min_length

    def get_help_text(self) -> str:
        """The rule as a sentence."""
        return _("密码至少要 %d 个字符。") % self.min_length

"""Refusals of the actions on promises, in words for the person at the screen."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer to a person, not a fault
    """An action that the rules do not allow; the message is a sentence for people."""

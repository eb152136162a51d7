"""Refusals of the actions on promises, in words for the person at the screen."""

from __future__ import annotations


class Refused(Exception):
    """An action that the rules do not allow; the message is a sentence for people."""

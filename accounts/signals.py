"""News that accounts sends upwards."""

from __future__ import annotations

from django.dispatch import Signal

handing_over = Signal()
"""Sent inside the transaction of `actions.hand_over`, before the leaver's account is disabled.

Arguments: `leaver`, `successor`, `by` (all User). A receiver moves the open work of its app and
returns a dict of counts such as {"indicators.drafts": 3}, which the audit event keeps.
An exception in a receiver undoes the whole hand-over.
"""

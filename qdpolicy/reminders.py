"""The daily job of collecting: reminders in the app and by mail, and 督办 of what is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from indicators import actions
from indicators.models import Reminder

Kind = Reminder.Kind
_ZH = {
    Kind.OPENED: "“{name}”已开放填报，您部门有 {number} 项待填报，截止时间 {closes}。",
    Kind.DUE_SOON: "“{name}”即将截止（{closes}），您部门还有 {number} 项没有提交。",
    Kind.OVERDUE: "“{name}”已于 {closes} 截止，您部门还有 {number} 项没有提交。",
    Kind.RETURNED: "“{name}”有 {number} 项被审核员退回，请修改后重新提交。",
}
_EN = {
    Kind.OPENED: "“{name}” is open: values to enter: {number}; it closes at {closes}.",
    Kind.DUE_SOON: "“{name}” closes soon ({closes}): values not submitted yet: {number}.",
    Kind.OVERDUE: "“{name}” closed at {closes}: values not submitted yet: {number}.",
    Kind.RETURNED: "“{name}”: values returned by the reviewers: {number}; please submit them again.",
}


def daily(*, now: datetime | None = None) -> None:
    """Make the day's reminders, follow up what is late, send the mails; idempotent.

    A mail that fails is tried again by the next run; the reminder stands in the app at once.
    """
    now = now or timezone.now()
    actions.remind(now=now)
    actions.escalate(now=now)
    actions.email_reminders(send=send, now=now)


def send(person: User, reminders: Sequence[Reminder]) -> None:
    """One plain mail in both languages; raises what the mail server's connection raises."""
    EmailMessage(
        subject="填报提醒 · Values to enter",
        body=text_of(person, reminders),
        to=[person.email],
    ).send()


def text_of(person: User, reminders: Sequence[Reminder]) -> str:
    """The words of a mail: names of rounds, numbers and hours; no value, no secret."""
    zh = [f"- {sentence(row, 'zh')}" for row in reminders]
    en = [f"- {sentence(row, 'en')}" for row in reminders]
    link = f"{settings.SITE_URL}{reverse('entry_list')}" if settings.SITE_URL else ""
    parts = [
        f"{person}：",
        "\n".join(zh),
        *([f"我的工作：{link}"] if link else ["请登录科技政策看板，在“我的工作”中处理。"]),
        "----",
        "\n".join(en),
        *([f"My work: {link}"] if link else ["Please sign in and open “My work”."]),
    ]
    return "\n\n".join(parts) + "\n"


def sentence(row: Reminder, language: str = "") -> str:
    """A reminder in words of "zh" or "en"; empty is the reader's language."""
    language = language or ("en" if (get_language() or "").startswith("en") else "zh")
    words = _EN if language == "en" else _ZH
    closes = timezone.localtime(row.round.closes_at).strftime("%Y-%m-%d %H:%M")
    return words[Kind(row.kind)].format(name=row.round.name, number=row.number, closes=closes)

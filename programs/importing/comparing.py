"""The difference between a table of awards and what stands here, row by row, with a sentence each.

Rows are held against the rules as they would be written: those before a row in the file count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation

from accounts.models import User
from indicators.importing.wording import place
from indicators.models import Region
from indicators.quantities import grouped
from programs import creditcode, errors
from programs.actions import AwardEntry, Earlier, check_award, checked_code, entry_of
from programs.importing.headings import NAMES, REQUIRED
from programs.importing.names import Names
from programs.importing.rows import Row
from programs.importing.scalars import Fault, Words
from programs.models import Award, Payment, Recipient, StagedAward

Outcome = StagedAward.Outcome
CHECKED = ("name", "code", "year", "decided_on", "amount", "investment")
"""What a check reads of an entry, beside the recipient."""
_OPTIONAL = ("project_code", "investment", "industry", "region", "note")
_TODAY = timezone.localdate


@dataclass(frozen=True)
class Stated:
    """What a sound row asks for: the award, its status where one is stated, and an instalment."""

    entry: AwardEntry
    status: str = ""
    paid_amount: Decimal | None = None
    paid_on: date | None = None


@dataclass
class Comparer:
    """Compares the rows of one person's file, in their order."""

    upload: int
    by: User
    names: Names
    sheets: dict[int, str]
    earlier: Earlier = field(default_factory=Earlier)
    _numbers: dict[str, str] = field(default_factory=dict)

    def compare(self, rows: list[Row]) -> list[StagedAward]:
        """Some rows that follow one another; the queries that all of them share are asked once."""
        numbers = {row.text("number") for row in rows}
        standing = {
            award.number: award
            for award in Award.objects.filter(number__in=numbers).select_related(
                "recipient", "program", "item__edition", "region"
            )
        }
        mine = set(
            Award.objects.enterable_by(self.by)
            .filter(number__in=numbers)
            .values_list("number", flat=True)
        )
        self.names.load({creditcode.normalise(row.text("credit_code")) for row in rows} - {""})
        return [self._one(row, standing.get(row.text("number")), mine) for row in rows]

    def _one(self, row: Row, standing: Award | None, mine: set[str]) -> StagedAward:
        number = row.text("number")
        if number:
            where = place(self.sheets.get(row.sheet, ""), row.number, 1)
            first = self._numbers.setdefault(number, where)
            if first != where:
                row.fault("number", _twice(first))
        if standing is not None and number not in mine:
            return self._error(row, [("number", _NOT_YOURS)])
        stated = None if row.faults else self._stated(row, standing)
        if stated is None:
            return self._error(row, row.faults)
        return self._judged(row, stated, standing)

    def _stated(self, row: Row, standing: Award | None) -> Stated | None:
        """What the row asks for; None where its faults say why not."""
        decided_on, amount = row.day("decided_on"), row.money("amount")
        program = self._named(row, "program", self.names.program)
        if program is None or decided_on is None or amount is None:
            return None
        item = self._named(row, "item", lambda text: self.names.item(program, text, decided_on))
        region = self._named(row, "region", self.names.region)
        status = self._named(row, "status", self.names.status) or ""
        recipient = self._recipient(row)
        if row.faults or item is None or recipient is None:
            return None
        entry = AwardEntry(
            number=row.text("number"),
            project=row.text("project"),
            project_code=row.text("project_code"),
            recipient=recipient,
            program=program,
            item_key=item.key,
            year=row.values.get("year") or decided_on.year,
            decided_on=decided_on,
            amount=amount,
            investment=row.money("investment"),
            industry=row.text("industry"),
            region=region,
            note=row.text("note"),
        )
        if standing is not None:
            # A column that the file does not have says nothing about what stands there.
            entry = replace(
                entry,
                **{name: getattr(standing, name) for name in _OPTIONAL if name not in row.texts},
            )
        paid, paid_on = row.money("paid_amount"), row.day("paid_on")
        if (paid is None) != (paid_on is None):
            row.fault("paid_amount" if paid is None else "paid_on", _HALF_PAYMENT)
            return None
        return Stated(entry, status, paid, paid_on)

    def _named(self, row: Row, name: str, look_up: Callable[[str], Any]) -> Any:
        """What a text of the row means, None where it is empty or means nothing (a fault)."""
        text = row.text(name)
        if not text:
            return None
        try:
            return look_up(text)
        except Fault as fault:
            row.fault(name, fault.words)
            return None

    def _recipient(self, row: Row) -> Recipient | None:
        kind = self._named(row, "kind", self.names.kind) or ""
        name, code = row.text("recipient"), row.text("credit_code")
        known = self.names.recipients.get(creditcode.normalise(code)) if code else None
        wanted = kind or (known.kind if known else str(Recipient.Kind.ENTERPRISE))
        if refusal := refused(lambda: checked_code(code, wanted)):
            row.fault("credit_code", refusal)
            return None
        found = self.names.recipient(name, code, wanted)
        if (found.name, found.kind) != (name, wanted):
            named = found.pk < 0 or self.by.has_perm("programs.view_recipient")
            row.fault("recipient", in_both(lambda: str(errors.code_of_another(found, named=named))))
            return None
        return found

    def _judged(self, row: Row, stated: Stated, standing: Award | None) -> StagedAward:
        """The row against what stands there and against the rules."""
        changes = differences(stated, standing) if standing is not None else []
        paying = pays(stated, standing)
        if standing is not None and not changes and not paying:
            return self._staged(row, stated, standing, Outcome.UNCHANGED, _SAME)
        words = self._refusal(stated, standing, changes, paying)
        if words is not None:
            name = "paid_amount" if words[2] else "amount"
            return self._error(row, [(name, words[:2])], standing)
        if standing is None:
            return self._staged(row, stated, None, Outcome.NEW, _new(stated))
        return self._staged(row, stated, standing, Outcome.CHANGED, _changed(standing, paying))

    def _refusal(
        self, stated: Stated, standing: Award | None, changes: list[str], paying: bool
    ) -> tuple[str, str, bool] | None:
        """Why the rules do not let the row through, and whether the instalment is what they refuse."""
        entry = stated.entry
        if standing is not None and standing.status == Award.Status.TERMINATED:
            return *in_both(lambda: str(errors.award_is_closed(standing))), False
        wanted = stated.status
        closing = (Award.Status.TERMINATED, Award.Status.WITHDRAWN)
        if wanted in closing and (standing is None or wanted != standing.status):
            return *_CLOSE_BY_HAND, False
        if standing is not None and entry.amount < standing.paid:
            return *in_both(lambda: str(errors.below_paid(standing.paid))), False
        to_check = standing is None or checked_differs(entry, standing)
        if to_check and (found := self._checked(entry, standing)):
            return *found, False
        if paying and (found := _payment_fault(stated, standing)):
            return *found, True
        return None

    def _checked(self, entry: AwardEntry, standing: Award | None) -> Words | None:
        """Hold an entry against the rules beside the rows before it; else count it for those after."""
        check = None

        def ask() -> str:
            nonlocal check
            check = check_award(entry, besides=standing, earlier=self.earlier)
            if check.refusal is not None:
                raise check.refusal
            return ""

        if words := refused(ask):
            return words
        assert check is not None
        self.earlier.add(_beside(entry, standing), check.item)
        return None

    def _error(
        self, row: Row, faults: Iterable[tuple[str, Words]], standing: Award | None = None
    ) -> StagedAward:
        found = list(faults)
        zh = "".join(words[0] for _name, words in found)
        en = " ".join(words[1] for _name, words in found)
        made = self._staged(row, None, standing, Outcome.ERROR, (zh, en))
        made.fields = {"at": found[0][0] if found else REQUIRED[0]}
        return made

    def _staged(
        self, row: Row, stated: Stated | None, standing: Award | None, outcome: str, words: Words
    ) -> StagedAward:
        return StagedAward(
            upload_id=self.upload,
            sheet=row.sheet,
            row=row.number,
            texts=row.texts,
            fields=kept(stated) if stated is not None else {},
            award=standing,
            seen_version=standing.version if standing is not None else 0,
            outcome=outcome,
            sentence=words[0],
            sentence_en=words[1],
        )


def kept(stated: Stated) -> dict[str, Any]:
    """What is stored of a sound row: keys of rows and texts; `stated_of` reads it again."""
    entry = stated.entry
    return {
        "number": entry.number,
        "project": entry.project,
        "project_code": entry.project_code,
        "recipient": entry.recipient.name,
        "credit_code": entry.recipient.credit_code or "",
        "kind": str(entry.recipient.kind),
        "program": entry.program.pk if entry.program is not None else None,
        "item_key": entry.item_key,
        "year": entry.year,
        "decided_on": entry.decided_on.isoformat(),
        "amount": str(entry.amount),
        "investment": None if entry.investment is None else str(entry.investment),
        "industry": entry.industry,
        "region": entry.region.pk if entry.region is not None else None,
        "note": entry.note,
        "status": stated.status,
        "paid_amount": None if stated.paid_amount is None else str(stated.paid_amount),
        "paid_on": None if stated.paid_on is None else stated.paid_on.isoformat(),
    }


def differences(stated: Stated, standing: Award) -> list[str]:
    """The names of the fields that a row states otherwise than the award has them."""
    now, entry = entry_of(standing), stated.entry
    names = ("project", "code", "recipient", "name", "year", "decided_on", "amount", "investment",
             "industry", "region", "note")  # fmt: skip
    found = [name for name in names if _said(entry, name) != _said(now, name)]
    if standing.status == Award.Status.WITHDRAWN or (
        stated.status and stated.status != standing.status
    ):
        found.append("status")
    return found


def checked_differs(entry: AwardEntry, standing: Award) -> bool:
    """Whether anything changes that the rules read; a withdrawn award comes back as a new one."""
    now = entry_of(standing)
    if standing.status == Award.Status.WITHDRAWN or entry.recipient.pk != now.recipient.pk:
        return True
    return any(getattr(entry, name) != getattr(now, name) for name in CHECKED)


def pays(stated: Stated, standing: Award | None) -> bool:
    """Whether the row states an instalment that is not on record yet."""
    if stated.paid_amount is None or stated.paid_on is None:
        return False
    return (
        standing is None
        or not Payment.objects.filter(
            award=standing, voided_at=None, amount=stated.paid_amount, paid_on=stated.paid_on
        ).exists()
    )


def in_both(make: Callable[[], str]) -> Words:
    """A sentence in both languages."""
    with translation.override("zh-hans"):
        zh = make()
    with translation.override("en"):
        return zh, make()


def refused(ask: Callable[[], object]) -> Words | None:
    """The refusal of a question in both languages, None where it is answered."""
    try:
        with translation.override("zh-hans"):
            ask()
    except errors.Refused as refusal:
        zh = str(refusal)
    else:
        return None
    try:
        with translation.override("en"):
            ask()
    except errors.Refused as refusal:
        return zh, str(refusal)
    return zh, zh


def _said(entry: AwardEntry, name: str) -> object:
    found = getattr(entry, name)
    if isinstance(found, Recipient | Region):
        return found.pk
    return found.replace("\r\n", "\n").strip() if isinstance(found, str) else found


def _beside(entry: AwardEntry, standing: Award | None) -> AwardEntry:
    """The entry with what it takes beside what is stored: of a changed award the difference alone."""
    if standing is None or standing.status == Award.Status.WITHDRAWN:
        return entry
    now = entry_of(standing)
    if entry.recipient.pk == now.recipient.pk and (entry.name, entry.code, entry.year) == (
        now.name, now.code, now.year,
    ):  # fmt: skip
        return replace(entry, amount=entry.amount - now.amount)
    return entry


def _payment_fault(stated: Stated, standing: Award | None) -> Words | None:
    amount, paid_on, entry = stated.paid_amount, stated.paid_on, stated.entry
    if amount is None or paid_on is None:
        return None
    if paid_on > _TODAY():
        return in_both(lambda: str(errors.in_the_future(NAMES["paid_on"][0])))
    if paid_on < entry.decided_on:
        return in_both(lambda: str(errors.paid_too_early(entry.decided_on)))
    paid = standing.paid if standing is not None else Decimal(0)
    if paid + amount > entry.amount:
        as_stated = Award(amount=entry.amount, paid=paid)
        return in_both(lambda: str(errors.overpaid(as_stated, amount)))
    return None


_NOT_YOURS: Words = (
    "这个编号的立项不在您的登记范围内。",
    "The award of this number is not among those that you may enter.",
)
_SAME: Words = ("与系统里的相同。", "The same as what stands there.")
_HALF_PAYMENT: Words = (
    "拨付日期和拨付金额要一起填写。", "Write both the day and the sum of a payment.",
)  # fmt: skip
_CLOSE_BY_HAND: Words = (
    "终止和撤销要写明原因，请在这笔立项的页面上办理。",
    "Ending or withdrawing an award wants a reason; do it on the page of the award.",
)


def _twice(where: str) -> Words:
    return (
        f"立项编号与{where}重复，请只保留一行。",
        f"{where} has the same award number; leave only one of the rows.",
    )


def _new(stated: Stated) -> Words:
    sum_ = grouped(stated.entry.amount)
    if stated.paid_amount is None:
        return f"新增立项 {sum_} 元。", f"A new award of {sum_} yuan."
    paid = grouped(stated.paid_amount)
    return (
        f"新增立项 {sum_} 元，拨付 {paid} 元。",
        f"A new award of {sum_} yuan, of which {paid} are paid.",
    )


def _changed(standing: Award, paying: bool) -> Words:
    if standing.status == Award.Status.WITHDRAWN:
        return (
            "恢复已撤销的立项，以文件里的内容为准。",
            "Brings a withdrawn award back, as the file has it.",
        )
    if paying:
        return "登记一笔拨付。", "A payment is recorded."
    return "修改已有的立项。", "An award that stands here is changed."

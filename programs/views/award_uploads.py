"""The kind of uploads that hold awards, and the template to fill in for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from accounts.models import User
from indicators.importing.reading import Reading
from indicators.layout import a1
from indicators.models import Region, Upload, in_language
from indicators.quantities import grouped
from indicators.uploadkinds import Beat, Moved, Note, Offer, Step
from indicators.views.showing import PAGE, Change, Tally, sheet_names
from programs.actions import uploads
from programs.forms.uploads import AwardApplyForm
from programs.importing.headings import recognises
from programs.importing.staging import stage_awards
from programs.models import Award, Program, StagedAward, SupportItem

Outcome = StagedAward.Outcome
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ERROR_COLOUR, _CONFLICT_COLOUR = "FBC9C4", "DCD3F0"


class AwardsKind:
    """Rows of awards, through `programs.importing` and `programs.actions.uploads`."""

    code = "awards"
    enter = "programs.enter_award"
    no_table = (
        "登记立项资助请使用立项模板，或写明“立项编号”“承担单位”“统一社会信用代码”“计划”“支持事项”"
        "“立项日期”“立项金额（万元）”等列名。",
        "For awards, use their template, or name the columns (award number, recipient, credit code,"
        " program, support item, decision date, amount with its unit).",
    )
    not_entered = (
        "这个文件里是立项资助，您的角色不能登记立项；请交给计划管理员上传。",
        "The file holds awards, which your role may not enter; ask a program editor to upload it.",
    )
    rows_template = "uploads/award_rows.html"
    steps_template = "uploads/award_steps.html"

    @property
    def name(self) -> str:
        """立项资助."""
        return _("立项资助")

    def sees_all(self, user: User) -> bool:
        """Reviewers and auditors do; an editor of programs sees the own files alone."""
        return user.has_perm("programs.view_recipient") and (
            user.has_perm("programs.override_cap") or not user.has_perm(self.enter)
        )

    def recognises(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether the headings are those of a table of awards."""
        return recognises(rows)

    def stage(self, upload: Upload, reading: Reading, beat: Beat) -> dict[str, Any]:
        """Compare the file row by row."""
        return stage_awards(upload, reading, beat)

    def clear(self, upload: int) -> None:
        """Forget its rows."""
        uploads.clear(upload)

    def counts(self, upload: int) -> dict[str, int]:
        """Of each outcome."""
        return uploads.counts(upload)

    def ready(self, upload: Upload, *, reason: str, explanation: str, leave_errors: bool) -> None:
        """Refuse what is not complete; nothing here asks for an explanation."""
        uploads.ready(upload, reason=reason, leave_errors=leave_errors)

    def write(self, upload: Upload, *, leave_errors: bool, step: Step) -> Mapping[str, Any]:
        """Enter and change awards."""
        return uploads.write(upload, step=step)

    def note_moved(self, upload: Upload, moved: Moved) -> int:
        """Mark the rows in the way."""
        return uploads.note_moved(upload, moved)

    def undo(self, upload: Upload, *, by: User, reason: str) -> Mapping[str, Any]:
        """Withdraw new awards, restore changed ones."""
        return uploads.undo(upload, by=by, reason=reason)

    def form(self, data: Mapping[str, Any] | None = None) -> AwardApplyForm:
        """Reason, and whether errors stay behind."""
        return AwardApplyForm(data)

    def page(self, upload: Upload, user: User, *, outcome: str, number: str) -> dict[str, Any]:
        """A page of rows with what stands here; a fixed number of queries."""
        page = Paginator(_chosen(upload, outcome), PAGE).get_page(number)
        return {
            "page": page,
            "rows": _shown(list(page), upload),
            "tallies": _tallies(upload),
            "moved_words": _(
                "保存时有的立项已被他人改动，或者不再符合上限，所以一笔也没有登记；"
                "请看“他人已更新”和“有错误”里的说明。"
            ),
        }

    def notes(self, upload: Upload, most: int) -> list[Note]:
        """On the cell that is wrong of each row in error or in conflict."""
        columns = {s["number"]: s.get("columns", {}) for s in upload.found.get("sheets", ())}
        found = []
        troubled = upload.staged_awards.filter(outcome__in=(Outcome.ERROR, Outcome.CONFLICT))
        for row in troubled.order_by("sheet", "row")[:most]:
            at = columns.get(row.sheet, {})
            column = at.get(row.fields.get("at", "number"), at.get("number", 1))
            words = in_language(row.sentence, row.sentence_en)
            colour = _ERROR_COLOUR if row.outcome == Outcome.ERROR else _CONFLICT_COLOUR
            text = f"【{row.get_outcome_display()}】\n{words}"
            found.append(Note(row.sheet, row.row, column, text, colour))
        return found

    def offers(self, user: User) -> list[Offer]:
        """The template of awards."""
        return [
            Offer(
                title=_("立项资助"),
                sentence=_("立项资助有自己的模板：计划、支持事项、区市带下拉选项，每行一笔立项。"),
                label=_("下载立项模板"),
                url="award_template",
                hints=(
                    _("一行一笔立项：立项编号、项目名称、承担单位、统一社会信用代码、计划、支持事项、"
                      "立项日期和立项金额；年度、申报投入、产业、区市、状态、拨付和备注可以没有。"),
                    _("金额的单位写在表头里，如“立项金额（万元）”；没有写单位的不读。"),
                    _("每行都按立项当日适用的支持事项核对上限，文件里前面的行也算在内。"),
                ),
            )
        ]  # fmt: skip


KIND = AwardsKind()


@require_GET
@requires("programs.enter_award")
def award_template(request: HttpRequest) -> HttpResponse:
    """An empty table of awards, with the programs and items that the person may enter."""
    from programs.importing.blank import blank

    user, now = acting_user(request), timezone.localtime()
    disposition = content_disposition_header(True, f"{_('立项登记表')}-{now:%Y%m%d-%H%M}.xlsx")
    assert disposition is not None
    return HttpResponse(
        blank(user, today=now.date()),
        content_type=XLSX,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


@dataclass(frozen=True)
class ShownRow:
    """A row as the page shows it; `award` is what stands here, `changes` how the file differs."""

    row: StagedAward
    place: str
    award: Award | None
    program: str
    item: str
    amount: Decimal | None
    changes: list[Change]
    sentence: str


def _chosen(upload: Upload, outcome: str) -> QuerySet[StagedAward]:
    """The rows of one outcome in file order, "" all that differ."""
    rows = upload.staged_awards.select_related(
        "award__recipient", "award__program", "award__item", "award__region"
    ).order_by("sheet", "row")
    if outcome == "all":
        return rows
    return rows.filter(outcome=outcome) if outcome else rows.exclude(outcome=Outcome.UNCHANGED)


def _shown(rows: Sequence[StagedAward], upload: Upload) -> list[ShownRow]:
    """The rows of a page; one query for the names of programs, items and districts each."""
    sheets = sheet_names(upload)
    names = _Names(rows)
    return [
        ShownRow(
            row=row,
            place=f"{sheets.get(row.sheet, '')} {a1(row.row, 1)}".strip(),
            award=row.award,
            program=names.program(row),
            item=names.item(row),
            amount=Decimal(row.fields["amount"]) if "amount" in row.fields else None,
            changes=_changes(row, names) if row.award is not None else [],
            sentence=in_language(row.sentence, row.sentence_en),
        )
        for row in rows
    ]


class _Names:
    """Names of what the rows of a page mention by key."""

    def __init__(self, rows: Sequence[StagedAward]) -> None:
        fields = [row.fields for row in rows]
        self._programs = Program.objects.in_bulk({f["program"] for f in fields if "program" in f})
        self._regions = Region.objects.in_bulk({f["region"] for f in fields if f.get("region")})
        items = (
            SupportItem.objects.filter(
                edition__program__in=self._programs,
                key__in={f["item_key"] for f in fields if f.get("item_key")},
            )
            .select_related("edition")
            .order_by("edition__valid_from", "pk")
        )
        self._items = {(item.edition.program_id, item.key): str(item) for item in items}

    def program(self, row: StagedAward) -> str:
        """Its name, or what the file says where it means none."""
        found = self._programs.get(row.fields.get("program"))
        return str(found if found is not None else row.texts.get("program", ""))

    def item(self, row: StagedAward) -> str:
        """Its name in the latest edition that has it, or what the file says."""
        place = (row.fields.get("program"), row.fields.get("item_key"))
        return self._items.get(place) or str(row.texts.get("item", ""))

    def region(self, row: StagedAward) -> str:
        """The name of the district."""
        found = self._regions.get(row.fields.get("region"))
        return str(found) if found is not None else ""


def _changes(row: StagedAward, names: _Names) -> list[Change]:
    """The fields that the file states otherwise; of a row that is written, what it changed."""
    award, said = row.award, row.fields
    if award is None or "number" not in said or row.outcome == Outcome.ERROR:
        return []
    before = said.get("written", {}).get("before")
    pairs = {
        "project": (award.project, said["project"]),
        "project_code": (award.project_code, said["project_code"] or said["number"]),
        "recipient": (award.recipient.name, said["recipient"]),
        "program": (str(award.program), names.program(row)),
        "item": (str(award.item), names.item(row)),
        "year": (str(award.year), str(said["year"])),
        "decided_on": (award.decided_on.isoformat(), said["decided_on"]),
        "amount": (_yuan(award.amount), _yuan(said["amount"])),
        "investment": (_yuan(award.investment), _yuan(said["investment"])),
        "industry": (award.industry, said["industry"]),
        "region": (str(award.region or ""), names.region(row)),
        "note": (award.note, said["note"]),
    }
    if before is not None:
        pairs = {
            name: (_yuan(before[name]) if name in ("amount", "investment") else str(before[name]), new)
            for name, (_old, new) in pairs.items()
            if name in ("project", "project_code", "year", "decided_on", "amount", "investment",
                        "industry", "note")
        }  # fmt: skip
    elif "written" in said:
        return []
    return [
        Change(_label(name), old or "—", new or "—")
        for name, (old, new) in pairs.items()
        if old.split() != new.split()
    ]


def _label(name: str) -> str:
    """The word for a field of an award."""
    return str(getattr(Award._meta.get_field(name), "verbose_name", name))


def _yuan(amount: Decimal | str | None) -> str:
    """A sum in 元 with separators; nothing for none."""
    return "" if amount in (None, "") else grouped(Decimal(amount))


def _tallies(upload: Upload) -> list[Tally]:
    """The counts: all that differs, then what needs work, then the rest."""
    counts = upload.counts
    total = sum(counts.get(name, 0) for name in Outcome.values)
    kinds = [("", _("有出入的"), total - counts.get("unchanged", 0))]
    kinds += [
        (str(name), str(name.label), counts.get(name, 0))
        for name in (Outcome.ERROR, Outcome.CONFLICT, Outcome.NEW, Outcome.CHANGED,
                     Outcome.UNCHANGED)
    ]  # fmt: skip
    return [Tally(*kind) for kind in [*kinds, ("all", _("全部"), total)]]

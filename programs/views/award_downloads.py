"""The filtered list of awards to take along; names and codes are masked whoever asks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import acting_user, requires
from programs.exporting import Column, Kind, Table, Value
from programs.masking import masked_code, masked_name
from programs.models import Award
from programs.views.awards import asked, with_names
from programs.views.tables import table_response

MOST_IN_WORKBOOK = 20_000
"""Rows of a workbook that is written while a person waits; a CSV holds all of them."""


@requires("programs.view_award")
@never_cache
@require_safe
def award_csv(request: HttpRequest) -> HttpResponse:
    """The list with the filters of the address, as CSV."""
    return table_response(_table(request), "csv")


@requires("programs.view_award")
@never_cache
@require_safe
def award_xlsx(request: HttpRequest) -> HttpResponse:
    """The list with the filters of the address, as a workbook; a very long one only as CSV."""
    rows = asked(request, acting_user(request))[1]
    if rows.count() > MOST_IN_WORKBOOK:
        words = _("超过 %(most)s 行，请下载 CSV，或先缩小筛选范围。")
        messages.error(request, words % {"most": MOST_IN_WORKBOOK})
        return redirect("awards")
    return table_response(_table(request), "xlsx")


def _table(request: HttpRequest) -> Table:
    """The awards as a table; one query beside those of the filters."""
    form, rows = asked(request, acting_user(request))
    ordered = with_names(rows).order_by(*form.order())
    today = timezone.localdate()
    return Table(
        name=f"{_('立项资助')}-{today:%Y%m%d}",
        title=_("立项资助"),
        columns=_columns(),
        rows=[_cells(award) for award in ordered.iterator(chunk_size=2000)],
        notes=(
            _("受助单位的名称与代码已遮盖。"),
            _("导出日期：%(day)s") % {"day": today.isoformat()},
        ),
    )


def _columns() -> tuple[Column, ...]:
    texts = [_("立项编号"), _("项目名称"), _("项目编号"), _("受助单位"), _("统一社会信用代码")]
    texts += [_("计划"), _("支持事项"), _("年度"), _("立项日期")]
    sums = [_("立项金额"), _("已拨付"), _("申报投入"), _("当时可立项上限")]
    more = [_("产业"), _("实施区市"), _("状态"), _("超出上限的理由")]
    return (
        *(Column(text) for text in texts),
        *(Column(text, Kind.MONEY) for text in sums),
        *(Column(text) for text in more),
    )


def _cells(award: Award) -> tuple[Value, ...]:
    return (
        award.number,
        award.project,
        award.project_code,
        masked_name(award.recipient.name),
        masked_code(award.recipient.credit_code),
        str(award.program),
        str(award.item),
        award.year,
        award.decided_on,
        award.amount,
        award.paid,
        award.investment,
        award.ceiling,
        award.industry,
        "" if award.region is None else str(award.region),
        award.get_status_display(),
        award.override_reason,
    )

"""What the model says of a series, in words, and the page that says how far it can be trusted.

Reads stored rows alone: the worker makes them, and no verdict is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Case, Count, F, FloatField, Q, Sum, When
from django.db.models.functions import Cast, Exp, Ln
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import reading
from indicators.models import Indicator, Region, Unit
from indicators.periods import ReferencePeriod
from qdpolicy.dashboard import amounts
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.promises import page_of
from targets.bands import Ahead
from targets.models import ProjectedYear, Projection, Target, TargetVersion
from targets.projection import method

PLACES = Decimal("0.001")
UNLIKELY, LIKELY = Decimal("0.05"), Decimal("0.95")


@dataclass(frozen=True, slots=True)
class Line:
    """One series of the back-test table; the ratios are ours to the yardstick's error."""

    row: Projection
    to_last: Decimal | None
    to_line: Decimal | None
    covered: Decimal | None
    why: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a page shows of a projection: the years ahead, or why there are none."""

    ahead: tuple[Ahead, ...] = ()
    why: str = ""
    chance: str = ""
    row: Projection | None = None

    @property
    def digest(self) -> str:
        """What the years come from."""
        return self.row.digest if self.row is not None and self.ahead else ""


def outlook_of(indicator: Indicator, region: Region, known: Known) -> Outlook:
    """The projection of a series; one query, and none on the page of an earlier day."""
    if not known.is_live:
        return Outlook(why=_("这是按过去某一天所知的页面，推算只按现在所知的数作出，这里不显示。"))
    row = Projection.objects.filter(indicator=indicator, region=region).first()
    if row is None:
        return Outlook(why=_("还没有可以推算的年度数。"))
    unit = indicator.unit
    ahead = tuple(
        Ahead(
            ReferencePeriod.of_year(year.year),
            year.low,
            year.median,
            year.high,
            band_words(year, unit),
        )
        for year in row.years
    )
    return Outlook(ahead=ahead, why=refusal_words(row), row=row)


def outlook_for(target: Target, version: TargetVersion, known: Known) -> Outlook:
    """The projection behind a target, and the chance that it is met; one query."""
    found = outlook_of(target.indicator, target.region, known)
    if found.row is None:
        return found
    value, why = found.row.chance_of(target.pk)
    if value is None:
        growth = version.measure == TargetVersion.Measure.GROWTH
        own = found.why if why == "no_projection" and not growth else ""
        return Outlook(why=own or chance_refusal(why), row=found.row)
    return Outlook(chance=chance_words(value, version.period_end), row=found.row)


def chance_words(value: Decimal, period_end: str) -> str:
    """The chance in a sentence: whole per cent, and no false precision at either end."""
    names = {"year": period_end[-4:] if "/" in period_end else period_end[:4]}
    if value < UNLIKELY:
        return _("按历年数据推算，%(year)s年达到这个目标的可能性不到5%%。") % names
    if value > LIKELY:
        return _("按历年数据推算，%(year)s年达到这个目标的可能性超过95%%。") % names
    names["chance"] = str((value * 100).quantize(Decimal(1)))
    return _("按历年数据推算，%(year)s年达到这个目标的可能性约%(chance)s%%。") % names


def refusal_words(row: Projection) -> str:
    """Why a series shows no projection; "" where it shows one."""
    if row.refusal == "too_short":
        return ngettext(
            "历年数据只有%(points)d个点（口径变动后重新起算，下限数不计），至少要有%(least)d个，不推算。",
            "历年数据只有%(points)d个点（口径变动后重新起算，下限数不计），至少要有%(least)d个，不推算。",
            row.points,
        ) % {"points": row.points, "least": method.MIN_POINTS}
    if row.refusal == "band_missed":
        names = {"inside": row.inside, "forecasts": row.forecasts}
        return (
            _("回测的%(forecasts)d个数中只有%(inside)d个落在80%%区间内，不到七成，所以不显示推算。")
            % names
        )
    words = {
        "": "",
        "no_test": _(
            "历年数据太少或间隔太大，五年以内的回测不足3次，推算是否可靠无从检验，所以不显示。"
        ),
        "last_value_better": _("回测中推算的误差不低于“沿用末值”，所以不显示推算。"),
        "line_better": _("回测中推算的误差不低于“直线外推”，所以不显示推算。"),
        "beyond_figures": _("数值超出了可以推算的范围。"),
    }
    return words[row.refusal]


def chance_refusal(code: str) -> str:
    """Why no chance is given for a goal."""
    words = {
        "no_projection": _("这个目标所依据的序列没有可用的推算，所以不给出达到的可能性。"),
        "not_quantified": _("目标没有可以计算的数字，不给出可能性。"),
        "no_deadline": _("文件没有写明期限，不给出可能性。"),
        "goal_past": _("期限已到，是否达到以实绩为准，不再推算。"),
        "too_far": _("期限离最近的年度数超过五年，回测没有检验过这么远，不推算。"),
        "part_year_goal": _("期限不是整年，年度数推不出它的可能性。"),
        "each_year": _("目标要求每年都达到，只推算一年的数说明不了问题，不给出可能性。"),
        "single_value": _("目标是一个确定的数，恰好等于它的可能性没有意义。"),
        "no_base": _("目标以基期计，而基期没有公布的数，算不出要达到的水平。"),
        "gap_in_sum": _("累计期内有的年份没有年度数，已有的合计不完整，不推算。"),
        "no_level": _("累计的起始期不明确，不推算。"),
    }
    return words.get(code, words["no_projection"])


def band_words(year: ProjectedYear, unit: Unit) -> str:
    """A year's middle and band: 中位数1万家，80%区间8千家至1.2万家."""
    return _("中位数%(median)s，80%%区间%(low)s至%(high)s") % {
        name: amounts.amount(getattr(year, name), unit, computed=True)
        for name in ("median", "low", "high")
    }


@reading
@require_safe
def projection_page(request: HttpRequest) -> HttpResponse:
    """The method in words, and how it did on every series: the back-test table."""
    live = known_for(request).is_live
    rows = (
        Projection.objects.tested()
        .select_related("indicator", "region")
        .order_by("indicator__code", "region__code")
    )
    page = page_of(rows, request.GET)
    context = {
        "live": live,
        "page": page,
        "lines": [_line(row) for row in page.object_list],
        "pooled": _pooled(),
        "published": method.PUBLISHED,
        "method": method,
    }
    return render(request, "dashboard/projection.html", context)


def _line(row: Projection) -> Line:
    return Line(
        row=row,
        to_last=_ratio(row.error, row.error_last),
        to_line=_ratio(row.error, row.error_line),
        covered=_ratio(Decimal(row.inside), Decimal(row.forecasts)),
        why=refusal_words(row),
    )


def _pooled() -> dict[str, Decimal | int | None]:
    """All tested series together; geometric means of the ratios where no error is 0. One query."""
    tested = ~Q(refusal__in=Projection.UNTESTED)
    errors = tested & Q(error__gt=0, error_last__gt=0, error_line__gt=0)

    def mean(yardstick: str) -> Exp:
        logs = Ln(Cast("error", FloatField())) - Ln(Cast(yardstick, FloatField()))
        return Exp(Avg(Case(When(errors, then=logs), output_field=FloatField())))

    found = Projection.objects.aggregate(
        series=Count("pk"),
        short=Count("pk", filter=~tested),
        tested=Count("pk", filter=tested),
        shown=Count("pk", filter=Q(refusal="")),
        forecasts=Sum(F("forecasts"), filter=tested),
        inside=Sum(F("inside"), filter=tested),
        to_last=mean("error_last"),
        to_line=mean("error_line"),
    )
    covered = _ratio(Decimal(found["inside"] or 0), Decimal(found["forecasts"] or 0))
    ratios = {
        name: None if found[name] is None else Decimal(repr(found[name])).quantize(PLACES)
        for name in ("to_last", "to_line")
    }
    return {**found, **ratios, "covered": covered}


def _ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or whole is None or whole == 0 else part / whole

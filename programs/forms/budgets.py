"""Translation in: the envelope of a program for a year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.language import in_language
from programs.forms.awards import FIRST_YEAR, LAST_YEAR, words_field
from programs.forms.money import MoneyField
from programs.models import Budget
from targets.models import Clause

_NEEDED = (
    "locator",
    "locator_en",
    "quote",
    "document__key",
    "document__title",
    "document__title_en",
)


class BudgetForm(forms.Form):
    """A year, a sum, where it is written; a change says why and names the version it was made on."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    amount = MoneyField(label=gettext_lazy("预算（万元）"), zero=True)
    source_title = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=200,
        help_text=gettext_lazy("批复、预算表或文件的名称与文号。"),
    )
    clause = forms.ChoiceField(
        label=gettext_lazy("依据条款"),
        required=False,
        help_text=gettext_lazy("预算写在本站的文件里时，选那一条原话；不在本站时留空。"),
    )
    note = words_field(gettext_lazy("备注"), required=False)
    reason = words_field(
        gettext_lazy("修改理由"),
        required=False,
        help_text=gettext_lazy("改动已登记的预算时必须写明。"),
    )
    version = forms.IntegerField(
        required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, changing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clause = self.fields["clause"]
        assert isinstance(clause, forms.ChoiceField)
        clause.choices = _clauses
        if changing:
            self.fields["year"].disabled = True
            self.fields["reason"].required = True
        else:
            del self.fields["reason"], self.fields["version"]

    def clean_clause(self) -> Clause | None:
        """The clause that was chosen, if any."""
        pk = self.cleaned_data["clause"]
        return Clause.objects.filter(pk=pk).first() if pk else None


def _clauses() -> list[Any]:
    """Every clause by its document, with its words; one query."""
    groups: dict[str, list[tuple[int, str]]] = {}
    rows = Clause.objects.select_related("document").order_by("-document__issued", "document", "pk")
    for row in rows.only(*_NEEDED):
        place = in_language(row.locator, row.locator_en)
        groups.setdefault(str(row.document), []).append((row.pk, f"{place} {row.quote}".strip()))
    return [("", _("不是本站的文件")), *groups.items()]


def initial_of(budget: Budget) -> dict[str, Any]:
    """The fields as an envelope states them."""
    return {
        "year": budget.year,
        "amount": budget.amount,
        "source_title": budget.source_title,
        "clause": budget.clause_id or "",
        "note": budget.note,
        "version": budget.version,
    }

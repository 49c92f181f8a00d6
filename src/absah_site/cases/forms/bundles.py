"""Of which days a bundle is, and for whom."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah_site.day_fields import DayField


class BundleForm(forms.Form):
    """Empty days: from the beginning, until today. Empty recipient: the own house."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)
    recipient = forms.CharField(
        label=_("Recipient outside both parties"),
        max_length=200,
        required=False,
        help_text=_(
            "Empty: your own house. Otherwise the other party's written consent is on record, or a law demands."
        ),
    )
    law = forms.CharField(label=_("Law that demands it"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["last"] < cleaned["first"]:
            self.add_error("last", _("The last day is before the first."))
        return cleaned

"""A decree about holidays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah_site.day_fields import DayField


class DecreeForm(forms.Form):
    """What a decree of the ministers (SKB) changed."""

    day = DayField(label=_("Day"))
    word = forms.ChoiceField(
        label=_("What it is now"),
        choices=[
            ("public-holiday", _("Public holiday")),
            ("joint-leave", _("Joint leave (cuti bersama)")),
            ("working", _("A working day again")),
            ("final", _("The list of its whole year is final")),
        ],
    )
    name = forms.CharField(label=_("Name of the holiday"), max_length=120, required=False)
    gloss = forms.CharField(label=_("Its name in English"), max_length=120, required=False)
    basis = forms.CharField(label=_("Number of the decree"), max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("word") in {"public-holiday", "joint-leave"} and not cleaned.get("name"):
            self.add_error("name", _("A holiday has a name."))
        return cleaned

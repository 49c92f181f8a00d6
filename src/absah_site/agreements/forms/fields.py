"""Fields that several forms use."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

#: The most characters of a reason.
LONG: Final = 2_000


def document_field() -> forms.CharField:
    """The written document that something rests on."""
    return forms.CharField(
        label=_("Document"), max_length=200, help_text=_("Number and date of the letter or minutes.")
    )


def reason_field() -> forms.CharField:
    """Why."""
    return forms.CharField(label=_("Reason"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))

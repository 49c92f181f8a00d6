"""Forms of letters: how a party numbers them, and the signature under one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.cases.letter_numbers import NumberPattern
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site.language import current_language
from absah_site.signing.forms import KeyForm


class PatternForm(forms.Form):
    """How the own party numbers its letters."""

    text = forms.CharField(
        label=_("Pattern"),
        max_length=120,
        help_text=_("{sifat} {nomor} or {nomor:04} {klasifikasi} {unit} {bulan} {bulan-romawi} {tahun}"),
    )
    unit = forms.CharField(label=_("Code of the unit"), max_length=40, required=False)
    classification = forms.CharField(label=_("Usual code of classification"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "text" in cleaned:
            try:
                cleaned["pattern"] = NumberPattern(**cleaned)
            except AbsahError as error:
                self.add_error("text", explain(error, current_language()).cause)
        return cleaned


class SignLetterForm(KeyForm):
    """The factors that open the own key, and the word."""

    agreed = forms.BooleanField(label=_("I have read it to its last page and agree to it."))


class SignedFileForm(forms.Form):
    """A file that was signed with another program."""

    file = forms.FileField(label=_("Signed PDF"))

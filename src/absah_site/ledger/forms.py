"""What an auditor looks for, and what officers hand in."""

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.audit.checkpoint import LARGEST_FILE
from absah.audit.commitment import SALT_BYTES, Salt
from absah.audit.tags import known_tags
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah.kernel.people import Nik
from absah_site.day_fields import MomentField
from absah_site.language import current_language

AREAS: Final = sorted({tag.partition(":")[0] for tag in known_tags()})


class SearchForm(forms.Form):
    """All fields narrow; none is needed."""

    perihal = forms.CharField(
        label=_("About"),
        required=False,
        max_length=160,
        help_text=_("For example certificate:4a11…, exactly as written."),
    )
    oleh = forms.CharField(label=_("By"), required=False, max_length=160)
    bidang = forms.ChoiceField(
        label=_("Area"), required=False, choices=[("", _("Every area")), *((area, area) for area in AREAS)]
    )
    sampai = MomentField(
        label=_("As it was at"),
        required=False,
        help_text=_("The ledger as it was at this moment (WIB)."),
    )


class OpeningForm(forms.Form):
    """A row, a person, and the salt that shows whether they belong together."""

    nomor = forms.IntegerField(
        label=_("Number of the row"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("As it stands in the copy of the own data, and in the own history."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    nama = forms.CharField(
        label=_("Name with titles"), max_length=200, help_text=_("Letter by letter as in the copy of the own data.")
    )
    nik = forms.CharField(label=_("NIK"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    garam = forms.CharField(
        label=_("Salt"),
        max_length=200,
        help_text=_("64 digits and letters from the copy of the own data."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )

    def clean_nik(self) -> Nik:
        """Blanks do not count."""
        try:
            return Nik("".join(self.cleaned_data["nik"].split()))
        except AbsahError as error:
            raise forms.ValidationError(explain(error, current_language()).cause) from None

    def clean_garam(self) -> Salt:
        """Hexadecimal; blanks do not count."""
        written = "".join(self.cleaned_data["garam"].split())
        if not re.fullmatch(rf"[0-9a-fA-F]{{{2 * SALT_BYTES}}}", written):
            raise forms.ValidationError(_("A salt has 64 digits and letters from a to f."))
        return Salt(bytes.fromhex(written))


class _CheckpointField(forms.FileField):
    """A small file."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if found is not None and (found.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than a checkpoint can be."))
        return found


class CounterpartForm(forms.Form):
    """Another party whose log we watch from now on."""

    name = forms.CharField(label=_("Name of the party"), max_length=120)
    address = forms.URLField(
        label=_("Address for checkpoints"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("https://…/rekam-jejak/terima/ on their system. Empty: files are handed over."),
    )
    mail = forms.EmailField(
        label=_("Mail for checkpoints"),
        required=False,
        help_text=_("Of the office that hands them in there. For where there is no address, or it does not answer."),
    )
    first = _CheckpointField(label=_("Their first checkpoint"))
    compared = forms.BooleanField(
        label=_("I have compared the fingerprint of their log with them, not by the way this file came.")
    )


class WaysForm(forms.Form):
    """Whereto checkpoints for a party go."""

    address = CounterpartForm.base_fields["address"]
    mail = CounterpartForm.base_fields["mail"]


class NewKeyForm(forms.Form):
    """The log of a party has a new key."""

    first = _CheckpointField(label=_("Their first checkpoint with the new key"))
    compared = CounterpartForm.base_fields["compared"]


class ReceivedForm(forms.Form):
    """The next checkpoint of a party."""

    file = _CheckpointField(label=_("Their checkpoint"))

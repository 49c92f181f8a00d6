"""What an auditor looks for, and what officers hand in."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.audit.checkpoint import LARGEST_FILE
from absah.audit.tags import known_tags

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
    sampai = forms.DateTimeField(
        label=_("As it was at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The ledger as it was at this moment (WIB)."),
    )


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

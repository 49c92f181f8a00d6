"""What is kept of agencies, and who appoints their verifikators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.enrolment.agency import CooperationAgreement
from absah_site.day_fields import DayField
from absah_site.registration.forms.fields import PLAIN
from absah_site.registration.forms.people import LetterForm


class KeptForm(forms.Form):
    """What an agency keeps up to date of itself."""

    units = forms.CharField(
        label=_("Units"),
        max_length=20_000,
        help_text=_("One in each line, as certificates name them."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    domains = forms.CharField(
        label=_("Domains of official mail"),
        required=False,
        max_length=2_000,
        help_text=_("One in each line, for example kota.go.id"),
        widget=forms.Textarea(attrs={"rows": 3} | PLAIN),
    )


class AgreementForm(forms.Form):
    """Under which agreement an agency is."""

    agreement_number = forms.CharField(label=_("Number of the agreement"), max_length=120)
    agreement_since = DayField(label=_("In force from"))
    agreement_until = DayField(label=_("In force until"))

    def agreement(self) -> CooperationAgreement:
        """What was typed. Raises AgreementNotInForce."""
        data = self.cleaned_data
        return CooperationAgreement(
            number=data["agreement_number"], since=data["agreement_since"], until=data["agreement_until"]
        )


class AgencyForm(AgreementForm, KeptForm):
    """An agency that joins."""

    field_order = (
        "name", "code", "organisation_identifier", "city", "province",
        "agreement_number", "agreement_since", "agreement_until", "units", "domains",
    )  # fmt: skip

    name = forms.CharField(label=_("Name of the agency"), max_length=64)
    code = forms.SlugField(
        label=_("Short name"), max_length=40, help_text=_("Small letters, digits and hyphens, for example sagara-biru")
    )
    organisation_identifier = forms.CharField(
        label=_("Organisation identifier"), max_length=64, help_text=_("As certificates name it (2.5.4.97)")
    )
    city = forms.CharField(label=_("City"), max_length=120)
    province = forms.CharField(label=_("Province"), max_length=120)


class AppointForm(LetterForm):
    """A verifikator to be, and the letter."""

    field_order = ("username", "letter")

    username = forms.CharField(
        label=_("Name the person signs in with"), max_length=150, widget=forms.TextInput(attrs=PLAIN)
    )
    letter = forms.FileField(
        label=_("Letter of appointment (PDF)"),
        help_text=_("At most 1 MiB; its electronic signature must verify."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class SuspendForm(forms.Form):
    """Why an agency is suspended."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

"""What a verifikator types of people: who is new, what changed, who leaves, and many at once."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.enrolment.applicant import Applicant, EmailAddress, Employment, FieldMalformed
from absah.enrolment.naming import NameMalformed, PersonName
from absah.kernel.people import Nik, Nip
from absah.pki.revocation import Cause
from absah_site.enrolment.access import RegisteredAgency
from absah_site.registration.forms.fields import DIGITS, PLAIN, content_of, nik_of, parsed, unit_choices, words_of

EMPLOYMENTS: Final[dict[str, Promise]] = {
    Employment.ASN: _("civil servant (PNS)"),
    Employment.PPPK: _("contract staff (PPPK)"),
    Employment.TNI: _("armed forces (TNI)"),
    Employment.POLRI: _("police (Polri)"),
    Employment.OTHER: _("other"),
}


class EntryForm(forms.Form):
    """A person as the agency knows one."""

    name = forms.CharField(label=_("Name as on the identity card"), max_length=120)
    titles_before = forms.CharField(label=_("Titles before the name"), max_length=60, required=False)
    titles_after = forms.CharField(label=_("Titles after the name"), max_length=60, required=False)
    nik = forms.CharField(label=_("NIK"), max_length=24, help_text=_("16 digits"), widget=forms.TextInput(attrs=DIGITS))
    employment = forms.ChoiceField(label=_("Employment"), choices=list(EMPLOYMENTS.items()))
    nip = forms.CharField(
        label=_("NIP"),
        max_length=30,
        required=False,
        help_text=_("18 digits; empty for those who have none"),
        widget=forms.TextInput(attrs=DIGITS),
    )
    unit = forms.ChoiceField(label=_("Unit"))
    post = forms.CharField(label=_("Post"), max_length=120)
    rank = forms.CharField(
        label=_("Rank and grade"), max_length=60, required=False, help_text=_("For example Penata, III/c")
    )
    email = forms.CharField(
        label=_("Official e-mail address"),
        max_length=254,
        help_text=_("Links go to this address only."),
        widget=forms.EmailInput(attrs=PLAIN),
    )
    city = forms.CharField(label=_("City"), max_length=120)
    province = forms.CharField(label=_("Province"), max_length=120)

    def __init__(self, agencies: tuple[RegisteredAgency, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].choices = unit_choices(agencies)  # type: ignore[attr-defined]  # a ChoiceField
        # Of several agencies the form cannot know which: a place that is wrong is worse than one to fill in.
        if len({one.agency.city for one in agencies}) == 1:
            self.fields["city"].initial = agencies[0].agency.city
            self.fields["province"].initial = agencies[0].agency.province

    def clean_nik(self) -> Nik:
        return parsed(nik_of, self.cleaned_data["nik"])

    def clean_nip(self) -> Nip | None:
        written = self.cleaned_data["nip"]
        return parsed(Nip.parse, written) if written else None

    def clean_email(self) -> EmailAddress:
        return parsed(EmailAddress.parse, self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        """The fields that only make sense together, as an applicant."""
        data = self.cleaned_data
        if not self.errors:
            try:
                data["applicant"] = self._applicant(data)
            except NameMalformed as error:
                self.add_error("name", words_of(error))
            except FieldMalformed as error:
                named = str(error.parameters.get("field"))
                self.add_error(named if named in self.fields else None, words_of(error))
        return data

    def _applicant(self, data: Mapping[str, Any]) -> Applicant:
        return Applicant(
            nik=data["nik"],
            nip=data["nip"],
            name=PersonName(full=data["name"], titles_before=data["titles_before"], titles_after=data["titles_after"]),
            email=data["email"],
            post=data["post"],
            unit=data["unit"].partition("|")[2],
            city=data["city"],
            province=data["province"],
            rank=data["rank"],
            employment=Employment(data["employment"]),
        )

    @property
    def agency(self) -> UUID:
        """The agency of the unit that was chosen."""
        return UUID(self.cleaned_data["unit"].partition("|")[0])


class ChangeForm(EntryForm):
    """What an agency changes of a person. The NIK is not asked again."""

    def __init__(self, agencies: tuple[RegisteredAgency, ...], *args: Any, **options: Any) -> None:
        super().__init__(agencies, *args, **options)
        del self.fields["nik"]
        self._nik: Nik | None = None

    @classmethod
    def of(cls, applicant: Applicant, agency: RegisteredAgency, /) -> "ChangeForm":
        """The form, filled with what is known."""
        known = {
            "name": applicant.name.full,
            "titles_before": applicant.name.titles_before,
            "titles_after": applicant.name.titles_after,
            "employment": applicant.employment or "",
            "nip": "" if applicant.nip is None else applicant.nip.digits,
            "unit": f"{agency.id}|{applicant.unit}",
            "post": applicant.post,
            "rank": applicant.rank,
            "email": applicant.email.address,
            "city": applicant.city,
            "province": applicant.province,
        }
        return cls((agency,), initial=known)

    def keep_nik(self, nik: Nik, /) -> None:
        """The NIK that the person has."""
        self._nik = nik

    def _applicant(self, data: Mapping[str, Any]) -> Applicant:
        return super()._applicant({**data, "nik": self._nik})


class LetterForm(forms.Form):
    """The recommendation letter."""

    letter = forms.FileField(
        label=_("Recommendation letter (PDF)"),
        help_text=_("At most 1 MiB, signed electronically by an official of sufficient rank."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    @property
    def content(self) -> bytes:
        """The bytes that were sent."""
        return content_of(self.cleaned_data["letter"])


class LeavingForm(forms.Form):
    """Why somebody leaves."""

    cause = forms.ChoiceField(
        label=_("Why"),
        choices=[
            (Cause.TRANSFERRED.value, _("transfer to another agency")),
            (Cause.RETIRED.value, _("retirement")),
            (Cause.RESIGNED.value, _("left the service")),
            (Cause.DECEASED.value, _("death")),
        ],
    )

"""What verifikators and applicants type. Values of the library check themselves; their words stand at the field."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from django import forms
from django.core.files.base import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.enrolment.applicant import Applicant, EmailAddress, Employment, FieldMalformed, Identity, PhoneNumber
from absah.enrolment.identity_checks import BY_EYE, Matter
from absah.enrolment.naming import NameMalformed, PersonName
from absah.enrolment.request import LONGEST_REASON
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah.kernel.people import Nik, Nip
from absah.pki.revocation import Cause
from absah_site.enrolment.access import RegisteredAgency
from absah_site.language import current_language

T = TypeVar("T")

PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
_DIGITS: Final = PLAIN | {"inputmode": "numeric"}
PICTURES: Final = "image/jpeg,image/png,image/webp"

EMPLOYMENTS: Final[dict[str, Promise]] = {
    Employment.ASN: _("civil servant (PNS)"),
    Employment.PPPK: _("contract staff (PPPK)"),
    Employment.TNI: _("armed forces (TNI)"),
    Employment.POLRI: _("police (Polri)"),
    Employment.OTHER: _("other"),
}
REASONS: Final[dict[str, Promise]] = {
    "card": _("The picture of the identity card cannot be read"),
    "selfie": _("The selfie is not clear"),
    "face": _("The face is not that of the identity card"),
    "data": _("The data differ from the identity card"),
    "letter": _("The recommendation letter is missing or wrong"),
    "post": _("Post or unit is not right"),
    "other": _("Another reason, as written below"),
}


def words_of(error: AbsahError, /) -> str:
    """What is wrong and what to do, in the reader's language: for beside a field."""
    told = explain(error, current_language())
    return f"{told.cause} {told.next_step}"


def parsed(parse: Callable[[str], T], written: str, /) -> T:
    """A value of the library from what was typed. Raises the form's error with the library's words."""
    try:
        return parse(written)
    except AbsahError as error:
        raise forms.ValidationError(words_of(error), code=error.code) from None


def nik_of(written: str, /) -> Nik:
    """A NIK as people type it, with or without spaces."""
    return Nik("".join(written.split()).replace(".", ""))


def content_of(upload: "File[bytes]", /) -> bytes:
    """The bytes of an upload, which are in memory already."""
    return b"".join(upload.chunks())


def unit_choices(agencies: tuple[RegisteredAgency, ...], /) -> list[tuple[str, Any]]:
    """Agency and unit in one choice; people with one agency see its units only."""
    groups = [(found.agency.name, [(f"{found.id}|{unit}", unit) for unit in found.agency.units]) for found in agencies]
    chosen: list[tuple[str, Any]] = [("", _("Choose"))]
    return chosen + (groups[0][1] if len(groups) == 1 else groups) if groups else chosen


class EntryForm(forms.Form):
    """A person as the agency knows one."""

    name = forms.CharField(label=_("Name as on the identity card"), max_length=120)
    titles_before = forms.CharField(label=_("Titles before the name"), max_length=60, required=False)
    titles_after = forms.CharField(label=_("Titles after the name"), max_length=60, required=False)
    nik = forms.CharField(
        label=_("NIK"), max_length=24, help_text=_("16 digits"), widget=forms.TextInput(attrs=_DIGITS)
    )
    employment = forms.ChoiceField(label=_("Employment"), choices=list(EMPLOYMENTS.items()))
    nip = forms.CharField(
        label=_("NIP"),
        max_length=30,
        required=False,
        help_text=_("18 digits; empty for those who have none"),
        widget=forms.TextInput(attrs=_DIGITS),
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
        if agencies:
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


class DecisionForm(forms.Form):
    """What a verifikator or the registration authority decides."""

    compared = forms.MultipleChoiceField(choices=[(matter.value, matter.value) for matter in BY_EYE], required=False)
    reason = forms.ChoiceField(
        label=_("Reason, where it goes back or is rejected"),
        choices=[("", _("Choose")), *REASONS.items()],
        required=False,
    )
    note = forms.CharField(
        label=_("What exactly"),
        required=False,
        max_length=LONGEST_REASON - 100,
        help_text=_("The applicant reads this. No NIK, no passphrase."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason as the applicant reads it; nothing where none was chosen."""
        chosen, note = self.cleaned_data["reason"], self.cleaned_data["note"].strip()
        if chosen in {"", "other"}:
            return (note,) if note else ()
        return (f"{REASONS[chosen]}: {note}" if note else str(REASONS[chosen]),)

    @property
    def matters(self) -> frozenset[Matter]:
        """What was compared by eye."""
        return frozenset(map(Matter, self.cleaned_data["compared"]))


class RevealForm(forms.Form):
    """Why somebody wants to see a NIK."""

    purpose = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("card", _("To compare it with the identity card")),
            ("correct", _("To correct the entry")),
            ("answer", _("To answer the person")),
        ],
    )


class PictureForm(forms.Form):
    """One picture."""

    picture = forms.FileField(
        label=_("Picture"), widget=forms.FileInput(attrs={"accept": PICTURES, "capture": "environment"})
    )

    @property
    def content(self) -> bytes:
        """The bytes that were sent."""
        return content_of(self.cleaned_data["picture"])


class IdentityForm(forms.Form):
    """What the person behind the link gives, and agrees to."""

    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        help_text=_("16 digits, from your identity card"),
        widget=forms.TextInput(attrs=_DIGITS),
    )
    born = forms.DateField(
        label=_("Date of birth"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    phone = forms.CharField(
        label=_("Telephone number"),
        max_length=24,
        help_text=_("For example 0812 3456 7890"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    agree = forms.BooleanField(label=_("I have read the text above and agree."))
    version = forms.CharField(widget=forms.HiddenInput())
    digest = forms.CharField(widget=forms.HiddenInput())

    def clean_nik(self) -> Nik:
        return parsed(nik_of, self.cleaned_data["nik"])

    def clean_phone(self) -> PhoneNumber:
        return parsed(PhoneNumber.parse, self.cleaned_data["phone"])

    @property
    def identity(self) -> Identity:
        """Who the person says to be."""
        data = self.cleaned_data
        return Identity(nik=data["nik"], born=data["born"], phone=data["phone"])


class ActivationForm(forms.Form):
    """What the person alone types: the passphrase, and how to sign in from now on."""

    username = forms.CharField(
        label=_("Name to sign in with"),
        max_length=60,
        widget=forms.TextInput(attrs=PLAIN | {"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password to sign in"),
        max_length=128,
        help_text=_("At least 10 characters, and another than the passphrase."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    passphrase = forms.CharField(
        label=_("Passphrase of your key"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters: several words that only you would put together."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-strength": "passphrase"}),
    )
    again = forms.CharField(
        label=_("Passphrase once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    with_totp = forms.BooleanField(
        label=_("Bind an authenticator app as second factor (recommended)"), required=False, initial=True
    )
    agree = forms.BooleanField(label=_("I accept the agreement. My new key signs it first."))

    def __init__(self, *args: Any, has_account: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if has_account:
            del self.fields["username"], self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """Both passphrases are the same, and the password is another."""
        data = self.cleaned_data
        first, second = data.get("passphrase"), data.get("again")
        if first is not None and second is not None and first != second:
            self.add_error("again", _("The two differ. Type both again."))
        if first and first == data.get("password"):
            self.add_error("passphrase", _("This is your password. Choose another passphrase."))
        return data


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


class PassphraseForm(forms.Form):
    """The old passphrase and the new one."""

    old = forms.CharField(
        label=_("Present passphrase"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    passphrase = forms.CharField(
        label=_("New passphrase"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters: several words that only you would put together."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-strength": "passphrase"}),
    )
    again = forms.CharField(
        label=_("New passphrase once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same."""
        data = self.cleaned_data
        if "passphrase" in data and "again" in data and data["passphrase"] != data["again"]:
            self.add_error("again", _("The two differ. Type both again."))
        return data


class AskForm(forms.Form):
    """Consent to the present text, for the next certificate."""

    agree = forms.BooleanField(label=_("I have read the text above and agree."))
    version = forms.CharField(widget=forms.HiddenInput())
    digest = forms.CharField(widget=forms.HiddenInput())


class SignForm(forms.Form):
    """The passphrase, to sign the agreement."""

    passphrase = forms.CharField(
        label=_("Passphrase of your key"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


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


class AgencyForm(KeptForm):
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
    agreement_number = forms.CharField(label=_("Number of the agreement"), max_length=120)
    agreement_since = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}))
    agreement_until = forms.DateField(label=_("In force until"), widget=forms.DateInput(attrs={"type": "date"}))


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


class ListForm(forms.Form):
    """A list of people of one agency."""

    agency = forms.ChoiceField(label=_("Agency"))
    people = forms.FileField(
        label=_("List (CSV or XLSX)"),
        help_text=_("At most 5 MiB. Nobody is entered before you have seen what was found."),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )

    def __init__(self, agencies: tuple[RegisteredAgency, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(found.id), found.agency.name) for found in agencies]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if len(choices) == 1:
            self.fields["agency"].initial = choices[0][0]

    @property
    def content(self) -> bytes:
        """The bytes that were sent."""
        return content_of(self.cleaned_data["people"])

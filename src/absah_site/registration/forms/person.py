"""What a person types alone: identity, pictures, and what the own key needs."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.enrolment.applicant import Identity, PhoneNumber
from absah.kernel.people import Nik
from absah_site.actors import Account
from absah_site.day_fields import DayField
from absah_site.enrolment.actions import OwnAccount, SignIn
from absah_site.registration.forms.fields import DIGITS, PLAIN, content_of, nik_of, parsed

PICTURES: Final = "image/jpeg,image/png,image/webp"


class PictureForm(forms.Form):
    """One picture."""

    picture = forms.FileField(label=_("Picture"), widget=forms.FileInput(attrs={"accept": PICTURES}))

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
        widget=forms.TextInput(attrs=DIGITS),
    )
    born = DayField(
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


class NewAccountForm(forms.Form):
    """How the person signs in from now on, unless there is an account."""

    username = forms.CharField(
        label=_("Name to sign in with"),
        max_length=60,
        widget=forms.TextInput(attrs=PLAIN | {"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password to sign in"),
        max_length=128,
        strip=False,
        help_text=_("At least 10 characters, and another than the passphrase."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, has_account: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if has_account:
            del self.fields["username"], self.fields["password"]

    def sign_in(self, actor: Account | None) -> OwnAccount | SignIn:
        """The account that the person is signed in with, or how to sign in from now on."""
        if actor is not None:
            return OwnAccount(public_id=actor.public_id)
        return SignIn(username=self.cleaned_data.get("username", ""), password=self.cleaned_data.get("password", ""))


class OwnKeyForm(NewAccountForm):
    """The request of a key that the person made elsewhere."""

    request = forms.FileField(
        label=_("Certificate request (PKCS #10)"),
        max_length=200,
        help_text=_("PEM or DER, at most 16 KiB"),
        widget=forms.FileInput(attrs={"accept": ".csr,.p10,.pem,.der,application/pkcs10"}),
    )
    agree = forms.BooleanField(label=_("I accept the agreement, and sign it with my key before anything else."))

    @property
    def content(self) -> bytes:
        """The bytes that were sent."""
        return content_of(self.cleaned_data["request"])


class ActivationForm(NewAccountForm):
    """What the person alone types: the passphrase, and how to sign in from now on."""

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

    def clean(self) -> dict[str, Any]:
        """Both passphrases are the same, and the password is another."""
        data = self.cleaned_data
        first, second = data.get("passphrase"), data.get("again")
        if first is not None and second is not None and first != second:
            self.add_error("again", _("The two differ. Type both again."))
        if first and first == data.get("password"):
            self.add_error("passphrase", _("This is your password. Choose another passphrase."))
        return data


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


class SignedForm(forms.Form):
    """A document that the person has signed elsewhere."""

    signed = forms.FileField(
        label=_("The agreement, signed with your key (PDF)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    @property
    def content(self) -> bytes:
        """The bytes that were sent."""
        return content_of(self.cleaned_data["signed"])

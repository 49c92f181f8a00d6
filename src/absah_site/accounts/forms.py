"""The shape of what people type at the door, and about their own safety."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from absah_site.accounts.access import LostHow, Reason
from absah_site.day_fields import DayField
from absah_site.passkey_answers import PasskeyAnswerField

_NAME = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class ConfirmForm(forms.Form):
    """The password of the account."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SignInForm(ConfirmForm):
    """User name and password. Password managers and pasting are welcome (WCAG 2.2, 3.3.8)."""

    field_order = ("username", "password")

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """People write codes in groups."""
        return "".join(str(self.cleaned_data["code"]).split())


class PasskeyForm(forms.Form):
    """What a passkey answers: filled in by the script of the page."""

    answer = PasskeyAnswerField(widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    """A new passkey, and the person's own word for it."""

    name = forms.CharField(label=_("Name of this passkey"), max_length=60, help_text=_("For example: office laptop"))


class NewPasswordForm(forms.Form):
    """A password that a person sets."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=1024,
        help_text=_("At least 10 characters. Not your name, not a common password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Typed twice, because nobody sees it."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("The two differ."))
        return again


class PasswordForm(NewPasswordForm):
    """Another password, in place of the one until now."""

    field_order = ("old", "new", "again")

    old = forms.CharField(
        label=_("Password until now"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewFactorForm(ConfirmForm, CodeForm):
    """The password, and the first code of a new authenticator app."""

    field_order = ("password", "code")


class ClosingForm(forms.Form):
    """Why an account is closed."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[
            (Reason.LEFT.value, _("The person has left")),
            (Reason.NO_DUTY.value, _("The person has no duty here any more")),
            (Reason.MISUSE.value, _("The account was misused")),
            (Reason.DECEASED.value, _("The person has died")),
        ],
    )


class LostFactorForm(forms.Form):
    """What became of the device with the second factor."""

    why = forms.ChoiceField(
        label=_("What happened to the device"),
        choices=[
            (LostHow.LOST.value, _("It is lost")),
            (LostHow.BROKEN.value, _("It is broken or was replaced")),
            (LostHow.STOLEN.value, _("It was stolen")),
        ],
    )


class ForgottenForm(forms.Form):
    """Who has forgotten the password."""

    username = forms.CharField(
        label=_("User name"), max_length=150, widget=forms.TextInput(attrs=_NAME | {"autocomplete": "username"})
    )


class ColleagueForm(forms.Form):
    """A new account for an officer."""

    name = forms.CharField(label=_("Name"), max_length=150)
    username = forms.RegexField(
        r"^[A-Za-z0-9@.+_-]+$",
        label=_("Name the person signs in with"),
        max_length=60,
        help_text=_("Letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs=_NAME),
    )
    email = forms.EmailField(
        label=_("Official e-mail address"),
        max_length=254,
        help_text=_("The link to set a password goes there. It lives for 24 hours."),
        widget=forms.EmailInput(attrs=_NAME),
    )
    role = forms.ChoiceField(label=_("Role"), choices=())

    def __init__(self, given: QueryDict | None, /, *, roles: list[tuple[str, str]]) -> None:
        """The roles that the reader may give."""
        super().__init__(given)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class DelegationForm(forms.Form):
    """A role for a time: whole days by the calendar of Jakarta, the last one included."""

    username = forms.CharField(
        label=_("Name the person signs in with"), max_length=150, widget=forms.TextInput(attrs=_NAME)
    )
    role = forms.ChoiceField(label=_("Role"), choices=())
    acting = forms.ChoiceField(
        label=_("As"),
        choices=(
            ("plh", _("Plh. (for somebody who is away)")),
            ("plt", _("Plt. (the post is vacant)")),
        ),
    )
    acting_for = forms.CharField(
        label=_("For whom (name to sign in with)"),
        max_length=150,
        required=False,
        help_text=_("Only for Plh."),
        widget=forms.TextInput(attrs=_NAME),
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("Until and including"))

    def __init__(self, given: QueryDict | None, /, *, roles: list[tuple[str, str]]) -> None:
        """The roles that the reader may give."""
        super().__init__(given)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]

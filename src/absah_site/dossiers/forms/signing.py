"""What a signer says and shows, and the other answers."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.signing.factors import Factors, Secret
from absah.workflow.parts import Person
from absah_site.accounts.access import passkey_answer
from absah_site.passkey_answers import PasskeyAnswerField
from absah_site.signing.forms import KeyForm


class FactorsForm(KeyForm):
    """The passphrase, and a code of the app or a passkey's answer."""

    answer = PasskeyAnswerField(required=False)

    def clean(self) -> dict[str, Any]:
        """One of the two is here."""
        data = super().clean() or self.cleaned_data
        if "totp" in data and not data["totp"] and not data.get("answer"):
            self.add_error("totp", self.fields["totp"].error_messages["required"])
        return data

    def factors(self) -> Factors:
        """Both factors. An answer that cannot be read is one that proves nothing."""
        answer = self.cleaned_data.get("answer")
        return replace(super().factors(), passkey=passkey_answer(answer) if answer else None)


class SignForm(FactorsForm):
    """The affirmation and both factors. `seen` is the round that was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    has_read = forms.BooleanField(label=_("I have read the document to its last page."), required=False)
    agrees = forms.BooleanField(label=_("I agree to it and sign it on behalf of my post."), required=False)


class SealForm(forms.Form):
    """The affirmation of whoever confirms the agency's seal, and two factors of the account."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    has_read = forms.BooleanField(label=_("I have read the document to its last page."), required=False)
    agrees = forms.BooleanField(
        label=_("I confirm that the agency's seal is put on it, as another person asked."), required=False
    )
    password = forms.CharField(
        label=_("Password of your account"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of the app for signing in"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    answer = PasskeyAnswerField(required=False)

    def clean_code(self) -> str:
        """People write codes in groups."""
        return "".join(str(self.cleaned_data["code"]).split())

    def clean(self) -> dict[str, Any]:
        """One of the two is here."""
        data = super().clean() or self.cleaned_data
        if "code" in data and not data["code"] and not data.get("answer"):
            self.add_error("code", self.fields["code"].error_messages["required"])
        return data


class ElsewhereFactors(FactorsForm):
    """The factors of a key that the national service holds: the passphrase or a code of its own, or both."""

    def __init__(self, *args: Any, both: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._both = both
        self.fields["passphrase"].required = both
        self.fields["totp"].label = _("One-time code of the national service")

    def clean(self) -> dict[str, Any]:
        """As many are here as the service takes."""
        data = forms.Form.clean(self) or self.cleaned_data
        passphrase, totp = data.get("passphrase"), data.get("totp")
        if "totp" in data and (not totp if self._both else not (totp or passphrase)):
            self.add_error("totp" if self._both else "passphrase", self.fields["totp"].error_messages["required"])
        return data

    def factors(self) -> Factors:
        """What the service is shown."""
        data = self.cleaned_data
        passphrase = Secret(data["passphrase"]) if data["passphrase"] else None
        return Factors(passphrase=passphrase, totp=data["totp"] or None)


class ElsewhereForm(ElsewhereFactors, SignForm):
    """The affirmation, and what the national service is shown."""


class ReasonForm(forms.Form):
    """Why it is not signed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ForwardForm(forms.Form):
    """Who signs instead."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    person = forms.ChoiceField(label=_("Who signs instead"))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def __init__(self, *args: Any, people: tuple[Person, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.choices = [(str(one.account), f"{one.name} · {one.post}") for one in people]  # type: ignore[attr-defined]

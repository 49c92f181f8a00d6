"""What a holder shows to use the own key, or to let a passkey agree for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.signing.factors import Factors, Secret
from absah_site.passkey_answers import PasskeyAnswerField


class KeyForm(forms.Form):
    """The factors that open the own key. What was shown is never sent back to the browser."""

    passphrase = forms.CharField(
        label=_("Passphrase of the certificate"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    totp = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("6 digits from the authenticator app"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}),
        required=False,
    )

    def factors(self) -> Factors:
        """What was shown."""
        data = self.cleaned_data
        return Factors(passphrase=Secret(data["passphrase"]), totp=data["totp"] or None)


class BindForm(KeyForm):
    """The factors that the key has already, and the answer of the passkey."""

    answer = PasskeyAnswerField(required=False)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.fields["totp"].help_text = _("If you have bound one for signing.")

"""What a holder shows to let a passkey agree for the own key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.signing.factors import Factors, Secret


class BindForm(forms.Form):
    """The factors that the key has already, and the answer of the passkey."""

    passphrase = forms.CharField(
        label=_("Passphrase of the certificate"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    totp = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("6 digits from the authenticator app"),
        help_text=_("If you have bound one for signing."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}),
        required=False,
    )
    answer = forms.JSONField(required=False)

    def factors(self) -> Factors:
        """What was shown."""
        data = self.cleaned_data
        return Factors(passphrase=Secret(data["passphrase"]), totp=data["totp"] or None)

"""What a leader says and shows over many documents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.signing.factors import Factors, Secret


class AuthoriseForm(forms.Form):
    """The affirmation over the list, and both factors."""

    has_read = forms.BooleanField(label=_("I have read these documents."), required=False)
    agrees = forms.BooleanField(label=_("I agree to all of them and sign them on behalf of my post."), required=False)
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
    )

    def factors(self) -> Factors:
        """Both factors."""
        return Factors(passphrase=Secret(self.cleaned_data["passphrase"]), totp=self.cleaned_data["totp"])

"""The name and password of the agency at the national service."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CredentialForm(forms.Form):
    """Both are stored sealed and shown to nobody again."""

    username = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

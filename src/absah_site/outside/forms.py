"""Which people are shown; the account that a person makes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah_site.outside.words import STANDINGS


class SieveForm(forms.Form):
    """What is asked of the table, in its address."""

    cari = forms.CharField(required=False, max_length=80, label=_("Name"))
    status = forms.ChoiceField(
        required=False,
        label=_("Status"),
        choices=[("", _("all")), *((word.value, said) for word, said in STANDINGS.items())],
    )
    hari = forms.ChoiceField(required=False, label=_("Ends within"))
    gagal = forms.BooleanField(required=False, label=_("Only those that could not be looked up"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["hari"]
        field.choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("any time")),
            *((str(days), _("{days} days").format(days=days)) for days in (7, 30, 90)),
        ]


class WelcomeForm(forms.Form):
    """Name and password of a new account."""

    username = forms.CharField(label=_("Name to sign in with"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters. This is not the passphrase of your certificate."),
    )
    again = forms.CharField(
        label=_("The password again"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both have to be the same."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data

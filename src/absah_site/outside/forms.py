"""Which people are shown; the account that a person makes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah_site.accounts.forms import NewPasswordForm
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


class WelcomeForm(NewPasswordForm):
    """Name and password of a new account."""

    field_order = ("username", "new", "again")

    username = forms.CharField(label=_("Name to sign in with"), max_length=150)

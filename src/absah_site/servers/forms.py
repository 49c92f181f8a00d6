"""What agencies type: a domain to show, a certificate to ask for."""

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHOD_NAMES: Final[dict[str, Promise]] = {"dns": _("a TXT record in DNS"), "http": _("a file on the server")}
PRODUCT_NAMES: Final[dict[str, Promise]] = {
    "tls-server": _("TLS server"),
    "tls-client": _("TLS client"),
    "application": _("application"),
}
_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class _AtAgency(forms.Form):
    """For one of the person's agencies; those with one do not choose."""

    agency = forms.ChoiceField(label=_("Agency"))

    def __init__(self, agencies: dict[str, str], *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own
        self.fields["agency"].choices = list(agencies.items())  # type: ignore[attr-defined]  # a ChoiceField
        if len(agencies) == 1:
            self.fields["agency"].widget = forms.HiddenInput()
            self.fields["agency"].initial = next(iter(agencies))


class DomainForm(_AtAgency):
    """A domain that the agency will show to be its own."""

    name = forms.CharField(
        label=_("Domain"), help_text=_("For example kota.go.id"), max_length=255, widget=forms.TextInput(attrs=_PLAIN)
    )
    method = forms.ChoiceField(
        label=_("Shown by"),
        choices=list(METHOD_NAMES.items()),
        help_text=_("DNS speaks for all names below the domain, and for wildcards; a file for its own host only."),
    )


class OrderForm(_AtAgency):
    """A certificate that is asked for."""

    profile = forms.ChoiceField(label=_("For what"), choices=list(PRODUCT_NAMES.items()))
    names = forms.CharField(
        label=_("Server names"),
        required=False,
        max_length=20_000,
        help_text=_("One in each line; not for an application."),
        widget=forms.Textarea(attrs={"rows": 3, **_PLAIN}),
    )
    common_name = forms.CharField(
        label=_("Name of the machine or application"),
        required=False,
        max_length=64,
        help_text=_("Not for a server."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    request = forms.CharField(
        label=_("Certificate request (CSR)"),
        max_length=20_000,
        help_text=_("PEM. Only its key counts; who you are comes from the registration of your agency."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", **_PLAIN}),
    )

"""The shape of a new version of a policy."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah_site.day_fields import DayField
from absah_site.repository.access import PolicyKind

KIND_NAMES: Final = {
    PolicyKind.CP: _("Certificate policy (CP)"),
    PolicyKind.CPS: _("Certification practice statement (CPS)"),
    PolicyKind.PDS: _("Disclosure statement (PDS)"),
}


class PolicyForm(forms.Form):
    """A PDF and what is said about it. What fits together is checked by the action."""

    kind = forms.ChoiceField(label=_("Document"), choices=[(kind.value, name) for kind, name in KIND_NAMES.items()])
    version = forms.CharField(
        label=_("Version"), max_length=20, help_text=_("For example 1.2. A version is never changed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=200)
    oid = forms.CharField(
        label=_("Policy OID"), max_length=120, widget=forms.TextInput(attrs={"spellcheck": "false", "lang": "en"})
    )
    effective = DayField(label=_("In force from"))
    file = forms.FileField(label=_("PDF file"), widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}))

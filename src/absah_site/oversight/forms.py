"""What operators type: a search, an end or a hold, a proposal; and the words for reasons and causes."""

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.pki.profile_toml import profile_names
from absah.pki.revocation import Cause
from absah_site.oversight.access import Kind

CAUSE_NAMES: Final[dict[Cause, Promise]] = {
    Cause.TRANSFERRED: _("transferred to another post"),
    Cause.RETIRED: _("retired"),
    Cause.RESIGNED: _("left the service"),
    Cause.DECEASED: _("deceased"),
    Cause.DATA_CHANGED: _("data have changed"),
    Cause.KEY_COMPROMISED: _("key or passphrase known to others"),
    Cause.DEVICE_LOST: _("device lost"),
    Cause.KEY_LOST: _("key lost"),
    Cause.REPLACED: _("replaced by another certificate"),
    Cause.AGREEMENT_ENDED: _("cooperation agreement ended"),
    Cause.VIOLATION: _("rules were broken"),
}
REASON_NAMES: Final[dict[str, Promise]] = {
    "unspecified": _("no reason given"),
    "key_compromise": _("key compromised"),
    "ca_compromise": _("key of the authority compromised"),
    "affiliation_changed": _("affiliation or data changed"),
    "superseded": _("replaced"),
    "cessation_of_operation": _("no longer needed"),
    "certificate_hold": _("on hold"),
    "privilege_withdrawn": _("right withdrawn"),
}
PROFILE_NAMES: Final[dict[str, Promise]] = {
    "individual-signer": _("person"),
    "organisation-seal": _("electronic seal"),
    "root-ca": _("root"),
    "issuing-ca": _("issuing CA"),
    "ocsp-responder": _("OCSP responder"),
    "tsa": _("time-stamping"),
    "tls-server": _("TLS server"),
    "tls-client": _("TLS client"),
    "application": _("application"),
}
AUTHORITY_NAMES: Final[dict[str, Promise]] = {
    "root": _("root"),
    "issuing": _("issuing CA"),
    "ocsp": _("OCSP responder"),
    "tsa": _("time-stamping"),
}
KIND_NAMES: Final[dict[str, Promise]] = {
    Kind.MASS_REVOCATION: _("Mass revocation"),
    Kind.AUTHORITY_ENDING: _("End of an authority"),
    Kind.PROFILE_ACCEPTANCE: _("Acceptance of a profile"),
}
_STATES: Final = (
    ("", _("any state")),
    ("good", _("valid")),
    ("suspended", _("suspended")),
    ("revoked", _("revoked")),
    ("ending", _("ends within 30 days")),
)
_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false"}


class SearchForm(forms.Form):
    """What an operator looks for."""

    q = forms.CharField(
        label=_("Serial number, fingerprint, subscriber number or name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", **_PLAIN}),
    )
    state = forms.ChoiceField(label=_("State"), choices=_STATES, required=False)


class EndForm(forms.Form):
    """Why a certificate ends; that it cannot be taken back is confirmed."""

    cause = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("choose one")), *((cause.value, name) for cause, name in CAUSE_NAMES.items())],
    )
    sure = forms.BooleanField(label=_("I know that a revocation cannot be taken back"))


class HoldForm(forms.Form):
    """Why a certificate is held."""

    cause = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("choose one")), *((cause.value, name) for cause, name in CAUSE_NAMES.items())],
    )


class EndingForm(forms.Form):
    """Which authority ends."""

    authority = forms.CharField(
        label=_("Authority"), help_text=_("Its short name."), max_length=40, widget=forms.TextInput(attrs=_PLAIN)
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ProfileForm(forms.Form):
    """Which profile is accepted as this release has it."""

    profile = forms.ChoiceField(
        label=_("Profile"), choices=[(name, PROFILE_NAMES.get(name, name)) for name in profile_names()]
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ShardsForm(forms.Form):
    """Over how many lists the certificates are spread that a CA issues from now on."""

    shards = forms.IntegerField(label=_("Partial lists"), min_value=1, max_value=1024)
    sure = forms.BooleanField(label=_("I know that the number can only grow"))


class MassRevocationForm(forms.Form):
    """Which certificates end, why, and in words for the second person."""

    selection = forms.ChoiceField(
        label=_("Which certificates"),
        choices=(
            ("issuer", _("everything that an authority issued")),
            ("key", _("every certificate of the same key")),
            ("list", _("the serial numbers below")),
        ),
    )
    what = forms.CharField(
        label=_("Authority or serial numbers"),
        help_text=_("The short name of the authority, one serial number, or one in each line."),
        max_length=4_000_000,
        widget=forms.Textarea(attrs={"rows": 4, **_PLAIN}),
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (reason, REASON_NAMES[reason])
            for reason in (
                "key_compromise",
                "ca_compromise",
                "superseded",
                "cessation_of_operation",
                "privilege_withdrawn",
            )
        ],
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

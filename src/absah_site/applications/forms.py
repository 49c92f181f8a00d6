"""What people type who look after applications."""

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.esign.asks import Reading
from absah.signing.levels import Level
from absah.signing.placement import Occurrence
from absah_site.applications.access import NO_FAULTS, Faults, RegisteredApplication, Scope

SCOPE_NAMES: Final[dict[str, Promise]] = {
    Scope.SIGN: _("sign for people"),
    Scope.SEAL: _("seal for the agency"),
    Scope.VERIFY: _("check documents"),
    Scope.STATUS: _("ask for status and certificates"),
    Scope.REGISTER: _("register people"),
}
OUTCOME_NAMES: Final[dict[str, Promise]] = {
    "": _("nothing"),
    "500": _("a failure of the service (500)"),
    "wrong-passphrase": _("a wrong passphrase (2031)"),
    "expired": _("an expired certificate (2022)"),
    "suspended": _("a suspended certificate (2024)"),
    "revoked": _("a revoked certificate (2023)"),
    "busy": _("a busy service (5032)"),
    "unknown": _("an outcome that nobody knows (4093)"),
}
_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class SettingsForm(forms.Form):
    """What may change of an application."""

    name = forms.CharField(label=_("Name of the application"), max_length=120)
    unit = forms.CharField(label=_("Unit that answers for it"), max_length=120)
    owner = forms.CharField(
        label=_("Person who answers for it"),
        max_length=64,
        required=False,
        help_text=_("The name with which that person signs in here."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    purpose = forms.CharField(label=_("What it is for"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=list(SCOPE_NAMES.items()), widget=forms.CheckboxSelectMultiple
    )
    addresses = forms.CharField(
        label=_("Addresses it may call from"),
        required=False,
        max_length=3000,
        help_text=_("One address or network in each line, such as 10.1.2.0/24. Empty: from everywhere."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", **_PLAIN}),
    )
    daily_quota = forms.IntegerField(label=_("Signing calls a day"), min_value=0, max_value=10_000_000, initial=10_000)
    level = forms.ChoiceField(
        label=_("Level of signatures"), choices=[(one.value, f"PAdES {one.value}") for one in Level], initial="B-T"
    )
    both_factors = forms.BooleanField(
        label=_("Sign only with passphrase and one-time code together"),
        required=False,
        help_text=_("Without this mark the application signs with one factor, at the responsibility of the agency."),
    )
    needs_certificate = forms.BooleanField(
        label=_("Let it in only with its certificate (mutual TLS)"),
        required=False,
        help_text=_("The password alone, or a token, is not enough then."),
    )
    occurrence = forms.ChoiceField(
        label=_("Where a mark stands several times"),
        choices=[
            (Occurrence.FIRST.value, _("the first counts")),
            (Occurrence.LAST.value, _("the last counts")),
            (Occurrence.EVERY.value, _("each gets a signature of its own")),
        ],
    )
    far_corner = forms.BooleanField(
        label=_("Version 1: width and height are the far corner"),
        required=False,
        help_text=_("Only for applications that send coordinates instead of sizes."),
    )
    fault = forms.ChoiceField(
        label=_("Pretend in the sandbox"), choices=list(OUTCOME_NAMES.items()), required=False, initial=""
    )
    fault_every = forms.IntegerField(label=_("in every so many-th call"), min_value=1, max_value=1000, initial=1)
    delay = forms.FloatField(label=_("Seconds before each answer"), min_value=0, max_value=120, initial=0)

    def settings(self, application: RegisteredApplication, /) -> RegisteredApplication:
        """The application with what was typed."""
        data = self.cleaned_data
        return replace(application, **common(data))


class RegistrationForm(SettingsForm):
    """A new application."""

    agency = forms.ChoiceField(label=_("Agency"))
    username = forms.CharField(
        label=_("User name"),
        min_length=3,
        max_length=64,
        help_text=_("Small letters, digits, hyphens. It cannot be changed later."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    field_order = ("agency", "username")

    def __init__(self, agencies: dict[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = list(agencies.items())  # type: ignore[attr-defined]  # a ChoiceField
        if len(agencies) == 1:
            self.fields["agency"].widget = forms.HiddenInput()
            self.fields["agency"].initial = next(iter(agencies))


class CertificateForm(forms.Form):
    """A certificate that the application may show."""

    certificate = forms.CharField(
        label=_("TLS client certificate"),
        max_length=20_000,
        help_text=_("PEM, as it was issued here to your agency."),
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", **_PLAIN}),
    )


def common(data: dict[str, Any], /) -> dict[str, Any]:
    """What both forms say, as values."""
    outcome, delay = data["fault"], data["delay"]
    return {
        "name": data["name"],
        "unit": data["unit"],
        "owner": data["owner"],
        "purpose": data["purpose"],
        "scopes": frozenset(map(Scope, data["scopes"])),
        "addresses": tuple(data["addresses"].split()),
        "daily_quota": data["daily_quota"],
        "level": Level(data["level"]),
        "both_factors": data["both_factors"],
        "needs_certificate": data["needs_certificate"],
        "reading": Reading(far_corner=data["far_corner"], occurrence=Occurrence(data["occurrence"])),
        "faults": Faults(delay=delay, outcome=outcome, every=data["fault_every"]) if outcome or delay else NO_FAULTS,
    }


def initial_of(application: RegisteredApplication, /) -> dict[str, Any]:
    """What the form shows of an application."""
    faults = application.faults
    return {
        "name": application.name,
        "unit": application.unit,
        "owner": application.owner,
        "purpose": application.purpose,
        "scopes": sorted(application.scopes),
        "addresses": "\n".join(application.addresses),
        "daily_quota": application.daily_quota,
        "level": application.level.value,
        "both_factors": application.both_factors,
        "needs_certificate": application.needs_certificate,
        "occurrence": application.reading.occurrence.value,
        "far_corner": application.reading.far_corner,
        "fault": faults.outcome,
        "fault_every": faults.every,
        "delay": faults.delay,
    }

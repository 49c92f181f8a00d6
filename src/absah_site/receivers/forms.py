"""Forms about webhooks."""

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.notices.webhooks.events import CHOOSABLE, Event
from absah_site.webhooks.access import KeptHook
from absah_site.webhooks.actions import Wanted

EVENT_NAMES: Final[dict[Event, Promise]] = {
    Event.REQUEST_SUBMITTED: _("A request for a certificate was entered"),
    Event.REQUEST_RETURNED: _("A request was sent back to its person"),
    Event.REQUEST_APPROVED: _("A request was approved"),
    Event.REQUEST_REJECTED: _("A request was rejected"),
    Event.REQUEST_WITHDRAWN: _("A request was withdrawn"),
    Event.PERSON_INVITED: _("A person was sent a link"),
    Event.PERSON_CHANGED: _("Data of a person were changed"),
    Event.PERSON_SUSPENDED: _("A person was suspended"),
    Event.PERSON_RESUMED: _("A person works again"),
    Event.PERSON_LEFT: _("A person left the agency"),
    Event.CERTIFICATE_ISSUED: _("A certificate was issued"),
    Event.CERTIFICATE_EXPIRING: _("A certificate ends soon"),
    Event.CERTIFICATE_SUSPENDED: _("A certificate was put on hold"),
    Event.CERTIFICATE_REINSTATED: _("The hold of a certificate ended"),
    Event.CERTIFICATE_REVOKED: _("A certificate was revoked"),
    Event.AGENCY_SUSPENDED: _("The agency was suspended"),
    Event.AGENCY_RESUMED: _("The agency works again"),
    Event.WEBHOOK_TESTED: _("A test"),
}


class HookForm(forms.Form):
    """What can be changed of a webhook."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("What your colleagues call the system."))
    address = forms.CharField(
        label=_("Address"),
        max_length=400,
        help_text=_("It begins with https:// and is reached from the public network."),
        widget=forms.URLInput(attrs={"class": "mono", "autocapitalize": "off", "spellcheck": "false"}),
    )
    everything = forms.BooleanField(
        label=_("Every event"), required=False, help_text=_("Also those that later versions of this system bring.")
    )
    events = forms.MultipleChoiceField(
        label=_("Or only these"),
        required=False,
        choices=[(event.value, EVENT_NAMES[event]) for event in CHOOSABLE],
        widget=forms.CheckboxSelectMultiple,
    )

    def wanted(self) -> Wanted:
        """What was typed."""
        data = self.cleaned_data
        events = None if data["everything"] else frozenset(map(Event, data["events"]))
        return Wanted(name=data["name"], address=data["address"].strip(), events=events)


class RegistrationForm(HookForm):
    """A new webhook."""

    agency = forms.ChoiceField(label=_("Agency"))
    field_order = ("agency", "name")

    def __init__(self, agencies: dict[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = list(agencies.items())  # type: ignore[attr-defined]  # a ChoiceField
        if len(agencies) == 1:
            self.fields["agency"].widget = forms.HiddenInput()
            self.fields["agency"].initial = next(iter(agencies))


def initial_of(hook: KeptHook, /) -> dict[str, Any]:
    """What the form shows of a webhook."""
    events = [] if hook.everything else sorted(event.value for event in hook.events)
    return {"name": hook.name, "address": hook.address, "everything": hook.everything, "events": events}

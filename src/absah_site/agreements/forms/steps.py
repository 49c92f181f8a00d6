"""Steps of the life of an agreement: one form an act, each giving the event it stands for."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.agreements.events import (
    Archived,
    ContactChanged,
    ContactChangeReceived,
    EndingAgreed,
    EndingDeclined,
    Event,
    ExtensionAgreed,
    ExtensionDeclined,
    IssuerRenamed,
    NoticeGiven,
    PartyRenamed,
    Renewed,
    RepresentativeAppointed,
)
from absah.agreements.model import NoticePurpose
from absah.agreements.parties import (
    Authority,
    ByOffice,
    ByPowerOfAttorney,
    Contact,
    DatedName,
    Representative,
    Role,
    Span,
)
from absah.agreements.questions import Question
from absah.kernel.clock import Instant
from absah.kernel.messages import Language
from absah_site.agreements.forms.fields import LONG, document_field, reason_field
from absah_site.day_fields import DayField
from absah_site.language import current_language


class ConfirmReadingForm(forms.Form):
    """Which reading of a clause holds, why, and by which document."""

    reading = forms.ChoiceField(label=_("Reading"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))
    document = document_field()

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indonesian = current_language() is Language.INDONESIAN
        field = self.fields["reading"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.key, each.text if indonesian else each.gloss) for each in question.readings]


class EventForm(forms.Form):
    """The day on which something happened. `event` makes the event of a valid form."""

    on = DayField(label=_("Day"))

    def event(self, *, by: Role, now: Instant) -> Event:
        """The event, by a party."""
        raise NotImplementedError

    @property
    def day(self) -> date:
        """The day on which it happened."""
        found: date = self.cleaned_data["on"]
        return found


class _NoticeForm(EventForm):
    purpose: NoticePurpose
    intended = DayField(label=_("Last day wanted"), help_text=_("Of the extended term, or of the agreement that ends."))
    document = document_field()

    def event(self, *, by: Role, now: Instant) -> Event:
        data = self.cleaned_data
        return NoticeGiven(
            on=self.day,
            recorded_at=now,
            by=by,
            purpose=self.purpose,
            intended=data["intended"],
            document=data["document"],
            proposed_on=data.get("proposed_on"),
        )


class AnnounceExtensionForm(_NoticeForm):
    purpose = NoticePurpose.EXTENSION


class AnnounceEndingForm(_NoticeForm):
    purpose = NoticePurpose.ENDING
    proposed_on = DayField(
        label=_("Day of the formal proposal"),
        required=False,
        help_text=_("Only where the agreement counts the notice from the proposal."),
    )


class AgreeExtensionForm(EventForm):
    last_day = DayField(label=_("New last day"))
    document = document_field()

    def event(self, *, by: Role, now: Instant) -> Event:
        data = self.cleaned_data
        return ExtensionAgreed(
            on=self.day, recorded_at=now, by=by, last_day=data["last_day"], document=data["document"]
        )


class AgreeEndingForm(EventForm):
    last_day = DayField(label=_("Last day"))
    document = document_field()

    def event(self, *, by: Role, now: Instant) -> Event:
        data = self.cleaned_data
        return EndingAgreed(on=self.day, recorded_at=now, by=by, last_day=data["last_day"], document=data["document"])


class DeclineExtensionForm(EventForm):
    reason = reason_field()

    def event(self, *, by: Role, now: Instant) -> Event:
        return ExtensionDeclined(on=self.day, recorded_at=now, by=by, reason=self.cleaned_data["reason"])


class DeclineEndingForm(EventForm):
    reason = reason_field()

    def event(self, *, by: Role, now: Instant) -> Event:
        return EndingDeclined(on=self.day, recorded_at=now, by=by, reason=self.cleaned_data["reason"])


class RenewForm(EventForm):
    successor = forms.CharField(label=_("Number of the new agreement"), max_length=120)
    document = document_field()

    def event(self, *, by: Role, now: Instant) -> Event:
        data = self.cleaned_data
        return Renewed(on=self.day, recorded_at=now, by=by, successor=data["successor"], document=data["document"])


class ArchiveForm(EventForm):
    def event(self, *, by: Role, now: Instant) -> Event:
        return Archived(on=self.day, recorded_at=now, by=by)


class PartyNameForm(EventForm):
    name = forms.CharField(label=_("New name"), max_length=200)

    def event(self, *, by: Role, now: Instant) -> Event:
        name = DatedName(name=self.cleaned_data["name"], since=self.day)
        return PartyRenamed(on=self.day, recorded_at=now, role=by, name=name)


class IssuerNameForm(EventForm):
    name = forms.CharField(label=_("New name of the issuing unit"), max_length=200)

    def event(self, *, by: Role, now: Instant) -> Event:  # noqa: ARG002  (its own party's by its nature)
        return IssuerRenamed(
            on=self.day, recorded_at=now, name=DatedName(name=self.cleaned_data["name"], since=self.day)
        )


class RepresentativeForm(EventForm):
    """Somebody else may sign for the party: by office, or by power of attorney."""

    name = forms.CharField(label=_("Name as in the certificate"), max_length=120)
    titled = forms.CharField(label=_("Name with titles"), max_length=160, required=False)
    post = forms.CharField(label=_("Post"), max_length=200)
    until = DayField(label=_("May sign until"), required=False)
    granted_by = forms.CharField(
        label=_("Power of attorney from"),
        max_length=160,
        required=False,
        help_text=_("Empty: acts by office. Otherwise the day of the letter is needed, too."),
    )
    granted_on = DayField(label=_("Day of the power of attorney"), required=False)
    decree = forms.CharField(label=_("Number of the decree or letter"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("granted_by") and not cleaned.get("granted_on"):
            self.add_error("granted_on", _("A power of attorney has a day."))
        return cleaned

    def representative(self, since: date, /) -> Representative:
        """The person with the authority to sign, from a day on."""
        data = self.cleaned_data
        authority: Authority = ByOffice(decree=data["decree"] or None)
        if data["granted_by"]:
            authority = ByPowerOfAttorney(
                granted_by=data["granted_by"], dated=data["granted_on"], number=data["decree"] or None
            )
        return Representative(
            name=data["name"],
            titled=data["titled"],
            post=data["post"],
            authority=authority,
            span=Span(first=since, last=data["until"]),
        )

    def event(self, *, by: Role, now: Instant) -> Event:
        return RepresentativeAppointed(
            on=self.day, recorded_at=now, role=by, representative=self.representative(self.day)
        )


class ContactForm(EventForm):
    """The party tells another address for letters."""

    effective_on = DayField(label=_("Takes effect on"))
    unit = forms.CharField(label=_("Unit"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=300)
    telephone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def event(self, *, by: Role, now: Instant) -> Event:
        data = self.cleaned_data
        contact = Contact(unit=data["unit"], address=data["address"], telephone=data["telephone"], email=data["email"])
        return ContactChanged(on=self.day, recorded_at=now, role=by, contact=contact, effective_on=data["effective_on"])


class ContactReceivedForm(EventForm):
    """The notice of the other party's new address arrived."""

    def event(self, *, by: Role, now: Instant) -> Event:
        return ContactChangeReceived(on=self.day, recorded_at=now, role=by.other)


#: The form of every act that a form can take, by the name that the graph of life or the address gives it.
FORMS: Final[dict[str, type[EventForm]]] = {
    "announce-extension": AnnounceExtensionForm,
    "announce-ending": AnnounceEndingForm,
    "agree-extension": AgreeExtensionForm,
    "agree-ending": AgreeEndingForm,
    "decline-extension": DeclineExtensionForm,
    "decline-ending": DeclineEndingForm,
    "renew": RenewForm,
    "archive": ArchiveForm,
    "party-name": PartyNameForm,
    "issuer-name": IssuerNameForm,
    "representative": RepresentativeForm,
    "contact": ContactForm,
    "contact-received": ContactReceivedForm,
}

#: What changes about a party without moving the life of the agreement, in the order of the page.
CHANGES: Final = {
    "representative": _("Another representative"),
    "party-name": _("Another name of the party"),
    "contact": _("Another address for correspondence"),
    "contact-received": _("The other party's new address was received"),
    "issuer-name": _("Another name of the issuing unit"),
}

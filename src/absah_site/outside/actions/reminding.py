"""Telling people that their certificate elsewhere ends: 90, 60, 30, 14, 7 days before, and on the day before."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse

from absah.enrolment.states import SubscriberState
from absah.enrolment.synchronising import REMINDERS, reminder_for
from absah.kernel.clock import legal_date
from absah.kernel.dates import day_word
from absah.notices.webhooks.events import Event, Fact, happened
from absah_site import composition
from absah_site.enrolment import access as enrolment
from absah_site.notices.actions import notify
from absah_site.outside.store import certificates
from absah_site.outside.store.certificates import KnownCertificate
from absah_site.webhooks.actions import announce

_MOST: Final = 20_000
_CHUNK: Final = 200


def remind_of_ends() -> int:
    """Tell each holder once at each distance. Returns how many were told."""
    now = composition.clock().now()
    today = legal_date(now)
    ending = certificates.ending(today, today + timedelta(days=REMINDERS[0]), limit=_MOST)
    told = 0
    for start in range(0, len(ending), _CHUNK):
        with transaction.atomic():
            told += sum(_remind(one) for one, _agency in ending[start : start + _CHUNK])
    return told


def _remind(one: KnownCertificate) -> bool:
    now = composition.clock().now()
    end = one.value.not_after
    days = None if end is None else reminder_for(end, today=legal_date(now))
    person = enrolment.subscriber_with_number(one.holder)
    if end is None or days is None or person.state is SubscriberState.LEFT:
        return False
    told = notify(
        "outside.certificate-ending",
        to=person.number.reference if person.user is None else f"user:{person.user}",
        parameters={"days": days, "until": day_word(end)},
        link=reverse("signing:mine"),
        occasion=f"outside-certificate:{one.id}:{days}",
        at=now,
    )
    if told:
        # Serials of others can look like a NIK: ours is an id of our own.
        facts: dict[str, Fact] = {"elsewhere": str(one.id), "person": one.holder, "days": days, "until": f"{end}"}
        announce(happened(Event.CERTIFICATE_EXPIRING, person.agency.id, facts, at=now))
    return told

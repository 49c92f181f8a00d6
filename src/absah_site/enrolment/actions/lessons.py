"""Before and after a key is made: the lesson, and the agreement that the key signs first."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.lesson import CURRENT_VERSION, missed
from absah.enrolment.subscriber_agreement_text import CURRENT_VERSION as AGREEMENT_VERSION
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.entry import opened_by
from absah_site.enrolment.store import requests


@transaction.atomic
def take_lesson(token: InvitationToken, answers: Mapping[str, str], /) -> frozenset[str]:
    """The person behind a link answers the lesson. Returns what was not right; with nothing left it is taken."""
    now = composition.clock().now()
    _, found = opened_by(token, Purpose.ACTIVATE, now=now)
    wrong = missed(answers)
    if not wrong and requests.lesson_of(found.id) != CURRENT_VERSION:
        requests.keep_lesson(found.id, CURRENT_VERSION)
        number = access.number_of(found.subscriber)
        record(
            at=now,
            tag=EnrolmentTag.LESSON_TAKEN,
            actor=number.reference,
            subject=f"request:{found.id}",
            facts={"version": CURRENT_VERSION},
        )
    return wrong


@transaction.atomic
def keep_agreement(subscriber: UUID, sha256: str, /) -> None:
    """The holder's new key has signed the agreement, which is kept under its SHA-256."""
    found = requests.newest_activated(subscriber)
    if found is None:
        return
    requests.keep_agreement(found[0], sha256)
    number = access.number_of(subscriber)
    record(
        at=composition.clock().now(),
        tag=EnrolmentTag.AGREEMENT_SIGNED,
        actor=number.reference,
        subject=f"request:{found[0]}",
        facts={"sha256": sha256, "version": AGREEMENT_VERSION},
    )

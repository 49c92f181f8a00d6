"""Failures to protect personal data: recorded, told to the people and to the authority within 3 x 24 hours."""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import PrivacyTag
from absah.kernel.clock import Instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import Parameter
from absah.kernel.rng import opaque_id
from absah.notices.content import Content
from absah.notices.kinds import kind_named
from absah.privacy.breach import Breach, ToldAlready, check_breach
from absah.privacy.processing import processings
from absah.privacy.requests import check_words
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.jobs.actions import Work, enqueue
from absah_site.notices.actions import notify
from absah_site.privacy import store
from absah_site.privacy.access import BreachUnknown
from absah_site.privacy.store import KeptBreach
from absah_site.roles import Permission

_AT_ONCE: Final = 500
_KIND: Final = "privacy.breach"
_LINK: Final = "/privasi/"


def known_data() -> frozenset[str]:
    """The kinds of data that a record may name: those of the record of processing, in Indonesian."""
    return frozenset(data.name.id for one in processings() for data in one.fields)


@transaction.atomic
def record_breach(breach: Breach, /, *, agency: str, by: Account, at: Instant) -> UUID:
    """Keep a failure; its clock runs from when it was noticed.

    Raises BreachIncomplete, BreachInFuture, NoticeNotFit.
    """
    authorise(by, Permission.PRIVACY_BREACH, About(agency=agency))
    check_breach(breach, known=known_data(), now=at)
    Content.of(kind_named(_KIND), _said(breach), _LINK)  # what people cannot be told is refused now, not by the worker
    identifier = opaque_id(composition.rng())
    store.add_breach(identifier, breach, agency=agency, by=by.public_id, at=at, vault=composition.personal_data())
    facts: dict[str, FactValue] = {
        "noticed": breach.noticed_at.isoformat(),
        "due": breach.due_at.isoformat(),
        "kinds": len(breach.data),
    }
    subject = f"breach:{identifier}"
    record(at=at, tag=PrivacyTag.BREACH_RECORDED, actor=by.reference, subject=subject, facts=facts)
    return identifier


def _held(identifier: UUID, by: Account) -> KeptBreach:
    found = store.lock_breach(identifier, vault=composition.personal_data())
    if found is None:
        raise BreachUnknown
    authorise(by, Permission.PRIVACY_BREACH, About(agency=found.agency))
    return found


@transaction.atomic
def tell_people(identifier: UUID, /, *, by: Account, at: Instant) -> None:
    """Let the worker write to everybody whom it concerns. Raises ToldAlready."""
    found = _held(identifier, by)
    if found.people_told_at is not None:
        raise ToldAlready
    enqueue("privacy:tell-breach", found.reference)
    record(at=at, tag=PrivacyTag.BREACH_PEOPLE_TOLD, actor=by.reference, subject=found.reference)


def carry_breach_notices(work: Work, /) -> str:
    """Write to the people of the agency, some hundred at a time. Begun again, nobody is told twice."""
    identifier = UUID(work.reference.partition(":")[2])
    number, last = 0, ""
    while True:
        now = composition.clock().now()
        with transaction.atomic():
            found = store.lock_breach(identifier, vault=composition.personal_data())
            if found is None:
                raise BreachUnknown
            page = enrolment.recipients_after(UUID(found.agency) if found.agency else None, last, limit=_AT_ONCE)
            for _, reference in page:
                _tell(found, reference, now)
            number += len(page)
            if len(page) < _AT_ONCE:
                store.people_are_told(identifier, number, at=now)
                return f"{number} people"
            last = page[-1][0]


def _tell(found: KeptBreach, reference: str, now: Instant) -> None:
    notify(_KIND, to=reference, at=now, parameters=_said(found.breach), link=_LINK, occasion=found.reference)


def _said(breach: Breach) -> dict[str, Parameter]:
    """Pasal 46 (2): what was disclosed, when and how, what is done about it."""
    return {
        "data": ", ".join(breach.data),
        "noticed": moment_word(breach.noticed_at),
        "how": breach.how,
        "handling": breach.handling,
    }


@transaction.atomic
def tell_authority(identifier: UUID, reference: str, /, *, by: Account, at: Instant) -> None:
    """The authority was told in writing, under this number of a letter. Raises ToldAlready."""
    found = _held(identifier, by)
    if found.authority_told_at is not None:
        raise ToldAlready
    store.authority_is_told(identifier, check_words(reference)[:120], at=at)
    facts = {"late": at > found.breach.due_at}
    tag = PrivacyTag.BREACH_AUTHORITY_TOLD
    record(at=at, tag=tag, actor=by.reference, subject=found.reference, facts=facts)

"""Registering people for an application: in the name of the verifikator who answers for it, and by the same checks.

Somebody else verifies, as always, and the registration authority decides. The ledger has the verifikator for what was
entered, and the application for having asked.
"""

import hashlib
from uuid import UUID

from django.db import transaction

from absah.audit.tags import ApplicationTag
from absah.esign.refusals import NobodyAnswers, NobodyRegisters
from absah.esign.registration import RegistrationAsk
from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.accounts.access import AccountUnknown, account_named, holders
from absah_site.actors import Account
from absah_site.applications.store.applications import RegisteredApplication
from absah_site.audit.actions import record
from absah_site.enrolment.actions import attach_letter, enter_applicant, invite
from absah_site.notices.actions import notify
from absah_site.roles import Permission


def register_person(application: RegisteredApplication, ask: RegistrationAsk, /) -> UUID | None:
    """Enter a person and send the link; or ask the verifikators of the agency to do so, who are told once a day.

    Returns the request, or None where people were asked. Raises NobodyAnswers, NobodyRegisters, `enrolment.…`.
    """
    now = composition.clock().now()
    with transaction.atomic():
        if ask.applicant is None:
            _ask_verifikators(application, ask, now)
            return None
        by = _responsible(application, now)
        request = enter_applicant(ask.applicant, agency=UUID(application.agency), by=by)
        if ask.letter is not None:
            attach_letter(request, ask.letter, signed_by="", by=by)
        invite(request, by=by)
        _record(application, f"request:{request}", now)
    return request


def _responsible(application: RegisteredApplication, now: Instant) -> Account:
    """The verifikator in whose name the application enters people."""
    try:
        found = account_named(application.owner, now=now)
    except AccountUnknown:
        raise NobodyAnswers from None
    if not found.may(Permission.SUBSCRIBER_REGISTER, application.agency):
        raise NobodyAnswers
    return found


def _ask_verifikators(application: RegisteredApplication, ask: RegistrationAsk, now: Instant) -> None:
    people = holders(Permission.SUBSCRIBER_REGISTER, application.agency, now=now)
    if not people:
        raise NobodyRegisters
    person = hashlib.sha256(ask.email.address.lower().encode()).hexdigest()[:16]
    told = [
        notify(
            "enrolment.registration-asked",
            to=one.reference,
            at=now,
            parameters={
                "application": application.name,
                "name": ask.name.with_titles,
                "email": ask.email.address,
            },
            link="/pendaftaran/baru/",
            occasion=f"registration:{application.id}:{person}:{now:%Y-%m-%d}",
        )
        for one in people
    ]
    if any(told):
        _record(application, f"agency:{application.agency}", now)


def _record(application: RegisteredApplication, subject: str, now: Instant) -> None:
    facts = {"agency": application.agency}
    tag = ApplicationTag.REGISTRATION_ASKED
    record(at=now, tag=tag, actor=application.reference, subject=subject, facts=facts)

"""One-time codes of the national service, for who signs with one in place of the passphrase, or beside it."""

from functools import cache
from typing import Final

from django.db import transaction

from absah.audit.tags import RelayTag
from absah.kernel.errors import NotAllowed
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.allowance import Allowance, TooManyQuestions
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.national.access import national_service
from absah_site.relay.actions.signing import check_ready_elsewhere
from absah_site.roles import Permission

_AT_ONCE: Final = 3
_EVERY: Final = 60.0  # seconds


class TooManyCodes(NotAllowed):
    """This person has asked for several codes a moment ago. Parameter: seconds until the next may be asked for."""

    code = "relay.too-many-codes"


def send_code(files: int, /, *, by: Account) -> str:
    """Have a code for so many files sent to oneself, or made. What the service says of it.

    Each may cost a message: three at once, then one a minute. Raises TooManyCodes, what `check_ready_elsewhere`
    raises, and what keeps the service from answering.
    """
    person = enrolment.subscriber_of(by.public_id)
    authorise(by, Permission.DOCUMENT_SIGN, About(owner=by.public_id))
    return send_code_to(person, files, actor=by.reference)


def send_code_to(person: RegisteredSubscriber, files: int, /, *, actor: str) -> str:
    """The same for a person whom an application asks for (its reference)."""
    check_ready_elsewhere(person)
    subject = f"subscriber:{person.number.text}"
    try:
        _asked().spend(subject)
    except TooManyQuestions as often:
        raise TooManyCodes(**often.parameters) from None
    with transaction.atomic():
        now = composition.clock().now()
        record(at=now, tag=RelayTag.CODE_ASKED, actor=actor, subject=subject, facts={"files": files})
    return national_service().send_code(enrolment.applicant_of(person.id).nik, files)


@cache
def _asked() -> Allowance:
    return Allowance(composition.clock(), at_once=_AT_ONCE, every=_EVERY)

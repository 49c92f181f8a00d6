"""A holder changes the passphrase of the own key: by the old one, or not at all. Forgotten means another key."""

from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.kernel.dates import moment_word
from absah.signing.factors import Secret
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.activation import check_new_passphrase
from absah_site.enrolment.actions.renewing import NothingToRenew
from absah_site.enrolment.actions.telling import tell
from absah_site.roles import Permission


def change_passphrase(old: Secret, new: Secret, /, *, by: Account) -> UUID:
    """Change it. Wrong ones cost waiting time, which the signer counts. Raises PassphraseWeak and what it refuses."""
    found = access.subscriber_of(by.public_id)
    authorise(by, Permission.REQUEST_SUBMIT, About(owner=found.user))
    if found.credential is None:
        raise NothingToRenew
    check_new_passphrase(new, found)
    composition.signer().change_passphrase(found.credential, old, new)
    now = composition.clock().now()
    with transaction.atomic():
        tell(found, "enrolment.passphrase-changed", {"moment": moment_word(now)}, at=now)
        record(
            at=now,
            tag=EnrolmentTag.PASSPHRASE_CHANGED,
            actor=by.reference,
            subject=found.number.reference,
            facts={"credential": found.credential},
        )
    return found.id

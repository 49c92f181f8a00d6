"""The authenticator app of a key shows its first code: only then is it known to have read the secret.

The secret leaves the signer once and lies in no table. So that a mistyped code can be answered with the same picture,
it travels in the page itself as a ticket: sealed, for a quarter of an hour, of use to nobody without our keys.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self, final

from django.db import transaction

from absah.adapters.personal_data import Place
from absah.audit.tags import EnrolmentTag
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError, WrongState
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.renewing import NothingToRenew
from absah_site.roles import Permission

_LIVES: Final = timedelta(minutes=15)
_PLACE: Final = Place(table="page", row="authenticator-app", field="ticket")


class TicketOver(WrongState):
    """The page with the picture is too old, or is not one of ours."""

    code = "enrolment.app-ticket-over"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AppTicket:
    """Whose key, which secret (base32), until when."""

    credential: CredentialId
    holder: str
    secret: str = field(repr=False)
    until: Instant

    @classmethod
    def of(cls, credential: CredentialId, holder: str, secret: str, /) -> Self:
        """For a secret that the signer has just told."""
        return cls(
            credential=credential, holder=holder, secret=secret, until=instant(composition.clock().now() + _LIVES)
        )

    def sealed(self) -> str:
        """For a hidden field of the page."""
        told = [self.credential, self.holder, self.secret, int(self.until.timestamp())]
        return composition.personal_data().seal(json.dumps(told), _PLACE).hex()

    @classmethod
    def read(cls, written: str, /) -> Self:
        """Raises TicketOver."""
        try:
            opened = composition.personal_data().open(bytes.fromhex(written), _PLACE)
            credential, holder, secret, until = json.loads(opened)
        except (ValueError, AbsahError):
            raise TicketOver from None
        now = composition.clock().now()
        if int(now.timestamp()) > until:
            raise TicketOver
        found = instant(now + timedelta(seconds=until - int(now.timestamp())))
        return cls(credential=CredentialId(credential), holder=holder, secret=secret, until=found)


def confirm_app(ticket: AppTicket, code: str, /) -> None:
    """The app shows a code. Raises WrongTotp, MustWait."""
    composition.signer().confirm_totp(ticket.credential, Secret(code))
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=EnrolmentTag.APP_CONFIRMED,
            actor=ticket.holder,
            subject=ticket.holder,
            facts={"credential": ticket.credential},
        )


def bind_app(passphrase: Secret, /, *, by: Account) -> AppTicket:
    """Bind an app to the own key, or another where none showed a code yet. Raises TotpAlreadyBound, WrongPassphrase."""
    found = access.subscriber_of(by.public_id)
    authorise(by, Permission.REQUEST_SUBMIT, About(owner=found.user))
    if found.credential is None:
        raise NothingToRenew
    secret = composition.signer().bind_totp(found.credential, passphrase=passphrase)
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=EnrolmentTag.APP_BOUND,
            actor=by.reference,
            subject=found.number.reference,
            facts={"credential": found.credential},
        )
    return AppTicket.of(found.credential, found.number.reference, secret)

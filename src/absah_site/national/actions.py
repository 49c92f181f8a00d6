"""The only writer of the credential; and a look whether the service answers."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from absah.adapters.upstream.service import ServiceCredential
from absah.audit.tags import OutsideTag
from absah.kernel.people import Nik
from absah.kernel.rng import opaque_id
from absah.signing.factors import Secret
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.national import store
from absah_site.national.access import national_service
from absah_site.roles import Permission

#: Nobody's number: a region that no place has. The question is whether there is an answer, not which.
_NOBODY: Final = Nik("9999010101000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The service answered, and how long that took."""

    milliseconds: int


@transaction.atomic
def enter_credential(username: str, password: Secret, /, *, by: Actor) -> None:
    """Remember the name and password of this agency at the service, sealed, in place of the pair before."""
    authorise(by, Permission.NATIONAL_CONNECT)
    now, identifier = composition.clock().now(), opaque_id(composition.rng())
    credential = ServiceCredential(username=username, password=password)
    store.replace(identifier, credential, by=by.reference, at=now, vault=composition.personal_data())
    subject = f"national-credential:{identifier}"
    record(at=now, tag=OutsideTag.CREDENTIAL_ENTERED, actor=by.reference, subject=subject)


def look(*, by: Actor) -> Looked:
    """Ask the service something harmless. Raises what keeps it from answering."""
    authorise(by, Permission.NATIONAL_CONNECT)
    clock = composition.clock()
    began = clock.monotonic()
    national_service().status(_NOBODY)
    return Looked(milliseconds=round((clock.monotonic() - began) * 1000))

"""What a holder reads of the own registration."""

from absah.kernel.clock import Instant, instant
from absah_site.enrolment.store import requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.pki import access as register


def agreement_of(found: RegisteredSubscriber, /) -> str:
    """The SHA-256 of the agreement that the person's present key signed; empty: none yet."""
    newest = requests.newest_activated(found.id)
    return "" if newest is None else newest[1]


def renewal_opens_later(found: RegisteredSubscriber, /, *, now: Instant) -> Instant | None:
    """From when the person can ask for the renewal of the certificate in use; None: now, or there is none."""
    held = register.certificates_of(found.number.text)
    in_use = next((one for one in held if register.is_in_use(one, now=now)), None)
    opens = None if in_use is None else instant(in_use.not_after - register.SOON)
    return opens if opens is not None and opens > now else None

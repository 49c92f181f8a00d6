"""Who may get a certificate: one for a key, one for a person and product, and when one may follow another.

Asked inside the transaction of the intention. The database's constraints on open intentions make two that run at the
same time meet; what has been issued is looked at here.
"""

from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah_site.pki import access, store
from absah_site.pki.store import RegisteredCertificate, SerialHex, Status

#: A certificate may be renewed when so much of its life, or less, is left.
RENEWAL_WINDOW: Final = timedelta(days=30)


class KeyKnown(RuleBroken):
    """The key has a certificate of another holder, or one that was revoked."""

    code = "register.key-known"
    citation = Citation(norm=Norm.ABSAH_CPS, clause="6.1.1")


class AlreadyActive(WrongState):
    """The holder has a certificate of this product. Parameters: serial and until (of the one in the way), days."""

    code = "register.already-active"


class RenewalTooEarly(WrongState):
    """More than the window is left. Parameters: serial, first (the day from which it can be renewed)."""

    code = "register.renewal-too-early"


class NotReplaceable(WrongState):
    """The certificate has ended or was revoked, and what is over has no successor. Parameters: serial, state."""

    code = "register.not-replaceable"


def check_key_is_new(key_hash: str, /, *, holder: str, replaces: frozenset[SerialHex]) -> None:
    """A key has certificates of one holder, and none after one was revoked. Raises KeyKnown."""
    for serial, other, status in store.uses_of_key(key_hash):
        if other != holder or serial not in replaces or status is Status.REVOKED:
            raise KeyKnown


def check_none_active(holder: str, profile: str, /, *, replaces: frozenset[SerialHex], now: Instant) -> None:
    """One certificate in use for a person and product. Raises AlreadyActive, which names the one in the way."""
    if not holder:
        return
    for serial in store.serials_in_use(holder, profile, now=now):
        if serial not in replaces:
            blocking = access.certificate(serial)
            until = legal_date(blocking.not_after).isoformat()
            raise AlreadyActive(serial=serial, until=until, days=RENEWAL_WINDOW.days)


def check_replaceable(found: RegisteredCertificate, /, *, now: Instant) -> None:
    """A certificate in use may be followed by another. Raises NotReplaceable."""
    if found.status is Status.REVOKED or now > found.not_after:
        state = found.status.value if found.status is Status.REVOKED else "expired"
        raise NotReplaceable(serial=found.serial, state=state)


def check_renewable(found: RegisteredCertificate, /, *, now: Instant) -> None:
    """A good certificate near its end may be renewed. Raises NotReplaceable, RenewalTooEarly."""
    check_replaceable(found, now=now)
    if found.status is not Status.GOOD:
        raise NotReplaceable(serial=found.serial, state=found.status.value)
    first = instant(found.not_after - RENEWAL_WINDOW)
    if now < first:
        raise RenewalTooEarly(serial=found.serial, first=legal_date(first).isoformat())

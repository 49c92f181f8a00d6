"""Who may get a certificate: one for a key, one for a person and product, and when one may follow another.

Asked inside the transaction of the intention. The database's constraints on open intentions make two that run at the
same time meet; what has been issued is looked at here.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.errors import RuleBroken, Unavailable, WrongState
from absah.kernel.refs import Citation, Norm
from absah_site.pki import access, store
from absah_site.pki.actions.issuance_requests import Plan
from absah_site.pki.store import InTheWay, RegisteredCertificate, Status

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


class SerialTaken(Unavailable):
    """The serial number that chance gave has been issued: with 88 bits of it, chance is broken."""

    code = "register.serial-taken"


def check_eligible(plans: Sequence[Plan], /, *, now: Instant) -> None:
    """Whether each of these certificates may be. Raises SerialTaken, KeyKnown, AlreadyActive for the first that not."""
    found = store.in_the_way([plan.intent for plan in plans], now=now)
    for plan in plans if found else ():
        if any(other.serial == plan.intent.serial for other in found):
            raise SerialTaken
        _check_key_is_new(plan, found)
        _check_none_active(plan, found)


def _check_key_is_new(plan: Plan, found: Sequence[InTheWay]) -> None:
    """A key has certificates of one holder, and none after one was revoked."""
    holder, replaces = plan.wanted.holder, plan.wanted.replaces
    for other in found:
        if other.key_hash == plan.intent.key_hash and (
            other.holder != holder or other.serial not in replaces or other.status is Status.REVOKED
        ):
            raise KeyKnown


def _check_none_active(plan: Plan, found: Sequence[InTheWay]) -> None:
    """One certificate in use for a person and product; the refusal names the newest in the way."""
    wanted = plan.wanted
    for other in found:
        same = other.in_use and (other.holder, other.profile) == (wanted.holder, wanted.profile)
        if same and other.serial not in wanted.replaces:
            until = legal_date(access.certificate(other.serial).not_after).isoformat()
            raise AlreadyActive(serial=other.serial, until=until, days=RENEWAL_WINDOW.days)


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

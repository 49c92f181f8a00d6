"""Addresses of calendar feeds: made by a person for the own calendar program, signed, and revoked at will."""

from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound
from absah.kernel.messages import Language
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.papers import let_out
from absah_site.agreements.store import feeds
from absah_site.agreements.store.feeds import FeedAddress
from absah_site.audit.actions import record

_SALT: Final = "absah.agreements.feed"


class FeedUnknown(NotFound):
    """The address was revoked, or never was one."""

    code = "agreements.feed-unknown"


def token_of(address: FeedAddress, /) -> str:
    """What stands in the address: its id and our signature over it."""
    return Signer(salt=_SALT).sign(address.id.hex)


@transaction.atomic
def make_address(found: OpenedAgreement, /, *, language: Language, now: Instant, by: Account) -> FeedAddress:
    """A new address for this person and agreement."""
    address = FeedAddress(
        id=opaque_id(composition.rng()),
        agreement=found.id,
        person=by.public_id,
        language=language.value,
        made_at=now,
    )
    feeds.add(address)
    _tell(found.id, "made", now=now, by=by)
    return address


@transaction.atomic
def revoke_address(found: OpenedAgreement, identifier: UUID, /, *, now: Instant, by: Account) -> None:
    """End an address of this person. Raises FeedUnknown."""
    if not feeds.revoke(identifier, by.public_id, at=now):
        raise FeedUnknown
    _tell(found.id, "revoked", now=now, by=by)


def addresses_of(found: OpenedAgreement, person: Account, /) -> tuple[FeedAddress, ...]:
    """The living addresses of a person for an agreement."""
    return feeds.of(found.id, person.public_id)


def feed_behind(token: str, /, *, host: str, now: Instant) -> bytes:
    """The feed behind an address, with what this person may see now. Raises FeedUnknown."""
    try:
        address = feeds.find(UUID(hex=Signer(salt=_SALT).unsign(token)))
    except (BadSignature, ValueError):
        raise FeedUnknown from None
    if address is None:
        raise FeedUnknown
    try:
        person = account(address.person, now=now)
        found = access.agreement_for(person, address.agreement, now=now)
        let_out(found, "calendar", found.listed.first_number, by=person)
    except AbsahError:  # the person is gone, or sees the agreement no more
        raise FeedUnknown from None
    return access.feed(found, host=host, now=now, language=Language(address.language))


def _tell(agreement: UUID, what: str, *, now: Instant, by: Account) -> None:
    tag = AgreementTag.FEED_ADDRESS_CHANGED
    record(at=now, tag=tag, actor=by.reference, subject=f"agreement:{agreement}", facts={"what": what})

"""Reading what waits for a second person, how far things have been carried out, and how the services are."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound
from absah_site import composition
from absah_site.oversight import store
from absah_site.oversight.store import Holder, Kind, Progress, Proposal, State
from absah_site.pki import access as register
from absah_site.pki.access import AuthorityKind, RegisteredAuthority, Status

__all__ = [
    "Campaign",
    "Condition",
    "Holder",
    "Kind",
    "Progress",
    "Proposal",
    "ProposalUnknown",
    "Service",
    "ServiceState",
    "State",
]


class ProposalUnknown(NotFound):
    """There is no such proposal."""

    code = "oversight.proposal-unknown"


def proposal(public_id: UUID, /) -> Proposal:
    """By its id."""
    found = store.find_proposal(public_id)
    if found is None:
        raise ProposalUnknown
    return found


def open_proposals() -> tuple[Proposal, ...]:
    """What waits for a second person, or is being carried out; the newest first."""
    return store.proposals(State.PENDING, State.APPROVED)


def closed_proposals() -> tuple[Proposal, ...]:
    """The newest that are decided and done with."""
    return store.proposals(State.DONE, State.REFUSED, State.WITHDRAWN)


def progress_of(found: Proposal, /) -> Progress:
    """How many certificates a mass revocation ends, and how many are ended."""
    return store.progress_of(found.public_id)


def affected_holders(found: Proposal, /, *, offset: int = 0, limit: int | None = None) -> tuple[Holder, ...]:
    """Who loses a certificate."""
    return store.affected_holders(found.public_id, offset=offset, limit=limit)


def accepted_profiles() -> dict[str, str]:
    """The SHA-256 of each profile as two people accepted it last."""
    done = store.proposals(State.DONE, kind=Kind.PROFILE_ACCEPTANCE, limit=1_000)
    return {found.content["profile"]: found.content["sha256"] for found in reversed(done)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A holder who lost a certificate, and the new one, where there is one."""

    holder: Holder
    new_serial: str


def campaign(found: Proposal, /, *, offset: int = 0, limit: int | None = None) -> tuple[Campaign, ...]:
    """Who needs a new certificate after a mass revocation, and who has one already."""
    return tuple(
        Campaign(holder=holder, new_serial=_successor(holder))
        for holder in store.affected_holders(found.public_id, offset=offset, limit=limit)
    )


def _successor(holder: Holder) -> str:
    good = (
        one.serial
        for one in register.certificates_of(holder.holder)
        if one.profile == holder.profile and one.status is Status.GOOD and one.serial != holder.serial
    )
    return next(good, "")


class Service(StrEnum):
    """What the certification body keeps running."""

    CRL = "crl"
    OCSP = "ocsp"
    TSA = "tsa"
    SIGNER = "signer"


class Condition(StrEnum):
    """How a service is."""

    WELL = "well"
    SOON = "soon"
    ILL = "ill"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """A service, how it is, and until when: a list its nextUpdate, a responder or TSA the end of its certificate."""

    service: Service
    name: str
    condition: Condition
    number: int | None = None
    since: Instant | None = None
    until: Instant | None = None


#: A list that is not renewed by then, and a certificate of a service, are for somebody to look at.
_LIST_SOON: Final = timedelta(days=2)
_CERTIFICATE_SOON: Final = {Service.OCSP: timedelta(days=5), Service.TSA: timedelta(days=60)}


def services(*, now: Instant) -> tuple[ServiceState, ...]:
    """Every list, responder and TSA, and the process that holds the keys. Never raises for one that is ill."""
    return (
        *_lists(now),
        *_own(AuthorityKind.OCSP, Service.OCSP, now),
        *_own(AuthorityKind.TSA, Service.TSA, now),
        _signer(),
    )


def _lists(now: Instant) -> tuple[ServiceState, ...]:
    return tuple(
        ServiceState(
            service=Service.CRL,
            name=register.list_name(found.issuer, found.shard),
            condition=_condition(found.next_update, now, _LIST_SOON),
            number=found.number,
            since=found.this_update,
            until=found.next_update,
        )
        for found in register.current_lists()
    )


def _own(kind: AuthorityKind, service: Service, now: Instant) -> tuple[ServiceState, ...]:
    """The newest of each name: those before it have handed over."""
    newest: dict[str, RegisteredAuthority] = {}
    for found in register.services(kind, now=now):
        newest.setdefault(found.name, found)
    if not newest:
        return (ServiceState(service=service, name="", condition=Condition.ILL),)
    return tuple(
        ServiceState(
            service=service,
            name=name,
            condition=_condition(found.not_after, now, _CERTIFICATE_SOON[service]),
            until=found.not_after,
        )
        for name, found in newest.items()
    )


def _signer() -> ServiceState:
    try:
        composition.signer().ping()
    except AbsahError:
        return ServiceState(service=Service.SIGNER, name="", condition=Condition.ILL)
    return ServiceState(service=Service.SIGNER, name="", condition=Condition.WELL)


def _condition(until: Instant, now: Instant, soon: timedelta) -> Condition:
    if until <= now:
        return Condition.ILL
    return Condition.SOON if until - now < soon else Condition.WELL

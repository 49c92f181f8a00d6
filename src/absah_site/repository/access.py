"""Reading the repository: for everyone what is published, for agencies what was delivered to them."""

from dataclasses import dataclass

from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import NotFound
from absah_site.actors import Account
from absah_site.repository import store
from absah_site.repository.store import (
    Delivery,
    NotPublished,
    Policy,
    PolicyKind,
    Published,
    Shelf,
    names_on,
    read_file,
)
from absah_site.roles import Permission

__all__ = [
    "Delivery",
    "NotPublished",
    "Policy",
    "PolicyKind",
    "PolicyUnknown",
    "Published",
    "Shelf",
    "names_on",
    "read_file",
]


class PolicyUnknown(NotFound):
    """There is no such version, or it was not delivered to this agency."""

    code = "repository.policy-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The published versions of one document: the one in force, those to come, those before."""

    kind: PolicyKind
    current: Policy | None
    coming: tuple[Policy, ...]
    earlier: tuple[Policy, ...]


def published_policies(*, now: Instant) -> tuple[Versions, ...]:
    """Every kind of document with its published versions. In force is the newest that has begun."""
    found = [policy for policy in store.policies() if policy.approved_at is not None]
    today = legal_date(now)
    answer = []
    for kind in PolicyKind:
        versions = [policy for policy in found if policy.kind is kind]
        begun = [policy for policy in versions if policy.effective <= today]
        answer.append(
            Versions(
                kind=kind,
                current=begun[0] if begun else None,
                coming=tuple(policy for policy in versions if policy.effective > today),
                earlier=tuple(begun[1:]),
            )
        )
    return tuple(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A version as operators see it, with the count of its deliveries."""

    policy: Policy
    delivered: int
    received: int


def all_policies() -> tuple[Kept, ...]:
    """Every version, drafts too."""
    counts = store.receipts()
    return tuple(
        Kept(policy=policy, delivered=delivered, received=received)
        for policy in store.policies()
        for delivered, received in [counts.get((policy.kind, policy.version), (0, 0))]
    )


def agencies_of(account: Account, /) -> tuple[str, ...]:
    """The agencies for which a person receives documents."""
    return account.own_agencies(Permission.POLICY_RECEIVE)


def deliveries_to(agency: str, /) -> tuple[Delivery, ...]:
    """What was delivered to an agency (its opaque id), the newest first: what both parties of its agreement know."""
    return store.deliveries_to((agency,))


def deliveries_for(account: Account, /) -> tuple[Delivery, ...]:
    """What was delivered to the agencies of a person, the newest first."""
    return store.deliveries_to(agencies_of(account))

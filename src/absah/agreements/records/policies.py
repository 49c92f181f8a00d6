"""The library of Certificate Policies (K2-e): each version, and who received it when.

A policy belongs to a certificate authority, not to an agreement; authorities expire inside the term of an agreement, so
versions have their own dates.
"""

from dataclasses import dataclass
from datetime import date

from absah.agreements.duties import EvidenceKind
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Occurred
from absah.agreements.parties import Role
from absah.kernel.errors import BadInput, RuleBroken


class PolicyMalformed(BadInput):
    """A policy has a version and the digest of its file. Parameter: version."""

    code = "agreements.policy-malformed"


class PolicyReceivedBeforeSent(RuleBroken):
    """A receipt older than the sending. Parameter: version."""

    code = "agreements.policy-received-before-sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a Certificate Policy. `digest` is the SHA-256 of the document."""

    authority: str
    version: str
    published_on: date
    effective_on: date
    digest: str

    def __post_init__(self) -> None:
        if not (self.version.strip() and self.digest.strip() and self.authority.strip()):
            raise PolicyMalformed(version=self.version)

    @property
    def key(self) -> str:
        return f"{self.authority} {self.version}"

    @property
    def occasion(self) -> Occurred:
        """Publishing a version makes K2-e due."""
        return Occurred(key=self.key, at=self.published_on, by=Role.SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One version went to the other party; `received_on` once it has confirmed."""

    policy: str
    sent_on: date
    received_on: date | None = None

    def __post_init__(self) -> None:
        if self.received_on is not None and self.received_on < self.sent_on:
            raise PolicyReceivedBeforeSent(version=self.policy)


def undelivered(policies: tuple[Policy, ...], deliveries: tuple[Delivery, ...], /) -> tuple[Policy, ...]:
    """The versions whose receipt is missing."""
    received = {each.policy for each in deliveries if each.received_on is not None}
    return tuple(policy for policy in policies if policy.key not in received)


def policy_in_effect(policies: tuple[Policy, ...], authority: str, day: date, /) -> Policy | None:
    """The version of an authority's policy that is in effect on a day."""
    begun = [each for each in policies if each.authority == authority and each.effective_on <= day]
    return max(begun, key=lambda each: each.effective_on, default=None)


def delivery_evidence(policy: Policy, delivery: Delivery, /) -> tuple[Evidence, ...]:
    """Document and receipt as evidence for K2-e; nothing until it was received."""
    if delivery.received_on is None or delivery.policy != policy.key:
        return ()
    return tuple(
        Evidence(kind=kind, source=Source.POLICIES, reference=policy.key, on=delivery.received_on, digest=policy.digest)
        for kind in (EvidenceKind.POLICY, EvidenceKind.RECEIPT)
    )

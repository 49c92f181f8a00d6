"""What a validation is given besides the facts: whom we trust, what our register adds, the time, the policy.

`gather_knowledge` lays it beside what the document itself carries, so that everything is read once.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.validation.containers import Containers
from absah.validation.evidence import DocumentEvidence, Material, SignatureEvidence
from absah.validation.material import Knowledge, Suspension, read_material
from absah.validation.policy import ValidationPolicy, load_policy
from absah.validation.trust import TrustAnchors


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineSource:
    """An address that was asked for what was missing, and what came of it: `found`, or a code."""

    address: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationContext:
    """Whom we trust, what our register adds to the document's own material, what time it is, and what weighs how much.

    `trial` says that the anchors are those of a trial authority. CRLs, OCSP responses and certificates are DER.
    """

    anchors: TrustAnchors
    now: Instant
    trial: bool = False
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    online: tuple[OnlineSource, ...] = ()
    policy: ValidationPolicy = field(default_factory=load_policy)

    @classmethod
    def without_anchors(cls, *, now: Instant) -> Self:
        """The context of somebody who trusts nobody: integrity can be judged, origin cannot."""
        return cls(anchors=TrustAnchors(name="none", taken_at=now), now=now)

    def also(self, more: Material, /) -> Self:
        """The same with more in the register."""
        joined = self.register.joined(more)
        return replace(self, certificates=joined.certificates, crls=joined.crls, ocsps=joined.ocsps)

    @property
    def register(self) -> Material:
        """What the register adds."""
        return Material(certificates=self.certificates, crls=self.crls, ocsps=self.ocsps)


def gather_knowledge(evidence: DocumentEvidence, context: ValidationContext, /) -> Knowledge:
    """Everything there is to judge a document with."""
    containers = Containers()
    return read_material(
        context.anchors,
        _carried(evidence.material, evidence.readable, containers),
        context.register,
        now=context.now,
        policy=context.policy,
        suspensions=context.suspensions,
        containers=containers,
        trial=context.trial,
    )


def _carried(store: Material, signatures: tuple[SignatureEvidence, ...], containers: Containers) -> Material:
    """The document's own material: its DSS, and what travels inside the signatures and their time-stamps."""
    carried = store
    for one in signatures:
        carried = carried.joined(_inside(one.cms, containers)).joined(Material(certificates=one.certificates))
    return carried


def _inside(cms: bytes, containers: Containers, /, *, nested: bool = True) -> Material:
    try:
        signed = containers.signed_data(cms)
    except AbsahError:
        return Material()
    found = Material(certificates=signed.certificates, crls=signed.crls, ocsps=signed.ocsp_responses)
    if nested:
        for token in (token for signer in signed.signers for token in signer.signature_timestamps):
            found = found.joined(_inside(token, containers, nested=False))
    return found

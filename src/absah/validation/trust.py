"""Whom a verifier trusts, as a value: a dated snapshot that every report names.

An empty set of anchors is a refusal to judge, not a licence to believe: without one every chain ends nowhere, and the
answer is INDETERMINATE / NO_CERTIFICATE_CHAIN_FOUND, said in so many words. A snapshot never changes; another set of
anchors, or other terms for one of them, is another snapshot with another digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from absah.kernel.clock import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorTerms:
    """On which terms an anchor is believed.

    `sunset`: only for what is proven to have existed before; the authority's own end of validity counts as well.
    `recognised`: the operator has found it among the Indonesian certification providers (PP 71/2019 Ps 53).
    `certified_policies`: the certificate policies under which its signers' keys are kept in certified devices.
    """

    sunset: Instant | None = None
    recognised: bool = False
    certified_policies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchors:
    """Certificates (DER) that a chain may end at, with terms for some of them by the SHA-256 of the certificate.

    `name` and `taken_at` say which snapshot it was, `digest` exactly which.
    """

    name: str
    taken_at: Instant
    certificates: tuple[bytes, ...] = ()
    terms: Mapping[bytes, AnchorTerms] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nobody is trusted."""
        return not self.certificates

    @property
    def digest(self) -> str:
        """SHA-256 over the anchors and their terms, in an order of their own. Name and date are no part of it."""
        listed = sorted(self._described(certificate) for certificate in self.certificates)
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()

    def terms_of(self, certificate: bytes, /) -> AnchorTerms:
        """The terms for an anchor (DER); none are set: believed as long as it is valid, recognised by nobody."""
        return self.terms.get(hashlib.sha256(certificate).digest(), AnchorTerms())

    def _described(self, certificate: bytes) -> tuple[str, str, bool, tuple[str, ...]]:
        terms = self.terms_of(certificate)
        sunset = "" if terms.sunset is None else terms.sunset.isoformat()
        fingerprint = hashlib.sha256(certificate).hexdigest()
        return fingerprint, sunset, terms.recognised, tuple(sorted(terms.certified_policies))

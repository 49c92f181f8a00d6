"""Whom a verifier trusts, as a value: a dated snapshot that every report names.

An empty set of anchors is a refusal to judge, not a licence to believe: without one every chain ends nowhere, and the
answer is INDETERMINATE / NO_CERTIFICATE_CHAIN_FOUND, said in so many words.
"""

from dataclasses import dataclass

from absah.kernel.clock import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchors:
    """Certificates (DER) that a chain may end at. `name` and `taken_at` say which snapshot it was."""

    name: str
    taken_at: Instant
    certificates: tuple[bytes, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nobody is trusted."""
        return not self.certificates

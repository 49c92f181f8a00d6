"""The time as of which something is judged, and by when each piece of evidence is proven to have existed.

`Moment` is the heart of validation in time (ETSI EN 319 102-1 §5.5.4). A signature is judged as of the earliest time
at which it is *proven* to have existed: then, or before, it was made. What happens to a certificate later does not
hurt it. Without a proof that time is now, and an expired or revoked certificate leaves the question open, for nobody
can say which came first.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from absah.kernel.clock import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Existence:
    """Proofs of existence of material (EN 319 102-1 §5.6.2.3): SHA-256 of a piece, and the time that proves it."""

    now: Instant
    proven: Mapping[bytes, Instant] = field(default_factory=dict)

    def of(self, piece: bytes, /) -> Instant:
        """By when a piece (DER) existed: what nothing proves exists now."""
        return self.proven.get(hashlib.sha256(piece).digest(), self.now) if self.proven else self.now

    def also(self, pieces: Iterable[bytes], at: Instant, /) -> "Existence":
        """With a time-stamp at `at` over these pieces (SHA-256 of each); the earlier proof of each counts."""
        added = {piece: min(at, self.proven.get(piece, at)) for piece in pieces}
        return Existence(now=self.now, proven={**self.proven, **added})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The time as of which something is judged.

    `at` is the earliest proven time of existence, or now; `proven` says which. `claimed` is what the signer says, and
    serves only against the signer. Revocation data must have been fresh at `fresh_at`.
    """

    at: Instant
    proven: bool
    fresh_at: Instant
    existence: Existence
    claimed: Instant | None = None

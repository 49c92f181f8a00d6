"""Looking for a path: from a certificate up to an anchor, depth first, the likeliest issuer first, within limits.

What makes a path impossible is asked before its dear parts are: names, then what an issuer says about itself, then
name constraints on everything below it, then the signature, then the whole of §6.1. The search counts its steps, the
signatures it checks and the paths it judges, so that no pool of certificates, however made, can hold it up; it never
visits a name and key twice on one path (RFC 4158 §5.2), which ends every cycle.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from absah.validation.path.certificate import Certificate
from absah.validation.path.inputs import DEFAULT_LIMITS, Inputs, Limits, TrustAnchor
from absah.validation.path.names import Name
from absah.validation.path.refusals import Reason, Refusal
from absah.validation.path.signatures import SignatureBudget, Signatures
from absah.validation.path.validation import Accepted, RevocationCheck, judge_issuer, validate_anchor, validate_path

Path: TypeAlias = tuple[Certificate, ...]


class Pool:
    """Certificates that may stand in a path, and anchors that it may end at, found by the name they bear."""

    __slots__ = ("_anchors", "_certificates", "anchors")

    def __init__(self, anchors: Iterable[TrustAnchor], certificates: Iterable[Certificate] = ()) -> None:
        self.anchors: Final = tuple(dict.fromkeys(anchors))
        self._anchors: dict[Name, list[TrustAnchor]] = {}
        self._certificates: dict[Name, list[Certificate]] = {}
        for anchor in self.anchors:
            self._anchors.setdefault(anchor.name, []).append(anchor)
        for certificate in dict.fromkeys(certificates):
            self._certificates.setdefault(certificate.subject, []).append(certificate)

    def anchors_for(self, certificate: Certificate, /) -> list[TrustAnchor]:
        return sorted(
            self._anchors.get(certificate.issuer, ()), key=lambda anchor: _rank(certificate, anchor.certificate)
        )

    def issuers_of(self, certificate: Certificate, /) -> list[Certificate]:
        found = self._certificates.get(certificate.issuer, ())
        return sorted(found, key=lambda issuer: _rank(certificate, issuer)) if len(found) > 1 else list(found)

    def named(self, name: Name, /) -> list[Certificate]:
        """Certificates of a subject."""
        return self._certificates.get(name, [])

    def anchored_at(self, anchor: TrustAnchor, /) -> "Pool":
        """The same certificates with this anchor alone."""
        return Pool((anchor,), (one for group in self._certificates.values() for one in group))

    def anchor_of(self, certificate: Certificate, /) -> TrustAnchor | None:
        """The anchor that is this very certificate."""
        for anchor in self._anchors.get(certificate.subject, ()):
            if anchor.certificate == certificate:
                return anchor
        return None


def _rank(certificate: Certificate, issuer: Certificate | None) -> tuple[int, float]:
    """Key identifiers that meet come first, those that contradict last; then the certificate valid longest.

    They are hints for the order, never a reason to refuse (RFC 4158 §3.5.12).
    """
    if issuer is None:
        return 1, 0
    wanted = certificate.extensions.authority_key
    own = issuer.extensions.subject_key
    if wanted is None or wanted.identifier is None or own is None:
        return 1, -issuer.not_after.timestamp()
    return 0 if wanted.identifier == own else 2, -issuer.not_after.timestamp()


@dataclass(slots=True)
class Search:
    """One search over a pool. Signatures and counts are shared by everything that is asked of it."""

    pool: Pool
    inputs: Inputs
    limits: Limits
    signatures: Signatures
    revocation: RevocationCheck | None
    steps_left: int
    prune: bool
    first_refusal: Refusal | None = None
    exhausted: bool = False

    @classmethod
    def over(
        cls,
        pool: Pool,
        inputs: Inputs,
        /,
        *,
        limits: Limits = DEFAULT_LIMITS,
        revocation: RevocationCheck | None = None,
        signatures: Signatures | None = None,
        prune: bool = True,
    ) -> "Search":
        """A fresh search; `signatures` shares the count and the memory of another one."""
        return cls(
            pool=pool,
            inputs=inputs,
            limits=limits,
            signatures=signatures or Signatures(limits.signatures),
            revocation=revocation,
            steps_left=limits.steps,
            prune=prune,
        )

    def find(self, leaf: Certificate, /) -> Accepted | Refusal:
        """The first path that holds; otherwise the first reason why none does."""
        itself = self.pool.anchor_of(leaf)
        if itself is not None:
            return validate_anchor(leaf, itself, self.inputs)
        paths_left = self.limits.paths
        for path, anchor in self.candidates(leaf):
            if paths_left <= 0:
                self.exhausted = True
                break
            paths_left -= 1
            try:
                found = validate_path(path, anchor, self.inputs, self.signatures, self.revocation)
            except SignatureBudget:
                self.exhausted = True
                break
            if isinstance(found, Accepted):
                return found
            self._note(found)
        if self.first_refusal is not None and not self.exhausted:
            return self.first_refusal
        return Refusal(reason=Reason.SEARCH_LIMIT if self.exhausted else Reason.NO_PATH, certificate=leaf)

    def candidates(self, leaf: Certificate, /) -> Iterator[tuple[Path, TrustAnchor]]:
        """Ways of names and signatures to an anchor, not yet judged as a whole. Ends quietly at a limit.

        With `prune` only those that no issuer spoils by what it says of itself; without, what a reader may want to see.
        """
        try:
            yield from self._extend((leaf,))
        except SignatureBudget:
            self.exhausted = True

    def _extend(self, path: Path) -> Iterator[tuple[Path, TrustAnchor]]:
        last = path[-1]
        for anchor in self.pool.anchors_for(last):
            self._step()
            if self._signed(last, anchor.public_key):
                yield path, anchor
        for issuer in self.pool.issuers_of(last):
            self._step()
            if any(issuer.public_key == one.public_key and issuer.subject == one.subject for one in path):
                continue
            refusal = self._judge_issuer(issuer, path)
            if refusal is not None:
                self._note(refusal)
            elif self._signed(last, issuer.public_key):
                yield from self._extend((*path, issuer))

    def _judge_issuer(self, issuer: Certificate, path: Path) -> Refusal | None:
        """Whether an issuer could stand above this path, whatever stands above it in turn."""
        if len(path) >= self.limits.depth:
            return Refusal(reason=Reason.PATH_TOO_LONG, certificate=issuer, detail="search")
        return judge_issuer(issuer, path, self.inputs, self.signatures) if self.prune else None

    def _signed(self, certificate: Certificate, key: bytes) -> bool:
        reason = self.signatures.judge(certificate, key)
        if reason is Reason.KEY_PARAMETERS_MISSING:
            return True  # the key may inherit them from above; the whole path will tell
        if reason is not None:
            self._note(Refusal(reason=reason, certificate=certificate))
        return reason is None

    def _step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise SignatureBudget

    def _note(self, refusal: Refusal) -> None:
        if self.first_refusal is None:
            self.first_refusal = refusal


def find_path(
    leaf: Certificate,
    pool: Pool,
    inputs: Inputs,
    /,
    *,
    limits: Limits = DEFAULT_LIMITS,
    revocation: RevocationCheck | None = None,
) -> Accepted | Refusal:
    """A path from a certificate to one of the pool's anchors that holds by RFC 5280 §6.1, or why there is none."""
    return Search.over(pool, inputs, limits=limits, revocation=revocation).find(leaf)

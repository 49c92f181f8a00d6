"""Whether a certificate of a path is revoked: RFC 5280 §6.3 over lists that are at hand.

Nothing is fetched here. For each distribution point that the certificate names, and at last for its issuer itself,
the lists that cover it are looked for; each must be signed by a key that a path to the same anchor vouches for. The
status is known when every reason is covered, or when one list says "revoked".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.revocation import RevocationReason
from absah.validation.path.certificate import Certificate
from absah.validation.path.crl import IssuingPoint, Line, RevocationList
from absah.validation.path.extensions import ALL_REASONS, DistributionPoint, KeyUsage, Reasons
from absah.validation.path.general_names import Form, GeneralName
from absah.validation.path.inputs import DEFAULT_LIMITS, Inputs, Limits
from absah.validation.path.names import Attribute, Name
from absah.validation.path.refusals import Reason, Refusal
from absah.validation.path.search import Pool, Search
from absah.validation.path.signatures import SignatureBudget, Signatures, judge_signature
from absah.validation.path.validation import Accepted, Issuer

_EVERYTHING: Final = IssuingPoint()
_NO_REASONS: Final = Reasons(0)
_MAXIMUM_DEPTH: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    """What one list, with its delta, says; and for which reasons it speaks."""

    line: Line | None
    reasons: Reasons


class ListedRevocation:
    """A `RevocationCheck` over a fixed set of lists. One for each search: it shares its signatures."""

    __slots__ = ("_asking", "_designated", "_inputs", "_limits", "_lists", "_pool", "_signatures", "_verified")

    def __init__(
        self,
        lists: Iterable[RevocationList],
        pool: Pool,
        inputs: Inputs,
        signatures: Signatures,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if inputs.at is None:
            raise ValueError("the status of a certificate is a question about a time")
        self._lists: dict[Name, list[RevocationList]] = {}
        for one in dict.fromkeys(lists):
            numbered = one.number is not None or not inputs.strict  # §5.2.3: issuers "MUST" number their lists
            if numbered and not one.not_understood and _current(one, inputs.at):
                self._lists.setdefault(one.issuer, []).append(one)
        self._pool, self._signatures, self._limits = pool, signatures, limits
        # A list is signed with a key of its own use: what the first certificate is wanted for says nothing here.
        self._inputs = Inputs(
            at=inputs.at, algorithms=inputs.algorithms, strict=inputs.strict, key_usage=KeyUsage.CRL_SIGN
        )
        self._asking: list[bytes] = []
        self._designated: list[bytes] = []
        self._verified: dict[tuple[bytes, bytes], bool] = {}

    def __call__(self, certificate: Certificate, issuer: Issuer, /) -> Refusal | None:
        """None: not revoked, for every reason. Raises SignatureBudget."""
        if certificate.der in self._asking and certificate.der in self._designated:
            # Its issuer says that it signs the list which tells of itself: that list is read by the one who asked.
            return None
        if certificate.der in self._asking or len(self._asking) >= _MAXIMUM_DEPTH:
            return Refusal(reason=Reason.REVOCATION_UNKNOWN, certificate=certificate, detail="circular")
        self._asking.append(certificate.der)
        try:
            return self._judge(certificate, issuer)
        finally:
            self._asking.pop()

    def _judge(self, certificate: Certificate, issuer: Issuer) -> Refusal | None:
        covered = _NO_REASONS
        for point in points_of(certificate):
            for complete in candidates(self._lists, certificate, point):
                status = self._ask(complete, certificate, issuer, point, covered)
                if status is None:
                    continue
                if status.line is not None:
                    detail = f"{status.line.reason.name.lower()} {status.line.at.isoformat()}"
                    return Refusal(reason=Reason.REVOKED, certificate=certificate, detail=detail)
                covered |= status.reasons  # (l)
                if covered & ALL_REASONS == ALL_REASONS:
                    return None
        return Refusal(reason=Reason.REVOCATION_UNKNOWN, certificate=certificate, detail=f"{covered.value}")

    def _ask(
        self,
        complete: RevocationList,
        certificate: Certificate,
        issuer: Issuer,
        point: DistributionPoint,
        covered: Reasons,
    ) -> _Status | None:
        if not covers(complete, certificate, point):  # (b)(2)
            return None
        reasons = reasons_of(complete, point)  # (d)
        if not reasons & ~covered:  # (e)
            return None
        key = self._signer(complete, issuer, designated=bool(point.crl_issuer))  # (f), (g)
        if key is None:
            return None
        line: Line | None = None
        try:
            for delta in deltas_of(complete, self._lists[complete.issuer]):  # (c)
                if self._holds(delta, key):  # (h)
                    line = delta.find(certificate.serial, certificate.issuer)  # (i)
                    break
            line = line or complete.find(certificate.serial, certificate.issuer)  # (j)
        except AbsahError:
            return None
        if line is not None and line.reason is RevocationReason.REMOVE_FROM_CRL:  # (k)
            line = None
        return _Status(line=line, reasons=reasons)

    def _signer(self, complete: RevocationList, issuer: Issuer, *, designated: bool) -> bytes | None:
        """The key that signed the list, if a path to the same anchor vouches for it. Raises SignatureBudget."""
        above = issuer.certificate
        own_name = issuer.anchor.name if above is None else above.subject
        own_usage = above is None or above.extensions.allows(KeyUsage.CRL_SIGN)
        if own_name == complete.issuer and own_usage and self._holds(complete, issuer.public_key):
            return issuer.public_key
        anchor = issuer.anchor
        root = anchor.certificate
        root_usage = root is None or root.extensions.allows(KeyUsage.CRL_SIGN)
        if anchor.name == complete.issuer and root_usage and self._holds(complete, anchor.public_key):
            return anchor.public_key
        for signer in self._pool.named(complete.issuer):
            signed = signer.extensions.allows(KeyUsage.CRL_SIGN) and self._holds(complete, signer.public_key)
            if signed and self._vouched(signer, issuer, designated=designated):
                return signer.public_key
        return None

    def _vouched(self, signer: Certificate, issuer: Issuer, *, designated: bool) -> bool:
        """Whether a path to the same anchor ends at the signer (f), through nobody but the target's own superiors.

        The second half is ours: without it every authority below the anchor could say that another's are not revoked.
        """
        if designated:
            self._designated.append(signer.der)
        try:
            pool = self._pool.anchored_at(issuer.anchor)
            search = Search.over(pool, self._inputs, limits=self._limits, revocation=self, signatures=self._signatures)
            found = search.find(signer)
        finally:
            if designated:
                self._designated.pop()
        return isinstance(found, Accepted) and all(
            one.self_issued or one.subject in issuer.superiors for one in found.certificates[1:]
        )

    def _holds(self, one: RevocationList, key: bytes) -> bool:
        pair = (one.encoded, key)
        if pair not in self._verified:
            if self._signatures.left <= 0:
                raise SignatureBudget
            self._signatures.left -= 1
            self._verified[pair] = judge_signature(one.tbs, one.signature, one.signature_algorithm, key) is None
        return self._verified[pair]


def candidates(
    lists: Mapping[Name, Sequence[RevocationList]], certificate: Certificate, point: DistributionPoint, /
) -> Iterator[RevocationList]:
    """Complete lists by the issuer that the distribution point names: §6.3.3 (b)(1)."""
    named = [name.value for name in point.crl_issuer if name.form is Form.DIRECTORY]
    for issuer in named if point.crl_issuer else [certificate.issuer]:
        assert isinstance(issuer, tuple)  # noqa: S101  (a directory name is a Name)
        for one in lists.get(issuer, ()):
            if one.base is None and (not point.crl_issuer or one.indirect):
                yield one


def reasons_of(complete: RevocationList, point: DistributionPoint, /) -> Reasons:
    """§6.3.3 (d): for which reasons a list speaks at a point."""
    scope = complete.point or _EVERYTHING
    return (scope.reasons or ALL_REASONS) & (point.reasons or ALL_REASONS)


def deltas_of(complete: RevocationList, lists: Iterable[RevocationList], /) -> list[RevocationList]:
    """§6.3.3 (c): deltas of the same issuer and scope that begin at or before this list; newest first."""
    number = complete.number
    if number is None:
        return []
    found = [
        (one.number, one)
        for one in lists
        if one.base is not None
        and one.number is not None
        and one.base <= number < one.number
        and one.point == complete.point
        and one.authority_key == complete.authority_key
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _current(one: RevocationList, at: Instant) -> bool:
    """§6.3.3 (a): a list without nextUpdate has no end, and the norm wants it there (§5.1.2.5)."""
    return one.this_update <= at and one.next_update is not None and at <= one.next_update


def points_of(certificate: Certificate, /) -> Iterator[DistributionPoint]:
    """The points that the certificate names, then its issuer itself, as the end of §6.3.3 says."""
    yield from certificate.extensions.distribution_points
    name = (GeneralName(Form.DIRECTORY, certificate.issuer),)
    yield DistributionPoint(full_name=name, relative_name=None, reasons=None, crl_issuer=())


def covers(complete: RevocationList, certificate: Certificate, point: DistributionPoint, /) -> bool:
    """§6.3.3 (b)(2): whether the scope of a list takes in this certificate, as told at this point."""
    scope = complete.point or _EVERYTHING
    listed = _resolve(scope.full_name, scope.relative_name, complete.issuer)
    if listed:  # (i)
        wanted = _resolve(point.full_name, point.relative_name, complete.issuer) or frozenset(point.crl_issuer)
        if not listed & wanted:
            return False
    authority = certificate.extensions.authority
    if (scope.only_users and authority) or (scope.only_authorities and not authority):  # (ii), (iii)
        return False
    return not scope.only_attributes  # (iv)


def _resolve(
    full: tuple[GeneralName, ...], relative: frozenset[Attribute] | None, issuer: Name
) -> frozenset[GeneralName]:
    """Names in full: a relative one is a name below the issuer of the list (§4.2.1.13)."""
    if relative is not None:
        return frozenset({GeneralName(Form.DIRECTORY, (*issuer, relative))})
    return frozenset(full)

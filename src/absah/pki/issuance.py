"""Issuing a certificate in two moves: prepare and lint, then sign what was linted and nothing else.

    CertificateOrder --prepare--> LintedCertificate --issue--> DER

`prepare` is pure but for a throw-away key: it builds the certificate, signs it with a key of the issuer's kind that
nobody keeps, and lints the whole of it. The result is a permission that works once. `issue` puts the issuer's
signature on the very bytes that were linted.
"""

from dataclasses import dataclass
from functools import cache
from typing import final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.pki import der
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SigningKey,
    issuing_digest_for,
    key_algorithm_of,
    load_public_key,
    sign_bytes,
    signature_algorithm_for,
    verify_bytes,
)
from absah.pki.certificate_building import IssuerRefused, build_tbs, issuer_of, key_identifier_of
from absah.pki.lint import blocking, lint_certificate
from absah.pki.orders import (
    CertificateOrder,
    EmailRefused,
    EndpointRefused,
    Endpoints,
    KeyNotInProfile,
    SerialRefused,
    SubjectNotInProfile,
    ValidityRefused,
    check_order,
)

__all__ = [
    "CertificateOrder",
    "EmailRefused",
    "EndpointRefused",
    "Endpoints",
    "IssuerKeyMismatch",
    "IssuerRefused",
    "KeyNotInProfile",
    "LintFailed",
    "LintedCertificate",
    "LintedCertificateUsed",
    "SerialRefused",
    "SubjectNotInProfile",
    "ToBeSigned",
    "ValidityRefused",
    "issue",
    "key_identifier_of",
    "prepare",
]


class LintFailed(RuleBroken):
    """The certificate was built and a lint objects; nothing was signed. Parameter: findings, their codes."""

    code = "pki.lint-failed"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="2")


class IssuerKeyMismatch(RuleBroken):
    """The key at hand is not the issuer's."""

    code = "pki.issuer-key-mismatch"
    citation = Citation(norm=Norm.RFC_5280, clause="4.1.1.3")


class LintedCertificateUsed(WrongState):
    """This permission was used already. Prepare again."""

    code = "pki.linted-certificate-used"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBeSigned:
    """What the issuer's key will sign: the TBSCertificate, by whose key, with which digest."""

    tbs: bytes
    issuer_public_key: bytes
    digest: DigestAlgorithm


@final
class LintedCertificate:
    """Permission to sign exactly one certificate that has passed every lint. Made by `prepare` only."""

    __slots__ = ("_plan",)

    def __init__(self, plan: ToBeSigned, /) -> None:
        self._plan: ToBeSigned | None = plan

    def redeem(self) -> ToBeSigned:
        """Hand over the plan, once. Raises LintedCertificateUsed."""
        if self._plan is None:
            raise LintedCertificateUsed
        plan, self._plan = self._plan, None
        return plan


@cache
def _throw_away_key(algorithm: KeyAlgorithm) -> SigningKey:
    """A key of a kind, made once per process and trusted by nobody: what it signs is linted and thrown away."""
    match algorithm:
        case KeyAlgorithm.P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyAlgorithm.P384:
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return rsa.generate_private_key(65537, int(algorithm.value.removeprefix("rsa-")))


def prepare(order: CertificateOrder, /, *, now: Instant) -> LintedCertificate:
    """Build, sign with a throw-away key, lint. Raises LintFailed, IssuerRefused and what `check_order` raises."""
    algorithm = check_order(order, now)
    issuer = issuer_of(order, algorithm)
    digest = issuing_digest_for(issuer.algorithm)
    signature = signature_algorithm_for(issuer.algorithm, digest)
    for part in (signature.digest, signature.scheme, issuer.algorithm):
        check_usable(part, AlgorithmUse.NEW, instant(now).date())
    tbs = build_tbs(order, issuer, signature)
    trial = _signed(tbs, signature, sign_bytes(_throw_away_key(issuer.algorithm), tbs, digest))
    findings = blocking(lint_certificate(trial, order.profile))
    if findings:
        raise LintFailed(findings=", ".join(finding.code for finding in findings))
    return LintedCertificate(ToBeSigned(tbs=tbs, issuer_public_key=issuer.public_key, digest=digest))


def _signed(tbs: bytes, algorithm: SignatureAlgorithm, signature: bytes) -> bytes:
    return der.sequence(tbs, encode_signature_algorithm(algorithm), der.bit_string(signature))


def issue(linted: LintedCertificate, key: SigningKey, /) -> bytes:
    """Sign what was linted. The certificate in DER. Raises LintedCertificateUsed, IssuerKeyMismatch, SignatureInvalid.

    The signature is checked before it leaves: a faulty device must not publish a certificate nobody can use.
    """
    plan = linted.redeem()
    if key.public_key() != load_public_key(plan.issuer_public_key):
        raise IssuerKeyMismatch
    signature = sign_bytes(key, plan.tbs, plan.digest)
    algorithm = signature_algorithm_for(key_algorithm_of(plan.issuer_public_key), plan.digest)
    verify_bytes(plan.issuer_public_key, signature, plan.tbs, algorithm)
    return _signed(plan.tbs, algorithm, signature)

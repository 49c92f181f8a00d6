"""Issuing a certificate in two moves: prepare and lint, then sign what was linted and nothing else.

    CertificateOrder --prepare--> LintedCertificate --issue--> DER

`prepare` is pure but for a throw-away key: it builds the certificate, signs it with a key of the issuer's kind that
nobody keeps, and lints the whole of it. The result is a permission that works once. `issue` puts the issuer's
signature on the very bytes that were linted.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import AuthorityInformationAccessOID

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.pki import der
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SigningKey,
    hash_of,
    issuing_digest_for,
    key_algorithm_of,
    public_key_of,
    sign_bytes,
    signature_algorithm_for,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
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
from absah.pki.profiles import Authority, KeyUsage, Purpose

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


class IssuerRefused(RuleBroken):
    """The issuer may not sign this certificate. Parameter: problem."""

    code = "pki.issuer-refused"
    citation = Citation(norm=Norm.RFC_5280, clause="6.1.4")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issuer:
    """Who signs: its name, its key identifier, its key."""

    name: x509.Name
    key_identifier: bytes
    public_key: bytes
    algorithm: KeyAlgorithm


def key_identifier_of(spki_der: bytes, /) -> bytes:
    """160 bits that name a key: the leftmost of SHA-256 over the key bits (RFC 7093 §2 method 1)."""
    fields = der.outermost(spki_der, "SubjectPublicKeyInfo").reader()
    fields.read(der.SEQUENCE)
    return hashlib.sha256(fields.read(der.BIT_STRING).bits()).digest()[:20]


def _own_issuer(order: CertificateOrder, algorithm: KeyAlgorithm) -> _Issuer:
    if order.profile.purpose is not Purpose.ROOT_CA:
        raise IssuerRefused(problem="absent")
    return _Issuer(
        name=order.subject.to_x509(),
        key_identifier=key_identifier_of(order.public_key),
        public_key=order.public_key,
        algorithm=algorithm,
    )


def _issuer_from(issuer_der: bytes, order: CertificateOrder) -> _Issuer:
    """The issuer, once it is clear that it may sign this certificate (RFC 5280 §6.1.4 k-n, seen from above)."""
    certificate = load_certificate(issuer_der)
    extensions = certificate.extensions
    if order.profile.purpose is Purpose.ROOT_CA:
        raise IssuerRefused(problem="root")
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        key_identifier = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        raise IssuerRefused(problem="not-a-ca") from None
    if not constraints.ca or not usage.key_cert_sign:
        raise IssuerRefused(problem="not-a-ca")
    if constraints.path_length == 0 and order.profile.purpose.is_authority:
        raise IssuerRefused(problem="path-length")
    # The shell model: nothing outlives what it hangs on.
    if (
        order.validity.not_before < certificate.not_valid_before_utc
        or order.validity.not_after > certificate.not_valid_after_utc
    ):
        raise ValidityRefused(profile=order.profile.name, problem="outside-issuer")
    public_key = public_key_of_certificate(certificate)
    return _Issuer(
        name=certificate.subject,
        key_identifier=key_identifier,
        public_key=public_key,
        algorithm=key_algorithm_of(public_key),
    )


def _key_usage(usages: frozenset[KeyUsage]) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=KeyUsage.DIGITAL_SIGNATURE in usages,
        content_commitment=KeyUsage.CONTENT_COMMITMENT in usages,
        key_cert_sign=KeyUsage.KEY_CERT_SIGN in usages,
        crl_sign=KeyUsage.CRL_SIGN in usages,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pointers(endpoints: Endpoints) -> list[x509.ExtensionType]:
    """CRL distribution point and authority information access, where there is something to point to."""
    found: list[x509.ExtensionType] = []
    if endpoints.crl_url is not None:
        name = [x509.UniformResourceIdentifier(endpoints.crl_url)]
        found.append(x509.CRLDistributionPoints([x509.DistributionPoint(name, None, None, None)]))
    methods = (
        (AuthorityInformationAccessOID.OCSP, endpoints.ocsp_url),
        (AuthorityInformationAccessOID.CA_ISSUERS, endpoints.ca_issuers_url),
    )
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in methods
        if url is not None
    ]
    if access:
        found.append(x509.AuthorityInformationAccess(access))
    return found


def _extensions(order: CertificateOrder, issuer: _Issuer) -> list[tuple[x509.ExtensionType, bool]]:
    profile = order.profile
    extensions: list[tuple[x509.ExtensionType, bool]] = []
    match profile.constraints:
        case Authority(path_length=depth):
            extensions.append((x509.BasicConstraints(ca=True, path_length=depth), True))
        case _:  # an end entity says nothing, and is none by default (RFC 5280 §4.2.1.9)
            pass
    extensions.append((_key_usage(profile.key_usage), True))
    if profile.extended_key_usage:
        usages = [x509.ObjectIdentifier(usage) for usage in profile.extended_key_usage]
        extensions.append((x509.ExtendedKeyUsage(usages), profile.extended_key_usage_critical))
    extensions.append((x509.SubjectKeyIdentifier(key_identifier_of(order.public_key)), False))
    if order.issuer is not None:
        extensions.append((x509.AuthorityKeyIdentifier(issuer.key_identifier, None, None), False))
    if profile.policies:
        policies = [x509.PolicyInformation(x509.ObjectIdentifier(policy), None) for policy in profile.policies]
        extensions.append((x509.CertificatePolicies(policies), False))
    if order.dns_names:
        extensions.append((x509.SubjectAlternativeName([x509.DNSName(name) for name in order.dns_names]), False))
    if order.emails:
        extensions.append((x509.SubjectAlternativeName([x509.RFC822Name(mail) for mail in order.emails]), False))
    extensions.extend((pointer, False) for pointer in _pointers(order.endpoints))
    if profile.no_revocation_check:
        extensions.append((x509.OCSPNoCheck(), False))
    return extensions


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
    issuer = _own_issuer(order, algorithm) if order.issuer is None else _issuer_from(order.issuer, order)
    digest = issuing_digest_for(issuer.algorithm)
    signature = signature_algorithm_for(issuer.algorithm, digest)
    for part in (signature.digest, signature.scheme, issuer.algorithm):
        check_usable(part, AlgorithmUse.NEW, instant(now).date())
    builder = (
        x509.CertificateBuilder()
        .subject_name(order.subject.to_x509())
        .issuer_name(issuer.name)
        .public_key(load_der_public_key(order.public_key))  # type: ignore[arg-type]  # its kind was checked above
        .serial_number(order.serial)
        .not_valid_before(order.validity.not_before)
        .not_valid_after(order.validity.not_after)
    )
    for value, critical in _extensions(order, issuer):
        builder = builder.add_extension(value, critical)
    trial = builder.sign(_throw_away_key(issuer.algorithm), hash_of(digest))  # type: ignore[arg-type]  # never SHA-1
    findings = blocking(lint_certificate(trial.public_bytes(Encoding.DER), order.profile))
    if findings:
        raise LintFailed(findings=", ".join(finding.code for finding in findings))
    return LintedCertificate(
        ToBeSigned(tbs=trial.tbs_certificate_bytes, issuer_public_key=issuer.public_key, digest=digest)
    )


def issue(linted: LintedCertificate, key: SigningKey, /) -> bytes:
    """Sign what was linted. The certificate in DER. Raises LintedCertificateUsed, IssuerKeyMismatch, SignatureInvalid.

    The signature is checked before it leaves: a faulty device must not publish a certificate nobody can use.
    """
    plan = linted.redeem()
    if public_key_of(key) != plan.issuer_public_key:
        raise IssuerKeyMismatch
    signature = sign_bytes(key, plan.tbs, plan.digest)
    algorithm = signature_algorithm_for(key_algorithm_of(plan.issuer_public_key), plan.digest)
    verify_bytes(plan.issuer_public_key, signature, plan.tbs, algorithm)
    return der.sequence(plan.tbs, encode_signature_algorithm(algorithm), der.bit_string(signature))

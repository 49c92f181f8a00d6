"""The TBSCertificate of an order, in DER. What certificates of one profile and issuer share is encoded once.

The library's builder is asked for the extensions that seldom change; the rest are a few lines of DER. A test compares
every profile with what the library's builder makes of the same order.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from absah.kernel.clock import Instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithms import KeyAlgorithm, SignatureAlgorithm, key_algorithm_of
from absah.pki.certificates import load_certificate, public_key_of_certificate, subject_bytes, validity_of
from absah.pki.orders import CertificateOrder, Endpoints, ValidityRefused
from absah.pki.profiles import Authority, KeyUsage, Profile, Purpose

_VERSION_3 = der.explicit(0, der.integer(2))
_KEPT = 64


class IssuerRefused(RuleBroken):
    """The issuer may not sign this certificate. Parameter: problem."""

    code = "pki.issuer-refused"
    citation = Citation(norm=Norm.RFC_5280, clause="6.1.4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs: its name (DER), its key identifier, its key."""

    name: bytes
    key_identifier: bytes
    public_key: bytes
    algorithm: KeyAlgorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class _Above:
    """What a CA certificate says that bears on what it issues."""

    issuer: Issuer
    path_length: int | None
    not_before: Instant
    not_after: Instant


def key_identifier_of(spki_der: bytes, /) -> bytes:
    """160 bits that name a key: the leftmost of SHA-256 over the key bits (RFC 7093 §2 method 1)."""
    fields = der.outermost(spki_der, "SubjectPublicKeyInfo").reader()
    fields.read(der.SEQUENCE)
    return hashlib.sha256(fields.read(der.BIT_STRING).bits()).digest()[:20]


def issuer_of(order: CertificateOrder, algorithm: KeyAlgorithm, /) -> Issuer:
    """Who signs an order: a root signs itself. Raises IssuerRefused, ValidityRefused, CertificateUnreadable."""
    if order.issuer is None:
        return _own_issuer(order, algorithm)
    # RFC 5280 §6.1.4 k-n, seen from above.
    if order.profile.purpose is Purpose.ROOT_CA:
        raise IssuerRefused(problem="root")
    above = _read_issuer(order.issuer)
    if above.path_length == 0 and order.profile.purpose.is_authority:
        raise IssuerRefused(problem="path-length")
    # The shell model: nothing outlives what it hangs on.
    if order.validity.not_before < above.not_before or order.validity.not_after > above.not_after:
        raise ValidityRefused(profile=order.profile.name, problem="outside-issuer")
    return above.issuer


def _own_issuer(order: CertificateOrder, algorithm: KeyAlgorithm) -> Issuer:
    if order.profile.purpose is not Purpose.ROOT_CA:
        raise IssuerRefused(problem="absent")
    return Issuer(
        name=order.subject.to_der(),
        key_identifier=key_identifier_of(order.public_key),
        public_key=order.public_key,
        algorithm=algorithm,
    )


@lru_cache(maxsize=_KEPT)
def _read_issuer(issuer_der: bytes) -> _Above:
    certificate = load_certificate(issuer_der)
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        key_identifier = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        raise IssuerRefused(problem="not-a-ca") from None
    if not constraints.ca or not usage.key_cert_sign:
        raise IssuerRefused(problem="not-a-ca")
    public_key = public_key_of_certificate(certificate)
    not_before, not_after = validity_of(certificate)
    return _Above(
        issuer=Issuer(
            name=subject_bytes(certificate),
            key_identifier=key_identifier,
            public_key=public_key,
            algorithm=key_algorithm_of(public_key),
        ),
        path_length=constraints.path_length,
        not_before=not_before,
        not_after=not_after,
    )


def build_tbs(order: CertificateOrder, issuer: Issuer, algorithm: SignatureAlgorithm, /) -> bytes:
    """What the issuer signs, with `algorithm` named in it."""
    usages, pointers = _standing_extensions(order.profile, order.endpoints)
    extensions = (
        usages,
        der.extension(oids.SUBJECT_KEY_IDENTIFIER, der.octet_string(key_identifier_of(order.public_key))),
        b"" if order.issuer is None else _authority_key_identifier(issuer.key_identifier),
        _policies(order.profile),
        _alternative_names(order),
        pointers,
    )
    return der.sequence(
        _VERSION_3,
        der.integer(order.serial),
        encode_signature_algorithm(algorithm),
        issuer.name,
        der.sequence(der.time(order.validity.not_before), der.time(order.validity.not_after)),
        order.subject.to_der(),
        order.public_key,
        der.explicit(3, der.sequence(*extensions)),
    )


def _encode(value: x509.ExtensionType, *, critical: bool = False) -> bytes:
    return der.extension(value.oid.dotted_string, value.public_bytes(), critical=critical)


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


@lru_cache(maxsize=_KEPT)
def _standing_extensions(profile: Profile, endpoints: Endpoints) -> tuple[bytes, bytes]:
    """What a profile says of use, and where its certificates point to."""
    usages = []
    match profile.constraints:
        case Authority(path_length=depth):
            usages.append(_encode(x509.BasicConstraints(ca=True, path_length=depth), critical=True))
        case _:  # an end entity says nothing, and is none by default (RFC 5280 §4.2.1.9)
            pass
    usages.append(_encode(_key_usage(profile.key_usage), critical=True))
    if profile.extended_key_usage:
        extended = x509.ExtendedKeyUsage([x509.ObjectIdentifier(usage) for usage in profile.extended_key_usage])
        usages.append(_encode(extended, critical=profile.extended_key_usage_critical))
    pointers = [_encode(pointer) for pointer in _pointers(endpoints)]
    if profile.no_revocation_check:
        pointers.append(_encode(x509.OCSPNoCheck()))
    return b"".join(usages), b"".join(pointers)


@lru_cache(maxsize=_KEPT)
def _authority_key_identifier(key_identifier: bytes) -> bytes:
    return _encode(x509.AuthorityKeyIdentifier(key_identifier, None, None))


@lru_cache(maxsize=_KEPT)
def _policies(profile: Profile) -> bytes:
    if not profile.policies:
        return b""
    policies = [x509.PolicyInformation(x509.ObjectIdentifier(policy), None) for policy in profile.policies]
    return _encode(x509.CertificatePolicies(policies))


def _alternative_names(order: CertificateOrder) -> bytes:
    """Servers' names (dNSName [2]) or people's addresses (rfc822Name [1]): plain ASCII, as `check_order` has seen."""
    names = [der.implicit(2, name.encode("ascii")) for name in order.dns_names]
    names += [der.implicit(1, mail.encode("ascii")) for mail in order.emails]
    return der.extension(oids.SUBJECT_ALTERNATIVE_NAME, der.sequence(*names)) if names else b""

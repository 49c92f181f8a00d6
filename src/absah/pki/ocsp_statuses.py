"""Which certificate an OCSP message is about, and what it says about it (RFC 6960 §4.1.1, §4.2.1)."""

from dataclasses import dataclass

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.rng import Serial
from absah.pki import der
from absah.pki.algorithm_identifiers import encode_digest_algorithm, read_digest_algorithm
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, public_key_of_certificate, subject_bytes
from absah.pki.revocation import RevocationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CertId:
    """Which certificate is meant: its issuer by two digests, and its serial number."""

    digest: DigestAlgorithm
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: Serial

    def matches(self, issuer_der: bytes, serial: Serial, /) -> bool:
        """Whether it means the certificate with this serial of this issuer. Raises CertificateUnreadable."""
        return self == cert_id_for(issuer_der, serial, self.digest)


def cert_id_for(issuer_der: bytes, serial: Serial, digest: DigestAlgorithm, /) -> CertId:
    """The CertID of a certificate. SHA-1 here only names; clients that know nothing else still ask with it."""
    issuer = load_certificate(issuer_der)
    return CertId(
        digest=digest,
        issuer_name_hash=digest.digest(subject_bytes(issuer)),
        issuer_key_hash=digest.digest(key_bits(issuer)),
        serial=serial,
    )


def key_bits(certificate: x509.Certificate, /) -> bytes:
    """The bits of its public key, without algorithm and wrapping: what KeyHash is taken over."""
    fields = der.outermost(public_key_of_certificate(certificate), "SubjectPublicKeyInfo").reader()
    fields.read(der.SEQUENCE)
    return fields.read(der.BIT_STRING).bits()


def key_hash(certificate: x509.Certificate, /) -> bytes:
    """KeyHash is SHA-1 whatever else is used (RFC 6960 §4.2.1). It names, it secures nothing."""
    return DigestAlgorithm.SHA1.digest(key_bits(certificate))


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStatus:
    """What is said about one certificate, and for how long it is said."""

    cert_id: CertId
    status: RevocationStatus
    this_update: Instant
    next_update: Instant | None


def encode_cert_id(cert_id: CertId, /) -> bytes:
    # RFC 6960 §4.3 examples and every client: the digest's parameters are NULL here.
    identifier = der.outermost(encode_digest_algorithm(cert_id.digest), "CertID").content
    return der.sequence(
        der.sequence(identifier, der.null()),
        der.octet_string(cert_id.issuer_name_hash),
        der.octet_string(cert_id.issuer_key_hash),
        der.integer(cert_id.serial),
    )


def read_cert_id(element: der.Element, /) -> CertId:
    """A CertID of a response or a request. Raises DerMalformed, AlgorithmUnknown."""
    fields = element.reader()
    cert_id = CertId(
        digest=read_digest_algorithm(fields.read(der.SEQUENCE)),
        issuer_name_hash=fields.read(der.OCTET_STRING).content,
        issuer_key_hash=fields.read(der.OCTET_STRING).content,
        serial=Serial(fields.read(der.INTEGER).integer()),
    )
    fields.finish()
    return cert_id

"""Reading a certificate: once, with one error for everything the library may find wrong with it.

DER is the record (design D5). `Certificate` of the library is the view on it; this module makes sure that the lazily
parsed parts (names, extensions) have been looked at before anybody relies on them.

The same few certificates (a signer's, the authorities' above it) come by at every signature, so those read last are
kept. They cannot be changed, and what was refused is not kept.
"""

from functools import lru_cache

from cryptography import x509

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput
from absah.kernel.rng import Serial
from absah.pki import der

_MAXIMUM_SIZE = 64 * 1024
_KEPT = 128


class CertificateUnreadable(BadInput):
    """Not an X.509 certificate in DER, or one whose inside breaks its own structure. Parameter: problem."""

    code = "pki.certificate-unreadable"


def load_certificate(certificate_der: bytes, /) -> x509.Certificate:
    """The certificate, with names, extensions and times known to be readable. Raises CertificateUnreadable.

    The key is not looked at: a certificate with a key we do not know is still a certificate.
    """
    if len(certificate_der) > _MAXIMUM_SIZE:
        raise CertificateUnreadable(problem="too large")
    return _load(certificate_der)


@lru_cache(maxsize=_KEPT)
def _load(certificate_der: bytes) -> x509.Certificate:
    try:
        # RFC 5280 §4.1.2.2 wants it positive; the library only warns, so it is asked first.
        fields = der.Reader(certificate_der, "certificate").read(der.SEQUENCE).reader().read(der.SEQUENCE).reader()
        fields.read_optional(0xA0)
        if fields.read(der.INTEGER).integer() <= 0:
            raise CertificateUnreadable(problem="serial number")
        certificate = x509.load_der_x509_certificate(certificate_der)
        _ = (certificate.subject, certificate.issuer, certificate.extensions, certificate.version)
        _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    except x509.DuplicateExtension as problem:
        raise CertificateUnreadable(problem=f"duplicate extension {problem.oid.dotted_string}") from problem
    # The library says TypeError of a name that is written as a BIT STRING.
    except (der.DerMalformed, ValueError, TypeError, x509.InvalidVersion, x509.UnsupportedGeneralNameType) as problem:
        raise CertificateUnreadable(problem="structure") from problem
    return certificate


@lru_cache(maxsize=_KEPT)
def _fields(certificate: x509.Certificate) -> dict[str, bytes]:
    """The SEQUENCEs of the TBSCertificate, byte for byte as they stand there."""
    fields = der.outermost(certificate.tbs_certificate_bytes, "certificate").reader()
    fields.read_optional(0xA0)
    fields.read(der.INTEGER)
    wanted = ("signature", "issuer", "validity", "subject", "subjectPublicKeyInfo")
    return {known: fields.read(der.SEQUENCE).encoded for known in wanted}


def issuer_bytes(certificate: x509.Certificate, /) -> bytes:
    """The DER of its issuer's name. The library writes names anew, and not always as it found them."""
    return _fields(certificate)["issuer"]


def subject_bytes(certificate: x509.Certificate, /) -> bytes:
    """The DER of its subject's name."""
    return _fields(certificate)["subject"]


def public_key_of_certificate(certificate: x509.Certificate, /) -> bytes:
    """The DER of its SubjectPublicKeyInfo, whether or not we know such keys."""
    return _fields(certificate)["subjectPublicKeyInfo"]


def validity_bytes(certificate: x509.Certificate, /) -> bytes:
    """The DER of its validity: which form each of the two times has."""
    return _fields(certificate)["validity"]


def signature_algorithm_bytes(certificate: x509.Certificate, /) -> bytes:
    """The DER of the AlgorithmIdentifier inside what was signed (RFC 5280 §4.1.2.3)."""
    return _fields(certificate)["signature"]


def serial_of(certificate: x509.Certificate, /) -> Serial:
    return Serial(certificate.serial_number)


def validity_of(certificate: x509.Certificate, /) -> tuple[Instant, Instant]:
    """First and last second of its validity."""
    return instant(certificate.not_valid_before_utc), instant(certificate.not_valid_after_utc)

"""Reading a certificate: once, with one error for everything the library may find wrong with it.

DER is the record (design D5). `Certificate` of the library is the view on it; this module makes sure that the lazily
parsed parts (names, extensions) have been looked at before anybody relies on them.

The same few certificates (a signer's, the authorities' above it) come by at every signature, so those read last are
kept. They cannot be changed, and what was refused is not kept.
"""

from functools import lru_cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

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
    _check_size(certificate_der)
    return _load(certificate_der)


def read_certificate(certificate_der: bytes, /) -> x509.Certificate:
    """The same for one that comes by once only, and is not kept. Raises CertificateUnreadable."""
    _check_size(certificate_der)
    return _read(certificate_der)


def _check_size(certificate_der: bytes) -> None:
    if len(certificate_der) > _MAXIMUM_SIZE:
        raise CertificateUnreadable(problem="too large")


def _read(certificate_der: bytes) -> x509.Certificate:
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


_load = lru_cache(maxsize=_KEPT)(_read)


class CertificateFields(NamedTuple):
    """The SEQUENCEs of a certificate, byte for byte as they stand there; the last is outside of what was signed."""

    signature: bytes
    issuer: bytes
    validity: bytes
    subject: bytes
    public_key: bytes
    signature_algorithm: bytes


def fields_in(certificate_der: bytes, /) -> CertificateFields:
    """What stands in a certificate that was read. The library writes names anew, and not always as it found them."""
    whole = der.outermost(certificate_der, "certificate").reader()
    fields = whole.read(der.SEQUENCE).reader()
    fields.read_optional(0xA0)
    fields.read(der.INTEGER)
    inside = [fields.read(der.SEQUENCE).encoded for _ in range(5)]
    return CertificateFields._make([*inside, whole.read(der.SEQUENCE).encoded])


@lru_cache(maxsize=_KEPT)
def _fields(certificate: x509.Certificate) -> CertificateFields:
    return fields_in(certificate.public_bytes(Encoding.DER))


def issuer_bytes(certificate: x509.Certificate, /) -> bytes:
    """The DER of its issuer's name."""
    return _fields(certificate).issuer


def subject_bytes(certificate: x509.Certificate, /) -> bytes:
    """The DER of its subject's name."""
    return _fields(certificate).subject


def public_key_of_certificate(certificate: x509.Certificate, /) -> bytes:
    """The DER of its SubjectPublicKeyInfo, whether or not we know such keys."""
    return _fields(certificate).public_key


def serial_of(certificate: x509.Certificate, /) -> Serial:
    return Serial(certificate.serial_number)


def validity_of(certificate: x509.Certificate, /) -> tuple[Instant, Instant]:
    """First and last second of its validity."""
    return instant(certificate.not_valid_before_utc), instant(certificate.not_valid_after_utc)

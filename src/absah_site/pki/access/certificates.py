"""Certificates of the register, by whatever names them, and whether one may be signed with."""

from collections.abc import Iterator

from cryptography import x509

from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import NotFound
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.ports import CredentialId
from absah.signing.refusals import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    CredentialNotUsable,
)
from absah_site.pki import store
from absah_site.pki.access.authorities import authority
from absah_site.pki.store import (
    IssuedLine,
    RegisteredCertificate,
    SerialHex,
    Status,
)


class CertificateUnknown(NotFound):
    """The register holds no such certificate."""

    code = "register.certificate-unknown"


def fingerprint_of(certificate: bytes, /) -> str:
    """How the register names a certificate: SHA-256 over its DER, hexadecimal."""
    return DigestAlgorithm.SHA256.digest(certificate).hex()


def key_hash_of(public_key: bytes, /) -> str:
    """How the register names a key: SHA-256 over its SubjectPublicKeyInfo, hexadecimal."""
    return DigestAlgorithm.SHA256.digest(public_key).hex()


def serial_text(serial: int, /) -> SerialHex:
    """A serial as the register writes it."""
    return SerialHex(f"{serial:032x}")


def in_pairs(serial: str, /) -> str:
    """A serial number as viewers of certificates show it; digits in a row could be taken for a personal number."""
    return " ".join(serial[at : at + 2] for at in range(0, len(serial), 2)).upper()


def certificate(serial: str, /) -> RegisteredCertificate:
    """By serial (hexadecimal, any case, leading zeros or not)."""
    found = store.find_certificate(_serial(serial))
    if found is None:
        raise CertificateUnknown
    return found


def _serial(written: str, /) -> SerialHex:
    try:
        return serial_text(int(written, 16))
    except ValueError:
        raise CertificateUnknown from None


def certificate_of_credential(credential: CredentialId, /) -> RegisteredCertificate:
    """The newest certificate of a key."""
    found = store.find_certificate_of_credential(credential)
    if found is None:
        raise CertificateUnknown
    return found


def certificate_with_fingerprint(fingerprint: str, /) -> RegisteredCertificate:
    """By the SHA-256 of its DER."""
    found = store.find_certificate_by_fingerprint(fingerprint)
    if found is None:
        raise CertificateUnknown
    return found


def certificates_of(holder: str, /) -> tuple[RegisteredCertificate, ...]:
    """All certificates of a subscriber (the opaque number), the newest first."""
    return store.certificates_of(holder)


def certificates_of_same_key(serial: str, /) -> tuple[RegisteredCertificate, ...]:
    """Every certificate of the key that one certificate has, itself included."""
    found = certificate(serial)
    return store.certificates_with_key(found.key_hash) if found.key_hash else (found,)


def certificates_issued_by(issuer: str, /) -> Iterator[RegisteredCertificate]:
    """Everything that an authority of ours issued, the oldest first."""
    return store.every_certificate(authority(issuer).slug)


def certificates_ending(
    agency: str, since: Instant, until: Instant, /, *, limit: int
) -> tuple[RegisteredCertificate, ...]:
    """Those of people of an agency that end between two moments, the first to end first; revoked ones left out."""
    return store.certificates_ending(agency, since, until, limit=limit)


def issued_by_month(agency: str, since: Instant, until: Instant, /) -> tuple[tuple[str, str, int], ...]:
    """How many certificates an agency got in an interval: month (`2026-03`), profile, number."""
    return store.count_issued_by_month(agency, since, until)


def issued_list(agency: str, since: Instant, until: Instant, /, *, most: int) -> tuple[int, tuple[IssuedLine, ...]]:
    """How many certificates an agency got in an interval, and the first of them, by their subjects' names."""
    return store.issued_list(agency, since, until, most=most)


def changes_by_month(agency: str, since: Instant, until: Instant, /) -> tuple[tuple[str, str, str, int], ...]:
    """How often certificates of an agency changed in an interval: month, what they became, why, number."""
    return store.count_changes_by_month(agency, since, until)


def fingerprints_issued_for(agency: str, since: Instant, until: Instant, /) -> tuple[str, ...]:
    """What was issued for an agency (its opaque id) in an interval, by fingerprint, in the order of issue."""
    return store.fingerprints_issued_for(agency, since, until)


def emails_in(certificate: x509.Certificate, /) -> tuple[str, ...]:
    """The mail addresses that a certificate names."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(names.get_values_for_type(x509.RFC822Name))


def is_in_use(found: RegisteredCertificate, /, *, now: Instant) -> bool:
    """Whether it is valid, or would be if it were not suspended."""
    return found.status is not Status.REVOKED and now <= found.not_after


def check_certificate_usable(found: RegisteredCertificate, /, *, now: Instant) -> None:
    """A certificate may be signed with: begun, not over, neither revoked nor suspended. Raises signing's refusals."""
    # PP 71/2019 Pasal 62 (1): at signing the certificate is valid and not revoked; (2): its key is not reported lost.
    if found.status is Status.REVOKED:
        raise CertificateRevoked
    if found.status is Status.SUSPENDED:
        raise CredentialNotUsable(state=found.status.value)
    if now < found.not_before:
        raise CertificateNotYetValid(first=legal_date(found.not_before).isoformat())
    if now > found.not_after:
        raise CertificateExpired(last=legal_date(found.not_after).isoformat())

"""RFC 5280 §4: what every certificate of a PKI must be, whatever its profile."""

from collections.abc import Iterator

from cryptography import x509

from absah.kernel.refs import Norm
from absah.pki import der
from absah.pki.lint.findings import Finding
from absah.pki.lint.subject import Check, Linted, error

_MAXIMUM_SERIAL_BITS = 159  # 20 octets, positive
_UTC_TIME_LAST_YEAR = 2049


def _rfc(clause: str, fact: str, message: str) -> Finding:
    return error(Norm.RFC_5280, clause, fact, message)


def check_version(linted: Linted) -> Iterator[Finding]:
    if linted.certificate.version is not x509.Version.v3:
        yield _rfc("4.1.2.1", "version_not_3", "A certificate with extensions is of version 3.")


def check_serial(linted: Linted) -> Iterator[Finding]:
    if linted.certificate.serial_number.bit_length() > _MAXIMUM_SERIAL_BITS:
        yield _rfc("4.1.2.2", "serial_too_long", "The serial number has at most 20 octets.")


def check_names(linted: Linted) -> Iterator[Finding]:
    if not list(linted.certificate.issuer):
        yield _rfc("4.1.2.4", "issuer_empty", "The issuer field contains a non-empty distinguished name.")
    if not list(linted.certificate.subject):
        yield _rfc("4.1.2.6", "subject_empty", "The subject of our certificates is a non-empty distinguished name.")


def check_validity(linted: Linted) -> Iterator[Finding]:
    certificate = linted.certificate
    if certificate.not_valid_before_utc > certificate.not_valid_after_utc:
        yield _rfc("4.1.2.5", "validity_reversed", "The validity ends before it begins.")
    read = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    for moment, written in zip(read, der.outermost(linted.fields.validity, "validity").reader(), strict=True):
        if (written.tag == der.UTC_TIME) is not (moment.year <= _UTC_TIME_LAST_YEAR):
            yield _rfc("4.1.2.5", "time_form", "Dates through 2049 are UTCTime, later ones GeneralizedTime.")


def check_signature_algorithms(linted: Linted) -> Iterator[Finding]:
    if linted.fields.signature != linted.fields.signature_algorithm:
        yield _rfc("4.1.1.2", "signature_algorithms_differ", "signatureAlgorithm and tbsCertificate.signature differ.")


def check_key_identifiers(linted: Linted) -> Iterator[Finding]:
    subject = linted.find(x509.SubjectKeyIdentifier)
    authority = linted.find(x509.AuthorityKeyIdentifier)
    if subject is None and linted.is_authority:
        yield _rfc("4.2.1.2", "subject_key_identifier_absent", "A CA certificate names its key.")
    if subject is not None and subject.critical:
        yield _rfc("4.2.1.2", "subject_key_identifier_critical", "subjectKeyIdentifier is not critical.")
    if authority is None:
        if not linted.is_self_issued:
            yield _rfc("4.2.1.1", "authority_key_identifier_absent", "The certificate does not name the issuer's key.")
        return
    if authority.critical:
        yield _rfc("4.2.1.1", "authority_key_identifier_critical", "authorityKeyIdentifier is not critical.")
    if authority.value.key_identifier is None:
        yield _rfc("4.2.1.1", "key_identifier_absent", "authorityKeyIdentifier has no keyIdentifier.")


def check_authority(linted: Linted) -> Iterator[Finding]:
    constraints = linted.find(x509.BasicConstraints)
    usage = linted.find(x509.KeyUsage)
    signs_certificates = usage is not None and usage.value.key_cert_sign
    if linted.is_authority and constraints is not None and not constraints.critical:
        yield _rfc("4.2.1.9", "basic_constraints_not_critical", "basicConstraints of a CA is critical.")
    if linted.is_authority and usage is None:
        yield _rfc("4.2.1.3", "key_usage_absent", "A CA certificate limits what its key is used for.")
    if usage is not None and signs_certificates is not linted.is_authority:
        yield _rfc("4.2.1.9", "ca_and_key_cert_sign_differ", "cA and keyCertSign go together.")


def check_subject_alternative_name(linted: Linted) -> Iterator[Finding]:
    found = linted.find(x509.SubjectAlternativeName)
    if found is not None and not list(found.value):
        yield _rfc("4.2.1.6", "subject_alternative_name_empty", "subjectAltName holds at least one name.")


def check_unknown_extensions(linted: Linted) -> Iterator[Finding]:
    for extension in linted.certificate.extensions:
        if extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
            yield _rfc("4.2", "unknown_critical_extension", f"Nobody will know critical {extension.oid.dotted_string}.")


CHECKS: tuple[Check, ...] = (
    check_version,
    check_serial,
    check_names,
    check_validity,
    check_signature_algorithms,
    check_key_identifiers,
    check_authority,
    check_subject_alternative_name,
    check_unknown_extensions,
)

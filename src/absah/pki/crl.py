"""Certificate revocation lists as they are read, full and partitioned; making them is in `crl_building`.

Reading keeps the library's list behind a value: a million entries are searched, never copied.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput
from absah.kernel.rng import Serial
from absah.pki import der
from absah.pki.algorithm_identifiers import read_signature_algorithm
from absah.pki.algorithms import SignatureAlgorithm, verify_bytes
from absah.pki.crl_building import CrlHeader, CrlIssuerRefused, CrlPlan, CrlPlanRefused, RevokedEntry, build_crl
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked

__all__ = [
    "CertificateList",
    "CrlHeader",
    "CrlIssuerRefused",
    "CrlPlan",
    "CrlPlanRefused",
    "CrlScope",
    "CrlUnreadable",
    "CrlUnsupported",
    "RevokedEntry",
    "build_crl",
    "parse_crl",
]

_MAXIMUM_SIZE = 128 * 1024 * 1024


class CrlUnreadable(BadInput):
    """Not a CRL in DER of version 2, or one with parts that break its structure. Parameter: problem."""

    code = "pki.crl-unreadable"


class CrlUnsupported(BadInput):
    """A delta or indirect CRL, or one with a critical extension we do not know. Parameter: problem."""

    code = "pki.crl-unsupported"


class CrlScope(StrEnum):
    """Which certificates of its issuer a list speaks about (RFC 5280 §5.2.5)."""

    ALL = "all"
    END_ENTITIES = "end-entities"
    AUTHORITIES = "authorities"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateList:
    """A list as it was read. Whether its signature holds and whose it is, the reader must still ask."""

    issuer: bytes
    issuer_key_identifier: bytes | None
    number: int | None
    this_update: Instant
    next_update: Instant
    scope: CrlScope
    distribution_points: tuple[str, ...]
    tbs: bytes
    signature_algorithm: SignatureAlgorithm
    signature: bytes
    encoded: bytes = field(repr=False)
    listed: x509.CertificateRevocationList = field(repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.listed)

    def __iter__(self) -> Iterator[RevokedEntry]:
        return (_read_entry(entry) for entry in self.listed)

    def find(self, serial: Serial, /) -> RevokedEntry | None:
        """The line about a certificate of the list's issuer. Raises CrlUnreadable for a broken line."""
        entry = self.listed.get_revoked_certificate_by_serial_number(serial)
        return None if entry is None else _read_entry(entry)

    def status_of(self, serial: Serial, /) -> RevocationStatus:
        """Good or Revoked: a list knows every certificate of its issuer within `scope`, which the caller looks at."""
        entry = self.find(serial)
        return Good() if entry is None else Revoked(at=entry.at, reason=entry.reason)

    def verify(self, issuer_public_key: bytes, /) -> None:
        """Check the signature with a SubjectPublicKeyInfo. Raises SignatureInvalid and its kin."""
        verify_bytes(issuer_public_key, self.signature, self.tbs, self.signature_algorithm)


_REASONS = {
    x509.ReasonFlags.unspecified: RevocationReason.UNSPECIFIED,
    x509.ReasonFlags.key_compromise: RevocationReason.KEY_COMPROMISE,
    x509.ReasonFlags.ca_compromise: RevocationReason.CA_COMPROMISE,
    x509.ReasonFlags.affiliation_changed: RevocationReason.AFFILIATION_CHANGED,
    x509.ReasonFlags.superseded: RevocationReason.SUPERSEDED,
    x509.ReasonFlags.cessation_of_operation: RevocationReason.CESSATION_OF_OPERATION,
    x509.ReasonFlags.certificate_hold: RevocationReason.CERTIFICATE_HOLD,
    x509.ReasonFlags.remove_from_crl: RevocationReason.REMOVE_FROM_CRL,
    x509.ReasonFlags.privilege_withdrawn: RevocationReason.PRIVILEGE_WITHDRAWN,
    x509.ReasonFlags.aa_compromise: RevocationReason.AA_COMPROMISE,
}
_KNOWN_CRITICAL_ENTRY = (x509.CRLReason, x509.InvalidityDate)


def _read_entry(entry: x509.RevokedCertificate) -> RevokedEntry:
    reason = RevocationReason.UNSPECIFIED
    try:
        for extension in entry.extensions:
            if isinstance(extension.value, x509.CRLReason):
                reason = _REASONS[extension.value.reason]
            elif extension.critical and not isinstance(extension.value, _KNOWN_CRITICAL_ENTRY):
                raise CrlUnsupported(problem=extension.oid.dotted_string)
    except (ValueError, x509.DuplicateExtension) as problem:
        raise CrlUnreadable(problem="entry") from problem
    return RevokedEntry(serial=Serial(entry.serial_number), at=instant(entry.revocation_date_utc), reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ListExtensions:
    number: int | None
    issuer_key_identifier: bytes | None
    scope: CrlScope
    distribution_points: tuple[str, ...]


def _read_point(point: x509.IssuingDistributionPoint) -> tuple[CrlScope, tuple[str, ...]]:
    """The scope, and the addresses. Raises CrlUnsupported for what is no full list of its issuer."""
    if point.indirect_crl or point.only_contains_attribute_certs or point.only_some_reasons is not None:
        raise CrlUnsupported(problem="issuing-distribution-point")
    scope = CrlScope.END_ENTITIES if point.only_contains_user_certs else CrlScope.ALL
    if point.only_contains_ca_certs:
        scope = CrlScope.AUTHORITIES
    names = point.full_name or ()
    return scope, tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))


def _read_extensions(listed: x509.CertificateRevocationList) -> _ListExtensions:
    number: int | None = None
    key_identifier: bytes | None = None
    scope, points = CrlScope.ALL, tuple[str, ...]()
    for extension in listed.extensions:
        match extension.value:
            case x509.CRLNumber() as value:
                number = value.crl_number
            case x509.AuthorityKeyIdentifier() as value:
                key_identifier = value.key_identifier
            case x509.IssuingDistributionPoint() as value:
                scope, points = _read_point(value)
            case x509.DeltaCRLIndicator():
                raise CrlUnsupported(problem="delta")
            case _ if extension.critical:
                raise CrlUnsupported(problem=extension.oid.dotted_string)
            case _:
                pass
    return _ListExtensions(number=number, issuer_key_identifier=key_identifier, scope=scope, distribution_points=points)


def parse_crl(crl_der: bytes, /) -> CertificateList:
    """A full CRL of version 2 with nextUpdate. Raises CrlUnreadable, CrlUnsupported, DerMalformed, AlgorithmUnknown."""
    if len(crl_der) > _MAXIMUM_SIZE:
        raise CrlUnreadable(problem="too large")
    try:
        listed = x509.load_der_x509_crl(crl_der)
        extensions = _read_extensions(listed)
        _ = listed.issuer
    except (
        ValueError,
        TypeError,  # a name that is written as a BIT STRING
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as problem:
        raise CrlUnreadable(problem="structure") from problem
    if listed.next_update_utc is None:  # RFC 5280 §5.1.2.5: MUST be there
        raise CrlUnreadable(problem="nextUpdate")
    fields = der.Reader(crl_der, "CRL").read(der.SEQUENCE).reader()
    inner = fields.read(der.SEQUENCE).reader()
    inner.read(der.INTEGER)
    inner.read(der.SEQUENCE)
    algorithm = read_signature_algorithm(fields.read(der.SEQUENCE))  # the library has compared it with the inner one
    return CertificateList(
        issuer=inner.read(der.SEQUENCE).encoded,
        issuer_key_identifier=extensions.issuer_key_identifier,
        number=extensions.number,
        this_update=instant(listed.last_update_utc),
        next_update=instant(listed.next_update_utc),
        scope=extensions.scope,
        distribution_points=extensions.distribution_points,
        tbs=listed.tbs_certlist_bytes,
        signature_algorithm=algorithm,
        signature=listed.signature,
        encoded=crl_der,
        listed=listed,
    )

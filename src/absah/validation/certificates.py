"""A certificate as the path engine sees it: parsed once, compared often.

What cannot be read is no certificate, and a key or an algorithm that we cannot compute with makes a certificate that
signs nothing: both are facts about the certificate, never an exception in the middle of a search.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import read_signature_algorithm
from absah.pki.algorithms import SignatureAlgorithm, verify_bytes
from absah.pki.certificates import load_certificate, public_key_of_certificate, serial_of, validity_of

#: Critical extensions that the engine processes, or that bind nothing it does (RFC 5280 §4.2). The rest is refused.
_UNDERSTOOD: Final = frozenset(
    {
        oids.KEY_USAGE,
        oids.SUBJECT_ALTERNATIVE_NAME,  # nobody asks for a certain name here
        oids.BASIC_CONSTRAINTS,
        "2.5.29.30",  # nameConstraints: known, and refused by the path engine with its own word
        "2.5.29.32",  # certificatePolicies: any policy will do, and none is required
        "2.5.29.37",  # extKeyUsage
    }
)
_USAGES: Final = ("digital_signature", "content_commitment", "key_cert_sign", "crl_sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a certificate says its key is for. None: the extension is not there."""

    key: frozenset[str] | None = None
    extended: frozenset[str] | None = None
    extended_critical: bool = False
    authority: bool = False
    path_length: int | None = None
    name_constraints: bool = False
    no_check: bool = False

    def allows(self, usage: str, /) -> bool:
        """Whether keyUsage permits this; without the extension everything is permitted (RFC 5280 §4.2.1.3)."""
        return self.key is None or usage in self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCertificate:
    """A readable certificate. Equal to another when the bytes are equal."""

    der: bytes
    view: x509.Certificate = field(compare=False, repr=False)
    public_key: bytes = field(compare=False, repr=False)
    signature_algorithm: SignatureAlgorithm | None = field(compare=False, repr=False)
    not_before: Instant = field(compare=False)
    not_after: Instant = field(compare=False)
    usage: Usage = field(compare=False)
    not_understood: tuple[str, ...] = field(compare=False)

    @property
    def subject(self) -> x509.Name:
        return self.view.subject

    @property
    def issuer(self) -> x509.Name:
        return self.view.issuer

    @property
    def serial(self) -> Serial:
        return serial_of(self.view)

    @property
    def self_issued(self) -> bool:
        """One name as issuer and subject (RFC 5280 §3.2): such a link does not count for pathLenConstraint."""
        return self.subject == self.issuer

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the DER."""
        return hashlib.sha256(self.der).digest()

    def signed_by(self, issuer: "KnownCertificate", /) -> bool:
        """Whether the issuer's key made the signature on this certificate. False where nobody can compute it."""
        if self.signature_algorithm is None:
            return False
        try:
            verify_bytes(
                issuer.public_key, self.view.signature, self.view.tbs_certificate_bytes, self.signature_algorithm
            )
        except AbsahError:
            return False
        return True


def read_certificate(certificate_der: bytes, /) -> KnownCertificate | None:
    """The certificate, or None where nobody can read it."""
    try:
        view = load_certificate(certificate_der)
        not_before, not_after = validity_of(view)
        usage, not_understood = _read_usage(view)
        return KnownCertificate(
            der=certificate_der,
            view=view,
            public_key=public_key_of_certificate(view),
            signature_algorithm=_signature_algorithm(certificate_der),
            not_before=not_before,
            not_after=not_after,
            usage=usage,
            not_understood=not_understood,
        )
    except AbsahError:
        return None


def read_certificates(pieces: tuple[bytes, ...], /) -> tuple[KnownCertificate, ...]:
    """All that are readable, each once."""
    return tuple(found for piece in dict.fromkeys(pieces) if (found := read_certificate(piece)) is not None)


def _signature_algorithm(certificate_der: bytes) -> SignatureAlgorithm | None:
    try:
        fields = der.outermost(certificate_der, "certificate").reader()
        inside = fields.read(der.SEQUENCE).reader()
        inside.read_optional(0xA0)
        inside.read(der.INTEGER)
        named_inside, named_outside = inside.read(der.SEQUENCE), fields.read(der.SEQUENCE)
        # RFC 5280 §4.1.1.2: both fields "MUST contain the same algorithm identifier".
        return read_signature_algorithm(named_outside) if named_inside.encoded == named_outside.encoded else None
    except AbsahError:
        return None


def _read_usage(view: x509.Certificate) -> tuple[Usage, tuple[str, ...]]:
    key: frozenset[str] | None = None
    extended: frozenset[str] | None = None
    critical, authority, constrained, no_check = False, False, False, False
    path_length: int | None = None
    unknown: list[str] = []
    for extension in view.extensions:
        match extension.value:
            case x509.KeyUsage() as value:
                key = frozenset(name for name in _USAGES if getattr(value, name))
            case x509.ExtendedKeyUsage() as value:
                extended, critical = frozenset(purpose.dotted_string for purpose in value), extension.critical
            case x509.BasicConstraints() as value:
                authority, path_length = value.ca, value.path_length
            case x509.NameConstraints():
                constrained = True
            case x509.OCSPNoCheck():
                no_check = True
        if extension.critical and extension.oid.dotted_string not in _UNDERSTOOD:
            unknown.append(extension.oid.dotted_string)
    usage = Usage(
        key=key,
        extended=extended,
        extended_critical=critical,
        authority=authority,
        path_length=path_length,
        name_constraints=constrained,
        no_check=no_check,
    )
    return usage, tuple(unknown)

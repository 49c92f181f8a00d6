"""A certificate as the path engine sees it: parsed once, compared often.

What cannot be read is no certificate, and a key or an algorithm that we cannot compute with makes a certificate that
signs nothing: both are facts about the certificate, never an exception in the middle of a search.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Serial
from absah.pki import der
from absah.pki.algorithm_identifiers import read_signature_algorithm
from absah.pki.algorithms import SignatureAlgorithm, verify_bytes
from absah.pki.certificates import load_certificate, public_key_of_certificate, serial_of, validity_of
from absah.validation.path.certificate import Certificate
from absah.validation.path.certificate import read_certificate as path_certificate
from absah.validation.path.validation import UNDERSTOOD

_KEPT: Final = 256
_USAGES: Final = ("digital_signature", "content_commitment", "key_cert_sign", "crl_sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a certificate says its key is for. None: the extension is not there."""

    key: frozenset[str] | None = None
    extended: frozenset[str] | None = None
    extended_critical: bool = False
    authority: bool = False
    path_length: int | None = None
    no_check: bool = False

    def allows(self, usage: str, /) -> bool:
        """Whether keyUsage permits this; without the extension everything is permitted (RFC 5280 §4.2.1.3)."""
        return self.key is None or usage in self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCertificate:
    """A readable certificate. Equal to another when the bytes are equal.

    `view` is for showing it, `parsed` is what the path engine judges; both were read from the same bytes.
    """

    der: bytes
    view: x509.Certificate = field(compare=False, repr=False)
    public_key: bytes = field(compare=False, repr=False)
    signature_algorithm: SignatureAlgorithm | None = field(compare=False, repr=False)
    not_before: Instant = field(compare=False)
    not_after: Instant = field(compare=False)
    usage: Usage = field(compare=False)
    parsed: Certificate = field(compare=False, repr=False)

    @property
    def understood(self) -> bool:
        """Whether every critical extension is one that the path engine processes (RFC 5280 §4.2)."""
        return all(not critical or one in UNDERSTOOD for one, critical in self.parsed.extensions.critical.items())

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


@lru_cache(maxsize=_KEPT)
def read_certificate(certificate_der: bytes, /) -> KnownCertificate | None:
    """The certificate, or None where nobody can read it. Those read last are kept."""
    try:
        view = load_certificate(certificate_der)
        not_before, not_after = validity_of(view)
        usage = _read_usage(view)
        parsed = path_certificate(certificate_der)
        return KnownCertificate(
            der=certificate_der,
            view=view,
            public_key=public_key_of_certificate(view),
            signature_algorithm=_signature_algorithm(certificate_der),
            not_before=not_before,
            not_after=not_after,
            usage=usage,
            parsed=parsed,
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


def _read_usage(view: x509.Certificate) -> Usage:
    key: frozenset[str] | None = None
    extended: frozenset[str] | None = None
    critical, authority, no_check = False, False, False
    path_length: int | None = None
    for extension in view.extensions:
        match extension.value:
            case x509.KeyUsage() as value:
                key = frozenset(name for name in _USAGES if getattr(value, name))
            case x509.ExtendedKeyUsage() as value:
                extended, critical = frozenset(purpose.dotted_string for purpose in value), extension.critical
            case x509.BasicConstraints() as value:
                authority, path_length = value.ca, value.path_length
            case x509.OCSPNoCheck():
                no_check = True
    return Usage(
        key=key,
        extended=extended,
        extended_critical=critical,
        authority=authority,
        path_length=path_length,
        no_check=no_check,
    )

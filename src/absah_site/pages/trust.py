"""The anchors this instance trusts, as a person can compare them: name, validity, fingerprint."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A certificate that trust starts from. `fingerprint` is SHA-256 over the DER."""

    name: str
    organisation: str
    not_before: datetime
    not_after: datetime
    fingerprint: bytes


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def anchors(trust: Path, /) -> tuple[Anchor, ...]:
    """Every readable certificate of the trust folder, by name. What cannot be read is no anchor."""
    found = []
    for path in sorted(trust.glob("*.cer")) if trust.is_dir() else ():
        der = path.read_bytes()
        try:
            certificate = x509.load_der_x509_certificate(der)
            subject = certificate.subject
        except ValueError:
            continue
        found.append(
            Anchor(
                name=_first(subject, NameOID.COMMON_NAME) or subject.rfc4514_string(),
                organisation=_first(subject, NameOID.ORGANIZATION_NAME),
                not_before=certificate.not_valid_before_utc,
                not_after=certificate.not_valid_after_utc,
                fingerprint=hashlib.sha256(der).digest(),
            )
        )
    return tuple(found)

"""Certificates as a reader may see them. A subject's serialNumber stays out: elsewhere it may hold a NIK (D7)."""

from cryptography import x509
from cryptography.x509.oid import NameOID

from absah.validation.certificates import KnownCertificate
from absah.validation.report import CertificateView, PersonView


def person_view(certificate: KnownCertificate, /) -> PersonView:
    """The subject: name, organisation, units."""
    return PersonView(
        name=display_name(certificate),
        organisation=_first(certificate.subject, NameOID.ORGANIZATION_NAME),
        units=tuple(_values(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME)),
    )


def display_name(certificate: KnownCertificate, /) -> str:
    """The common name; without one the organisation, or nothing."""
    return _name(certificate.subject)


def certificate_views(certificates: tuple[KnownCertificate, ...], /) -> tuple[CertificateView, ...]:
    """A chain, signer first."""
    return tuple(
        CertificateView(
            subject=display_name(one),
            issuer=_name(one.issuer),
            serial=f"{one.serial:X}",
            not_before=one.not_before,
            not_after=one.not_after,
            sha256=one.fingerprint.hex(),
            certificate=one.der,
        )
        for one in certificates
    )


def _name(name: x509.Name) -> str:
    return _first(name, NameOID.COMMON_NAME) or _first(name, NameOID.ORGANIZATION_NAME)


def _first(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    return next(iter(_values(name, kind)), "")


def _values(name: x509.Name, kind: x509.ObjectIdentifier) -> list[str]:
    return [attribute.value for attribute in name.get_attributes_for_oid(kind) if isinstance(attribute.value, str)]

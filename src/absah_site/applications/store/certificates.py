"""Certificates with which applications prove themselves in TLS: their fingerprints, nothing secret."""

from dataclasses import dataclass
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah_site.applications.models import ClientCertificate
from absah_site.applications.store.applications import RegisteredApplication, application_value


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCertificate:
    """A certificate that an application may show. `fingerprint` is the SHA-256 of its DER, hexadecimal."""

    fingerprint: str
    subject: str
    bound_by: str
    bound_at: Instant
    ends_at: Instant


def bind(application: UUID, bound: BoundCertificate, /) -> None:
    """Enter one. A certificate of another application breaks a constraint of the table (IntegrityError)."""
    ClientCertificate.objects.create(
        application_id=application,
        fingerprint=bound.fingerprint,
        subject=bound.subject,
        bound_by=bound.bound_by,
        bound_at=bound.bound_at,
        ends_at=bound.ends_at,
    )


def is_bound(fingerprint: str, /) -> bool:
    """Whether some application shows it."""
    return ClientCertificate.objects.filter(fingerprint=fingerprint).exists()


def release(application: UUID, fingerprint: str, /) -> bool:
    """Let it open nothing any more. False if it was not the application's."""
    dropped, _ = ClientCertificate.objects.filter(application_id=application, fingerprint=fingerprint).delete()
    return dropped == 1


def of_application(application: UUID, /) -> tuple[BoundCertificate, ...]:
    """Those of an application, the newest first."""
    return tuple(
        BoundCertificate(
            fingerprint=row.fingerprint,
            subject=row.subject,
            bound_by=row.bound_by,
            bound_at=instant(row.bound_at),
            ends_at=instant(row.ends_at),
        )
        for row in ClientCertificate.objects.filter(application_id=application).order_by("-bound_at", "-pk")
    )


def find_by_certificate(fingerprint: str, /) -> RegisteredApplication | None:
    """The enabled application that shows it."""
    rows = ClientCertificate.objects.select_related("application")
    row = rows.filter(fingerprint=fingerprint, application__enabled=True).first()
    return None if row is None else application_value(row.application)

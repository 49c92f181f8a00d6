"""Appointments of verifikators: the letter each rests on."""

from dataclasses import dataclass, field
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah_site.enrolment.models import Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """A verifikator of an agency, as appointed by a letter."""

    id: UUID
    agency: UUID
    verifikator: UUID
    name: str
    username: str
    sha256: str
    signed_by: str
    appointed_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppointment:
    """An appointment to be entered."""

    id: UUID
    agency: UUID
    verifikator: UUID
    letter: bytes = field(repr=False)
    sha256: str
    signed_by: str
    appointed_by: str


def add_appointment(new: NewAppointment, /, *, at: Instant) -> None:
    """Enter it. A second one at the same time breaks a constraint (IntegrityError)."""
    Appointment.objects.create(
        id=new.id,
        agency_id=new.agency,
        verifikator_id=new.verifikator,
        letter=new.letter,
        sha256=new.sha256,
        signed_by=new.signed_by,
        signed_at=at,
        appointed_by=new.appointed_by,
        appointed_at=at,
    )


def end_appointment(agency: UUID, verifikator: UUID, /, *, at: Instant) -> None:
    """The appointment is over."""
    Appointment.objects.filter(agency_id=agency, verifikator__public_id=verifikator, ended_at__isnull=True).update(
        ended_at=at
    )


def end_appointments_of(verifikator: UUID, /, *, at: Instant) -> tuple[UUID, ...]:
    """Every appointment of a person is over. Returns the agencies."""
    held = Appointment.objects.filter(verifikator__public_id=verifikator, ended_at__isnull=True)
    found = tuple(held.values_list("agency_id", flat=True))
    held.update(ended_at=at)
    return found


def appointments(agency: UUID, /) -> tuple[Appointed, ...]:
    """Who is appointed now."""
    rows = Appointment.objects.filter(agency_id=agency, ended_at__isnull=True).select_related("verifikator")
    return tuple(
        Appointed(
            id=row.pk,
            agency=row.agency_id,
            verifikator=row.verifikator_id,
            name=row.verifikator.display_name,
            username=row.verifikator.username,
            sha256=row.sha256,
            signed_by=row.signed_by,
            appointed_at=instant(row.appointed_at),
        )
        for row in rows.defer("letter").order_by("appointed_at", "pk")
    )


def letter_of(appointment: UUID, /) -> tuple[UUID, bytes] | None:
    """The agency and the letter of an appointment."""
    row = Appointment.objects.filter(pk=appointment).first()
    return None if row is None else (row.agency_id, bytes(row.letter))

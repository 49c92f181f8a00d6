"""Applications and their passwords."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from absah.esign.asks import Reading
from absah.kernel.clock import Instant, instant
from absah.signing.levels import Level
from absah.signing.placement import Occurrence
from absah_site.applications.models import Application, Password


class Scope(StrEnum):
    """What an application may ask for."""

    SIGN = "sign"
    SEAL = "seal"
    VERIFY = "verify"
    STATUS = "status"
    REGISTER = "register"


class Reach(StrEnum):
    """Whose signatures it may ask for: the people of its own agency, or of every agency here."""

    AGENCY = "agency"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What a sandbox pretends, so that developers see how their program takes it. Only ever on an instance for trial.

    `delay` in seconds before an answer; `every` counts calls: every so many-th fails with `outcome`
    (`500`, or the code of one of our refusals).
    """

    delay: float = 0.0
    outcome: str = ""
    every: int = 1

    @property
    def any(self) -> bool:
        """Whether anything is pretended at all."""
        return bool(self.delay or self.outcome)


NO_FAULTS: Final = Faults()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredApplication:
    """An application as the wire needs it. `addresses` are networks; none named means everywhere."""

    id: UUID
    agency: str
    unit: str
    owner: str
    name: str
    purpose: str
    username: str
    scopes: frozenset[Scope]
    addresses: tuple[str, ...]
    reach: Reach
    enabled: bool
    both_factors: bool
    reading: Reading
    level: Level
    daily_quota: int
    registered_by: str
    registered_at: Instant
    faults: Faults = NO_FAULTS
    needs_certificate: bool = False

    @property
    def reference(self) -> str:
        """How the ledger and the signer name it."""
        return f"application:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPassword:
    """A password as far as it is kept: when it was made and when it ends, and its digest."""

    number: int
    digest: str = field(repr=False)
    made_by: str
    made_at: Instant
    ends_at: Instant | None


def application_value(row: Application, /) -> RegisteredApplication:
    """A row as the wire needs it."""
    return RegisteredApplication(
        id=row.pk,
        agency=row.agency,
        unit=row.unit,
        owner=row.owner,
        name=row.name,
        purpose=row.purpose,
        username=row.username,
        scopes=frozenset(map(Scope, row.scopes)),
        addresses=tuple(row.addresses),
        reach=Reach(row.reach),
        enabled=row.enabled,
        both_factors=row.both_factors,
        reading=Reading(far_corner=row.far_corner, occurrence=Occurrence(row.occurrence)),
        level=Level(row.level),
        daily_quota=row.daily_quota,
        registered_by=row.registered_by,
        registered_at=instant(row.registered_at),
        faults=Faults(**row.faults) if row.faults else NO_FAULTS,
        needs_certificate=row.needs_certificate,
    )


def _columns(application: RegisteredApplication) -> dict[str, object]:
    """What may change."""
    faults = application.faults
    return {
        "unit": application.unit,
        "owner": application.owner,
        "name": application.name,
        "purpose": application.purpose,
        "scopes": sorted(application.scopes),
        "addresses": list(application.addresses),
        "reach": application.reach.value,
        "enabled": application.enabled,
        "both_factors": application.both_factors,
        "needs_certificate": application.needs_certificate,
        "far_corner": application.reading.far_corner,
        "occurrence": application.reading.occurrence.value,
        "level": application.level.value,
        "daily_quota": application.daily_quota,
        "faults": {"delay": faults.delay, "outcome": faults.outcome, "every": faults.every} if faults.any else {},
    }


def add(application: RegisteredApplication, /) -> None:
    """Enter one."""
    Application.objects.create(
        id=application.id,
        agency=application.agency,
        username=application.username,
        registered_by=application.registered_by,
        registered_at=application.registered_at,
        **_columns(application),
    )


def save(application: RegisteredApplication, /) -> None:
    """Write what may change."""
    Application.objects.filter(pk=application.id).update(**_columns(application))


def find(identifier: UUID, /) -> RegisteredApplication | None:
    """By its id."""
    row = Application.objects.filter(pk=identifier).first()
    return None if row is None else application_value(row)


def names(identifiers: Collection[UUID], /) -> dict[UUID, str]:
    """What applications are called."""
    return dict(Application.objects.filter(pk__in=identifiers).values_list("pk", "name"))


def lock(identifier: UUID, /) -> RegisteredApplication | None:
    """The same, held until the transaction ends."""
    row = Application.objects.select_for_update().filter(pk=identifier).first()
    return None if row is None else application_value(row)


def username_taken(username: str, /) -> bool:
    """Whether an application has this name already."""
    return Application.objects.filter(username=username).exists()


def of_agencies(agencies: tuple[str, ...] | None, /) -> tuple[RegisteredApplication, ...]:
    """Those of some agencies, or of all (None), by name."""
    rows = Application.objects.order_by("name", "pk")
    return tuple(application_value(row) for row in (rows if agencies is None else rows.filter(agency__in=agencies)))


def find_by_password(username: str, digest: str, /, *, now: Instant) -> RegisteredApplication | None:
    """The enabled application with this name and a password of this digest that has not ended."""
    row = (
        Password.objects.select_related("application")
        .filter(digest=digest, application__username=username, application__enabled=True)
        .first()
    )
    if row is None or (row.ends_at is not None and row.ends_at <= now):
        return None
    return application_value(row.application)


def add_password(application: UUID, digest: str, /, *, by: str, at: Instant) -> None:
    """Enter the digest of a new password."""
    Password.objects.create(application_id=application, digest=digest, made_by=by, made_at=at)


def end_passwords(application: UUID, /, *, at: Instant) -> None:
    """Let those end that would last longer."""
    rows = Password.objects.filter(application_id=application)
    rows.filter(ends_at__isnull=True).update(ends_at=at)
    rows.filter(ends_at__gt=at).update(ends_at=at)


def passwords_of(application: UUID, /) -> tuple[KeptPassword, ...]:
    """The newest first."""
    return tuple(
        KeptPassword(
            number=row.pk,
            digest=row.digest,
            made_by=row.made_by,
            made_at=instant(row.made_at),
            ends_at=None if row.ends_at is None else instant(row.ends_at),
        )
        for row in Password.objects.filter(application_id=application).order_by("-made_at", "-pk")
    )

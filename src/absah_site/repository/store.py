"""Policies and deliveries: rows to values and back. Published files are read here too."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from pathlib import Path
from typing import Final

from django.db.models import Count, Q

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import NotFound
from absah_site.repository import models

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}(?:\.[A-Za-z0-9_-]{1,20}){0,4}")
_LARGEST: Final = 128 * 1024 * 1024


class NotPublished(NotFound):
    """No such certificate, list or document is published here."""

    code = "web.not-published"


class Shelf(Enum):
    """A kind of published file: folder, ending, media type (RFC 5280 §4.2.1.13, RFC 2585) and seconds in a cache."""

    CA = ("ca", ".cer", "application/pkix-cert", 86_400)
    CRL = ("crl", ".crl", "application/pkix-crl", 600)
    POLICY = ("policy", ".pdf", "application/pdf", 86_400)

    def __init__(self, folder: str, ending: str, media_type: str, seconds: int) -> None:
        self.folder = folder
        self.ending = ending
        self.media_type = media_type
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file of the repository."""

    name: str
    content: bytes

    @property
    def etag(self) -> str:
        """For conditional requests."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


def read_file(repository: Path, shelf: Shelf, name: str, /) -> Published:
    """A published file by the name in its address. Nothing but plain names of the right ending is looked for."""
    if not _NAME.fullmatch(name) or not name.endswith(shelf.ending):
        raise NotPublished
    path = repository / shelf.folder / name
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        raise NotPublished
    return Published(name=name, content=path.read_bytes())


def names_on(repository: Path, shelf: Shelf, /) -> tuple[str, ...]:
    """What a shelf holds."""
    folder = repository / shelf.folder
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if path.suffix == shelf.ending and path.is_file()))


class PolicyKind(StrEnum):
    """RFC 3647: certificate policy and practice statement. ETSI EN 319 411-1 annex A: disclosure statement."""

    CP = "cp"
    CPS = "cps"
    PDS = "pds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a document."""

    kind: PolicyKind
    version: str
    title: str
    oid: str
    effective: date
    sha256: str
    octets: int
    drafted_by: str
    drafted_at: Instant
    approved_by: str = ""
    approved_at: Instant | None = None

    @property
    def file_name(self) -> str:
        """Its name on the shelf: for ever."""
        return f"{self.kind.value}-{self.version}.pdf"

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"policy:{self.kind.value}-{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A version at an agency."""

    policy: Policy
    agency: str
    delivered_at: Instant
    received_by: str
    received_at: Instant | None


def _value(row: models.Policy) -> Policy:
    return Policy(
        kind=PolicyKind(row.kind),
        version=row.version,
        title=row.title,
        oid=row.oid,
        effective=row.effective,
        sha256=row.sha256,
        octets=row.octets,
        drafted_by=row.drafted_by,
        drafted_at=instant(row.drafted_at),
        approved_by=row.approved_by,
        approved_at=None if row.approved_at is None else instant(row.approved_at),
    )


def add_policy(policy: Policy, /) -> None:
    """Enter a draft."""
    models.Policy.objects.create(
        kind=policy.kind.value,
        version=policy.version,
        title=policy.title,
        oid=policy.oid,
        effective=policy.effective,
        sha256=policy.sha256,
        octets=policy.octets,
        drafted_by=policy.drafted_by,
        drafted_at=policy.drafted_at,
    )


def lock_policy(kind: PolicyKind, version: str, /) -> Policy | None:
    """One version, held until the transaction ends."""
    row = models.Policy.objects.select_for_update().filter(kind=kind.value, version=version).first()
    return None if row is None else _value(row)


def policies() -> tuple[Policy, ...]:
    """Every version of every document, the newest first."""
    return tuple(_value(row) for row in models.Policy.objects.order_by("kind", "-effective", "-pk"))


def approve_policy(policy: Policy, /, *, by: str, at: Instant) -> None:
    """It is published."""
    rows = models.Policy.objects.filter(kind=policy.kind.value, version=policy.version)
    rows.update(approved_by=by, approved_at=at)


def add_deliveries(policy: Policy, agencies: tuple[str, ...], /, *, at: Instant) -> tuple[str, ...]:
    """Deliver a version to those agencies that do not have it. Returns which."""
    row = models.Policy.objects.get(kind=policy.kind.value, version=policy.version)
    had = set(models.Delivery.objects.filter(policy=row).values_list("agency", flat=True))
    new = tuple(agency for agency in agencies if agency not in had)
    models.Delivery.objects.bulk_create([models.Delivery(policy=row, agency=agency, delivered_at=at) for agency in new])
    return new


def receive(policy: Policy, agency: str, /, *, by: str, at: Instant) -> bool:
    """Somebody at the agency received it. False when it was never delivered, or received before."""
    rows = models.Delivery.objects.filter(
        policy__kind=policy.kind.value, policy__version=policy.version, agency=agency, received_at__isnull=True
    )
    return rows.update(received_by=by, received_at=at) == 1


def deliveries_to(agencies: tuple[str, ...], /) -> tuple[Delivery, ...]:
    """What was delivered to some agencies, the newest first."""
    rows = models.Delivery.objects.filter(agency__in=agencies).select_related("policy").order_by("-delivered_at", "-pk")
    return tuple(
        Delivery(
            policy=_value(row.policy),
            agency=row.agency,
            delivered_at=instant(row.delivered_at),
            received_by=row.received_by,
            received_at=None if row.received_at is None else instant(row.received_at),
        )
        for row in rows
    )


def receipts() -> dict[tuple[PolicyKind, str], tuple[int, int]]:
    """Of each version: to how many agencies it was delivered, and how many received it."""
    rows = models.Delivery.objects.values_list("policy__kind", "policy__version").annotate(
        delivered=Count("pk"), received=Count("pk", filter=Q(received_at__isnull=False))
    )
    return {(PolicyKind(kind), version): (delivered, received) for kind, version, delivered, received in rows}

"""Files of requests: sealed on the way in, opened on the way out, erased when their time is over."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.kernel.clock import Instant, instant
from absah_site.enrolment.models import Evidence, PeopleImport

_TABLE = "enrolment_evidence"


class EvidenceKind(StrEnum):
    """What a file of a request is."""

    LETTER = "letter"
    CARD = "ktp"
    SELFIE = "selfie"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """What is known of a file without opening it. `signed_by` is of letters: who signed, where it verifies."""

    id: UUID
    kind: EvidenceKind
    media_type: str
    size: int
    sha256: str
    at: Instant
    signed_by: str = ""
    erased_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to be kept."""

    kind: EvidenceKind
    content: bytes = field(repr=False)
    media_type: str
    sha256: str
    signed_by: str = ""


def _place(identifier: UUID) -> Place:
    return Place(table=_TABLE, row=str(identifier), field="sealed")


def keep(request: UUID, identifier: UUID, new: NewFile, /, *, at: Instant, vault: PersonalDataVault) -> None:
    """Keep a file; an earlier one of its kind is erased."""
    erase(request, new.kind, at=at)
    Evidence.objects.create(
        id=identifier,
        request_id=request,
        kind=new.kind.value,
        sealed=vault.seal_bytes(new.content, _place(identifier)),
        media_type=new.media_type,
        size=len(new.content),
        sha256=new.sha256,
        signed_by=new.signed_by,
        at=at,
    )


def erase(request: UUID, kind: EvidenceKind, /, *, at: Instant) -> None:
    """Forget the content of a request's file of a kind."""
    rows = Evidence.objects.filter(request_id=request, kind=kind.value, sealed__isnull=False)
    rows.update(sealed=None, erased_at=at)


def erase_of_subscriber(subscriber: UUID, /, *, at: Instant) -> int:
    """Forget the content of every file of a person. Returns how many."""
    rows = Evidence.objects.filter(request__subscriber_id=subscriber, sealed__isnull=False)
    return rows.update(sealed=None, erased_at=at)


def files_of(request: UUID, /) -> tuple[KeptFile, ...]:
    """The files of a request that are still there. Without a letter of its own that of its list counts."""
    rows = Evidence.objects.filter(request_id=request, sealed__isnull=False).defer("sealed").order_by("kind")
    files = tuple(_value(row) for row in rows)
    if any(file.kind is EvidenceKind.LETTER for file in files):
        return files
    listed = _lists_with_letter(request).defer("letter_sealed").first()
    return files if listed is None else (*files, _letter_of(listed))


def open_file(request: UUID, kind: EvidenceKind, /, *, vault: PersonalDataVault) -> tuple[KeptFile, bytes] | None:
    """A file and its content."""
    row = Evidence.objects.filter(request_id=request, kind=kind.value, sealed__isnull=False).first()
    if row is not None and row.sealed is not None:
        return _value(row), vault.open_bytes(bytes(row.sealed), _place(row.pk))
    listed = _lists_with_letter(request).first() if kind is EvidenceKind.LETTER else None
    if listed is None or listed.letter_sealed is None:
        return None
    return _letter_of(listed), vault.open_bytes(bytes(listed.letter_sealed), _letter_place(listed.pk))


def keep_letter_of_list(
    listed: UUID, content: bytes, /, *, sha256: str, signed_by: str, at: Instant, vault: PersonalDataVault
) -> None:
    """Keep one letter for all whom a list enters; an earlier one goes."""
    PeopleImport.objects.filter(pk=listed).update(
        letter_sealed=vault.seal_bytes(content, _letter_place(listed)),
        letter_size=len(content),
        letter_sha256=sha256,
        letter_signed_by=signed_by,
        letter_at=at,
    )


def _lists_with_letter(request: UUID) -> QuerySet[PeopleImport]:
    return PeopleImport.objects.filter(rows__request_id=request, letter_at__isnull=False)


def _letter_place(listed: UUID) -> Place:
    return Place(table="enrolment_peopleimport", row=str(listed), field="letter_sealed")


def _letter_of(listed: PeopleImport) -> KeptFile:
    return KeptFile(
        id=listed.pk,
        kind=EvidenceKind.LETTER,
        media_type="application/pdf",
        size=listed.letter_size,
        sha256=listed.letter_sha256,
        at=instant(listed.letter_at or listed.at),
        signed_by=listed.letter_signed_by,
    )


def erase_decided_before(moment: Instant, /, *, at: Instant, limit: int) -> int:
    """Forget the pictures of requests that came to their end before a moment. Returns how many."""
    ended = Evidence.objects.filter(sealed__isnull=False, kind__in=(EvidenceKind.CARD, EvidenceKind.SELFIE))
    ended = ended.filter(request__state__in=("activated", "rejected", "withdrawn"))
    late = (
        ended.filter(request__activated_at__lt=moment)
        | ended.filter(request__rejected_at__lt=moment)
        | ended.filter(request__withdrawn_at__lt=moment)
    )
    chosen = list(late.order_by("pk").values_list("pk", flat=True)[:limit])
    return Evidence.objects.filter(pk__in=chosen).update(sealed=None, erased_at=at)


def _value(row: Evidence) -> KeptFile:
    return KeptFile(
        id=row.pk,
        kind=EvidenceKind(row.kind),
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        at=instant(row.at),
        signed_by=row.signed_by,
        erased_at=None if row.erased_at is None else instant(row.erased_at),
    )

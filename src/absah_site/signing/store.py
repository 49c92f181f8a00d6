"""Uses of keys: rows to values and back."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Q, Window

from absah.kernel.clock import Instant, instant
from absah.kernel.dates import months_touched
from absah.signing.ports import CredentialId
from absah_site.signing.models import SigningRecord

#: In place of the credential: the key is held elsewhere, and `absah_site.relay` knows what becomes of its use.
ELSEWHERE: Final = "elsewhere"


class SigningState(StrEnum):
    """How a use of a key stands."""

    INTENDED = "intended"
    SIGNED = "signed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """One use of a key. Digests are hexadecimal SHA-256 of whole files; `error` is the code of a failure."""

    id: UUID
    holder: str
    signer_name: str
    signer_post: str
    signer_agency: str
    credential: CredentialId
    certificate: str
    application: str
    input_sha256: str
    output_sha256: str
    level: str
    placement: str
    factors: str
    state: SigningState
    error: str
    intended_at: Instant
    ended_at: Instant | None


def _value(row: SigningRecord) -> KeyUse:
    return KeyUse(
        id=row.pk,
        holder=row.holder,
        signer_name=row.signer_name,
        signer_post=row.signer_post,
        signer_agency=row.signer_agency,
        credential=CredentialId(row.credential),
        certificate=row.certificate,
        application=row.application,
        input_sha256=row.input_sha256,
        output_sha256=row.output_sha256,
        level=row.level,
        placement=row.placement,
        factors=row.factors,
        state=SigningState(row.state),
        error=row.error,
        intended_at=instant(row.intended_at),
        ended_at=None if row.ended_at is None else instant(row.ended_at),
    )


def add(use: KeyUse, /) -> None:
    """Write down that a key is about to be used."""
    SigningRecord.objects.create(
        id=use.id,
        holder=use.holder,
        signer_name=use.signer_name,
        signer_post=use.signer_post,
        signer_agency=use.signer_agency,
        credential=use.credential,
        certificate=use.certificate,
        application=use.application,
        input_sha256=use.input_sha256,
        level=use.level,
        placement=use.placement,
        factors=use.factors,
        state=SigningState.INTENDED.value,
        intended_at=use.intended_at,
    )


def conclude_signed(use: UUID, /, *, output_sha256: str, factors: str, at: Instant) -> bool:
    """Write down that it was signed. False if the use was given up meanwhile."""
    rows = SigningRecord.objects.filter(pk=use, state=SigningState.INTENDED.value)
    changed = rows.update(state=SigningState.SIGNED.value, output_sha256=output_sha256, factors=factors, ended_at=at)
    return changed == 1


def conclude_elsewhere(use: UUID, /, *, output_sha256: str, level: str, fingerprint: str, at: Instant) -> bool:
    """The same for a key held elsewhere, of which certificate and level are known only now."""
    rows = SigningRecord.objects.filter(pk=use, state=SigningState.INTENDED.value, credential=ELSEWHERE)
    changed = rows.update(
        state=SigningState.SIGNED.value, output_sha256=output_sha256, level=level, certificate=fingerprint, ended_at=at
    )
    return changed == 1


def conclude_failed(use: UUID, /, *, error: str, at: Instant) -> bool:
    """Write down why it was not. False if it ended already."""
    rows = SigningRecord.objects.filter(pk=use, state=SigningState.INTENDED.value)
    return rows.update(state=SigningState.FAILED.value, error=error, ended_at=at) == 1


def find(use: UUID, /) -> KeyUse | None:
    """By its id."""
    row = SigningRecord.objects.filter(pk=use).first()
    return None if row is None else _value(row)


def uses_with_output(sha256: str, /) -> tuple[UUID, ...]:
    """Which uses of a key made exactly this document."""
    rows = SigningRecord.objects.filter(output_sha256=sha256).order_by("ended_at")
    return tuple(rows.values_list("pk", flat=True))


def uses_with_outputs(sha256s: Collection[str], /) -> dict[str, UUID]:
    """For documents (SHA-256): the use of a key that made exactly this one, where there is one."""
    rows = SigningRecord.objects.filter(output_sha256__in=sha256s).order_by("-ended_at")
    return dict(rows.values_list("output_sha256", "pk"))


def uses_of(holder: str, /, *, offset: int, limit: int) -> tuple[tuple[KeyUse, ...], int]:
    """The uses of a person's keys, the newest first, and how many there are."""
    rows = SigningRecord.objects.filter(holder=holder).order_by("-intended_at", "-pk")
    return tuple(_value(row) for row in rows[offset : offset + limit]), rows.count()


def outputs_of_agency(agency: str, since: Instant, until: Instant, /, *, newest: int) -> tuple[int, tuple[str, ...]]:
    """How many documents people of an agency (its name then) signed in an interval, and the newest by fingerprint."""
    rows = SigningRecord.objects.filter(
        state=SigningState.SIGNED.value, signer_agency=agency, ended_at__gte=since, ended_at__lt=until
    )
    digests = rows.order_by("-ended_at", "-pk").values_list("output_sha256", flat=True)
    return rows.count(), tuple(digests[:newest])


def count_by_month(agency: str, since: Instant, until: Instant, /) -> tuple[tuple[str, str, str, str, int], ...]:
    """How often keys of an agency were used in an interval: month, state, application, code of a failure, number."""
    rows = SigningRecord.objects.filter(signer_agency=agency, intended_at__gte=since, intended_at__lt=until)
    months = months_touched(since, until)
    # A column a month, not a group: PostgreSQL cannot guess how many months there are, and sorts millions of rows.
    within = [Count("pk", filter=Q(intended_at__gte=month.begins, intended_at__lt=month.ends)) for month in months]
    columns = {f"month_{number}": count for number, count in enumerate(within)}
    found = rows.values_list("state", "application", "error").annotate(**columns)
    return tuple(
        (month.name, state, application, error, number)
        for state, application, error, *numbers in found.order_by("state", "application", "error")
        for month, number in zip(months, numbers, strict=True)
        if number
    )


def count_users(
    agency: str, since: Instant, until: Instant, /, *, most: int
) -> tuple[int, tuple[tuple[str, str, int], ...]]:
    """How many people of an agency signed in an interval, and those who signed most: name, post, how often."""
    rows = SigningRecord.objects.filter(
        signer_agency=agency, state=SigningState.SIGNED.value, intended_at__gte=since, intended_at__lt=until
    )
    found = rows.values("holder").annotate(number=Count("pk"), name=Max("signer_name"), post=Max("signer_post"))
    # One look at the register for both answers: the window is over the people, after they are grouped.
    told = found.annotate(people=Window(Count("*"))).order_by("-number", "name")
    listed = list(told.values_list("name", "post", "number", "people")[:most])
    return (listed[0][3] if listed else 0), tuple(line[:3] for line in listed)


def count_factors(agency: str, since: Instant, until: Instant, /) -> dict[str, int]:
    """With which factors keys of an agency signed in an interval: their names with `+` between, and how often."""
    rows = SigningRecord.objects.filter(
        signer_agency=agency, state=SigningState.SIGNED.value, intended_at__gte=since, intended_at__lt=until
    )
    return dict(rows.values_list("factors").annotate(number=Count("pk")).order_by("factors"))


def unfinished(*, before: Instant) -> tuple[KeyUse, ...]:
    """Intentions with keys held here that have been open since before a moment."""
    rows = SigningRecord.objects.filter(state=SigningState.INTENDED.value, intended_at__lte=before)
    rows = rows.exclude(credential=ELSEWHERE)
    return tuple(_value(row) for row in rows.order_by("intended_at"))

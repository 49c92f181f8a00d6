"""What was about to be signed: rows to values and back."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from absah.kernel.clock import Instant
from absah_site.pki.models import Authority, Certificate, IssuanceIntent
from absah_site.pki.store.values import SerialHex, UnfinishedIssuance, credential_or_none
from absah_site.rows import execute, insert_early, marks

_CONCLUDE: Final = (
    "UPDATE pki_issuanceintent SET state = %s, error = %s, ended_at = %s"
    " WHERE authority_id = %s AND state = 'intended' AND NOT (state = 'issued') AND serial IN ({})"
)
#: As the condition of the indexes has it, so that these answer.
NOT_ISSUED: Final = ~Q(state="issued")


def add_intents(intents: Sequence[UnfinishedIssuance], /, *, at: Instant) -> None:
    """Write down that a key is about to be used, for each. A constraint may speak with the next statement only."""
    insert_early(IssuanceIntent, [_row(intent, at) for intent in intents])


def _row(intent: UnfinishedIssuance, at: Instant) -> dict[str, Any]:
    return {
        "authority_id": intent.authority,
        "serial": intent.serial,
        "profile": intent.profile,
        "credential": intent.credential or "",
        "holder": intent.holder,
        "key_hash": intent.key_hash,
        "shard": intent.shard,
        "state": "intended",
        "error": "",
        "intended_at": at,
        "ended_at": None,
    }


def conclude_intents(intents: Sequence[UnfinishedIssuance], /, *, state: str, at: Instant, error: str = "") -> bool:
    """Write down how they ended: `issued`, `failed` or `abandoned`. False if somebody else already did so for any."""
    by_authority: dict[int, list[SerialHex]] = {}
    for intent in intents:
        by_authority.setdefault(intent.authority, []).append(intent.serial)
    concluded = sum(
        execute(_CONCLUDE.format(marks(len(serials))), state, error, at, authority, *serials)
        for authority, serials in by_authority.items()
    )
    return concluded == len(intents)


def unfinished_intents(*, before: Instant) -> tuple[UnfinishedIssuance, ...]:
    """Intentions that have been open since before a moment."""
    open_ones = IssuanceIntent.objects.select_related("authority").filter(NOT_ISSUED, state="intended")
    rows = open_ones.filter(intended_at__lte=before)
    return tuple(
        UnfinishedIssuance(
            issuer=row.authority.slug,
            authority=row.authority_id,
            serial=SerialHex(row.serial),
            credential=credential_or_none(row.credential),
            profile=row.profile,
            holder=row.holder,
            key_hash=row.key_hash,
            shard=row.shard,
        )
        for row in rows.order_by("pk")
    )


def issued_without_certificate() -> int:
    """Intentions that were concluded as issued although the register has no such certificate. There are none."""
    same = Certificate.objects.filter(authority=OuterRef("authority"), serial=OuterRef("serial"))
    return IssuanceIntent.objects.filter(~Exists(same), state="issued").count()


def give_up_foreign_serial(
    issuer: str, serial: SerialHex, /, *, revoked_at: Instant, now: Instant, shard: int = 0
) -> bool:
    """List a serial that a CRL of ours revoked and the register never heard of. False when it is listed already."""
    _, made = IssuanceIntent.objects.filter(NOT_ISSUED).get_or_create(
        authority=Authority.objects.get(slug=issuer),
        serial=serial,
        defaults={
            "profile": "",
            "credential": "",
            "shard": shard,
            "state": "abandoned",
            "error": "backup.not-in-register",
            "intended_at": revoked_at,
            "ended_at": now,
        },
    )
    return made

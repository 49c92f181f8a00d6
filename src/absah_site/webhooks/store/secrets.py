"""What is shared with receivers, sealed; and when."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.kernel.clock import Instant, instant
from absah.notices.webhooks.message import HookSecret
from absah_site.webhooks.models import Secret
from absah_site.webhooks.store.hooks import maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSecret:
    """When a secret was made and when it ends; what it is, only signing asks."""

    made_at: Instant
    ends_at: Instant | None


def _place(identifier: UUID) -> Place:
    return Place(table="webhooks_secret", row=str(identifier), field="sealed")


def add_secret(
    identifier: UUID, hook: UUID, secret: HookSecret, /, *, by: str, at: Instant, vault: PersonalDataVault
) -> None:
    """Keep a secret, sealed."""
    sealed = vault.seal(secret.text, _place(identifier))
    Secret.objects.create(id=identifier, hook_id=hook, sealed=sealed, made_by=by, made_at=at)


def end_secrets(hook: UUID, /, *, at: Instant, before: Instant) -> None:
    """Secrets made before a moment end at another, unless they end earlier."""
    later = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    Secret.objects.filter(later, hook_id=hook, made_at__lte=before).update(ends_at=at)


def open_secrets(hook: UUID, /, *, now: Instant, vault: PersonalDataVault) -> tuple[HookSecret, ...]:
    """The secrets in force, the newest first."""
    rows = Secret.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), hook_id=hook).order_by("-made_at", "pk")
    return tuple(HookSecret.parse(vault.open(bytes(row.sealed), _place(row.pk))) for row in rows)


def secrets_of(hook: UUID, /) -> tuple[KeptSecret, ...]:
    """When they were made and when they end, the newest first."""
    rows = Secret.objects.filter(hook_id=hook).order_by("-made_at", "pk").values_list("made_at", "ends_at")
    return tuple(KeptSecret(made_at=instant(made), ends_at=maybe(ends)) for made, ends in rows)


def forget_ended(moment: Instant, /) -> None:
    """Remove secrets that ended before a moment."""
    Secret.objects.filter(ends_at__lt=moment).delete()

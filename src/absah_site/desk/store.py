"""Bundles: rows to values and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count

from absah.kernel.clock import Instant, instant
from absah.workflow.outliers import Oddity
from absah_site.desk import models


class ItemState(StrEnum):
    """How a document of a bundle stands."""

    CHOSEN = "chosen"
    ASIDE = "aside"
    VALUED = "valued"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleItem:
    """A document of a bundle: the round that is agreed to, and in what it differs from the others."""

    position: int
    dossier: UUID
    round: int
    sha256: str
    odd: tuple[Oddity, ...]
    state: ItemState
    error: str = ""
    record: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle without its documents, and how many of them are in each state."""

    id: UUID
    account: UUID
    act: UUID
    gathered_at: Instant
    authorised_at: Instant | None
    paused_at: Instant | None
    ended_at: Instant | None
    counts: Mapping[ItemState, int]

    def count(self, state: ItemState, /) -> int:
        """How many documents are in a state."""
        return self.counts.get(state, 0)


def add(identifier: UUID, account: UUID, act: UUID, items: Iterable[BundleItem], /, *, at: Instant) -> None:
    """Enter a bundle."""
    models.Bundle.objects.create(id=identifier, account=account, act=act, gathered_at=at)
    models.Item.objects.bulk_create(
        models.Item(
            bundle_id=identifier,
            position=one.position,
            dossier=one.dossier,
            round=one.round,
            sha256=one.sha256,
            odd=[odd.value for odd in one.odd],
            state=one.state.value,
        )
        for one in items
    )


def find(identifier: UUID, /, *, lock: bool = False) -> Bundle | None:
    """By its id."""
    rows = models.Bundle.objects.select_for_update() if lock else models.Bundle.objects
    row = rows.filter(pk=identifier).first()
    return None if row is None else _value(row)


def newest_of(account: UUID, /, *, limit: int) -> tuple[Bundle, ...]:
    """The bundles of a person, the newest first."""
    return tuple(_value(row) for row in models.Bundle.objects.filter(account=account).order_by("-gathered_at")[:limit])


def items_of(
    bundle: UUID, /, *, states: tuple[ItemState, ...] = (), offset: int = 0, limit: int | None = None
) -> tuple[BundleItem, ...]:
    """Its documents, or those in some states, in their order."""
    rows = models.Item.objects.filter(bundle_id=bundle).order_by("position")
    rows = rows.filter(state__in=[state.value for state in states]) if states else rows
    return tuple(_item(row) for row in rows[offset : None if limit is None else offset + limit])


def set_aside(bundle: UUID, dossiers: Iterable[UUID], /, *, aside: bool) -> None:
    """Put documents aside, or back among the chosen."""
    here, there = (ItemState.CHOSEN, ItemState.ASIDE) if aside else (ItemState.ASIDE, ItemState.CHOSEN)
    rows = models.Item.objects.filter(bundle_id=bundle, dossier__in=list(dossiers), state=here.value)
    rows.update(state=there.value)


def note_authorised(bundle: UUID, factors: str, /, *, at: Instant) -> None:
    """The key was used for it."""
    models.Bundle.objects.filter(pk=bundle).update(authorised_at=at, factors=factors)


def note_valued(bundle: UUID, dossier: UUID, record: UUID, value: Mapping[str, Any], /) -> None:
    """The signature value of a document is here."""
    rows = models.Item.objects.filter(bundle_id=bundle, dossier=dossier)
    rows.update(state=ItemState.VALUED.value, record=record, value=dict(value))


def value_of(bundle: UUID, dossier: UUID, /) -> Mapping[str, Any] | None:
    """What finishes a document."""
    value: Mapping[str, Any] | None = (
        models.Item.objects.filter(bundle_id=bundle, dossier=dossier).values_list("value", flat=True).first()
    )
    return value


def note_ended(bundle: UUID, dossier: UUID, state: ItemState, /, *, error: str = "") -> None:
    """A document is done, or has failed for a reason. Its value is not needed any more."""
    rows = models.Item.objects.filter(bundle_id=bundle, dossier=dossier)
    rows.update(state=state.value, error=error, value=None)


def is_paused(bundle: UUID, /) -> bool:
    """Whether its signer wants it to stand still."""
    return models.Bundle.objects.filter(pk=bundle, paused_at__isnull=False).exists()


def note_paused(bundle: UUID, /, *, at: Instant | None) -> bool:
    """It is to stand still from a moment on, or go on (None). False where that changes nothing, or it has ended."""
    rows = models.Bundle.objects.filter(pk=bundle, ended_at__isnull=True, authorised_at__isnull=False)
    rows = rows.filter(paused_at__isnull=at is not None)
    return rows.update(paused_at=at) == 1


def note_finished(bundle: UUID, /, *, at: Instant) -> bool:
    """Nothing of it waits any more. False where that was noted before."""
    return models.Bundle.objects.filter(pk=bundle, ended_at__isnull=True).update(ended_at=at, paused_at=None) == 1


def _value(row: models.Bundle) -> Bundle:
    counts = models.Item.objects.filter(bundle=row).values("state").annotate(number=Count("pk")).order_by()
    return Bundle(
        id=row.pk,
        account=row.account,
        act=row.act,
        gathered_at=instant(row.gathered_at),
        authorised_at=None if row.authorised_at is None else instant(row.authorised_at),
        paused_at=None if row.paused_at is None else instant(row.paused_at),
        ended_at=None if row.ended_at is None else instant(row.ended_at),
        counts={ItemState(one["state"]): one["number"] for one in counts},
    )


def _item(row: models.Item) -> BundleItem:
    return BundleItem(
        position=row.position,
        dossier=row.dossier,
        round=row.round,
        sha256=row.sha256,
        odd=tuple(Oddity(odd) for odd in row.odd),
        state=ItemState(row.state),
        error=row.error,
        record=row.record,
    )

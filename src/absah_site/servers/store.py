"""Domains and orders: rows to values and back."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah.pki.dns_names import DnsName
from absah.pki.domain_control import Challenge, Method
from absah_site.servers import models


class OrderState(StrEnum):
    """Where an order stands. Issuing: approved, and cut short if it stays so."""

    PENDING = "pending"
    REFUSED = "refused"
    ISSUING = "issuing"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain of an agency, its token, and when it was found last."""

    id: UUID
    agency: str
    challenge: Challenge
    asked_by: str
    asked_at: Instant
    shown_at: Instant | None

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"domain:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A certificate that an agency asks for."""

    id: UUID
    agency: str
    profile: str
    names: tuple[str, ...]
    common_name: str
    request: bytes
    state: OrderState
    asked_by: str
    asked_at: Instant
    decided_by: str = ""
    decided_at: Instant | None = None
    serial: str = ""

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"order:{self.id}"


def _domain(row: models.Domain) -> Domain:
    return Domain(
        id=row.id,
        agency=row.agency,
        challenge=Challenge(
            domain=DnsName(row.name), method=Method(row.method), token=row.token, expires=instant(row.expires)
        ),
        asked_by=row.asked_by,
        asked_at=instant(row.asked_at),
        shown_at=None if row.shown_at is None else instant(row.shown_at),
    )


def add_domain(domain: Domain, /) -> None:
    """Enter one."""
    models.Domain.objects.create(
        id=domain.id,
        agency=domain.agency,
        name=domain.challenge.domain,
        method=domain.challenge.method.value,
        token=domain.challenge.token,
        asked_by=domain.asked_by,
        asked_at=domain.asked_at,
        expires=domain.challenge.expires,
    )


def find_domain(identifier: UUID, /) -> Domain | None:
    """By its id."""
    row = models.Domain.objects.filter(id=identifier).first()
    return None if row is None else _domain(row)


def domains_of(agencies: tuple[str, ...], /) -> tuple[Domain, ...]:
    """Those of some agencies, the newest first."""
    rows = models.Domain.objects.filter(agency__in=agencies).order_by("-asked_at", "id")
    return tuple(_domain(row) for row in rows)


def set_shown(identifier: UUID, /, *, at: Instant) -> None:
    """The token was found."""
    models.Domain.objects.filter(id=identifier).update(shown_at=at)


def _order(row: models.Order) -> Order:
    return Order(
        id=row.id,
        agency=row.agency,
        profile=row.profile,
        names=tuple(row.names),
        common_name=row.common_name,
        request=bytes(row.request),
        state=OrderState(row.state),
        asked_by=row.asked_by,
        asked_at=instant(row.asked_at),
        decided_by=row.decided_by,
        decided_at=None if row.decided_at is None else instant(row.decided_at),
        serial=row.serial,
    )


def add_order(order: Order, /) -> None:
    """Enter one."""
    models.Order.objects.create(
        id=order.id,
        agency=order.agency,
        profile=order.profile,
        names=list(order.names),
        common_name=order.common_name,
        request=order.request,
        state=order.state.value,
        asked_by=order.asked_by,
        asked_at=order.asked_at,
    )


def find_order(identifier: UUID, /) -> Order | None:
    """By its id."""
    row = models.Order.objects.filter(id=identifier).first()
    return None if row is None else _order(row)


def lock_order(identifier: UUID, /) -> Order | None:
    """The same, held until the transaction ends."""
    row = models.Order.objects.select_for_update().filter(id=identifier).first()
    return None if row is None else _order(row)


def orders_of(agencies: tuple[str, ...], /) -> tuple[Order, ...]:
    """Those of some agencies, the newest first."""
    rows = models.Order.objects.filter(agency__in=agencies).order_by("-asked_at", "id")
    return tuple(_order(row) for row in rows)


def pending_orders() -> tuple[Order, ...]:
    """Those that wait for a decision, the oldest first."""
    rows = models.Order.objects.filter(state="pending").order_by("asked_at", "id")
    return tuple(_order(row) for row in rows)


def issuing_orders(*, before: Instant) -> tuple[Order, ...]:
    """Those that were approved before a moment and nobody finished."""
    rows = models.Order.objects.filter(state="issuing", decided_at__lte=before).order_by("decided_at", "id")
    return tuple(_order(row) for row in rows)


def set_waiting(identifier: UUID, /) -> None:
    """It waits again."""
    rows = models.Order.objects.filter(id=identifier)
    rows.update(state=OrderState.PENDING.value, decided_by="", decided_at=None, serial="")


def set_state(identifier: UUID, state: OrderState, /, *, by: str, at: Instant, serial: str = "") -> None:
    """What became of an order."""
    rows = models.Order.objects.filter(id=identifier)
    rows.update(state=state.value, decided_by=by, decided_at=at, serial=serial)

"""How the status of a certificate went, and when it was on hold."""

from absah.kernel.clock import Instant
from absah_site.pki import store
from absah_site.pki.store import (
    Hold,
    RegisteredCertificate,
    Status,
    StatusChanged,
)


def changes_of(found: RegisteredCertificate, /) -> tuple[StatusChanged, ...]:
    """How a certificate's status went, the oldest change first."""
    return store.changes_of(found.issuer, found.serial)


def every_hold() -> dict[str, tuple[Hold, ...]]:
    """The intervals in which certificates were on hold, the oldest first, by fingerprint (hexadecimal).

    Certificates that were never on hold are not there.
    """
    return {fingerprint: _holds(changes) for fingerprint, changes in store.changes_of_held().items()}


def _holds(changes: tuple[StatusChanged, ...]) -> tuple[Hold, ...]:
    holds: list[Hold] = []
    began: Instant | None = None
    for change in changes:
        if began is not None and change.status is not Status.SUSPENDED:
            holds.append(Hold(began=began, ended=change.at))
            began = None
        elif began is None and change.status is Status.SUSPENDED:
            began = change.at
    return (*holds, Hold(began=began, ended=None)) if began is not None else tuple(holds)

"""One word for applications: what the eSign wire calls the status of a person (decision D15).

Nine words stand for three machines, so this is a projection: pure, total, and the only place that knows it. The one
rule to remember: ISSUE means that the person can sign now, whatever else is under way; a valid certificate in renewal
answers ISSUE.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from absah.enrolment.states import CertificateStanding, Stage, SubscriberState


class WireStatus(StrEnum):
    """The words as clients compare them."""

    NOT_REGISTERED = "NOT_REGISTERED"
    NO_CERTIFICATE = "NO_CERTIFICATE"
    WAITING_FOR_VERIFICATION = "WAITING_FOR_VERIFICATION"
    NEW = "NEW"
    ISSUE = "ISSUE"
    RENEW = "RENEW"
    EXPIRED = "EXPIRED"
    SUSPEND = "SUSPEND"
    REVOKE = "REVOKE"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person as the three machines see one. `request` is the newest, None where there never was one.

    `agency_active` is False while the whole agency is suspended.
    """

    subscriber: SubscriberState
    certificate: CertificateStanding
    request: Stage | None = None
    agency_active: bool = True


def wire_status(standing: Standing | None, /) -> WireStatus:
    """The word for a person; None is somebody whom the register does not know."""
    if standing is None:
        return WireStatus.NOT_REGISTERED
    held = standing.subscriber is not SubscriberState.REGISTERED or not standing.agency_active
    match standing.certificate:
        case CertificateStanding.SUSPENDED:
            return WireStatus.SUSPEND
        case CertificateStanding.GOOD:
            return WireStatus.SUSPEND if held else WireStatus.ISSUE
        case CertificateStanding.EXPIRED:
            return WireStatus.RENEW if _waits(standing) else WireStatus.EXPIRED
        case CertificateStanding.REVOKED:
            return _on_the_way(standing) or WireStatus.REVOKE
        case CertificateStanding.NONE:
            return _without_any(standing)


def _without_any(standing: Standing) -> WireStatus:
    """Nothing was ever issued: a person who left is a stranger again, one on hold is on hold."""
    if standing.subscriber is SubscriberState.LEFT:
        return WireStatus.NOT_REGISTERED
    if standing.subscriber is SubscriberState.SUSPENDED:
        return WireStatus.SUSPEND
    return _on_the_way(standing) or WireStatus.NO_CERTIFICATE


def _waits(standing: Standing) -> bool:
    open_request = standing.request is not None and standing.request.is_open
    return open_request and standing.subscriber is not SubscriberState.LEFT


def _on_the_way(standing: Standing) -> WireStatus | None:
    """The word for a request under way: NEW once only the person's own activation is missing."""
    if not _waits(standing):
        return None
    return WireStatus.NEW if standing.request is Stage.APPROVED else WireStatus.WAITING_FOR_VERIFICATION

"""The events that an agency's own systems can be told, and what each says.

A name is spelled `subject.what-happened` and is a promise to receivers: a member may be added, never renamed or
removed. What an event says are opaque ids, codes, counts and moments; never a name, a NIK, an address or a secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, TypeAlias

from absah.kernel.clock import Instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm

Fact: TypeAlias = str | int

_NAME: Final = re.compile(r"[a-z][a-z_]*")
#: A NIK or a NIP, wherever it stands, or an address of mail.
_PERSONAL: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{16}|[0-9]{18})(?![0-9A-Za-z])|@")


@unique
class Event(StrEnum):
    """Something that happened at an agency."""

    REQUEST_SUBMITTED = "request.submitted"
    REQUEST_RETURNED = "request.returned"
    REQUEST_APPROVED = "request.approved"
    REQUEST_REJECTED = "request.rejected"
    REQUEST_WITHDRAWN = "request.withdrawn"
    PERSON_INVITED = "person.invited"
    PERSON_CHANGED = "person.changed"
    PERSON_SUSPENDED = "person.suspended"
    PERSON_RESUMED = "person.resumed"
    PERSON_LEFT = "person.left"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_EXPIRING = "certificate.expiring"
    CERTIFICATE_SUSPENDED = "certificate.suspended"
    CERTIFICATE_REINSTATED = "certificate.reinstated"
    CERTIFICATE_REVOKED = "certificate.revoked"
    AGENCY_SUSPENDED = "agency.suspended"
    AGENCY_RESUMED = "agency.resumed"
    WEBHOOK_TESTED = "webhook.tested"

    @property
    def subject(self) -> str:
        """What it happened to: the first part of its name."""
        return self.value.partition(".")[0]


#: What a receiver chooses from. A test is sent to whoever asks for one.
CHOOSABLE: Final = tuple(event for event in Event if event is not Event.WEBHOOK_TESTED)


class EventNotOpaque(RuleBroken):
    """An event would have named a person. Parameters: event, field; the value is not repeated."""

    code = "notices.event-not-opaque"
    citation = Citation(norm=Norm.UU_PDP, clause="16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event at an agency (its opaque id), with what it says. Raises EventNotOpaque."""

    event: Event
    agency: str
    at: Instant
    facts: tuple[tuple[str, Fact], ...] = ()

    def __post_init__(self) -> None:
        if not self.agency:
            raise ValueError(f"{self.event}: an event happens at an agency")
        for name, value in self.facts:
            if not _NAME.fullmatch(name):
                raise ValueError(f"a fact is named like_this, not {name!r}")
            if _PERSONAL.search(str(value)):
                raise EventNotOpaque(event=self.event.value, field=name)


def happened(event: Event, agency: object, facts: Mapping[str, Fact] | None = None, /, *, at: Instant) -> Happening:
    """An event with its facts brought into order."""
    return Happening(event=event, agency=str(agency), at=at, facts=tuple(sorted((facts or {}).items())))
